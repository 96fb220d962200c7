"""`relationship(…)` before the records it joins are known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comfrey.model.place import Place
from comfrey.source.codebase import Codebase, Member
from comfrey.source.node import Call
from comfrey.source.value import (
    Choice,
    ClassValue,
    Const,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
    plain,
)
from comfrey.stacks.orms.sqlalchemy.types import evaluated, is_made_by, last_of, optional

UNLOADED = "write-only"
COLLECTIONS = ("list", "set", "List", "Set", "Sequence", "Collection", "frozenset", "dict", "tuple")


@dataclass(frozen=True)
class Tie:
    """`many` is None where nothing says whether it is a collection. `local` are the key's own column objects
    or names."""

    name: str
    target: str | ClassValue
    many: bool | None
    place: Place
    back: str = ""
    backref: str = ""
    through: str = ""
    cascade: tuple[str, ...] = ()
    local: tuple[str | Value, ...] = ()
    view: bool = False
    table: Instance | None = None
    """The join table itself, where no class stands for it."""
    own: str = ""
    """The words that say which rows of a join table are this record's (`primaryjoin`)."""


def tie(
    codebase: Codebase, name: str, place: Place, kind: Value | None, made: Instance | None
) -> Tie | None:
    """The relation of a member; None when nothing says to what."""
    inner, many = _annotated(kind)
    if made is None:
        made = Instance(Const(None))
    target = _target(codebase, made.argument(0, "argument")) or _target(codebase, inner)
    if target is None:
        return None
    uselist = plain(made.kwarg("uselist"))
    if isinstance(uselist, bool):
        many = uselist
    dynamic = plain(made.kwarg("lazy")) in ("dynamic", "write_only")
    back = made.kwarg("backref")
    named = back.args[0] if isinstance(back, Instance) and back.args else back
    return Tie(
        name,
        target,
        True if dynamic else many,
        place,
        _word(made.kwarg("back_populates")),
        _word(named),
        _through(codebase, made.argument(1, "secondary")),
        _cascade(made.kwarg("cascade")),
        _local(codebase, made.kwarg("foreign_keys")),
        plain(made.kwarg("viewonly")) is True,
        table=_table(codebase, made.argument(1, "secondary")),
    )


def selected(found: Tie, member: Member) -> Tie:
    """The relation, with the words of its `primaryjoin`."""
    call = member.expression
    said = call.keyword("primaryjoin") if isinstance(call, Call) else None
    return replace(found, own=said.text) if found.through and said is not None else found


def unloaded(found: Tie, member: Member, made: Instance | None) -> Tie:
    """The relation, marked where its rows are never loaded, so that the ORM removes no row that has such."""
    said = member.annotation.text if member.annotation is not None else ""
    lazy = plain(made.kwarg("lazy")) if made is not None else ""
    left = made is not None and plain(made.kwarg("passive_deletes")) is True
    is_unloaded = "WriteOnlyMapped" in said or lazy == "write_only"
    return replace(found, cascade=(*found.cascade, UNLOADED)) if is_unloaded and not left else found


def _word(value: Value | None) -> str:
    found = plain(value)
    return found if isinstance(found, str) else ""


def _annotated(kind: Value | None) -> tuple[Value | None, bool | None]:
    """What a `Mapped[…]` annotation names, and whether it is a collection of it."""
    if kind is None:
        return None, None
    inner, _ = optional(kind)
    if isinstance(inner, Generic) and last_of(inner) in COLLECTIONS and inner.args:
        return inner.args[-1], True
    return inner, False


def _target(codebase: Codebase, value: Value | None) -> str | ClassValue | None:
    value = evaluated(codebase, value)
    match value:
        case ClassValue():
            return value
        case Generic(args=args) if args:
            return _target(codebase, optional(value)[0] if len(args) > 1 else args[0])
        case Choice(options=options):
            return _target(codebase, options[0])
        case Instance(of=ClassValue() as kind):
            return kind
        case Const(value=str() as text):
            return text.rpartition(".")[2].strip("'\" ]")
        case UnknownValue(spelling=spelling) if spelling:
            return spelling.strip("'\"").rpartition(".")[2]
    return None


def _table(codebase: Codebase, value: Value | None) -> Instance | None:
    value = evaluated(codebase, value)
    return value if isinstance(value, Instance) and is_made_by(value, "Table") else None


def _through(codebase: Codebase, value: Value | None) -> str:
    """The name of the join table."""
    value = evaluated(codebase, value)
    if is_made_by(value, "Table") and isinstance(value, Instance) and value.args:
        return _word(value.args[0])
    kind = codebase.class_of(value) if value is not None else None
    if kind is not None:
        return kind.name
    receiver = getattr(value, "receiver", None)
    if isinstance(receiver, ClassValue):
        return receiver.name
    return _word(value).rpartition(".")[2]


def _cascade(value: Value | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in _word(value).split(",") if part.strip())


def _local(codebase: Codebase, value: Value | None) -> tuple[str | Value, ...]:
    value = evaluated(codebase, value)
    if isinstance(value, ListValue):
        return tuple(part for each in value.items for part in _local(codebase, each))
    text = _word(value)
    if text:
        return tuple(part.strip(" []").rpartition(".")[2] for part in text.split(","))
    return (value,) if value is not None else ()
