"""Credentials by every library and way: the module parses, and waits only where it must."""

from __future__ import annotations

import ast

import pytest

from comfrey.model.project import FunctionRef, Login
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers.pytest.credentials import credentials, waits_for_token
from writer import library

LOGIN = Login(
    endpoint="POST /login",
    fields=(("identifier", "username"), ("password", "password")),
    media="application/x-www-form-urlencoded",
    token="access.token",
)


def written(*, asynchronous: bool, **changes: object) -> str:
    project = library.project(asynchronous=asynchronous)
    assert project.authentication is not None
    project = project.replace(authentication=project.authentication.replace(**changes))
    return credentials(project, Templates(asynchronous=asynchronous), asynchronous=asynchronous)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("name", ["pyjwt", "python-jose", "authlib", "", "unheard_of"])
@pytest.mark.parametrize("change", [{}, {"mint": None, "login": LOGIN, "identifier": "email"}])
def test_the_module_parses(asynchronous: bool, name: str, change: dict[str, object]) -> None:
    text = written(asynchronous=asynchronous, library=name, **change)
    names = {each.name for each in ast.walk(ast.parse(text)) if hasattr(each, "name")}
    assert {"auth_headers", "token", "signed"} <= names


def test_a_login_sends_what_the_app_asks_for_and_finds_the_token() -> None:
    text = written(asynchronous=True, mint=None, login=LOGIN, identifier="email")
    assert (
        'await client.post("/login", data={"username": user.email, "password": PASSWORD})' in text
    )
    assert 'response.json()["access"]["token"]' in text


def test_a_coroutine_that_makes_tokens_is_awaited() -> None:
    mint = FunctionRef(module="library", name="create_token", asynchronous=True)
    assert "await create_token(" in written(asynchronous=True, mint=mint)
    assert "asyncio.run(create_token(" in written(asynchronous=False, mint=mint)
    project = library.project(asynchronous=True)
    assert project.authentication is not None
    waiting = project.replace(authentication=project.authentication.replace(mint=mint))
    assert waits_for_token(waiting, asynchronous=True)
    assert not waits_for_token(project, asynchronous=True)


def test_without_any_way_to_a_token_there_is_no_module() -> None:
    assert written(asynchronous=True, mint=None) == ""
