"""Rigs that measure comfrey, run by hand or by the slow lane; none of them is a test."""
