"""Looking for what a computed value is made of."""

from __future__ import annotations

from comfrey.reader.following.value import (
    Compare,
    Derived,
    Dump,
    Either,
    Items,
    Mapping,
    Method,
    Not,
    Sometimes,
    Truth,
    Verified,
)
from comfrey.source.value import Text, Value


def inside(value: Value, kinds: tuple[type, ...], depth: int = 6) -> list[Value]:
    """The values of these kinds within a computed one."""
    if isinstance(value, kinds):
        return [value]
    if depth == 0:
        return []
    match value:
        case Derived(of=of) | Verified(of=of):
            parts: tuple[Value, ...] = of
        case Text(parts=texts):
            parts = tuple(each for each in texts if not isinstance(each, str))
        case Either(options=options):
            parts = tuple(each for _, each in options)
        case Method(of=inner) | Not(of=inner) | Truth(of=inner) | Sometimes(of=inner):
            parts = (inner,)
        case Compare(left=left, right=right):
            parts = (left, right)
        case Items(items=items, each=each):
            parts = (*items, *((each,) if each else ()))
        case Mapping(entries=entries, spreads=spreads):
            parts = (*entries.values(), *spreads)
        case Dump(of=inner):
            parts = (inner,)
        case _:
            parts = ()
    return [found for part in parts for found in inside(part, kinds, depth - 1)]
