"""What a mended application promises on top of what it did before."""

from __future__ import annotations

from comfrey.healer.ledger import violations
from comfrey.healer.renewal import renewed
from comfrey.model.plan import Builder, Case, Plan, Variation
from comfrey.model.step import Call, Status
from comfrey.model.value import Column, Literal


def case(name: str, *rows: str, status: int = 401) -> Case:
    return Case(
        id=name,
        title=name,
        kind="auth",
        column="auth",
        subject="GET /boats",
        group="access",
        steps=(Call(method="GET", path=Column(name="path")), Status(codes=(status,))),
        columns=("path",) if rows else (),
        variations=tuple(
            Variation(id=each, cells=(("path", Literal(value=each)),)) for each in rows
        ),
    )


def test_a_table_gains_rows_and_new_cases_come_behind_the_old() -> None:
    old = Plan(root=".", cases=(case("access/strangers", "/boats"),))
    fresh = Plan(
        root=".", cases=(case("access/roles"), case("access/strangers", "/sails", "/boats"))
    )
    plan, new = renewed(old, fresh)
    assert [each.id for each in plan.cases] == ["access/strangers", "access/roles"]
    assert [each.id for each in plan.cases[0].variations] == ["/boats", "/sails"]
    assert new == {("access/strangers", "/sails"), ("access/roles", "")}
    assert not violations(old, plan)


def test_what_stands_is_neither_changed_nor_lost() -> None:
    old = Plan(
        root=".",
        cases=(case("access/strangers", "/boats"), case("access/guests")),
        builders=(Builder(record="Boat", password="kept"),),
    )
    fresh = Plan(
        root=".",
        cases=(case("access/strangers", "/boats", "/sails", status=403),),
        builders=(Builder(record="Boat"), Builder(record="Sail")),
    )
    plan, new = renewed(old, fresh)
    assert plan.cases == old.cases
    assert not new
    assert [each.record for each in plan.builders] == ["Boat", "Sail"]
    assert plan.builders[0].password == "kept"
