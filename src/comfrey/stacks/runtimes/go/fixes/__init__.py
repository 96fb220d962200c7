"""Repairs of Go handlers, whatever router calls them and whatever they ask for rows."""
