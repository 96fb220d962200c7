"""NestJS."""
