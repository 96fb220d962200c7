"""Repairs of what marshmallow's schemas let in."""
