"""marshmallow."""
