"""Rows that are not there, where the code cannot go on without them."""

from __future__ import annotations

from comfrey.model.endpoint import Parameter
from comfrey.model.origin import Effect
from comfrey.planner import plan
from comfrey.planner.absence import missing_answer
from comfrey.planner.world import World
from tests.planner import bookshop


def noted(*, demanded: bool) -> tuple[int, ...] | None:
    """What a note on an author that is not there is answered with."""
    read = Effect(
        action="read",
        record="Author",
        where=bookshop.by("id", bookshop.path("author_id")),
        demanded=demanded,
    )
    names = Parameter(name="author_id", location="path", schema=bookshop.whole(), required=True)
    found = bookshop.endpoint(
        "POST", "/authors/{author_id}/notes", "note", parameters=(names,), effects=(read,)
    )
    project = bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, found))
    author = project.record("Author")
    assert author is not None
    expected = missing_answer(World(project), found, author, "author_id")
    asked = [each for each in plan(project).cases if each.subject == found.key]
    assert any("not there" in each.title for each in asked) == demanded
    return expected.codes if expected else None


def test_a_row_that_the_code_demands_is_missed_with_404() -> None:
    assert noted(demanded=True) == (404,)


def test_a_row_that_the_code_only_looks_for_may_be_missing() -> None:
    assert noted(demanded=False) is None
