"""Pages that a session lets into, in a project whose other callers show tokens."""

from __future__ import annotations

from comfrey.model.endpoint import Guard
from comfrey.model.value import Literal
from comfrey.planner import plan
from tests.planner import bookshop

PAGE = bookshop.endpoint(
    "GET",
    "/dashboard",
    "dashboard",
    guards=(Guard(scheme="session", name="login_required", status=302, place=bookshop.ROUTES),),
)
PROJECT = bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, PAGE))


def paths(title: str) -> set[object]:
    case = next(each for each in plan(PROJECT).cases if each.title == title)
    return {
        value.value
        for each in case.variations
        for name, value in each.cells
        if name == "path" and isinstance(value, Literal)
    }


def test_a_page_of_a_session_is_shown_no_token_that_does_not_hold() -> None:
    assert "/api/v1/dashboard" in paths("turns away a caller without credentials")
    assert "/api/v1/dashboard" not in paths("turns away a token that does not hold")
    assert paths("turns away a token that does not hold")
