"""Settings that a program keeps in plain objects: `process.env.PORT`, `schema.parse(process.env)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from comfrey.languages.dotenv import fallback
from comfrey.languages.javascript.environment import described
from comfrey.model.schema import Property
from comfrey.reader.calls import sites
from comfrey.reader.demanded import VARIABLE, demanded
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Constant,
    Expression,
    Fallback,
    FunctionDef,
    Node,
    Subscript,
    walk,
)
from comfrey.source.value import (
    Choice,
    Const,
    DictValue,
    External,
    Instance,
    SettingValue,
    Value,
)

READS = (b"process.env", b"import.meta.env", b"Bun.env", b"envalid", b"env-var", b"envsafe", b"env-schema",
         b"fastify/env", b"fastify-env")  # fmt: skip
NAMED = re.compile(r"^(?:process|import\.meta|Bun)\.env(?:\.|\[)")
WORDS = re.compile(r"\benv\b|cleanEnv|envsafe")
ASKED = re.compile(r"\b\w*[cC]onfig(?:Service)?\s*!?\??\.(?:get|getOrThrow)$")
DEEPEST = 4
SERVICES = (b"ConfigService", b"ConfigModule")
CONFIGURATION = ("@nestjs/config.ConfigService",)
GETTERS = ("get", "getOrThrow")
CASTS = {"integer": "int", "number": "float", "boolean": "bool"}
"""What a schema makes of a variable, as readers of settings call it."""


@dataclass(frozen=True)
class Kept:
    """A setting and where code keeps it: `module:config.database.url`, "" for nowhere."""

    value: SettingValue
    attribute: str = ""
    choices: tuple[str, ...] = ()


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
                known = described(codebase.evaluator, value)
                yield from _within(known or value, f"{module}:{name}", DEEPEST)
    for module in modules:
        yield from _read(codebase, module)
    for module in codebase.modules(SERVICES):
        if not codebase.language.is_test(codebase.graph.file(module) or ""):
            yield from _asked(codebase, module)
            yield from _demands(codebase, module)


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
        for node in _everything(statement):
            if isinstance(node, Attribute | Subscript | BoolOp | Fallback | Call) and _telling(
                node
            ):
                for each in _within(codebase.value(node, scope), "", DEEPEST):
                    yield Kept(each.value)


def _everything(node: Node) -> Iterator[Node]:
    """The node and all inside it, bodies of functions and classes too."""
    for each in walk(node):
        yield each
        if isinstance(each, FunctionDef | ClassDef):
            for statement in each.body:
                yield from _everything(statement)


def _asked(codebase: Codebase, module: str) -> Iterator[Kept]:
    """What a configuration service is asked for by the variable's own name: `config.get("JWT_SECRET")`."""
    for site in sites(codebase, module):
        service, _, word = site.name.rpartition(".")
        if service not in CONFIGURATION or word not in GETTERS or not site.args:
            continue
        made = Instance(External(service))
        value = codebase.language.method(codebase.evaluator, made, word, (site.args, ()), None)
        for each in _within(value, "", DEEPEST) if value is not None else ():
            if word == "getOrThrow" and each.value.default is None:
                each = Kept(replace(each.value, cast="required"))
            yield each


def _demands(codebase: Codebase, module: str) -> Iterator[Kept]:
    """What the schema of a configuration service's module demands, and what factories in a module ask for."""
    parsed, scope = codebase.parsed(module), codebase.scope(module)
    for statement in parsed.body.statements if parsed else ():
        for node in _everything(statement):
            if not isinstance(node, Call):
                continue
            if node.function.text.endswith("ConfigModule.forRoot"):
                for each in demanded(codebase, node, scope):
                    yield _demanded(codebase, node, each)
            elif ASKED.search(node.function.text) and node.positional:
                said = codebase.value(node.positional[0], scope)
                if isinstance(said, Const) and VARIABLE.fullmatch(str(said.value)):
                    given = node.positional[1] if len(node.positional) > 1 else None
                    default = codebase.value(given, scope) if isinstance(given, Constant) else None
                    needed = "required" if node.function.text.endswith("OrThrow") else ""
                    yield _named(codebase, str(said.value), default, node, needed)


def _named(
    codebase: Codebase, name: str, default: Value | None, node: Call, cast: str = ""
) -> Kept:
    known = fallback(codebase, name) if default is None else None
    return Kept(SettingValue(name, default, node.place, cast=cast, fallback=known or None))


def _demanded(codebase: Codebase, node: Call, each: Property) -> Kept:
    """A variable that a schema asks for."""
    schema = each.schema
    default = Const(schema.default) if schema.has_default else None
    kind = CASTS.get(schema.type, "")
    needed = "required" if each.required and default is None else ""
    found = _named(codebase, each.name, default, node, f"{needed} {kind}".strip())
    return Kept(found.value, choices=tuple(map(str, schema.enum)))


def _telling(node: Expression) -> bool:
    return bool(NAMED.match(node.text)) or (
        isinstance(node, Call) and bool(WORDS.search(node.text))
    )
