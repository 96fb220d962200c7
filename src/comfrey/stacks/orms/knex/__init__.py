"""Knex."""
