"""Gorilla Mux."""
