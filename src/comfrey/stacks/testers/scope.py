"""What one generated test knows while it is being written: names, imports, fixtures."""

from __future__ import annotations

from dataclasses import dataclass, field

from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.model.step import Login
from comfrey.model.value import Literal, Value


@dataclass(frozen=True)
class Binding:
    """What a name stands for. `kind`: `row response responses login result rows`."""

    kind: str
    record: str = ""
    login: Login | None = None
    alias: str = ""
    """The local name that already holds a response's body."""
    empty: frozenset[str] = frozenset()
    """Fields of a seeded row that hold nothing."""


@dataclass
class Scope:
    """The names of one test. `style` holds what the whole suite agreed on."""

    project: Project
    plan: Plan
    asynchronous: bool
    owner: str = ""
    """What stands before the names of helpers: `self.` where they belong to a test case."""
    dialect: str = ""
    """Of the project's database, where a tester speaks to it by itself."""
    columns: tuple[str, ...] = ()
    rows: tuple[dict[str, Value], ...] = ()
    """The cells of each variation by column."""
    waits_for_token: bool = False
    """Whether `auth_headers` is a coroutine here."""
    doubles: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Service name → its fixture, and the paths that the app is known to call."""
    late: frozenset[str] = frozenset()
    """Services whose doubles are reached after the answer to the request that asks them."""
    outboxes: frozenset[str] = frozenset()
    """Services whose mails stay with the framework, which shows them to tests."""
    bindings: dict[str, Binding] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    fixtures: set[str] = field(default_factory=set)
    locals: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    """Records whose rows the test's session has loaded: a second look must not see a stale one."""

    def cells(self, column: str) -> tuple[Value, ...]:
        """What stands in a column, row by row."""
        return tuple(row[column] for row in self.rows if column in row)

    def several(self, column: str) -> bool:
        """Whether some cell of the column allows more than one value."""
        return any(
            isinstance(each, Literal) and isinstance(each.value, list | tuple)
            for each in self.cells(column)
        )

    def need(self, *imports: str) -> None:
        """Remember import lines."""
        self.imports.update(each for each in imports if each)

    def bind(self, name: str, binding: Binding) -> str:
        """Give `name` a meaning from here on; returns it."""
        self.bindings[name] = binding
        self.locals.add(name)
        return name

    def fresh(self, *candidates: str) -> str:
        """The first candidate that no local, column or fixture carries yet; taken from now on."""
        taken = self.locals | set(self.columns) | self.fixtures
        for name in candidates:
            if name not in taken:
                self.locals.add(name)
                return name
        return self.fresh(*(f"{candidates[-1]}_{number}" for number in range(2, 99)))
