"""What is inside a collection: one element, or the one at an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.reader.following import reading
from comfrey.reader.following.value import (
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Query,
    Row,
    RowField,
    Rows,
    Sometimes,
    either,
)
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine


def element_of(machine: Machine, source: Value) -> Value:
    """What a loop over `source` meets."""
    read = reading.item(machine, source)
    if read is not None:
        return Derived("element", (read,))
    match source:
        case Rows(query=query):
            return (
                machine.store.fetched(source, "many") if query.record else Derived("row", (source,))
            )
        case Query() if machine.meaning.iterates and source.record is not None:
            return machine.store.fetched(machine.store.rows(source, None), "many")
        case Row(each=True):
            return source  # what a statement gave as a list is known by what each of it is like
        case Given():
            return item_of(source)
        case RowField(row=row, name=name) if (held := row.record.within(name)) and held.members:
            return source
        case Items(items=items, each=each):
            return each or _any(items)
        case ListValue(items=items):
            return _any(items)
        case Derived(name="items", of=(inner,)):
            return Items([Derived("key", (inner,)), Derived("member", (inner,))], kind="tuple")
        case Derived(name="values", of=(Mapping(keyed=(_, each)),)):
            return each
        case Derived(name="enumerate", of=(inner, *_)):
            return Items([Derived("index"), element_of(machine, inner)], kind="tuple")
        case Derived(name="zip", of=several):
            return Items([element_of(machine, each) for each in several], kind="tuple")
        case Dump() | Mapping() | Derived(name="keys"):
            return Derived("key", (source,))
        case Derived(name="relation", of=(inner, *_)):
            return inner
        case Either(options=options) if options:
            return element_of(machine, options[-1][1])
        case _:
            return Derived("element", (source,))


def literal_items(source: Value) -> tuple[Value, ...] | None:
    """The items of a short collection that is written out in the source, or None."""
    match source:
        case Items(items=items, each=None) | ListValue(items=items, open=False) if len(items) <= 8:
            return tuple(each.of if isinstance(each, Sometimes) else each for each in items)
        case _:
            return None


def item_of(given: Given) -> Given:
    """One item of a list that was sent: `items[].book_id`."""
    schema = given.schema.items if given.schema else None
    if not given.name:
        return Given(given.kind, "[]" if schema else "", schema, None)
    inner = given.of.args[0] if isinstance(given.of, Generic) and given.of.args else None
    return Given(given.kind, f"{given.name}[]", schema, inner)


def _any(items: list[Value]) -> Value:
    if not items:
        return UnknownValue("an empty collection")
    known = [each.of if isinstance(each, Sometimes) else each for each in items]
    return known[0] if len(known) == 1 else Derived("element", tuple(known))


def literal_keys(container: Value) -> tuple[str, ...]:
    """The keys of a table that is written down as a whole, all of them texts; empty for any other."""
    if isinstance(container, Mapping):
        plain = not (container.spreads or container.keys or container.keyed)
        return tuple(container.entries) if plain else ()
    if not isinstance(container, DictValue) or container.open:
        return ()
    keys = [key.value if isinstance(key, Const) else None for key, _ in container.items]
    texts = tuple(each for each in keys if isinstance(each, str))
    return texts if len(texts) == len(keys) else ()


def listed(name: str, container: Value | None) -> Items | None:
    """`Object.entries(table)` and its like, of a table that is written down as a whole; None for any other."""
    keys = literal_keys(container) if container is not None else ()
    if not keys:
        return None
    items = container.entries if isinstance(container, Mapping) else dict(_written(container))
    match name.rpartition(".")[2]:
        case "keys":
            return Items([Const(key) for key in keys])
        case "values":
            return Items([items[key] for key in keys])
        case _:
            return Items([Items([Const(key), items[key]], kind="tuple") for key in keys])


def _written(container: Value | None) -> Iterator[tuple[str, Value]]:
    for key, value in container.items if isinstance(container, DictValue) else ():
        if isinstance(key, Const):
            yield str(key.value), value


def subscript(machine: Machine, container: Value, index: Value) -> Value:
    """`container[index]`."""
    read = reading.member(machine, container, index)
    if read is not None:
        return Derived("[]", (read, index))
    match container:
        case Mapping():
            return _entry(machine, container, index)
        case DictValue():
            return _entry(machine, _as_mapping(container), index)
        case Items(items=items, each=each):
            return _item(items, each, index)
        case ListValue(items=items):
            return _item(items, None, index)
        case Dump(of=of):
            return _dumped(machine, of, index)
        case Given(schema=None, of=None, kind=kind) if kind in BAGS and isinstance(index, Const):
            return _of_bag(container, str(index.value))
        case Given(kind="credential"):
            return container
        case Row() | Given():
            if isinstance(index, Const) and isinstance(index.value, str):
                return machine.attribute(container, index.value, None)
            return (
                item_of(container) if isinstance(container, Given) else Derived("[]", (container,))
            )
        case Rows():
            return machine.store.fetched(container, "one")
        case Instance() if machine.paired and isinstance(index, Const) and index.value is not None:
            return machine.attribute(container, str(index.value), None)  # `client[this.table]`
        case Either(options=options):
            ways = [(test, e) for test, e in options if not lacks(e, index)] or options
            return either(tuple((test, subscript(machine, each, index)) for test, each in ways))
        case _:
            return Derived("[]", (container, index))


def lacks(container: Value, key: Value) -> bool:
    """Whether a dict that is known as a whole has no such key: `{}` in `request.get_json() or {}`."""
    if not isinstance(container, Mapping):
        return False
    whole = not (container.spreads or container.keys or container.keyed)
    return whole and isinstance(key, Const) and key.value not in container.entries


BAGS = ("body", "form", "query", "header", "cookie", "path", "claim", "file")


def _of_bag(of: Given, name: str) -> Given:
    """A member of an input of which nothing is declared."""
    nested = of.kind in ("body", "claim")
    return Given(of.kind, f"{of.name}.{name}".lstrip(".") if nested else name)


def _dumped(machine: Machine, of: Value, index: Value) -> Value:
    if isinstance(index, Const) and isinstance(index.value, str):
        if isinstance(of, Given) and of.schema is None and of.of is None and of.kind in BAGS:
            return _of_bag(of, index.value)
        return machine.attribute(of, index.value, None)
    return Derived("member", (Dump(of),))


def _item(items: list[Value], each: Value | None, index: Value) -> Value:
    known = index.value if isinstance(index, Const) else None
    sure = not any(isinstance(held, Sometimes) for held in items)
    if isinstance(known, int) and not each and sure and -len(items) <= known < len(items):
        return items[known]
    return each or _any(items)


def _as_mapping(value: DictValue) -> Mapping:
    found = Mapping()
    for key, item in value.items:
        if isinstance(key, Const):
            found.entries[key.value] = item
        else:
            found.keys.append((key, item))
    return found


def _entry(machine: Machine, mapping: Mapping, index: Value) -> Value:
    if isinstance(index, Derived) and index.name == "key":
        return Derived("member", (mapping,))
    if isinstance(index, Const) and index.value in mapping.entries:
        return mapping.entries[index.value]
    if isinstance(index, Const):
        for spread in reversed(mapping.spreads):
            return subscript(machine, spread, index)
    if mapping.keyed:
        return _keyed(mapping.keyed, index)
    pairs = [(Const(key), item) for key, item in mapping.entries.items()]
    choices = tuple((Compare("eq", index, key), item) for key, item in [*mapping.keys, *pairs])
    return either(choices) if choices else Derived("[]", (mapping, index))


def _keyed(keyed: tuple[Value, Value], index: Value) -> Value:
    """`{book.id: book for book in rows}[book_id]`: the row of that id."""
    return keyed[1]


def enum_value(value: Value) -> object:
    """The constant that an enum's member stands for, or None."""
    match value:
        case Const(value=inner):
            return inner
        case Instance(fields={"value": Const(value=inner)}):
            return inner
        case Instance(of=ClassValue(), args=(Const(value=inner),)):
            return inner
        case _:
            return None
