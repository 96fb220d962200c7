"""The ledger refuses whatever promises less, by hand-picked losses and by properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfrey.healer.ledger import PROMISES, violations
from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.step import Body, Call, Row, Rows, Sent, Status, Step, Unchanged
from comfrey.model.value import Literal

CALL = Call(method="GET", path="/boats")


def _plan(*steps: Step, **more: object) -> Plan:
    case = Case(
        id="boats/lists",
        title="lists boats",
        kind="listing",
        column="happy",
        subject="GET /boats",
        group="boats",
        steps=(CALL, *steps),
    )
    return Plan(root=".", cases=(case.replace(**more),))


LOOSER = {
    "more statuses": (Status(codes=(404,)), Status(codes=(200, 404))),
    "any status": (Status(codes=(404,)), Status(codes=())),
    "fewer statuses ruled out": (
        Status(codes=(), other_than=(500, 201)),
        Status(codes=(), other_than=(500,)),
    ),
    "a weaker matcher": (
        Body(path=("name",), match="equals", value=Literal(value="Heron")),
        Body(path=("name",), match="present"),
    ),
    "any order": (Body(match="ids", key="id"), Body(match="contains")),
    "a column less": (
        Row(record="Boat", where=(), values=(("name", Literal(value="Heron")),)),
        Row(record="Boat", where=()),
    ),
    "a row that may stay": (
        Row(record="Boat", where=(), absent=True),
        Row(record="Boat", where=()),
    ),
    "any row": (
        Row(record="Boat", where=(("id", Literal(value=1)),)),
        Row(record="Boat", where=()),
    ),
    "other rows": (
        Rows(record="Boat", count=1, where=(("id", Literal(value=1)),)),
        Rows(record="Boat", count=3),
    ),
    "more may change": (
        Unchanged(name="before"),
        Unchanged(name="before", but=(("Boat", "name"),)),
    ),
    "any number of requests": (Sent(service="mail", count=1), Sent(service="mail")),
    "a header less": (
        Sent(service="pay", header_present=("Idempotency-Key",)),
        Sent(service="pay"),
    ),
}


@pytest.mark.parametrize("pair", LOOSER.values(), ids=LOOSER.keys())
def test_a_looser_promise_is_refused(pair: tuple[Step, Step]) -> None:
    strict, loose = pair
    assert violations(_plan(strict), _plan(loose))


@pytest.mark.parametrize("pair", LOOSER.values(), ids=LOOSER.keys())
def test_the_same_promise_is_kept(pair: tuple[Step, Step]) -> None:
    assert not violations(_plan(*pair), _plan(*pair))


def test_a_fact_that_is_put_right_is_no_loss() -> None:
    before = _plan(Status(codes=(200,)), Body(path=("items",), match="length"))
    after = _plan(Status(codes=(200,)), Body(path=("data", "items"), match="length"))
    assert not violations(before, after)


def test_a_case_that_becomes_a_question_is_refused() -> None:
    assert violations(_plan(Status(codes=(200,))), _plan(Status(codes=(200,)), witnessed=False))


def test_a_row_of_a_table_is_not_lost() -> None:
    rows = (Variation(id="no name", cells=()), Variation(id="no age", cells=()))
    before, after = _plan(variations=rows), _plan(variations=rows[:1])
    assert violations(before, after) == ("the row `no age` of `lists boats` is gone",)
    assert not violations(after, before)


codes = st.lists(st.integers(200, 599), min_size=1, max_size=3, unique=True).map(tuple)
promises = st.one_of(
    codes.map(lambda each: Status(codes=each)),
    st.sampled_from(["equals", "present", "type", "ids"]).map(lambda each: Body(match=each)),
    st.sampled_from(["Boat", "Crew"]).map(lambda each: Row(record=each, where=())),
    st.integers(0, 3).map(lambda each: Sent(service="mail", count=each)),
)
plans = st.lists(promises, min_size=1, max_size=6).map(lambda steps: _plan(*steps))


@given(plans)
def test_a_plan_breaks_no_promise_of_its_own(plan: Plan) -> None:
    assert violations(plan, plan) == ()


@given(plans, promises)
def test_promising_more_is_never_refused(plan: Plan, more: Step) -> None:
    case = plan.cases[0]
    richer = plan.replace(cases=(case.replace(steps=(*case.steps, more)),))
    assert violations(plan, richer) == ()


@given(plans, st.data())
def test_dropping_any_promise_is_refused(plan: Plan, data: st.DataObject) -> None:
    case = plan.cases[0]
    spots = [spot for spot, step in enumerate(case.steps) if isinstance(step, PROMISES)]
    gone = data.draw(st.sampled_from(spots))
    poorer = case.replace(steps=case.steps[:gone] + case.steps[gone + 1 :])
    assert violations(plan, plan.replace(cases=(poorer,)))


@given(plans)
def test_dropping_a_case_is_refused(plan: Plan) -> None:
    assert violations(plan, plan.replace(cases=()))
