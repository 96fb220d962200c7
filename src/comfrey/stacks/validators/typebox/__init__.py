"""TypeBox."""
