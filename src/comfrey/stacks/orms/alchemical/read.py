"""Understands Alchemical: its model class, its names of tables, and the address in the app's configuration."""

from __future__ import annotations

import re

from comfrey.languages.python.configuration import configuration
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Value
from comfrey.stacks.shelf import folder

WORDS = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


def is_record(codebase: Codebase, kind: ClassValue) -> bool:
    """A class that descends from Alchemical's model."""
    found = folder("orms", "alchemical")
    return found is not None and codebase.is_a(kind, *found.about.data["models"])


def table_name(codebase: Codebase, kind: ClassValue) -> str:
    """Alchemical spells a table as its class in snake case."""
    return WORDS.sub(r"_\1", kind.name).lower().lstrip("_")


def spelt(
    codebase: Codebase, member: Member, value: Value | None, annotation: Value | None
) -> tuple[Value | None, Value | None]:
    """The member as it is."""
    return value, annotation


def address(codebase: Codebase) -> Value | None:
    """What the app's configuration says about the database's address."""
    known = configuration(codebase)
    found = folder("orms", "alchemical")
    names = found.about.data["addresses"] if found is not None else ()
    return next((known[name] for name in names if name in known), None)
