"""Repairs of Gin apps."""
