"""The few shapes that cases of several planners share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from comfrey.model.endpoint import Endpoint
from comfrey.model.plan import Case
from comfrey.model.step import Body, Remember, Seed, Status, Step, Unchanged
from comfrey.model.value import Column, Literal, Value
from comfrey.planner import law
from comfrey.planner.builders import said
from comfrey.planner.law import Expected
from comfrey.planner.scenes import Scene
from comfrey.planner.world import World, bare, comes_by_itself, written

BEFORE = "before"
EARLY = {401, 403, 422}
"""Refusals that are given before any service is asked."""


def draft(world: World, endpoint: Endpoint, title: str, steps: Iterable[Step], **more: Any) -> Case:
    """A case about an endpoint, in its resource's group; its id is given when all are put in order."""
    more.setdefault("column", more["kind"])
    more.setdefault("group", world.group(endpoint))
    held = tuple(_held(world, each) for each in steps)
    return Case(id="", title=title, subject=endpoint.key, steps=held, **more)


def _held(world: World, step: Step) -> Step:
    """A row with its flags as their fields hold them."""
    record = world.project.record(step.record) if isinstance(step, Seed) else None
    if record is None or not isinstance(step, Seed):
        return step
    return step.replace(
        values=tuple((name, said(world, record, name, value)) for name, value in step.values)
    )


def nothing_changes(
    world: World, play: Scene, expected: Expected, *checks: Step
) -> tuple[Step, ...]:
    """Arrange, the refused call, its status, and every row of what the endpoint writes as before."""
    if {*expected.codes} <= EARLY:
        play = replace(play, answers=())
    records = tuple(
        each
        for each in written(play.endpoint)
        if world.project.record(each) and not comes_by_itself(play.endpoint, each)
    )
    watch = (Remember(name=BEFORE, records=records),) if records else ()
    kept = (Unchanged(name=BEFORE, but=play.endpoint.touches),) if records else ()
    return (*play.arrange, *watch, play.call, Status(codes=expected.codes), *checks, *kept)


UNKNOWN = 401
"""Where invalid input is answered as a caller is who is not known, the answer says nothing of fields."""


def names(world: World, field: Value | str, endpoint: Endpoint | None = None) -> tuple[Step, ...]:
    """The answer names the refused field, where the framework's answers do, or the form of a page."""
    shown = endpoint is not None and endpoint.invalid_status == 200 and is_page(endpoint)
    shown = shown and law.tells_of_forms(world)
    unknown = endpoint is not None and endpoint.invalid_status == UNKNOWN
    body = endpoint.body.schema if endpoint is not None and endpoint.body is not None else None
    if body is not None and any(each.schema.unnamed for each in bare(body).properties):
        return ()
    if unknown or (not world.project.error_shape and not shown):
        return ()
    value = Literal(value=field) if isinstance(field, str) else field
    return (Body(match="names_field", value=value),)


def is_page(endpoint: Endpoint) -> bool:
    """Whether people are answered with HTML."""
    return any(each.media == "text/html" for each in endpoint.responses)


def column(name: str) -> Column:
    return Column(name=name)
