"""GORM."""
