"""Small apps for the tests of what handlers do: a head that they share, and a handler to read."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project
from comfrey.reader import read
from comfrey.source.tree import open_tree

HEAD = """
from typing import Annotated
import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from passlib.context import CryptContext
from pydantic import BaseModel
from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    secret: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]

class Project(Base):
    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("project_id", "title"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    title: Mapped[str]
    state: Mapped[str]
    votes: Mapped[int]

class TicketIn(BaseModel):
    title: str
    votes: int = 0

class TicketChange(BaseModel):
    title: str | None = None
    votes: int | None = None

class TicketOut(TicketIn):
    id: int

def get_db() -> Session: ...

Db = Annotated[Session, Depends(get_db)]
oauth2 = OAuth2PasswordBearer(tokenUrl="token")
context = CryptContext(schemes=["bcrypt"])

def current_user(db: Db, token: Annotated[str, Depends(oauth2)]) -> User:
    try:
        claims = jwt.decode(token, "key", algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Bad token")
    user = db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(401, "Gone")
    return user

Caller = Annotated[User, Depends(current_user)]
app = FastAPI()
"""


def read_app(folder: Path, handlers: str, **files: str) -> Project:
    """The project whose `main.py` is the head and these handlers; `files` are further modules."""
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "small"\nversion = "1"\n'
        'dependencies = ["fastapi", "sqlalchemy", "pyjwt", "passlib"]\n'
    )
    (folder / "main.py").write_text(HEAD + dedent(handlers))
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    return read(open_tree(folder)).apps[0]


def only(project: Project) -> Endpoint:
    """The endpoint of an app that has one."""
    (endpoint,) = project.endpoints
    return endpoint
