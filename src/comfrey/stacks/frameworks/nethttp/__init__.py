"""net/http."""
