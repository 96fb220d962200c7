"""Guards: what stands before a handler and asks who is calling."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.model.endpoint import Guard
from comfrey.model.noun import Noun
from comfrey.stacks.frameworks.fastapi.dependencies import Dependency


class Access(Noun, frozen=True, kw_only=True):
    """Who may call: `auth` is None when it cannot be known."""

    auth: bool | None = False
    optional: bool = False
    guards: tuple[Guard, ...] = ()
    roles: tuple[str, ...] = ()


def read_access(dependencies: Iterable[Dependency]) -> Access:
    """Who may call a route that runs these dependencies, the last of which is the handler."""
    return Access()
