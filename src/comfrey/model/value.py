"""Values inside a plan: literals, and references to what exists only while a case runs.

A plan never holds a Python object. Trees of values (a body) are `Tree` nouns of these, so that every
tester can write them and the rehearsal can evaluate them.
"""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun


class Literal(Noun, frozen=True, kw_only=True, tag="literal"):
    """A JSON value as it is. `format` as in `Schema.format` when the stored value has a richer type."""

    value: Any = None
    format: str = ""


class Ref(Noun, frozen=True, kw_only=True, tag="ref"):
    """`path` inside what a step bound to `name`: a seeded row (its fields) or an answer's body."""

    name: str
    path: tuple[str | int, ...] = ()


class Column(Noun, frozen=True, kw_only=True, tag="column"):
    """The cell of the current variation in that column of the case's table."""

    name: str


class Moment(Noun, frozen=True, kw_only=True, tag="moment"):
    """The present plus `seconds`, as an aware datetime (`form` is `datetime date iso epoch`)."""

    seconds: int = 0
    form: str = "iso"


class Repeated(Noun, frozen=True, kw_only=True, tag="repeated"):
    """`unit` written `times` times: a string of a length worth naming (`"x" * 201`)."""

    unit: str
    times: int


class Data(Noun, frozen=True, kw_only=True, tag="data"):
    """Bytes: `head` (hex) padded with zeros to `size`; `media` and `filename` when sent as a file."""

    head: str = ""
    size: int = 0
    media: str = ""
    filename: str = ""


class Computed(Noun, frozen=True, kw_only=True, tag="computed"):
    """`operation` over values: `add sub mul sum concat lower upper hash json`."""

    operation: str
    of: tuple[Value, ...]


class Mapping(Noun, frozen=True, kw_only=True, tag="mapping"):
    """An object whose members are values, in order."""

    members: tuple[tuple[str, Value], ...] = ()


class Sequence(Noun, frozen=True, kw_only=True, tag="sequence"):
    """An array of values."""

    items: tuple[Value, ...] = ()


class With(Noun, frozen=True, kw_only=True, tag="with"):
    """`base` (an object) with the one member at `path` replaced by `value`: a control and its variant.

    `path` is a dotted text (`items.0.quantity`), or a `Column` of such; a `Missing` value (also one that a
    `Column` yields) leaves the member out; a member that the base lacks is added."""

    base: Value
    path: Value
    value: Value


class Variable(Noun, frozen=True, kw_only=True, tag="variable"):
    """What the app's environment holds under `name`, in the test as in the app."""

    name: str


class Missing(Noun, frozen=True, kw_only=True, tag="missing"):
    """In a table's cell: leave this member out of the request altogether."""


Value = (
    Literal
    | Ref
    | Column
    | Moment
    | Repeated
    | Data
    | Computed
    | Mapping
    | Sequence
    | With
    | Variable
    | Missing
)


def nested(pairs: tuple[tuple[str, Value], ...]) -> Mapping:
    """Members by dotted paths as one object: `user.email` and `user.password` stand in `user`."""
    heads = dict.fromkeys(path.partition(".")[0] for path, _ in pairs)
    members: list[tuple[str, Value]] = []
    for head in heads:
        below = tuple(
            (path.partition(".")[2], value)
            for path, value in pairs
            if path.partition(".")[0] == head
        )
        flat = next((value for path, value in below if not path), None)
        members.append((head, nested(below) if flat is None else flat))
    return Mapping(members=tuple(members))
