"""Fastify."""
