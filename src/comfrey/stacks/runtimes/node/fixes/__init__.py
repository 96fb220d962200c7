"""Repairs of handlers and services, whatever framework asks them and whatever ORM they ask."""
