"""Repairs of plain SQL."""
