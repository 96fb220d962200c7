"""A body that is no JSON at all is the caller's fault: one case for each way in which the app takes bodies in."""

from __future__ import annotations

from dataclasses import replace

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.value import Data
from comfrey.planner import law
from comfrey.planner.cast import NoValue
from comfrey.planner.drafts import draft, nothing_changes
from comfrey.planner.law import Expected
from comfrey.planner.needs import scene
from comfrey.planner.scenes import NoScene, Scene
from comfrey.planner.world import World

JSON = "application/json"


def cases(world: World) -> list[Case]:
    """The parser stands before all handlers: asking the plainest endpoint of each answer asks them all."""
    plainest: dict[tuple[int, ...], tuple[Scene, Expected]] = {}
    for endpoint in world.endpoints:
        expected, play = _expected(world, endpoint), _played(world, endpoint)
        if expected is None or play is None:
            continue
        known = plainest.get(expected.codes)
        if known is None or _effort(play) < _effort(known[0]):
            plainest[expected.codes] = (play, expected)
    return [_case(world, play, expected) for play, expected in plainest.values()]


def _effort(play: Scene) -> tuple[int, bool]:
    """How much a scene needs, and whether it only changes what is there."""
    return len(play.arrange), play.endpoint.method != "POST"


def _expected(world: World, endpoint: Endpoint) -> Expected | None:
    """What a body that is no JSON is answered with, None where nothing says so."""
    if endpoint.garbled_status is not None:
        text = f"a body that is not JSON is answered {endpoint.garbled_status}"
        because = Because(text=text, law="convention")
        return Expected(codes=(endpoint.garbled_status,), because=because)
    is_invalid = law.convention(world, "garbled") == "invalid"
    return law.invalid(world, endpoint) if is_invalid else None


def _played(world: World, endpoint: Endpoint) -> Scene | None:
    if endpoint.body is None or endpoint.body.media != JSON or endpoint.method == "GET":
        return None
    try:
        play = scene(world, endpoint)
    except (NoScene, NoValue):
        return None
    return play if play.body.members else None


def _case(world: World, play: Scene, expected: Expected) -> Case:
    head = f'{{"{play.body.members[0][0]}": '.encode()
    early = replace(play, answers=())  # it is turned away before any service is asked
    broken = Data(head=head.hex(), size=len(head), media=JSON)
    return draft(
        world,
        play.endpoint,
        "refuses a body that is not JSON",
        nothing_changes(world, early.calling(body=broken), expected),
        kind="validation",
        because=(expected.because,),
    )
