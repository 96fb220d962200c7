"""httprouter."""
