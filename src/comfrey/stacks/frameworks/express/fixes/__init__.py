"""Repairs of Express routes, middleware and error handlers."""
