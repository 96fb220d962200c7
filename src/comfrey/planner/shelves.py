"""Rows for lists: literal values in no sort order, so that filters part them and every sort shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from comfrey.model.origin import Filter, Listing, Sort
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.value import Literal, Value
from comfrey.planner import cast
from comfrey.planner.builders import row_schemas
from comfrey.planner.outcomes import JSON_KINDS, typed
from comfrey.planner.world import World, bare

COUNT = 5
SIZE = 2
"""Rows and page size: the total is no multiple of the size, and there is a middle page."""
ORDERS = ((2, 0, 4, 1, 3), (1, 4, 0, 3, 2), (3, 1, 2, 4, 0), (4, 2, 1, 0, 3), (0, 3, 2, 1, 4))
DAYS = ("2024-03-04", "2024-03-08", "2024-03-12", "2024-03-16", "2024-03-20")
TEXTS = ("string", "text")
NUMBERS = ("integer", "bigint", "smallint", "float", "decimal")
ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Shelf:
    """Five rows of a record: per field its five values, row by row; `label` tells the rows apart in answers."""

    record: Record
    label: str
    values: dict[str, list[Any]] = field(default_factory=dict)

    def row(self, at: int) -> dict[str, Any]:
        return {name: column[at] for name, column in self.values.items()}

    def labels(self, rows: list[int]) -> list[Any]:
        return [self.values[self.label][at] for at in rows]

    def seed_values(self, at: int, names: Iterable[str]) -> tuple[tuple[str, Value], ...]:
        """The label and the named columns of a row as a `Seed` takes them."""
        wanted = {self.label, *names}
        pairs: list[tuple[str, Value]] = []
        for name, value in self.row(at).items():
            found = self.record.field(name)
            if found and name in wanted:
                pairs.append((name, typed(found, Literal(value=value))))
        return tuple(pairs)


def shelf(world: World, record: Record, listing: Listing, item: Schema) -> Shelf | None:
    """Rows that part under every filter and order of `listing`; None when nothing tells rows apart."""
    label = label_of(world, record, item)
    if label is None:
        return None
    names = [label.name]
    names += [each.field for each in (*listing.sorts, *listing.order)]
    names += [name for each in listing.filters for name in (each.field, *each.others)]
    values: dict[str, list[Any]] = {}
    for name in dict.fromkeys(names):
        found = record.field(name)
        column = spread(world, record, found) if found and _is_ours(found) else None
        if column:
            order = ORDERS[len(values) % len(ORDERS)]
            values[name] = [column[order[at]] for at in range(COUNT)]
    return Shelf(record=record, label=label.name, values=values) if label.name in values else None


def _is_ours(found: Field) -> bool:
    return not (found.references or found.primary_key or found.version)


def label_of(world: World, record: Record, item: Schema) -> Field | None:
    """The field that tells rows apart in an answer: a text of its own, else a number; one that takes as many
    values as there are rows."""
    telling = (
        e for e in _labels(record, item) if len({*(spread(world, record, e) or ())}) == COUNT
    )
    return next(telling, None)


def _labels(record: Record, item: Schema) -> Iterator[Field]:
    shown = {each.attribute or each.name: each for each in bare(item).properties}
    free = [
        each
        for each in record.fields
        if each.name in shown
        and shown[each.name].name == each.name
        and not (each.references or each.primary_key or each.computed or each.enum or each.version)
    ]
    firm = [each for each in free if not each.nullable]
    wanted = (("title", "name"), ("email", "isbn", "slug", "code", "username"))
    for names in wanted:
        yield from (each for each in firm if each.name in names and each.type in TEXTS)
    integers = ("integer", "bigint", "smallint")
    for fields, kinds in ((firm, TEXTS), (firm, integers), (free, TEXTS)):
        yield from (
            each
            for each in fields
            if each.type in kinds
            and not bare(shown[each.name].schema).any_of
            and each.type in JSON_KINDS
        )


def spread(world: World, record: Record, found: Field) -> list[Any] | None:
    """Five values of a field in ascending order; fewer kinds come round again. None when it has none."""
    if found.computed:
        return None
    if found.type in ("date", "datetime"):
        return list(DAYS) if found.type == "date" else [f"{each}T12:00:00Z" for each in DAYS]
    if found.type == "boolean":
        return [False, False, True, True, True]
    if found.enum:
        kinds = list(found.enum)
        return sorted((kinds[at % len(kinds)] for at in range(COUNT)), key=kinds.index)
    if found.type not in (*TEXTS, *NUMBERS):
        return None
    schemas = row_schemas(world, record, found)
    try:
        picked = [
            cast.pick(found.name, *schemas, nth=at, record=record.name) for at in range(COUNT)
        ]
    except cast.NoValue:
        return None
    return sorted(picked, key=sort_key) if len({*picked}) == COUNT else None


def sort_key(value: Any) -> Any:
    """How a database orders texts whatever its collation: these start with different letters."""
    return value.casefold() if isinstance(value, str) else value


def ordered(shelves: Shelf, sorts: tuple[Sort, ...], rows: list[int]) -> list[int] | None:
    """The rows in the promised order (keys count up as rows are made); None when a column of it is not ours or has equal values."""
    if not sorts:
        return None
    first = sorts[0]
    column = shelves.values.get(first.field)
    found = shelves.record.field(first.field)
    if found is not None and found.primary_key and found.type in NUMBERS:
        return sorted(rows, reverse=first.descending)
    if column is None or found is None or found.enum or len(set(map(str, column))) < COUNT:
        return None
    return sorted(rows, key=lambda at: sort_key(column[at]), reverse=first.descending)


def holds(operator: str, stored: Any, sent: Any) -> bool | None:
    """Whether a row with `stored` passes the filter for `sent`; None for an operator not known here."""
    if isinstance(stored, str) and isinstance(sent, str) and len(sent) == 10 and "T" in stored:
        stored = stored[:10]
    try:
        match operator:
            case "eq":
                return bool(stored == sent)
            case "ne":
                return bool(stored != sent)
            case "lt":
                return bool(stored < sent)
            case "le":
                return bool(stored <= sent)
            case "gt":
                return bool(stored > sent)
            case "ge":
                return bool(stored >= sent)
            case "in":
                return stored in sent
            case "contains":
                return sent in stored
            case "icontains":
                return sent.lower() in stored.lower()
            case "startswith":
                return bool(stored.startswith(sent))
    except (TypeError, AttributeError):
        return None
    return None


def probe(each: Filter, column: list[Any]) -> Any:
    """A value for the filter that leaves some rows in and some out; None when there is none."""
    ascending = sorted(dict.fromkeys(column), key=sort_key)
    if each.operator in ("ge", "gt", "le", "lt"):
        middle = ascending[len(ascending) // 2]
        if isinstance(middle, str):
            return "2024-03-10" + ("T12:00:00Z" if "T" in middle else "")
        return middle
    if each.operator in ("contains", "icontains", "startswith"):
        return _needle(each.operator, column)
    if each.operator in ("eq", "ne"):
        return column[0]
    return column[:2] if each.operator == "in" else None


def _needle(operator: str, column: list[Any]) -> Any:
    text = column[0]
    if not isinstance(text, str):
        return None
    if operator == "startswith":
        return text[:4].strip()
    word = max(text.replace("@", " ").split(), key=len)
    return word[1:].lower() if operator == "icontains" else word
