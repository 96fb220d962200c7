"""What is asked of the database: statements grow, are carried out, and give rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from comfrey.model.place import Place
from comfrey.model.record import Record
from comfrey.reader.following import joined, later
from comfrey.reader.following.condition import negate, truth
from comfrey.reader.following.journal import REFUSED
from comfrey.reader.following.passed import Passed, spread_sources
from comfrey.reader.following.value import (
    Aggregate,
    All,
    AnyOf,
    Clause,
    Column,
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
    Rows,
)
from comfrey.source import node as n
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    ListValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
AUTOMATIC = "automatic"
"""The mode of a commit that follows each write outside of a transaction."""
KEYS = ("pk", "id")
PAGINATION = "flask_sqlalchemy.pagination.Pagination"


class Store:
    """The database as a handler sees it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    # --- statements --------------------------------------------------------------

    def function(self, verb: str, name: str, passed: Passed, at: n.Expression | None) -> Value:
        """A function of the ORM called by itself: `select(User)`, `func.count()`."""
        place = self.machine.place(at)
        match verb:
            case "select" | "exists":
                return self._select(passed.args, place)
            case "insert" | "update" | "delete":
                return Query(self._record(passed.at(0)), verb, place=place)
            case "aggregate":
                return self._aggregate(name, passed)
            case "begin":
                return Derived("begin")
            case "certain" if isinstance(passed.at(0), Row | Either):
                return _certain(passed.at(0))
            case "both":
                return _together(passed.args)
            case "either":
                return AnyOf(spread(passed.args))
            case "negation":
                return Not(passed.args[0]) if passed.args else NONE
            case "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "in" | "not_in" if len(passed.args) > 1:
                return Compare(verb, passed.args[0], passed.args[1])
            case "like" | "ilike" if len(passed.args) > 1:
                return matching(verb, passed.args[0], passed.args[1])
            case "is_null" | "not_null" if passed.args:
                return Compare("eq" if verb == "is_null" else "ne", passed.args[0], NONE)
            case "descending" | "ascending":
                return directed(passed.at(0) or NONE, verb == "descending")
            case _:
                return passed.args[0] if passed.args else Derived(name)

    def _select(self, args: tuple[Value, ...], place: Place) -> Query:
        args = spread(args)
        if len(args) == 1 and isinstance(args[0], Query):
            return args[0]
        record = next((r for r in (self._record(each) for each in args) if r), None)
        columns = tuple(each for each in args if isinstance(each, Column | Aggregate))
        return Query(record, columns=columns, place=place)

    def _record(self, value: Value | None) -> Record | None:
        match value:
            case ClassValue():
                return self.machine.record_of(value)
            case Column(record=name):
                return self.by_name(name)
            case Aggregate(of=inner):
                return self._record(inner)
            case Query(record=record) | Row(record=record) | Rows(query=Query(record=record)):
                return record
            case Generic(of=inner):
                return self._record(inner)
            case Instance():
                found = self.machine.record_of(value)
                return found if found is not None and found.joins else None
            case _:
                return None

    def is_record(self, value: Value | None) -> bool:
        """Whether the value is the class of a record, or a part of it."""
        return self._record(value) is not None

    def taken(self, value: Value) -> Value:
        """The next of several."""
        return self.fetched(value, "one") if isinstance(value, Rows) else value

    def narrowed(self, query: Query, passed: Passed) -> Query:
        """`Model.filter(a=1)` and `Model.find(Model.a == 1)` alike."""
        found = self.grown(query, "where", Passed(passed.args))
        return self.grown(found, "equals", passed)

    def by_name(self, name: str) -> Record | None:
        """The record of that name."""
        return next((each for each in self.machine.records.values() if each.name == name), None)

    def _aggregate(self, name: str, passed: Passed) -> Value:
        inner = passed.at(0)
        if isinstance(inner, Column) and name in ("lower", "upper", "trim", "coalesce", "date"):
            return Column(inner.record, inner.field, (*inner.via, name), inner.descending)
        if name in ("count", "sum", "avg", "min", "max"):
            return Aggregate(name, inner)
        if name in ("now", "current_timestamp"):
            return Derived("now")
        return Derived(name, passed.args)

    def method(self, of: Query, name: str, passed: Passed, at: n.Expression | None) -> Value | None:
        """A method of a statement; None when it has no meaning here."""
        verb = self.machine.meaning.verb("query", name)
        match verb:
            case "":
                return None
            case "one" | "required" | "many" | "count" | "get" | "exists":
                return self._final(of, verb, passed, at)
            case "change" | "remove":
                return self._bulk(of, verb, passed, at)
            case "any":
                return self.fetched(self.rows(of, at), "one")
            case "paginate":
                return self.paged(of, passed, at)
            case "create" if of.record is not None:
                return self.write("add", self.made(of.record, passed), at)
            case "add_all":
                return self.session("add_all", passed, at)
            case _:
                return self.grown(of, verb, passed)

    def made(self, record: Record, passed: Passed) -> Row:
        """A new row of these values, not yet stored."""
        row = Row(record, created=True)
        self.filled(row, passed)
        return row

    def filled(self, row: Row, passed: Passed) -> Value:
        """What the ORM's own constructor puts into a new row."""
        row.source = self._poured(row.record, passed.rest)
        row.fields.update(self.column(row.record, name, value) for name, value in passed.kwargs)
        self._set_properties(row)
        return NONE

    def _poured(self, record: Record, rest: Value | None) -> Value | None:
        """`Movie(**request.get_json())`: of a body of which nothing is declared, what the record itself takes."""
        owner, shapes = self.machine.classes.get(record.name), self.machine.shapes
        if not isinstance(rest, Mapping) or owner is None or shapes is None:
            return rest
        spreads = [
            replace(each, schema=shapes.of(owner)) if _is_whole_body(each) else each
            for each in rest.spreads
        ]
        return Mapping(dict(rest.entries), spreads, list(rest.keys), rest.keyed)

    def _set_properties(self, row: Row) -> None:
        """`User(password=…)` where `password` is a property that stores something else."""
        given = dict(row.fields)
        for source in spread_sources(row.source):
            of = source.of if isinstance(source, Dump) else source
            for member in of.schema.properties if isinstance(of, Given) and of.schema else ():
                found = self.machine.attribute(of, member.attribute, None)
                given.setdefault(member.attribute, found)
        for name, value in given.items():
            known = row.record.field(name) is not None
            setter = None if known else self.machine.setter(row, name)
            if setter is not None:
                row.fields.pop(name, None)
                self.machine.call(setter, (value,))

    def column(self, record: Record, name: str, value: Value) -> tuple[str, Value]:
        """`author=author` is stored as `author_id`: the field that a relation's name stands for, where a
        row is given for it, or an object with its key (`author: { id }`)."""
        name = self.machine.field_name(record, name)
        if name == "pk" and record.primary_key:
            return record.primary_key[0].name, value
        held = isinstance(value, Row | Mapping | DictValue)
        if not held or record.field(name) is not None:
            return name, value
        found = next((each for each in record.relations if each.name == name and each.field), None)
        field = record.field(found.field) if found is not None else None
        if field is None:
            return name, value
        key = field.references.partition(".")[2] or "id"
        if isinstance(value, Row):
            return field.name, RowField(value, key)
        known = value.entries if isinstance(value, Mapping) else {}
        told = value.get(key) if isinstance(value, DictValue) else known.get(key)
        return (name, value) if told is None else (field.name, told)

    def grown(self, of: Query, verb: str, passed: Passed) -> Query:
        """The statement with one more clause."""
        args = spread(passed.args)
        match verb:
            case "where":
                return _with(of, where=(*of.where, *(one for e in args for one in told(e))))
            case "equals":
                return _with(of, where=(*of.where, *self.equalities(of.record, passed)))
            case "order":
                said = tuple(_ordering(of.record, each) for each in args)
                cleared = len(said) == 1 and isinstance(said[0], Const)
                replaced = any(isinstance(each, Const) for each in args)
                before = () if replaced else of.order
                return _with(of, order=() if cleared else (*before, *said))
            case "limit" | "offset":
                return _with(of, **{verb: passed.at(0)})
            case "slice":
                return _with(of, offset=passed.at(0), limit=passed.at(1))
            case "lock":
                return _with(of, locks=True)
            case "source":
                return self._from(of, passed.at(0))
            case "columns":
                return _with(of, columns=args, record=of.record or self._record(passed.at(0)))
            case "join":
                other = self._record(passed.at(0))
                return _with(of, joins=(*of.joins, other.name if other else ""))
            case "values":
                return _with(of, values=self._values(passed))
            case _:
                return of

    def _from(self, of: Query, source: Value | None) -> Query:
        """`select(func.count()).select_from(query.subquery())` counts that query's rows."""
        if isinstance(source, Query):
            return _with(source, columns=of.columns, order=(), limit=None, offset=None)
        return _with(of, record=self._record(source) or of.record)

    def named(self, record: Record | None, passed: Passed) -> Passed:
        """`set__title=x` sets the title; what else is done to a field (`inc__reads=1`) depends on what it held."""
        told = []
        for name, value in passed.kwargs:
            how, _, field = name.partition("__")
            if record is None or not field or record.field(name) or not record.field(field):
                told.append((name, value))
            else:
                told.append((field, value if how == "set" else Derived(how, (value,))))
        return replace(passed, kwargs=tuple(told))

    def _values(self, passed: Passed) -> Value:
        if passed.args:
            return passed.args[0]
        found = Mapping(entries=dict(passed.kwargs))
        if passed.rest is not None:
            found.spreads.append(passed.rest)
        return found

    def equalities(self, record: Record | None, passed: Passed) -> tuple[Clause, ...]:
        """`filter_by(email=x)` as clauses; `age__gt=x` as the operator that it names, `order__user=x` as a
        field of the row that it leads to."""
        found = []
        for name, value in passed.kwargs:
            if record is None:
                break
            of, field, operator = self._led(record, *name.split("__"))
            field, value = self.column(of, field, value)
            sign = SUFFIXES.get(operator, "" if operator else "eq")
            if of.field(field) is not None and sign:
                found.append(Clause(Compare(sign, Column(of.name, field), value)))
        return tuple(found)

    def _led(self, record: Record, name: str, *rest: str) -> tuple[Record, str, str]:
        """(record, field, operator) at the end of `order__user__in`; a row's key is held where it is referred to."""
        tie = next((each for each in record.relations if each.name == name and each.field), None)
        between = self.between(record, name) if tie is None else None
        if between is not None and (not rest or rest[0] in SUFFIXES or rest[0] in KEYS):
            operator = next((each for each in rest if each not in KEYS), "")
            return between, between.fields[-1].name, operator
        beyond = self._behind(record, name) if tie is None else None
        if beyond is not None and rest:
            return self._led(beyond, *rest)
        if tie is None or not rest or rest[0] in SUFFIXES:
            return record, name, rest[0] if rest else ""
        target = self.by_name(tie.to)
        key = target.primary_key if target is not None else ()
        if target is None or rest[0] in ("pk", *(each.name for each in key)):
            return record, tie.field, rest[1] if len(rest) > 1 else ""
        return self._led(target, *rest)

    def between(self, record: Record, name: str) -> Record | None:
        """The rows that tell which rows belong together by a many-to-many relation of that name."""
        found = (e for e in record.relations if e.name == name and e.kind == "many_to_many")
        through = next((each.through for each in found), "")
        return next(
            (
                e
                for e in self.machine.records.values()
                if e.joins and through and through in (e.name, e.table)
            ),
            None,
        )

    def _behind(self, record: Record, name: str) -> Record | None:
        """The record whose rows refer to these under that name: `contributors` of a project."""
        if record.field(name) is not None or not self.machine.meaning.absent:
            return None
        for each in self.machine.records.values():
            called = (e.back.removesuffix("_set") for e in each.relations if e.to == record.name)
            if name in called:
                return each
        return None

    def _final(self, of: Query, verb: str, passed: Passed, at: n.Expression | None) -> Value:
        if verb == "count":
            return self.execute(_with(of, columns=(Aggregate("count"),)), "one", at)
        if verb == "exists":
            return of
        if verb == "get":
            return self.get(of.record, passed.at(0), False, at)
        if verb in ("one", "required") and passed.kwargs:
            of = self.grown(of, "equals", passed)
        rows = self.rows(of, at)
        if verb == "required" and self.machine.meaning.absent and of.record is not None:
            return self._demanded(rows, at)
        return self.fetched(rows, "many" if verb == "many" else "one", verb == "required")

    def demanded(self, query: Query) -> Value:
        """The one row of a statement that raises where there is none, if the ORM does."""
        rows = self.rows(query, None)
        return (
            self._demanded(rows, None) if self.machine.meaning.absent else self.fetched(rows, "one")
        )

    def _demanded(self, rows: Rows, at: n.Expression | None) -> Value:
        """The one row, or an exception then and there."""
        machine, found = self.machine, self.fetched(rows, "one")
        with machine.assuming(negate(truth(found))):
            raised = Instance(External(machine.meaning.absent), place=machine.place(at))
            machine.journal.note("raise", raised, machine.place(at), value=rows)
        machine.assume(truth(found), REFUSED)
        return _certain(found)

    def _bulk(self, of: Query, verb: str, passed: Passed, at: n.Expression | None) -> Value:
        if verb == "remove":
            found = self.rows(_with(of, verb="delete"), at)
        else:
            values = self._values(self.named(of.record, passed))
            found = self.rows(_with(of, verb="update", values=values), at)
        self.committed(at)
        return found

    # --- carrying out --------------------------------------------------------------

    def rows(self, query: Query, at: n.Expression | None) -> Rows:
        """The statement is sent; how many rows are taken is seen later."""
        act = self.machine.journal.note("execute", query, self.machine.place(at))
        return Rows(query, act.number)

    def execute(self, query: Query, mode: str, at: n.Expression | None) -> Value:
        """The statement is sent, and this much of its answer is taken."""
        return self.fetched(self.rows(query, at), mode)

    def fetched(self, rows: Rows, mode: str, certain: bool = False) -> Value:
        """One row (or number) of an answer, or what each of many is like."""
        query = rows.query
        if 0 <= rows.act < len(self.machine.journal.acts):
            act = self.machine.journal.acts[rows.act]
            between = joined.narrowed(self.machine, query) if not act.mode else query
            act.mode = act.mode or mode
            # of one of the rows that are tied, it is the tie that is asked for
            if between is not query:
                self.machine.journal.note("execute", between, act.place, mode="one")
        if query.computes:
            return Derived("count" if query.counts else "aggregate", (rows,))
        if query.record is None:
            return Derived("row", (rows,))
        row = Row(query.record, query, each=mode == "many", certain=certain or mode == "many")
        row.act = rows.act
        row.caller = finds_caller(query)
        if row.caller:
            self.machine.user = query.record
        if len(query.columns) == 1 and isinstance(query.columns[0], Column):
            return RowField(row, query.columns[0].field)
        return row

    def get(
        self,
        record: Record | None,
        key: Value | None,
        locks: bool,
        at: n.Expression | None,
        certain: bool = False,
    ) -> Value:
        """One row by its primary key."""
        if record is None or key is None:
            return Derived("row")
        keys = [each.name for each in record.primary_key] or ["id"]
        known = key.items if isinstance(key, Items) else [key]
        where = tuple(
            Clause(Compare("eq", Column(record.name, name), value))
            for name, value in zip(keys, known, strict=False)
        )
        query = Query(record, where=where, locks=locks, place=self.machine.place(at))
        return self.fetched(self.rows(query, at), "one", certain)

    def session(self, verb: str, passed: Passed, at: n.Expression | None) -> Value:
        """A method of a session."""
        first, place = passed.at(0), self.machine.place(at)
        match verb:
            case "execute":
                return self.rows(first, at) if isinstance(first, Query) else Derived("result")
            case "scalar":
                if isinstance(first, Query):
                    return self.execute(first, "one", at)
                return Derived("result")
            case "get" | "get_required":
                locks = "with_for_update" in dict(passed.kwargs)
                key = passed.at(1, "ident")
                return self.get(self._record(first), key, locks, at, verb == "get_required")
            case "query":
                return self._select(passed.args, place)
            case "add" | "delete":
                return self.write(verb, first, at)
            case "add_all":
                for each in first.items if isinstance(first, Items | ListValue) else ():
                    self.write("add", each, at, together=True)
                if isinstance(first, Items) and first.each is not None:
                    self.write("add", first.each, at, many=True, together=True)
                return NONE
            case "begin":
                return Derived("begin")
            case "commit" | "rollback" | "flush":
                self.machine.journal.note(verb, NONE, place)
                return NONE
            case _:
                return NONE

    def write(
        self,
        verb: str,
        row: Value | None,
        at: n.Expression | None,
        many: bool = False,
        together: bool = False,
    ) -> Value:
        """A row is added to the session, or removed. Of rows that are stored `together` nobody hears."""
        if isinstance(row, Row) and not (verb == "add" and (row.saved or not row.created)):
            row.saved = True
            self.machine.journal.note(
                verb, row, self.machine.place(at), mode="many" if many else ""
            )
            self.committed(at)
            if verb == "add" and not together:
                later.heard(self.machine, row, at, created=True)
        return row or NONE

    def committed(self, at: n.Expression | None) -> None:
        """Where writes commit by themselves, one outside of a transaction just did."""
        if self.machine.meaning.autocommit and not self.machine.delegates.transactions:
            self.machine.journal.note("commit", NONE, self.machine.place(at), mode=AUTOMATIC)

    def paginated(self, passed: Passed, at: n.Expression | None) -> Value:
        """`fastapi_pagination.paginate(session, select(…))`: the package reads `page` and `size` itself."""
        query = next((each for each in passed.args if isinstance(each, Query)), None)
        if query is None:
            return Derived("page")
        page, size = Given("query", "page"), Given("query", "size")
        rows = self.rows(replace(query, limit=size, offset=Derived("offset", (page, size))), at)
        self.fetched(rows, "many")
        return Mapping(entries={"items": rows, "total": Derived("count", (rows,))})

    def paged(self, query: Query, passed: Passed, at: n.Expression | None) -> Value:
        """Flask-SQLAlchemy's `query.paginate(page=…, per_page=…)`: an object with the rows and their number."""
        page = passed.named("page") or Given("query", "page")
        size = passed.named("per_page") or Given("query", "per_page")
        start = Derived("*", (Derived("-", (page, Const(1))), size))
        rows = self.rows(replace(query, limit=size, offset=start), at)
        self.fetched(rows, "many")
        fields: dict[str, Value] = {
            "items": rows,
            "total": Derived("count", (rows,)),
            "page": page,
            "per_page": size,
        }
        return Instance(External(PAGINATION), place=self.machine.place(at), fields=fields)

    def attached(self, relation: Derived, passed: Passed, at: n.Expression | None) -> Value:
        """`order.items.append(OrderItem(…))` adds a row that points back; `club.members.add(user)` one that
        stands between the two."""
        parent, tie = relation.of[1], joined.tie(self.machine, relation)
        for each in spread(passed.args):
            if isinstance(each, Row) and isinstance(parent, Row):
                child = each
                if tie is not None:
                    keys = {tie.own: tie.key(tie.own, parent), tie.far: tie.key(tie.far, each)}
                    child = Row(tie.between, created=True, fields=keys)
                else:
                    point_back(child, parent)
                self.write("add", child, at)
        return NONE


def _is_whole_body(value: Value) -> TypeGuard[Given]:
    """Whether it is all that was sent, and nothing says what that is."""
    return (
        isinstance(value, Given)
        and value.kind in ("body", "form")
        and not value.name
        and value.schema is None
        and value.of is None
    )


def point_back(child: Row, parent: Row) -> None:
    """The child's foreign key gets the parent's."""
    for each in child.record.fields:
        record, _, key = each.references.partition(".")
        if record == parent.record.name and each.name not in child.fields:
            child.fields[each.name] = RowField(parent, key)


SUFFIXES = {
    "gt": "gt",
    "gte": "ge",
    "lt": "lt",
    "lte": "le",
    "in": "in",
    "not": "ne",
    "ne": "ne",
    "nin": "not_in",
    "exact": "eq",
    "icontains": "icontains",
    "contains": "contains",
    "startswith": "startswith",
    "isnull": "is_null",
}


def _certain(row: Value | None) -> Value:
    """The same row where the code has made sure that it is there."""
    if isinstance(row, Either):
        return Either(tuple((test, _certain(each)) for test, each in row.options))
    return replace(row, certain=True) if isinstance(row, Row) else row or NONE


def _ordering(record: Record | None, said: Value) -> Value:
    """`"-created_at"` as the column that it names, descending."""
    name = said.value if isinstance(said, Const) else None
    if record is None or not isinstance(name, str):
        return said
    bare = name.lstrip("-+")
    known = bare if record.field(bare) is not None else f"{bare}_id"
    if bare == "pk" and record.primary_key:
        known = record.primary_key[0].name
    if record.field(known) is None:
        return said
    return Column(record.name, known, (), name.startswith("-"))


def clause(value: Value) -> Clause:
    """A condition as a clause of a statement."""
    return value if isinstance(value, Clause) else Clause(value)


def told(value: Value) -> tuple[Clause, ...]:
    """A condition as clauses; `and(a === undefined ? undefined : eq(books.a, a), …)` is one for each part that was
    sent."""
    match value:
        case All(of=parts) if any(isinstance(each, Either) for each in parts):
            return tuple(one for each in parts for one in told(each))
        case Either(options=options):
            kept = [each for _, each in options if not (isinstance(each, Const) and not each.value)]
            if len(kept) == 1 and len(options) > 1:
                return tuple(Clause(each.test, True) for each in told(kept[0]))
            return (clause(value),)
        case _:
            return (clause(value),)


def spread(args: tuple[Value, ...]) -> tuple[Value, ...]:
    """The arguments, with lists among them (`where(*filters)`) opened."""
    found: list[Value] = []
    for each in args:
        if isinstance(each, Items | ListValue):
            found.extend(each.items)
        else:
            found.append(each)
    return tuple(found)


def _together(args: tuple[Value, ...]) -> Value:
    return All(spread(args))


def matching(verb: str, column: Value, pattern: Value) -> Value:
    """`like(column, `%${q}%`)`."""
    inside = [each for each in getattr(pattern, "parts", ()) if not isinstance(each, str)]
    sought = inside[0] if len(inside) == 1 else pattern
    return Compare("icontains" if verb == "ilike" else "contains", column, sought)


def directed(value: Value, descending: bool) -> Value:
    """A column in that direction."""
    if isinstance(value, Column):
        return Column(value.record, value.field, value.via, descending)
    return Derived("descending" if descending else "ascending", (value,))


def _with(query: Query, **changes: Any) -> Query:
    return replace(query, **changes)


def from_token(test: Value) -> bool:
    """Whether a condition compares a column with what a verified token says, or the key of the caller's row."""
    match test:
        case Compare(left=left, right=right):
            return _claims(left) or _claims(right)
        case _:
            return False


def finds_caller(query: Query) -> bool:
    """Whether a query looks up the row of who is calling, by what their token says."""
    record = query.record
    return record is not None and any(
        from_token(each.test) and _names_itself(record, each.test) for each in query.where
    )


def _names_itself(record: Record, test: Value) -> bool:
    """Whether a condition is about the row itself, and not about the row that it belongs to."""
    left = test.left if isinstance(test, Compare) else None
    if not isinstance(left, Column):
        return True
    field = record.field(left.field)
    return left.record == record.name and (field is None or not field.references)


def _claims(value: Value) -> bool:
    match value:
        case Given(kind=kind):
            return kind in ("claim", "credential")
        case RowField(row=row, name=name):
            return row.caller and name in {each.name for each in row.record.primary_key}
        case Derived(of=of) | Instance(of=External(), args=of):
            return any(_claims(each) for each in of)
        case _:
            return isinstance(value, Either) and any(_claims(each) for _, each in value.options)
