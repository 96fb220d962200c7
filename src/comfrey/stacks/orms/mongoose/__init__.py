"""Mongoose: schemas and models, also as Nest's decorated classes."""
