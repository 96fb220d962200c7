"""Repairs of what Mongoose refuses and nobody answers."""
