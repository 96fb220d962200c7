"""Errors as values: `err != nil`, `errors.Is(err, target)`, `errors.As(err, &target)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from comfrey.reader.following.condition import is_none, negate, same
from comfrey.reader.following.value import (
    All,
    AnyOf,
    Caught,
    Compare,
    Derived,
    Either,
    Failed,
    Given,
    Items,
    Method,
    Row,
    RowField,
    Rows,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    External,
    Instance,
    UnknownValue,
    Value,
)

MISSING = ("ErrRecordNotFound", "ErrNoRows", "ErrNotFound")
NIL_KEYS = ("uuid.Nil", "primitive.NilObjectID")
"""What a key holds that nobody has set."""
NONE, NO, YES = Const(None), Const(False), Const(True)


@dataclass(frozen=True, slots=True, eq=False)
class Fault(Value):
    """An error that may be there. `test` is the condition that it is; `found` the row that a query may not have
    found, `start:end` the acts of the journal in which something may have gone wrong."""

    test: Value
    found: Value | None = None
    start: int = -1
    end: int = -1


def compared(operator: str, left: Value, right: Value) -> Value | None:
    """`err != nil` as the condition that something went wrong, `user.ID == 0` as the one that there is none; None
    for any other comparison."""
    counted = _counted(operator, left, right)
    if counted is not None:
        return counted
    if operator not in ("eq", "ne"):
        return None
    if isinstance(left, Either) and isinstance(right, Const):
        chosen = _chosen(operator, left, right)
        if chosen is not None:
            return chosen
    if isinstance(right, Const) and right.value in ("", 0) and not isinstance(right.value, bool):
        empty = _empty(left, right.value)
        if empty is not None:
            return negate(empty) if operator == "eq" else empty
    told = tells(left, right)
    if told is not None:
        return told if operator == "eq" else negate(told)
    whole = _nothing_found(left, right)
    if whole is not None:
        return negate(whole) if operator == "eq" else whole
    caught = _caught_in(left)
    if caught is not None and isinstance(right, External):
        word = right.name.rpartition(".")[2]
        return Compare(operator, Method(caught, "Code"), Const(word))
    for one, other in ((left, right), (right, left)):
        if is_none(other) and _is_error(one):
            wrong = fails(one)
            return wrong if operator == "ne" else negate(wrong)
        if _is_error(one) and isinstance(other, External):
            same = is_target(one, other)
            return same if operator == "eq" else negate(same)
    return None


def _nothing_found(left: Value, right: Value) -> Value | None:
    """The condition that a row is there, compared with what its variable holds where none is: `user == (User{})`,
    `user.ID == uuid.Nil`."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, External) and other.name.endswith(NIL_KEYS):
            return _empty(one, 0)
        if not isinstance(one, Row) or not isinstance(other, Row) or one.query is None:
            continue
        if other.created and not other.fields and not other.saved:
            return Truth(one) if one.record is other.record else None
    return None


def _counted(operator: str, left: Value, right: Value) -> Value | None:
    """`count > 0`, `count < 1` of rows as the condition that there are any, or none."""
    bound = right.value if isinstance(right, Const) else None
    match left:
        case Derived(name="count", of=(Rows() | Row() as rows, *_)):
            if (operator, bound) in (("gt", 0), ("ge", 1)):
                return Truth(rows)
            if (operator, bound) in (("lt", 1), ("le", 0)):
                return negate(Truth(rows))
    return None


def _chosen(operator: str, left: Either, right: Const) -> Value | None:
    """`problem != ""`, where a text was chosen by conditions: those under which it is another; None where not all
    of its ways are texts."""
    if not all(isinstance(each, Const) and isinstance(each.value, str) for _, each in left.options):
        return None
    told = [(test, getattr(each, "value", "") == right.value) for test, each in left.options]
    held: list[Value] = []
    for test, is_it in told:
        if is_it is (operator == "eq"):
            held.append(_apart(test, held))
    return AnyOf(tuple(held)) if len(held) > 1 else held[0] if held else Truth(NO)


def _apart(test: Value, others: list[Value]) -> Value:
    """A condition among others that do as well, without what only says that none of them holds."""
    parts = test.of if isinstance(test, All) else (test,)
    known = [same(negate(each)) for each in others]
    kept = tuple(each for each in parts if same(each) not in known)
    return kept[0] if len(kept) == 1 else All(kept or parts)


def _caught_in(value: Value) -> Caught | None:
    """The error whose code a value is."""
    match value:
        case Method(of=Caught() as caught) | Derived(of=(Caught() as caught, *_)):
            return caught
    return None


def _empty(value: Value, zero: object) -> Value | None:
    """The condition that something is there, where its zero value says that there is nothing."""
    match value:
        case RowField(row=row, name=name) if any(e.name == name for e in row.record.primary_key):
            return Truth(row)
        case RowField() if zero == "":
            return Truth(value)
        case Given() if zero == "":
            return Truth(value)
        case Derived(name="count", of=(Rows() | Row() as rows, *_)) if zero == 0:
            return Truth(rows)
    return None


def _is_error(value: Value) -> bool:
    if isinstance(getattr(value, "fault", None), Fault):
        return True
    match value:
        case Fault():
            return True
        case Either(options=options):
            return any(_is_error(each) or _is_made(each) for _, each in options) and all(
                _may_be_one(each) for _, each in options
            )
    return False


def _may_be_one(value: Value) -> bool:
    """Whether a value is an error, none, or what code outside the tree has given back for one."""
    if isinstance(value, Either):
        return all(_may_be_one(each) for _, each in value.options)
    return _is_error(value) or _is_made(value) or is_none(value) or _is_untold(value)


def _is_untold(value: Value) -> bool:
    """Whether a value is what code outside the tree gives back: an error or none."""
    outside = isinstance(value, Instance) and isinstance(value.of, External | BoundExternal)
    return (outside and not _is_made(value)) or isinstance(value, Derived | UnknownValue)


def _is_made(value: Value) -> bool:
    """Whether a value is an error that the code makes itself."""
    match value:
        case Instance(of=External(name=name)):
            last = name.rpartition(".")[2]
            return (
                last in ("New", "Errorf", "NewError", "NewHTTPError", "Wrap", "Wrapf")
                or "Err" in last
            )
        case Instance(
            of=ClassValue(name=name)
        ):  # a struct of the tree that is an error: `*AppError`
            return "Err" in name
        case External(name=name):
            return name.rpartition(".")[2].startswith("Err")
    return False


def fails(value: Value) -> Value:
    """The condition that an error is there."""
    inner = getattr(value, "fault", None)
    if isinstance(inner, Fault):
        return inner.test
    match value:
        case Fault(test=test):
            return test
        case Either(options=options):
            parts = [All((test, fails(each))) for test, each in options if not is_none(each)]
            return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
        case Const(value=None):
            return Truth(NO)
    return Truth(value) if _is_untold(value) else Truth(YES)


def is_target(value: Value, target: Value) -> Value:
    """`errors.Is(value, target)`."""
    own = getattr(value, "fault", None)
    if isinstance(own, Fault):
        return _named(own, target)
    match value:
        case Fault():
            return _named(value, target)
        case Either(options=options):
            parts = []
            for test, each in options:
                known = is_target(each, target)
                if not (isinstance(known, Truth) and known.of is NO):
                    parts.append(All((test, known)))
            if not parts:
                return Truth(NO)
            return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
        case Instance(args=args) if value is not target and any(
            isinstance(each, Fault | Either) for each in args
        ):
            inner = next(each for each in args if isinstance(each, Fault | Either))
            return is_target(inner, target)
    same = value is target or (
        isinstance(value, External) and isinstance(target, External) and value.name == target.name
    )
    return Truth(YES if same else NO)


SAID = "said"
"""What the text of an error that the database gives is called."""
TOLD = (
    (re.compile(r"no rows|not found", re.I), "ErrNoRows"),
    (re.compile(r"foreign|1451|1452|23503", re.I), "23503"),
    (re.compile(r"duplicate|unique|1062|23505", re.I), "23505"),
)
"""Words of drivers by which code knows an error, and what it then is."""


def said(value: Value) -> Value | None:
    """`err.Error()` of what went wrong in the database; None for any other value."""
    return Derived(SAID, (value,)) if _is_error(value) else None


def tells(text: Value, part: Value) -> Value | None:
    """`strings.Contains(err.Error(), "duplicate key")` as the condition that it is such an error."""
    if not isinstance(text, Derived) or text.name not in (SAID, "lower"):
        return None
    if text.name == "lower":
        return tells(text.of[0], part)
    word = part.value if isinstance(part, Const) and isinstance(part.value, str) else ""
    code = next((code for pattern, code in TOLD if pattern.search(word)), "")
    return is_target(text.of[0], External(code)) if code else None


def _named(fault: Fault, target: Value) -> Value:
    """Whether what went wrong is what a package's error stands for."""
    name = target.name.rpartition(".")[2] if isinstance(target, External) else ""
    if name in MISSING:
        return negate(Truth(fault.found)) if fault.found is not None else Truth(NO)
    if fault.start < 0 or not name:
        return Truth(NO)
    caught = Caught(fault.start, fault.end)
    code = Compare("eq", Method(caught, "Code"), Const(name))
    return All((Failed(("Exception",), fault.start, fault.end), code))


def worth(
    options: tuple[tuple[Value, Value], ...], position: int
) -> tuple[tuple[Value, Value], ...]:
    """Of several `value, err` that a function may give back those whose value counts: beside an error nobody
    looks at it."""
    kept = tuple((test, each) for test, each in options if not _is_void(each, position))
    return kept or options


def _is_void(given: Value, position: int) -> bool:
    """Whether a value stands beside an error that is certainly there."""
    match given:
        case Either(options=options):
            return all(_is_void(each, position) for _, each in options)
        case Items(items=items) if position < len(items) - 1:
            value, error = items[position], items[-1]
            zero = isinstance(value, Const) and value.value in (None, "", 0)
            return _is_made(error) or (zero and _is_error(error))
    return False


def of_driver(value: Value) -> Value:
    """The condition that an error is one of the database's own, which "no rows" is not."""
    own = getattr(value, "fault", None)
    match own if isinstance(own, Fault) else value:
        case Fault(start=start, end=end) if start >= 0:
            return Failed(("Exception",), start, end)
        case Either(options=options):
            parts = [All((test, of_driver(each))) for test, each in options if not is_none(each)]
            return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
    return fails(value)


def taken_as(value: Value) -> Value:
    """What `errors.As(err, &target)` puts into its target."""
    own = getattr(value, "fault", None)
    value = own if isinstance(own, Fault) else value
    match value:
        case Fault(start=start, end=end) if start >= 0:
            return Caught(start, end)
        case Either(options=options):
            found = (taken_as(each) for _, each in options)
            return next(
                (each for each in found if isinstance(each, Caught)), UnknownValue("an error")
            )
    return UnknownValue("an error")


def is_matching(node: n.Node) -> bool:
    """Whether this is `errors.As(err, &target)`, as Go's lowering spells it."""
    return (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name == "<as>"
    )


def is_failure(value: Value) -> bool | None:
    """Whether a returned value says that something went wrong: a last result that is an error, False."""
    last = (
        value.items[-1]
        if isinstance(value, Items) and value.kind == "tuple" and value.items
        else value
    )
    if is_none(last):
        return None if last is value else False
    if isinstance(last, Const) and isinstance(last.value, bool):
        return last.value is False
    return _is_error(last) or _is_made(last) if isinstance(last, Value) else None


__all__ = ["Fault", "Row", "Rows", "compared", "fails", "is_failure", "is_target", "taken_as"]
