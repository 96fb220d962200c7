"""Integration tests: the real app on a real database."""

from . import environment

__all__ = ["environment"]
