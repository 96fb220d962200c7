"""Repairs of what GORM is asked for."""
