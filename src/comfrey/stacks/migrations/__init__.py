"""Migration tools."""
