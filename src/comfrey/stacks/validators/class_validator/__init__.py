"""class-validator."""
