"""Bun: structs by their tags, statements that are put together by calls."""
