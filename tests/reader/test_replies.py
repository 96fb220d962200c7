"""Every refusal with the condition that it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.endpoint import Endpoint
from tests.reader.small_app import only, read_app


def told(endpoint: Endpoint) -> list[str]:
    """The refusals of the handler itself, without those of the guard in the shared head."""
    return [
        " ".join(
            str(part)
            for part in (e.status, e.condition, e.record, e.field, e.operator, e.value)
            if part not in ("", None)
        )
        for e in endpoint.refusals
        if e.detail not in ("Bad token", "Gone")
    ]


HANDLER = """
@app.{method}("/tickets/{{ticket_id}}")
def handle(ticket_id: int, db: Db, user: Caller, change: TicketChange) -> TicketOut:
    ticket = db.get(Ticket, ticket_id)
{body}
    return ticket
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if ticket is None: raise HTTPException(404)", "404 missing Ticket id"),
        ("if not ticket: raise HTTPException(status_code=410)", "410 missing Ticket id"),
        (
            "if ticket.project_id != user.id: raise HTTPException(403)",
            "403 owner Ticket project_id ne",
        ),
        ("if user.role != 'admin': raise HTTPException(403)", "403 role User role ne admin"),
        ("if not user.is_active: raise HTTPException(400)", "400 inactive User is_active eq False"),
        ("if user.is_active: raise HTTPException(400)", "400 state User is_active eq True"),
        (
            "if ticket.state == 'closed': raise HTTPException(409)",
            "409 state Ticket state eq closed",
        ),
        ("if ticket.votes < change.votes: raise HTTPException(409)", "409 state Ticket votes lt"),
        ("if change.votes > 10: raise HTTPException(422)", "422 invalid votes gt 10"),
        (
            "if db.scalar(select(Project).where(Project.name == change.title)):"
            " raise HTTPException(400)",
            "400 duplicate Project name",
        ),
    ],
)
def test_a_condition_is_understood(tmp_path: Path, body: str, expected: str) -> None:
    project = read_app(tmp_path, HANDLER.format(method="put", body="    " + body))
    (found,) = told(only(project))
    assert found.removesuffix(" ne") == expected.removesuffix(" ne")


def test_what_is_not_understood_is_said_to_be_unknown(tmp_path: Path) -> None:
    body = "    if weather_is_bad(): raise HTTPException(418, 'Rain')"
    project = read_app(tmp_path, HANDLER.format(method="put", body=body))
    assert told(only(project)) == ["418 unknown"]


def test_an_owner_check_names_who_is_spared(tmp_path: Path) -> None:
    body = (
        "    if user.role != 'admin' and ticket.project_id != user.id:\n"
        "        raise HTTPException(403)"
    )
    project = read_app(tmp_path, HANDLER.format(method="delete", body=body))
    refusal = only(project).refusals[-1]
    assert (refusal.condition, refusal.unless) == ("owner", (("role", "eq", "admin"),))


@pytest.mark.parametrize(
    "body",
    [
        "    if not ticket: missing()",
        "    if not ticket: raise NotFound('ticket')",
        "    if not ticket: raise Gone",
        "    try:\n        find(ticket)\n    except LookupError: raise HTTPException(404)",
        "    if not ticket: return JSONResponse({'detail': 'no'}, status_code=404)",
    ],
)
def test_an_answer_is_found_behind_helpers_and_exceptions(tmp_path: Path, body: str) -> None:
    head = """
    class NotFound(HTTPException):
        def __init__(self, what: str) -> None:
            super().__init__(status_code=404, detail=f"no {what}")

    class Gone(Exception):
        pass

    @app.exception_handler(Gone)
    def gone(request: Request, error: Gone) -> JSONResponse:
        return JSONResponse({"detail": "gone"}, status_code=404)

    def missing() -> None:
        raise HTTPException(404)

    def find(ticket: Ticket | None) -> None:
        if ticket is None:
            raise LookupError("no ticket")
    """
    from textwrap import dedent

    text = dedent(head) + HANDLER.format(method="put", body=body)
    assert told(only(read_app(tmp_path, text))) == ["404 missing Ticket id"]


def test_a_conflict_names_the_unique_fields_that_were_written(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.post("/projects/{project_id}/tickets")
        def create(project_id: int, ticket: TicketIn, db: Db) -> TicketOut:
            db.add(Ticket(project_id=project_id, **ticket.model_dump()))
            try:
                db.commit()
            except IntegrityError:
                db.rollback()
                raise HTTPException(409, "taken")
        """,
    )
    assert told(only(project)) == ["409 duplicate Ticket project_id,title"]


def test_a_conflict_on_removal_names_what_depends_on_the_row(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.delete("/projects/{project_id}")
        def remove(project_id: int, db: Db) -> None:
            project = db.get(Project, project_id)
            try:
                db.delete(project)
                db.commit()
            except IntegrityError as error:
                raise HTTPException(409) from error
        """,
    )
    assert told(only(project)) == ["409 referenced Ticket project_id"]


def test_the_order_of_effects_and_refusals_is_kept(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.post("/tickets/{ticket_id}/vote")
        def vote(ticket_id: int, db: Db) -> None:
            ticket = db.get(Ticket, ticket_id)
            if ticket is None:
                raise HTTPException(404)
            ticket.votes += 1
            if ticket.state != "open":
                raise HTTPException(409)
            db.commit()
        """,
    )
    assert [each.effects_before for each in only(project).refusals] == [1, 2]


def test_a_status_that_departs_from_rest_is_listed_and_kept(tmp_path: Path) -> None:
    body = "    if not ticket: raise HTTPException(400)"
    project = read_app(tmp_path, HANDLER.format(method="put", body=body))
    assert told(only(project)) == ["400 missing Ticket id"]
    assert [each.reason for each in project.departures] == [
        "a missing Ticket is answered 400, where REST says 404"
    ]


def test_what_the_handler_says_itself_comes_late(tmp_path: Path) -> None:
    body = "if ticket is None: raise HTTPException(404)"
    found = only(read_app(tmp_path, HANDLER.format(method="put", body="    " + body)))
    assert [(each.status, each.late) for each in found.refusals] == [
        (401, False),
        (401, False),
        (404, True),
    ]


def test_an_answer_that_an_except_around_everything_swallows_is_still_the_one_that_is_meant(
    tmp_path: Path,
) -> None:
    body = """
    try:
        if ticket is None:
            raise HTTPException(404, "No such ticket")
        db.commit()
    except Exception:
        raise HTTPException(500, "Something went wrong")"""
    found = told(only(read_app(tmp_path, HANDLER.format(method="put", body=body))))
    assert "404 missing Ticket id" in found
    assert not any(each.startswith("500 missing") for each in found)


def test_that_something_went_wrong_is_no_answer_to_a_condition(tmp_path: Path) -> None:
    body = "    if ticket is None: raise HTTPException(500)"
    project = read_app(tmp_path, HANDLER.format(method="put", body=body))
    assert told(only(project)) == []


CAUGHT = """
@app.post("/tickets/{ticket_id}/votes")
def vote(ticket_id: int, db: Db, user: Caller) -> None:
    ticket = db.get(Ticket, ticket_id)
    if ticket.state == "open":
        try:
            ticket.votes = int(ticket.title)
        except Exception:
            raise HTTPException(400)
        return None
    raise HTTPException(409)
"""


def test_what_else_holds_is_not_why_something_failed(tmp_path: Path) -> None:
    assert told(only(read_app(tmp_path, CAUGHT))) == [
        "400 unknown",
        "409 state Ticket state ne open",
    ]
