"""Where a symbolic value comes from, as an `Origin`."""

from __future__ import annotations

from comfrey.model.origin import Assignment, Filter, Origin
from comfrey.model.record import Field, Record
from comfrey.reader.following.element import enum_value
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
    Shaped,
    Truth,
)
from comfrey.source.value import (
    BoundExternal,
    Const,
    External,
    Instance,
    SettingValue,
    UnknownValue,
    Value,
)
from comfrey.stacks import columns

UNKNOWN = Origin(kind="unknown")
NOTHING = Origin(kind="constant", value=None)
DERIVED = Origin(kind="derived")
INPUTS = ("body", "path", "query", "header", "cookie", "form", "file")
KNOWN = (*INPUTS, "caller", "row")
WHOLE = ("integer", "bigint", "smallint")
PRINTED = ("Format",)
"""Methods of Go's times that say the same moment as a text."""
SPELT = ("toString", "toHexString", "valueOf")
ARITHMETIC = {"+": "add", "-": "sub", "*": "mul"}


def origin(value: Value | None) -> Origin:
    """The source of a value."""
    match value:
        case Given(kind=kind, name=name):
            return _given(kind, name)
        case RowField(row=row, name=name):
            sent = spread(row.record, row.source).get(name) if row.created else None
            return origin(sent) if sent is not None else _stored(row, name)
        case Row(record=record):
            return _stored(value, _key(record))
        case Const(value=inner):
            return Origin(kind="constant", value=inner)
        case Derived(name="now" | "random" as kind):
            return Origin(kind=kind)
        case Derived(name="str", of=(inner,)):
            return origin(inner)
        case Derived(name=name, of=of):
            return _derived(name, of)
        case (
            Instance(args=(Given() as inner,), kwargs=())
            | Instance(args=(), kwargs=((_, Given() as inner),))
        ):
            return origin(inner)
        case Instance():
            known = enum_value(value)
            return Origin(kind="constant", value=known) if known is not None else DERIVED
        case Either(options=options):
            return _either(tuple(each for _, each in options))
        case SettingValue(default=Const(value=inner)):
            return Origin(kind="derived", value=inner)
        case Items(each=Value() as each, items=[]):
            return origin(each)
        case UnknownValue() | None:
            return UNKNOWN
        case _:
            return DERIVED


def _given(kind: str, name: str) -> Origin:
    if kind in ("claim", "credential"):
        return Origin(kind="caller", name=name.rpartition(".")[2])
    return Origin(kind=kind, name=name) if kind in INPUTS else DERIVED


def _stored(row: Row, name: str) -> Origin:
    if row.caller:
        return Origin(kind="caller", name=name) if row.record.field(name) else DERIVED
    return Origin(kind="row", name=f"{row.record.name}.{name}")


def _key(record: Record) -> str:
    return next((each.name for each in record.primary_key), "id")


def _derived(name: str, of: tuple[Value, ...]) -> Origin:
    """A call on one input keeps it, with the call's name; arithmetic is told, other mixtures are not."""
    if name in ARITHMETIC and len(of) == 2:
        return _arithmetic(ARITHMETIC[name], of)
    if name in PRINTED and of:
        return origin(of[0])
    if name in SPELT and len(of) == 1 and _is_reference(of[0]):
        return origin(of[0])
    inner = [each for each in (origin(part) for part in of) if each.kind in KNOWN]
    if name.isidentifier() and len(inner) == 1 and name not in ("member", "key", "row", "count"):
        return inner[0].replace(via=(*inner[0].via, _edge(name, of)))
    return DERIVED


def _is_reference(value: Value) -> bool:
    """Whether it is a document's id, which names the same document as a text."""
    field = value.row.record.within(value.name) if isinstance(value, RowField) else None
    return field is not None and field.type == "reference"


def _edge(name: str, of: tuple[Value, ...]) -> str:
    """`datetime.combine(day, time.max)` is the end of the day, `time.min` its begin."""
    names = [each.name for each in of if isinstance(each, External | BoundExternal)]
    ends = {each.rpartition(".")[2] for each in names} & {"min", "max"}
    return f"{name}_{ends.pop()}" if name == "combine" and len(ends) == 1 else name


def _arithmetic(operation: str, of: tuple[Value, ...]) -> Origin:
    parts = tuple(origin(each) for each in of)
    if all(_is_whole(value, part) for value, part in zip(of, parts, strict=True)):
        return DERIVED.replace(operation=operation, of=parts)
    return DERIVED


def _is_whole(value: Value, source: Origin) -> bool:
    """True for integers: texts are joined by the same signs, and fractions are not exact."""
    match value:
        case RowField(row=row, name=name):
            field = row.record.within(name)
            counted = (*WHOLE, "float") if row.record.store == "document" else WHOLE
            return field is not None and field.type in counted
        case Given(schema=schema):
            return schema is not None and schema.type == "integer" and source.kind in INPUTS
        case Const(value=inner):
            return isinstance(inner, int) and not isinstance(inner, bool)
    return bool(source.operation)


def _either(options: tuple[Value, ...]) -> Origin:
    known = [origin(each) for each in options if not _is_none(each)]
    callers = [each for each in known if each.kind == "caller"]
    if callers and all(each == callers[0] or _is_zero(each) for each in known):
        return callers[0]  # a zero stands for nobody
    if known and all(each == known[0] for each in known):
        return known[0]
    return DERIVED


def _is_zero(found: Origin) -> bool:
    return found.kind == "constant" and found.value in (0, "")


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


# --- conditions of queries -------------------------------------------------------


def filters(clauses: tuple[Clause, ...], record: Record | None) -> tuple[Filter, ...]:
    """The clauses that are a field of the record against one value."""
    found: list[Filter] = []
    for clause in clauses:
        for each in _tests(clause.test):
            made = _filter(each, record, clause.optional)
            if made is not None:
                found.append(made)
    return tuple(found)


def _tests(test: Value) -> tuple[Value, ...]:
    match test:
        case All(of=of):
            return tuple(inner for each in of for inner in _tests(each))
        case Clause(test=inner):
            return _tests(inner)
        case _:
            return (test,)


def _filter(test: Value, record: Record | None, optional: bool) -> Filter | None:
    match test:
        case AnyOf(of=of):
            return _search(of, record, optional)
        case Compare(operator=operator, left=left, right=right):
            return _compared(operator, left, right, record, optional)
        case Truth(of=Column(field=field)) | Column(field=field):
            return Filter(field=field, origin=Origin(kind="constant", value=True))
        case Not(of=Truth(of=Column(field=field))) | Not(of=Column(field=field)):
            return Filter(field=field, origin=Origin(kind="constant", value=False))
        case _:
            return None


def _compared(
    operator: str, left: Value, right: Value, record: Record | None, optional: bool
) -> Filter | None:
    if isinstance(right, Column) and not isinstance(left, Column):
        left, right, operator = right, left, MIRRORED.get(operator, operator)
    if not isinstance(left, Column) or isinstance(right, Column):
        return None
    if record is not None and left.record != record.name:
        return Filter(
            field=f"{left.record}.{left.field}",
            operator=operator,
            origin=origin(right),
            optional=optional,
        )
    if _is_none(right) and operator in ("eq", "ne"):
        operator = "is_null" if operator == "eq" else "not_null"
    source = origin(right)
    field = record.field(left.field) if record is not None else None
    source = _whose(field, source) if field is not None else source
    if left.via:
        source = source.replace(via=tuple(dict.fromkeys((*source.via, *left.via))))
    operator, source = _opened(operator, source)
    return Filter(field=left.field, operator=operator, origin=source, optional=optional)


OPEN = {("ge", "add"): "gt", ("le", "sub"): "lt"}
ONE = Origin(kind="constant", value=1)


def _opened(operator: str, source: Origin) -> tuple[str, Origin]:
    """Of whole numbers, from one more than the input on is above the input: `price >= least + 1`."""
    plain = OPEN.get((operator, source.operation))
    if plain is None or len(source.of) != 2 or source.of[1] != ONE:
        return operator, source
    return plain, source.of[0]


MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


def _search(of: tuple[Value, ...], record: Record | None, optional: bool) -> Filter | None:
    """An OR over several columns with one input is a search in all of them."""
    parts = [_filter(each, record, optional) for each in of]
    known = [each for each in parts if each is not None]
    if len(known) != len(parts) or not known:
        return None
    first = known[0]
    if all(e.origin == first.origin and e.operator == first.operator for e in known):
        return first.replace(others=tuple(each.field for each in known[1:]))
    return None


# --- written values --------------------------------------------------------------


def assignments(
    record: Record, values: dict[str, Value], source: Value | None
) -> tuple[Assignment, ...]:
    """The columns that are written, each with its origin, in the record's order. A key of `None` is none."""
    found = {name: origin(value) for name, value in spread(record, source).items()}
    for name, value in values.items():
        field, made = _column(record, name, value)
        if field:
            found[field] = made
    return tuple(
        Assignment(field=each.name, origin=_whose(each, found[each.name]))
        for each in record.fields
        if each.name in found and not (each.primary_key and found[each.name] == NOTHING)
    )


def _whose(field: Field, source: Origin) -> Origin:
    """What a token says of whose it is, where it is stored: the key of the row that the column refers to."""
    key = field.references.partition(".")[2]
    nameless = source.kind == "caller" and not source.name and bool(key)
    return source.replace(name=key) if nameless else source


def _column(record: Record, name: str, value: Value) -> tuple[str, Origin]:
    """A field by its name, or the key behind a relation's."""
    if record.field(name) is not None:
        return name, origin(value)
    relation = next((each for each in record.relations if each.name == name), None)
    if relation is not None and relation.field and (isinstance(value, Row) or _is_key(value)):
        return relation.field, origin(value)
    return "", UNKNOWN


def _is_key(value: Value) -> bool:
    """Whether an input is the key of a row, which its validator looks up."""
    schema = value.schema if isinstance(value, Given) else None
    return schema is not None and schema.key


def _may_be_sent(field: Field) -> bool:
    """Whether a body that is stored as a whole holds a value for the field, as its clients use it."""
    return columns.is_sent(field) and not field.primary_key


def spread(record: Record, source: Value | None) -> dict[str, Value]:
    """What `Model(**source)` puts into the record's fields."""
    found: dict[str, Value] = {}
    match source:
        case Mapping(entries=entries, spreads=spreads):
            for each in spreads:
                found.update(spread(record, each))
            found.update({k: v for k, v in entries.items() if record.field(str(k))})
        case Dump(of=of, without=without, only=only):
            inner = spread(record, of)
            found.update(
                {k: v for k, v in inner.items() if k not in without and (not only or k in only)}
            )
        case Given(kind=kind, name=name, schema=schema) if schema is not None:
            for member in schema.properties:
                wire = f"{name}.{member.name}".lstrip(".")
                given = Given(kind, wire, member.schema)
                column, _ = _column(record, member.attribute or member.name, given)
                if column:
                    found[column] = given
        case Given(kind="body", name="", schema=None):
            sent = (each for each in record.fields if _may_be_sent(each))
            found.update({e.name: Given("body", e.name, columns.sent_for(e)) for e in sent})
        case Shaped(of=of, fields=fields):
            known = {k: v for k, v in fields.items() if record.field(k)}
            found.update(spread(record, of) | known)
        case Instance(fields=fields):
            found.update({k: v for k, v in fields.items() if record.field(k)})
        case Items() | None:
            pass
    return found
