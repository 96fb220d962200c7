"""A text that the model asks for and a creation neither takes nor fills in."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project
from comfrey.model.step import Row
from comfrey.model.value import Literal
from comfrey.planner import plan
from tests.planner import bookshop

CREATES = "POST /api/v1/books"


def without_title(endpoint: Endpoint) -> Endpoint:
    if endpoint.key != CREATES or endpoint.body is None:
        return endpoint
    schema = endpoint.body.schema
    kept = tuple(each for each in schema.properties if each.name != "title")
    effects = tuple(
        each.replace(values=tuple(v for v in each.values if v.field != "title"))
        for each in endpoint.effects
    )
    body = endpoint.body.replace(schema=schema.replace(properties=kept))
    return endpoint.replace(body=body, effects=effects)


def owed(orm: str) -> list[tuple[str, str]]:
    project: Project = bookshop.PROJECT.replace(
        endpoints=tuple(map(without_title, bookshop.PROJECT.endpoints)),
        records=tuple(each.replace(orm=orm) for each in bookshop.PROJECT.records),
    )
    happy = next(c for c in plan(project).cases if c.kind == "happy" and c.subject == CREATES)
    rows = [each for each in happy.steps if isinstance(each, Row)]
    return [
        (name, how) for e in rows for name, how, value in e.matches if value == Literal(value="")
    ]


def test_an_orm_that_stores_an_empty_text_for_a_missing_one_must_not_leave_it_so() -> None:
    assert owed("django") == [("title", "not")]


def test_where_the_database_refuses_a_missing_text_nothing_more_is_asked() -> None:
    assert owed("sqlalchemy") == []
