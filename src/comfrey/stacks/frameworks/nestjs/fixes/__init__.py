"""Repairs of NestJS controllers."""
