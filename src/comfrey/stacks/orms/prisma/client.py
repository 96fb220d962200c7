"""How an app reaches its database through Prisma: the exported client, and where its address comes from."""

from __future__ import annotations

import re

from comfrey.languages.javascript.exports import exported_name
from comfrey.model.project import DatabaseHook
from comfrey.source.codebase import Codebase
from comfrey.stacks.orms.prisma.files import Schema
from comfrey.stacks.orms.prisma.models import dialect_of
from comfrey.stacks.orms.prisma.schema import Argument, Invocation

MADE = re.compile(r"\b(?:const|let|var)\s+(\w+)\b[^;=]*=[^;]{0,300}?\bnew\s+PrismaClient\b")


def hook(codebase: Codebase, schema: Schema) -> DatabaseHook:
    """The hook of the schema's datasource."""
    source = schema.one("datasource")
    url = source.setting("url") if source else None
    return DatabaseHook(
        engine=_engine(codebase),
        url_setting="" if isinstance(url, str) else _setting(url),
        configured=isinstance(url, str),
        dialect=dialect_of(schema),
        asynchronous=True,
        place=source.place if source and isinstance(url, str) else None,
    )


def _setting(url: Argument | None) -> str:
    """The variable of `url = env("…")`; the one that Prisma's own configuration reads where the schema has none."""
    name = url.argument("") if isinstance(url, Invocation) and url.name == "env" else None
    return name if isinstance(name, str) else "DATABASE_URL"


def _engine(codebase: Codebase) -> str:
    """The client that a module exports, as `module:name`; "" when each of its users makes one."""
    for module in codebase.modules((b"PrismaClient",)):
        file = codebase.graph.file(module) or module
        if codebase.language.is_test(file):
            continue
        text = codebase.tree.text(file).decode("utf-8", "replace")
        for name in MADE.findall(text):
            exported = exported_name(text, name)
            if exported:
                return f"{module}:{exported}"
    return ""
