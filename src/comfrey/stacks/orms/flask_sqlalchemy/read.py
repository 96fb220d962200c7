"""Understands Flask-SQLAlchemy: `db.Model`, and the address in the app's configuration."""

from __future__ import annotations

from comfrey.languages.python.configuration import configuration
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Value
from comfrey.stacks.shelf import folder


def is_record(codebase: Codebase, kind: ClassValue) -> bool:
    """Its models descend from a base that SQLAlchemy's folder knows."""
    return False


def table_name(codebase: Codebase, kind: ClassValue) -> str:
    """Not asked: SQLAlchemy's folder names the tables of what it knows."""
    return ""


def spelt(
    codebase: Codebase, member: Member, value: Value | None, annotation: Value | None
) -> tuple[Value | None, Value | None]:
    """The member as it is."""
    return value, annotation


def address(codebase: Codebase) -> Value | None:
    """What the app's configuration says about the database's address."""
    known = configuration(codebase)
    found = folder("orms", "flask_sqlalchemy")
    names = found.about.data["addresses"] if found is not None else ()
    return next((known[name] for name in names if name in known), None)
