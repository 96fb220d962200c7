"""Understands Joi's schemas. Members may be left out unless `required()`; undeclared ones are refused, empty text too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from comfrey.languages.javascript.chains import Chain, Step, chain_of
from comfrey.languages.javascript.strings import pattern_of
from comfrey.model.schema import Check, Property, Schema
from comfrey.source.value import (
    DictValue,
    External,
    FunctionValue,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf
from comfrey.stacks.shapes import Shapes

ROOTS = ("Joi", "joi", "default")
FORMATS = {
    "email": "email",
    "uri": "uri",
    "guid": "uuid",
    "uuid": "uuid",
    "isoDate": "date-time",
    "isoDuration": "duration",
    "ip": "ipv4",
    "base64": "byte",
}
PATTERNS = {"alphanum": "^[a-zA-Z0-9]+$", "hex": "^[a-fA-F0-9]+$", "token": "^\\w+$"}
TYPES = {
    "string": Schema(type="string", min_length=1, strict=True),
    "number": Schema(type="number"),
    "boolean": Schema(type="boolean"),
    "bool": Schema(type="boolean"),
    "date": Schema(type="string", format="date-time"),
    "array": Schema(type="array", strict=True),
    "object": Schema(type="object", extra="forbid", strict=True),
    "any": Schema(),
    "binary": Schema(type="string", format="binary"),
}


@dataclass(frozen=True)
class Rule:
    """A schema, and whether a member of it has to be there."""

    schema: Schema
    required: bool = False


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape that a Joi schema lets in; None for other values."""
    found = rule(type, shapes)
    return found.schema if found is not None else None


def rule(value: Value | None, shapes: Shapes) -> Rule | None:
    chain = chain_of(value, *_packages())
    return _read(chain, shapes) if chain is not None else None


@cache
def _packages() -> tuple[str, ...]:
    folder = shelf.folder("validators", "joi")
    return tuple(folder.about.data["packages"]) if folder is not None else ()


def _read(chain: Chain, shapes: Shapes) -> Rule:
    first, *rest = (each for each in chain.steps if _last(each) not in SETTING_UP)
    word = first.name.rpartition(".")[2]
    if word in ("compile", "validate") and first.args:
        found = of(first.args[0], shapes)
    else:
        found = _stepped(Rule(TYPES.get(word, Schema())), Step(word, first.args), shapes)
    for step in rest:
        found = _stepped(found, step, shapes)
    return replace(found, schema=found.schema.replace(place=found.schema.place or chain.place))


SETTING_UP = ("extend", "defaults")
"""Calls that make another Joi, no schema."""
ISO_DAY = "YYYY-MM-DD"


def _last(step: Step) -> str:
    return step.name.rpartition(".")[2]


def _formatted(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    """`Joi.date().format("YYYY-MM-DD")` of @joi/date."""
    return schema.replace(format="date") if step.value() == ISO_DAY else schema


def of(value: Value | None, shapes: Shapes) -> Rule:
    """A schema as Joi compiles it: an object of schemas is one, a literal is that value."""
    found = rule(value, shapes)
    if found is not None:
        return found
    if isinstance(value, DictValue):
        return Rule(Schema(type="object", extra="forbid", properties=_properties(value, shapes)))
    known = plain(value)
    return Rule(Schema(enum=(known,))) if isinstance(known, str | int) else Rule(Schema())


def _properties(members: Value | None, shapes: Shapes) -> tuple[Property, ...]:
    if not isinstance(members, DictValue):
        return ()
    found: dict[str, Property] = {}
    for key, value in members.items:
        name = text_of(key)
        if name is not None:
            inner = of(value, shapes)
            found[name] = Property(
                name=name, schema=inner.schema, required=inner.required, place=inner.schema.place
            )
    return tuple(found.values())


def _stepped(found: Rule, step: Step, shapes: Shapes) -> Rule:
    word = step.name
    if word in ("required", "exist"):
        return replace(found, required=True)
    if word in ("optional", "forbidden"):
        return replace(found, required=False)
    change = SHAPES.get(word)
    if change is not None:
        return replace(found, schema=change(found.schema, step, shapes))
    return replace(found, schema=_bounded(found.schema, step))


def _bounded(schema: Schema, step: Step) -> Schema:
    word, value = step.name, step.value()
    number: Any = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    counted = schema.type in ("string", "array")
    if word in FORMATS:
        return schema.replace(format=FORMATS[word])
    if word in PATTERNS:
        return schema.replace(pattern=PATTERNS[word])
    match word:
        case "min" if number is not None and schema.type == "object":
            check = Check(name="min", detail=f"at least {number} members")
            return schema.replace(checks=(*schema.checks, check))
        case "min" if number is not None:
            return schema.replace(min_length=number) if counted else schema.replace(minimum=number)
        case "max" if number is not None and schema.type != "object":
            return schema.replace(max_length=number) if counted else schema.replace(maximum=number)
        case "length" if number is not None:
            return schema.replace(min_length=number, max_length=number)
        case "greater" if number is not None:
            return schema.replace(exclusive_minimum=number)
        case "less" if number is not None:
            return schema.replace(exclusive_maximum=number)
        case "positive":
            return schema.replace(exclusive_minimum=0)
        case "negative":
            return schema.replace(exclusive_maximum=0)
        case "multiple" if number is not None:
            return schema.replace(multiple_of=number)
        case "precision" if isinstance(number, int):
            return schema.replace(decimal_places=number)
        case "integer" | "port":
            return schema.replace(type="integer")
        case "unique":
            return schema.replace(unique_items=True)
        case "trim":
            return schema.replace(transform=(*schema.transform, "strip"))
        case "lowercase":
            return schema.replace(transform=(*schema.transform, "lower"))
        case "uppercase":
            return schema.replace(transform=(*schema.transform, "upper"))
        case "strict":
            return schema.replace(strict=True)
    return schema


def _keys(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    given = step.args[0] if step.args else None
    inner = rule(given, shapes)
    more = inner.schema.properties if inner is not None else _properties(given, shapes)
    known = {each.name: each for each in (*schema.properties, *more)}
    return schema.replace(properties=tuple(known.values()))


def _items(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    inner = [of(each, shapes).schema for each in step.args]
    if len(inner) == 1:
        return schema.replace(items=inner[0])
    return schema.replace(items=Schema(any_of=tuple(inner))) if inner else schema


def _valid(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    values: list[Any] = []
    for each in step.args:
        known = plain(each)
        values += known if isinstance(known, list) else [known]
    kept = tuple(each for each in values if each is not None)
    kind = schema.type
    if kind == "any" and kept and all(isinstance(each, str) for each in kept):
        kind = "string"
    return schema.replace(
        enum=(*schema.enum, *kept),
        type=kind,
        min_length=None if kept else schema.min_length,
        nullable=None in values or schema.nullable,
        strict=True,
    )


def _allow(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    values: list[Any] = []
    for each in step.args:
        known = plain(each)
        values += known if isinstance(known, list) else [known]
    if None in values:
        schema = schema.replace(nullable=True)
    return schema.replace(min_length=None) if "" in values and schema.min_length == 1 else schema


def _pattern(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    known = pattern_of(step.args[0]) if step.args else None
    if known is None:
        return schema
    source = f"(?i){known[0]}" if "i" in known[1] else known[0]
    return schema.replace(pattern=source, min_length=_least(schema, known[0]))


def _least(schema: Schema, pattern: str) -> int | None:
    """The shortest text, where the pattern does not say already that it must not be empty."""
    try:
        return schema.min_length if re.search(pattern, "") else None
    except re.error:
        return schema.min_length


def _checked(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    function = step.args[0] if step.args else None
    named = isinstance(function, FunctionValue)
    name = function.name if isinstance(function, FunctionValue) and named else step.name
    place = function.place if isinstance(function, FunctionValue) else None
    return schema.replace(checks=(*schema.checks, Check(name=name, detail=step.name, place=place)))


def _default(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    return schema.replace(has_default=True, default=step.value())


def _unknown(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    return schema.replace(extra="" if step.value() is not False else "forbid")


def _opted(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    """`.options({ stripUnknown: true })`: what is not declared falls away, in all that is inside too."""
    given = step.args[0] if step.args else None
    said = (
        [plain(given.get(e)) for e in ("stripUnknown", "allowUnknown")]
        if isinstance(given, DictValue)
        else []
    )
    return _lenient(schema) if any(each not in (None, False) for each in said) else schema


def _lenient(schema: Schema) -> Schema:
    inside = tuple(e.replace(schema=_lenient(e.schema)) for e in schema.properties)
    items = _lenient(schema.items) if schema.items is not None else None
    return schema.replace(extra="", properties=inside, items=items)


def _either(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    given = step.args
    if len(given) == 1 and isinstance(given[0], ListValue):
        given = tuple(given[0].items)
    return Schema(any_of=tuple(of(each, shapes).schema for each in given))


def _related(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    named = ", ".join(text_of(each) or "" for each in step.args if not isinstance(each, External))
    return schema.replace(checks=(*schema.checks, Check(name=step.name, detail=named)))


SHAPES: dict[str, Callable[[Schema, Step, Shapes], Schema]] = {
    "object": _keys,
    "keys": _keys,
    "append": _keys,
    "concat": _keys,
    "items": _items,
    "valid": _valid,
    "equal": _valid,
    "only": _valid,
    "allow": _allow,
    "format": _formatted,
    "pattern": _pattern,
    "regex": _pattern,
    "custom": _checked,
    "external": _checked,
    "default": _default,
    "unknown": _unknown,
    "options": _opted,
    "prefs": _opted,
    "preferences": _opted,
    "try": _either,
    "alternatives": _either,
    "or": _related,
    "xor": _related,
    "and": _related,
    "with": _related,
    "without": _related,
    "when": _related,
}
