"""Understands zod's schemas: the chain of calls that makes one, read from its beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from comfrey.languages.javascript.builtin import pairs
from comfrey.languages.javascript.chains import Chain, Step, chain_of
from comfrey.languages.javascript.strings import pattern_of
from comfrey.model.schema import Check, Property, Schema
from comfrey.source.probe import Probe, tried
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf
from comfrey.stacks.shapes import Shapes

FORMATS = {
    "email": "email",
    "url": "uri",
    "httpUrl": "uri",
    "uuid": "uuid",
    "uuidv4": "uuid",
    "uuidv7": "uuid",
    "guid": "uuid",
    "datetime": "date-time",
    "date": "date",
    "time": "time",
    "duration": "duration",
    "ipv4": "ipv4",
    "ip": "ipv4",
    "base64": "byte",
}
PATTERNS = {
    "cuid": "^c[a-z0-9]{24}$",
    "cuid2": "^[a-z][a-z0-9]{23}$",
    "ulid": "^[0-9A-HJKMNP-TV-Z]{26}$",
    "nanoid": "^[A-Za-z0-9_-]{21}$",
}
"""Forms of text that no format of JSON Schema names."""
OPTIONAL = ("optional", "nullish", "default", "catch", "prefault", "exactOptional")


@dataclass(frozen=True)
class Rule:
    """A schema, and whether a member of it may be left out."""

    schema: Schema
    optional: bool = False


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape that a zod schema lets in; None for other values."""
    found = rule(_within(type, shapes), shapes)
    return found.schema if found is not None else None


DTO = "createZodDto"


REFERRED = "fastify-zod.buildJsonSchemas"
TOLD = ("zod-to-json-schema", "zod.toJSONSchema", "zod.z.toJSONSchema", "zod/v4.toJSONSchema")
"""What tells a schema in the words of JSON Schema, by the start of its name."""


def _referred(type: Instance) -> Value:  # noqa: A002
    """The schema of `$ref("book")`, where `$ref` comes from `buildJsonSchemas({ book })` of fastify-zod, and of
    `zodToJsonSchema(book)`."""
    match type:
        case Instance(of=External(name=teller), args=(inner, *_)) if teller.startswith(TOLD):
            return inner
        case Instance(
            of=BoundExternal(
                receiver=Instance(of=External(name=maker), args=(DictValue() as table, *_)),
                name="$ref",
            ),
            args=(name, *_),
        ) if maker == REFERRED:
            return table.get(text_of(name) or "") or type
    return type


def _within(type: Value, shapes: Shapes) -> Value:  # noqa: A002
    """The schema of `class BookDto extends createZodDto(BookSchema) {}`."""
    if isinstance(type, Instance):
        return _referred(type)
    if not isinstance(type, ClassValue) or DTO not in type.node.text:
        return type
    for each in shapes.codebase.bases(type):
        if isinstance(each, Instance) and getattr(each.of, "last", "") == DTO and each.args:
            return each.args[0]
    return type


def rule(value: Value | None, shapes: Shapes) -> Rule | None:
    chain = chain_of(value, *_packages())
    if chain is None:
        return None
    return _read(chain, shapes)


@cache
def _packages() -> tuple[str, ...]:
    folder = shelf.folder("validators", "zod")
    return tuple(folder.about.data["packages"]) if folder is not None else ()


def _read(chain: Chain, shapes: Shapes) -> Rule:
    words: list[str] = []
    steps = list(chain.steps)
    while steps and not steps[0].args and "." in f"{steps[0].name}." and len(steps) > 1:
        words.append(steps[0].name)
        if words[-1].rpartition(".")[2] not in ("z", "coerce", "iso", "zod"):
            break
        steps.pop(0)
    first = steps[0]
    path = ".".join(dict.fromkeys([*words, first.name])).split(".")
    coerced = "coerce" in path
    found = _base(path[-1], first, shapes, coerced, "iso" in path)
    for step in steps[1:]:
        found = _stepped(found, step, shapes)
    return replace(found, schema=found.schema.replace(place=found.schema.place or chain.place))


def _base(word: str, step: Step, shapes: Shapes, coerced: bool, iso: bool) -> Rule:
    if word in FORMATS and (word != "date" or iso):
        return Rule(Schema(type="string", format=FORMATS[word], strict=True))
    if word in PATTERNS:
        return Rule(Schema(type="string", pattern=PATTERNS[word], strict=True))
    made = BASES.get(word)
    if made is not None:
        return made(step, shapes)
    kind = PLAIN.get(word)
    if kind is None:
        return Rule(Schema())
    schema = Schema(type=kind, strict=not coerced)
    if word == "date":
        schema = schema.replace(format="date-time")
    return Rule(schema)


PLAIN = {
    "string": "string",
    "number": "number",
    "float32": "number",
    "float64": "number",
    "int": "integer",
    "int32": "integer",
    "bigint": "integer",
    "boolean": "boolean",
    "stringbool": "string",
    "date": "string",
    "null": "null",
}


def _of(value: Value | None, shapes: Shapes) -> Rule:
    """A schema inside another one, perhaps of another validator."""
    if value is None:
        return Rule(Schema())
    return rule(value, shapes) or Rule(shapes.of(value))


def _argument(step: Step, index: int, shapes: Shapes) -> Rule:
    return _of(step.args[index] if index < len(step.args) else None, shapes)


def _object(extra: str) -> Callable[[Step, Shapes], Rule]:
    def read(step: Step, shapes: Shapes) -> Rule:
        members = step.args[0] if step.args else None
        return Rule(
            Schema(type="object", properties=_properties(members, shapes), extra=extra, strict=True)
        )

    return read


def _properties(members: Value | None, shapes: Shapes) -> tuple[Property, ...]:
    if not isinstance(members, DictValue):
        return ()
    found: dict[str, Property] = {}
    for key, value in members.items:
        name = text_of(key)
        if name is not None:
            inner = _of(value, shapes)
            place = inner.schema.place
            found[name] = Property(
                name=name, schema=inner.schema, required=not inner.optional, place=place
            )
    return tuple(found.values())


def _array(step: Step, shapes: Shapes) -> Rule:
    return Rule(Schema(type="array", items=_argument(step, 0, shapes).schema, strict=True))


def _enum(step: Step, shapes: Shapes) -> Rule:
    """`z.enum(["a", "b"])`, `z.enum(Role)`, `z.nativeEnum(Role)`, `z.literal("a")`."""
    given = step.args[0] if step.args else None
    if isinstance(given, ListValue):
        values = plain(given) or []
    elif isinstance(given, Const):
        values = [given.value]
    else:
        held = pairs(shapes.codebase.evaluator, given) if given is not None else None
        values = [plain(value) for _, value in held or []]
    known = tuple(each for each in values if each is not None)
    kind = "integer" if known and all(isinstance(each, int) for each in known) else "string"
    if known and all(isinstance(each, bool) for each in known):
        kind = "boolean"
    return Rule(Schema(type=kind, enum=known, strict=True))


def _record(step: Step, shapes: Shapes) -> Rule:
    return Rule(Schema(type="object", values=_argument(step, len(step.args) - 1, shapes).schema))


def _union(step: Step, shapes: Shapes) -> Rule:
    listed = next((each for each in step.args if isinstance(each, ListValue)), None)
    inner = [_of(each, shapes) for each in (listed.items if listed else ())]
    named = plain(step.args[0]) if step.args else None
    return Rule(
        Schema(
            any_of=tuple(each.schema for each in inner),
            discriminator=named if isinstance(named, str) else "",
        ),
        any(each.optional for each in inner),
    )


def _intersection(step: Step, shapes: Shapes) -> Rule:
    left, right = _argument(step, 0, shapes), _argument(step, 1, shapes)
    return Rule(_merged(left.schema, right.schema.properties))


def _merged(schema: Schema, more: tuple[Property, ...]) -> Schema:
    known = {each.name: each for each in (*schema.properties, *more)}
    return schema.replace(properties=tuple(known.values()))


def _wrapped(step: Step, shapes: Shapes) -> Rule:
    """`z.optional(x)`, `z.nullable(x)`, `z.preprocess(f, x)`, `z.lazy(() => x)`."""
    given = step.args[-1] if step.args else None
    if isinstance(given, FunctionValue):
        given = shapes.codebase.evaluator.call(given) if given.node.parameters == () else None
    inner = _of(given, shapes)
    if step.name.endswith("nullable"):
        return replace(inner, schema=inner.schema.replace(nullable=True))
    return replace(inner, optional=True) if step.name.endswith("optional") else inner


BASES: dict[str, Callable[[Step, Shapes], Rule]] = {
    "object": _object(""),
    "interface": _object(""),
    "strictObject": _object("forbid"),
    "looseObject": _object("allow"),
    "array": _array,
    "set": _array,
    "enum": _enum,
    "nativeEnum": _enum,
    "literal": _enum,
    "record": _record,
    "map": _record,
    "union": _union,
    "discriminatedUnion": _union,
    "intersection": _intersection,
    "optional": _wrapped,
    "nullable": _wrapped,
    "preprocess": _wrapped,
    "lazy": _wrapped,
}


# --- steps -------------------------------------------------------------------


def _stepped(found: Rule, step: Step, shapes: Shapes) -> Rule:
    schema, word = found.schema, step.name
    if word in OPTIONAL:
        if word in ("default", "catch", "prefault"):
            schema = schema.replace(has_default=True, default=step.value())
        if word == "nullish":
            schema = schema.replace(nullable=True)
        return Rule(schema, True)
    if word in ("required", "nonoptional", "unwrap") and not schema.properties:
        return Rule(schema, False)
    change = SHAPES.get(word)
    if change is not None:
        return replace(found, schema=change(schema, step, shapes))
    return replace(found, schema=_bounded(schema, step))


def _bounded(schema: Schema, step: Step) -> Schema:
    word, value = step.name, step.value()
    if word in FORMATS:
        return schema.replace(format=FORMATS[word])
    if word in PATTERNS:
        return schema.replace(pattern=PATTERNS[word])
    number: Any = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    counted = schema.type in ("string", "array") or schema.format == "date-time"
    match word:
        case "min" | "gte" | "minSize" | "minLength" if number is not None:
            return schema.replace(min_length=number) if counted else schema.replace(minimum=number)
        case "max" | "lte" | "maxSize" | "maxLength" if number is not None:
            return schema.replace(max_length=number) if counted else schema.replace(maximum=number)
        case "length" | "size" if number is not None:
            return schema.replace(min_length=number, max_length=number)
        case "nonempty":
            return schema.replace(min_length=1)
        case "gt" | "positive":
            return schema.replace(exclusive_minimum=number or 0)
        case "lt" | "negative":
            return schema.replace(exclusive_maximum=number or 0)
        case "nonnegative":
            return schema.replace(minimum=0)
        case "nonpositive":
            return schema.replace(maximum=0)
        case "multipleOf" | "step" if number is not None:
            return schema.replace(multiple_of=number)
        case "int" | "safe":
            return schema.replace(type="integer") if word == "int" else schema
        case "nullable":
            return schema.replace(nullable=True)
        case "trim":
            return schema.replace(transform=(*schema.transform, "strip"))
        case "toLowerCase":
            return schema.replace(transform=(*schema.transform, "lower"))
        case "toUpperCase":
            return schema.replace(transform=(*schema.transform, "upper"))
    return schema


def _pattern(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    known = pattern_of(step.args[0]) if step.args else None
    if known is None:
        return schema
    source = f"(?i){known[0]}" if "i" in known[1] else known[0]
    if schema.pattern:
        return schema.replace(checks=(*schema.checks, Check(name="regex", detail=source)))
    return schema.replace(pattern=source)


def _checked(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    said = step.value(1)
    place = step.args[0].place if step.args and isinstance(step.args[0], FunctionValue) else None
    detail = said if isinstance(said, str) else ""
    passes = step.name == "refine" and _is_lenient(schema, step, shapes)
    check = Check(name=step.name, detail=detail, lenient=passes, place=place)
    return schema.replace(checks=(*schema.checks, check))


ORDINARY: dict[str, tuple[Any, ...]] = {
    "string": ("A Map of Rain", "amber", "7", "x" * 60, "https://example.com/a", "2024-03-08"),
    "integer": (1, 7, 60, 2400),
    "number": (1, 7, 60, 2400),
    "date": ("2024-03-08", "2031-12-01", "1990-05-17"),
    "email": ("ann@example.com", "b.c@mail.example.org"),
}


def _is_lenient(schema: Schema, step: Step, shapes: Shapes) -> bool:
    """Whether the function that checks lets ordinary values of the type by."""
    values, function = (
        ORDINARY.get(schema.format or schema.type, ()),
        step.args[0] if step.args else None,
    )
    if not isinstance(function, FunctionValue) or schema.pattern:
        return False
    ev = shapes.codebase.evaluator
    found = [tried(ev, Probe(), function, Const(each)) for each in values]
    return bool(found) and all(isinstance(each, Const) and each.value is True for each in found)


def _text_part(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    said = step.value()
    check = Check(name=step.name, detail=said if isinstance(said, str) else "")
    return schema.replace(checks=(*schema.checks, check))


def _extended(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    given = step.args[0] if step.args else None
    inner = rule(given, shapes)
    more = inner.schema.properties if inner is not None else _properties(given, shapes)
    return _merged(schema, more)


def _picked(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    given = step.args[0] if step.args else None
    names = {text_of(key) for key, _ in given.items} if isinstance(given, DictValue) else set()
    keep = step.name == "pick"
    kept = tuple(each for each in schema.properties if (each.name in names) is keep)
    return schema.replace(properties=kept)


def _presence(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    """`partial()` and `required()`, of all members or those named."""
    given = step.args[0] if step.args else None
    names = {text_of(key) for key, _ in given.items} if isinstance(given, DictValue) else None
    required = step.name == "required"
    return schema.replace(
        properties=tuple(
            each.replace(required=required) if names is None or each.name in names else each
            for each in schema.properties
        )
    )


def _extra(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    return schema.replace(extra={"strict": "forbid", "strip": ""}.get(step.name, "allow"))


def _either(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    return Schema(any_of=(schema, _argument(step, 0, shapes).schema))


def _both(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    return _merged(schema, _argument(step, 0, shapes).schema.properties)


def _listed(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    return Schema(type="array", items=schema)


def _piped(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    """`.pipe(x)`: what comes in is still what stood before."""
    inner = _argument(step, 0, shapes).schema
    return inner.replace(strict=False) if schema.type in ("any", "string") else schema


def _excluded(schema: Schema, step: Step, shapes: Shapes) -> Schema:
    values = plain(step.args[0]) if step.args else None
    named = values if isinstance(values, list) else []
    keep = step.name == "extract"
    return schema.replace(enum=tuple(e for e in schema.enum if (e in named) is keep))


SHAPES: dict[str, Callable[[Schema, Step, Shapes], Schema]] = {
    "regex": _pattern,
    "refine": _checked,
    "superRefine": _checked,
    "check": _checked,
    "startsWith": _text_part,
    "endsWith": _text_part,
    "includes": _text_part,
    "extend": _extended,
    "safeExtend": _extended,
    "merge": _extended,
    "augment": _extended,
    "pick": _picked,
    "omit": _picked,
    "partial": _presence,
    "deepPartial": _presence,
    "required": _presence,
    "strict": _extra,
    "passthrough": _extra,
    "loose": _extra,
    "strip": _extra,
    "catchall": _extra,
    "or": _either,
    "and": _both,
    "array": _listed,
    "pipe": _piped,
    "exclude": _excluded,
    "extract": _excluded,
}
