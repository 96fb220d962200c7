"""Pages that a session lets into, in a project whose other callers show tokens."""

from __future__ import annotations

from comfrey.model.endpoint import Guard
from comfrey.model.origin import Origin, Refusal
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


def test_what_a_guard_asks_of_the_credential_itself_leaves_the_request_well_made() -> None:
    worded = Refusal(
        status=401,
        condition="invalid",
        field="Authorization",
        operator="ne",
        value="bearer",
        origin=Origin(kind="header", name="Authorization"),
    )
    carried = bookshop.BEARER.replace(carrier="header:Authorization")
    asked = [
        each.replace(refusals=(worded, *each.refusals), guards=(carried,)) if each.auth else each
        for each in bookshop.PROJECT.endpoints
    ]
    project = bookshop.PROJECT.replace(endpoints=tuple(asked))
    before = {each.title: each.witnessed for each in plan(bookshop.PROJECT).cases}
    after = {each.title: each.witnessed for each in plan(project).cases}
    assert {title for title, sure in before.items() if sure and not after.get(title, True)} == set()
