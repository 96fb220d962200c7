"""Settings that a program keeps in plain objects: `process.env.PORT`, `schema.parse(process.env)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, BoolOp, Call, Expression, Fallback, Subscript, walk
from comfrey.source.value import Choice, Const, DictValue, SettingValue, Value

READS = (b"process.env", b"import.meta.env", b"Bun.env", b"envalid", b"env-var", b"envsafe")
NAMED = re.compile(r"^(?:process|import\.meta|Bun)\.env(?:\.|\[)")
WORDS = re.compile(r"\benv\b|cleanEnv|envsafe")
DEEPEST = 4


@dataclass(frozen=True)
class Kept:
    """A setting and where code keeps it: `module:config.database.url`, "" for nowhere."""

    value: SettingValue
    attribute: str = ""


def kept(codebase: Codebase) -> Iterator[Kept]:
    """Every setting that the modules of the app keep, then those that are only read where they are used."""
    modules = [
        name
        for name in codebase.modules(READS)
        if not codebase.language.is_test(codebase.graph.file(name) or "")
    ]
    for module in modules:
        for name, value in sorted(codebase.scope(module).names.items()):
            if re.fullmatch(r"[A-Za-z_$][\w$]*", name) and name not in ("exports", "module"):
                yield from _within(value, f"{module}:{name}", DEEPEST)
    for module in modules:
        yield from _read(codebase, module)


def _within(value: Value, path: str, depth: int) -> Iterator[Kept]:
    if isinstance(value, SettingValue):
        yield Kept(value, path)
    elif isinstance(value, Choice):
        for each in value.options:
            yield from _within(each, path, depth - 1)
    elif isinstance(value, DictValue) and depth:
        for key, inner in value.items:
            if isinstance(key, Const):
                yield from _within(inner, f"{path}.{key.value}", depth - 1)


def _read(codebase: Codebase, module: str) -> Iterator[Kept]:
    parsed = codebase.parsed(module)
    scope = codebase.scope(module)
    for statement in parsed.body.statements if parsed else ():
        for node in walk(statement):
            if isinstance(node, Attribute | Subscript | BoolOp | Fallback | Call) and _telling(
                node
            ):
                for each in _within(codebase.value(node, scope), "", DEEPEST):
                    yield Kept(each.value)


def _telling(node: Expression) -> bool:
    return bool(NAMED.match(node.text)) or (
        isinstance(node, Call) and bool(WORDS.search(node.text))
    )
