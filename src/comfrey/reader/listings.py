"""What a list endpoint promises: pages, filters, orders, and where in the answer things stand."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.model.endpoint import Endpoint, Parameter
from comfrey.model.origin import Filter, Listing, Sort
from comfrey.model.record import Record
from comfrey.model.schema import Schema
from comfrey.reader.following.element import enum_value
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act
from comfrey.reader.following.value import (
    AnyColumn,
    AnyOf,
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
    Shaped,
    Truth,
)
from comfrey.reader.following.within import inside
from comfrey.reader.origins import filters
from comfrey.source.value import Const, External, Instance, Value

TOTALS = ("total", "count", "total_count", "total_items", "totalcount", "articles_count")
ENVELOPES = ("items", "data", "results", "rows", "content")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the rows and their number stand in the answer; None where nobody says."""

    items: str | None = None
    total: str = ""


def listing(endpoint: Endpoint, followed: Followed) -> Listing | None:
    """The promise of a list endpoint; None when it lists nothing that is understood."""
    if endpoint.method != "GET":
        return None
    act = _listed(followed)
    if act is None or not isinstance(act.subject, Query) or act.subject.record is None:
        return None
    query, record = act.subject, act.subject.record
    if not _is_understood(query):
        return None
    shape = _shape(endpoint, followed)
    if shape.items is None:
        return None
    known = {each.name: each for each in endpoint.parameters if each.location == "query"}
    made = Listing(
        record=record.name,
        items=shape.items,
        total=shape.total,
        order=_order(query.order),
        place=act.place,
    )
    made = _paged(made, query, known)
    made = _sorted(made, query, known, record)
    return _filtered(made, query, record, known)


def _listed(followed: Followed) -> Act | None:
    """The query whose rows are answered, the last one where several could be."""
    acts = followed.journal.acts
    numbers = [each.act for each in _rows_in(followed.answer) if each.act >= 0]
    chosen = [acts[number] for number in numbers] or [
        act for act in acts[followed.starts :] if act.kind == "execute" and act.mode == "many"
    ]
    lists = [act for act in chosen if _lists(act)]
    if not lists:
        return None
    scoped = [act for act in lists if _is_scoped(act)]
    return scoped[0] if scoped else lists[0]


def _lists(act: Act) -> bool:
    """Whether the act asks for many rows, and not just as a way out of a failure."""
    query = act.subject
    if not isinstance(query, Query) or query.verb != "select" or query.computes:
        return False
    fallback = any(isinstance(each.test, Failed) for each in act.assumptions) or any(
        isinstance(part, Failed)
        for each in act.assumptions
        if isinstance(each.test, AnyOf)
        for part in each.test.of
    )
    return query.record is not None and act.mode != "one" and not fallback


def _is_understood(query: Query) -> bool:
    """Whether every condition that always holds says which rows are in."""
    for clause in query.where:
        known = filters((clause,), query.record)
        vague = any(each.origin.kind in ("derived", "unknown") for each in known)
        if not clause.optional and (vague or not known):
            return False
    return True


def _is_scoped(act: Act) -> bool:
    query = act.subject
    assert isinstance(query, Query)
    return any(each.origin.kind == "caller" for each in filters(query.where, query.record))


def _rows_in(value: Value, depth: int = 6) -> list[Rows]:
    """The answers of queries that a value is made of."""
    if depth == 0:
        return []
    match value:
        case Rows():
            return [] if value.query.computes else [value]
        case Row(query=Query() as query, each=True):
            return [Rows(query, value.act)]
        case RowField(row=Row(query=Query(), each=True) as row):
            return _rows_in(row, depth)
        case Items(items=items, each=each):
            parts: list[Value] = [*items, *((each,) if each else ())]
        case Mapping(entries=entries, spreads=spreads):
            parts = [*entries.values(), *spreads]
        case Instance(of=External(name=name), args=(first, *_)) if name.endswith("Response"):
            parts = [first]
        case Instance(fields=fields):
            parts = list(fields.values())
        case Derived(of=of):
            parts = list(of)
        case Shaped(of=inner, fields=fields):
            parts = [inner, *fields.values()]
        case Either(options=options):
            parts = [each for _, each in options]
        case _:
            parts = []
    return [found for part in parts for found in _rows_in(part, depth - 1)]


# --- the envelope ----------------------------------------------------------------


def _shape(endpoint: Endpoint, followed: Followed) -> Shape:
    schema = next((e.body for e in endpoint.responses if e.status == endpoint.status), None)
    written = _written(followed.answer, schema)
    return written if written.items is not None else _declared(schema)


def _written(answer: Value, schema: Schema | None) -> Shape:
    """The envelope as the handler builds it."""
    match answer:
        case Rows() | Items(each=Row() | Shaped()):
            declared = _declared(schema)
            return declared if declared.items else Shape("")
        case Items(items=[], each=each) if each is not None and _rows_in(each):
            declared = _declared(schema)
            return declared if declared.items else Shape("")
        case Mapping(entries=entries):
            return _entries({str(k): v for k, v in entries.items()}, schema)
        case Instance(of=External(name=name), args=(first, *_)) if name.endswith("Response"):
            return _written(first, schema)
        case Instance(fields=fields):
            return _entries(fields, schema)
        case Either(options=options):
            shapes = [_written(each, schema) for _, each in options]
            known = [each for each in shapes if each.items is not None]
            return known[0] if known and all(e == known[0] for e in known) else Shape()
        case _:
            return Shape()


def _entries(entries: dict[str, Value], schema: Schema | None) -> Shape:
    total = None
    found: list[str] = []
    for name, value in entries.items():
        if isinstance(value, Derived) and value.name == "count":
            total = total or name
        elif _rows_in(value):
            inner = _inner(value)
            found += [f"{name}.{inner}" if inner else name] if inner is not None else []
    if len(found) != 1:
        return Shape()
    items = found[0]
    if total is None:
        return Shape(_wire(items, schema), _declared(schema).total)
    return Shape(_wire(items, schema), _wire(total, schema))


def _inner(value: Value) -> str | None:
    """Where in one member of an answer its rows stand: "" for the member itself, None where nobody can say."""
    if not isinstance(value, Mapping):
        return ""
    return _entries({str(k): v for k, v in value.entries.items()}, None).items


def _wire(attribute: str, schema: Schema | None) -> str:
    for each in schema.properties if schema else ():
        if each.attribute == attribute:
            return each.name
    return attribute


def _declared(schema: Schema | None) -> Shape:
    """The envelope as the response's schema says it."""
    if schema is None:
        return Shape()
    if schema.type == "array":
        return Shape("")
    arrays = [each.name for each in schema.properties if each.schema.type == "array"]
    named = [each for each in arrays if each in ENVELOPES]
    items = named[0] if named else arrays[0] if len(arrays) == 1 else None
    numbers = [e.name for e in schema.properties if e.schema.type == "integer"]
    total = next((each for each in numbers if each.lower() in TOTALS), "")
    return Shape(items, total)


# --- pages -----------------------------------------------------------------------


def _paged(made: Listing, query: Query, known: dict[str, Parameter]) -> Listing:
    size = _parameter(query.limit, known)
    asked = [each for each in _inputs(query.offset) if each in known]
    if size is None and "limit" in known and query.limit is not None and asked:
        size = known["limit"]
    if size is None:
        return made
    made = made.replace(
        size=size.name,
        default_size=_whole(size.schema.default) if size.schema.has_default else None,
        maximum_size=_most(size.schema, query.limit),
    )
    others = [each for each in asked if each != size.name]
    if not others:
        return _cursor(made, query, known)
    style = "offset" if isinstance(query.offset, Given) else "page"
    first = known[others[0]].schema
    return made.replace(style=style, page=others[0], first_page=_first_page(first, query.offset))


def _cursor(made: Listing, query: Query, known: dict[str, Parameter]) -> Listing:
    """Rows before or after a key that was sent."""
    for each in filters(query.where, query.record):
        if each.operator in ("lt", "gt") and each.origin.name in known and each.optional:
            return made.replace(style="cursor", cursor=each.origin.name)
    return made.replace(style="offset" if query.offset is not None else made.style)


def _parameter(value: Value | None, known: dict[str, Parameter]) -> Parameter | None:
    names = [each for each in _inputs(value) if each in known]
    return known[names[0]] if names else None


def _inputs(value: Value | None) -> list[str]:
    found = inside(value, (Given,)) if value is not None else []
    return [each.name for each in found if isinstance(each, Given) and each.kind == "query"]


def _most(schema: Schema, limit: Value | None) -> int | None:
    if schema.maximum is not None:
        return _whole(schema.maximum)
    if schema.exclusive_maximum is not None:
        return _whole(schema.exclusive_maximum - 1)
    match limit:
        case Derived(name="min", of=of):
            return next((_whole(e.value) for e in of if isinstance(e, Const)), None)
        case _:
            return None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _first_page(schema: Schema, offset: Value | None) -> int:
    """1 when the code takes one off the page before it multiplies, else 0."""
    takes_off = any(
        isinstance(each, Derived) and each.name == "-" for each in inside(offset, (Derived,))
    ) if offset else False  # fmt: skip
    deep = _contains_minus(offset)
    return 1 if takes_off or deep or schema.default == 1 or schema.minimum == 1 else 0


def _contains_minus(value: Value | None) -> bool:
    match value:
        case Derived(name=name, of=of):
            return name == "-" or any(_contains_minus(each) for each in of)
        case _:
            return False


# --- filters and orders ------------------------------------------------------------


def _filtered(made: Listing, query: Query, record: Record, known: dict[str, Parameter]) -> Listing:
    taken = {made.page, made.size, made.cursor, made.sort}
    asked: list[Filter] = []
    scope: list[Filter] = []
    for each in filters(query.where, record):
        if each.origin.kind == "query":
            if each.origin.name not in taken or each.origin.name not in known:
                asked.append(each)
        elif not each.optional:
            scope.append(each)
    return made.replace(filters=tuple(asked), scope=tuple(scope))


def _sorted(made: Listing, query: Query, known: dict[str, Parameter], record: Record) -> Listing:
    for each in query.order:
        name = _chooser(each)
        if name in known:
            sorts = tuple(_choices(each, known[name].schema, record))
            if sorts:
                default = known[name].schema.default
                order = _chosen_order(each, default)
                return made.replace(sort=name, sorts=sorts, order=order or made.order)
    return made


def _chosen_order(value: Value, default: object) -> tuple[Sort, ...]:
    """The whole order that the parameter's default stands for, or its absence where it has none."""
    for test, inner in value.options if isinstance(value, Either) else ():
        if isinstance(inner, Either) and (found := _chosen_order(inner, default)):
            return found
        if not isinstance(test, Compare):
            continue
        otherwise = default is None and test.operator == "ne"
        if otherwise or (test.operator == "eq" and enum_value(test.right) == default):
            return _order(tuple(inner.items) if isinstance(inner, Items) else (inner,))
    return ()


def _chooser(value: Value) -> str:
    """The parameter by which the order is chosen, "" when it is always the same."""
    match value:
        case AnyColumn(name=name):
            found = inside(name, (Given,))
            return found[0].name if found and isinstance(found[0], Given) else ""
        case Either(options=options):
            for test, inner in options:
                found = inside(test, (Given,))
                if found and isinstance(found[0], Given):
                    return found[0].name
                if (deeper := _chooser(inner)) != "":
                    return deeper
            return ""
        case Items(items=items) if items:
            return _chooser(items[0])
        case _:
            return ""


def _choices(value: Value, schema: Schema, record: Record) -> list[Sort]:
    match value:
        case Either(options=options):
            return [
                each for test, inner in options for each in _option(test, inner, schema, record)
            ]
        case AnyColumn(descending=descending):
            return [Sort(value=n, field=n, descending=descending) for n in _allowed(schema, record)]
        case Items(items=items) if items:
            return _choices(items[0], schema, record)
        case _:
            return []


def _option(test: Value, inner: Value, schema: Schema, record: Record) -> list[Sort]:
    if isinstance(inner, Either):
        return _choices(inner, schema, record)
    match test:
        case (
            Compare(operator="eq", left=Given(), right=right)
            | Compare(operator="eq", left=right, right=Given())
        ):
            chosen = _first(inner)
            value = enum_value(right)
            if chosen is not None and isinstance(value, str):
                return [chosen.replace(value=value)]
        case Truth(of=Derived(name="startswith", of=(Given(), Const(value="-")))):
            names = _allowed(schema, record)
            return [Sort(value=f"-{name}", field=name, descending=True) for name in names]
        case _ if isinstance(inner, AnyColumn) and not inner.descending:
            names = _allowed(schema, record)
            return [Sort(value=name, field=name) for name in names]
    return []


def _allowed(schema: Schema, record: Record) -> list[str]:
    """The values of a sort parameter that name a field."""
    if schema.enum:
        words = [str(each) for each in schema.enum]
    else:
        words = [each.name for each in record.fields if each.type not in ("json", "bytes")]
    return [each for each in words if record.field(each) is not None]


def _order(order: tuple[Value, ...]) -> tuple[Sort, ...]:
    found = []
    for each in order:
        one = _first(each)
        if one is None:
            break
        found.append(one)
    return tuple(found)


def _first(value: Value) -> Sort | None:
    match value:
        case Column(field=field, descending=descending):
            return Sort(value="", field=field, descending=descending)
        case Items(items=[first, *_]):
            return _first(first)
        case _:
            return None
