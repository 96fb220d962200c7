"""Faults that the source witnesses become red cases; postures become questions."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, Guard
from comfrey.model.facts import CatalogColumn, CatalogForeignKey, CatalogTable, Facts, ServedRoute
from comfrey.model.origin import Effect, Listing, Refusal
from comfrey.model.place import Place
from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.model.record import Field, Record
from comfrey.model.step import Call, Header, Refused, Status
from comfrey.model.value import Literal, Mapping, Ref
from comfrey.planner import plan
from comfrey.planner.ground import grounded
from tests.planner import bookshop, tracker

PROJECTS = CatalogTable(name="project")


def changed(handler: str, **changes: object) -> Project:
    endpoints = tuple(
        each.replace(**changes) if each.handler.name == handler else each
        for each in bookshop.PROJECT.endpoints
    )
    return bookshop.PROJECT.replace(endpoints=endpoints)


def endpoint(handler: str) -> Endpoint:
    return next(each for each in bookshop.PROJECT.endpoints if each.handler.name == handler)


def loosened(handler: str, member: str, **rules: object) -> Project:
    body = endpoint(handler).body
    assert body is not None
    members = tuple(
        each.replace(schema=each.schema.replace(**rules)) if each.name == member else each
        for each in body.schema.properties
    )
    return changed(handler, body=body.replace(schema=body.schema.replace(properties=members)))


def titles(found: Plan) -> set[str]:
    return {each.title for each in found.cases}


def case(found: Plan, title: str) -> Case:
    return next(each for each in found.cases if each.title == title)


def test_a_schema_looser_than_its_check_is_tried_just_outside_the_check() -> None:
    title = "refuses an invalid review that could not be kept"
    assert title not in titles(plan(bookshop.PROJECT))
    found = case(plan(loosened("create_review", "rating", maximum=6)), title)
    assert "rating takes no such value" in " ".join(each.text for each in found.because)
    assert any(isinstance(each, Status) and each.codes == (400, 422) for each in found.steps)


def test_what_could_not_be_kept_is_refused_as_the_code_itself_says() -> None:
    """The endpoint answers 400 to a body that cannot be read, and 422 to a rating that is out of bounds."""
    project = loosened("create_review", "rating", maximum=6)
    told = Refusal(status=422, condition="invalid", origin=bookshop.sent("rating"))
    endpoints = tuple(
        each.replace(refusals=(*each.refusals, told), invalid_status=400)
        if each.handler.name == "create_review"
        else each
        for each in project.endpoints
    )

    found = case(
        plan(project.replace(endpoints=endpoints)),
        "refuses an invalid review that could not be kept",
    )

    assert [each.codes for each in found.steps if isinstance(each, Status)] == [(422,)]


def test_a_bound_of_creation_that_the_change_lacks_is_missed() -> None:
    found = plan(loosened("update_book", "title", min_length=None))
    assert "refuses an invalid change of a book that could not be kept" in titles(found)


def test_a_text_without_the_form_that_its_column_has_is_tried_in_another_form() -> None:
    title = "refuses an invalid book that could not be kept"
    found = case(plan(loosened("create_book", "published_on", format="")), title)
    assert "published_on takes no such value" in " ".join(each.text for each in found.because)
    assert "someday" in repr(found.steps)


def test_a_write_without_the_guard_of_its_siblings_is_tried_by_a_stranger() -> None:
    title = "turns away a stranger who deletes a review"
    assert title not in titles(plan(bookshop.PROJECT))
    found = case(plan(changed("delete_review", guards=(), auth=False)), title)
    assert any(isinstance(each, Status) and each.codes == (401,) for each in found.steps)


def test_an_open_door_beside_guarded_writes_is_no_fault() -> None:
    found = plan(bookshop.PROJECT)
    assert not any("stranger" in each for each in titles(found))


def test_a_row_without_the_owner_check_of_its_sibling_is_tried_by_another() -> None:
    refusals = tuple(
        each for each in endpoint("update_review").refusals if each.condition != "owner"
    )
    found = plan(changed("update_review", refusals=refusals))
    assert "refuses a caller who updates a review of another" in titles(found)


def test_a_row_beside_a_list_of_ones_own_is_hidden_though_no_sibling_looks_whose_it_is() -> None:
    by_key = bookshop.by("id", bookshop.path("order_id"))
    found = Effect(action="read", record="Order", where=by_key)
    shown = next(e for e in bookshop.PROJECT.endpoints if e.handler.name == "read_order")
    listed = next(e for e in bookshop.PROJECT.endpoints if e.handler.name == "list_orders")
    alone = bookshop.PROJECT.replace(endpoints=(listed, shown.replace(effects=(found,))))

    assert "hides another customer's order" in titles(plan(alone))
    open_list = listed.replace(listing=Listing(record="Order"))
    beside = alone.replace(endpoints=(open_list, *alone.endpoints[1:]))
    assert "hides another customer's order" not in titles(plan(beside))


def test_a_list_without_the_owner_that_every_key_asks_for_shows_only_ones_own() -> None:
    listing = endpoint("list_orders").listing
    assert listing is not None
    found = plan(changed("list_orders", listing=listing.replace(scope=())))
    assert "lists only the caller's own orders" in titles(found)


def loose_orders(*more: Endpoint) -> Project:
    """The bookshop whose listing and showing of orders no longer ask whose they are."""
    listing = endpoint("list_orders").listing
    read = endpoint("read_order").effects[0]
    assert listing is not None
    changes: dict[str, dict[str, object]] = {
        "list_orders": {"listing": listing.replace(scope=())},
        "read_order": {"effects": (read.replace(where=read.where[:1]),)},
    }
    endpoints = tuple(
        each.replace(**changes.get(each.handler.name, {})) for each in bookshop.PROJECT.endpoints
    )
    return bookshop.PROJECT.replace(endpoints=(*endpoints, *more))


def test_rows_that_only_a_role_may_list_are_shown_to_others_by_their_owner() -> None:
    kept = {"lists only the caller's own orders", "hides another customer's order"}
    everybodys = endpoint("list_orders").replace(
        path="/api/v1/admin/orders",
        guards=(bookshop.ADMIN,),
        listing=Listing(record="Order", place=bookshop.ROUTES),
    )
    assert kept <= titles(plan(loose_orders(everybodys)))
    assert not kept & titles(plan(loose_orders()))


def test_what_a_models_own_validator_turns_away_its_schema_must_turn_away() -> None:
    project = loosened("create_book", "title", pattern="")
    records = tuple(
        each.replace(
            fields=tuple(
                item.replace(pattern="^[A-Z].*$") if item.name == "title" else item
                for item in each.fields
            )
        )
        if each.name == "Book"
        else each
        for each in project.records
    )
    found = case(
        plan(project.replace(records=records)), "refuses an invalid book that could not be kept"
    )
    assert "Book.title is validated by ^[A-Z].*$" in {each.text for each in found.because}


def test_who_is_not_signed_in_is_sent_to_the_page_for_that() -> None:
    guard = Guard(scheme="session", status=302, sign_in="/sign-in/?next=")
    found = case(
        plan(changed("list_orders", guards=(guard,))),
        "sends a caller who is not signed in to the page for that",
    )
    where = Literal(value="/sign-in/?next=/api/v1/orders")
    assert Header(name="Location", value=where) in found.steps


def test_a_member_that_no_column_can_do_without_is_required() -> None:
    body = endpoint("create_review").body
    assert body is not None
    members = tuple(each.replace(required=False) for each in body.schema.properties)
    loose = body.replace(schema=body.schema.replace(properties=members))
    found = case(
        plan(changed("create_review", body=loose)),
        "refuses an invalid review that could not be kept",
    )
    assert "NOT NULL" in " ".join(each.text for each in found.because)


def test_a_declared_member_that_is_stored_nowhere_is_missed() -> None:
    title = "keeps the body that is sent where it creates a review of a book"
    assert title not in titles(plan(bookshop.PROJECT))
    effect = endpoint("create_review").effects[0]
    values = tuple(each for each in effect.values if each.field != "body")
    found = plan(changed("create_review", effects=(effect.replace(values=values),)))
    assert title in titles(found)


def test_a_sort_keeps_the_promise_of_its_name() -> None:
    listing = endpoint("list_books").listing
    assert listing is not None
    inverted = tuple(each.replace(descending=not each.descending) for each in listing.sorts)
    clean = case(plan(bookshop.PROJECT), "sorts books")
    faulty = case(
        plan(changed("list_books", listing=listing.replace(sorts=inverted))), "sorts books"
    )
    assert [each.cells for each in faulty.variations] == [each.cells for each in clean.variations]


def test_a_range_that_lost_one_end_is_still_promised() -> None:
    listing = endpoint("list_books").listing
    assert listing is not None
    kept = tuple(each for each in listing.filters if each.origin.name != "max_price")
    found = plan(changed("list_books", listing=listing.replace(filters=kept)))
    assert "max price" in {each.id for each in case(found, "filters books").variations}


def test_an_open_write_is_a_question_and_no_red_test() -> None:
    found = plan(changed("create_order", guards=(), auth=False, refusals=(), effects=()))
    assert "POST /api/v1/orders" in {each.subject for each in found.questions}
    assert not any("stranger" in each.title and "order" in each.title for each in found.cases)


# --- facts -------------------------------------------------------------------------------


def test_a_route_that_is_not_served_is_left_out() -> None:
    served = tuple(
        ServedRoute(method=each.method, path=each.path)
        for each in tracker.PROJECT.endpoints
        if each.handler.name != "close_issue"
    )
    found = plan(tracker.PROJECT, Facts(routes=served))
    assert not any(each.subject == "POST /issues/{issue_id}/close" for each in found.cases)
    assert "POST /issues/{issue_id}/close" in {each.subject for each in found.skipped}


def test_the_catalog_has_the_word_on_deletion_where_the_source_is_silent() -> None:
    table = CatalogTable(
        name="issue",
        columns=(
            CatalogColumn(name="id", type="uuid", nullable=False),
            CatalogColumn(name="title", type="character varying", nullable=False, length=60),
            CatalogColumn(name="project_id", type="uuid", nullable=False),
        ),
        foreign_keys=(
            CatalogForeignKey(
                columns=("project_id",), table="project", target=("id",), on_delete="restrict"
            ),
        ),
    )
    issue = tracker.ISSUE_RECORD
    silent = issue.replace(relations=(issue.relations[0].replace(on_delete=""),))
    project = tracker.PROJECT.replace(records=(tracker.PROJECT_RECORD, silent))
    found = plan(project, Facts(tables=(table, PROJECTS), database="PostgreSQL 18"))
    kept = case(found, "keeps a project that an issue points to")
    assert any(isinstance(each, Refused) and each.kind == "foreign_key" for each in kept.steps)
    assert "removes an issue with its project" not in titles(found)


def test_a_declared_cascade_is_expected_of_a_database_that_lost_it() -> None:
    key = CatalogForeignKey(columns=("project_id",), table="project", target=("id",))
    table = CatalogTable(name="issue", foreign_keys=(key,))
    found = plan(tracker.PROJECT, Facts(tables=(table, PROJECTS), database="PostgreSQL 18"))
    assert "removes an issue with its project" in titles(found)


def test_sqlite_promises_no_foreign_keys_and_no_lengths() -> None:
    found = plan(tracker.PROJECT, Facts(database="SQLite 3.45"))
    assert "refuses an issue of a project that is not there" not in titles(found)
    assert "refuses an invalid issue that could not be kept" not in titles(found)


def test_reference_rows_keep_exact_lists_from_being_promised() -> None:
    table = CatalogTable(name="books", rows=3)
    others = [each.table for each in bookshop.PROJECT.records if each.table not in ("", "books")]
    tables = (table, *(CatalogTable(name=each) for each in others))
    found = plan(bookshop.PROJECT, Facts(tables=tables))
    assert "pages through books" not in titles(found)


def test_a_change_of_a_row_is_for_those_who_may_make_and_otherwise_change_it() -> None:
    title = "keeps a customer out where it deletes a book"
    found = plan(changed("delete_book", guards=(bookshop.BEARER,)))
    assert case(found, title).subject == "DELETE /api/v1/books/{book_id}"


def test_a_key_that_a_schema_lets_one_ask_for_is_a_filter_though_no_code_makes_it_one() -> None:
    books = endpoint("list_books")
    assert books.listing is not None
    rest = tuple(e for e in books.listing.filters if e.origin.name != "author_id")
    listing = books.listing.replace(filters=rest)
    said = tuple(
        e.replace(place=Place(file="app/schemas.py", line=3)) if e.name == "author_id" else e
        for e in books.parameters
    )
    title = "filters books by author"
    assert title in titles(plan(changed("list_books", listing=listing, parameters=said)))
    unsaid = tuple(e.replace(place=None) for e in books.parameters)
    assert title not in titles(plan(changed("list_books", listing=listing, parameters=unsaid)))


def test_what_only_some_may_make_only_some_may_delete() -> None:
    project = changed("delete_book", guards=(bookshop.BEARER,))
    others = tuple(each for each in project.endpoints if each.handler.name != "update_book")
    title = "keeps a customer out where it deletes a book"
    assert case(plan(project.replace(endpoints=others)), title).kind == "auth"


def test_a_change_that_looks_whose_row_it_is_needs_no_role() -> None:
    owner = Refusal(status=404, condition="owner", record="Book", field="author_id")
    found = plan(changed("delete_book", guards=(bookshop.BEARER,), refusals=(owner,)))
    assert "keeps a customer out where it deletes a book" not in titles(found)


def test_a_number_names_a_row_as_an_integer_does() -> None:
    found = case(plan(loosened("create_book", "author_id", type="number")), "creates a book")
    call = next(each for each in found.steps if isinstance(each, Call))
    assert isinstance(call.body, Mapping)
    assert isinstance(dict(call.body.members)["author_id"], Ref)


def test_a_column_that_keeps_days_makes_days_of_moments() -> None:
    when = Field(name="shown_on", type="datetime")
    record = Record(
        name="Showing", table="showings", fields=(when,), place=Place(file="a.go", line=1)
    )
    project = tracker.PROJECT.replace(records=(record,))
    table = CatalogTable(name="showings", columns=(CatalogColumn(name="shown_on", type="date"),))
    found = grounded(project, Facts(tables=(table,)))
    assert found.records[0].fields[0].type == "date"


def test_an_admins_path_that_nobody_stands_before_keeps_strangers_out() -> None:
    key = "GET /api/v1/admin/books"
    own = endpoint("list_books").replace(path="/api/v1/admin/books", auth=False, guards=())
    open_ = (*bookshop.PROJECT.endpoints, own)

    (found,) = [
        each
        for each in plan(bookshop.PROJECT.replace(endpoints=open_)).cases
        if each.subject == key and "stranger" in each.title
    ]

    assert Status(codes=(401,)) in found.steps
    assert "asks for one" in found.because[0].text
    nobody = tuple(each.replace(auth=False, guards=(), roles=()) for each in open_)
    unguarded = plan(bookshop.PROJECT.replace(endpoints=nobody)).cases
    assert not [each for each in unguarded if each.subject == key and "stranger" in each.title]
