"""A deletion is proved by the row that is gone and the row of another that stays."""

from __future__ import annotations

from comfrey.model.origin import Effect, Filter, Origin
from comfrey.model.plan import Case
from comfrey.model.project import Project
from comfrey.model.step import Call, Row, Rows, Seed
from comfrey.model.value import Ref
from comfrey.planner import plan
from tests.planner import bookshop


def with_deletion(route: str, *effects: Effect) -> Project:
    leaving = bookshop.endpoint(
        "DELETE", route, "leave", guards=(bookshop.BEARER,), status=204, effects=effects
    )
    return bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, leaving))


def happy(project: Project, subject: str) -> Case:
    return next(
        each for each in plan(project).cases if each.kind == "happy" and each.subject == subject
    )


def gone(case: Case) -> set[str]:
    return {
        key.name
        for step in case.steps
        if isinstance(step, Row) and step.absent
        for _, key in step.where
        if isinstance(key, Ref)
    }


def left(case: Case) -> set[str]:
    steps = [step for step in case.steps if isinstance(step, Rows) and step.count == 1]
    return {key.name for step in steps for _, key in step.where if isinstance(key, Ref)}


def test_callers_who_delete_themselves_are_gone_and_nobody_else_is() -> None:
    own = Effect(action="delete", record="User", where=bookshop.by("id", bookshop.caller()))
    case = happy(with_deletion("/me", own), "DELETE /api/v1/me")
    assert gone(case) == {"customer"}
    assert left(case) == {"other_customer"}


def test_rows_that_are_found_by_their_owner_are_gone_and_those_of_another_stay() -> None:
    own = Effect(action="delete", record="Review", where=bookshop.by("user_id", bookshop.caller()))
    case = happy(with_deletion("/me/reviews", own), "DELETE /api/v1/me/reviews")
    seeds = {each.name: dict(each.values) for each in case.steps if isinstance(each, Seed)}
    assert seeds["review"]["user_id"] == Ref(name="customer", path=("id",))
    assert "user_id" not in seeds["other_review"]
    assert (gone(case), left(case)) == ({"review"}, {"other_review"})


def test_a_row_that_the_path_names_by_a_column_of_many_is_told_from_its_neighbour() -> None:
    by_title = Effect(
        action="delete",
        record="Review",
        where=(Filter(field="body", origin=Origin(kind="path", name="id")),),
    )
    case = happy(with_deletion("/reviews/{id}", by_title), "DELETE /api/v1/reviews/{id}")
    [call] = [step for step in case.steps if isinstance(step, Call)]
    seeds = {each.name: dict(each.values) for each in case.steps if isinstance(each, Seed)}
    assert call.parameters == (("id", Ref(name="review", path=("body",))),)
    assert seeds["review"]["body"] != seeds["other_review"]["body"]
