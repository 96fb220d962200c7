"""Clients that ent makes of a schema: `client.User.Query().Where(user.Email(email)).Only(ctx)`.

What was made is thousands of lines that lead to nothing but SQL. It is not followed: the names of its methods and
predicates say what they do.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following.condition import negate
from comfrey.reader.following.golang import faults
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.journal import UNDER
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Aggregate,
    All,
    AnyOf,
    Built,
    Clause,
    Column,
    Compare,
    Derived,
    Failed,
    Items,
    Mapping,
    Piece,
    Query,
    Row,
    RowField,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

ORM = "ent"
NONE = Const(None)
BEGINS = {
    "Query": "select",
    "Create": "insert",
    "CreateBulk": "insert_all",
    "Update": "update",
    "UpdateOne": "update_one",
    "UpdateOneID": "update_one",
    "Delete": "delete",
    "DeleteOne": "delete_one",
    "DeleteOneID": "delete_one",
}
ENDS = ("Save", "Exec", "All", "Only", "First", "OnlyID", "FirstID", "IDs", "Count", "Exist")
"""What sends a statement; with an X behind, it panics in place of giving an error."""
OPERATORS = (
    ("EqualFold", "eq"),
    ("ContainsFold", "icontains"),
    ("HasPrefix", "startswith"),
    ("HasSuffix", "contains"),
    ("Contains", "contains"),
    ("NotNil", "not_null"),
    ("IsNil", "is_null"),
    ("NotIn", "not_in"),
    ("NEQ", "ne"),
    ("GTE", "ge"),
    ("LTE", "le"),
    ("EQ", "eq"),
    ("GT", "gt"),
    ("LT", "lt"),
    ("In", "in"),
)
ERRORS = {
    "IsNotFound": "ErrNotFound",
    "IsConstraintError": "ErrConstraint",
    "IsValidationError": "ErrInvalid",
}


def begun(
    machine: Machine,
    function: FunctionValue,
    receiver: Value | None,
    passed: Passed,
    at: n.Expression | None,
) -> Value | None:
    """A function or method of what ent has made; None for any other."""
    package = function.scope.module.rpartition("/")[0]
    if package not in machine.generated:
        return None
    if receiver is None:
        return _function(machine, package, function.name, passed)
    if isinstance(receiver, Row) and receiver.record.orm == ORM:
        return _of_row(machine, receiver, function.name)
    kind = receiver.of if isinstance(receiver, Instance) else None
    if not isinstance(kind, ClassValue):
        return None
    if kind.name in ("Client", "Tx"):
        return _transaction(machine, kind, function.name, at)
    record = _record(machine, package, kind.name.removesuffix("Client"))
    return _of_client(machine, record, function.name, passed, at) if record is not None else None


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method of a statement of such a client; None for any other."""
    if not isinstance(of, Built) or of.record is None:
        return None
    bare = name.removesuffix("X")
    if bare in ENDS:
        found = _ended(machine, of, of.record, bare, at)
        panics = name != bare and isinstance(found, Items) and found.kind == "tuple"
        return found.items[0] if panics and isinstance(found, Items) else found
    if name == "Clone":
        return replace(of, pieces=list(of.pieces))
    if name.startswith("Query") and name != "Query":
        return _along(machine, of.record, name, ())
    held = machine.journal.assumptions[of.since :]
    of.pieces.append(Piece(name, passed.args, tuple(e.test for e in held if e.how == UNDER)))
    return of


def generated(records: Table[str, Record]) -> frozenset[str]:
    """The packages that ent has made: of the client, and one of predicates for each record."""
    homes = {e.module.rpartition("/")[0]: e for e in records.values() if e.orm == ORM and e.module}
    found = set(homes)
    for each in records.values():
        if each.orm == ORM and each.module:
            home = each.module.rpartition("/")[0]
            found.add(f"{home}/{each.name.lower()}" if home else each.name.lower())
    return frozenset(found)


# --- where a statement begins ---------------------------------------------------------


def _record(machine: Machine, package: str, name: str) -> Record | None:
    """The record of a client's name in its package (`User`), or of a package of predicates (`user`)."""
    for each in machine.records.values():
        home = each.module.rpartition("/")[0]
        inside = f"{home}/{each.name.lower()}".removeprefix("/")
        if each.orm == ORM and (
            (home == package and each.name == name) or (not name and inside == package)
        ):
            return each
    return None


def _of_client(
    machine: Machine, record: Record, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    if name in ("Get", "GetX"):
        key = passed.at(1) or NONE
        found = _fetched(machine, _by_key(record, key), "one", at)
        return found.items[0] if name == "GetX" else found
    if name.startswith("Query") and name != "Query":
        return _along(machine, record, name, passed.args)
    verb = BEGINS.get(name)
    if verb is None:
        return None
    since = len(machine.journal.assumptions)
    named = [Piece("<row>", passed.args)] if passed.args else []
    return Built(verb, since, named, grows=True, record=record)


def _of_row(machine: Machine, row: Row, name: str) -> Value | None:
    """`user.Update()`, `user.QueryPets()`."""
    if name == "Update":
        since = len(machine.journal.assumptions)
        return Built("update_one", since, [Piece("<row>", (row,))], grows=True, record=row.record)
    if name.startswith("Query"):
        return _along(machine, row.record, name, (row,))
    return row if name == "Unwrap" else None


def _along(machine: Machine, record: Record, name: str, args: tuple[Value, ...]) -> Value | None:
    """`QueryPets()`: the rows that an edge leads to, of one row or of those of a statement."""
    edge = name.removeprefix("Query").lower()
    row = next((each for each in args if isinstance(each, Row)), None)
    for each in machine.records.values():
        for tie in each.relations:
            back = tie.to == record.name and edge in (
                f"{each.name}s".lower(),
                each.table,
                each.name.lower(),
            )
            if back and tie.field:
                test: Value = Truth(Derived("condition"))
                if row is not None:
                    key = next((e.name for e in record.primary_key), "id")
                    test = Compare("eq", Column(each.name, tie.field), RowField(row, key))
                since = len(machine.journal.assumptions)
                return Built("select", since, [Piece("Where", (test,))], True, each)
    tie_out = next((e for e in record.relations if e.name.replace("_", "") == edge), None)
    other = next((e for e in machine.records.values() if tie_out and e.name == tie_out.to), None)
    if other is None or tie_out is None:
        return None
    test = Truth(Derived("condition"))
    if row is not None:
        key = next((e.name for e in other.primary_key), "id")
        test = Compare("eq", Column(other.name, key), RowField(row, tie_out.field))
    since = len(machine.journal.assumptions)
    return Built("select", since, [Piece("Where", (test,))], True, other)


def _transaction(
    machine: Machine, kind: ClassValue, name: str, at: n.Expression | None
) -> Value | None:
    """`client.Tx(ctx)`, `tx.Commit()`, `tx.Rollback()`."""
    start = len(machine.journal.acts)
    if kind.name == "Client" and name in ("Tx", "BeginTx"):
        machine.delegates.transactions += 1
        made = machine.codebase.resolve(
            f"{kind.scope.module.rpartition('/')[0]}/tx.go".lstrip("/"), "Tx"
        )
        return Items([Instance(made, symbolic=True), NONE], kind="tuple")
    if kind.name == "Tx" and name == "Client":
        return None
    if kind.name != "Tx" or name not in ("Commit", "Rollback"):
        return None
    if name == "Commit":
        machine.delegates.transactions = max(machine.delegates.transactions - 1, 0)
    machine.journal.note(name.lower(), NONE, machine.place(at))
    return _fault(machine, start, None)


# --- functions ------------------------------------------------------------------------


def _function(machine: Machine, package: str, name: str, passed: Passed) -> Value | None:
    """A predicate (`user.EmailEQ(email)`), an order (`ent.Asc("name")`), or a question about an error."""
    record = _record(machine, package, "")
    if record is not None:
        return _predicate(machine, record, name, passed.args)
    if name in ERRORS and passed.args:
        return faults.is_target(passed.args[0], External(f"ent.{ERRORS[name]}"))
    if name in ("Asc", "Desc"):
        return Items([Derived(name.lower(), (each,)) for each in passed.args])
    return Truth(Const(False)) if name == "IsNotSingular" else None


def _predicate(
    machine: Machine, record: Record, name: str, args: tuple[Value, ...]
) -> Value | None:
    if name == "And":
        return All(args)
    if name == "Or":
        return AnyOf(args)
    if name == "Not" and args:
        return negate(args[0])
    if name.startswith("By") and (field := _field(machine, record, name.removeprefix("By"))):
        descending = any("Desc" in getattr(getattr(e, "of", None), "name", "") for e in args)
        return Items([Derived("desc" if descending else "asc", (Const(field),))])
    if field := _field(machine, record, name):
        return Compare("eq", Column(record.name, field), args[0]) if args else None
    for ending, operator in OPERATORS:
        field = _field(machine, record, name.removesuffix(ending)) if name.endswith(ending) else ""
        if field:
            return _compared(Column(record.name, field), operator, args)
    return _of_edge(record, name, args) if name.startswith("Has") else None


def _compared(column: Column, operator: str, args: tuple[Value, ...]) -> Value:
    if operator in ("is_null", "not_null"):
        return Compare("eq" if operator == "is_null" else "ne", column, NONE)
    if operator in ("in", "not_in"):
        several = isinstance(args[0], Items | ListValue) if len(args) == 1 else False
        return Compare(operator, column, args[0] if several else Items(list(args), kind="tuple"))
    return Compare(operator, column, args[0] if args else NONE)


def _of_edge(record: Record, name: str, args: tuple[Value, ...]) -> Value:
    """`HasOwner()`, `HasOwnerWith(user.ID(id))`: a condition on the key that leads there, where it is one."""
    edge = name.removeprefix("Has").removesuffix("With").lower()
    tie = next((e for e in record.relations if e.name.replace("_", "") == edge and e.field), None)
    if tie is None:
        return Truth(Derived("condition", args))
    column = Column(record.name, tie.field)
    if not args:
        return Compare("ne", column, NONE)
    only = args[0] if len(args) == 1 else None
    if isinstance(only, Compare) and isinstance(only.left, Column) and only.left.field == "id":
        return Compare(only.operator, column, only.right)
    return Truth(Derived("condition", args))


def _field(machine: Machine, record: Record, name: str) -> str:
    """The column of a field by its name in Go, "" where there is none."""
    column = machine.field_name(record, name)
    return column if record.field(column) is not None else ""


# --- where it ends ----------------------------------------------------------------------


def _ended(
    machine: Machine, of: Built, record: Record, name: str, at: n.Expression | None
) -> Value:
    match of.verb:
        case "insert":
            return _inserted(machine, of, record, at)
        case "insert_all":
            return _all_inserted(machine, of, at)
        case "update" | "update_one":
            return _changed(machine, of, record, at)
        case "delete" | "delete_one":
            return _removed(machine, of, record, at)
    query = _query(machine, of, record, at)
    if name in ("Count", "Exist"):
        return _counted(machine, query, name, at)
    mode = "many" if name in ("All", "IDs") else "one"
    found = _fetched(machine, query, mode, at)
    if name in ("OnlyID", "FirstID"):
        key = next((each.name for each in record.primary_key), "id")
        row = found.items[0]
        return Items(
            [RowField(row, key) if isinstance(row, Row) else row, found.items[1]], kind="tuple"
        )
    return found


def _query(machine: Machine, of: Built, record: Record, at: n.Expression | None) -> Query:
    where: list[Clause] = []
    order: list[Value] = []
    limit: Value | None = None
    offset: Value | None = None
    for each in of.pieces:
        first = each.args[0] if each.args else NONE
        match each.word:
            case "<row>":
                where += _by_key(record, first).where
            case "Where":
                where += [Clause(arg, bool(each.tests)) for arg in _opened(each.args)]
            case "Order":
                order += [
                    one for arg in _opened(each.args) for one in _ordered(machine, record, arg)
                ]
            case "Limit":
                limit = first
            case "Offset":
                offset = first
    place = machine.place(at)
    return Query(
        record, where=tuple(where), order=tuple(order), limit=limit, offset=offset, place=place
    )


def _opened(args: tuple[Value, ...]) -> list[Value]:
    """Arguments, with lists among them taken apart: `Where(predicates...)`."""
    found: list[Value] = []
    for each in args:
        found += each.items if isinstance(each, Items | ListValue) else [each]
    return found


def _ordered(machine: Machine, record: Record, value: Value) -> list[Value]:
    if isinstance(value, Derived) and value.name in ("asc", "desc") and value.of:
        name = text_of(value.of[0]) or ""
        if record.field(name) is not None:
            return [Column(record.name, name, (), value.name == "desc")]
    return []


def _by_key(record: Record, value: Value) -> Query:
    """The statement for one row, by its key or by the row itself."""
    name = next((each.name for each in record.primary_key), "id")
    key = RowField(value, name) if isinstance(value, Row) else value
    return Query(record, where=(Clause(Compare("eq", Column(record.name, name), key)),))


def _fault(machine: Machine, start: int, missing: Value | None) -> Fault:
    end = len(machine.journal.acts)
    failed = Failed(("Exception",), start, end)
    return Fault(negate(Truth(missing)) if missing is not None else failed, missing, start, end)


def _fetched(machine: Machine, query: Query, mode: str, at: n.Expression | None) -> Items:
    start = len(machine.journal.acts)
    rows = machine.store.rows(replace(query, place=machine.place(at)), at)
    if mode == "many":
        return Items([rows, _fault(machine, start, None)], kind="tuple")
    found = machine.store.fetched(rows, "one")
    return Items([found, _fault(machine, start, found)], kind="tuple")


def _counted(machine: Machine, query: Query, name: str, at: n.Expression | None) -> Items:
    start = len(machine.journal.acts)
    if name == "Exist":
        found: Value = Truth(machine.store.execute(query, "one", at))
    else:
        found = machine.store.execute(
            replace(query, columns=(Aggregate("count"),), order=()), "one", at
        )
    return Items([found, _fault(machine, start, None)], kind="tuple")


def _values(machine: Machine, of: Built, record: Record) -> dict[str, Value]:
    """What `SetName(name)`, `SetNillableNote(note)`, `ClearNote()`, `AddStock(n)`, `SetOwner(user)` come to."""
    found: dict[str, Value] = {}
    for each in of.pieces:
        name = each.word
        if name.startswith("Clear") and (
            field := _set(machine, record, name.removeprefix("Clear"))
        ):
            found[field] = NONE
        if not each.args:
            continue
        first = each.args[0]
        if name.startswith("Set"):
            field = _set(machine, record, name.removeprefix("Set").removeprefix("Nillable"))
            if field:
                found[field] = _key_of(first)
        elif name.startswith("Add") and (
            field := _field(machine, record, name.removeprefix("Add"))
        ):
            found[field] = Derived("+", (RowField(Row(record, each=True), field), first))
    return found


def _set(machine: Machine, record: Record, name: str) -> str:
    """The column that is set by a field's name, or by that of the edge whose key it is."""
    field = _field(machine, record, name)
    edge = name.removesuffix("ID").lower()
    ties = (e.field for e in record.relations if e.name.replace("_", "") == edge and e.field)
    return field or next(ties, "")


def _key_of(value: Value) -> Value:
    """A row that is set stands for its key."""
    if not isinstance(value, Row):
        return value
    return RowField(value, next((each.name for each in value.record.primary_key), "id"))


def _row(machine: Machine, of: Built, record: Record) -> Row:
    return Row(record, created=True, fields=_values(machine, of, record))


def _inserted(machine: Machine, of: Built, record: Record, at: n.Expression | None) -> Items:
    start = len(machine.journal.acts)
    row = _row(machine, of, record)
    machine.store.write("add", row, at)
    return Items([row, _fault(machine, start, None)], kind="tuple")


def _all_inserted(machine: Machine, of: Built, at: n.Expression | None) -> Items:
    """`CreateBulk(builders...)`."""
    start = len(machine.journal.acts)
    given = [arg for each in of.pieces for arg in _opened(each.args)]
    rows = [_row(machine, e, e.record) for e in given if isinstance(e, Built) and e.record]
    machine.store.session("add_all", Passed((Items(list(rows)),)), at)
    machine.store.committed(at)
    return Items([Items(list(rows)), _fault(machine, start, None)], kind="tuple")


def _changed(machine: Machine, of: Built, record: Record, at: n.Expression | None) -> Items:
    start = len(machine.journal.acts)
    query = _query(machine, of, record, at)
    values = Mapping(entries=_values(machine, of, record))
    rows = machine.store.rows(replace(query, verb="update", values=values, order=()), at)
    machine.store.committed(at)
    if of.verb == "update":
        return Items([Derived("count", (rows,)), _fault(machine, start, None)], kind="tuple")
    found = machine.store.fetched(rows, "one")
    return Items([found, _fault(machine, start, found)], kind="tuple")


def _removed(machine: Machine, of: Built, record: Record, at: n.Expression | None) -> Value:
    start = len(machine.journal.acts)
    query = replace(_query(machine, of, record, at), verb="delete", order=())
    rows = machine.store.rows(query, at)
    machine.store.committed(at)
    if of.verb == "delete":
        return Items([Derived("count", (rows,)), _fault(machine, start, None)], kind="tuple")
    return _fault(machine, start, machine.store.fetched(rows, "one"))
