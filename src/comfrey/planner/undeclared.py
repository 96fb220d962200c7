"""Members that a body does not declare, where its validation is told to drop them: none of them chooses the key of a
new row."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Field, Record
from comfrey.model.step import Row, Status
from comfrey.model.value import Literal, Mapping, With
from comfrey.planner import law
from comfrey.planner.absence import absent_key
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import draft
from comfrey.planner.needs import scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, bare, effects, plain
from comfrey.stacks import shelf

DROPS = "strip"
COUNTED = ("integer", "bigint", "smallint")
"""Keys that a sequence gives."""


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A key that is sent along with what makes a row: the row gets one of the database's all the same."""
    body = endpoint.body
    if body is None or "json" not in body.media or bare(body.schema).extra != DROPS:
        return []
    declared = {plain(each.name) for each in bare(body.schema).properties}
    for effect in effects(endpoint, "create"):
        record = world.project.record(effect.record)
        given = {each.field for each in effect.values}
        key = _key(record) if record is not None and not effect.conditional else None
        if record and key and key.name not in given and plain(key.name) not in declared:
            return _ignored(world, endpoint, record, key)
    return []


def _key(record: Record) -> Field | None:
    """The one key of a table's rows that nobody but the database gives, though its mapper would take another."""
    keys = record.primary_key
    fit = record.store == "table" and len(keys) == 1 and not keys[0].references
    mapper = shelf.folder("orms", record.orm)
    counts = mapper is not None and bool(mapper.about.data.get("counts_alone"))
    if not fit or not keys[0].default_from or (counts and keys[0].type in COUNTED):
        return None
    return keys[0]


def _ignored(world: World, endpoint: Endpoint, record: Record, key: Field) -> list[Case]:
    value = absent_key(key)
    play = scene(world, endpoint)
    if value is None or not isinstance(play.body, Mapping):
        return []
    body = With(base=play.body, path=Literal(value=key.name), value=value)
    steps = (
        *play.arrange,
        play.call.replace(body=body),
        Status(codes=law.success(endpoint).codes),
        Row(record=record.name, where=((key.name, value),), absent=True),
    )
    assert endpoint.body is not None
    place = endpoint.body.place or endpoint.handler.place
    because = Because(
        text=f"validation drops {a(words(key.name))}, which no body declares", place=place
    )
    return [
        draft(
            world,
            endpoint,
            f"ignores {a(words(key.name))} that is sent along where it {deed(world, endpoint)}",
            steps,
            kind="validation",
            because=(because,),
            witnessed=play.sure,
        )
    ]
