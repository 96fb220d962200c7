"""Data access by chains of calls that fill what they are given: `db.Where("id = ?", id).First(&book).Error`."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following import containers
from comfrey.reader.following.condition import negate
from comfrey.reader.following.golang.conditions import Reading, parsed
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.golang.pieces import Slot, plain, words, worlds
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.store import point_back
from comfrey.reader.following.value import (
    Aggregate,
    All,
    AnyOf,
    Clause,
    Closure,
    Column,
    Compare,
    Derived,
    Either,
    Failed,
    Given,
    Items,
    Mapping,
    Query,
    Row,
    RowField,
    Rows,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Text,
    UnknownValue,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

SECTION = "chain"
NONE = Const(None)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Value):
    """What the end of a chain gives: its error, what it found or touched, and what it put into its argument."""

    query: Query
    fault: Fault
    found: Value | None = None
    fill: Value | None = None
    """What the variable holds afterwards whose address was given."""
    tells: bool = False
    """Whether methods say what came of it (`result.RowsAffected()`), and not fields."""


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A call of a chain; None for what is none."""
    verb = machine.meaning.verb(SECTION, name)
    if not verb:
        return None
    chain = _chain(machine, of)
    if chain is None:
        return None
    grown = _grown(machine, chain, verb, passed, at)
    if grown is not None:
        return grown
    if verb in ("begin", "commit", "rollback", "transaction"):
        return _transaction(machine, of, verb, passed, at)
    return _ended(machine, chain, verb, passed, at)


def _chain(machine: Machine, of: Value) -> Query | None:
    """The statement so far, of a chain or of the database itself."""
    match of:
        case Query():
            return of
        case Outcome(query=query):
            return query
        case Instance(of=External(name=name)) if _is_database(machine, name):
            return Query(None)
        case Instance(of=BoundExternal()):
            return Query(None)
        case UnknownValue() | Derived():
            return Query(None)
    return None


def _is_database(machine: Machine, name: str) -> bool:
    return any(name.startswith(each) for each in machine.meaning.owners)


# --- growing -------------------------------------------------------------------


def _grown(
    machine: Machine, chain: Query, verb: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    match verb:
        case "same":
            return Query(None) if _is_fresh(at) else chain
        case "model":
            return replace(
                chain, record=record_of(machine, passed.at(0)) or chain.record, values=passed.at(0)
            )
        case "table":
            return replace(chain, record=_by_table(machine, passed.at(0)) or chain.record)
        case "where":
            return replace(
                chain, where=(*chain.where, *conditions(machine, chain.record, passed.args))
            )
        case "not":
            denied = conditions(machine, chain.record, passed.args)
            return replace(chain, where=(*chain.where, *(Clause(negate(e.test)) for e in denied)))
        case "order":
            return replace(chain, order=(*chain.order, *_orders(chain.record, passed.at(0))))
        case "limit":
            return replace(chain, limit=passed.at(0))
        case "offset":
            return replace(chain, offset=passed.at(0))
        case "clauses":
            locks = at is not None and "Locking" in at.text
            return replace(chain, locks=chain.locks or locks)
        case "scopes":
            for each in passed.args:
                found = machine.call(each, (chain,))
                chain = found if isinstance(found, Query) else chain
            return chain
        case "select":
            return chain
    return None


def _is_fresh(at: n.Expression | None) -> bool:
    """Whether a session begins with nothing of the chain: `db.Session(&gorm.Session{NewDB: true})`."""
    return isinstance(at, n.Call) and any("NewDB: true" in each.text for each in at.positional)


def record_of(machine: Machine, value: Value | None) -> Record | None:
    """The record that a target or a model stands for."""
    match value:
        case Row(record=record):
            return record
        case Items(each=Row(record=record)):
            return record
        case Items(items=[first, *_]):
            return record_of(machine, first)
        case ClassValue():
            return machine.record_of(value)
        case Instance(of=ClassValue() as kind):
            return machine.record_of(kind)
        case ListValue(spreads=[Instance(of=inner), *_]):
            kinds = getattr(inner, "args", ())
            return next((r for r in (machine.record_of(k) for k in kinds) if r), None)
        case Rows(query=Query(record=record)):
            return record
        case Derived(name="relation", of=(Row(record=record), *_)):
            return record
    return None


def _by_table(machine: Machine, value: Value | None) -> Record | None:
    name = (text_of(value) or "").partition(" ")[0]
    return next((each for each in machine.records.values() if each.table == name), None)


def conditions(
    machine: Machine, record: Record | None, args: tuple[Value, ...]
) -> tuple[Clause, ...]:
    """`"email = ?", email` · `&User{Email: email}` · `map[string]any{…}` · a key."""
    first, rest = (args[0], args[1:]) if args else (NONE, ())
    match first:
        case Const(value=str() as text):
            return _spelled(record, text, rest)
        case Text():
            return _spelled(record, text_of(first) or "", rest)
        case Row(created=True, fields=fields):
            return tuple(
                Clause(Compare("eq", Column(first.record.name, name), v))
                for name, v in fields.items()
            )
        case Mapping(entries=entries):
            owner = record.name if record is not None else ""
            return tuple(
                Clause(Compare("eq", Column(owner, str(name)), v)) for name, v in entries.items()
            )
        case Query(where=where):
            return where
    if record is None or not args:
        return ()
    key = next((each.name for each in record.primary_key), "id")
    operator = "in" if isinstance(first, Items) else "eq"
    return (Clause(Compare(operator, Column(record.name, key), first)),)


def _spelled(record: Record | None, text: str, args: tuple[Value, ...]) -> tuple[Clause, ...]:
    tree = parsed(text)
    if tree is None:
        return (Clause(Truth(Derived("condition", args))),)
    return (Clause(Reading(record, args).condition(tree)),)


def _orders(record: Record | None, value: Value | None) -> tuple[Value, ...]:
    """`"created_at DESC, id"` as columns in their direction; `orders[query.Sort]` as one of several such."""
    if isinstance(value, Either):
        chosen = ((test, _several(_orders(record, each))) for test, each in value.options)
        return (Either(tuple(chosen)),)
    if value is None:
        return ()
    said = words(value)
    if any(isinstance(each, Slot) for each in said):
        return (value,)
    base = _columns(record, plain(said))
    chosen_by: dict[int, list[tuple[Value, Value]]] = {}
    for world in worlds(said):
        order = _several(_columns(record, world.text))
        chosen_by.setdefault(world.at, []).append((world.tests[-1], order))
    return next(((Either(tuple(options)),) for options in chosen_by.values()), base)


def _several(order: tuple[Value, ...]) -> Value:
    """An order of several columns as one of the things that it may be."""
    return order[0] if len(order) == 1 and isinstance(order[0], Either) else Items(list(order))


def _columns(record: Record | None, text: str) -> tuple[Value, ...]:
    found: list[Value] = []
    for part in text.split(","):
        parts = part.split()
        if parts:
            reading = Reading(record, ())
            column = reading.column(parts[0].rpartition(".")[2].strip('"`'))
            descending = len(parts) > 1 and parts[1].lower() == "desc"
            if isinstance(column, Column):
                found.append(Column(column.record, column.field, (), descending))
    return tuple(found)


def owned(query: Query) -> Query:
    """The statement with its columns those of its record, once that is known."""
    if query.record is None:
        return query
    name = query.record.name

    def placed(value: Value) -> Value:
        match value:
            case Column(record="", field=field, via=via, descending=descending):
                return Column(name, field, via, descending)
            case Compare(operator=operator, left=left, right=right):
                return Compare(operator, placed(left), placed(right))
            case All(of=of):
                return All(tuple(placed(each) for each in of))
            case AnyOf(of=of):
                return AnyOf(tuple(placed(each) for each in of))
            case Either(options=options):
                return Either(tuple((test, placed(each)) for test, each in options))
            case Items(items=items) if items:
                return Items([placed(each) for each in items])
        return value

    where = tuple(Clause(placed(each.test), each.optional) for each in query.where)
    return replace(query, where=where, order=tuple(placed(each) for each in query.order))


# --- the end -------------------------------------------------------------------


def _ended(
    machine: Machine, chain: Query, verb: str, passed: Passed, at: n.Expression | None
) -> Value:
    target = passed.at(0)
    start = len(machine.journal.acts)
    model, values = chain.values, None
    record = chain.record or record_of(machine, target)
    if verb in ("one", "many") and isinstance(target, Row) and at and "Association(" in at.text:
        record = target.record
        chain = replace(chain, where=conditions(machine, record, (target,)))
    chain = replace(chain, record=record, values=None, place=machine.place(at))
    if verb in ("one", "many", "delete") and len(passed.args) > 1:
        chain = replace(chain, where=(*chain.where, *conditions(machine, record, passed.args[1:])))
    chain = owned(chain)
    found: Value | None = None
    fill: Value | None = None
    match verb:
        case "one" | "many":
            found, fill = _read(machine, chain, verb, target, at)
        case "count":
            counted = replace(
                chain, columns=(Aggregate("count"),), order=(), limit=None, offset=None
            )
            found = fill = machine.store.execute(counted, "one", at)
        case "create":
            _created(machine, target, at)
        case "save":
            _saved(machine, target, at)
        case "change":
            found = _changed(machine, chain, model, passed, at)
        case "delete":
            found = _deleted(machine, chain, target, at)
        case "value":
            rows = machine.store.rows(chain, at)
            found, fill = rows, Derived("column", (rows,))
    end = len(machine.journal.acts)
    missing = found if verb == "one" else None
    failed = Failed(("Exception",), start, end)
    test = negate(Truth(missing)) if missing is not None else failed
    return Outcome(chain, Fault(test, missing, start, end), found, fill or values)


def _read(
    machine: Machine, chain: Query, verb: str, target: Value | None, at: n.Expression | None
) -> tuple[Value, Value | None]:
    """A row, or rows, put into what was given for them."""
    rows = machine.store.rows(chain, at)
    if isinstance(target, Row):
        row = machine.store.fetched(rows, "one")
        if isinstance(row, Row):
            become(target, row)
            return target, None
        return row, None
    if isinstance(target, Items):
        limited = isinstance(chain.limit, Const) and chain.limit.value == 1
        each = machine.store.fetched(rows, "one" if limited else "many")
        target.items.clear()
        target.each = each
        return (each if limited else rows), None
    found = machine.store.fetched(rows, "one" if verb == "one" else "many")
    return (found if verb == "one" else rows), (found if verb == "one" else rows)


def become(target: Row, row: Row) -> None:
    """The variable's row is the one that was found."""
    target.query, target.created, target.caller = row.query, False, row.caller
    target.act, target.each, target.certain = row.act, row.each, row.certain
    target.fields.clear()
    target.source = None


def _created(machine: Machine, target: Value | None, at: n.Expression | None) -> None:
    if isinstance(target, Items):
        machine.store.session("add_all", Passed((target,)), at)
        machine.store.committed(at)
        return
    if isinstance(target, Row):
        machine.delegates.before_saving(target)
    machine.store.write("add", target, at)
    if isinstance(target, Row):
        _children(machine, target, at)


def _children(machine: Machine, parent: Row, at: n.Expression | None) -> None:
    """The rows of an association are stored with the row that holds them."""
    for value in list(parent.fields.values()):
        many = isinstance(value, Items) and value.each is not None
        rows = (
            [*value.items, *([value.each] if many else [])] if isinstance(value, Items) else [value]
        )
        for each in rows:
            if isinstance(each, Row) and each.created and not each.saved and each is not parent:
                point_back(each, parent)
                machine.store.write("add", each, at, many=many)


def _written(
    machine: Machine, row: Row, values: Value, at: n.Expression | None, *, filled_only: bool
) -> None:
    """Values into a row that is stored; of a struct only those that are not zero."""
    if not filled_only or not isinstance(values, Mapping):
        containers.write_all(machine, row, values, at)
        return
    for name, value in values.entries.items():
        sent = isinstance(value, Given) and value.kind in ("body", "form", "query")
        with machine.assuming(Truth(value)) if sent else nullcontext():
            containers.write_all(machine, row, Mapping(entries={name: value}), at)


def _meant(made: Row) -> Row | None:
    """The row that a struct stands for which has its key: `Club{ID: club.ID, Name: name}`."""
    key = made.fields.get(_key(made.record))
    found = key.row if isinstance(key, RowField) and not key.row.created else None
    return found if found is not None and found.record is made.record else None


def _by_key(chain: Query, made: Row) -> Query:
    """The statement for the row whose key a struct holds."""
    name = _key(made.record)
    key = made.fields.get(name)
    if key is None:
        return chain
    test = Compare("eq", Column(made.record.name, name), key)
    return replace(chain, where=(*chain.where, Clause(test)))


def _key(record: Record) -> str:
    return next((each.name for each in record.primary_key), "id")


def _saved(machine: Machine, target: Value | None, at: n.Expression | None) -> None:
    meant = _meant(target) if isinstance(target, Row) and target.created else None
    if isinstance(target, Row) and meant is not None:
        key = _key(target.record)
        values = Mapping(entries={k: v for k, v in target.fields.items() if k != key})
        containers.write_all(machine, meant, values, at)
        machine.store.committed(at)
    elif isinstance(target, Row) and target.created:
        machine.store.write("add", target, at)
    else:
        machine.store.committed(at)


def _changed(
    machine: Machine, chain: Query, model: Value | None, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`Update("status", x)`, `Updates(map or struct)`: of the row at hand, else of all that match."""
    first = passed.at(0)
    values: Value = first or NONE
    if isinstance(first, Const) and len(passed.args) > 1:
        values = Mapping(entries={str(first.value): passed.args[1]})
    if isinstance(values, Row):
        model = model or _meant(values)
        key = _key(values.record)
        chain = chain if model is not None else _by_key(chain, values)
        values = Mapping(entries={k: v for k, v in values.fields.items() if k != key})
    if isinstance(values, Mapping):
        record = record_of(machine, model) or chain.record
        entries = {k: _expressed(record, v) for k, v in values.entries.items()}
        values = replace(values, entries=entries)
    if isinstance(model, Row) and not model.created:
        _written(machine, model, values, at, filled_only=isinstance(first, Row))
        machine.store.committed(at)
        return model
    rows = machine.store.rows(replace(chain, verb="update", values=values), at)
    machine.store.committed(at)
    return rows


def _expressed(record: Record | None, value: Value) -> Value:
    """`gorm.Expr("stock + ?", n)` by what its row holds."""
    said = isinstance(value, Instance) and getattr(value.of, "name", "").endswith("gorm.Expr")
    if not isinstance(value, Instance) or not said or not value.args:
        return value
    tree = parsed(text_of(value.args[0]) or "")
    return Reading(record, value.args[1:]).stored(tree) if tree is not None else value


def _deleted(
    machine: Machine, chain: Query, target: Value | None, at: n.Expression | None
) -> Value | None:
    record = target.record if isinstance(target, Row) else chain.record
    wholly = at is not None and "Unscoped()" in at.text
    soft = record.soft_delete if record is not None and not wholly else ""
    marked = Mapping(entries={soft: Derived("now")})
    if isinstance(target, Row) and not target.created and not chain.where:
        if soft:
            containers.write_all(machine, target, marked, at)
            machine.store.committed(at)
        else:
            machine.store.write("delete", target, at)
        return target
    how = replace(chain, verb="update", values=marked) if soft else replace(chain, verb="delete")
    rows = machine.store.rows(how, at)
    machine.store.committed(at)
    return rows


# --- transactions ----------------------------------------------------------------


def _transaction(
    machine: Machine, of: Value, verb: str, passed: Passed, at: n.Expression | None
) -> Value:
    start = len(machine.journal.acts)
    if verb == "transaction":
        machine.delegates.transactions += 1
        found = _within(machine, of, passed)
        machine.delegates.transactions -= 1
        machine.journal.note("commit", NONE, machine.place(at))
        return found
    if verb == "begin":
        machine.delegates.transactions += 1
        return Query(None)
    if verb == "commit":
        machine.delegates.transactions = max(machine.delegates.transactions - 1, 0)
    machine.journal.note(verb, NONE, machine.place(at))
    failed = Failed(("Exception",), start, len(machine.journal.acts))
    return Outcome(Query(None), Fault(failed, None, start, len(machine.journal.acts)))


def _within(machine: Machine, of: Value, passed: Passed) -> Value:
    """What the function of a transaction gives: `Transaction(func(tx) …)`, `RunInTx(ctx, nil, func(ctx, tx) …)`."""
    for at, each in enumerate(passed.args):
        if isinstance(each, Closure | FunctionValue | BoundMethod):
            return machine.call(each, (*passed.args[: min(at, 1)], of))
    return NONE


def attribute(of: Value, name: str) -> Value | None:
    """`.Error`, `.RowsAffected`."""
    if not isinstance(of, Outcome) or of.tells:
        return None
    if name == "Error":
        return of.fault
    if name == "RowsAffected":
        match of.found:
            case Rows() | Row():
                return Derived("count", (of.found,))
        return Derived("count", ())
    return None
