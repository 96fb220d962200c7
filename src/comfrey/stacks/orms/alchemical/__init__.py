"""Alchemical."""
