"""Methods of dicts, lists and texts, of rows as mappings, and of ready-made repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following.element import lacks, subscript
from comfrey.reader.following.journal import UNDER
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Aggregate,
    AnyOf,
    Clause,
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Not,
    Query,
    Row,
    RowField,
)
from comfrey.reader.origins import spread
from comfrey.source import node as n
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    Generic,
    Instance,
    ListValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
RESERVED = frozenset(
    (
        "db",
        "offset",
        "limit",
        "object",
        "schema_to_select",
        "sort_columns",
        "sort_orders",
        "return_as_model",
        "return_total_count",
        "commit",
        "one_or_none",
    )
)
TEXT = {"lower", "upper", "strip", "rstrip", "lstrip", "title", "removeprefix", "removesuffix"}


def items(value: Value | None) -> tuple[Value, ...]:
    """The known items of a list."""
    match value:
        case Items(items=found) | ListValue(items=found):
            return tuple(found)
        case _:
            return ()


def call(machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None) -> Value:
    """A method of a mapping or a list."""
    match of:
        case Items():
            return _list(machine, of, name, passed)
        case Mapping():
            return _mapping(machine, of, name, passed)
        case Dump() if name in ("pop", "get") and passed.args:
            return subscript(machine, of, passed.args[0])
        case DictValue() if name == "get" and passed.args:
            return subscript(machine, of, passed.args[0])
        case Dump() if name == "copy":
            return of
        case _:
            return Derived(name, (of, *passed.args))


def _list(machine: Machine, of: Items, name: str, passed: Passed) -> Value:
    first = passed.at(0)
    if name in ("append", "add") and first is not None:
        if machine.journal.loops:
            of.each = first
        else:
            of.items.append(_conditional(machine, first))
        return NONE
    if name == "extend" and isinstance(first, Items):
        of.items.extend(_conditional(machine, each) for each in first.items)
        of.each = of.each or first.each
        return NONE
    return Derived(name, (of, *passed.args))


def _conditional(machine: Machine, value: Value) -> Value:
    """A query's condition that is only listed if an input was sent."""
    if not isinstance(value, Compare | AnyOf | Not):
        return value
    depends = [
        each for each in machine.journal.assumptions if each.how == UNDER and mentions(each.test)
    ]
    return Clause(value, True) if depends else value


def mentions(value: Value) -> bool:
    """Whether a condition is about something that was sent."""
    match value:
        case Given(kind=kind):
            return kind in ("query", "body", "header", "form", "cookie")
        case Compare(left=left, right=right):
            return mentions(left) or mentions(right)
        case Row() | RowField() | Instance():
            return False
        case _:
            inner = getattr(value, "of", ())
            several = inner if isinstance(inner, tuple) else (inner,)
            return any(mentions(each) for each in several if isinstance(each, Value))


def _mapping(machine: Machine, of: Mapping, name: str, passed: Passed) -> Value:
    first = passed.at(0)
    match name:
        case "get" | "pop" | "setdefault" if first is not None:
            if lacks(of, first):
                empty = isinstance(spare := passed.at(1) or NONE, Const) and not spare.value
                return NONE if empty else spare
            found = subscript(machine, of, first)
            if name == "pop" and isinstance(first, Const):
                of.entries.pop(first.value, None)
                of.spreads[:] = [_without(each, str(first.value)) for each in of.spreads]
            return found
        case "update":
            for each in passed.args:
                _merge(of, each)
            of.entries.update(passed.kwargs)
            return NONE
        case "copy":
            return Mapping(dict(of.entries), list(of.spreads), list(of.keys), of.keyed)
        case _:
            return Derived(name, (of, *passed.args))


def _without(value: Value, name: str) -> Value:
    if isinstance(value, Dump):
        return Dump(value.of, value.sent_only, (*value.without, name), value.only)
    return value


def _merge(into: Mapping, value: Value) -> None:
    if isinstance(value, Mapping):
        into.entries.update(value.entries)
        into.spreads.extend(value.spreads)
    else:
        into.spreads.append(value)


def text(of: str, name: str, passed: Passed) -> Value:
    """A method of a known text."""
    args = [each.value if isinstance(each, Const) else None for each in passed.args]
    if name in TEXT and all(isinstance(each, str) for each in args):
        return Const(getattr(of, name)(*args))
    return Derived(name, (Const(of), *passed.args))


def change_row(machine: Machine, of: Row, passed: Passed, at: n.Expression | None) -> None:
    """Several fields of a stored row at once: `row.sqlmodel_update(data, update=extra)`."""
    for each in (*passed.args, *(value for name, value in passed.kwargs if name == "update")):
        write_all(machine, of, each, at)
    if passed.rest is not None:
        write_all(machine, of, passed.rest, at)
    for name, value in passed.kwargs:
        if of.record.field(name) is not None and at is not None:
            machine.set(of, name, value, at)


def write_all(machine: Machine, of: Row, data: Value, at: n.Expression | None) -> None:
    """Every entry of a mapping into the row's field of that name."""
    if isinstance(data, Mapping):
        for each in data.spreads:
            write_all(machine, of, each, at)
        for name, value in data.entries.items():
            if at is not None:
                machine.set(of, str(name), value, at)
    elif isinstance(data, Either):
        for test, each in data.options:
            with machine.assuming(test):
                write_all(machine, of, each, at)
    elif isinstance(data, Dump | Given):
        if machine.paired and isinstance(data, Given):
            data = Dump(data, sent_only=True)
        if of.created:
            of.source = data
        else:
            machine.journal.note("set", of, machine.place(at), field="*", value=data)
            if machine.paired:
                of.fields.update(spread(of.record, data))


# --- repositories of libraries ---------------------------------------------------


def repository(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    """A method of a class outside the tree that wraps a record (`FastCRUD(User).get(...)`)."""
    verb = machine.meaning.verb("repository", name)
    record = _wrapped(machine, of)
    if record is None or not verb:
        return Derived(name, (of, *passed.args))
    query = Query(record, place=machine.place(at))
    named = tuple(each for each in passed.kwargs if each[0] not in RESERVED)
    query = machine.store.grown(query, "equals", Passed((), named))
    match verb:
        case "get" | "exists":
            return machine.store.execute(query, "one", at)
        case "many":
            wider = machine.store.grown(query, "limit", Passed((passed.named("limit") or NONE,)))
            offset = Passed((passed.named("offset") or NONE,))
            rows = machine.store.rows(machine.store.grown(wider, "offset", offset), at)
            machine.store.fetched(rows, "many")
            return rows
        case "count":
            counting = Query(record, columns=(Aggregate("count"),), where=query.where)
            return machine.store.execute(counting, "one", at)
        case "create":
            row = Row(record, created=True, source=passed.named("object"))
            return _committed(machine, machine.store.write("add", row, at), at)
        case "update":
            row = Row(record, query)
            if (data := passed.named("object") or passed.at(1)) is not None:
                write_all(machine, row, Dump(data, True) if isinstance(data, Given) else data, at)
            return _committed(machine, NONE, at)
        case "remove":
            row = Row(record, query)
            if record.soft_delete and name == "delete":
                _marked(machine, row, at)
            else:
                machine.store.write("delete", row, at)
            return _committed(machine, NONE, at)
    return NONE


def _marked(machine: Machine, row: Row, at: n.Expression | None) -> None:
    """A row is marked as deleted, and stays."""
    for name, value in (("is_deleted", Const(True)), ("deleted_at", Derived("now"))):
        if row.record.field(name) is not None:
            machine.journal.note("set", row, machine.place(at), field=name, value=value)


def _committed(machine: Machine, found: Value, at: n.Expression | None) -> Value:
    machine.journal.note("commit", NONE, machine.place(at))
    return found


def _wrapped(machine: Machine, of: Instance) -> Record | None:
    for each in (*of.args, *(of.of.args if isinstance(of.of, Generic) else ())):
        if isinstance(each, ClassValue) and machine.record_of(each):
            return machine.record_of(each)
    return None
