"""Django's own runner: what differs from pytest."""
