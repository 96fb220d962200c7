"""Decorators that the tree composes of others: laid out, they are read as if each was written by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.source.value import External, Instance, ListValue, Value

COMPOSED = "@nestjs/common.applyDecorators"


def laid_out(found: Iterable[Value]) -> Iterator[Value]:
    """Decorators, with what `applyDecorators` combines in its place."""
    for each in found:
        called = each.of if isinstance(each, Instance) else None
        if isinstance(called, External) and called.name == COMPOSED and isinstance(each, Instance):
            yield from laid_out(_flat(each.args))
        else:
            yield each


def _flat(args: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    for each in args:
        found += each.items if isinstance(each, ListValue) else [each]
    return found
