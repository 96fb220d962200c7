"""Prisma: the schema language, and what calls on its client do to rows."""
