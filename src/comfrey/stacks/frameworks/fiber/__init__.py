"""Fiber."""
