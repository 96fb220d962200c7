"""Rules that every plan keeps, over two hand-built projects that have little in common."""

from __future__ import annotations

import keyword
import re
from collections import Counter

import pytest

from comfrey.model.facts import CatalogTable, Facts
from comfrey.model.noun import from_json, to_json
from comfrey.model.origin import Effect
from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.model.step import Body, Call, Fail, Remember, Row, Seed, Sent, Status, Unchanged
from comfrey.model.value import Column, Literal, Mapping, Missing, Ref, Value, With
from comfrey.planner import plan
from comfrey.planner.scenes import leaves
from tests.planner import bookshop, tracker

PROJECTS = {"bookshop": bookshop.PROJECT, "tracker": tracker.PROJECT}
REFUSALS = (400, 401, 403, 404, 409, 422)


@pytest.fixture(params=sorted(PROJECTS))
def project(request: pytest.FixtureRequest) -> Project:
    return PROJECTS[request.param]


@pytest.fixture
def whole(project: Project) -> Plan:
    return plan(project)


def by_title(found: Plan, title: str) -> Case:
    return next(each for each in found.cases if each.title == title)


def steps_of(case: Case, kind: type) -> list:  # type: ignore[type-arg]
    return [each for each in case.steps if isinstance(each, kind)]


def codes(case: Case) -> tuple[int, ...]:
    status = steps_of(case, Status)[-1]
    return status.codes if isinstance(status.codes, tuple) else ()


def test_the_same_project_gives_the_same_plan(project: Project) -> None:
    assert plan(project) == plan(project)


def test_a_plan_survives_json(whole: Plan) -> None:
    assert from_json(to_json(whole), Plan) == whole


def test_ids_are_unique_and_titles_are_unique_in_their_group(whole: Plan) -> None:
    assert max(Counter(each.id for each in whole.cases).values()) == 1
    assert max(Counter((each.group, each.title) for each in whole.cases).values()) == 1


def test_titles_are_sentences_about_behaviour(whole: Plan) -> None:
    for case in whole.cases:
        assert re.match(r"[a-z]", case.title), case.title
        assert " should " not in case.title
        assert not re.search(r"/api|\{|POST|PATCH|DELETE", case.title), case.title


def test_groups_make_file_names(whole: Plan) -> None:
    for case in whole.cases:
        assert case.group.isidentifier()
        assert not keyword.iskeyword(case.group)


def test_every_case_says_why(whole: Plan) -> None:
    for case in whole.cases:
        assert case.because or all(each.because for each in case.variations), case.title


def test_every_row_fills_its_columns_and_no_table_has_one_row(whole: Plan) -> None:
    for case in whole.cases:
        assert len(case.variations) != 1, case.title
        assert bool(case.columns) == bool(case.variations)
        ids = [each.id for each in case.variations]
        assert len(set(ids)) == len(ids), case.title
        for row in case.variations:
            assert tuple(name for name, _ in row.cells) == case.columns, case.title


def test_every_name_is_bound_before_it_is_used(whole: Plan) -> None:
    for case in whole.cases:
        bound = {"response"}
        for step in case.steps:
            missing = {name for name in _used(step) if name not in bound}
            assert not missing, (case.title, missing)
            bound.add(getattr(step, "name", ""))
            for call in getattr(step, "calls", ()):
                bound.add(call.name)


def _used(part: object) -> set[str]:
    if isinstance(part, Ref):
        return {part.name}
    if isinstance(part, tuple):
        return {name for each in part for name in _used(each)}
    fields = getattr(part, "__struct_fields__", ())
    return {name for field in fields for name in _used(getattr(part, field))}


def test_seeds_have_builders_and_names_of_their_own(whole: Plan) -> None:
    built = {each.record for each in whole.builders}
    for case in whole.cases:
        seeds = steps_of(case, Seed)
        assert {each.record for each in seeds} <= built
        assert max(Counter(each.name for each in seeds).values(), default=1) == 1, case.title


def test_a_refused_write_changes_nothing(whole: Plan) -> None:
    for case in whole.cases:
        calls = steps_of(case, Call)
        if not calls or case.group == "access" or case.kind not in ("validation", "auth"):
            continue
        call = calls[-1]
        writes = call.method in ("POST", "PUT", "PATCH", "DELETE") and steps_of(case, Remember)
        if writes and set(codes(case)) <= set(REFUSALS):
            assert steps_of(case, Unchanged), case.title


def test_a_refused_body_differs_from_an_accepted_one_by_one_member(whole: Plan) -> None:
    accepted = {
        _shape(each) for case in whole.cases for each in steps_of(case, Call) if _happy(case)
    }
    varied = [
        call
        for case in whole.cases
        for call in steps_of(case, Call)
        if isinstance(call.body, With) and call.body.base != Mapping() and case.kind == "validation"
    ]
    assert varied
    for call in varied:
        assert isinstance(call.body, With)
        assert _shape(call.replace(body=call.body.base)) in accepted


def _happy(case: Case) -> bool:
    return case.kind in ("happy", "service") or case.column == "happy"


def _shape(call: Call) -> tuple[object, ...]:
    return (call.method, call.path, call.body)


def test_every_turned_away_request_has_a_twin_that_is_let_in(whole: Plan) -> None:
    let_in = {each.subject for each in whole.cases if _happy(each)}
    for case in whole.cases:
        if case.kind == "auth" and set(codes(case)) & {401, 403, 404}:
            rows = {each.subject for each in case.variations if each.subject}
            assert (rows or {case.subject}) <= let_in


def test_sent_values_differ_from_what_is_stored_and_from_defaults(
    whole: Plan, project: Project
) -> None:
    stored = {each.record: dict(each.defaults) for each in whole.builders}
    for case in whole.cases:
        if case.kind != "happy":
            continue
        for step in steps_of(case, Row):
            record = project.record(step.record)
            assert record is not None
            for call in steps_of(case, Call):
                _differ(call.body, dict(step.values), stored[step.record])


def _differ(body: Value | None, values: dict[str, Value], stored: dict[str, Value]) -> None:
    if body is None:
        return
    sent = {value.value for _, value in leaves(body) if isinstance(value, Literal)}
    assert 0 not in sent - {False}
    assert "" not in sent
    for name, value in values.items():
        if isinstance(value, Literal) and value.value in sent and not isinstance(value.value, bool):
            assert value != stored.get(name), name


def test_filters_leave_some_in_and_some_out(whole: Plan) -> None:
    tables = [each for each in whole.cases if each.title.startswith("filters") and each.columns]
    for case in tables:
        for row in case.variations:
            found = dict(row.cells)["found"]
            count = len(found.items)  # type: ignore[union-attr]
            assert count < 5
            assert count or "without match" in row.id


def test_rows_of_a_list_stand_in_no_order_that_is_asked_for() -> None:
    case = by_title(plan(bookshop.PROJECT), "sorts books")
    seeded = [dict(each.values)["title"].value for each in steps_of(case, Seed)]
    for row in case.variations:
        assert [each.value for each in dict(row.cells)["found"].items] != seeded  # type: ignore[union-attr]


def test_a_list_that_makes_rows_itself_promises_none_in_particular() -> None:
    project = bookshop.PROJECT
    made = Effect(action="create", record="Book", order=0)
    endpoints = tuple(
        each.replace(effects=(*each.effects, made))
        if each.listing and each.listing.record == "Book"
        else each
        for each in project.endpoints
    )

    titles = {each.title for each in plan(project.replace(endpoints=endpoints)).cases}

    assert "sorts books" not in titles
    assert any(each.startswith("lists books") for each in titles)


def test_the_total_is_no_multiple_of_the_page_size() -> None:
    case = by_title(plan(bookshop.PROJECT), "pages through books")
    total = next(each.value.value for each in steps_of(case, Body) if each.path == ("total",))
    sizes = {dict(dict(row.cells)["query"].members)["per_page"].value for row in case.variations}  # type: ignore[union-attr]
    assert all(total % size for size in sizes)
    assert [row.id for row in case.variations][-1] == "beyond the last page"


def test_a_seed_never_repeats_what_a_request_sends_for_a_unique_field() -> None:
    found = plan(bookshop.PROJECT)
    book = next(each for each in found.builders if each.record == "Book")
    spare = {value.value for value in dict(book.sequences)["isbn"]}  # type: ignore[union-attr]
    create = by_title(found, "creates a book")
    sent = dict(leaves(steps_of(create, Call)[0].body))["isbn"].value
    assert sent not in spare
    assert len(spare) >= 5


# --- the bookshop's promises ------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("refuses a second review of the same book", (409,)),
        ("hides another customer's order", (404,)),
        ("refuses a customer who deletes a review of another", (403,)),
        ("refuses to pay a paid order", (409,)),
        ("refuses an order for a book with too little stock", (409,)),
        ("refuses a book with an author that is not there", (404,)),
        ("refuses to delete a book that an order item depends on", (409,)),
        ("says that a book is missing", (404,)),
        ("lists only the caller's own orders", (200,)),
        ("refuses to change one's own email into that of another user", (409,)),
        ("deletes the review together with a book", (204,)),
    ],
)
def test_the_bookshop_keeps_its_promises(title: str, expected: tuple[int, ...]) -> None:
    assert codes(by_title(plan(bookshop.PROJECT), title)) == expected


def test_another_user_owns_what_is_refused() -> None:
    case = by_title(plan(bookshop.PROJECT), "hides another customer's order")
    order = next(each for each in steps_of(case, Seed) if each.record == "Order")
    call = steps_of(case, Call)[0]
    assert dict(order.values)["user_id"] == Ref(name="other_customer", path=("id",))
    assert call.login == "customer_headers"


def test_a_failure_in_every_step_of_an_order_leaves_nothing_behind() -> None:
    failing = [
        (step.record, step.operation)
        for case in plan(bookshop.PROJECT).cases
        if case.kind == "transaction"
        for step in steps_of(case, Fail)
    ]
    assert failing == [("Order", "insert"), ("Book", "update"), ("OrderItem", "insert")]


def test_each_failure_of_the_payment_gets_its_declared_answer() -> None:
    found = plan(bookshop.PROJECT)
    answers = {}
    for case in found.cases:
        if case.group == "payments" and case.column == "error" and case.variations:
            answers = {row.id: dict(row.cells)["status"].value for row in case.variations}  # type: ignore[union-attr]
    assert answers == {
        "an internal error": 502,
        "an answer of another shape": 502,
        "a refusal": 402,
    }
    asked = by_title(found, "asks the payment service once while paying an order")
    sent = steps_of(asked, Sent)[0]
    assert (sent.method, sent.path, sent.count) == ("POST", "/v1/charges", 1)


def test_both_sides_of_each_bound_are_tried() -> None:
    found = plan(bookshop.PROJECT)
    refused = {row.id for row in by_title(found, "refuses an invalid review").variations}
    accepted = {
        row.id for row in by_title(found, "accepts a review at the edge of its rules").variations
    }
    assert {"a rating of 0", "a rating of 6", "a body of 2001 characters"} <= refused
    assert {"a rating of 1", "a rating of 5", "a body of 2000 characters"} <= accepted


def test_a_missing_member_is_left_out_altogether() -> None:
    table = by_title(plan(bookshop.PROJECT), "refuses an invalid book")
    row = next(each for each in table.variations if each.id == "no isbn")
    assert dict(row.cells) == {"field": Literal(value="isbn"), "value": Missing()}
    call = steps_of(table, Call)[0]
    assert isinstance(call.body, With)
    assert call.body.path == Column(name="field")


def test_a_partial_change_touches_one_field_at_a_time() -> None:
    case = by_title(plan(bookshop.PROJECT), "changes nothing else of a review")
    rating = dict(case.variations[0].cells)
    assert rating["changes"] == Mapping(members=(("rating", Literal(value=2)),))
    assert rating["body"] == Ref(name="review", path=("body",))


def test_a_stored_hash_is_never_shown() -> None:
    case = by_title(plan(bookshop.PROJECT), "shows the caller's own user")
    hidden = [each.value for each in steps_of(case, Body) if each.match == "not_text"]
    assert Ref(name="customer", path=("password_hash",)) in hidden


# --- what is not known is not promised ----------------------------------------------------


def test_what_cannot_be_arranged_is_skipped_with_its_reason() -> None:
    skipped = {each.subject: each.reason for each in plan(tracker.PROJECT).skipped}
    assert skipped["GET /reports/{kind}"] == "what {kind} names is not known"
    assert "GET /feed" in skipped


def test_without_an_understood_handler_only_the_declaration_is_promised() -> None:
    blind = tuple(
        each.replace(effects=(), refusals=(), listing=None) for each in tracker.PROJECT.endpoints
    )
    found = plan(tracker.PROJECT.replace(endpoints=blind))
    http = [each for each in found.cases if each.kind != "record"]
    assert http
    for case in http:
        assert not steps_of(case, Row)
        assert not set(codes(case)) - {200, 422}, case.title


def test_an_unclear_refusal_makes_a_promise_a_question() -> None:
    unclear = bookshop.Refusal(status=400, condition="unknown")
    endpoints = tuple(
        each.replace(refusals=(*each.refusals, unclear))
        if each.handler.name == "open_issue"
        else each
        for each in tracker.PROJECT.endpoints
    )
    found = plan(tracker.PROJECT.replace(endpoints=endpoints))
    assert not by_title(found, "creates an issue").witnessed
    assert by_title(plan(tracker.PROJECT), "creates an issue").witnessed


def test_what_is_created_at_the_key_of_another_record_is_named_by_itself() -> None:
    old = next(e for e in bookshop.PROJECT.endpoints if e.handler.name == "create_review")
    moved = old.replace(path="/api/v1/reviews/of/{book_id}")
    endpoints = tuple(moved if each is old else each for each in bookshop.PROJECT.endpoints)
    found = plan(bookshop.PROJECT.replace(endpoints=endpoints))
    assert by_title(found, "creates a review").subject == moved.key


def with_tables(project: Project, *, but: str) -> Plan:
    """The plan where the migrated database has every table but one record's."""
    tables = [CatalogTable(name=e.table) for e in project.records if e.table and e.name != but]
    return plan(project, Facts(booted=True, tables=tuple(tables)))


def test_a_record_without_its_table_has_no_test_of_its_own() -> None:
    found = with_tables(bookshop.PROJECT, but="Review")

    assert "Review" not in {each.subject for each in found.cases}
    assert not [each for each in found.cases if "Review" in named(each)]
    refused = [
        each for each in found.cases if each.subject == "POST /api/v1/books/{book_id}/reviews"
    ]
    assert not [each for each in refused if not set(codes(each)) <= {401, 403}]
    assert [each for each in found.skipped if "the database has no table reviews" in each.reason]
    assert [each for each in found.cases if each.subject == "POST /api/v1/orders"]


def named(case: Case) -> set[str]:
    """The records that a case's steps speak of."""
    return {each for step in case.steps for each in (*getattr(step, "records", ()), getattr(step, "record", ""))}  # fmt: skip
