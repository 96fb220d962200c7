"""Where names live while modules and functions are evaluated."""

from __future__ import annotations

from comfrey.source.value import ClassValue, Value


class Scope:
    """Names of one module, class body or call. `module` is its dotted name, `file` its path."""

    __slots__ = ("file", "kind", "module", "names", "owner", "parent", "qualified")

    def __init__(
        self,
        module: str,
        file: str,
        parent: Scope | None = None,
        kind: str = "module",
        qualified: str = "",
        owner: ClassValue | None = None,
    ) -> None:
        self.module = module
        self.file = file
        self.parent = parent
        self.kind = kind
        self.qualified = qualified
        self.owner = owner
        self.names: dict[str, Value] = {}
