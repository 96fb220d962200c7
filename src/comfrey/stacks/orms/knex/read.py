"""Knex is read as the SQL beneath it; its own is what a query means (`effects.toml`)."""
