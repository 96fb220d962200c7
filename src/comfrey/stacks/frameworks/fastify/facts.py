"""What `about.toml` says of Fastify."""

from __future__ import annotations

from functools import cache
from typing import Any

from comfrey.stacks import shelf

METHODS = ("get", "post", "put", "patch", "delete", "options", "head")
PHASES = ("onRequest", "preParsing", "preValidation", "preHandler")
"""Hooks that run before a handler, in order."""


@cache
def data() -> dict[str, Any]:
    """The tables of the folder's `about.toml`."""
    folder = shelf.folder("frameworks", "fastify")
    assert folder is not None
    return folder.about.data
