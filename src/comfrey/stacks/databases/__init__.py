"""Databases: what betrays them, their drivers, their catalog."""
