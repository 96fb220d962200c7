"""What `about.toml` says of NestJS."""

from __future__ import annotations

from functools import cache
from typing import Any

from comfrey.stacks import shelf


@cache
def data() -> dict[str, Any]:
    """The tables of the folder's `about.toml`."""
    folder = shelf.folder("frameworks", "nestjs")
    assert folder is not None
    return folder.about.data
