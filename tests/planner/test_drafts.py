"""What a case asks of every answer of its kind."""

from __future__ import annotations

import pytest

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.project import Project, Stack
from comfrey.planner.drafts import names
from comfrey.planner.world import World


@pytest.mark.parametrize(("status", "named"), [(None, True), (422, True), (401, False)])
def test_a_field_is_named_unless_the_caller_is_turned_away(status: int | None, named: bool) -> None:
    stack = Stack(language="javascript", framework="nestjs")
    world = World(project=Project(root=".", name="ferry", stack=stack, error_shape="message"))
    endpoint = Endpoint(
        method="POST", path="/session", handler=Handler(name="open"), invalid_status=status
    )
    assert bool(names(world, "email", endpoint)) is named
