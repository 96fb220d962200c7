"""How Node programs read settings: `process.env` and the well-known readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from comfrey.languages.dotenv import fallback
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    SettingValue,
    Value,
    choice,
)

ENVIRON = ("process.env", "import.meta.env", "Bun.env")
CASTS = {"Number": "int", "parseInt": "int", "parseFloat": "float", "Boolean": "bool"}
CHAINED = frozenset(
    [
        "required",
        "asString",
        "asInt",
        "asIntPositive",
        "asPortNumber",
        "asBool",
        "asBoolStrict",
        "asArray",
        "asUrlString",
        "asFloat",
        "asJson",
        "asEnum",
        "trim",
        "toString",
        "toLowerCase",
    ]
)
"""Methods of env-var and of strings that leave the setting what it is."""
SHAPING = frozenset(
    [
        "object",
        "keys",
        "append",
        "extend",
        "shape",
        "strictObject",
        "looseObject",
        "Object",
        "interface",
    ]
)
"""Calls of zod, joi, yup and TypeBox that take an object's members."""
CLEANERS = ("envalid.cleanEnv", "envsafe.envsafe")
READERS = ("env-schema", "env-schema.envSchema")
"""Calls that give the environment itself, checked."""
CONVERSIONS = {
    "int": {"number", "int", "bigint", "Number", "Integer", "port"},
    "bool": {"boolean", "bool", "stringbool", "Boolean"},
    "url": {"url", "uri"},
}
JSON_TYPES = {"integer": "int", "number": "int", "boolean": "bool"}
OPTIONAL = {"optional", "nullish", "nullable", "default", "catch", "Optional", "allow"}
PARSERS = ("parse", "safeParse", "validate", "validateSync", "attempt")


def setting(ev: Evaluator, name: str, default: Value | None = None) -> SettingValue:
    known = fallback(ev.codebase, name) if default is None else None
    return SettingValue(name, default, None, "", "", known)


_asked: WeakKeyDictionary[Evaluator, dict[str, SettingValue]] = WeakKeyDictionary()


def asked(ev: Evaluator, name: str) -> SettingValue:
    """`process.env[name]` in a helper of the project's own (`required("JWT_SECRET")`): no text but its calls
    tells which settings are read."""
    found = setting(ev, name)
    _asked.setdefault(ev, {})[name] = found
    return found


def read_settings(ev: Evaluator) -> tuple[SettingValue, ...]:
    """The settings that were read by computed names."""
    return tuple(value for _, value in sorted(_asked.get(ev, {}).items()))


def attribute(ev: Evaluator, of: Value, name: str) -> Value | None:
    """`process.env.X`."""
    if isinstance(of, External) and of.name in ENVIRON:
        return setting(ev, name)
    return None


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`Number(process.env.PORT)`, `cleanEnv(process.env, { PORT: port() })`."""
    args = arguments[0]
    if name in CASTS and args and isinstance(args[0], SettingValue):
        of = args[0]
        return SettingValue(of.name, of.default, of.place, of.attribute, CASTS[name], of.fallback)
    if name in READERS:
        said = described(ev, args[0]) if args else None
        return said if said is not None else External("process.env")
    if name in CLEANERS and len(args) > 1 and isinstance(args[1], DictValue):
        return _cleaned(ev, args[1])
    if name in ("env-var.get", "env-var.env.get") and args:
        key = comparable(args[0])
        return setting(ev, str(key[0])) if key else None
    return None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """Readers' chains, and schemas that the environment is put through."""
    if isinstance(receiver, SettingValue):
        if name == "default" and arguments[0]:
            return SettingValue(receiver.name, arguments[0][0], receiver.place)
        return receiver if name in CHAINED else None
    args = arguments[0]
    if name in PARSERS and args and isinstance(args[0], External) and args[0].name in ENVIRON:
        found = _parsed(ev, receiver)
        if found is None:
            return None
        if name in ("safeParse", "validate"):
            word = "data" if name == "safeParse" else "value"
            items: list[tuple[Value, Value]] = [(Const(word), found), (Const("error"), Const(None))]
            return DictValue([*items, (Const("success"), Const(True))])
        return found
    return None


def described(ev: Evaluator, options: Value) -> DictValue | None:
    """The settings of `{ schema, … }` as env-schema and `@fastify/env` are given it; None without a schema."""
    schema = options.get("schema") if isinstance(options, DictValue) else None
    if not isinstance(schema, DictValue):
        return _parsed(ev, schema) if schema is not None else None
    members, listed = schema.get("properties"), schema.get("required")
    needed = [comparable(each) for each in listed.items] if isinstance(listed, ListValue) else []
    if not isinstance(members, DictValue):
        return None
    found = DictValue([], None, False)
    for key, rule in members.items:
        name = comparable(key)
        if name is not None:
            default = rule.get("default") if isinstance(rule, DictValue) else None
            cast = JSON_TYPES.get(_type(rule)) or ("required" if name in needed else "")
            found.items.append((key, replace(setting(ev, str(name[0]), default), cast=cast)))
    return found


def _type(rule: Value) -> str:
    said = (
        comparable(found) if isinstance(rule, DictValue) and (found := rule.get("type")) else None
    )
    return str(said[0]) if said else ""


def _parsed(ev: Evaluator, schema: Value) -> DictValue | None:
    """The environment as a schema lets it through: each member a setting with the schema's default."""
    members = _members(schema)
    if members is None:
        return None
    found = DictValue([], None, False)
    for key, rule in members.items:
        name = comparable(key)
        if name is not None:
            said = setting(ev, str(name[0]), _default(rule))
            found.items.append((key, replace(said, cast=_cast(rule, said.name))))
    return found


def _cast(rule: Value, name: str) -> str:
    """What a schema's rule makes of a variable: `int bool url json`, `required` for a text that must be there."""
    words = set(_words(rule))
    for cast, known in CONVERSIONS.items():
        if words & known:
            return cast
    return "" if words & OPTIONAL or not words else "required"


def _words(rule: Value) -> Iterator[str]:
    """The names along a chain of rules: `z.coerce.number().int()` has number and int."""
    while isinstance(rule, Instance):
        of = rule.of
        if not isinstance(of, External | BoundExternal):
            return
        yield of.name.rpartition(".")[2]
        rule = of.receiver if isinstance(of, BoundExternal) else of


def _members(schema: Value) -> DictValue | None:
    """The members that a zod, joi, yup or TypeBox object names, however it is chained."""
    if not isinstance(schema, Instance):
        return None
    word = (
        schema.of.name.rpartition(".")[2] if isinstance(schema.of, External | BoundExternal) else ""
    )
    for each in schema.args:
        if isinstance(each, DictValue) and word in SHAPING:
            return each
    return _members(schema.of.receiver) if isinstance(schema.of, BoundExternal) else None


def _default(rule: Value) -> Value | None:
    """What `.default(x)` says along a chain of rules, or `{ default: x }` among a rule's options."""
    for each in rule.args if isinstance(rule, Instance) else ():
        if isinstance(each, DictValue) and (said := each.get("default")) is not None:
            return said
    while isinstance(rule, Instance) and isinstance(rule.of, BoundExternal):
        if rule.of.name in ("default", "catch") and rule.args:
            return rule.args[0]
        rule = rule.of.receiver
    return None


def _cleaned(ev: Evaluator, rules: DictValue) -> DictValue:
    found = DictValue([], rules.place, False)
    for key, rule in rules.items:
        name = comparable(key)
        if name is None:
            continue
        said = rule.args[0] if isinstance(rule, Instance) and rule.args else None
        options = (
            [said.get(k) for k in ("default", "devDefault")] if isinstance(said, DictValue) else []
        )
        known = [each for each in options if each is not None]
        found.items.append((key, setting(ev, str(name[0]), choice(known) if known else None)))
    return found


__all__ = ["ListValue", "attribute", "call", "method", "setting"]
