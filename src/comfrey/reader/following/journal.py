"""What a handler did, in order, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field

from comfrey.model.place import Place
from comfrey.reader.following.value import Answer
from comfrey.source.node import Node
from comfrey.source.value import FunctionValue, Value

UNDER = "under"
"""Inside the branch that the condition opens."""
RETURNED = "returned"
"""After a branch that answered: the rest happens only otherwise."""
REFUSED = "refused"
"""After a branch that raised: whoever is here has passed that check."""
ANY = "*"
"""The name of a cookie that the app's configuration gives."""
SESSION = "session"
"""The cookie of a framework's own session."""


@dataclass(frozen=True, slots=True, eq=False)
class Assumption:
    """A condition that holds at some point of the code, and how it came to hold."""

    test: Value
    how: str = UNDER


@dataclass(slots=True, eq=False)
class Calling:
    """A function that is being carried out, with what it was given, and in the end what it gives back."""

    function: FunctionValue
    arguments: dict[str, Value]
    answer: Value | None = None


@dataclass(slots=True, eq=False)
class Act:
    """One thing done.

    `kind`: `execute` (subject: a Query), `add delete lock` (a Row), `set` (a Row, `field`, `value`; "*" for
    a whole mapping), `commit rollback flush`, `raise` (the exception), `answer` (a response made by hand),
    `service` (an Answer), `verify` (Verified), `decode` (a token read), `hash`, `mint`.
    `mode` of an execute: `one many`, else the query says it; of a cookie of a session: the member that is set. `loops` counts the loops around it, `tries`
    are the exceptions that code around it handles, `calls` the functions that led here, outermost first.
    """

    kind: str
    subject: Value
    place: Place
    assumptions: tuple[Assumption, ...]
    number: int
    field: str = ""
    value: Value | None = None
    mode: str = ""
    loops: int = 0
    tries: tuple[str, ...] = ()
    handed_over: bool = False
    """True for an error that is given to the framework (`next(error)`): no `try` around the call meets it."""
    caught: bool = False
    calls: tuple[Calling, ...] = ()
    node: Node | None = None
    words: tuple[str, ...] = ()
    """Of a `key`, which is looked up in a table: what stands there."""
    cause: int = -1
    """Inside an `except`: the number of the act that failed."""


@dataclass(slots=True, eq=False)
class Journal:
    """The acts of one request so far, and what holds at this point of the code."""

    acts: list[Act] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    tries: list[tuple[str, ...]] = field(default_factory=list)
    calls: list[Calling] = field(default_factory=list)
    causes: list[int] = field(default_factory=list)
    reads: list[tuple[Answer, str]] = field(default_factory=list)
    """Members read out of a service's answer, with the type that they are taken for ("" where none is told)."""
    shapes: list[tuple[Answer, Value]] = field(default_factory=list)
    """Documents of a service's answer, and the class that they are validated as."""
    dropped: list[str] = field(default_factory=list)
    """Members that were taken out of the body."""
    opens: bool = False
    """Whether an uploaded file was looked into, and nobody asked whether there is one."""
    loops: int = 0
    committing: bool = False
    """Whether something around the handler commits for it (a dependency, `session.begin()`)."""

    def note(self, kind: str, subject: Value, place: Place, **more: object) -> Act:
        """Writes down an act and gives it back."""
        act = Act(
            kind=kind,
            subject=subject,
            place=place,
            assumptions=tuple(self.assumptions),
            number=len(self.acts),
            loops=self.loops,
            calls=tuple(self.calls),
            cause=self.causes[-1] if self.causes else -1,
            tries=tuple(each for group in self.tries for each in group),
        )
        for name, value in more.items():
            setattr(act, name, value)
        self.acts.append(act)
        return act

    def since(self, start: int, kind: str) -> tuple[Act, ...]:
        """The acts of a kind from number `start` on."""
        return tuple(act for act in self.acts[start:] if act.kind == kind)
