"""Repairs of what handlers do through a SQLAlchemy session."""
