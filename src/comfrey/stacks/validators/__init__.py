"""Validation libraries: how the shape of data is declared."""
