"""The workbench, its fence, and everything real that stands on it."""
