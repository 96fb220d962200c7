"""Symbolic values: what a name inside a handler stands for while a request is answered.

They extend the evaluator's own values (`source.value`), so that constants, classes and functions need no
translation. Rows and mappings change in place as the code changes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from comfrey.model.place import Place
from comfrey.model.record import Record
from comfrey.model.schema import Schema
from comfrey.source.value import Const, FunctionValue, UnknownValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.frame import Frame


@dataclass(frozen=True, slots=True)
class Given(Value):
    """An input: `kind` as in `model.origin.Origin`, also `credential` (what the caller showed) and
    `claim` (what a verified token says). `name` is dotted on the wire, "" for the whole."""

    kind: str
    name: str = ""
    schema: Schema | None = field(default=None, compare=False)
    of: Value | None = field(default=None, compare=False)
    """The class that the code declares for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Dump(Value):
    """An input as a mapping: `body.model_dump(exclude_unset=True)`."""

    of: Value
    sent_only: bool = False
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Mapping(Value):
    """A dict in the making: later entries win; `spreads` are `Dump`s and other mappings inside it."""

    entries: dict[str, Value] = field(default_factory=dict)
    spreads: list[Value] = field(default_factory=list)
    keys: list[tuple[Value, Value]] = field(default_factory=list)
    """Entries whose key is no constant (an enum's member)."""
    keyed: tuple[Value, Value] | None = None
    """(key, value) of a comprehension over rows: `{book.id: book for book in books}`."""
    status: Value | None = None
    """What a response that was made of it was told to answer with: `response.status_code = 404`."""


@dataclass(slots=True, eq=False)
class Items(Value):
    """A list in the making: its known items, and what any other item is like."""

    items: list[Value] = field(default_factory=list)
    each: Value | None = None
    kind: str = "list"


@dataclass(frozen=True, slots=True, eq=False)
class Sometimes(Value):
    """An item that a list holds only where the condition does."""

    test: Value
    of: Value


@dataclass(frozen=True, slots=True)
class Column(Value):
    """A record's field as the class says it (`User.email`), with the functions around it."""

    record: str
    field: str
    via: tuple[str, ...] = ()
    descending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AnyColumn(Value):
    """`getattr(Model, name)`: the column that an input names."""

    record: Record
    name: Value
    descending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Value):
    """`func.count()`, `func.avg(Review.rating)`."""

    name: str
    of: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clause(Value):
    """A condition in a query; `optional` when it is there only if an input was sent."""

    test: Value
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Query(Value):
    """A statement before it is carried out. `verb`: `select insert update delete`."""

    record: Record | None
    verb: str = "select"
    columns: tuple[Value, ...] = ()
    where: tuple[Clause, ...] = ()
    order: tuple[Value, ...] = ()
    limit: Value | None = None
    offset: Value | None = None
    values: Value | None = None
    locks: bool = False
    joins: tuple[str, ...] = ()
    place: Place | None = None
    shown: tuple[str, ...] | None = None
    """The fields of a row that are asked for by name; None for all, empty where nobody can tell."""

    @property
    def counts(self) -> bool:
        """Whether the answer is a number of rows."""
        return any(isinstance(each, Aggregate) and each.name == "count" for each in self.columns)

    @property
    def computes(self) -> bool:
        """Whether the answer is computed from rows, and is no row itself."""
        return any(isinstance(each, Aggregate) for each in self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Piece(Value):
    """What one call adds to a statement in the making: what it means, with what, and under which conditions."""

    word: str
    args: tuple[Value, ...]
    tests: tuple[Value, ...] = ()


@dataclass(slots=True, eq=False)
class Built(Value):
    """A statement that calls put together: `db.NewSelect().Model(&books).Where("id = ?", id)`. `verb` as a
    query's; `since` is how many conditions held when it was begun; `grows` where each call changes it in place."""

    verb: str
    since: int
    pieces: list[Piece] = field(default_factory=list)
    grows: bool = False
    record: Record | None = None
    """Whose client began it, where a mapper makes a client of its own for each record (ent)."""


@dataclass(slots=True, eq=False)
class Row(Value):
    """One row. `query` found it (None: made here); `fields` are what the code set since.

    `caller` marks the row of the user who is calling; `each` one of many in a loop."""

    record: Record
    query: Query | None = None
    created: bool = False
    caller: bool = False
    each: bool = False
    certain: bool = False
    """True when it cannot be None (`.one()`)."""
    fields: dict[str, Value] = field(default_factory=dict)
    source: Value | None = None
    """The mapping or input that the unnamed fields came from (`Model(**data)`)."""
    saved: bool = False
    act: int = -1
    """The number of the query that found it."""
    by: tuple[Row, str] | None = None
    """The row, and its relation, by which it was reached: (user, "roles") for each of `user.roles`."""
    via: RowField | None = None
    """The foreign key by which it was reached from another row: `article.author_id` for `article.author`."""


@dataclass(slots=True, eq=False)
class Shaped(Value):
    """A row (or input) copied into a schema's object: what is set on it is not stored."""

    of: Value
    fields: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Value):
    """What a query answers, before it is known how many are taken. `act` is its entry in the journal."""

    query: Query
    act: int = -1


@dataclass(frozen=True, slots=True)
class RowField(Value):
    """A stored value: `order.status`. `cast` is the kind that the code makes of it: `number`, `text`."""

    row: Row
    name: str
    cast: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Value):
    """What an external service answered; `part` is the attribute path looked at (`status_code`)."""

    service: str
    call: str
    part: str = ""
    act: int = -1
    path: tuple[str, ...] | None = None
    """Inside the document that came back, the members that lead here (`[]` for an item of a list)."""
    cached: bool = False
    """Whether it is a cache's, which knows nothing until it is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Verified(Value):
    """A credential check: `kind` is `password` or `signature`."""

    kind: str
    of: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Derived(Value):
    """Computed by `name` from others."""

    name: str
    of: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Either(Value):
    """One of several, each under its condition. Made by `either`."""

    options: tuple[tuple[Value, Value], ...]
    ways: int = 2
    """How many values there are, those of inner either-ors counted apart."""


MOST_WAYS = 16
"""Values of one name that are told apart; beyond that every step would be taken for each of them."""


def either(options: tuple[tuple[Value, Value], ...]) -> Value:
    """One of several, each under its condition; what they all agree on stands alone."""
    first = options[0][1] if options else None
    if first is not None and all(_same(first, each) for _, each in options):
        return first
    ways = sum(each.ways if isinstance(each, Either) else 1 for _, each in options)
    if ways > MOST_WAYS:
        return UnknownValue("too many ways to tell apart")
    return Either(options, ways)


def _same(first: Value, second: Value) -> bool:
    if first is second:
        return True
    if not isinstance(first, Const) or not isinstance(second, Const):
        return False
    return type(first.value) is type(second.value) and first == second


@dataclass(frozen=True, slots=True, eq=False)
class Pending(Value):
    """An asynchronous call that nobody has awaited yet."""

    function: FunctionValue
    receiver: Value | None
    arguments: tuple[tuple[str, Value], ...]
    outer: dict[str, Value] = field(default_factory=dict)
    place: Place | None = None
    home: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Closure(Value):
    """A function defined inside a function that is being followed, and that one's frame."""

    function: FunctionValue
    names: dict[str, Value]
    home: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Session(Value):
    """The database session, whichever way it came."""


@dataclass(frozen=True, slots=True, eq=False)
class Super(Value):
    """`super()` inside a method of `owner`."""

    receiver: Value
    owner: Value | None


@dataclass(frozen=True, slots=True, eq=False)
class Method(Value):
    """A method of a symbolic value, not yet called."""

    of: Value
    name: str


# --- conditions ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth(Value):
    """`bool(of)`."""

    of: Value


@dataclass(frozen=True, slots=True)
class Compare(Value):
    """`left operator right`, operators as in `model.origin.Filter` and `not_in`."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Not(Value):
    """The condition does not hold."""

    of: Value


@dataclass(frozen=True, slots=True)
class All(Value):
    """Every one holds."""

    of: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Value):
    """At least one holds."""

    of: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Failed(Value):
    """Something outside raised one of `kinds` while the acts `start:end` of the journal were done.

    `but` are exceptions that an earlier `except` of the same `try` takes."""

    kinds: tuple[str, ...]
    start: int
    end: int
    but: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Caught(Value):
    """What a `catch` without a class was given: whatever went wrong in the acts `start:end` of the journal.

    `mark` is how many conditions held before them, `claimed` the acts that its body told apart so far."""

    start: int
    end: int
    mark: int = 0
    claimed: set[int] = field(default_factory=set)
