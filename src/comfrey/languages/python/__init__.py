"""Python, as `source` asks for it."""
