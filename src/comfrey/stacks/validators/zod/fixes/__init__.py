"""Repairs of zod schemas."""
