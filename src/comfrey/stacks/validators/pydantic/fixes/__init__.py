"""Repairs of what pydantic models let in."""
