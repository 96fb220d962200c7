"""One call in progress: its names, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass, field

from comfrey.reader.following.journal import Assumption
from comfrey.source.scope import Scope
from comfrey.source.value import FunctionValue, Value

RETURN = "return"
RAISE = "raise"
REFUSAL = "refusal"
"""A `return` of an answer that refuses."""
LOOP = "loop"
"""`break` or `continue`."""
YIELD = "yield"


@dataclass(slots=True, eq=False)
class Frame:
    """`scope` is where free names live, `dead` how this path ended ("": it goes on)."""

    scope: Scope
    names: dict[str, Value] = field(default_factory=dict)
    function: FunctionValue | None = None
    receiver: Value | None = None
    outer: dict[str, Value] = field(default_factory=dict)
    """Names of the enclosing function that is being followed."""
    home: Frame | None = None
    """The enclosing function's own frame, which holds the variables that both share."""
    borrowed: set[str] = field(default_factory=set)
    """Names of the enclosing function that were given a value here."""
    changed: set[str] = field(default_factory=set)
    """Names of this function that a function inside it has given a value."""
    dead: str = ""
    base: int = 0
    """How many assumptions held when it was called."""
    returns: list[tuple[tuple[Assumption, ...], Value]] = field(default_factory=list)
    yielded: Value | None = None

    def look(self, name: str) -> Value | None:
        """The local meaning of a name, or None."""
        return self.names.get(name) or self.outer.get(name)

    def visible(self) -> dict[str, Value]:
        """All names that a function which is defined here sees."""
        return {**self.outer, **self.names}

    def borrow(self, name: str) -> None:
        """Notes that a name is about to be given a value that was declared around this function."""
        if name not in self.names and name in self.outer:
            self.borrowed.add(name)

    def give_back(self) -> None:
        """Gives the enclosing function what its variables hold now."""
        home = self.home
        if home is None:
            return
        for name in self.borrowed & self.names.keys():
            home.borrow(name)
            home.changed.add(name)
            home.names[name] = self.names[name]
