"""Data access by objects: `prisma.user.findUnique({ where: { id } })`, `User.findOne({ email })`.

What each method means, and what its arguments are, says the ORM's `effects.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following.asking import Asking, mapped
from comfrey.reader.following.condition import negate
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Aggregate,
    Clause,
    Column,
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    Query,
    Row,
    RowField,
    Rows,
    Session,
    Truth,
)
from comfrey.reader.following.within import inside
from comfrey.source import node as n
from comfrey.source.value import ClassValue, Const, Generic, Instance, ListValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
AUTOMATIC = "automatic"
"""The mode of a commit that follows each write outside of a transaction."""
SUMS = {"_avg": "avg", "_sum": "sum", "_min": "min", "_max": "max", "_count": "count"}


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

    def call(self, of: Value, name: str, passed: Passed, at: n.Expression | None) -> Value | None:
        """`of.name(…)`; None when it is no access to data."""
        meaning = self.machine.meaning
        if name in meaning.transactions and passed.args and not isinstance(of, Given):
            return self._transaction(of, passed, at)
        rule = meaning.delegate.get(name)
        if rule is None:
            return None
        record = self._record(of)
        if record is None:
            return None
        return self._carry_out(rule[0], self._asked(record, rule[1:], passed, at))

    def _record(self, of: Value) -> Record | None:
        """The record that a delegate, model or repository stands for."""
        match of:
            case Method(name=name) if not isinstance(of.of, Row | Given):
                return self._by_accessor(name) if self.machine.meaning.clients else None
            case ClassValue():
                return self.machine.record_of(of)
            case Instance(of=Generic(args=(ClassValue() as kind, *_))):
                return self.machine.record_of(kind)
            case _:
                return None

    def _by_accessor(self, name: str) -> Record | None:
        """`prisma.orderItem` stands for OrderItem."""
        wanted = name[:1].upper() + name[1:]
        records = self.machine.records.values()
        return next((e for e in records if e.name in (wanted, name)), None)

    def _asked(
        self, record: Record, roles: tuple[str, ...], passed: Passed, at: n.Expression | None
    ) -> Asked:
        found: dict[str, Value] = {}
        for role, value in zip(roles, passed.args, strict=False):
            inner = mapped(value)
            if role == "options":
                found |= self._options(inner)
            elif inner is not None:
                found[role] = inner
        return Asked(record, found, at)

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
            case "upsert":
                return self._upsert(asked)
            case _:
                return Derived(verb)

    def _query(self, asked: Asked, verb: str = "select") -> Query:
        record = asked.record
        where = self.asking.clauses(record, asked.role("where"))
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
        )

    def _one(self, asked: Asked, certain: bool) -> Value:
        rows = self.machine.store.rows(self._query(asked), asked.at)
        found = self.machine.store.fetched(rows, "one", certain)
        if certain:
            self.machine.journal.note("needs", found, self.machine.place(asked.at))
        return found

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
        row = self.asking.row(asked.record, asked.role("values"))
        self.machine.store.write("add", row, asked.at)
        self._commit(asked)
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
        row = Row(asked.record, query, certain=True)
        row.caller = any(_is_callers(each) for each in query.where)
        if required:
            self.machine.journal.note("needs", row, self.machine.place(asked.at))
        return row

    def _set(self, row: Row, values: Mapping, asked: Asked) -> None:
        """What was not sent is left as it is: that is what `undefined` means to these libraries."""
        note, place = self.machine.journal.note, self.machine.place(asked.at)
        for each in values.spreads:
            partial = (
                Dump(each.of, True, each.without, each.only) if isinstance(each, Dump) else each
            )
            note("set", row, place, field="*", value=partial)
        for name, value in values.entries.items():
            sent = next(iter(_inputs(value)), None)
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
        return Mapping(entries={"count": count, "affected": count, "0": count})

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

    # --- transactions ------------------------------------------------------------------

    def _commit(self, asked: Asked) -> None:
        if not self.transactions:
            place = self.machine.place(asked.at)
            self.machine.journal.note("commit", NONE, place, mode=AUTOMATIC)

    def _transaction(self, of: Value, passed: Passed, at: n.Expression | None) -> Value:
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


def _is_work(value: Value) -> bool:
    return not isinstance(value, Mapping | Const)


def _is_callers(clause: Clause) -> bool:
    """Whether a condition names the caller's own row."""
    match clause.test:
        case Compare(operator="eq", left=Column() as left, right=RowField(row=row, name=name)):
            return row.caller and name == left.field and row.record.name == left.record
        case _:
            return False


def _inputs(value: Value) -> list[Given]:
    return [e for e in inside(value, (Given,)) if isinstance(e, Given) and e.kind == "body"]
