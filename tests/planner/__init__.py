"""Projects told by hand, and what must be planned for them."""
