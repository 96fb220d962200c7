"""A small history by hand: a library of tools with one fixed bug and one that is still open."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.exchange import Outcome, Run
from comfrey.model.facts import Baseline, Facts, Finding
from comfrey.model.history import History, Phase
from comfrey.model.place import Because, Place, Unknown
from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.project import Project, Stack
from comfrey.model.record import Record
from comfrey.model.remedy import APP_BUG, Edit, Repair, Round, Verdict
from comfrey.model.service import Service
from comfrey.model.step import Call, Fail, Sent, Status
from comfrey.model.value import Literal

LEND = "POST /loans"
LIST = "GET /tools"
HANDLER = Handler(name="lend", file="app/loans.py", line=12)


def case(name: str, column: str, subject: str, **more: object) -> Case:
    return Case(
        id=name,
        title=name.replace("-", " "),
        column=column,
        subject=subject,
        group="loans",
        **{  # type: ignore[arg-type]
            "kind": "happy",
            "steps": (Call(method="GET", path="/"), Status(codes=(200,))),
            **more,
        },
    )


PLAN = Plan(
    root=".",
    cases=(
        case("lends-a-tool", "happy", LEND),
        case("refuses-zero-days", "validation", LEND),
        case(
            "turns-strangers-away",
            "auth",
            LEND,
            columns=("path",),
            variations=(
                Variation(id="lend", cells=(("path", Literal(value="/loans")),)),
                Variation(id="list", cells=(("path", Literal(value="/tools")),), subject=LIST),
            ),
        ),
        case("stores-a-loan", "create", "Loan"),
        case("tells-the-owner", "success", LEND, kind="service", steps=(Sent(service="Twilio"),)),
        case(
            "leaves-no-half-loan",
            "transaction",
            LEND,
            kind="transaction",
            steps=(Fail(record="Loan"), Call(method="POST", path="/loans")),
        ),
    ),
    questions=(Unknown(subject=LIST, reason="anyone may list: is that meant?"),),
)

CLOSED = Verdict(
    kind=APP_BUG,
    tests=("t",),
    cause="zero days are accepted",
    subject=LEND,
    because=(Because(text="CHECK (days > 0) | on loans", law="catalog"),),
    place=Place(file="app/schemas.py", line=7),
)
OPEN = Verdict(kind=APP_BUG, tests=("u",), cause="a <b>stranger</b> may list", subject=LIST)


def outcome(case_id: str, status: str = "passed", variation: str = "") -> Outcome:
    name = f"tests/integration/test_loans.py::test_{case_id}{variation}"
    return Outcome(
        test=name,
        status=status,
        case=case_id,
        variation=variation,
        message="expected 401\x00, got 200" if status == "failed" else "",
    )


def history() -> History:
    run = Run(
        command=("pytest",),
        outcomes=(
            outcome("lends-a-tool"),
            outcome("refuses-zero-days"),
            outcome("turns-strangers-away", variation="lend"),
            outcome("turns-strangers-away", "failed", variation="list"),
            outcome("stores-a-loan"),
            outcome("tells-the-owner"),
            outcome("leaves-no-half-loan"),
            Outcome(test="tests/test_own.py::test_old", status="passed"),
        ),
    )
    repair = Repair(
        verdict=CLOSED,
        recipe="bound",
        summary="`days` gets `gt=0`",
        edits=(Edit(file="app/schemas.py", start=1, end=2, text="x"),),
    )
    return History(
        project=Project(
            root=".",
            name="toolshed",
            stack=Stack(language="python", framework="fastapi", orms=("sqlalchemy",)),
            endpoints=(
                Endpoint(method="POST", path="/loans", handler=HANDLER),
                Endpoint(method="GET", path="/tools", handler=HANDLER),
                Endpoint(method="GET", path="/health", handler=HANDLER),
            ),
            records=(Record(name="Loan", table="loans", place=Place(file="app/models.py")),),
            services=(Service(kind="sms", name="Twilio", library="twilio"),),
        ),
        plan=PLAN,
        facts=Facts(
            database="PostgreSQL 18.6",
            baseline=Baseline(ran=True, passed=("a",), failed=("b",)),
            findings=(Finding(kind="posture", text="POST /loans is open"),),
        ),
        runs=(run,),
        rounds=(Round(number=1, verdicts=(CLOSED, OPEN), kept=(repair,)),),
        unresolved=(OPEN,),
        phases=(Phase(name="read", seconds=0.5), Phase(name="run", seconds=4.0)),
        coverage=(("line", 91.25),),
    )
