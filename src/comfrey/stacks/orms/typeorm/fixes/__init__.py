"""Repairs of what services do to rows through TypeORM."""
