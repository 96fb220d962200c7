"""Passwords that a form asks for: the caller's own, a new one, the same again."""

from __future__ import annotations

import pytest

from comfrey.model.endpoint import Body, Endpoint, Handler, Response
from comfrey.model.origin import Effect, Filter, Origin
from comfrey.model.place import Place
from comfrey.model.plan import Case
from comfrey.model.project import Authentication, FunctionRef, Login, Project, Stack
from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.model.step import Call, Status
from comfrey.model.value import Literal, Mapping, With
from comfrey.planner import plan
from comfrey.planner.acceptance import accepts
from comfrey.planner.cast import PASSWORD
from comfrey.planner.passwords import is_text
from comfrey.planner.world import World

PLACE = Place(file="harbour/urls.py", line=1)
SAILOR = Record(
    name="Sailor",
    table="sailors",
    module="harbour.models",
    place=PLACE,
    fields=(
        Field(name="id", type="integer", primary_key=True, default_from="auto"),
        Field(name="username", type="string", required=True, unique=True),
        Field(name="password", type="string", required=True),
    ),
)
HASH = FunctionRef(module="django.contrib.auth.hashers", name="make_password")


def _form(
    name: str, path: str, *members: str, auth: bool, effects: tuple[Effect, ...] = ()
) -> Endpoint:
    text = Schema(type="string", min_length=1)
    properties = tuple(Property(name=each, schema=text, required=True) for each in members)
    return Endpoint(
        method="POST",
        path=path,
        handler=Handler(name="post", file="harbour/urls.py", line=1),
        auth=auth,
        body=Body(
            schema=Schema(name=name, type="object", properties=properties),
            media="application/x-www-form-urlencoded",
        ),
        status=302,
        responses=(Response(status=302, media="text/html"),),
        invalid_status=200,
        effects=effects,
    )


def _cases(endpoint: Endpoint) -> list[Case]:
    project = Project(
        root=".",
        name="harbour",
        stack=Stack(language="python", framework="django", orm="django"),
        records=(SAILOR,),
        endpoints=(endpoint,),
        authentication=Authentication(
            scheme="session",
            carrier="cookie:sessionid",
            user="Sailor",
            identifier="username",
            password="password",
            hash=HASH,
            mint=FunctionRef(module="settings", name="session_of", parameters=("key",)),
            mint_arguments=(("key", "Sailor.id"),),
        ),
    )
    return [each for each in plan(project).cases if each.subject == endpoint.key]


def _login(name: str) -> Endpoint:
    by = Filter(field="username", origin=Origin(kind="form", name="username"))
    found = Effect(action="read", record="Sailor", where=(by,), order=0)
    return _form(name, "/enter/", "username", "password", auth=False, effects=(found,))


def test_a_form_of_the_frameworks_own_is_shown_again_to_wrong_credentials() -> None:
    titles = {each.title: each for each in _cases(_login("AuthenticationForm"))}

    wrong = titles["refuses a wrong password and an unknown name alike"]

    assert [each.codes for each in wrong.steps if isinstance(each, Status)] == [(200,)]


def test_of_any_other_form_that_is_not_known() -> None:
    titles = [each.title for each in _cases(_login("GateForm"))]
    assert not [each for each in titles if "wrong password" in each]


def test_a_changed_password_is_the_callers_own_and_the_same_twice_whatever_else_is_tried() -> None:
    members = ("old_password", "new_password1", "new_password2")
    found = _cases(_form("PasswordChangeForm", "/password/", *members, auth=True))
    happy = next(each for each in found if each.kind == "happy")

    [body] = [each.body for each in happy.steps if isinstance(each, Call)]
    assert isinstance(body, Mapping) and not isinstance(body, With)
    sent = dict(body.members)
    assert sent["old_password"] == Literal(value=PASSWORD)
    assert sent["new_password1"] == sent["new_password2"] != sent["old_password"]
    assert happy.title == "changes a password"
    assert not [each.title for each in found if "edge of its rules" in each.title]


def test_beside_a_new_password_the_plain_one_is_the_callers_own() -> None:
    found = _cases(_form("Renewal", "/password/", "password", "new_password", auth=True))
    happy = next(each for each in found if each.kind == "happy")

    [body] = [each.body for each in happy.steps if isinstance(each, Call)]
    assert isinstance(body, Mapping)
    sent = dict(body.members)
    assert sent["password"] == Literal(value=PASSWORD) != sent["new_password"]


@pytest.mark.parametrize(
    ("name", "auth", "text"),
    [
        ("email", False, True),
        ("user_name", False, True),
        ("email", True, False),
        ("password", True, True),
        ("age", False, False),
    ],
)
def test_what_is_a_text_by_its_name_alone(name: str, auth: bool, text: bool) -> None:
    assert is_text(name, _form("Any", "/any/", name, auth=auth)) is text


@pytest.mark.parametrize(
    ("rule", "right"),
    [
        (Schema(type="string", min_length=8), PASSWORD),
        (Schema(type="string", min_length=4, max_length=16), "Amber-Meadow-57"),
        (
            Schema(
                type="string", pattern=r"^(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,}$"
            ),
            "Violet@Harbour42",
        ),
    ],
)
def test_everybody_logs_in_with_a_password_that_the_login_takes(rule: Schema, right: str) -> None:
    door = _login("GateForm")
    members = (Property(name="password", schema=rule, required=True),)
    body = Body(schema=Schema(type="object", properties=members))
    project = Project(
        root=".",
        name="harbour",
        stack=Stack(language="python", framework="django", orm="django"),
        records=(SAILOR,),
        endpoints=(door.replace(body=body),),
        authentication=Authentication(user="Sailor", login=Login(endpoint=door.key)),
    )
    world = World(project)

    assert world.password == right
    assert world.wrong_password != right and accepts(rule, world.wrong_password)
