"""What a good answer of a service must hold: the members that code reads, as what it takes them for."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.schema import Property, Schema
from comfrey.reader.following.alternatives import alternatives
from comfrey.reader.following.journal import UNDER, Act, Journal
from comfrey.reader.following.reading import ITEM, document
from comfrey.reader.following.value import Compare
from comfrey.source.value import Const
from comfrey.stacks.shapes import Shapes

KINDS = {
    "int": Schema(type="integer"),
    "float": Schema(type="number"),
    "bool": Schema(type="boolean"),
    "str": Schema(type="string"),
    "decimal.Decimal": Schema(type="string", format="decimal"),
    "datetime.date.fromisoformat": Schema(type="string", format="date"),
    "datetime.datetime.fromisoformat": Schema(type="string", format="date-time"),
}
Path = tuple[str, ...]


def answer(journal: Journal, act: Act, shapes: Shapes) -> Schema | None:
    """The shape of the document that the call `act` must bring back, None where nothing is read of it."""
    whole = [model for part, model in journal.shapes if part.act == act.number and not part.path]
    if whole:
        found = shapes.of(whole[0])
        wanted = dict(_wanted(journal, act))
        return _narrowed(found, wanted) if found.properties else None
    paths: dict[Path, Schema] = {}
    for part, kind in journal.reads:
        if part.act == act.number and part.path:
            paths.setdefault(part.path, Schema())
            if kind in KINDS:
                paths[part.path] = KINDS[kind]
    for part, model in journal.shapes:
        if part.act == act.number and part.path:
            paths[part.path] = shapes.of(model)
    for path, value in _wanted(journal, act):
        paths[path] = Schema(type="string", enum=(value,))
    return _tree(paths, ()) if paths else None


def _narrowed(schema: Schema, wanted: dict[Path, str]) -> Schema:
    """The shape with the constants that its members must hold."""
    return schema.replace(
        properties=tuple(
            each.replace(schema=each.schema.replace(enum=(wanted[(each.name,)],)))
            if (each.name,) in wanted
            else each
            for each in schema.properties
        )
    )


def _wanted(journal: Journal, act: Act) -> Iterator[tuple[Path, str]]:
    """Members that must hold a constant, or the code raises."""
    for raised in journal.acts:
        tests = [each.test for each in raised.assumptions if each.how == UNDER]
        for test in tests if raised.kind == "raise" else ():
            for way in alternatives(test):
                for literal in way:
                    match literal:
                        case Compare(operator="ne", left=left, right=Const(value=str() as value)):
                            found = document(left)
                            if found is not None and found.act == act.number and found.path:
                                yield found.path, value


def _tree(paths: dict[Path, Schema], head: Path) -> Schema:
    """The paths below `head` as one schema."""
    names = dict.fromkeys(
        each[len(head)] for each in paths if len(each) > len(head) and each[: len(head)] == head
    )
    if ITEM in names:
        return Schema(type="array", items=_tree(paths, (*head, ITEM)), min_length=1)
    if not names:
        return paths.get(head, Schema())
    members = tuple(
        Property(name=each, schema=_tree(paths, (*head, each)), required=True) for each in names
    )
    return Schema(type="object", properties=members)
