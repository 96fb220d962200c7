"""What an endpoint declares and its code never gives is promised all the same."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, IdleGuard, Note, Parameter, Response
from comfrey.model.origin import Assignment, Effect, Origin, Refusal
from comfrey.model.place import Place
from comfrey.model.plan import Case, Plan
from comfrey.model.project import Application, Project
from comfrey.model.schema import Property, Schema
from comfrey.model.step import Call, Row, Sent, Stub, Unchanged
from comfrey.model.value import Computed, Literal, Mapping, Ref
from comfrey.planner import plan
from tests.planner import bookshop


def endpoint(handler: str) -> Endpoint:
    return next(each for each in bookshop.PROJECT.endpoints if each.handler.name == handler)


def changed(handler: str, **changes: object) -> Project:
    endpoints = tuple(
        each.replace(**changes) if each.handler.name == handler else each
        for each in bookshop.PROJECT.endpoints
    )
    return bookshop.PROJECT.replace(endpoints=endpoints)


def titles(found: Plan) -> set[str]:
    return {each.title for each in found.cases}


def case(found: Plan, title: str) -> Case:
    return next(each for each in found.cases if each.title == title)


# --- declared answers ------------------------------------------------------------


def without_states() -> Endpoint:
    pay = endpoint("pay_order")
    return pay.replace(refusals=tuple(e for e in pay.refusals if e.condition != "state"))


def test_a_declared_conflict_that_nothing_gives_is_the_state_that_the_request_brings_about() -> (
    None
):
    bare = without_states()
    told = (*bare.responses, Response(status=409))
    title = "refuses to pay a paid order"
    assert title not in titles(plan(changed("pay_order", refusals=bare.refusals)))
    found = plan(changed("pay_order", refusals=bare.refusals, responses=told))
    assert title in titles(found)


def test_a_guard_of_signed_requests_that_nothing_calls_is_promised_where_its_answer_is_declared() -> (
    None
):
    header = Parameter(name="x-signature", location="header", schema=Schema(type="string"))
    guard = IdleGuard(name="check", statuses=(400,), parameters=(header,), place=Place(file="a.py"))
    pay = endpoint("pay_order")
    silent = plan(changed("pay_order", idle=(guard,)))
    assert not any("unsigned" in each for each in titles(silent))
    told = (*pay.responses, Response(status=400))
    found = plan(changed("pay_order", idle=(guard,), responses=told))
    assert any("unsigned" in each for each in titles(found))


# --- what was taken ---------------------------------------------------------------


def cancelling(*notes: str) -> Project:
    """A cancel beside the other endpoints that only sets the state."""
    pay = without_states()
    cancelled = Assignment(field="status", origin=Origin(kind="constant", value="cancelled"))
    effects = (
        pay.effects[0],
        Effect(
            action="update",
            record="Order",
            where=pay.effects[0].where,
            values=(cancelled,),
            order=1,
        ),
    )
    made = pay.replace(
        path="/api/v1/orders/{order_id}/cancel",
        handler=pay.handler.replace(name="cancel_order"),
        body=None,
        services=(),
        refusals=tuple(e for e in pay.refusals if e.condition == "missing"),
        effects=effects,
        notes=tuple(Note(text=each) for each in notes),
    )
    create = endpoint("create_order")
    stock = Origin(
        kind="derived",
        operation="sub",
        of=(
            Origin(kind="row", name="Book.stock"),
            Origin(kind="body", name="items.quantity"),
        ),
    )
    taking = tuple(
        each.replace(values=(Assignment(field="stock", origin=stock),))
        if each.record == "Book" and each.action == "update"
        else each
        for each in create.effects
    )
    project = changed("create_order", effects=taking)
    return project.replace(endpoints=(*project.endpoints, made))


def test_an_undoing_gives_back_what_it_says_it_does() -> None:
    found = plan(cancelling("Cancel an order and put its books back."))
    kept = [each for each in found.cases if each.subject.endswith("/cancel")]
    rows = [step for each in kept for step in each.steps if isinstance(step, Row)]
    assert any(each.record == "Book" and "stock" in dict(each.values) for each in rows)


def test_an_undoing_that_promises_nothing_is_a_question() -> None:
    found = plan(cancelling("Cancel an order."))
    about = [each for each in found.questions if each.subject.endswith("/cancel")]
    assert any("gives none back" in each.reason for each in about)


def test_settings_that_show_the_code_to_everybody_are_a_question() -> None:
    shown = Application(module="quay.wsgi", settings="quay.settings", adjusted=("debug",))
    found = plan(bookshop.PROJECT.replace(application=shown))
    assert [each.reason[:11] for each in found.questions if each.subject == "quay.settings"] == [
        "DEBUG is on"
    ]


# --- services -----------------------------------------------------------------------


def failing(effects_before: int) -> Case:
    pay = endpoint("pay_order")
    refusals = tuple(
        each.replace(effects_before=effects_before) if each.condition == "service" else each
        for each in pay.refusals
    )
    title = "reports a failing payment service while paying an order"
    return case(plan(changed("pay_order", refusals=refusals)), title)


def test_a_failed_request_leaves_no_state_behind_in_which_it_would_be_refused() -> None:
    assert any(isinstance(each, Unchanged) for each in failing(effects_before=2).steps)


def test_a_mail_before_the_commit_is_a_fault_where_all_others_wait_for_it() -> None:
    mail = endpoint("register").services[0]
    late = tuple(
        each.replace(services=(mail.replace(settled=True),))
        if each.handler.name in ("register", "create_order")
        else each
        for each in bookshop.PROJECT.endpoints
    )
    early = tuple(
        each.replace(services=(mail,)) if each.handler.name == "update_review" else each
        for each in late
    )
    found = plan(bookshop.PROJECT.replace(endpoints=early))
    about = [
        each
        for each in found.cases
        if each.subject.startswith("PATCH /api/v1/reviews") and "sends no mail" in each.title
    ]
    assert [step.count for each in about for step in each.steps if isinstance(step, Sent)] == [0]


def test_a_service_that_nobody_knows_answers_what_the_code_reads_of_it() -> None:
    read = Schema(
        type="object",
        properties=(
            Property(name="id", schema=Schema(type="string"), required=True),
            Property(
                name="status", schema=Schema(type="string", enum=("succeeded",)), required=True
            ),
        ),
    )
    uses = tuple(each.replace(answer=read) for each in endpoint("pay_order").services)
    found = case(plan(changed("pay_order", services=uses)), "pays an order")
    bodies = [step.body for step in found.steps if isinstance(step, Stub)]
    assert [dict(each.members)["status"] for each in bodies if isinstance(each, Mapping)] == [
        Literal(value="succeeded")
    ]


def test_a_request_sends_the_version_that_it_has_read_and_is_refused_with_another() -> None:
    update = endpoint("update_review")
    stale = Refusal(
        status=409,
        condition="state",
        record="Review",
        field="rating",
        operator="ne",
        origin=Origin(kind="body", name="rating"),
        place=Place(file="a.py"),
    )
    found = plan(changed("update_review", refusals=(*update.refusals, stale)))
    title = "refuses a change of a review for another rating"
    (call,) = (each for each in case(found, title).steps if isinstance(each, Call))
    assert isinstance(call.body, Mapping)
    sent = dict(call.body.members)["rating"]
    assert isinstance(sent, Computed)
    assert sent.of[0] == Ref(name="review", path=("rating",))
