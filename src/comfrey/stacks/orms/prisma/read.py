"""Understands the Prisma schema: models, their fields, keys and relations, and the way to the database."""

from __future__ import annotations

from types import ModuleType

from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.stacks.orms.prisma.client import hook
from comfrey.stacks.orms.prisma.files import schema_of
from comfrey.stacks.orms.prisma.models import Models


def records(
    codebase: Codebase, _needles: tuple[bytes, ...] = (), _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every model and view of the schema, with the CHECKs that its migrations add."""
    schema = schema_of(codebase.tree, codebase.root)
    return Models(schema).records() if schema is not None else ()


def database(
    codebase: Codebase, records: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """The project's client, and the setting that its address comes from."""
    schema = schema_of(codebase.tree, codebase.root)
    return hook(codebase, schema) if schema is not None else None
