"""A change that a look alone carries out is asked for nothing but to refuse it."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, Handler, Parameter
from comfrey.model.origin import Effect
from comfrey.model.place import Place
from comfrey.model.plan import Case
from comfrey.model.project import Project, Stack
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import Call, Status, Unchanged
from comfrey.planner import plan

BUOY = Record(
    name="Buoy",
    table="buoys",
    module="harbour",
    place=Place(file="harbour.py", line=1),
    fields=(
        Field(name="id", type="integer", primary_key=True, default_from="auto"),
        Field(name="name", type="string", required=True),
    ),
)
KEY = Parameter(name="buoy_id", location="path", schema=Schema(type="integer"), required=True)


def _view(method: str, name: str, action: str, any_method: bool | None) -> Endpoint:
    return Endpoint(
        method=method,
        path=f"/buoys/{{buoy_id}}/{name}",
        handler=Handler(name=name, file="harbour.py", line=1),
        auth=False,
        parameters=(KEY,),
        status=302,
        effects=(
            Effect(action="read", record="Buoy", order=0),
            Effect(action=action, record="Buoy", order=1),
        ),
        any_method=any_method,
    )


def _cases(*endpoints: Endpoint) -> list[Case]:
    stack = Stack(language="python", framework="flask")
    project = Project(root=".", name="harbour", stack=stack, records=(BUOY,), endpoints=endpoints)
    return [each for each in plan(project).cases if each.subject == "GET /buoys/{buoy_id}/sink"]


def test_a_look_is_refused_and_nothing_changes_where_its_siblings_take_a_form_alone() -> None:
    [case] = _cases(_view("GET", "sink", "delete", True), _view("POST", "raise", "update", False))

    assert [each.method for each in case.steps if isinstance(each, Call)] == ["GET"]
    assert [each.codes for each in case.steps if isinstance(each, Status)] == [(405,)]
    assert any(isinstance(each, Unchanged) for each in case.steps)


def test_without_such_siblings_it_is_tested_as_it_is() -> None:
    found = _cases(_view("GET", "sink", "delete", True))
    assert (405,) not in [e.codes for case in found for e in case.steps if isinstance(e, Status)]
    assert found


def test_a_view_that_nothing_says_to_be_meant_for_forms_is_tested_as_it_is() -> None:
    found = _cases(_view("GET", "sink", "delete", None), _view("POST", "raise", "update", False))
    assert (405,) not in [e.codes for case in found for e in case.steps if isinstance(e, Status)]
