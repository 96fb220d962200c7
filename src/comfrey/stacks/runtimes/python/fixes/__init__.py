"""Repairs of Python handlers, whatever framework calls them."""
