"""Statements that calls put together: `db.NewSelect().Model(&books).Where("stock > ?", n)` (bun),
`sq.Select("id").From("books").Where(sq.Eq{"id": id})` (squirrel).

Each is told again as the SQL that it becomes, and read as any other; a part that is added under a condition stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following.condition import negate
from comfrey.reader.following.golang import chains, statements
from comfrey.reader.following.golang.chains import Outcome
from comfrey.reader.following.golang.compared import compared
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.journal import UNDER
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    All,
    Built,
    Derived,
    Either,
    Failed,
    Items,
    Mapping,
    Piece,
    Query,
    Row,
    RowField,
    Rows,
    Sometimes,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    Const,
    External,
    Instance,
    ListValue,
    UnknownValue,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

SECTION = "built"
BEGINS = ("select", "insert", "update", "delete", "raw")
ENDS = ("one", "count", "page", "exists", "run")
NONE, EMPTY = Const(None), Const("")
SENT = {
    "QueryRow": "row",
    "QueryRowContext": "row",
    "Scan": "row",
    "ScanContext": "row",
    "Query": "rows",
    "QueryContext": "rows",
    "Exec": "run",
    "ExecContext": "run",
}
"""By what a statement that knows its database is carried out, and how much of its answer is taken."""
FIELD = re.compile(r"\?([a-z]\w*)")
ALIAS = re.compile(r"\?Table(?:Alias|Name)\.")
NAMED = ("bun.Ident", "bun.Name", "bun.Safe")
PASSED = ("bun.In", "bun.List", "bun.Tuple")


def called(machine: Machine, name: str, passed: Passed) -> Value | None:
    """A function outside the tree that begins a statement: `squirrel.Select("id")`; None for any other."""
    verb = machine.meaning.verb(SECTION, ".".join(name.rpartition("/")[2].rsplit(".", 1)))
    return _begun(machine, verb, passed, grows=False) if verb in BEGINS else None


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method that begins, lengthens or ends such a statement; None for any other."""
    if not machine.meaning.verbs[SECTION]:
        return None
    if not isinstance(of, Built):
        verb = machine.meaning.verb(SECTION, name) or _of_package(machine, of, name)
        plain = isinstance(of, Instance | External | BoundExternal | UnknownValue | Derived)
        grows = name == "New" + verb.title()
        return _begun(machine, verb, passed, grows=grows) if verb in BEGINS and plain else None
    verb = machine.meaning.verb(SECTION, name)
    if verb == "text":
        text, args = _spelled(machine, of, None)
        return Items([text, Items(list(args)), NONE], kind="tuple")
    if not of.grows and name in SENT:
        return _sent(machine, of, SENT[name], passed, at)
    if verb in ENDS:
        return _ended(machine, of, verb, passed, at)
    return _grown(machine, of, verb, passed) if verb else of


def _of_package(machine: Machine, of: Value, name: str) -> str:
    """What a method of a package's own type means: `psql.Select(…)`, where `psql` is squirrel's."""
    while isinstance(of, Instance | BoundExternal):
        of = of.of if isinstance(of, Instance) else of.receiver
    package = of.name.rpartition("/")[2].partition(".")[0] if isinstance(of, External) else ""
    return machine.meaning.verb(SECTION, f"{package}.{name}") if package else ""


def _begun(machine: Machine, verb: str, passed: Passed, *, grows: bool) -> Built:
    word = {"select": "columns", "insert": "into", "raw": "raw"}.get(verb, "from")
    first = [Piece(word, passed.args)] if passed.args else []
    return Built(verb, len(machine.journal.assumptions), first, grows)


def _grown(machine: Machine, of: Built, verb: str, passed: Passed) -> Value:
    if verb == "applied":
        for each in passed.args:
            machine.call(each, (of,))
        return of
    held = machine.journal.assumptions[of.since :]
    piece = Piece(verb, passed.args, tuple(each.test for each in held if each.how == UNDER))
    if of.grows:
        of.pieces.append(piece)
        return of
    return replace(of, pieces=[*of.pieces, piece])


def _said(of: Built, *words: str) -> list[Piece]:
    return [each for each in of.pieces if each.word in words]


# --- as SQL ------------------------------------------------------------------------


def _spelled(machine: Machine, of: Built, record: Record | None) -> tuple[Value, tuple[Value, ...]]:
    """(text, arguments) of a statement as SQL."""
    if of.verb == "raw":
        first = of.pieces[0].args
        return first[0], first[1:]
    table = Const(record.table) if record is not None else _table(of)
    where, given = _where(machine, of, record)
    match of.verb:
        case "insert":
            return _inserting(of, table)
        case "delete":
            return _sum("DELETE FROM ", table, where), given
        case "update":
            sets, values = _sets(of, record)
            return _sum("UPDATE ", table, " SET ", sets, where), (*values, *given)
    order = [_choice(each, _sum(" ORDER BY ", _listed(each.args))) for each in _said(of, "order")]
    page = [(each, f" {each.word.upper()} ?") for each in _said(of, "limit", "offset")]
    ends = [_choice(each, Const(text)) for each, text in page]
    locks = " FOR UPDATE" if _said(of, "lock") else ""
    last = [_held(each, arg) for each, _ in page for arg in each.args[:1]]
    text = _sum("SELECT ", _columns(of), " FROM ", table, where, *_one_order(order), *ends, locks)
    return text, (*given, *last)


def _one_order(order: list[Value]) -> list[Value]:
    """Several calls that order make one clause."""
    plain = [each for each in order if not isinstance(each, Either)]
    if len(plain) < 2:
        return order
    rest = (_sum(", ", Const((text_of(e) or "").removeprefix(" ORDER BY "))) for e in plain[1:])
    return [plain[0], *rest]


def _table(of: Built) -> Value:
    named = [each.args[0] for each in _said(of, "from", "into", "table") if each.args]
    return named[-1] if named else EMPTY


def _columns(of: Built) -> Value:
    found = [arg for each in _said(of, "columns") for arg in each.args]
    return _listed(found) if found else Const("*")


def _sum(*parts: Value | str) -> Value:
    """Texts behind each other."""
    values = [Const(each) if isinstance(each, str) else each for each in parts]
    return reduce(lambda left, right: Derived("+", (left, right)), values)


def _listed(parts: Iterable[Value]) -> Value:
    found = list(parts)
    rest = [each for part in found[1:] for each in (", ", part)]
    return _sum(found[0], *rest) if found else EMPTY


def _choice(piece: Piece, text: Value) -> Value:
    """A text that is there only where the piece is."""
    if not piece.tests:
        return text
    test = All(piece.tests)
    return Either(((test, text), (negate(test), EMPTY)))


def _held(piece: Piece, value: Value) -> Value:
    return Sometimes(All(piece.tests), value) if piece.tests else value


def _where(machine: Machine, of: Built, record: Record | None) -> tuple[Value, tuple[Value, ...]]:
    """The conditions as one text, with their arguments."""
    entries: list[Value] = [Const("1 = 1")]
    given: list[Value] = []
    for each in _said(of, "where", "or", "key", "group"):
        text, args = _condition(machine, of, each, record)
        if each.word == "or":
            entries[-1] = _sum(entries[-1], " OR ", text)
        else:
            entries.append(_held(each, text))
        given += [_held(each, arg) for arg in args]
    if len(entries) == 1:
        return EMPTY, ()
    joined = Instance(External("strings.Join"), (Items(entries), Const(" AND ")))
    return _sum(" WHERE ", joined), tuple(given)


def _condition(
    machine: Machine, of: Built, piece: Piece, record: Record | None
) -> tuple[Value, tuple[Value, ...]]:
    if piece.word == "key":
        return _by_key(of, record)
    if piece.word == "group":
        return _grouped(machine, of, piece, record)
    return spelled(piece.args)


def spelled(args: tuple[Value, ...]) -> tuple[Value, tuple[Value, ...]]:
    """One condition: `"id = ?", id` · `sq.Eq{"id": id}`."""
    if not args:
        return Const("1 = 1"), ()
    first, rest = args[0], args[1:]
    told = compared(first)
    if told is not None:
        return told
    text = text_of(first)
    if text is None:
        return first, rest
    left: list[Value] = []
    for each in rest:
        name = each.of.name if isinstance(each, Instance) and isinstance(each.of, External) else ""
        inner = each.args[0] if isinstance(each, Instance) and each.args else each
        if name.endswith(NAMED):
            text = text.replace("?", text_of(inner) or "unknown", 1)
        else:
            left.append(inner if name.endswith(PASSED) else each)
    return Const(ALIAS.sub("", text)), tuple(left)


def _by_key(of: Built, record: Record | None) -> tuple[Value, tuple[Value, ...]]:
    """`WherePK()`: the row of the model's own key."""
    row = _model(of)
    keys = [each.name for each in record.primary_key] if record is not None else []
    if not isinstance(row, Row) or not keys:
        return Const("1 = 1"), ()
    return Const(" AND ".join(f"{key} = ?" for key in keys)), tuple(
        row.fields.get(key) or RowField(row, key) for key in keys
    )


def _grouped(
    machine: Machine, of: Built, piece: Piece, record: Record | None
) -> tuple[Value, tuple[Value, ...]]:
    """`WhereGroup(" AND ", func(q …) … { return q.Where(…).WhereOr(…) })`: what the function adds, in parentheses."""
    inner = Built(of.verb, len(machine.journal.assumptions), [], grows=True)
    if len(piece.args) > 1:
        machine.call(piece.args[1], (inner,))
    text, given = _where(machine, inner, record)
    said = _sum("(1 = 0)") if text is EMPTY else _without(text)
    return _sum("(", said, ")"), given


def _without(text: Value) -> Value:
    """Conditions without the word before them."""
    return text.of[1] if isinstance(text, Derived) else text


def _sets(of: Built, record: Record | None) -> tuple[Value, tuple[Value, ...]]:
    """What an UPDATE sets: what it is told, else what the model holds."""
    texts: list[Value] = []
    values: list[Value] = []
    for each in _said(of, "set"):
        text = text_of(each.args[0]) if each.args else None
        if text is not None and "=" not in text and len(each.args) == 2:
            texts, values = [*texts, Const(f"{text} = ?")], [*values, each.args[1]]
        elif text is not None:
            told, given = _by_field(of, text)
            texts, values = [*texts, Const(told)], [*values, *given, *each.args[1:]]
    for name, value in _mapped(of):
        texts, values = [*texts, Const(f"{name} = ?")], [*values, value]
    row = _model(of)
    if not texts and isinstance(row, Row) and record is not None:
        for name, value in _changed(row, _names(of)).items():
            texts, values = [*texts, Const(f"{name} = ?")], [*values, value]
    return _listed(texts), tuple(values)


def _by_field(of: Built, text: str) -> tuple[str, list[Value]]:
    """`"name = ?name"`: what the model holds in that column."""
    row = _model(of)
    found = FIELD.findall(text) if isinstance(row, Row) else []
    given = [row.fields.get(e) or RowField(row, e) for e in found if isinstance(row, Row)]
    return (FIELD.sub("?", text) if found else text), given


def _changed(row: Row, names: tuple[str, ...]) -> dict[str, Value]:
    """What a row holds that its own table does not yet, of these columns where any are named."""
    keys = {each.name for each in row.record.primary_key}
    return {
        name: value
        for name, value in row.fields.items()
        if name not in keys and row.record.field(name) and (not names or name in names)
    }


def _names(of: Built) -> tuple[str, ...]:
    return tuple(text_of(arg) or "" for each in _said(of, "columns") for arg in each.args)


def _mapped(of: Built) -> list[tuple[str, Value]]:
    """`SetMap(map[string]any{"name": name})`."""
    found: list[tuple[str, Value]] = []
    for each in _said(of, "map"):
        first = each.args[0] if each.args else NONE
        if isinstance(first, Mapping):
            found += first.entries.items()
        found += [
            (text_of(k) or "", v)
            for k, v in getattr(first, "items", [])
            if not isinstance(first, Items | ListValue)
        ]
    return found


def _inserting(of: Built, table: Value) -> tuple[Value, tuple[Value, ...]]:
    """`Insert("books").Columns("title").Values(title)`."""
    mapped = _mapped(of)
    names = [name for name, _ in mapped] or [*_names(of)]
    rows = [each.args for each in _said(of, "values")]
    values = tuple(value for _, value in mapped) or (rows[0] if rows else ())
    marks = ", ".join("?" for _ in values)
    return _sum("INSERT INTO ", table, f" ({', '.join(names)}) VALUES ({marks})"), values


# --- carried out --------------------------------------------------------------------


def _sent(
    machine: Machine, of: Built, verb: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`query.RunWith(db).QueryRow().Scan(&id)`."""
    text, args = _spelled(machine, of, None)
    said = statements.understood(machine, text, args)
    if said is None:
        return None
    outcome = statements.carried_out(machine, said, verb, NONE, at)
    asked = isinstance(at, n.Call) and isinstance(at.function, n.Attribute)
    scans = asked and at.function.name.startswith("Scan")  # type: ignore[union-attr]
    return statements.call(machine, outcome, "Scan", passed, at) if scans else outcome


def _model(of: Built) -> Value | None:
    """What the statement is about: `Model(&book)`."""
    found = [each.args[0] for each in _said(of, "model") if each.args]
    return found[-1] if found else None


def _ended(
    machine: Machine, of: Built, verb: str, passed: Passed, at: n.Expression | None
) -> Value:
    """The statement is sent; what it finds is put into its model, or into what stands behind the context."""
    model = _model(of)
    record = chains.record_of(machine, model)
    start = len(machine.journal.acts)
    if of.verb == "insert":
        _stored(machine, model, at)
        return _outcome(machine, start, model if isinstance(model, Row) else None)
    text, args = _spelled(machine, of, record)
    if (
        of.verb == "delete"
        and record is not None
        and record.soft_delete
        and not _said(of, "wholly")
    ):
        where, _ = _where(machine, of, record)
        text = _sum("UPDATE ", record.table, f" SET {record.soft_delete} = now()", where)
    said = statements.understood(machine, text, args)
    if said is None:
        return _outcome(machine, start, None)
    target = passed.at(1) or model or NONE
    if of.verb in ("update", "delete") or verb == "run":
        return statements.carried_out(machine, said, "run", NONE, at)
    return _asked(machine, said, verb, target, at)


def _asked(
    machine: Machine,
    said: statements.Statement,
    verb: str,
    target: Value,
    at: n.Expression | None,
) -> Value:
    start = len(machine.journal.acts)
    if verb in ("count", "page"):
        many = statements.carried_out(machine, said, "into_rows", target, at)
        found = many.found if isinstance(many, Outcome) else NONE
        counted: Value = Derived("count", (found,)) if isinstance(found, Rows) else found or NONE
        return Items([counted, _fault(machine, start)], kind="tuple")
    if verb == "exists":
        found = statements.carried_out(machine, said, "row", NONE, at)
        row = found.found if isinstance(found, Outcome) else NONE
        return Items([Truth(row or NONE), _fault(machine, start)], kind="tuple")
    into = "into_rows" if isinstance(target, Items) else "into_row"
    return statements.carried_out(machine, said, into, target, at)


def _fault(machine: Machine, start: int) -> Fault:
    end = len(machine.journal.acts)
    return Fault(Failed(("Exception",), start, end), None, start, end)


def _outcome(machine: Machine, start: int, found: Value | None) -> Outcome:
    given = found or UnknownValue("what a statement gave")
    return Outcome(Query(None), _fault(machine, start), given, tells=True)


def _stored(machine: Machine, model: Value | None, at: n.Expression | None) -> None:
    """The rows of a model are inserted."""
    if isinstance(model, Items):
        machine.store.session("add_all", Passed((model,)), at)
        machine.store.committed(at)
    else:
        machine.store.write("add", model, at)
