"""Repairs of Flask views."""
