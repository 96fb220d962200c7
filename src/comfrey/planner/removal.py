"""Deleting: once, and what becomes of the rows that depend on it."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.plan import Case
from comfrey.model.record import Field, Record
from comfrey.model.step import Row, Seed, Status
from comfrey.model.value import Ref
from comfrey.planner import law
from comfrey.planner.absence import missing_answer, spared_caller
from comfrey.planner.drafts import draft, nothing_changes
from comfrey.planner.needs import scene
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import (
    World,
    effects,
    path_names,
)


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A second deletion, and each kind of row that points at the deleted one."""
    return [*_twice_deleted(world, endpoint), *_referenced(world, endpoint)]


def _twice_deleted(world: World, endpoint: Endpoint) -> list[Case]:
    if endpoint.method != "DELETE" or not path_names(endpoint.path):
        return []
    name = path_names(endpoint.path)[-1]
    key = world.path_key(endpoint, name)
    expected = missing_answer(world, endpoint, key[0], name) if key else None
    removes = key and any(each.record == key[0].name for each in effects(endpoint, "delete"))
    if key is None or expected is None or not removes:
        return []
    play = scene(world, endpoint)
    if play.target == play.caller:
        spared = spared_caller(world, endpoint, key[0], name)
        if spared is None:
            return []
        play = scene(world, endpoint, caller=spared[0])
        if play.target == play.caller:
            return []
    steps = (
        *play.arrange,
        play.call.replace(name="first"),
        play.call,
        Status(codes=law.success(endpoint).codes, of="first"),
        Status(codes=expected.codes),
    )
    return [
        draft(
            world,
            endpoint,
            f"has no {words(key[0].name)} left to delete a second time",
            steps,
            kind="lifecycle",
            column="edge",
            because=(expected.because,),
            witnessed=play.sure,
        )
    ]


def _referenced(world: World, endpoint: Endpoint) -> list[Case]:
    """A row that others depend on stays, or takes them along, as declared."""
    if endpoint.method != "DELETE" or not effects(endpoint, "delete"):
        return []
    play = scene(world, endpoint)
    record = world.project.record(play.record)
    if record is None or record.name not in {e.record for e in effects(endpoint, "delete")}:
        return []
    found = []
    for child, field, on_delete in children(world, record):
        seed = Seed(
            record=child.name,
            name=words(child.name).replace(" ", "_"),
            values=((field.name, Ref(name=play.target, path=(record.primary_key[0].name,))),),
        )
        if seed.name in {each.name for each in play.seeds}:
            continue
        case = _with_child(world, play.with_seeds(seed), record, child, on_delete)
        if case:
            found.append(case)
    return found


def children(world: World, record: Record) -> list[tuple[Record, Field, str]]:
    """The records whose rows point at `record`, by which field, and what ON DELETE says."""
    found = []
    for child in world.project.records:
        for field in child.fields:
            if field.references.startswith(f"{record.name}.") and child.name != record.name:
                relation = next((e for e in child.relations if e.field == field.name), None)
                on_delete = relation.on_delete if relation else ""
                kept = on_delete in ("restrict", "no_action", "")
                by_orm = kept and is_taken_along(record, child)
                found.append((child, field, BY_ORM if by_orm else on_delete))
    return found


BY_ORM = "orm"
"""The database would keep the row, the ORM removes first what depends on it."""


def is_taken_along(record: Record, child: Record) -> bool:
    """Whether the ORM removes a row's children, or its rows in a join table, before the row itself."""
    return any(
        (each.to == child.name and bool({"all", "delete"} & {*each.orm_cascade}))
        or (bool(each.through) and each.through in (child.name, child.table))
        for each in record.relations
    )


def _with_child(
    world: World, play: Scene, record: Record, child: Record, on_delete: str
) -> Case | None:
    declared = [
        each for each in law.of(play.endpoint, "referenced") if each.record in ("", child.name)
    ]
    what, others = words(record.name), words(child.name)
    if declared:
        expected = law.refused(declared[0], f"{a(others)} depends on it")
        steps = nothing_changes(world, play, expected)
        title = f"refuses to delete {a(what)} that {a(others)} depends on"
    elif (on_delete == "cascade" or _takes_along(play, child)) and len(child.primary_key) == 1:
        expected = law.success(play.endpoint)
        key = child.primary_key[0].name
        seed = play.seeds[-1].name
        gone = Row(record=child.name, where=((key, Ref(name=seed, path=(key,))),), absent=True)
        steps = (*play.arrange, play.call, Status(codes=expected.codes), gone)
        title = f"deletes the {others} together with {a(what)}"
    elif (
        on_delete in ("restrict", "no_action")
        and world.strict_database
        and _is_plain(play.endpoint)
    ):
        expected = law.rest(f"{a(others)} depends on it", 400, 409, 422)
        steps = nothing_changes(world, play, expected)
        title = f"refuses to delete {a(what)} that {a(others)} depends on"
    else:
        return None
    return draft(
        world,
        play.endpoint,
        title,
        steps,
        kind="lifecycle",
        column="edge",
        because=(expected.because,),
        witnessed=play.sure,
    )


def _takes_along(play: Scene, child: Record) -> bool:
    """True when the handler itself removes the rows that point at the one in its path."""
    return any(
        each.record == child.name
        and each.many
        and not each.conditional
        and any(
            where.operator == "eq" and where.origin.kind in ("path", "row") for where in each.where
        )
        for each in effects(play.endpoint, "delete")
    )


def _is_plain(endpoint: Endpoint) -> bool:
    """True when the handler only deletes this one row and refuses nothing that we do not understand."""
    return len(effects(endpoint, "create", "update", "delete")) == 1 and not law.of(
        endpoint, "unknown"
    )
