"""What a list endpoint promises."""

from __future__ import annotations

from pathlib import Path

from tests.reader.small_app import only, read_app

PAGED = """
class Page(BaseModel):
    items: list[TicketOut]
    total: int

SORTS = {{"title": Ticket.title, "-title": Ticket.title.desc(), "new": Ticket.id.desc()}}

@app.get("/tickets")
def tickets(
    db: Db,
    user: Caller,
    page: Annotated[int, Query(ge=1)] = 1,
    size: Annotated[int, Query(ge=1, le=50)] = 20,
    q: str | None = None,
    least: int | None = None,
    sort: str = "new",
) -> Page:
{body}
    total = db.scalar(select(func.count()).select_from(query.subquery()))
    rows = db.scalars(query.order_by(SORTS[sort]).limit(size).offset((page - 1) * size)).all()
    return Page(items=rows, total=total)
"""


def test_pages_filters_sorts_and_scope(tmp_path: Path) -> None:
    body = """    query = select(Ticket).where(Ticket.project_id == user.id)
    if q:
        query = query.where(or_(Ticket.title.ilike(f"%{q}%"), Ticket.state.ilike(f"%{q}%")))
    if least is not None:
        query = query.where(Ticket.votes >= least)
"""
    found = only(read_app(tmp_path, PAGED.format(body=body))).listing
    assert found is not None
    assert (found.style, found.page, found.size, found.first_page) == ("page", "page", "size", 1)
    assert (found.default_size, found.maximum_size) == (20, 50)
    assert (found.items, found.total) == ("items", "total")
    assert [(e.field, e.others, e.operator, e.origin.name, e.optional) for e in found.filters] == [
        ("title", ("state",), "icontains", "q", True),
        ("votes", (), "ge", "least", True),
    ]
    assert [(e.field, e.origin.kind, e.origin.name) for e in found.scope] == [
        ("project_id", "caller", "id")
    ]
    assert [(e.value, e.field, e.descending) for e in found.sorts] == [
        ("title", "title", False),
        ("-title", "title", True),
        ("new", "id", True),
    ]
    assert [(e.field, e.descending) for e in found.order] == [("id", True)]


def test_filters_collected_in_a_list(tmp_path: Path) -> None:
    body = """    filters = [Ticket.state == "open"]
    if least is not None:
        filters.append(Ticket.votes >= least)
    query = select(Ticket).where(*filters)
"""
    found = only(read_app(tmp_path, PAGED.format(body=body))).listing
    assert found is not None
    assert [(e.field, e.optional) for e in found.filters] == [("votes", True)]
    assert [(e.field, e.origin.value) for e in found.scope] == [("state", "open")]


def test_from_one_more_on_is_above_and_to_one_less_is_below(tmp_path: Path) -> None:
    body = """    query = select(Ticket)
    if least is not None:
        query = query.where(Ticket.votes >= least + 1)
"""
    found = only(read_app(tmp_path, PAGED.format(body=body))).listing
    assert found is not None
    assert [(e.field, e.operator, e.origin.name) for e in found.filters] == [
        ("votes", "gt", "least")
    ]


def test_a_bare_list_with_offset_and_limit(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.get("/tickets")
        def tickets(db: Db, skip: int = 0, limit: int = 100) -> list[TicketOut]:
            return db.query(Ticket).order_by(Ticket.title).offset(skip).limit(limit).all()
        """,
    )
    found = only(project).listing
    assert found is not None
    assert (found.style, found.page, found.size, found.items) == ("offset", "skip", "limit", "")
    assert [(each.field, each.descending) for each in found.order] == [("title", False)]


def test_a_list_by_a_condition_that_is_not_understood_promises_nothing(tmp_path: Path) -> None:
    project = read_app(
        tmp_path,
        """
        @app.get("/tickets")
        def tickets(db: Db) -> list[TicketOut]:
            return db.query(Ticket).filter(Ticket.title.op("~")(pattern())).all()
        """,
    )
    assert only(project).listing is None
