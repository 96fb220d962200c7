"""Red tests as verdicts: from what a run and a rehearsal say to who is wrong."""

from __future__ import annotations

import pytest

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.exchange import Disagreement, Exchange, Outcome, Rehearsal, Run
from comfrey.model.facts import Facts, ServedRoute
from comfrey.model.origin import Refusal
from comfrey.model.place import Because, Place
from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.project import Authentication, Login, Project, Stack
from comfrey.model.remedy import APP_BUG, INFRASTRUCTURE, TEST_BUG, UNDECIDED, Verdict
from comfrey.model.step import Call, Remove, Row, Seed, Status
from comfrey.model.value import Literal
from comfrey.planner.doors import STORED_AS_SENT
from comfrey.verdict.clusters import ailments
from comfrey.verdict.judge import judge

HANDLER = Handler(name="build", file="boats/main.py", line=10, end_line=20)
PROJECT = Project(
    root=".",
    name="boats",
    stack=Stack(language="python", framework="fastapi"),
    endpoints=(Endpoint(method="POST", path="/boats", handler=HANDLER),),
)
FACTS = Facts(routes=(ServedRoute(method="POST", path="/boats"),))
DECLARED = (Because(text="a boat needs a name", place=Place(file="boats/main.py", line=5)),)
FRAME = Place(file="boats/store.py", line=7, name="save")


def _case(**more: object) -> Case:
    case = Case(
        id="boats/refuses",
        title="refuses a boat without a name",
        kind="validation",
        column="validation",
        subject="POST /boats",
        group="boats",
        steps=(Call(method="POST", path="/boats"), Status(codes=(422,))),
        because=DECLARED,
    )
    return case.replace(**more)


def _outcome(message: str, **more: object) -> Outcome:
    outcome = Outcome(
        test="t", status="failed", case="boats/refuses", error="AssertionError", message=message
    )
    return outcome.replace(**more)


def _verdicts(
    *outcomes: Outcome, case: Case | None = None, rehearsal: Rehearsal | None = None
) -> list[Verdict]:
    plan = Plan(root=".", cases=(case or _case(),))
    run = Run(command=("pytest",), outcomes=outcomes)
    found = ailments(run, plan, rehearsal or Rehearsal())
    return [judge(each, PROJECT, FACTS) for each in found]


def test_what_is_let_in_against_a_declaration_is_a_fault_of_the_app() -> None:
    (verdict,) = _verdicts(_outcome("assert 201 == 422\n +  where 201 = <Response [201 Created]>"))
    assert verdict.kind == APP_BUG
    assert verdict.subject == "POST /boats"
    assert verdict.cause == (
        "POST /boats should refuse a boat without a name, but it accepts it with 201; 422 is due"
    )
    assert verdict.place == HANDLER.place
    assert DECLARED[0] in verdict.because


def test_an_unhandled_error_is_one_whatever_was_expected() -> None:
    outcome = _outcome(
        "assert 500 == 422\n +  where 500 = <Response [500 Internal Server Error]>",
        trace=(Place(file="boats/main.py", line=12), FRAME),
        log="Traceback (most recent call last):\nsqlalchemy.exc.IntegrityError: null value",
    )
    (verdict,) = _verdicts(outcome, case=_case(because=(), witnessed=False))
    assert verdict.kind == APP_BUG
    assert verdict.place == FRAME
    assert "IntegrityError" not in verdict.cause
    assert any("sqlalchemy.exc.IntegrityError" in each.text for each in verdict.because)


def test_what_nothing_declares_is_a_question() -> None:
    (verdict,) = _verdicts(_outcome("assert 201 == 422"), case=_case(witnessed=False))
    assert verdict.kind == UNDECIDED


def test_a_refused_control_is_our_own_mistake() -> None:
    case = _case(steps=(Call(method="POST", path="/boats"), Status(codes=(201,))))
    (verdict,) = _verdicts(
        _outcome("assert 422 == 201\n where 422 = <Response [422 X]>"), case=case
    )
    assert verdict.kind == TEST_BUG


@pytest.mark.parametrize(("further", "kind"), [((), APP_BUG), (("inactive",), TEST_BUG)])
def test_whoever_has_just_signed_up_has_the_right_password(
    further: tuple[str, ...], kind: str
) -> None:
    login = Endpoint(
        method="POST",
        path="/login",
        handler=HANDLER,
        refusals=tuple(Refusal(status=400, condition=each) for each in ("credentials", *further)),
    )
    known = Authentication(user="User", login=Login(endpoint=login.key))
    case = _case(
        kind="lifecycle",
        steps=(Call(method="POST", path="/boats"), Status(codes=(200,), of="login")),
        because=(Because(text=STORED_AS_SENT),),
    )
    played = Disagreement(
        case="boats/refuses", variation="", step=case.steps[1], expected="200", actual="400"
    )
    plan = Plan(root=".", cases=(case,))
    run = Run(command=("go test",), outcomes=(_outcome("assert 400 == 200"),))
    (found,) = ailments(run, plan, Rehearsal(disagreements=(played,)))
    project = PROJECT.replace(endpoints=(*PROJECT.endpoints, login), authentication=known)
    assert judge(found, project, FACTS).kind == kind


def test_a_route_that_is_not_served_is_our_own_mistake() -> None:
    case = _case(subject="POST /ships", steps=(Status(codes=(201,)),))
    (verdict,) = _verdicts(_outcome("assert 404 == 201"), case=case)
    assert verdict.kind == TEST_BUG
    assert "does not serve POST /ships" in verdict.cause


def test_a_promise_that_rehearsal_saw_kept_is_our_own_mistake() -> None:
    kept = Rehearsal(met=(("boats/refuses", ""),))
    (verdict,) = _verdicts(_outcome("assert 201 == 422"), rehearsal=kept)
    assert verdict.kind == TEST_BUG


@pytest.mark.parametrize("shown", ["Boat not found", "Test timed out in 5000ms."])
def test_an_error_that_gets_out_of_a_handler_is_a_fault_of_the_app(shown: str) -> None:
    lost = Exchange(method="GET", path="/boats/1", status=0)
    seen = Disagreement(
        case="boats/refuses",
        variation="",
        step=Status(codes=(422,)),
        expected="status 422",
        actual="status 0",
        exchanges=(lost,),
        trace=(FRAME,),
        error="Error: Boat not found",
    )
    outcome = _outcome(shown, error="Error", trace=(FRAME,))
    (verdict,) = _verdicts(outcome, rehearsal=Rehearsal(disagreements=(seen,)))
    assert verdict.kind == APP_BUG
    assert verdict.place == FRAME


def test_a_helper_that_fails_is_our_own_mistake() -> None:
    helper = Place(file="tests/integration/factories.py", line=3)
    outcome = _outcome("no such column", error="KeyError", status="error", trace=(helper,))
    (verdict,) = _verdicts(outcome)
    assert verdict.kind == TEST_BUG


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("ConnectionRefusedError", "[Errno 111] Connect call failed"),
        ("OperationalError", "connection to server failed: Connection refused"),
        ("ProgrammingError", 'relation "boats" does not exist'),
        ("ModuleNotFoundError", "No module named 'boto3'"),
        ("ImproperlyConfigured", "HARBOUR_CLIENT_ID missing in env."),
        ("UndefinedValueError", "HARBOUR_KEY not found. Declare it as envvar."),
    ],
)
def test_what_the_tests_stand_on_is_infrastructure(error: str, message: str) -> None:
    (verdict,) = _verdicts(_outcome(message, error=error, status="error"))
    assert verdict.kind == INFRASTRUCTURE


@pytest.mark.parametrize("error", ["Boat.DoesNotExist", "NoResultFound"])
def test_a_promised_row_that_the_orm_does_not_find_is_a_fault_of_the_app(error: str) -> None:
    step = Row(record="Boat", where=(("name", Literal(value="heron")),))
    played = Disagreement(
        case="boats/refuses", variation="", step=step, expected="one Boat", actual="0 rows"
    )
    rehearsal = Rehearsal(disagreements=(played,))
    case = _case(steps=(*_case().steps, step), kind="happy")
    outcome = _outcome("no such boat", error=error)
    (verdict,) = _verdicts(outcome, case=case, rehearsal=rehearsal)
    assert verdict.kind == APP_BUG


def test_a_view_that_lacks_a_part_is_no_infrastructure() -> None:
    message = "DetailView is missing a QuerySet. Define DetailView.model"
    (verdict,) = _verdicts(_outcome(message, error="ImproperlyConfigured", status="error"))
    assert verdict.kind != INFRASTRUCTURE


def test_a_row_that_is_not_as_promised_names_its_column() -> None:
    step = Row(record="Boat", where=(), values=(("name", Literal(value="Heron")),))
    played = Disagreement(
        case="boats/refuses",
        variation="",
        step=step,
        expected='Boat.name is "Heron"',
        actual="null",
        exchanges=(Exchange(method="POST", path="/boats", status=201),),
    )
    case = _case(kind="happy", steps=(Call(method="POST", path="/boats"), step))
    outcome = _outcome("assert None == 'Heron'\n +  where None = <Boat>.name")
    for rehearsal in (Rehearsal(disagreements=(played,)), Rehearsal()):
        (verdict,) = _verdicts(outcome, case=case, rehearsal=rehearsal)
        assert verdict.kind == APP_BUG
        assert "stores another name" in verdict.cause


def test_a_seed_that_the_database_refuses_is_our_own_mistake() -> None:
    step = Seed(record="Boat", name="boat")
    played = Disagreement(
        case="boats/refuses", variation="", step=step, expected="a row", actual="refused"
    )
    case = _case(steps=(step, Status(codes=(422,))))
    (verdict,) = _verdicts(_outcome(""), case=case, rehearsal=Rehearsal(disagreements=(played,)))
    assert verdict.kind == TEST_BUG


def test_rows_of_one_table_about_one_member_are_one_cluster() -> None:
    rows = tuple(
        Variation(id=name, cells=(("field", Literal(value=field)),))
        for name, field in [("no name", "name"), ("an empty name", "name"), ("no age", "age")]
    )
    outcomes = [
        _outcome("assert 201 == 422", test=f"t[{each.id}]", variation=each.id) for each in rows
    ]
    verdicts = _verdicts(*outcomes, case=_case(variations=rows))
    assert [each.tests for each in verdicts] == [("t[no name]", "t[an empty name]"), ("t[no age]",)]


def test_one_crash_seen_by_several_cases_is_one_cluster() -> None:
    crash = _outcome("assert 500 == 422", trace=(FRAME,), log="ValueError: odd")
    verdicts = _verdicts(crash, crash.replace(test="u"))
    assert [each.tests for each in verdicts] == [("t", "u")]


def test_put_and_patch_that_crash_alike_are_one_cluster() -> None:
    subjects = ("PUT /boats/{id}", "PATCH /boats/{id}", "PATCH /crews/{id}")
    cases = tuple(_case(id=each, subject=each) for each in subjects)
    outcomes = tuple(
        _outcome("assert 500 == 422", trace=(FRAME,), log="KeyError: 'name'", test=each, case=each)
        for each in subjects
    )
    found = ailments(
        Run(command=("pytest",), outcomes=outcomes), Plan(root=".", cases=cases), Rehearsal()
    )
    assert [each.tests for each in found] == [subjects[:2], subjects[2:]]


def test_what_crashes_like_the_well_made_request_is_one_cluster_whatever_else_is_asked() -> None:
    def crash(test: str, variation: str = "") -> Outcome:
        log = f"TypeError: expected a number but got <Nobody object at 0x{len(test)}f>"
        return _outcome("assert 500 == 200", trace=(FRAME,), log=log, test=test, case=test)

    made = [("t", "happy"), ("missing", "missing"), ("invalid", "error")]
    cases = tuple(_case(id=name, column=column, subject=f"GET /{name}") for name, column in made)
    outcomes = tuple(crash(name) for name, _ in reversed(made))
    run = Run(command=("pytest",), outcomes=outcomes)
    (only,) = ailments(run, Plan(root=".", cases=cases), Rehearsal())
    assert (only.subject, only.failure) == ("GET /t", "")
    assert only.tests == ("t", "invalid", "missing")


@pytest.mark.parametrize(
    ("file", "kind"), [("tests/test_boats.py", APP_BUG), ("tests/factories.py", TEST_BUG)]
)
def test_a_deletion_that_should_take_others_along_and_is_refused_is_the_apps_fault(
    file: str, kind: str
) -> None:
    case = _case(
        kind="record",
        column="delete",
        title="removes a sail with its boat",
        steps=(
            Seed(record="Boat", name="boat"),
            Seed(record="Sail", name="sail"),
            Remove(name="boat", record="Boat"),
            Row(record="Sail", where=(("id", Literal(value=1)),), absent=True),
        ),
    )
    place = Place(file="tests/test_boats.py", line=3)
    trace = tuple(dict.fromkeys((place, Place(file=file, line=3))))
    outcome = _outcome(
        'update or delete on table "boats" violates foreign key constraint "sails_boat"',
        error="IntegrityError",
        trace=trace,
        place=place,
    )
    (verdict,) = _verdicts(outcome, case=case)
    assert verdict.kind == kind


def test_a_flaw_is_not_judged_where_the_well_made_request_is_answered_alike() -> None:
    steps = (Call(method="POST", path="/boats"), Status(codes=(201,)))
    well = _case(id="boats/builds", kind="happy", column="happy", steps=steps)
    plan = Plan(root=".", cases=(well, _case()))
    answered = "assert 404 == {}\n where 404 = <Response [404 Not Found]>.status_code"
    run = Run(
        command=("pytest",),
        outcomes=(
            _outcome(answered.format(201), case="boats/builds"),
            _outcome(answered.format(422), test="u"),
        ),
    )
    found = [judge(each, PROJECT, FACTS) for each in ailments(run, plan, Rehearsal())]
    assert [each.kind for each in found] == [TEST_BUG, TEST_BUG]
    alone = Run(command=("pytest",), outcomes=run.outcomes[1:])
    found = [judge(each, PROJECT, FACTS) for each in ailments(alone, plan, Rehearsal())]
    assert [each.kind for each in found] == [APP_BUG]


def test_a_host_that_no_name_service_knows_is_no_fault_of_the_app() -> None:
    error = "redis.exceptions.ConnectionError: Error -3 connecting to depot:6379. Temporary failure in name resolution."
    outcome = _outcome(
        "assert 500 == 201\n where 500 = <Response [500]>.status_code",
        log=f'Traceback (most recent call last):\n  File "boats/main.py", line 12\n{error}',
        trace=(FRAME,),
    )
    steps = (Call(method="POST", path="/boats"), Status(codes=(201,)))
    case = _case(kind="happy", column="happy", steps=steps)
    assert [each.kind for each in _verdicts(outcome, case=case)] == [INFRASTRUCTURE]


def test_statements_of_the_suite_that_no_database_understands_are_one_bug_of_the_suite() -> None:
    said = 'near "RETURNING": syntax error'
    found = _verdicts(
        _outcome(f"{said} (insert into boats)", error="SyntaxError"),
        _outcome(f"{said} (insert into piers)", error="SyntaxError", test="u"),
    )
    assert [(each.kind, len(each.tests)) for each in found] == [(TEST_BUG, 2)]
