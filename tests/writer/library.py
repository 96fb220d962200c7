"""A 40-line library app, synchronous and asynchronous, its Project and a plan that plays every step."""

from __future__ import annotations

from comfrey.model.place import Place
from comfrey.model.plan import Builder, Case, Plan, Variation
from comfrey.model.project import (
    Application,
    Authentication,
    DatabaseHook,
    FunctionRef,
    Project,
    Stack,
)
from comfrey.model.record import Field, Record, Relation
from comfrey.model.step import (
    Ask,
    Body,
    Call,
    Change,
    Expect,
    Fail,
    Header,
    Login,
    Refused,
    Remember,
    Remove,
    Repeat,
    Row,
    Rows,
    Save,
    Seed,
    Status,
    Step,
    Together,
    Unchanged,
)
from comfrey.model.value import (
    Column,
    Computed,
    Literal,
    Mapping,
    Missing,
    Ref,
    Repeated,
    Value,
    With,
)

APP = """
import os
from datetime import UTC, datetime, timedelta
{% if sync %}
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
{% else %}
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
{% endif %}
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, String, TypeDecorator, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY = os.environ["SECRET_KEY"]
engine = {{ create }}(os.environ["DATABASE_URL"])
sessions = {{ maker }}(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Clipped(TypeDecorator):
    # What comes after the eighth character is lost on the way to the database.
    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value and value[:8]


class Reader(Base):
    __tablename__ = "readers"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(80), unique=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200), unique=True)
    pages: Mapped[int] = mapped_column(default=1)
    blurb: Mapped[str | None] = mapped_column(Clipped)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id"))


class NewBook(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    pages: int = Field(1, ge=1)


def create_token(reader_id: int) -> str:
    claims = {"sub": str(reader_id), "exp": datetime.now(UTC) + timedelta(hours=1)}
    return jwt.encode(claims, KEY, algorithm="HS256")


def caller(authorization: Annotated[str, Header()] = "") -> int:
    scheme, _, token = authorization.partition(" ")
    try:
        if scheme != "Bearer":
            raise jwt.InvalidTokenError
        return int(jwt.decode(token, KEY, algorithms=["HS256"])["sub"])
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None


{{ async_ }}def session():
    {{ async_ }}with sessions() as session:
        yield session


app = FastAPI()


@app.post("/books", status_code=201)
{{ async_ }}def create(new: NewBook, db=Depends(session), reader: int = Depends(caller)):
    if {{ await_ }}db.get(Reader, reader) is None:
        raise HTTPException(401)
    book = Book(**new.model_dump(), reader_id=reader)
    db.add(book)
    try:
        {{ await_ }}db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
    return {"id": book.id, "title": book.title, "pages": book.pages}


@app.get("/books/{book_id}")
{{ async_ }}def read(book_id: int, db=Depends(session)):
    book = {{ await_ }}db.get(Book, book_id)
    if book is None:
        raise HTTPException(404)
    return {"id": book.id, "title": book.title, "pages": book.pages}


@app.delete("/books/{book_id}", status_code=204)
{{ async_ }}def delete(book_id: int, db=Depends(session)):
    {{ await_ }}db.delete({{ await_ }}db.get(Book, book_id))
    {{ await_ }}db.commit()
"""


def project(*, asynchronous: bool) -> Project:
    """The Project that reading the app gives."""
    place = Place(file="library.py", line=1)
    readers = Record(
        name="Reader",
        table="readers",
        module="library",
        place=place,
        fields=(
            Field(name="id", type="integer", primary_key=True, default_from="auto"),
            Field(name="email", type="string", required=True, unique=True),
        ),
    )
    books = Record(
        name="Book",
        table="books",
        module="library",
        place=place,
        fields=(
            Field(name="id", type="integer", primary_key=True, default_from="auto"),
            Field(name="title", type="string", required=True, unique=True),
            Field(name="pages", type="integer", default=1, default_from="code"),
            Field(name="blurb", type="string", nullable=True),
            Field(name="reader_id", type="integer", required=True, references="Reader.id"),
        ),
        relations=(Relation(name="reader", to="Reader", kind="many_to_one", field="reader_id"),),
    )
    return Project(
        root=".",
        name="library",
        stack=Stack(
            language="python", framework="fastapi", orm="sqlalchemy", asynchronous=asynchronous
        ),
        application=Application(module="library", variable="app"),
        records=(books, readers),
        authentication=Authentication(
            user="Reader",
            mint=FunctionRef(module="library", name="create_token", parameters=("reader_id",)),
            mint_arguments=(("reader_id", "Reader.id"),),
            algorithm="HS256",
            secret="SECRET_KEY",
            library="pyjwt",
        ),
        database=DatabaseHook(
            engine="library:engine",
            metadata="library:Base.metadata",
            url_setting="DATABASE_URL",
            dialect="sqlite",
            driver="aiosqlite" if asynchronous else "",
            asynchronous=asynchronous,
        ),
    )


def text(value: object) -> Literal:
    return Literal(value=value)


def of(name: str, *path: str | int) -> Ref:
    return Ref(name=name, path=path)


BOOK = Mapping(members=(("title", text("Middlemarch")), ("pages", text(880))))
OWNER: tuple[Step, ...] = (
    Seed(record="Reader", name="reader"),
    Login(name="token", user="reader"),
)


def post(body: Value, name: str = "response", login: str = "token") -> Call:
    return Call(method="POST", path="/books", body=body, name=name, login=login)


def case(title: str, *steps: Step, **more: object) -> Case:
    return Case(
        id=f"books/{title.replace(' ', '-')}",
        title=title,
        kind="happy",
        column="happy",
        subject="POST /books",
        group="books",
        steps=steps,
        **more,  # type: ignore[arg-type]
    )


GREEN = (
    case(
        "adds a book for its reader",
        *OWNER,
        post(BOOK),
        Status(codes=(201,)),
        Body(path=("title",), value=text("Middlemarch")),
        Body(path=("pages",), match="type", value=text("integer")),
        Body(match="keys", value=text(["id", "pages", "title"])),
        Header(name="content-type", value=text("application/json")),
        Row(
            record="Book",
            where=(("id", of("response", "id")),),
            values=(("title", text("Middlemarch")), ("reader_id", of("reader", "id"))),
        ),
        Rows(record="Book", count=1),
    ),
    case(
        "reads back what was added",
        *OWNER,
        post(BOOK, "created"),
        Call(method="GET", path="/books/{book_id}", parameters=(("book_id", of("created", "id")),)),
        Status(codes=(200,)),
        Body(value=of("created")),
    ),
    case(
        "refuses an odd book",
        *OWNER,
        Remember(name="before", records=("Book", "Reader")),
        post(With(base=BOOK, path=Column(name="field"), value=Column(name="value"))),
        Status(codes=(422,)),
        Body(match="names_field", value=Column(name="field")),
        Unchanged(name="before"),
        columns=("field", "value"),
        variations=(
            Variation(id="no title", cells=(("field", text("title")), ("value", Missing()))),
            Variation(id="empty title", cells=(("field", text("title")), ("value", text("")))),
            Variation(
                id="long title",
                cells=(("field", text("title")), ("value", Repeated(unit="x", times=201))),
            ),
        ),
    ),
    case(
        "refuses a second book of the same title",
        Seed(record="Book", name="book", values=(("title", text("Middlemarch")),)),
        *OWNER,
        post(BOOK),
        Status(codes=(409,)),
        Rows(record="Book", count=1, where=(("title", text("Middlemarch")),)),
    ),
    case(
        "asks who is calling",
        Seed(record="Reader", name="reader"),
        Login(name="token", user="reader", flaw=Column(name="flaw")),
        post(BOOK),
        Status(codes=(401,)),
        Row(record="Book", where=(("title", text("Middlemarch")),), absent=True),
        columns=("flaw",),
        variations=tuple(
            Variation(id=flaw, cells=(("flaw", text(flaw)),))
            for flaw in (
                "none",
                "garbage",
                "expired",
                "forged",
                "unsigned",
                "stranger",
                "scheme",
            )
        ),
    ),
    case(
        "answers twice alike",
        Seed(record="Book", name="book", values=(("pages", text(7)),)),
        Repeat(
            call=Call(
                method="GET", path="/books/{book_id}", parameters=(("book_id", of("book", "id")),)
            ),
            times=2,
        ),
        Status(codes=(200,)),
        Body(path=("pages",), value=of("book", "pages")),
        Body(match="not_text", value=text("password")),
    ),
    case(
        "serves two readers at once",
        Seed(record="Book", name="book"),
        Together(
            calls=(
                Call(method="GET", path="/books/{id}", parameters=(("id", of("book", "id")),)),
                Call(method="GET", path="/books/{id}", parameters=(("id", of("book", "id")),)),
            )
        ),
        Status(codes=(200,), of="responses"),
    ),
    case(
        "keeps a book's pages when its title changes",
        Seed(record="Book", name="book", values=(("pages", text(7)),)),
        Change(name="book", record="Book", values=(("title", text("Emma")),)),
        Ask(record="Book", name="found", where=(("title", text("Emma")),), form="one"),
        Expect(name="found", path=("pages",), value=text(7)),
    ),
    case(
        "counts books and sums their pages",
        Seed(record="Book", name="short", values=(("pages", text(7)),)),
        Seed(record="Book", name="long", values=(("pages", text(70)),)),
        Save(
            record="Book",
            name="new",
            values=(("title", text("Emma")), ("reader_id", of("short", "reader_id"))),
        ),
        Ask(record="Book", name="total", form="sum:pages"),
        Ask(record="Book", name="found", order=(("pages", True),), limit=2),
        Expect(name="total", value=Computed(operation="add", of=(text(77), of("new", "pages")))),
        Expect(name="found", path=(0, "pages"), value=text(70)),
    ),
    case(
        "refuses a second title at the database",
        Seed(record="Book", name="book", values=(("title", text("Emma")),)),
        Refused(
            step=Save(
                record="Book",
                name="twin",
                values=(("title", text("Emma")), ("reader_id", of("book", "reader_id"))),
            ),
            kind="unique",
            names="title",
        ),
    ),
    case(
        "refuses to forget a title",
        Seed(record="Book", name="book"),
        Refused(
            step=Change(name="book", record="Book", values=(("title", text(None)),)),
            kind="not_null",
        ),
    ),
    case(
        "adds nothing when the database refuses the book",
        *OWNER,
        Remember(name="before", records=("Book", "Reader")),
        Fail(record="Book"),
        post(BOOK),
        Status(codes=(), other_than=(201,)),
        Unchanged(name="before"),
    ),
    case(
        "adds a book when the database refuses only the second",
        *OWNER,
        Fail(record="Book", nth=2),
        post(BOOK),
        Status(codes=(201,)),
    ),
    case(
        "removes a book",
        Seed(record="Book", name="book"),
        Remove(name="book", record="Book"),
        Row(record="Book", where=(("id", of("book", "id")),), absent=True),
    ),
)


def plan(cases: tuple[Case, ...] = GREEN) -> Plan:
    """The plan of the cases."""
    return Plan(
        root=".",
        cases=cases,
        builders=(
            Builder(
                record="Reader",
                sequences=(("email", (text("ada@example.com"), text("grace@example.com"))),),
            ),
            Builder(
                record="Book",
                defaults=(("pages", text(320)),),
                parents=(("reader_id", "Reader"),),
                sequences=(
                    ("title", (text("Persuasion"), text("Villette"), text("Silas Marner"))),
                ),
            ),
        ),
    )


_ONE_BOOK = Seed(record="Book", name="book", values=(("pages", text(7)),))
_READ = Call(method="GET", path="/books/{id}", parameters=(("id", of("book", "id")),))

RED = (
    case("status", _ONE_BOOK, _READ, Status(codes=(204, 404))),
    case("header", _ONE_BOOK, _READ, Header(name="content-type", value=text("text/plain"))),
    case("equal", _ONE_BOOK, _READ, Body(path=("pages",), value=text(8))),
    case("type", _ONE_BOOK, _READ, Body(path=("pages",), match="type", value=text("string"))),
    case("absent", _ONE_BOOK, _READ, Body(path=("pages",), match="absent")),
    case("keys", _ONE_BOOK, _READ, Body(match="keys", value=text(["id", "title"]))),
    case("text", _ONE_BOOK, _READ, Body(match="not_text", value=of("book", "title"))),
    case("names", *OWNER, post(Mapping()), Body(match="names_field", value=text("pages"))),
    case(
        "together", _ONE_BOOK, Together(calls=(_READ, _READ)), Status(codes=(404,), of="responses")
    ),
    case(
        "row",
        _ONE_BOOK,
        Row(record="Book", where=(("id", of("book", "id")),), values=(("pages", text(8)),)),
    ),
    case("no row", _ONE_BOOK, Row(record="Book", where=(("id", of("book", "id")),), absent=True)),
    case("rows", _ONE_BOOK, Rows(record="Book", count=2)),
    case(
        "unchanged",
        *OWNER,
        Remember(name="before", records=("Book",)),
        post(BOOK),
        Unchanged(name="before"),
    ),
    case(
        "refused",
        _ONE_BOOK,
        Refused(
            step=Change(name="book", record="Book", values=(("pages", text(8)),)), kind="unique"
        ),
    ),
    case(
        "expect",
        _ONE_BOOK,
        Ask(record="Book", name="found", form="count"),
        Expect(name="found", value=text(2)),
    ),
    case(
        "saved but lost",
        Seed(record="Reader", name="reader"),
        Save(
            record="Book",
            name="new",
            values=(
                ("title", text("Emma")),
                ("blurb", text("A novel of manners")),
                ("reader_id", of("reader", "id")),
            ),
        ),
        Ask(record="Book", name="found", where=(("id", of("new", "id")),), form="one"),
        Expect(name="found", path=("blurb",), value=text("A novel of manners")),
    ),
    case(
        "changed but lost",
        _ONE_BOOK,
        Change(name="book", record="Book", values=(("blurb", text("A novel of manners")),)),
        Row(
            record="Book",
            where=(("id", of("book", "id")),),
            values=(("blurb", text("A novel of manners")),),
        ),
    ),
    case(
        "stranger is let in", Login(name="token", flaw="stranger"), post(BOOK), Status(codes=(201,))
    ),
)
