"""Fields that a model's own code sets whenever a row is stored: what is kept is not what was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.model.record import Record
from comfrey.reader.shown import bare
from comfrey.source.node import Assign, Attribute, Block, Call, Constant, FunctionDef, Node
from comfrey.source.value import FunctionValue

SETTING = ("set", "setDataValue")


def with_rewritten(record: Record, hooks: Iterable[FunctionValue]) -> Record:
    """The record with the fields marked that one of the functions sets which run before it is stored."""
    names = {bare(name) for each in hooks for name in _set_by(each)}
    return record.replace(
        fields=tuple(
            each.replace(rewritten=True) if bare(each.name) in names else each
            for each in record.fields
        )
    )


def _set_by(function: FunctionValue) -> Iterator[str]:
    """The attributes that a function sets, on whatever it calls its row, nested functions included."""
    if isinstance(function.node, FunctionDef):
        for node in _every(function.node.body):
            if isinstance(node, Assign):
                yield from (each.name for each in _targets(node) if isinstance(each, Attribute))
            elif isinstance(node, Call) and isinstance(node.function, Attribute):
                first = node.positional[0] if node.positional else None
                if node.function.name in SETTING and isinstance(first, Constant):
                    yield str(first.value)


def _targets(node: Assign) -> Iterator[Node]:
    """What is assigned to, also of several at once: `u.Password, err = hash(u.Password)`."""
    for each in node.targets:
        items = getattr(each, "items", None)
        yield from items if isinstance(items, tuple | list) else (each,)


def _every(block: Block) -> Iterator[Node]:
    for node in block.every:
        yield node
        if isinstance(inner := getattr(node, "body", None), Block):
            yield from _every(inner)
