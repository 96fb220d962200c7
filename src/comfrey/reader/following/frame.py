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
    dead: str = ""
    base: int = 0
    """How many assumptions held when it was called."""
    returns: list[tuple[tuple[Assumption, ...], Value]] = field(default_factory=list)
    yielded: Value | None = None

    def look(self, name: str) -> Value | None:
        """The local meaning of a name, or None."""
        return self.names.get(name) or self.outer.get(name)
