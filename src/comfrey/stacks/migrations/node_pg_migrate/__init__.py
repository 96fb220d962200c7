"""node-pg-migrate."""
