"""Comfrey reads a backend project and writes the integration tests it deserves."""

__version__ = "0.1.0"
