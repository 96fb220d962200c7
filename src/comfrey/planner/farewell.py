"""Signing out: where the app keeps the tokens that no longer count, the one that was shown is refused from then on."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.step import Login, Status, Step
from comfrey.planner import law
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import draft
from comfrey.planner.needs import scene
from comfrey.planner.scenes import Scene
from comfrey.planner.world import World, effects, path_names

REVOKED = "revoked"
NUMBER = "jti"
"""The claim by which one token is told from every other of the same caller."""


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """The same token, shown again behind the endpoint that keeps its number."""
    guard = law.main_guard(endpoint)
    status = dict(guard.flaws).get(REVOKED) if guard is not None else None
    if guard is None or status is None or not _keeps(endpoint):
        return []
    again = _shown(world, endpoint)
    play = scene(world, endpoint)
    call = play.call.replace(name="first")
    second = scene(world, again).call.replace(login=play.call.login)
    because = Because(text="a token that was signed out is turned away", place=guard.place)
    steps: tuple[Step, ...] = (
        *_holding(play),
        call,
        second,
        Status(codes=law.success(endpoint).codes, of="first"),
        Status(codes=(status,)),
    )
    title = f"turns away the token of a caller who {deed(world, endpoint)}"
    return [
        draft(
            world,
            endpoint,
            title,
            steps,
            kind="auth",
            because=(because,),
            witnessed=play.sure,
        )
    ]


def _keeps(endpoint: Endpoint) -> bool:
    """Whether a request stores the number of the token that it comes with."""
    return any(
        value.origin.kind == "caller" and value.origin.name == NUMBER
        for effect in effects(endpoint, "create")
        for value in effect.values
    )


def _shown(world: World, endpoint: Endpoint) -> Endpoint:
    """What a caller may ask for with nothing but their token, as the endpoint's own guard lets in."""
    own = law.main_guard(endpoint)
    for each in world.endpoints:
        guard = law.main_guard(each)
        alike = guard is not None and own is not None and guard.scheme == own.scheme
        bare = not (path_names(each.path) or each.body or any(e.required for e in each.parameters))
        plain = alike and bare and not world.requirements(each)
        if plain and guard is not None and each.method == "GET" and REVOKED in dict(guard.flaws):
            return each
    return endpoint


def _holding(play: Scene) -> tuple[Step, ...]:
    """The arrangement, with the one token kept for both requests."""
    return tuple(e.replace(kept=True) if isinstance(e, Login) else e for e in play.arrange)
