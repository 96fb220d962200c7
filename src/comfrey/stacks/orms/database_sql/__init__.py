"""database/sql and what is built on it."""
