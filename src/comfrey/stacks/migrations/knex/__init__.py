"""Knex migrations."""
