"""How an app reaches its database through Prisma: the exported client, and where its address comes from."""

from __future__ import annotations

import re

from comfrey.model.project import DatabaseHook
from comfrey.source.codebase import Codebase
from comfrey.stacks.orms.prisma.files import Schema
from comfrey.stacks.orms.prisma.models import dialect_of
from comfrey.stacks.orms.prisma.schema import Invocation

MADE = re.compile(rb"new\s+PrismaClient\b")


def hook(codebase: Codebase, schema: Schema) -> DatabaseHook:
    """The hook of the schema's datasource."""
    return DatabaseHook(
        url_setting=_setting(schema),
        dialect=dialect_of(schema),
        asynchronous=True,
    )


def _setting(schema: Schema) -> str:
    source = schema.one("datasource")
    url = source.setting("url") if source else None
    name = url.argument("") if isinstance(url, Invocation) and url.name == "env" else None
    return name if isinstance(name, str) else "DATABASE_URL"
