"""Ent: schemas in code, from which it makes a client, and the tables."""
