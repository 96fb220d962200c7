"""Repairs of DTOs that class-validator checks."""
