"""Repairs of Django's and DRF's views."""
