"""Objects that say what is asked of a database: conditions, orders, values to write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.model.record import Record, Relation
from comfrey.reader.following.condition import is_none, negate
from comfrey.reader.following.methods import unwrapped
from comfrey.reader.following.store import spread
from comfrey.reader.following.value import (
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
    Row,
    RowField,
)
from comfrey.source.value import Const, DictValue, External, Instance, ListValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

DESCENDING = ("desc", "descending", "-1", "DESC", "DESCENDING")
LOGIC = ("both", "either", "negation")
THROUGH = ("is", "some", "every", "none", "isNot")
"""Prisma's words between a relation and the conditions on its rows."""
SETS = ("set", "setOnInsert")
OPERATED = {"inc": "increment", "mul": "multiply"}
"""MongoDB's operators of an update (https://www.mongodb.com/docs/manual/reference/operator/update/)."""


class Asking:
    """Reads objects of conditions for one record after the other."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    # --- conditions ----------------------------------------------------------------

    def clauses(
        self, record: Record, value: Value | None, optional: bool = False
    ) -> tuple[Clause, ...]:
        """The conditions that an object of fields says, all of which hold together."""
        return tuple(self._clauses(record, mapped(value), optional))

    def _clauses(self, record: Record, value: Value | None, optional: bool) -> Iterator[Clause]:
        match value:
            case Mapping(entries=entries, spreads=spreads, keys=keys):
                for each in spreads:
                    yield from self._clauses(record, mapped(each), optional)
                for name, inner in entries.items():
                    yield from self._entry(record, str(name), inner, optional)
                for key, inner in keys:
                    yield from self._logic(record, self.operator(key), inner, optional)
            case Either(options=options):
                for _, inner in options:
                    yield from self._clauses(record, mapped(inner), True)
            case Dump(of=Given() as given) | (Given() as given):
                yield from _sent(record, given)
            case Items(items=items):
                yield Clause(AnyOf(tuple(self._together(record, each) for each in items)), optional)

    def _entry(self, record: Record, name: str, value: Value, optional: bool) -> Iterator[Clause]:
        field = record.field(name)
        if field is not None:
            yield from self._on(Column(record.name, field.name), value, optional)
            return
        verb = self.machine.meaning.verb("operators", name)
        if verb in LOGIC:
            yield from self._logic(record, verb, value, optional)
            return
        relation = next((each for each in record.relations if each.name == name), None)
        inner = mapped(value)
        if relation is not None:
            yield from self._far(relation, inner, optional)
        elif isinstance(inner, Mapping) and _are_fields(record, inner):
            yield from self._clauses(record, inner, optional)

    def _far(self, relation: Relation, value: Value | None, optional: bool) -> Iterator[Clause]:
        """Conditions on the other end of a relation."""
        other = self.machine.store.by_name(relation.to)
        if other is None or not isinstance(value, Mapping):
            return
        for name, inner in value.entries.items():
            if name in THROUGH:
                yield from self._far(relation, mapped(inner), optional)
            else:
                yield from self._entry(other, str(name), inner, optional)

    def _logic(self, record: Record, verb: str, value: Value, optional: bool) -> Iterator[Clause]:
        parts = spread((value,)) if isinstance(value, Items | ListValue) else (value,)
        match verb:
            case "both":
                for each in parts:
                    yield from self._clauses(record, mapped(each), optional)
            case "either":
                yield Clause(AnyOf(tuple(self._together(record, each) for each in parts)), optional)
            case "negation":
                yield Clause(negate(self._together(record, value)), optional)

    def _together(self, record: Record, value: Value) -> Value:
        tests = tuple(each.test for each in self._clauses(record, mapped(value), False))
        return tests[0] if len(tests) == 1 else All(tests)

    def _on(self, column: Column, value: Value, optional: bool) -> Iterator[Clause]:
        """What stands behind a field's name: a value, or an object of operators."""
        inner = mapped(value)
        if isinstance(inner, Mapping) and not inner.spreads:
            yield from self._operators(column, inner, optional)
            return
        value, sometimes = _sure(value)
        called = list(self._chosen(column, value, optional or sometimes))
        if called:
            yield from called
            return
        optional = optional or sometimes
        several = isinstance(value, Items | ListValue)
        yield self._compared("in" if several else "eq", column, value, optional)

    def _operators(self, column: Column, of: Mapping, optional: bool) -> Iterator[Clause]:
        loose = any(_is_loose(name, each) for name, each in of.entries.items())
        for name, each in of.entries.items():
            verb = self.machine.meaning.verb("operators", str(name))
            yield from self._operated(verb, column, each, optional, loose)
        for key, each in of.keys:
            yield from self._operated(self.operator(key), column, each, optional, loose)

    def _operated(
        self, verb: str, column: Column, value: Value, optional: bool, loose: bool
    ) -> Iterator[Clause]:
        if verb == "either" and mapped(value) is not None and not _are_tests(value):
            verb = "in"  # `{ name: { [Op.or]: names } }`: any of these
        if not verb or verb in LOGIC[:2]:
            return
        if verb == "negation":
            inner = mapped(value)
            if isinstance(inner, Mapping):
                tests = tuple(each.test for each in self._operators(column, inner, False))
                yield Clause(Not(All(tests)), optional)
                return
            verb = "ne"
        if loose and verb in ("contains", "startswith", "like"):
            verb = f"i{verb}"
        if verb in ("like", "ilike"):
            verb, value = ("icontains" if verb == "ilike" else "contains"), unwrapped(value)
        yield self._compared(verb, column, value, optional)

    def _chosen(self, column: Column, value: Value, optional: bool) -> Iterator[Clause]:
        """The operator that stands in the place of a value, or one of several by what was sent."""
        if not isinstance(value, Either):
            yield from self._called(column, value, optional)
            return
        options = [each for test, each in value.options if not _is_absent(test, each)]
        found = [clause for each in options for clause in self._called(column, each, True)]
        yield from {_spelt(each): each for each in found}.values()

    def _called(self, column: Column, value: Value, optional: bool) -> Iterator[Clause]:
        """`MoreThan(x)`, `In(ids)`, `ILike(…)` in the place of a value."""
        name, parts = _invoked(value)
        verb = self.machine.meaning.verb("operators", name)
        given = [each for each in parts if not isinstance(each, External)]
        if not verb or not given:
            return
        if verb == "negation":
            yield Clause(negate(self._compared("eq", column, given[0], False).test), optional)
        elif verb == "between" and len(given) > 1:
            yield self._compared("ge", column, given[0], optional)
            yield self._compared("le", column, given[1], optional)
        else:
            yield from self._operated(verb, column, given[0], optional, False)

    def _compared(self, operator: str, column: Column, value: Value, optional: bool) -> Clause:
        value, sometimes = _sure(value)
        return Clause(Compare(operator, column, value), optional or sometimes or _may_lack(value))

    def operator(self, key: Value) -> str:
        """The operator that a computed key names: `[Op.gte]`."""
        name = key.name if isinstance(key, External) else str(getattr(key, "name", ""))
        return self.machine.meaning.verb("operators", name.rpartition(".")[2])

    # --- orders --------------------------------------------------------------------

    def order(self, record: Record, value: Value | None) -> tuple[Value, ...]:
        """`{ title: "asc" }`, `[{ … }, …]`, `[["title", "DESC"]]`, `"-title"`, or a choice of these."""
        value = mapped(value)
        match value:
            case Mapping(entries=entries, spreads=spreads):
                first = (part for each in spreads for part in self.order(record, each))
                found = (self._directed(record, str(k), v) for k, v in entries.items())
                return (*first, *(each for each in found if each is not None))
            case Items(items=items) | ListValue(items=items):
                return self._listed(record, tuple(items))
            case Either(options=options):
                return (Either(tuple((t, Items(list(self.order(record, e)))) for t, e in options)),)
            case Const(value=str() as text):
                return tuple(_worded(record, each) for each in text.replace(",", " ").split())
            case None | Const():
                return ()
            case Column():
                return (value,)
            case _:
                return (Derived("order", (value,)),)

    def _listed(self, record: Record, items: tuple[Value, ...]) -> tuple[Value, ...]:
        names = [each.value if isinstance(each, Const) else None for each in items]
        if (
            len(items) == 2
            and isinstance(names[0], str)
            and str(names[1]).upper() in ("ASC", "DESC")
        ):
            found = self._directed(record, names[0], items[1])
            return (found,) if found is not None else ()
        return tuple(part for each in items for part in self.order(record, each))

    def _directed(self, record: Record, name: str, value: Value) -> Value | None:
        if record.field(name) is None:
            return None
        inner = mapped(value)
        if isinstance(inner, Mapping):
            inner = inner.entries.get("sort", inner)
        word = str(inner.value) if isinstance(inner, Const) else ""
        return Column(record.name, name, descending=word in DESCENDING)

    # --- values --------------------------------------------------------------------

    def shown(
        self, record: Record, value: Value | None, without: Value | None
    ) -> tuple[str, ...] | None:
        """The fields that are asked for: by `{ id: true }` or `["id"]`, or all but some (`{ exclude: [ … ] }`)."""
        every = [each.name for each in record.fields]
        value = None if isinstance(value, Const) and not value.value else value
        picked = mapped(value)
        if (projected := _projected(picked)) is not None:
            kept, dropped = projected
            told = tuple(e for e in every if e not in dropped and (not kept or e in {*kept, "_id"}))
            return told if kept or dropped else None
        if isinstance(picked, Mapping) and picked.entries.keys() <= {"exclude", "include"}:
            value, without = None, picked.entries.get("exclude", without)
        left_out = _picked(mapped(without) if without is not None else None)
        if value is not None:
            wanted = _picked(picked)
            return () if wanted is None else tuple(each for each in every if each in wanted)
        if without is None:
            return None
        return () if left_out is None else tuple(each for each in every if each not in left_out)

    def spelt(self, record: Record, args: tuple[Value, ...]) -> tuple[str, ...]:
        """The same as a query builder is told: `select(["b.id", "b.title"])`; nothing where that cannot be told."""
        listed = mapped(args[0]) if len(args) == 1 else Items(list(args))
        names = _picked(listed if isinstance(listed, Items | ListValue) else Items(list(args)))
        tails = {each.rpartition(".")[2] for each in names or () if "." in each}
        known = tuple(each.name for each in record.fields if each.name in tails)
        return known if names is not None and len(known) == len(names) else ()

    def values(self, record: Record, value: Value | None) -> Mapping:
        """The columns that an object writes: nested rows made ready, keys of connected rows found."""
        found = Mapping()
        self._gather(record, mapped(value), found)
        return found

    def _gather(self, record: Record, value: Value | None, into: Mapping) -> None:
        match value:
            case Mapping(entries=entries, spreads=spreads):
                for each in spreads:
                    self._gather(record, mapped(each), into)
                for name, inner in entries.items():
                    if str(name).startswith("$"):
                        self._changing(record, str(name)[1:], mapped(inner), into)
                    else:
                        into.entries.update(self._written(record, str(name), inner))
            case Either(options=options):
                for _, inner in options:
                    self._gather(record, mapped(inner), into)
            case Given() as given:
                into.spreads.append(Dump(given))
            case None | Const():
                pass
            case _:
                into.spreads.append(value)

    def _changing(self, record: Record, name: str, value: Value | None, into: Mapping) -> None:
        """`$set: { … }` writes as it stands, `$inc: { stock: 2 }` and its like change what is stored."""
        if name in SETS:
            self._gather(record, value, into)
            return
        for field, part in value.entries.items() if isinstance(value, Mapping) else ():
            verb = OPERATED.get(name, name)
            into.entries[str(field)] = _changed(record, str(field), verb, part)

    def _written(self, record: Record, name: str, value: Value) -> dict[str, Value]:
        relation = next((each for each in record.relations if each.name == name), None)
        inner = mapped(value)
        if relation is not None and isinstance(inner, Mapping):
            return self._nested(relation, inner)
        if isinstance(inner, Mapping) and len(inner.entries) == 1 and record.field(name):
            verb, part = next(iter(inner.entries.items()))
            return {name: part if verb == "set" else _changed(record, name, str(verb), part)}
        return {name: value}

    def _nested(self, relation: Relation, value: Mapping) -> dict[str, Value]:
        """`{ connect: { id } }` and `{ create: [ … ] }` behind a relation, or the row itself by its key: `{ id }`."""
        other = self.machine.store.by_name(relation.to)
        joined = mapped(value.entries.get("connect"))
        _, _, key = self._reference(relation).partition(".") if relation.field else ("", "", "")
        if key and key in value.entries:
            return {relation.field: value.entries[key]}
        if isinstance(joined, Mapping) and relation.field:
            return {relation.field: joined.entries.get(key) or Derived("key", (joined,))}
        made = value.entries.get("create")
        several = mapped(value.entries.get("createMany"))
        if isinstance(several, Mapping):
            made = several.entries.get("data")
        if made is None or other is None:
            return {}
        return {relation.name: self.children(other, made)}

    def _reference(self, relation: Relation) -> str:
        for record in self.machine.records.values():
            if relation in record.relations:
                field = record.field(relation.field)
                return field.references if field else ""
        return ""

    def children(self, record: Record, value: Value) -> Items:
        """Rows of another record that are made along with one."""
        match value:
            case Items(items=items, each=each):
                inner = self.row(record, each) if each is not None else None
                return Items([self.row(record, item) for item in items], inner)
            case ListValue(items=items):
                return Items([self.row(record, item) for item in items])
            case _:
                return Items([self.row(record, value)])

    def row(self, record: Record, value: Value | None) -> Row:
        """A row that is made of an object."""
        values = self.values(record, value)
        source = Mapping(spreads=values.spreads) if values.spreads else None
        return Row(record, created=True, fields=dict(values.entries), source=source)


def _invoked(value: Value) -> tuple[str, tuple[Value, ...]]:
    """The name and arguments of a call that nothing more is known of."""
    match value:
        case Derived(name=name, of=of):
            return name, of
        case Instance(of=External(name=name), args=args):
            return name.rpartition(".")[2], args
        case _:
            return "", ()


def _spelt(clause: Clause) -> object:
    """What tells two conditions on one column apart."""
    test = clause.test
    return (test.operator, id(test.left)) if isinstance(test, Compare) else id(clause)


def _are_fields(record: Record, of: Mapping) -> bool:
    """`user_id_book_id: { user_id, book_id }`: a key of several columns."""
    return bool(of.entries) and all(record.field(str(each)) for each in of.entries)


def mapped(value: Value | None) -> Value | None:
    """A constant object as a mapping."""
    if not isinstance(value, DictValue):
        return value
    found = Mapping()
    for key, item in value.items:
        if isinstance(key, Const):
            found.entries[key.value] = item
        else:
            found.keys.append((key, item))
    return found


def shifted(
    record: Record, verb: str, named: Value | None = None, amount: Value | None = None
) -> Mapping:
    """What is written where stored numbers change by so much: `("stock", 2)`, `(["stock", "sold"])`, `({ stock: 2 })`."""
    word = {"raise": "increment", "lower": "decrement"}[verb]
    named = mapped(named)
    each = named.items if isinstance(named, ListValue | Items) else [named]
    amounts = {str(one.value): amount or Const(1) for one in each if isinstance(one, Const)}
    if isinstance(named, Mapping):
        amounts = {str(name): part for name, part in named.entries.items()}
    known = {name: part for name, part in amounts.items() if record.field(name)}
    return Mapping(
        entries={name: _changed(record, name, word, part) for name, part in known.items()}
    )


def _changed(record: Record, name: str, verb: str, part: Value) -> Value:
    sign = {"increment": "+", "decrement": "-", "multiply": "*"}.get(verb)
    if sign is None:
        return Derived(verb, (part,))
    return Derived(sign, (RowField(Row(record, certain=True), name), part))


def _sent(record: Record, given: Given) -> Iterator[Clause]:
    """An input that is passed on as it came: each of its members may be there."""
    for each in given.schema.properties if given.schema else ():
        if record.field(each.name) is not None:
            value = Given(given.kind, f"{given.name}.{each.name}".lstrip("."), each.schema)
            yield Clause(Compare("eq", Column(record.name, each.name), value), True)


def _may_lack(value: Value) -> bool:
    """Whether a condition falls away because nothing was sent."""
    return (
        isinstance(value, Given)
        and value.kind == "query"
        and not (value.schema is not None and value.schema.has_default)
    )


def _sure(value: Value) -> tuple[Value, bool]:
    """`from && new Date(from)`: the value where there is one, and that there may be none."""
    if not isinstance(value, Either):
        return value, False
    kept = [each for test, each in value.options if not _is_absent(test, each)]
    return (kept[0], True) if len(kept) == 1 else (value, False)


def _is_absent(test: Value, value: Value) -> bool:
    """Whether the option is what is left where nothing was sent."""
    if is_none(value):
        return True
    return isinstance(value, Given) and isinstance(test, Not)


def _is_loose(name: object, value: Value) -> bool:
    """`mode: "insensitive"`, `$options: "i"`."""
    return (
        name in ("mode", "$options")
        and isinstance(value, Const)
        and value.value in ("insensitive", "i")
    )


def _worded(record: Record, word: str) -> Value:
    """`-created_at`, `title`."""
    name = word.lstrip("+-")
    if record.field(name) is None:
        return Derived("order", (Const(word),))
    return Column(record.name, name, descending=word.startswith("-"))


def is_callers(clause: Clause) -> bool:
    """Whether a condition names the caller's own row."""
    match clause.test:
        case Compare(operator="eq", left=Column() as left, right=RowField(row=row, name=name)):
            return row.caller and name == left.field and row.record.name == left.record
        case _:
            return False


def _are_tests(value: Value) -> bool:
    """Whether a list holds objects of operators, and no plain values."""
    parts = spread((value,)) if isinstance(value, Items | ListValue) else (value,)
    return any(isinstance(mapped(each), Mapping) for each in parts)


def _projected(value: Value | None) -> tuple[set[str], set[str]] | None:
    """(names that are asked for, names that are left out) of a projection as MongoDB's drivers have it: `"name -note"`,
    `{ note: 0 }`; a `+` only adds what is hidden. None for anything else
    (https://mongoosejs.com/docs/api/query.html#Query.prototype.select())."""
    if isinstance(value, Const) and isinstance(value.value, str):
        words = value.value.split()
        kept = {each for each in words if each[:1] not in "+-"}
        return kept, {each[1:] for each in words if each[:1] == "-"}
    if isinstance(value, Mapping) and value.entries and not value.spreads:
        said = [each.value if isinstance(each, Const) else None for each in value.entries.values()]
        if all(each == 0 and each is not None for each in said):
            return set(), {str(each) for each in value.entries}
    return None


def _picked(value: Value | None) -> set[str] | None:
    """The names in a list, or those that an object says yes to; None where that cannot be told."""
    match value:
        case Mapping(entries=entries, spreads=[], keys=[], keyed=None):
            return {str(name) for name, each in entries.items() if each != Const(False)}
        case Items(items=items, each=None) | ListValue(items=items, open=False):
            names = [each.value if isinstance(each, Const) else None for each in items]
            told = {each for each in names if isinstance(each, str)}
            return told if len(told) == len(names) else None
    return None
