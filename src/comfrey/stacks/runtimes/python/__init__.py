"""Python: what its handlers have in common."""
