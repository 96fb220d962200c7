"""What `of.name` stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following import exchange, golang
from comfrey.reader.following.frame import Frame
from comfrey.reader.following.value import (
    Answer,
    Clause,
    Closure,
    Column,
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Mapping,
    Method,
    Query,
    Row,
    RowField,
    Rows,
    Session,
    Shaped,
    Super,
    either,
)
from comfrey.reader.following.within import inside
from comfrey.reader.origins import spread
from comfrey.source import node as n
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ModuleValue,
    Partial,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

KEYS = ("id", "_id", "ref")
"""How code asks a reference for its key: `book.author.id`, `book.author.ref.id`."""
PATHS = ("path_params", "query_params", "headers", "cookies")
KINDS = {"path_params": "path", "query_params": "query", "headers": "header", "cookies": "cookie"}


KNOWING = frozenset([Given, Row, Rows, RowField, Answer, ClassValue, Instance, Either, Shaped, Super, Generic,
                     ModuleValue, External, Mapping, Derived, Dump, DictValue])  # fmt: skip
"""Values that may know more of an attribute than its name."""


def attribute(machine: Machine, of: Value, name: str, node: n.Expression | None) -> Value:
    """`of.name`, a bound method included."""
    if machine.goes and (own := golang.attribute(machine, of, name, node)) is not None:
        return own
    if isinstance(of, Column | RowField) and name in KEYS and _refers(machine, of):
        return of
    if type(of) not in KNOWING:
        return Method(of, name)
    match of:
        case Either(options=options):
            known = [(test, each) for test, each in options if not _nothing(each)]
            if len(known) == 1:
                return attribute(machine, known[0][1], name, node)
            return either(tuple([(t, attribute(machine, each, name, node)) for t, each in known]))
        case Given():
            return _given(machine, of, name, node)
        case Row():
            return _row(machine, of, name, node)
        case RowField() if of.row.record.within(f"{of.name}.{name}") is not None:
            return RowField(of.row, f"{of.name}.{name}")
        case Answer(service=service, call=call, part=part, act=act):
            return Answer(service, call, f"{part}.{name}".lstrip("."), act)
        case ClassValue():
            return _class(machine, of, name)
        case Instance():
            return _instance(machine, of, name, node)
        case Shaped(of=inner, fields=fields):
            found = fields.get(name) or attribute(machine, inner, name, node)
            return Method(of, name) if isinstance(found, Method) and fields else found
        case Super():
            return _inherited(machine, of, name)
        case Generic(of=inner):
            return attribute(machine, inner, name, node)
        case ModuleValue() | External():
            with machine.codebase.evaluator.quietly():
                found = machine.codebase.evaluator.attribute(of, name)
            if isinstance(found, External) and found.name in machine.ambient:
                return machine.surrounding(found.name)
            if isinstance(of, ModuleValue) and isinstance(found, machine.composed):
                return machine.defined(of.name, name) or found
            return found
        case Mapping(entries=entries) if name in entries and _is_own(machine, name):
            return _with_receiver(of, entries[name])
        case Rows() if name == "length":
            return Derived("count", (of,))
        case Mapping(spreads=spreads) if (row := _spread(spreads, name)) is not None:
            return attribute(machine, row, name, node)
        case Mapping(spreads=[*_, Given(kind="body") as sent]) if (
            machine.paired and name not in PLAIN and not hasattr(dict, name)
        ):
            return attribute(machine, sent, name, node)
        case DictValue() if _is_own(machine, name) and (held := of.get(name)) is not None:
            return _with_receiver(of, held)
        case Dump(of=Given() as inner, without=without) if (
            not hasattr(dict, name) and name not in without
        ):
            return _given(machine, inner, name, node)
        case Derived(name="credential"):
            return Given("credential") if name == "credentials" else of
        case _:
            return Method(of, name)


def _refers(machine: Machine, of: Column | RowField) -> bool:
    """Whether a field of a document holds a reference, whose key is that of the document which it leads to."""
    record = of.row.record if isinstance(of, RowField) else machine.store.by_name(of.record)
    field = record.field(of.name if isinstance(of, RowField) else of.field) if record else None
    document = record is not None and record.store == "document"
    return document and field is not None and bool(field.references)


def _is_own(machine: Machine, name: str) -> bool:
    """Whether a member of that name is what was put there: JavaScript's objects have no methods of their own."""
    return machine.paired or not hasattr(dict, name)


def _with_receiver(of: Value, held: Value) -> Value:
    """A function that an object holds, told what `this` is where it asks."""
    inner = held.function if isinstance(held, Closure) else held
    if not isinstance(inner, FunctionValue) or not inner.node.parameters:
        return held
    return Partial(held, (of,), ()) if inner.node.parameters[0].name == "this" else held


def _spread(spreads: list[Value], name: str) -> Value | None:
    """The row among `{ ...row, more }` that has the member."""
    for each in reversed(spreads):
        inner = each.of if isinstance(each, Dump) else each
        if isinstance(inner, Row) and inner.record.field(name) is not None:
            return inner
        if isinstance(inner, Mapping) and name in inner.entries:
            return inner
    return None


def _inherited(machine: Machine, of: Super, name: str) -> Value:
    """The method of that name that the classes above `owner` define."""
    if not isinstance(of.owner, ClassValue):
        return Method(of, name)
    kind = machine.codebase.class_of(of.receiver) or of.owner
    order = machine.codebase.mro(kind)
    above = order[order.index(of.owner) + 1 :] if of.owner in order else order
    for each in above:
        if isinstance(each, ClassValue):
            member = machine.codebase.own_member(each, name)
            if member is not None and isinstance(member.value, FunctionValue):
                return BoundMethod(of.receiver, member.value)
    return Method(of, name)


def _nothing(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _given(machine: Machine, of: Given, name: str, node: n.Expression | None) -> Value:
    if of.kind == "request":
        if name == "method" and machine.method:
            return Const(machine.method)
        kind = machine.dialect.bags.get(name) or KINDS.get(name)
        return Given(kind) if kind else Method(of, name)
    if of.kind == "credential":
        return Method(of, name) if hasattr(str, name) else of
    if of.schema is not None:
        for each in of.schema.properties:
            if name in (each.attribute, each.name):
                wire = f"{of.name}.{each.name}".lstrip(".")
                if of.kind in ("query", "header", "cookie", "form", "path"):
                    wire = each.name
                return Given(of.kind, wire, each.schema, field_type(machine, of.of, name))
    if isinstance(of.of, ClassValue):
        found = _member(machine, of, of.of, name, node)
        if found is not None:
            return found
        if of.schema is None and machine.codebase.member(of.of, name):
            return _field_of(machine, of, name)
    if (
        machine.paired
        and of.kind in PARTS
        and not (of.name and of.schema is None and of.kind != "body")
    ):
        found = exchange.member(of, name) if name not in PLAIN else Method(of, name)
        if isinstance(found, Given) and found.kind == "body":
            machine.asked.add(found.name)
        return found
    if of.kind == "file" and not _is_asked_about(machine, of):
        machine.journal.opens = True
    foreign = of.schema is None and not isinstance(of.of, ClassValue)
    if foreign and of.kind in ("form", "claim") and name not in METHODS:
        return Given(of.kind, f"{of.name}.{name}".lstrip("."))
    return Method(of, name)


def _is_asked_about(machine: Machine, of: Given) -> bool:
    """Whether a condition that holds here speaks of the input."""
    tests = (each.test for each in machine.journal.assumptions)
    return any(each == of for test in tests for each in inside(test, (Given,)))


PARTS = ("body", "path", "query", "header", "cookie", "form")
PLAIN = ("map", "filter", "forEach", "length", "trim", "toLowerCase", "toUpperCase", "split", "slice",
         "replace", "includes", "reduce", "some", "every", "find", "startsWith", "endsWith", "join", "match",
         "toString", "sort", "toSorted", "then", "catch", "push", "test", "substring", "concat", "at", "charAt",
         "charCodeAt", "codePointAt", "indexOf", "lastIndexOf", "matchAll", "normalize", "padEnd", "padStart",
         "repeat", "replaceAll", "search", "trimEnd", "trimStart", "valueOf", "entries", "findIndex", "flat",
         "flatMap", "keys", "pop", "reverse", "shift", "splice", "unshift", "values", "hasOwnProperty",
         "toFixed", "toISOString", "toLocaleLowerCase", "localeCompare", "finally", "constructor")  # fmt: skip
"""What every text and array has."""
METHODS = frozenset((*dir(dict), *dir(str), *dir(list), "get_secret_value"))


def _field_of(machine: Machine, of: Given, name: str) -> Value:
    wire = name if of.kind != "body" else f"{of.name}.{name}".lstrip(".")
    return Given(of.kind, wire, None, field_type(machine, of.of, name))


def field_type(machine: Machine, of: Value | None, name: str) -> Value | None:
    """The class that an attribute's annotation names, `list[X]` kept."""
    if not isinstance(of, ClassValue):
        return None
    member = machine.codebase.member(of, name)
    if member is None or member.annotation is None:
        return None
    found = machine.codebase.type_of(member.annotation, machine.codebase.body_of(member.owner))
    return _bare(found)


def _bare(found: Value) -> Value:
    if isinstance(found, Generic):
        spelt = found.of.name if isinstance(found.of, External) else ""
        if spelt.endswith(("Union", "Optional", "Annotated")):
            kept = [each for each in found.args if not _nothing(each)]
            return _bare(kept[0]) if kept else found
    return found


def _member(
    machine: Machine, receiver: Value, of: ClassValue, name: str, node: n.Expression | None
) -> Value | None:
    """A method, or a property's value, of an object of an in-tree class."""
    member = machine.codebase.member(of, name)
    if member is None or not isinstance(member.value, FunctionValue):
        return None
    if is_property(member.value):
        return machine.call(BoundMethod(receiver, member.value), at=node)
    return BoundMethod(receiver, member.value)


def is_property(function: FunctionValue) -> bool:
    """Whether calling is hidden behind an attribute."""
    names = {each.last for each in function.decorators if isinstance(each, External)}
    return bool(names & {"property", "cached_property", "computed_field", "hybrid_property"})


def _row(machine: Machine, of: Row, name: str, node: n.Expression | None) -> Value:
    name = machine.field_name(of.record, name)
    if of.via is not None and not _is_asked_for(machine, of):
        machine.crossed.add((of.via.row.record.name, of.via.name))
    if name in of.fields:
        return of.fields[name]
    if (
        (machine.paired or machine.goes)
        and of.source is not None
        and (sent := poured(of.record, of.source, name))
    ):
        return sent
    if of.record.orm in machine.meaning.leading and (led := _led(machine, of, name)) is not None:
        return led
    if of.record.field(name) is not None:
        return RowField(of, name)
    if name == "id" and of.record.store == "document" and of.record.field("_id") is not None:
        return RowField(of, "_id")
    if machine.meaning.verb("attributes", name) == "key" and of.record.primary_key:
        return RowField(of, of.record.primary_key[0].name)
    related = relation(machine, of, name)
    if related is not None:
        return related
    owner = machine.classes.get(of.record.name)
    for kind in (owner, *machine.model_bases) if owner else ():
        found = _member(machine, of, kind, name, node)
        if found is not None:
            return found
    return Method(of, name)


def _is_asked_for(machine: Machine, row: Row) -> bool:
    """Whether it is a condition of being here that a row is there."""
    tests = (each.test for each in machine.journal.assumptions)
    return any(each is row for test in tests for each in inside(test, (Row,)))


def poured(record: Record, source: Value, name: str) -> Value | None:
    """The column that an object of inputs fills, by its name."""
    return spread(record, source).get(name)


def relation(machine: Machine, of: Row, name: str) -> Value | None:
    """The row or rows at the other end of a relation."""
    found = next((each for each in of.record.relations if each.name == name), None)
    other = next((r for r in machine.records.values() if found and r.name == found.to), None)
    if found is None or other is None:
        return _reversed(machine, of, name)
    many = found.kind in ("one_to_many", "many_to_many")
    row = Row(other, each=many, caller=of.caller and not many, by=(of, name))
    if not many and found.field and of.record.field(found.field) is not None:
        row.via = RowField(of, found.field)
    return of.fields.setdefault(name, Derived("relation", (row, of, Const(name))) if many else row)


def _led(machine: Machine, of: Row, name: str) -> Value | None:
    """The row or rows that a field refers to, where it holds them and not their keys."""
    tied = any(each.name == name for each in of.record.relations)
    return relation(machine, of, name) if tied else None


def _reversed(machine: Machine, of: Row, name: str) -> Value | None:
    """The rows that refer to this one, by what their relation is called from here: `user.orders`."""
    if not machine.meaning.absent:
        return None
    for record in machine.records.values():
        tie = next((each for each in record.relations if each.back == name and each.field), None)
        field = record.field(tie.field) if tie is not None else None
        if tie is None or field is None or tie.to != of.record.name:
            continue
        key = RowField(of, field.references.partition(".")[2] or "id")
        test = Compare("eq", Column(record.name, field.name), key)
        query = Query(record, where=(Clause(test),), place=machine.place(None))
        if tie.kind != "one_to_one":
            return query
        return of.fields.setdefault(name, machine.store.demanded(query))
    return None


def _class(machine: Machine, of: ClassValue, name: str) -> Value:
    record = machine.record_of(of)
    if record is not None:
        if record.field(name) is not None:
            return Column(record.name, name)
        if any(each.name == name for each in record.relations):
            return Derived("related", (of, Const(name)))
        if machine.meaning.verb("attributes", name) == "query":
            return Query(record, place=machine.place(None))
        kinds = (of, *machine.model_bases)
        member = next((m for e in kinds if (m := machine.codebase.member(e, name))), None)
        if member is not None and isinstance(member.value, ClassValue):
            return member.value
        if member is None or not isinstance(member.value, FunctionValue):
            return Method(of, name)
        if member.owner is not of and member.owner in machine.model_bases:
            return BoundMethod(of, member.value) if _takes_class(member.value) else member.value
    with machine.codebase.evaluator.quietly():
        found = machine.codebase.evaluator.attribute(of, name)
    if isinstance(found, FunctionValue) and _takes_class(found):
        return BoundMethod(of, found)
    return Method(of, name) if isinstance(found, UnknownValue | BoundExternal) else found


def _is_session(machine: Machine, of: Instance, name: str) -> bool:
    """Whether an extension's attribute is its session."""
    names = machine.codebase.ancestry(of)
    return any(f"{each}.{name}" in machine.meaning.sessions for each in names)


def _takes_class(function: FunctionValue) -> bool:
    return any(isinstance(e, External) and e.last == "classmethod" for e in function.decorators)


def _instance(machine: Machine, of: Instance, name: str, node: n.Expression | None) -> Value:
    if name in of.fields:
        kept = of.fields[name]
        if isinstance(kept, External) and kept.name in machine.ambient:
            return machine.surrounding(kept.name)
        return kept
    record = machine.record_of(of)
    if record is not None and record.joins and name in ("c", "columns"):
        return of
    if record is not None and record.field(name) is not None:
        return Column(record.name, name)
    if isinstance(of.of, External) and of.of.last == "Request":
        return _given(machine, Given("request"), name, node)
    if isinstance(of.of, ClassValue):
        found = _injected(machine, of.of, name) if machine.meaning.injects else None
        found = found or _member(machine, of, of.of, name, node)
        if found is not None:
            return found
    if isinstance(of.of, Generic) and isinstance(of.of.of, ClassValue):
        found = _member(machine, of, of.of.of, name, node)
        if found is not None:
            return found
    if machine.meaning.sessions and _is_session(machine, of, name):
        return Session()
    with machine.codebase.evaluator.quietly():
        value = machine.codebase.evaluator.attribute(of, name)
    if isinstance(value, BoundExternal) and isinstance(value.receiver, Instance) and machine.goes:
        return Method(value.receiver, name)  # also one that an embedded value brings
    if isinstance(value, BoundExternal | UnknownValue):
        return Method(of, name)
    if isinstance(value, Instance) and isinstance(value.of, BoundExternal):
        return _composed(machine, of, name) or value
    return value


def _injected(machine: Machine, of: ClassValue, name: str) -> Value | None:
    """The model that a container hands in: `@InjectModel(User.name) private users: Model<…>`."""
    marks, scope = _marks(machine, of, name)
    for mark in marks:
        if not isinstance(mark, n.Call) or mark.function.text not in machine.meaning.injects:
            continue
        first = mark.positional[0] if mark.positional else None
        if isinstance(first, n.Attribute) and first.name == "name":
            first = first.of
        said = machine.codebase.value(first, scope) if first is not None else None
        kind = said if isinstance(said, ClassValue) else None
        wanted = said.value if isinstance(said, Const) else kind.name if kind else ""
        record = next((e for e in machine.records.values() if e.name == wanted), None)
        if record is not None:
            owner = machine.classes.get(record.name) or kind
            model = Instance(External("<model>"), place=record.place)
            return machine.delegates.repository(owner) if owner is not None else model
    return None


def _marks(machine: Machine, of: ClassValue, name: str) -> tuple[tuple[n.Expression, ...], Scope]:
    """The decorators of a field, or of the constructor's parameter that becomes one, of its own class or of one below
    that hands it up (`super(users)`); and where they stand."""
    member = machine.codebase.member(of, name)
    if member is not None and member.decorators:
        return member.decorators, of.scope
    wanted, above = name, None
    for made in reversed(_constructors(machine, of)):
        wanted = _handed_up(made, above, wanted) if above is not None else wanted
        found = next((each for each in made.node.parameters if each.name == wanted), None)
        if found is not None and found.decorators:
            return found.decorators, made.scope
        above = made if found is not None else above
    return (), of.scope


def _constructors(machine: Machine, of: ClassValue) -> list[FunctionValue]:
    """The constructors of a class and of those above it, its own first."""
    kinds = (each for each in machine.codebase.mro(of) if isinstance(each, ClassValue))
    found = (machine.codebase.own_member(each, "__init__") for each in kinds)
    return [each.value for each in found if each and isinstance(each.value, FunctionValue)]


def _handed_up(made: FunctionValue, above: FunctionValue, name: str) -> str:
    """What a constructor calls that which it gives the one above it for its parameter `name`; "" where it gives
    something else."""
    names = [each.name for each in above.node.parameters[1:]]
    given = next(_given_above(made), ()) if name in names else ()
    at = names.index(name) if name in names else 0
    handed = given[at] if at < len(given) else None
    return handed.name if isinstance(handed, n.Name) else ""


def _given_above(made: FunctionValue) -> Iterator[tuple[n.Expression, ...]]:
    """The arguments of `super(…)`."""
    body = made.node.body.statements if isinstance(made.node, n.FunctionDef) else ()
    for each in (inner for part in body for inner in n.walk(part)):
        function = each.function if isinstance(each, n.Call) else None
        if isinstance(function, n.Attribute) and function.name == "__init__":
            yield each.positional if isinstance(each, n.Call) else ()


def _composed(machine: Machine, of: Instance, name: str) -> Value | None:
    """An attribute that the class makes of records (`queryset = Book.objects.all()`), worked out here."""
    kind = machine.codebase.class_of(of)
    member = machine.codebase.member(kind, name) if kind is not None else None
    if member is None or member.expression is None:
        return None
    scope = machine.codebase.body_of(member.owner)
    return machine.value(Frame(scope=scope), member.expression)
