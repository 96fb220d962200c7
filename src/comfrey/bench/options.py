"""What a caller may ask of a bench."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path


def user_cache() -> Path:
    """The user's cache folder for comfrey; `COMFREY_CACHE` overrides where it is."""
    said = os.environ.get("COMFREY_CACHE")
    if said:
        return Path(said)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "comfrey"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "comfrey"


@dataclass(frozen=True)
class BenchOptions:
    """`database_url` is a test server to use instead of ours; `trust` lets the project's own suite run
    behind a weak fence; `keep` leaves the workbench for inspection; `baseline` runs that suite."""

    database_url: str = ""
    trust: bool = False
    keep_going: bool = False
    keep: bool = False
    baseline: bool = True
    cache: Path = field(default_factory=user_cache)
