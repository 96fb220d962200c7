"""Routers that are registered upon: groups and prefixes, middleware in order, what is mounted where."""
