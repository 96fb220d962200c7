"""A model's configuration: `model_config`, `class Config`, class keywords, inherited ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.schema import Schema
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.pydantic import rules

OLD = ("pydantic.v1.BaseModel", "pydantic.generics.GenericModel")


class Config(Noun, frozen=True, kw_only=True):
    """What matters for shapes. `release` is pydantic's major version."""

    extra: str = ""
    title: str = ""
    strip: bool = False
    lower: bool = False
    upper: bool = False
    min_length: int | None = None
    max_length: int | None = None
    generator: Callable[[str], str] | None = None
    aliases: dict[str, str] | None = None
    examples: tuple[Any, ...] = ()
    release: int = 2

    def alias(self, name: str) -> str:
        """The wire name of an attribute that has no alias of its own."""
        if self.aliases and name in self.aliases:
            return self.aliases[name]
        return self.generator(name) if self.generator else name

    def applied(self, schema: Schema) -> Schema:
        """A member's schema under the rules for all strings of the model."""
        if schema.type != "string" or schema.enum or schema.format not in ("", "password"):
            return schema
        words = [word for word in ("strip", "lower", "upper") if getattr(self, word)]
        if words:
            schema = schema.replace(transform=tuple(dict.fromkeys((*words, *schema.transform))))
        if self.min_length is not None and schema.min_length is None:
            schema = schema.replace(min_length=self.min_length)
        if self.max_length is not None and schema.max_length is None:
            schema = schema.replace(max_length=self.max_length)
        return schema


def read_config(of: ClassValue, shapes: Shapes) -> Config:
    """The configuration that holds for a model."""
    codebase = shapes.codebase
    said: dict[str, Value] = {}
    for ancestor in reversed(codebase.mro(of)):
        if isinstance(ancestor, ClassValue):
            said |= dict(_said(ancestor, shapes))
        elif isinstance(ancestor, External) and ancestor.name in rules.data()["camel"]:
            said["alias_generator"] = External("to_camel")
    old = codebase.is_a(of, *OLD) or release(shapes) == 1
    return Config(
        extra=_extra(said.get("extra")),
        title=_string(said.get("title")),
        strip=_is_true(said, "str_strip_whitespace", "anystr_strip_whitespace"),
        lower=_is_true(said, "str_to_lower", "anystr_lower"),
        upper=_is_true(said, "str_to_upper", "anystr_upper"),
        min_length=_number(said, "str_min_length", "min_anystr_length"),
        max_length=_number(said, "str_max_length", "max_anystr_length"),
        generator=_generator(said.get("alias_generator"), shapes),
        aliases=_aliases(said.get("fields")),
        examples=_examples(said.get("json_schema_extra") or said.get("schema_extra")),
        release=1 if old else 2,
    )


def release(shapes: Shapes) -> int:
    """pydantic's major version, as the project's requirements have it."""
    text = shapes.declared("pydantic").replace(" ", "")
    if text:
        pinned = text.lstrip("=~^").startswith("1")
        return 1 if pinned or "<2" in text else 2
    fastapi = shapes.declared("fastapi").lstrip("=~^ ").split(".")
    old = fastapi[0] == "0" and len(fastapi) > 1 and fastapi[1].isdigit() and int(fastapi[1]) < 100
    return 1 if old else 2


def _said(of: ClassValue, shapes: Shapes) -> Iterator[tuple[str, Value]]:
    for argument in of.node.arguments:
        if argument.name and argument.name not in ("table", "metaclass"):
            yield argument.name, shapes.codebase.value(argument.value, of.scope)
    for member in shapes.codebase.members(of):
        if member.name == "model_config":
            yield from _pairs(member.value)
        elif member.name == "Config" and isinstance(member.value, ClassValue):
            for inner in shapes.codebase.members(member.value, inherited=True):
                if inner.value is not None:
                    yield inner.name, inner.value


def _pairs(value: Value | None) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Instance):
        yield from value.kwargs
    elif isinstance(value, DictValue):
        for key, each in value.items:
            if isinstance(name := plain(key), str):
                yield name, each


def _extra(value: Value | None) -> str:
    known = plain(value)
    word = known if isinstance(known, str) else value.last if isinstance(value, External) else ""
    return word if word in ("forbid", "allow") else ""


def _string(value: Value | None) -> str:
    known = plain(value)
    return known if isinstance(known, str) else ""


def _is_true(said: dict[str, Value], *names: str) -> bool:
    return any(plain(said.get(name)) is True for name in names)


def _number(said: dict[str, Value], *names: str) -> int | None:
    found = (plain(said.get(name)) for name in names)
    return next(
        (each for each in found if isinstance(each, int) and not isinstance(each, bool)), None
    )


def _aliases(value: Value | None) -> dict[str, str] | None:
    known = plain(value) if isinstance(value, DictValue) else None
    if not isinstance(known, dict):
        return None
    pairs = {
        key: each.get("alias") if isinstance(each, dict) else each for key, each in known.items()
    }
    return {key: each for key, each in pairs.items() if isinstance(each, str)} or None


def _examples(value: Value | None) -> tuple[Any, ...]:
    known = plain(value) if isinstance(value, DictValue) else None
    if not isinstance(known, dict):
        return ()
    several = known.get("examples")
    if isinstance(several, list):
        return tuple(each for each in several if isinstance(each, dict))
    return (known["example"],) if isinstance(known.get("example"), dict) else ()


def _generator(value: Value | None, shapes: Shapes) -> Callable[[str], str] | None:
    if isinstance(value, Instance):
        value = value.kwarg("validation_alias") or value.argument(0, "alias")
    if isinstance(value, External):
        return CASES.get(value.last)
    if isinstance(value, FunctionValue):
        function = value
        return lambda name: _called(function, name, shapes)
    return None


def _called(function: FunctionValue, name: str, shapes: Shapes) -> str:
    result = shapes.codebase.evaluator.call(function, (Const(name),))
    known = text_of(result)
    if known is not None and "{" not in known:
        return known
    words = function.name.lower()
    return camel(name) if "camel" in words or "alias" in words else name


def camel(name: str) -> str:
    """`created_at` → `createdAt`."""
    head, *rest = name.split("_")
    return head + "".join(each[:1].upper() + each[1:] for each in rest)


def pascal(name: str) -> str:
    """`created_at` → `CreatedAt`."""
    return "".join(each[:1].upper() + each[1:] for each in name.split("_"))


CASES: dict[str, Callable[[str], str]] = {
    "to_camel": camel,
    "to_lower_camel": camel,
    "camelize": camel,
    "camelcase": camel,
    "snake2camel": camel,
    "to_pascal": pascal,
    "pascalize": pascal,
    "to_snake": lambda name: name,
}
