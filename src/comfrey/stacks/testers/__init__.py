"""Test frameworks: how each writes a file, a step and a value, and how its result is read."""
