"""Jest: what differs from Vitest."""
