"""Beanie, documents of MongoDB."""
