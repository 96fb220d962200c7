"""Rules of one value: what `Field`, `Query`, `constr` and `annotated_types` say."""

from __future__ import annotations

import re
from typing import Any

from comfrey.model.schema import Check, Schema
from comfrey.source.value import Const, External, FunctionValue, Instance, ListValue, Value, plain
from comfrey.stacks.shelf import folder
from comfrey.stacks.validators.pydantic.checks import understand

NUMBERS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of")
LENGTHS = ("min_length", "max_length", "unique_items")
POSITIONAL = {
    "Ge": ("ge",),
    "Gt": ("gt",),
    "Le": ("le",),
    "Lt": ("lt",),
    "MultipleOf": ("multiple_of",),
    "MinLen": ("min_length",),
    "MaxLen": ("max_length",),
    "Len": ("min_length", "max_length"),
}
TRANSFORMS = (
    ("strip_whitespace", "strip"),
    ("to_lower", "lower"),
    ("to_upper", "upper"),
)
SPELLS = "str"
"""What makes a text of anything before its type is looked at."""
VALIDATORS = ("AfterValidator", "BeforeValidator", "PlainValidator", "WrapValidator")


def data() -> dict[str, Any]:
    """The folder's own tables."""
    found = folder("validators", "pydantic")
    assert found is not None
    return found.about.data


def last(value: Value | None) -> str:
    """The last word of an external name, "" for anything else."""
    return value.last if isinstance(value, External) else ""


def narrowed(schema: Schema, by: Value) -> Schema:
    """The schema under the rules of one piece of metadata; others leave it as it is."""
    if isinstance(by, External):
        return schema
    if not isinstance(by, Instance):
        return schema
    word = last(by.of)
    if word == "BeforeValidator" and last(by.argument(0, "func")) == SPELLS:
        return schema.replace(unchecked=True)
    if word in VALIDATORS:
        return _validated(schema, by.argument(0, "func"))
    changes = _changes(by, word)
    transforms = tuple(name for key, name in TRANSFORMS if plain(by.kwarg(key)) is True)
    if transforms:
        changes["transform"] = tuple(dict.fromkeys((*schema.transform, *transforms)))
    if examples := _examples(by):
        changes["examples"] = examples
    if isinstance(discriminator := plain(by.kwarg("discriminator")), str):
        changes["discriminator"] = discriminator
    return apply(schema, changes)


def _changes(by: Instance, word: str) -> dict[str, Any]:
    pairs = [*zip(POSITIONAL.get(word, ()), by.args, strict=False), *by.kwargs]
    rules = data()["rules"]
    changes: dict[str, Any] = {}
    for name, value in pairs:
        known = pattern_of(value) if name in ("pattern", "regex") else plain(value)
        if name in rules and known is not None:
            changes[rules[name]] = known
    return changes


def pattern_of(value: Value) -> str | None:
    """A pattern given as text or as `re.compile(text)`."""
    if isinstance(value, Instance) and last(value.of) == "compile" and value.args:
        value = value.args[0]
    known = plain(value)
    return known if isinstance(known, str) else None


def _examples(by: Instance) -> tuple[Any, ...]:
    if isinstance(several := by.kwarg("examples"), ListValue):
        return tuple(each for each in map(plain, several.items) if each is not None)
    one = plain(by.kwarg("example"))
    return () if one is None else (one,)


def apply(schema: Schema, changes: dict[str, Any]) -> Schema:
    """The schema with the changes that fit its type; alternatives each take theirs."""
    if not changes:
        return schema
    if schema.any_of:
        inner = {
            key: value for key, value in changes.items() if key in (*NUMBERS, *LENGTHS, "pattern")
        }
        outer = {key: value for key, value in changes.items() if key not in inner}
        options = tuple(apply(each, inner) for each in schema.any_of)
        return schema.replace(any_of=options, **outer)
    return schema.replace(**{key: value for key, value in changes.items() if _fits(schema, key)})


def _fits(schema: Schema, key: str) -> bool:
    if key in NUMBERS or key in ("max_digits", "decimal_places"):
        return schema.type in ("integer", "number", "any") or schema.format in (
            "date",
            "date-time",
            "time",
            "duration",
        )
    if key == "pattern":
        return schema.type in ("string", "any")
    if key in LENGTHS:
        return schema.type in ("string", "array", "object", "any")
    return True


def _validated(schema: Schema, function: Value | None) -> Schema:
    if isinstance(function, FunctionValue):
        changes, checks = understand(function)
        transform = tuple(dict.fromkeys((*schema.transform, *changes.pop("transform", ()))))
        schema = apply(schema, changes)
        return schema.replace(transform=transform, checks=(*schema.checks, *checks))
    if isinstance(function, External) and re.fullmatch(r"str\.(strip|lower|upper)", function.name):
        return schema.replace(transform=(*schema.transform, function.last))
    if function is None or isinstance(function, Const):
        return schema
    return schema.replace(checks=(*schema.checks, Check(name=last(function) or "validator")))
