"""Repairs of what handlers ask of rows through Drizzle."""
