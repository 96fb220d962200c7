"""Settings that a program keeps in plain objects: `process.env.PORT`, `schema.parse(process.env)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.languages.dotenv import fallback
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    BoolOp,
    Call,
    Constant,
    DictOf,
    Expression,
    Fallback,
    Subscript,
    walk,
)
from comfrey.source.value import Choice, Const, DictValue, SettingValue, Value

READS = (b"process.env", b"import.meta.env", b"Bun.env", b"envalid", b"env-var", b"envsafe")
NAMED = re.compile(r"^(?:process|import\.meta|Bun)\.env(?:\.|\[)")
WORDS = re.compile(r"\benv\b|cleanEnv|envsafe")
SERVED = (b"@nestjs/config",)
ASKED = re.compile(r"\b\w*[cC]onfig(?:Service)?\s*!?\??\.(?:get|getOrThrow)$")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
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
    for module in codebase.modules(SERVED):
        if not codebase.language.is_test(codebase.graph.file(module) or ""):
            yield from _served(codebase, module)


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


def _served(codebase: Codebase, module: str) -> Iterator[Kept]:
    """What a configuration service is asked for by name, and what the schema of its module demands."""
    parsed, scope = codebase.parsed(module), codebase.scope(module)
    for statement in parsed.body.statements if parsed else ():
        for node in walk(statement):
            if not isinstance(node, Call):
                continue
            if node.function.text.endswith("ConfigModule.forRoot"):
                yield from _demanded(codebase, node)
            elif ASKED.search(node.function.text) and node.positional:
                said = codebase.value(node.positional[0], scope)
                if isinstance(said, Const) and VARIABLE.fullmatch(str(said.value)):
                    given = node.positional[1] if len(node.positional) > 1 else None
                    default = codebase.value(given, scope) if isinstance(given, Constant) else None
                    yield _named(codebase, str(said.value), default, node)


def _named(
    codebase: Codebase, name: str, default: Value | None, node: Call, cast: str = ""
) -> Kept:
    known = fallback(codebase, name) if default is None else None
    return Kept(SettingValue(name, default, node.place, cast=cast, fallback=known or None))


def _demanded(codebase: Codebase, node: Call) -> Iterator[Kept]:
    """`validationSchema: Joi.object({ DB_URL: Joi.string().required() })`."""
    for each in walk(node):
        if not isinstance(each, Call) or not each.function.text.endswith("oi.object"):
            continue
        written = each.positional[0] if each.positional else None
        for key, rule in written.items if isinstance(written, DictOf) else ():
            name = key.value if isinstance(key, Constant) else getattr(key, "name", None)
            if isinstance(name, str) and VARIABLE.fullmatch(name):
                needed = "required" if ".required()" in rule.text else ""
                yield _named(codebase, name, _given(rule.text), each, needed)


def _given(rule: str) -> Const | None:
    """The value of `.default(3000)`."""
    found = re.search(r"\.default\(\s*(?:(\d+)|['\"]([^'\"]*)['\"])\s*\)", rule)
    if found is None:
        return None
    return Const(int(found[1]) if found[1] else found[2])


def _telling(node: Expression) -> bool:
    return bool(NAMED.match(node.text)) or (
        isinstance(node, Call) and bool(WORDS.search(node.text))
    )
