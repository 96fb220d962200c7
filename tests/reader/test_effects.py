"""What handlers do to records, through helpers, repositories and whatever stands between."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect
from tests.reader.small_app import only, read_app


def told(endpoint: Endpoint) -> list[str]:
    return [said(each) for each in endpoint.effects]


def said(effect: Effect) -> str:
    where = ", ".join(
        f"{e.field} {e.operator} {e.origin.kind}:{e.origin.name or e.origin.value}"
        for e in effect.where
    )
    values = ", ".join(
        f"{e.field}={e.origin.kind}:{e.origin.name or e.origin.value}" for e in effect.values
    )
    marks = [n for n in ("partial", "many", "conditional") if getattr(effect, n)]
    return " ".join(
        each
        for each in (effect.action, effect.record, f"[{where}]", f"{{{values}}}", *marks)
        if each
    )


CREATING = """
def make(parent: int, given: TicketIn) -> Ticket:
    return Ticket(project_id=parent, title=given.title, votes=given.votes)

@app.post("/projects/{project_id}/tickets")
def create(project_id: int, ticket: TicketIn, db: Db) -> TicketOut:
    BODY
    db.add(row)
    db.commit()
    return row
"""
UPDATING = """
@app.patch("/tickets/{ticket_id}")
def update_ticket(ticket_id: int, change: TicketChange, db: Db) -> TicketOut:
    row = db.get(Ticket, ticket_id)
    BODY
    db.commit()
    return row
"""
CREATE = "create Ticket [] {project_id=path:project_id, title=body:title, votes=body:votes}"


@pytest.mark.parametrize(
    "body",
    [
        "row = Ticket(project_id=project_id, **ticket.model_dump())",
        "row = Ticket(project_id=project_id, title=ticket.title, votes=ticket.votes)",
        "data = ticket.dict(); data['project_id'] = project_id; row = Ticket(**data)",
        "data = {**ticket.model_dump(), 'project_id': project_id}; row = Ticket(**data)",
        "row = Ticket(**ticket.model_dump()); row.project_id = project_id",
        "row = make(project_id, ticket)",
    ],
)
def test_a_column_knows_the_input_that_it_is_written_from(tmp_path: Path, body: str) -> None:
    project = read_app(tmp_path, CREATING.replace("BODY", body))
    assert told(only(project)) == [CREATE]


@pytest.mark.parametrize(
    "body",
    [
        "for k, value in change.model_dump(exclude_unset=True).items(): setattr(row, k, value)",
        "data = change.dict(exclude_unset=True)\n    for k in data: setattr(row, k, data[k])",
        "if change.title is not None: row.title = change.title\n"
        "    if change.votes is not None: row.votes = change.votes",
    ],
)
def test_a_partial_update_writes_only_what_was_sent(tmp_path: Path, body: str) -> None:
    project = read_app(tmp_path, UPDATING.replace("BODY", body))
    assert told(only(project)) == [
        "read Ticket [id eq path:ticket_id] {}",
        "update Ticket [id eq path:ticket_id] {title=body:title, votes=body:votes} partial",
    ]


def test_a_generic_repository_is_followed_to_its_model(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        from typing import Generic, TypeVar
        M = TypeVar("M")

        class Crud(Generic[M]):
            def __init__(self, model: type[M]) -> None:
                self.model = model

            def get(self, db: Session, key: int) -> M | None:
                return db.query(self.model).filter(self.model.id == key).first()

            def remove(self, db: Session, *, key: int) -> M:
                row = self.get(db, key)
                db.delete(row)
                db.commit()
                return row

        class TicketCrud(Crud[Ticket]):
            pass

        tickets = TicketCrud(Ticket)

        @app.delete("/tickets/{ticket_id}")
        def remove(ticket_id: int, db: Db) -> None:
            tickets.remove(db, key=ticket_id)
        """,
    )
    assert told(only(project)) == [
        "read Ticket [id eq path:ticket_id] {}",
        "delete Ticket [id eq path:ticket_id] {}",
    ]


def test_the_callers_own_row_is_found_by_the_token_and_no_effect(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.post("/projects")
        def create(name: str, user: Caller, db: Db) -> None:
            db.add(Project(name=name, owner_id=user.id))
            db.commit()
        """,
    )
    assert told(only(project)) == ["create Project [] {name=query:name, owner_id=caller:id}"]


def test_writes_up_to_one_commit_are_one_transaction(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.post("/projects/{project_id}/close")
        def close(project_id: int, db: Db) -> None:
            db.execute(update(Ticket).where(Ticket.project_id == project_id).values(state="done"))
            db.execute(delete(Project).where(Project.id == project_id))
            db.commit()
            db.add(User(email="log"))
            db.commit()
        """,
    )
    endpoint = only(project)
    assert told(endpoint) == [
        "update Ticket [project_id eq path:project_id] {state=constant:done} many",
        "delete Project [id eq path:project_id] {} many",
        "create User [] {email=constant:log}",
    ]
    assert [each.atomic for each in endpoint.effects] == [1, 1, 0]


def test_what_happens_only_sometimes_is_conditional(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.post("/tickets/{ticket_id}/close")
        def close(ticket_id: int, db: Db) -> None:
            ticket = db.get(Ticket, ticket_id, with_for_update=True)
            if ticket.state == "open":
                ticket.state = "closed"
                db.commit()
        """,
    )
    assert told(only(project)) == [
        "lock Ticket [id eq path:ticket_id] {}",
        "update Ticket [id eq path:ticket_id] {state=constant:closed} conditional",
    ]


def test_a_copy_in_a_schema_is_no_write(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.get("/tickets/{ticket_id}")
        def show(ticket_id: int, db: Db) -> TicketOut:
            out = TicketOut.model_validate(db.get(Ticket, ticket_id))
            out.votes = 3
            return out
        """,
    )
    assert told(only(project)) == ["read Ticket [id eq path:ticket_id] {}"]


def test_code_without_end_is_left_at_some_point(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        def again(db: Session, depth: int) -> None:
            db.add(Project(name="x"))
            again(db, depth + 1)
            again(db, depth + 2)

        @app.post("/loop")
        def loop(db: Db) -> None:
            again(db, 0)
        """,
    )
    assert told(only(project))


def test_an_input_that_is_changed_before_it_is_stored(tmp_path: Path) -> None:
    code = """
    class SignUp(BaseModel):
        email: str
        secret: str
        role: str = "user"

    @app.post("/users")
    def sign_up(new: SignUp, db: Db) -> None:
        new.secret = context.hash(new.secret)
        user = User(**new.model_dump())
        db.add(user)
        db.commit()
    """
    created = next(e for e in only(read_app(tmp_path, code)).effects if e.action == "create")
    told = {each.field: (each.origin.name, bool(each.origin.via)) for each in created.values}
    assert told["secret"] == ("secret", True)
    assert told["email"] == ("email", False)
