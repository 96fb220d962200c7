"""Repairs of JSON Schemas."""
