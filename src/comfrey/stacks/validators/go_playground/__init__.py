"""go-playground/validator."""
