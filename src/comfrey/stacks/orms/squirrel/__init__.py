"""Squirrel: SQL that is put together by calls, and handed to database/sql or pgx."""
