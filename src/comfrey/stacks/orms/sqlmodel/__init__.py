"""SQLModel."""
