"""Data access by objects: `prisma.user.findUnique({ where: { id } })`, `User.findOne({ email })`.

What each method means, and what its arguments are, says the ORM's `effects.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from comfrey.model.record import Record
from comfrey.reader.following import wording
from comfrey.reader.following.accessors import stands_for
from comfrey.reader.following.asking import Asking, is_callers, mapped, shifted
from comfrey.reader.following.condition import negate
from comfrey.reader.following.containers import mentions
from comfrey.reader.following.gathered import inputs, keyed, of_what_was_sent, paired
from comfrey.reader.following.journal import UNDER
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.store import AUTOMATIC
from comfrey.reader.following.value import (
    Aggregate,
    All,
    AnyOf,
    Clause,
    Closure,
    Column,
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    Not,
    Query,
    Row,
    RowField,
    Rows,
    Session,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)
from comfrey.stacks import shelf

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
BUILDER = "builder"
COUNTS = ("count", "affected", "0", "deletedCount", "modifiedCount", "matchedCount", "rowCount",
          "deleted_count", "modified_count", "matched_count")  # fmt: skip
"""Where libraries say how many rows a statement touched."""
SUMS = {"_avg": "avg", "_sum": "sum", "_min": "min", "_max": "max", "_count": "count"}


@dataclass(slots=True, eq=False)
class Growing(Value):
    """A query builder: every word that it is told changes it in place."""

    query: Query


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of one call by their roles."""

    record: Record
    roles: dict[str, Value]
    at: n.Expression | None

    def role(self, name: str) -> Value | None:
        return self.roles.get(name)


class Delegates:
    """What is asked of records through objects that stand for their tables."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.asking = Asking(machine)
        self.transactions = 0
        self._hung: dict[tuple[str, str], Any] = {}

    def call(self, of: Value, name: str, passed: Passed, at: n.Expression | None) -> Value | None:
        """`of.name(…)`; None when it is no access to data."""
        meaning = self.machine.meaning
        if name in meaning.transactions and passed.args and not isinstance(of, Given):
            return self.transaction(of, passed, at)
        if name in meaning.makers and isinstance(passed.at(0), ClassValue):
            return self.repository(passed.args[0])
        if isinstance(of, Rows):
            return self._grown(of, name, passed, at)
        if isinstance(of, Items | Derived) and meaning.verb("clauses", name) == "same":
            return of
        if isinstance(of, Derived) and of.name == BUILDER:
            return self._built(of, name, passed, at)
        if isinstance(of, Growing):
            return self._worded(of, name, passed, at)
        builds = meaning.verb("builders", name)
        if builds and _is_client(of):
            return self._begun(builds, passed, at)
        own = self._own(of, name)
        if own is not None:
            return self.machine.call(Closure(own, {"this": of}), passed.args, (), at)
        rule = meaning.delegate.get(name)
        if rule is None:
            return None
        record, passed = self._meant_by(of, passed)
        if record is None:
            return None
        return self._carry_out(rule[0], self._asked(record, rule[1:], passed, at))

    # --- what the project hangs on its models ------------------------------------------

    def _own(self, of: Value, name: str) -> FunctionValue | None:
        """A function of the project's that a document or its model carries under that name."""
        if isinstance(of, Row):
            held: dict[str, FunctionValue] = self._hooks(of.record, "methods")
            return held.get(name)
        record = stands_for(self.machine, of) if isinstance(of, Instance) else None
        held = self._hooks(record, "statics") if record is not None else {}
        return held.get(name)

    def _hooks(self, record: Record, kind: str) -> Any:
        key = (record.name, kind)
        if key not in self._hung:
            folder = shelf.folder("orms", record.orm)
            known = (
                folder.module("hooks") if folder is not None and folder.has("hooks.py") else None
            )
            tell = getattr(known, kind, None)
            none: Any = {} if kind not in ("saving", "changing") else ()
            self._hung[key] = tell(self.machine.codebase, record) if tell else none
        return self._hung[key]

    def saving(self, record: Record) -> tuple[FunctionValue, ...]:
        """The functions that the project hangs before the storing of a row."""
        return tuple(self._hooks(record, "saving"))

    def changing(self, record: Record) -> tuple[FunctionValue, ...]:
        """Those that it hangs before the changing of one, where they are others."""
        return tuple(self._hooks(record, "changing"))

    def before_saving(self, row: Row) -> None:
        """What the project does to a row whenever it is stored: hashing a password, making a slug."""
        for each in self.saving(row.record):
            given = row if each.node.parameters and each.owner is None else NONE
            if each.owner is not None:
                self.machine.call(BoundMethod(row, each))
            else:
                self.machine.call(Closure(each, {"this": row}), (given,))

    def made(self, of: Value, passed: Passed) -> Value | None:
        """`new Model(values)`, where the model is an object; None when it is no model."""
        record = stands_for(self.machine, of) if isinstance(of, Instance) else None
        return self.asking.row(record, passed.at(0)) if record is not None else None

    def repository(self, kind: Value) -> Value:
        """`dataSource.getRepository(User)`."""
        return Instance(Generic(External("Repository"), (kind,)), symbolic=True)

    def _meant_by(self, of: Value, passed: Passed) -> tuple[Record | None, Passed]:
        """The record that a call is about: of its receiver, or of its first argument
        (`manager.findOne(User, …)`, `manager.save(user)`)."""
        record = stands_for(self.machine, of)
        first = passed.at(0)
        if record is None and isinstance(first, ClassValue):
            return self.machine.record_of(first), Passed(passed.args[1:], passed.kwargs)
        if record is None and isinstance(first, Row) and _is_client(of):
            return first.record, passed
        return record, passed

    def _asked(
        self, record: Record, roles: tuple[str, ...], passed: Passed, at: n.Expression | None
    ) -> Asked:
        found: dict[str, Value] = {}
        for role, value in zip(roles, passed.args, strict=False):
            inner = mapped(value)
            if role == "options":
                found |= self._options(inner) or self._asked_at_once(record, inner)
            elif role == "which" and inner is not None:
                found["where" if isinstance(inner, Mapping | Either) else "key"] = inner
            elif inner is not None:
                found[role] = inner
        return Asked(record, found, at)

    def _asked_at_once(self, record: Record, value: Value | None) -> dict[str, Value]:
        """`findOne({ email })` and `findOne(id)`: older libraries take the conditions, or the key, as they are."""
        if isinstance(value, Mapping):
            fields = bool(value.entries) and all(record.field(str(e)) for e in value.entries)
            return {"where": value} if fields else {}
        return {"key": value} if isinstance(value, Given | Const | RowField) else {}

    def _options(self, value: Value | None) -> dict[str, Value]:
        if not isinstance(value, Mapping):
            return {}
        found: dict[str, Value] = {}
        for each in value.spreads:
            found |= self._options(mapped(each))
        for name, inner in value.entries.items():
            role = self.machine.meaning.verb("options", str(name))
            if role:
                found[role] = inner
        return found

    # --- verbs -----------------------------------------------------------------------

    def _carry_out(self, verb: str, asked: Asked) -> Value:
        match verb:
            case "one" | "required":
                return self._one(asked, verb == "required")
            case "many":
                return self._many(asked)
            case "count" | "exists":
                return self._count(asked)
            case "aggregate":
                return self._aggregate(asked)
            case "page":
                return self._page(asked)
            case "documents":
                return self._page_of_documents(asked)
            case "create":
                return self._create(asked)
            case "create_many":
                return self._create_many(asked)
            case "update" | "update_required":
                return self._update(asked, verb == "update_required")
            case "update_many" | "delete_many":
                return self._bulk(asked, verb.removesuffix("_many"))
            case "delete" | "delete_required":
                return self._delete(asked, verb == "delete_required")
            case "raise" | "lower":
                return self._shifted(asked, verb)
            case "delete_rows":
                return self._counted(self._bulk(asked, "delete"))
            case "update_rows":
                return Items([self._counted(self._bulk(asked, "update"))])
            case "upsert":
                return self._upsert(asked)
            case "query":
                return Growing(Query(asked.record, place=self.machine.place(asked.at)))
            case "make":
                return self.asking.row(asked.record, asked.role("values"))
            case "merge":
                return self._merged(asked)
            case "save":
                return self._save(asked)
            case "remove":
                found = self.machine.store.write("delete", asked.role("row"), asked.at)
                self._commit(asked)
                return found
            case _:
                return Derived(verb)

    def _query(self, asked: Asked, verb: str = "select") -> Query:
        record = asked.record
        where = self._where(record, asked.role("where"))
        key = asked.role("key")
        if key is not None:
            name = next((each.name for each in record.primary_key), "id")
            where = (Clause(Compare("eq", Column(record.name, name), key)), *where)
        return Query(
            record,
            verb,
            where=where,
            order=self.asking.order(record, asked.role("order")),
            limit=asked.role("limit"),
            offset=asked.role("offset"),
            locks=asked.role("lock") is not None,
            place=self.machine.place(asked.at),
            shown=self.asking.shown(record, asked.role("columns"), asked.role("without")),
        )

    def _where(self, record: Record, said: Value | None) -> tuple[Clause, ...]:
        """An object of conditions, or one that is put together (`and(eq(books.id, id), …)`)."""
        if isinstance(said, Compare | All | AnyOf | Not):
            return self.machine.store.grown(Query(record), "where", Passed((said,))).where
        return self.asking.clauses(record, said)

    def _one(self, asked: Asked, certain: bool) -> Value:
        rows = self.machine.store.rows(self._query(asked), asked.at)
        found = self.machine.store.fetched(rows, "one", certain)
        if certain:
            self.machine.journal.note("needs", found, self.machine.place(asked.at))
        return found

    def linked(self, row: Row, name: str, passed: Passed, at: n.Expression | None) -> bool:
        """`user.setRoles([1])`: whether the method links a row to others, which have to be there."""
        words = (name.removeprefix(each) for each in self.machine.meaning.links)
        called = {each[:1].lower() + each[1:] for each in words if each != name}
        called |= {f"{each}s" for each in called}
        relation = next((e for e in map(row.record.linked, sorted(called)) if e is not None), None)
        if relation is None:
            return False
        record = next(e for e in self.machine.records.values() if e.name == relation.to)
        given = passed.at(0)
        keys = given.items if isinstance(given, Items | ListValue) else (given,)
        for each in keys:
            if isinstance(each, Const):
                self._one(Asked(record, {"key": each}, at), certain=True)
        return True

    def _many(self, asked: Asked) -> Value:
        rows = self.machine.store.rows(self._query(asked), asked.at)
        self.machine.store.fetched(rows, "many")
        return rows

    def _count(self, asked: Asked) -> Value:
        query = self._query(asked)
        counted = Query(
            query.record, columns=(Aggregate("count"),), where=query.where, place=query.place
        )
        return self.machine.store.execute(counted, "one", asked.at)

    def _page(self, asked: Asked) -> Value:
        """The rows of one page and the number of all."""
        rows = self._many(asked)
        assert isinstance(rows, Rows)
        count = Derived("count", (rows,))
        return Mapping(entries={"rows": rows, "count": count, "0": rows, "1": count})

    def _page_of_documents(self, asked: Asked) -> Value:
        """The same as mongoose-paginate says it."""
        rows = self._many(asked)
        return Mapping(entries={"docs": rows, "totalDocs": Derived("count", (rows,))})

    def _aggregate(self, asked: Asked) -> Value:
        query = self._query(asked)
        found = Mapping()
        for word, name in SUMS.items():
            wanted = mapped(asked.role(word))
            columns = wanted.entries if isinstance(wanted, Mapping) else {"": NONE}
            if wanted is None:
                continue
            inner = Mapping()
            for field in columns:
                column = Column(asked.record.name, str(field)) if field else None
                asks = Query(
                    query.record,
                    columns=(Aggregate(name, column),),
                    where=query.where,
                    place=query.place,
                )
                inner.entries[str(field)] = self.machine.store.execute(asks, "one", asked.at)
            found.entries[word] = inner if isinstance(wanted, Mapping) else inner.entries[""]
        return found

    def _create(self, asked: Asked) -> Value:
        if isinstance(asked.role("values"), Items):
            return self._create_many(asked)
        values = asked.role("values")
        row = self.asking.row(asked.record, values)
        self.before_saving(row)
        self.machine.store.write("add", row, asked.at)
        self._commit(asked)
        if self.machine.meaning.collections:
            keyed(values, row)
        return row

    def _create_many(self, asked: Asked) -> Value:
        rows = self.asking.children(asked.record, asked.role("values") or NONE)
        self.machine.store.session("add_all", Passed((rows,)), asked.at)
        self._commit(asked)
        return rows

    def _update(self, asked: Asked, required: bool) -> Value:
        row = self._meant(asked, required)
        values = self.asking.values(asked.record, asked.role("values"))
        self._set(row, values, asked)
        self._commit(asked)
        return row

    def _meant(self, asked: Asked, required: bool) -> Row:
        """The row that a write names; where there is none the write fails."""
        query = self._query(asked)
        row = Row(asked.record, query, certain=required)
        row.caller = any(is_callers(each) for each in query.where)
        if required:
            self.machine.journal.note("needs", row, self.machine.place(asked.at))
        return row

    def _set(self, row: Row, values: Mapping, asked: Asked) -> None:
        """What was not sent is left as it is: that is what `undefined` means to these libraries."""
        note, place = self.machine.journal.note, self.machine.place(asked.at)
        for each in values.spreads:
            note("set", row, place, field="*", value=of_what_was_sent(each))
        for name, value in values.entries.items():
            sent = next(iter(inputs(value)), None)
            if sent is None:
                note("set", row, place, field=str(name), value=value)
            else:
                with self.machine.assuming(Truth(sent)):
                    note("set", row, place, field=str(name), value=value)
            row.fields[str(name)] = value

    def _bulk(self, asked: Asked, verb: str) -> Value:
        query = self._query(asked, verb)
        if verb == "update":
            values = self.asking.values(asked.record, asked.role("values"))
            query = Query(query.record, verb, where=query.where, values=values, place=query.place)
        rows = self.machine.store.rows(query, asked.at)
        self._commit(asked)
        count = Derived("count", (rows,))
        return Mapping(entries=dict.fromkeys(COUNTS, count))

    def _shifted(self, asked: Asked, verb: str) -> Value:
        values = shifted(asked.record, verb, asked.role("field"), asked.role("amount"))
        return self._bulk(Asked(asked.record, asked.roles | {"values": values}, asked.at), "update")

    def shifted(self, row: Row, verb: str, passed: Passed, at: n.Expression | None) -> Row:
        """`row.increment("stock", { by: 2 })`."""
        asked = self._asked(row.record, ("field", "options"), passed, at)
        values = shifted(row.record, verb, asked.role("field"), asked.role("amount"))
        self._set(row, values, asked)
        return self.settled(row, passed, at)

    def _delete(self, asked: Asked, required: bool) -> Value:
        row = self._meant(asked, required)
        self.machine.store.write("delete", row, asked.at)
        self._commit(asked)
        return row

    def _upsert(self, asked: Asked) -> Value:
        found = self.machine.store.fetched(
            self.machine.store.rows(self._query(asked), asked.at), "one"
        )
        test = Truth(found)
        with self.machine.assuming(test):
            changed = asked.roles | {"values": asked.role("changes") or NONE}
            old = self._update(Asked(asked.record, changed, asked.at), False)
        with self.machine.assuming(negate(test)):
            made = asked.roles | {"values": asked.role("creates") or NONE}
            new = self._create(Asked(asked.record, made, asked.at))
        return Either(((test, old), (negate(test), new)))

    def _counted(self, of: Value) -> Value:
        return of.entries["count"] if isinstance(of, Mapping) else of

    def _save(self, asked: Asked) -> Value:
        """A row is stored, whether it was made or changed; a plain object is made one."""
        row = asked.role("row")
        if not isinstance(row, Row):
            if isinstance(row, Items):
                return self._create_many(Asked(asked.record, {"values": row}, asked.at))
            row = self._spread_row(asked, row) or self.asking.row(asked.record, row)
        self.before_saving(row)
        if row.created:
            self.machine.store.write("add", row, asked.at)
        self._commit(asked)
        return row

    def _merged(self, asked: Asked) -> Value:
        """`merge(row, changes)`: what was sent is put on the row, which is stored later."""
        row = asked.role("row")
        if isinstance(row, Row):
            self._set(row, self.asking.values(row.record, asked.role("values")), asked)
        return row or NONE

    def _spread_row(self, asked: Asked, value: Value | None) -> Row | None:
        """`{ ...user, ...changes }` is that row, changed."""
        spreads = value.spreads if isinstance(value, Mapping) else []
        inner = [each.of if isinstance(each, Dump) else each for each in spreads]
        known = next((each for each in inner if isinstance(each, Row)), None)
        if known is None or not isinstance(value, Mapping):
            return None
        rest = [
            each for each in spreads if each is not known and getattr(each, "of", 0) is not known
        ]
        self._set(known, self.asking.values(known.record, Mapping(value.entries, rest)), asked)
        return known

    def saved(self, row: Row, passed: Passed, at: n.Expression | None) -> Row:
        """`row.save()`: what was set on it since is stored."""
        self.before_saving(row)
        if row.created:
            self.machine.store.write("add", row, at)
        return self.settled(row, passed, at)

    def settled(self, row: Row, passed: Passed, at: n.Expression | None) -> Row:
        """What was just done to a row is stored at once, by libraries that keep no session."""
        if self.machine.meaning.delegate:
            roles = [self._options(mapped(each)) for each in passed.args]
            self._commit(Asked(row.record, {k: v for each in roles for k, v in each.items()}, at))
        return row

    # --- statements that grow ----------------------------------------------------------

    def _begun(self, verb: str, passed: Passed, at: n.Expression | None) -> Value:
        """`db.select()`, `db.insert(books)`: what it is about, not yet what is asked."""
        return Derived(BUILDER, (Const(verb), *passed.args[:1]))

    def _built(
        self, of: Derived, name: str, passed: Passed, at: n.Expression | None
    ) -> Value | None:
        verb = of.of[0].value if isinstance(of.of[0], Const) else ""
        step = self.machine.meaning.verb("builder", name)
        subject = of.of[1] if len(of.of) > 1 else None
        record = self.machine.record_of(subject) if subject is not None else None
        match verb, step:
            case "select", "from":
                return self._selected(passed.at(0), subject, at)
            case "insert", "values" if record is not None:
                values = passed.at(0) or NONE
                return self._create_many(Asked(record, {"values": values}, at))
            case "update", "set" if record is not None:
                asked = Asked(record, {"values": passed.at(0) or NONE}, at)
                return self._rows_of(self._bulk(asked, "update"))
            case "delete", "where" if record is not None:
                rows = self._rows_of(self._bulk(Asked(record, {}, at), "delete"))
                return self._grown(rows, name, passed, at) if isinstance(rows, Rows) else rows
            case _:
                return of

    def _rows_of(self, made: Value) -> Value:
        count = made.entries["count"] if isinstance(made, Mapping) else made
        return count.of[0] if isinstance(count, Derived) and count.of else count

    def _selected(
        self, table: Value | None, columns: Value | None, at: n.Expression | None
    ) -> Value:
        record = self.machine.record_of(table) if table is not None else None
        if record is None:
            return Derived("rows")
        counts = isinstance(columns, Mapping) and any(
            isinstance(each, Aggregate) for each in columns.entries.values()
        )
        asked = tuple(columns.entries.values()) if counts and isinstance(columns, Mapping) else ()
        query = Query(record, columns=asked, place=self.machine.place(at))
        return self.machine.store.rows(query, at)

    def _grown(self, of: Rows, name: str, passed: Passed, at: n.Expression | None) -> Value | None:
        """`rows.sort("-createdAt").limit(10)`: a clause more, on a statement that is sent when awaited."""
        verb = self.machine.meaning.verb("clauses", name)
        if not verb or of.query.record is None or of.act < 0:
            return None
        if verb == "one":
            return self.machine.store.fetched(of, "one")
        query = self._with_clause(of.query, verb, passed)
        self.machine.journal.acts[of.act].subject = query
        return Rows(query, of.act)

    def _with_clause(self, query: Query, verb: str, passed: Passed) -> Query:
        assert query.record is not None
        first = mapped(passed.at(0))
        match verb:
            case "where" if isinstance(first, Mapping):
                more = self.asking.clauses(query.record, first)
                return replace(query, where=(*query.where, *more))
            case "where":
                return self.machine.store.grown(query, "where", passed)
            case "order" if isinstance(passed.at(1), Const):
                return replace(
                    query,
                    order=(
                        *query.order,
                        *paired(self.asking.order(query.record, first), passed.args[1]),
                    ),
                )
            case "order":
                found = [part for each in passed.args for part in self._ordered(query.record, each)]
                return replace(query, order=(*query.order, *found))
            case "limit":
                return replace(query, limit=first)
            case "offset":
                return replace(query, offset=first)
            case "lock":
                return replace(query, locks=True)
            case _:
                return query

    def _ordered(self, record: Record, value: Value) -> tuple[Value, ...]:
        """A column or an either-or of columns as it is, anything else by its words."""
        if isinstance(value, Column | Derived):
            return (value,)
        return self.asking.order(record, value)

    # --- query builders ----------------------------------------------------------------

    def _worded(
        self, builder: Growing, name: str, passed: Passed, at: n.Expression | None
    ) -> Value | None:
        """One more word to a query builder, which keeps it, or the end of it."""
        verb, of = self.machine.meaning.verb("words", name), builder.query
        if not verb or of.record is None:
            return None
        match verb:
            case "where" | "or":
                builder.query = self._told(of, verb, passed)
            case "columns":
                builder.query = replace(of, shown=self.asking.spelt(of.record, passed.args))
            case "order":
                order = (*of.order, *self._direction(of.record, passed))
                builder.query = replace(of, order=order)
            case "limit":
                builder.query = replace(of, limit=passed.at(0))
            case "offset":
                builder.query = replace(of, offset=passed.at(0))
            case "one" | "required" | "many":
                rows = self.machine.store.rows(of, at)
                found = self.machine.store.fetched(rows, verb.replace("required", "one"))
                return rows if verb == "many" else found
            case "count":
                counted = replace(of, columns=(Aggregate("count"),), order=())
                return self.machine.store.execute(counted, "one", at)
            case "page":
                rows = self.machine.store.rows(of, at)
                self.machine.store.fetched(rows, "many")
                return Items([rows, Derived("count", (rows,))])
        return builder

    def _sometimes(self) -> bool:
        """Whether what is said here is said only if something was sent."""
        return any(e.how == UNDER and mentions(e.test) for e in self.machine.journal.assumptions)

    def _told(self, of: Query, verb: str, passed: Passed) -> Query:
        assert of.record is not None
        first = mapped(passed.at(0))
        found = (
            self.asking.clauses(of.record, first)
            if isinstance(first, Mapping)
            else tuple(wording.clauses(of.record, first, mapped(passed.at(1))))
        )
        if self._sometimes():
            found = tuple(Clause(each.test, True) for each in found)
        if verb == "where" or not of.where:
            return replace(of, where=(*of.where, *found))
        either = AnyOf(tuple(each.test for each in (of.where[-1], *found)))
        return replace(of, where=(*of.where[:-1], Clause(either)))

    def _direction(self, record: Record, passed: Passed) -> tuple[Value, ...]:
        first = mapped(passed.at(0))
        if isinstance(first, Mapping):
            return self.asking.order(record, first)
        name = wording.field(record, first)
        second = passed.at(1)
        down = isinstance(second, Const) and second.value == "DESC"
        return (Column(record.name, name, descending=down),) if name else (Derived("order"),)

    # --- transactions ------------------------------------------------------------------

    def _commit(self, asked: Asked) -> None:
        if not self.transactions and asked.role("transaction") is None:
            place = self.machine.place(asked.at)
            self.machine.journal.note("commit", NONE, place, mode=AUTOMATIC)

    def transaction(self, of: Value, passed: Passed, at: n.Expression | None) -> Value:
        """One of a function that is given the client, or of calls that are made already."""
        work = passed.args[-1] if _is_work(passed.args[-1]) else passed.args[0]
        if isinstance(work, Items | ListValue | Mapping):
            self._united(at)
            return work
        start = len(self.machine.journal.acts)
        self.transactions += 1
        found = self.machine.call(work, (of if not isinstance(of, Method) else Session(),), (), at)
        self.transactions -= 1
        if len(self.machine.journal.acts) > start:
            self.machine.journal.note("commit", NONE, self.machine.place(at))
        return found

    def _united(self, at: n.Expression | None) -> None:
        """The calls that stand inside this one are carried out together."""
        if at is None:
            return
        inside = [
            act
            for act in self.machine.journal.acts
            if act.mode == AUTOMATIC
            and act.place.file == at.place.file
            and at.place.line <= act.place.line <= at.place.end_line
        ]
        for act in inside[:-1]:
            act.kind = "flush"


def _is_client(of: Value) -> bool:
    """Whether a receiver may stand for the database as a whole."""
    return isinstance(of, Instance | Method | Session | Derived | UnknownValue)


def _is_work(value: Value) -> bool:
    return not isinstance(value, Mapping | Const)
