"""Repairs of TypeBox types."""
