"""A partial change touches what was sent and nothing else."""

from __future__ import annotations

from contextlib import suppress

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Record
from comfrey.model.schema import Property
from comfrey.model.step import Row, Seed, Status, Step
from comfrey.model.value import Mapping, Ref, Value
from comfrey.planner import law
from comfrey.planner.builders import stored_value, value_of
from comfrey.planner.cast import NoValue
from comfrey.planner.checks import column_schema
from comfrey.planner.drafts import column, draft
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import (
    is_direct,
    sent_value,
    typed,
)
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, effects, plain, properties


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """One table per partial update, a row per field."""
    return [*_single_changes(world, endpoint)]


def _single_changes(world: World, endpoint: Endpoint) -> list[Case]:
    """A partial update changes only what was sent: one row of the table per field."""
    asked = _asked_for(world, endpoint)
    whole = endpoint.method != "PATCH" or asked
    if asked and (
        endpoint.method == "PUT" or (len(_members(endpoint)) > 1 and _by_hand(world, endpoint))
    ):
        return []
    found = [e for e in effects(endpoint, "update") if not e.many and (e.partial or not whole)]
    effect = next(iter(found), None)
    record = world.project.record(effect.record) if effect else None
    if effect is None or record is None or len(record.primary_key) != 1:
        return []
    play = scene(world, endpoint)
    row = play.target if play.record == record.name else play.caller
    changes = _changes(play, effect, record)
    if not row or not changes or not (play.record == record.name or record is world.user):
        return []
    key = record.primary_key[0].name
    stored = tuple((name, column(name)) for name in changes)
    kept = _kept(world, effect, record, changes)
    held = tuple((name, Ref(name=row, path=(name,))) for name in kept)
    expected = law.success(endpoint)
    steps: tuple[Step, ...] = (
        *(_full(world, each, row, record, changes, kept) for each in play.arrange),
        play.call.replace(body=column("changes")),
        Status(codes=expected.codes),
        Row(
            record=record.name, where=((key, Ref(name=row, path=(key,))),), values=(*stored, *held)
        ),
    )
    variations = tuple(_only(world, play, name, changes, row, record) for name in changes)
    owner = "the caller" if row == play.caller else a(words(record.name))
    return [
        draft(
            world,
            endpoint,
            f"changes nothing else of {owner}",
            steps,
            kind="lifecycle",
            column="edge",
            because=(
                Because(text="only the members that were sent are written", place=effect.place),
            ),
            variations=variations,
            columns=("changes", *changes),
            witnessed=play.sure,
        )
    ]


def _kept(
    world: World, effect: Effect, record: Record, changes: dict[str, tuple[str, Value]]
) -> dict[str, Value]:
    """What the endpoint may write as well and the test does not send: fields that a row may lack, and their values."""
    found = {}
    for each in effect.values:
        field = record.field(each.field)
        if field is None or each.field in changes or each.origin.kind != "body":
            continue
        if field.nullable and not (field.references or field.computed or field.on_update):
            with suppress(NoValue):
                found[field.name] = value_of(
                    field.name, (column_schema(record, field),), 0, record.name
                )
    return found


def _full(
    world: World,
    step: Step,
    row: str,
    record: Record,
    changes: dict[str, tuple[str, Value]],
    kept: dict[str, Value],
) -> Step:
    """The target's row with a value in every optional field: an empty one would not show that it was emptied."""
    if not isinstance(step, Seed) or step.name != row:
        return step
    given = {name for name, _ in step.values}
    values = [*step.values, *((name, each) for name, each in kept.items() if name not in given)]
    for name, (_, sent) in changes.items():
        field = record.field(name)
        if field and field.nullable and name not in given and not field.references:
            nth = next((n for n in range(3) if stored_value(world, record, field, n) != sent), 0)
            values.append((name, stored_value(world, record, field, nth)))
    return step.replace(values=tuple(values))


def _asked_for(world: World, endpoint: Endpoint) -> bool:
    """Whether a body lacks something that is asked for when a member is left out."""
    return any(each.required for each in _members(endpoint)) or _by_hand(world, endpoint)


def _by_hand(world: World, endpoint: Endpoint) -> bool:
    """Whether the code itself refuses a body for what is not in it: `if in.Name == ""`; where what is missing is
    zero, also by a lower bound."""
    zero = world.project.stack.language == "go"
    return any(
        each.origin is not None
        and each.origin.kind == "body"
        and each.origin.name
        and (
            (each.operator == "eq" and not each.value)
            or (zero and each.operator == "lt" and bool(each.value))
        )
        for each in law.of(endpoint, "invalid")
    )


def _members(endpoint: Endpoint) -> tuple[Property, ...]:
    return properties(endpoint.body.schema) if endpoint.body else ()


def _changes(play: Scene, effect: Effect, record: Record) -> dict[str, tuple[str, Value]]:
    """By stored field: the body member that changes it, and its new value."""
    found = {}
    for each in effect.values:
        field = record.field(each.field)
        value = sent_value(play, each, play.sent) if is_direct(each.origin) else None
        member = plain(each.origin.name)
        plainly = field is not None and not field.computed  # a file is stored as its path
        if field and plainly and value is not None and member in play.sent:
            found[field.name] = (member, typed(field, value))
    return found


def _only(
    world: World,
    play: Scene,
    name: str,
    changes: dict[str, tuple[str, Value]],
    row: str,
    record: Record,
) -> Variation:
    member, value = changes[name]
    sent = play.sent[member]
    cells: list[tuple[str, Value]] = [("changes", Mapping(members=((member, sent),)))]
    for each in changes:
        kept = Ref(name=row, path=(each,))
        cells.append((each, value if each == name else kept))
    return Variation(id=f"when the {words(name)} is sent", cells=tuple(cells))
