"""Repairs of what binding and validate tags let in."""
