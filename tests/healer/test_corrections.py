"""Facts put right in a plan: never what is expected, only how the question is asked."""

from __future__ import annotations

from comfrey.healer.corrections import callers, corrected, correction
from comfrey.healer.ledger import violations
from comfrey.model.ailment import BROKEN, LET_IN, Ailment
from comfrey.model.endpoint import Endpoint, Guard, Handler, Requirement
from comfrey.model.facts import CatalogColumn, CatalogTable, Facts
from comfrey.model.plan import Builder, Case, Persona, Plan, Variation
from comfrey.model.project import Authentication, Project, Stack
from comfrey.model.remedy import APP_BUG, TEST_BUG, Repair, Verdict
from comfrey.model.step import Call, Login, Seed, Status
from comfrey.model.value import Column, Literal


def _case(name: str, subject: str, kind: str, *steps: object) -> Case:
    return Case(
        id=name, title=name, kind=kind, column=kind, subject=subject, group="boats", steps=steps
    )


GUARDED = _case(
    "boats/builds",
    "POST /boats",
    "happy",
    Seed(record="User", name="admin", values=(("role", Literal(value="admin")),)),
    Login(name="as_admin", user="admin"),
    Call(method="POST", path="/boats", login="as_admin"),
    Status(codes=(201,)),
)
OPEN = _case(
    "boats/sinks",
    "DELETE /boats/{id}",
    "happy",
    Seed(record="Boat", name="boat"),
    Call(method="DELETE", path="/boats/{id}"),
    Status(codes=(204,)),
)
STRANGER = _case(
    "boats/turns-away",
    "DELETE /boats/{id}",
    "auth",
    Call(method="DELETE", path="/boats/{id}"),
    Status(codes=(401,)),
)
PROJECT = Project(root=".", name="boats", stack=Stack(language="python", framework="fastapi"))
PLAN = Plan(root=".", cases=(GUARDED, OPEN, STRANGER))


def test_after_a_new_guard_the_other_tests_come_as_its_siblings_do() -> None:
    ailment = Ailment(
        subject="DELETE /boats/{id}", symptom=LET_IN, cases=(("boats/turns-away", ""),)
    )
    mended = Repair(
        verdict=Verdict(kind=APP_BUG, tests=("t",), cause="open"), recipe="r", summary="s"
    )
    (repair,) = callers(mended, ailment, "POST /boats", PROJECT, PLAN)
    better = corrected(PLAN, repair)
    guarded, opened, stranger = better.cases
    assert guarded == GUARDED
    assert stranger == STRANGER
    assert opened.steps[:2] == GUARDED.steps[:2]
    assert opened.steps[3] == Call(method="DELETE", path="/boats/{id}", login="as_admin")
    assert not violations(PLAN, better)


def test_a_call_whose_key_is_written_out_comes_as_its_siblings_do_too() -> None:
    bad = _case(
        "boats/malformed",
        "DELETE /boats/{id}",
        "validation",
        Call(method="DELETE", path="/boats/not-a-number"),
        Status(codes=(422,)),
    )
    fact = (("caller", "DELETE /boats/{id}"), ("like", "POST /boats"), ("except", ""))
    verdict = Verdict(kind=APP_BUG, tests=("t",), cause="open")
    repair = Repair(verdict=verdict, recipe="caller", summary="s", fact=fact)
    better = corrected(Plan(root=".", cases=(GUARDED, bad)), repair)
    assert [each.login for each in better.cases[1].steps if isinstance(each, Call)] == ["as_admin"]


def test_a_builder_learns_the_column_that_the_database_asks_for() -> None:
    plan = Plan(root=".", builders=(Builder(record="Boat"), Builder(record="Crew")))
    column = CatalogColumn(name="length", type="integer", nullable=False)
    facts = Facts(tables=(CatalogTable(name="boats", columns=(column,)),))
    error = 'NotNullViolation: null value in column "length" of relation "boats" violates'
    ailment = Ailment(subject="POST /boats", symptom=BROKEN, record="Boat", error=error)
    verdict = Verdict(kind=TEST_BUG, tests=("t",), cause="x")
    repair = correction(verdict, ailment, plan, facts, PROJECT)
    assert repair is not None
    better = corrected(plan, repair)
    assert better.builders[0].defaults == (("length", Literal(value=1)),)
    assert better.builders[1] == plan.builders[1]
    assert corrected(better, repair) == better


def test_where_no_sibling_is_planned_the_persona_that_its_guard_asks_for_calls() -> None:
    admin = Persona(name="admin", values=(("role", Literal(value="admin")),))
    plan = Plan(root=".", cases=(OPEN,), personas=(Persona(name="customer"), admin))
    guard = Guard(requirements=(Requirement(field="role", value="admin"),))
    handler = Handler(name="build", file="boats/main.py")
    sibling = Endpoint(method="POST", path="/boats", handler=handler, guards=(guard,))
    project = PROJECT.replace(
        endpoints=(sibling,), authentication=Authentication(user="User", identifier="email")
    )
    ailment = Ailment(subject="DELETE /boats/{id}", symptom=LET_IN)
    mended = Repair(verdict=Verdict(kind=APP_BUG, tests=("t",), cause="x"), recipe="r", summary="s")
    (repair,) = callers(mended, ailment, "POST /boats", project, plan)
    (case,) = corrected(plan, repair).cases
    assert case.steps[0] == Seed(record="User", name="admin", values=admin.values)
    assert case.steps[1] == Login(name="admin_headers", user="admin")


def test_a_table_of_endpoints_that_calls_it_without_credentials_gets_them_too() -> None:
    rows = (
        Variation(id="one", cells=(), subject="DELETE /boats/{id}"),
        Variation(id="two", cells=(), subject="GET /boats/{id}"),
    )
    call = Call(method=Column(name="method"), path=Column(name="path"))
    table = _case("boats/keys", "DELETE /boats/{id}", "validation", call, Status(codes=(422,)))
    plan = Plan(root=".", cases=(GUARDED, table.replace(variations=rows)))
    ailment = Ailment(subject="DELETE /boats/{id}", symptom=LET_IN)
    mended = Repair(verdict=Verdict(kind=APP_BUG, tests=("t",), cause="x"), recipe="r", summary="s")
    (repair,) = callers(mended, ailment, "POST /boats", PROJECT, plan)
    steps = corrected(plan, repair).cases[1].steps
    assert steps[2] == call.replace(login="as_admin")
