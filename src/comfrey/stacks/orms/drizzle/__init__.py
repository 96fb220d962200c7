"""Drizzle ORM: tables as objects of columns."""
