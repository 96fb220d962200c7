"""Changes that a mere look carries out, where the views beside it tell a form from a look."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import draft, nothing_changes
from comfrey.planner.law import Expected
from comfrey.planner.needs import scene
from comfrey.planner.world import World, careful_sibling

REFUSED = 405


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A look is refused as beside it, and nothing changes."""
    careful = careful_sibling(world.project.endpoints, endpoint)
    if careful is None:
        return []
    because = Because(text=f"{careful.key} takes no other method", place=careful.handler.place)
    play = scene(world, endpoint).calling(method="GET", body=None)
    steps = nothing_changes(world, play, Expected(codes=(REFUSED,), because=because))
    title = f"only looks where a form {deed(world, endpoint)}"
    return [draft(world, endpoint, title, steps, kind="auth", because=(because,))]
