"""The rows that a request leaves behind."""

from __future__ import annotations

from comfrey.model.origin import Effect
from comfrey.model.step import Row, Rows
from comfrey.planner import plan
from tests.planner import bookshop


def test_the_key_in_the_answer_is_that_of_the_record_which_the_answer_shows() -> None:
    both = (
        Effect(action="create", record="Author", values=bookshop.writes("name")),
        Effect(action="create", record="Review", values=bookshop.writes("body"), order=1),
    )
    found = bookshop.endpoint(
        "POST",
        "/debuts",
        "debut",
        status=201,
        body=bookshop.shape("Debut", {"name": bookshop.NAME, "body": bookshop.NAME}),
        answer=bookshop.AUTHOR,
        effects=both,
    )
    project = bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, found))
    case = next(each for each in plan(project).cases if each.subject == found.key)
    assert {each.record for each in case.steps if isinstance(each, Row)} == {"Author"}
    assert {each.record for each in case.steps if isinstance(each, Rows)} == {"Review"}
