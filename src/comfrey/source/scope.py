"""Where names live while modules and functions are evaluated."""

from __future__ import annotations

from collections.abc import Callable

from comfrey.source.value import ClassValue, Value


class Deferred(Value):
    """A value that is worked out when its name is first asked for (an imported name, a typed local)."""

    __slots__ = ("_busy", "_thunk", "_value")

    def __init__(self, thunk: Callable[[], Value]) -> None:
        self._thunk = thunk
        self._value: Value | None = None
        self._busy = False

    def force(self) -> Value | None:
        """The value; None while it is being worked out (a cycle)."""
        if self._value is None and not self._busy:
            self._busy = True
            try:
                self._value = self._thunk()
            finally:
                self._busy = False
        return self._value


class Scope:
    """Names of one module, class body or call.

    `module` is its dotted name, `file` its path, `kind` is `module class function`, `owner` the class
    whose body or method this is, `receiver` the object that the method was called on.
    """

    __slots__ = (
        "file",
        "globals",
        "kind",
        "module",
        "names",
        "owner",
        "parent",
        "qualified",
        "receiver",
        "stars",
    )

    def __init__(
        self,
        module: str,
        file: str,
        parent: Scope | None = None,
        kind: str = "module",
        qualified: str = "",
        owner: ClassValue | None = None,
        receiver: Value | None = None,
    ) -> None:
        self.module = module
        self.file = file
        self.parent = parent
        self.kind = kind
        self.qualified = qualified
        self.owner = owner
        self.receiver = receiver
        self.names: dict[str, Value] = {}
        self.stars: list[str] = []
        """Modules whose names were imported with `*`, in order."""
        self.globals: set[str] = set()
        """Names declared `global` or `nonlocal` here."""

    def chain(self) -> tuple[Scope, ...]:
        """The scopes that a name is looked for in: class bodies are seen only from themselves."""
        found = [self]
        scope = self.parent
        while scope is not None:
            if scope.kind != "class":
                found.append(scope)
            scope = scope.parent
        return tuple(found)

    def bind(self, name: str, value: Value) -> None:
        """Sets a name here, or where `global`/`nonlocal` says."""
        if name in self.globals:
            for scope in self.chain()[1:]:
                if name in scope.names or scope.kind == "module":
                    scope.names[name] = value
                    return
        self.names[name] = value

    def child_name(self, name: str) -> str:
        """The qualified name (`module:Outer.name`) of something defined here."""
        return f"{self.qualified}.{name}" if self.qualified else f"{self.module}:{name}"
