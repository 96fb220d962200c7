"""Doubles of external services: real local servers that remember what they were asked."""

from __future__ import annotations

from comfrey.bench.doubles.double import Double, Received

__all__ = ["Double", "Received"]
