"""A body that is no JSON is refused: one case for each way in which bodies are taken in, asked of its plainest endpoint."""

from __future__ import annotations

from comfrey.model.plan import Case
from comfrey.model.project import Project
from comfrey.model.step import Call, Seed, Status
from comfrey.model.value import Data
from comfrey.planner import plan
from tests.planner import bookshop

TITLE = "refuses a body that is not JSON"


def told(project: Project) -> list[Case]:
    return [each for each in plan(project).cases if each.title == TITLE]


def answering(status: int | None, **others: int) -> Project:
    """The bookshop under a framework without such a convention; `others` go by their handlers' names."""
    stack = bookshop.PROJECT.stack.replace(framework="express", language="javascript")
    endpoints = tuple(
        each.replace(garbled_status=others.get(each.handler.name, status))
        for each in bookshop.PROJECT.endpoints
    )
    return bookshop.PROJECT.replace(stack=stack, endpoints=endpoints)


def test_one_case_sends_a_broken_text_and_sees_it_refused() -> None:
    (case,) = told(answering(400))

    call = next(each for each in case.steps if isinstance(each, Call))
    assert isinstance(call.body, Data)
    assert bytes.fromhex(call.body.head).startswith(b'{"')
    assert Status(codes=(400,)) in case.steps
    assert not any(isinstance(each, Seed) for each in case.steps)


def test_each_answer_has_a_case_of_its_own() -> None:
    name = next(each.handler.name for each in bookshop.PROJECT.endpoints if each.method == "PATCH")

    codes = {
        each.codes for case in told(answering(400, **{name: 422})) for each in case.steps
        if isinstance(each, Status)
    }  # fmt: skip

    assert codes == {(400,), (422,)}


def test_nothing_is_asked_where_nothing_reads_bodies_as_json() -> None:
    assert not told(answering(None))
