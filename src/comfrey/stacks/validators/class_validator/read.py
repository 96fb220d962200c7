"""Understands classes whose fields class-validator's decorators describe, and TypeScript's own types."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from comfrey.languages.javascript.builtin import pairs
from comfrey.languages.javascript.decorators import by_hand, laid_out
from comfrey.languages.javascript.strings import pattern_of
from comfrey.model.schema import Check, Property, Schema
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.class_validator.constraints import ruled, target
from comfrey.stacks.validators.class_validator.rules import (
    BOUNDS,
    HARMLESS,
    RULES,
    TYPED,
    UNTYPED,
    phone,
)

PLAIN = {
    "string": Schema(type="string"),
    "number": Schema(type="number"),
    "boolean": Schema(type="boolean"),
    "bigint": Schema(type="integer"),
    "String": Schema(type="string"),
    "Number": Schema(type="number"),
    "Boolean": Schema(type="boolean"),
    "Date": Schema(type="string", format="date-time"),
    "null": Schema(type="null"),
    "object": Schema(type="object"),
    "any": Schema(),
    "unknown": Schema(),
}
PACKAGE, TRANSFORMER = "class-validator", "class-transformer"
SILENT = ("IsOptional", "IsDefined", "Allow", "ValidateNested", "ValidatePromise", "IsInstance")
"""Its marks that say nothing of a value by itself."""
RULING = ("Is", "Match", "Valid")
"""How rules of other packages are called that are built on it."""
FOREIGN = ("createZodDto",)
MAPPED = ("PartialType", "PickType", "OmitType", "IntersectionType")
MAX_FIELDS = 200
Change = Callable[[Schema, tuple[Value, ...], Shapes], Schema]
DAY = "2026-01-31"


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of values of a TypeScript type; None for what others know better."""
    if shapes.codebase.language.name != "javascript":
        return None
    match type:
        case External(name=name):
            return PLAIN.get(name)
        case Const(value=str() | int() | bool() as known):
            return Schema(type=_kind(known), enum=(known,))
        case Generic():
            return _generic(type, shapes)
        case DictValue():
            return _enumeration(type, shapes)
        case Instance() if _mapper(type):
            return _mapped(type, shapes)
        case ClassValue() if not any(_is_foreign(each) for each in shapes.codebase.bases(type)):
            return _class(type, shapes)
    return None


def _is_foreign(base: Value) -> bool:
    """Whether a class is made of another validator's schema: `extends createZodDto(schema)`."""
    return isinstance(base, Instance) and getattr(base.of, "last", "") in FOREIGN


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "integer"


def _enumeration(value: DictValue, shapes: Shapes) -> Schema | None:
    """A TypeScript enumeration is an object of constants."""
    held = [plain(each) for _, each in pairs(shapes.codebase.evaluator, value) or []]
    if not held or not all(isinstance(each, str | int) for each in held):
        return None
    return Schema(type=_kind(held[0]), enum=tuple(held))


def _generic(type: Generic, shapes: Shapes) -> Schema | None:  # noqa: A002
    name = type.of.last if isinstance(type.of, External) else ""
    if name in ("Array", "ReadonlyArray", "Set"):
        return Schema(type="array", items=shapes.of(type.args[0]))
    if name in ("Promise", "Readonly", "Required", "NonNullable", "Awaited"):
        return shapes.of(type.args[0])
    if name == "Partial":
        inner = shapes.of(type.args[0])
        return inner.replace(properties=tuple(e.replace(required=False) for e in inner.properties))
    if name == "Record" and len(type.args) > 1:
        return Schema(type="object", values=shapes.of(type.args[1]))
    if name in ("Pick", "Omit") and len(type.args) > 1:
        return _kept(shapes.of(type.args[0]), _literals(type.args[1]), name == "Pick")
    if name == "Union":
        return _union(type.args, shapes)
    return None


def _literals(value: Value) -> set[str]:
    if isinstance(value, Generic):
        return {str(each.value) for each in value.args if isinstance(each, Const)}
    return {str(value.value)} if isinstance(value, Const) else set()


def _union(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    real = [e for e in args if not (isinstance(e, Const) and e.value is None)]
    real = [e for e in real if not (isinstance(e, External) and e.name in ("null", "undefined"))]
    nullable = len(real) < len(args)
    if real and all(isinstance(each, Const) for each in real):
        values = tuple(each.value for each in real if isinstance(each, Const))
        return Schema(type=_kind(values[0]), enum=values, nullable=nullable)
    inner = [shapes.of(each) for each in real]
    if len(inner) == 1:
        return inner[0].replace(nullable=nullable)
    return Schema(any_of=tuple(inner), nullable=nullable)


# --- classes -----------------------------------------------------------------


def _class(of: ClassValue, shapes: Shapes) -> Schema | None:
    found: dict[str, Property] = {}
    for base in shapes.codebase.bases(of):
        for each in shapes.of(base).properties:
            found[each.name] = each
    members = shapes.codebase.members(of)[:MAX_FIELDS]
    ruled_class = is_ruled(of, shapes.codebase)
    for member in members:
        if isinstance(member.value, FunctionValue) or member.name.startswith(("_", "#", "<")):
            continue
        if member.annotation is not None or member.decorators:
            made = _field(member, shapes)
            if made is not None:
                bare = ruled_class and not _has_rule(member, shapes.codebase)
                found[made.name] = _unruled(made) if bare else made
    return Schema(type="object", properties=tuple(found.values()), name=of.name, place=of.place)


def is_ruled(kind: Value, codebase: Codebase) -> bool:
    """Whether class-validator looks at objects of a class at all: a member has a rule, its own or inherited."""
    if isinstance(kind, Instance) and _mapper(kind):
        return any(is_ruled(each, codebase) for each in kind.args)
    if not isinstance(kind, ClassValue):
        return False
    own = any(_has_rule(each, codebase) for each in codebase.members(kind)[:MAX_FIELDS])
    return own or any(is_ruled(each, codebase) for each in codebase.bases(kind))


def _has_rule(member: Member, codebase: Codebase) -> bool:
    """Whether a member has a rule, of class-validator or of the project's own."""
    scope = codebase.body_of(member.owner)
    marks = laid_out([codebase.value(each, scope) for each in member.decorators])
    return any(
        isinstance(each, FunctionValue)
        or dotted(each).startswith(PACKAGE)
        or dotted(each).rpartition(".")[2].startswith(RULING)
        for each in marks
    )


def _unruled(made: Property) -> Property:
    """A member that nobody looks at, beside others with rules."""
    return made.replace(required=False, schema=made.schema.replace(unchecked=True))


def _field(member: Member, shapes: Shapes) -> Property | None:
    codebase = shapes.codebase
    scope = codebase.body_of(member.owner)
    written = [codebase.value(each, scope) for each in member.decorators]
    marks = [
        e for each in laid_out(written) for e in by_hand(codebase.evaluator, each, *target(member))
    ]
    words = [(dotted(each).rpartition(".")[2], each) for each in marks]
    if any(word in ("Exclude", "IsEmpty") for word, _ in words):
        return None
    optional = any(word in ("IsOptional", "ApiPropertyOptional") for word, _ in words)
    schema = Schema()
    if member.annotation is not None:
        kind = codebase.type_of(member.annotation, scope)
        if isinstance(kind, Generic) and kind.of == External("typing.Optional"):
            kind = kind.args[0]
        schema = shapes.of(kind)
        loose = _question(member) or "undefined" in member.annotation.text
        optional = optional or (not _validated(words) and loose)
    for word, mark in words:
        own = ruled(schema, mark, member, shapes)
        schema = own or _each(schema, word, mark, shapes)
    if any(word == "IsOptional" for word, _ in words):
        schema = schema.replace(nullable=True)
    schema = _begun(_as_day(schema), member, shapes)
    if words and all(word in UNTYPED for word in _rules_of(words)) and schema.type in TYPED:
        schema = schema.replace(annotated=True)
    if _speaks_otherwise(words, member.name):
        schema = schema.replace(unnamed=True)
    needed = not optional and not schema.has_default
    return Property(name=member.name, schema=schema, required=needed, place=member.place)


def _speaks_otherwise(words: list[tuple[str, Value]], name: str) -> bool:
    """Whether a rule that flaws are made of has a message that does not name the member as it is spelt."""
    tried = ((mark, word in {*RULES, *BOUNDS, *CHANGES} - {"ArrayUnique"}) for word, mark in words)
    given = (
        mark.args[-1] for mark, ours in tried if ours and isinstance(mark, Instance) and mark.args
    )
    said = (each.get("message") for each in given if isinstance(each, DictValue))
    texts = (text for each in said if each is not None and (text := plain(each)) is not None)
    return any(not re.search(rf"(?<!\w){re.escape(name)}(?!\w)|\$property", str(e)) for e in texts)


def _rules_of(words: list[tuple[str, Value]]) -> list[str]:
    """The rules among a member's marks; one that is not known here for any that asks for a type."""
    ours = (word for word, mark in words if dotted(mark).startswith((PACKAGE, TRANSFORMER)))
    own = ["" for _, mark in words if isinstance(mark, FunctionValue)]
    return [*ours, *own] or [""]


def _begun(schema: Schema, member: Member, shapes: Shapes) -> Schema:
    """A field that is written with a value keeps it where nothing is sent."""
    made = Instance(member.owner, symbolic=True)
    value = shapes.codebase.assigned_field(made, member.owner, member.name)
    known = plain(value) if value is not None else None
    return schema if known is None else schema.replace(has_default=True, default=known)


def _as_day(schema: Schema) -> Schema:
    """A moment that a pattern or a length cuts down to its day."""
    if schema.format != "date-time":
        return schema
    if schema.pattern is not None and _takes(schema.pattern) == (True, False):
        return schema.replace(format="date", pattern=None)
    if schema.max_length == len(DAY):
        return schema.replace(format="date", max_length=None, min_length=None)
    return schema


def _takes(pattern: str) -> tuple[bool, bool]:
    """Whether a pattern takes a day, and whether it takes a moment."""
    try:
        known = re.compile(pattern)
    except re.error:
        return False, False
    return bool(known.search(DAY)), bool(known.search(f"{DAY}T10:30:00.000Z"))


def _question(member: Member) -> bool:
    """Whether a field is written with `?`."""
    note = member.annotation
    return (
        note is not None
        and type(note).__name__ == "Subscript"
        and note.of.text.startswith(  # type: ignore[attr-defined]
            ("typing", member.name)
        )
    )


def _validated(words: list[tuple[str, Value]]) -> bool:
    return any(word.startswith(("Is", "Min", "Max", "Length", "Matches")) for word, _ in words)


def _each(schema: Schema, word: str, mark: Value, shapes: Shapes) -> Schema:
    """A rule for the value, or with `{ each: true }` for every item of it."""
    options = mark.args[-1] if isinstance(mark, Instance) and mark.args else None
    if not isinstance(options, DictValue) or plain(options.get("each")) is not True:
        return _ruled(schema, word, mark, shapes)
    assert isinstance(mark, Instance)
    inner = _ruled(schema.items or Schema(), word, replace(mark, args=mark.args[:-1]), shapes)
    return schema.replace(type="array", items=inner)


def _ruled(schema: Schema, word: str, mark: Value, shapes: Shapes) -> Schema:
    args = mark.args if isinstance(mark, Instance) else ()
    first = args[0] if args else None
    if word in RULES:
        return _typed(schema, RULES[word])
    if word in BOUNDS and isinstance(known := plain(first), int | float):
        return schema.replace(**{BOUNDS[word]: known})
    change = CHANGES.get(word)
    if change is not None:
        return change(schema, args, shapes)
    if dotted(mark).startswith(f"{PACKAGE}.") and word not in SILENT:
        lenient = word in HARMLESS or (word == "NotContains" and _is_odd(plain(first)))
        check = Check(name=word, lenient=lenient)
        return schema.replace(checks=(*schema.checks, check))
    return schema


def _is_odd(text: object) -> bool:
    """Whether no believable value holds such a text."""
    return isinstance(text, str) and not any(each.isalnum() or each == " " for each in text)


def _typed(schema: Schema, rule: dict[str, Any]) -> Schema:
    """A rule's type counts where it says more than the annotation."""
    said = dict(rule)
    if not all(_is_of(each, said.get("type")) for each in schema.enum):
        schema = schema.replace(enum=())
    if "min_length" in said and schema.type not in ("string", "array", "any"):
        return schema
    if said.get("type") == "number" and schema.type == "integer":
        said.pop("type")
    return schema.replace(**said)


def _is_of(value: object, kind: object) -> bool:
    """Whether a rule of that type lets a value by."""
    return kind not in ("string", "integer", "number") or (kind == "string") == isinstance(
        value, str
    )


def _length(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    bounds = [plain(each) for each in args[:2]]
    low = bounds[0] if bounds and isinstance(bounds[0], int) else None
    high = bounds[1] if len(bounds) > 1 and isinstance(bounds[1], int) else None
    return schema.replace(min_length=low, max_length=high)


def _choice(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    """`@IsEnum(Role)`, `@IsIn(["a", "b"])`."""
    if not args:
        return schema
    if isinstance(args[0], ListValue):
        values = tuple(plain(args[0]) or ())
    else:
        held = pairs(shapes.codebase.evaluator, args[0])
        values = tuple(plain(each) for _, each in held or [])
    known = tuple(each for each in values if isinstance(each, str | int))
    if not known:
        return schema
    if schema.type == "array":
        return schema.replace(items=Schema(type=_kind(known[0]), enum=known))
    return schema.replace(type=_kind(known[0]), enum=known)


def _equal(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    """`@Equals("yes")`."""
    known = plain(args[0]) if args else None
    if not isinstance(known, str | int):
        return schema
    return schema.replace(type=_kind(known), enum=(known,))


def _dialled(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    """`@IsPhoneNumber("PL")`, `@IsMobilePhone()`: numbers as one is written in that country."""
    said = phone(plain(args[0]) if args else None)
    if said is None:
        return schema.replace(checks=(*schema.checks, Check(name="IsPhoneNumber")))
    return schema.replace(type="string", pattern=said)


def _degrees(most: int, name: str) -> Change:
    """`@IsLatitude()`: a number between bounds, or such a number as a text, of which we know no more."""

    def changed(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
        if schema.type != "number":
            return schema.replace(checks=(*schema.checks, Check(name=name)))
        return schema.replace(minimum=-most, maximum=most)

    return changed


def _matched(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    known = pattern_of(args[0]) if args else None
    return schema.replace(pattern=known[0]) if known is not None else schema


def _nested(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    """`@Type(() => Item)` names the class of items."""
    made = (
        shapes.codebase.evaluator.call(args[0])
        if args and isinstance(args[0], FunctionValue)
        else None
    )
    if made is None:
        return schema
    inner = shapes.of(made)
    if schema.type == "array":
        return schema.replace(items=inner)
    return inner if isinstance(made, ClassValue) else schema


def _transformed(schema: Schema, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    function = args[0] if args else None
    text = function.node.text if isinstance(function, FunctionValue) else dotted(function)
    found = [word for sign, word in TRANSFORMS.items() if sign in text]
    return schema.replace(transform=(*schema.transform, *found))


TRANSFORMS = {"trim(": "strip", "toLowerCase(": "lower", "toUpperCase(": "upper"}
CHANGES: dict[str, Change] = {
    "Length": _length,
    "IsEnum": _choice,
    "IsIn": _choice,
    "Matches": _matched,
    "Equals": _equal,
    "IsLatitude": _degrees(90, "IsLatitude"),
    "IsLongitude": _degrees(180, "IsLongitude"),
    "IsPhoneNumber": _dialled,
    "IsMobilePhone": _dialled,
    "IsByteLength": _length,
    "Type": _nested,
    "Transform": _transformed,
}


# --- mapped types ------------------------------------------------------------


def _mapper(value: Instance) -> bool:
    return dotted(value).rpartition(".")[2] in MAPPED


def _mapped(value: Instance, shapes: Shapes) -> Schema:
    """`PartialType(A)`, `PickType(A, ["x"])`, `OmitType(A, ["x"])`, `IntersectionType(A, B)`."""
    word = dotted(value).rpartition(".")[2]
    inner = [shapes.of(each) for each in value.args if isinstance(each, ClassValue | Instance)]
    if not inner:
        return Schema(type="object")
    if word == "PartialType":
        members = tuple(_left_out(each, _skips_null(value)) for each in inner[0].properties)
        return inner[0].replace(properties=members)
    if word == "IntersectionType":
        known = {each.name: each for schema in inner for each in schema.properties}
        return inner[0].replace(properties=tuple(known.values()))
    listed = plain(value.args[1]) if len(value.args) > 1 else None
    return _kept(inner[0], set(listed or ()), word == "PickType")


def _skips_null(value: Instance) -> bool:
    """`PartialType` takes null for "not there" unless it is told otherwise."""
    said = value.args[1] if len(value.args) > 1 else None
    return not isinstance(said, DictValue) or plain(said.get("skipNullProperties")) is not False


def _left_out(each: Property, null: bool) -> Property:
    schema = each.schema.replace(nullable=True) if null else each.schema
    return each.replace(required=False, schema=schema)


def _kept(schema: Schema, names: set[str], keep: bool) -> Schema:
    return schema.replace(
        properties=tuple(each for each in schema.properties if (each.name in names) is keep)
    )
