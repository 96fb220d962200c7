"""Scores `comfrey scan` against truth files."""
