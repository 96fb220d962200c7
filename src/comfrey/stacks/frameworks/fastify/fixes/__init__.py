"""Repairs of Fastify routes."""
