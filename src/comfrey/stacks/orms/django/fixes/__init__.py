"""Repairs of what views do to rows through Django's ORM."""
