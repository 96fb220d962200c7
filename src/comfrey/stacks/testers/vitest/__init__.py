"""Vitest, and what Jest shares with it."""
