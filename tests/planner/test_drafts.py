"""What a case asks of every answer of its kind."""

from __future__ import annotations

import pytest

from comfrey.model.endpoint import Body, Endpoint, Handler
from comfrey.model.project import Project, Stack
from comfrey.model.schema import Property, Schema
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


@pytest.mark.parametrize("unnamed", [True, False])
def test_no_field_is_named_where_a_rule_has_a_message_of_its_own(unnamed: bool) -> None:
    stack = Stack(language="javascript", framework="nestjs")
    world = World(project=Project(root=".", name="ferry", stack=stack, error_shape="message"))
    port = Property(name="port", schema=Schema(type="string", unnamed=unnamed))
    endpoint = Endpoint(
        method="POST",
        path="/landings",
        handler=Handler(name="land"),
        body=Body(schema=Schema(type="object", properties=(port,))),
    )
    assert bool(names(world, "port", endpoint)) is not unnamed
