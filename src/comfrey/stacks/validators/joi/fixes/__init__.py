"""Repairs of Joi schemas."""
