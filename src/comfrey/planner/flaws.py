"""Values on both sides of every rule: what a declared shape must refuse, and what it must still let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.schema import Property, Schema
from comfrey.model.value import Literal, Mapping, Missing, Repeated, Sequence, Value
from comfrey.planner.acceptance import accepts, surely_refuses
from comfrey.planner.harmless import is_harmless
from comfrey.planner.wording import a, words
from comfrey.planner.world import bare, properties

LARGEST = 2**31 - 1
LONG = 60
"""From this length on a text is written as a repetition."""
NO_FORMAT = {
    "email": "rosa.example.com",
    "uuid": "not-a-uuid",
    "date": "someday",
    "date-time": "someday",
    "time": "noonish",
    "uri": "not a link",
    "decimal": "plenty",
}


class Flaw(Noun, frozen=True, kw_only=True):
    """A member at a dotted path, a value for it, and the words that tell the row from its neighbours."""

    path: str
    words: str
    value: Value
    rule: str = ""


def refused(schema: Schema, control: Mapping, head: str = "") -> Iterator[Flaw]:
    """Every single change to `control`, an accepted object, that `schema` must refuse."""
    sent = dict(control.members)
    for member in properties(schema):
        path = f"{head}{member.name}"
        yield from _absent(member, path)
        yield from of_value(path, member.schema)
        yield from _inside(bare(member.schema), sent.get(member.name), path)
    if bare(schema).extra == "forbid":
        value = Literal(value="amber")
        yield Flaw(
            path=f"{head}unexpected", words="an unexpected member", value=value, rule="extra"
        )


def _absent(member: Property, path: str) -> Iterator[Flaw]:
    noun = words(member.name)
    if member.required:
        yield Flaw(path=path, words=f"no {noun}", value=Missing(), rule="required")
    if member.schema.unchecked:
        return
    if not member.schema.nullable and surely_refuses(member.schema, None):
        yield Flaw(path=path, words=a(f"null {noun}"), value=Literal(), rule="null")


def _inside(schema: Schema, control: Value | None, path: str) -> Iterator[Flaw]:
    if schema.unchecked:
        return
    if isinstance(control, Mapping) and schema.properties:
        yield from refused(schema, control, f"{path}.")
    if isinstance(control, Sequence) and control.items and schema.items is not None:
        first = control.items[0]
        if isinstance(first, Mapping):
            yield from refused(bare(schema.items), first, f"{path}.0.")


def of_value(path: str, declared: Schema) -> Iterator[Flaw]:
    """Values of a wrong type, outside a bound, or badly formed."""
    schema = bare(declared)
    if schema.any_of or schema.format == "binary" or schema.unchecked:
        return
    noun = words(path)
    found = [*_wrong_type(noun, schema), *_wrong_choice(noun, schema), *beyond(noun, schema)]
    for said, value, rule in found:
        if surely_refuses(schema, plain_value(value)):
            yield Flaw(path=path, words=said, value=value, rule=rule)


def odd(schema: Schema) -> Iterator[Flaw]:
    """Values of another type for members whose type nobody looks at: let in or not, they are no error of the app's."""
    for member in properties(schema):
        inner = bare(member.schema)
        if inner.annotated and not inner.unchecked:
            told = inner.replace(annotated=False)
            for said, value, rule in _wrong_type(words(member.name), told):
                yield Flaw(path=member.name, words=said, value=value, rule=rule)


Candidate = tuple[str, Value, str]


def _wrong_type(noun: str, schema: Schema) -> Iterator[Candidate]:
    if schema.enum or schema.annotated:
        return
    match schema.type:
        case "string":
            if schema.format in NO_FORMAT:
                yield a(f"badly formed {noun}"), Literal(value=NO_FORMAT[schema.format]), "format"
            else:
                wrong = Mapping(members=(("text", Literal(value="amber")),))
                yield f"{a(noun)} that is no text", wrong, "type"
        case "integer" | "number":
            yield f"{a(noun)} that is no number", Literal(value="plenty"), "type"
        case "boolean":
            yield f"{a(noun)} that is neither true nor false", Literal(value="perhaps"), "type"
        case "array":
            yield f"{noun} that are no list", Literal(value="amber"), "type"
        case "object":
            yield f"{a(noun)} that is no object", Literal(value="amber"), "type"


def _wrong_choice(noun: str, schema: Schema) -> Iterator[Candidate]:
    if schema.enum:
        wrong = Literal(value="sideways") if isinstance(schema.enum[0], str) else Literal(value=-7)
        yield f"an unknown {noun}", wrong, "enum"


def beyond(noun: str, schema: Schema) -> Iterator[Candidate]:
    """Just outside each bound."""
    yield from _lengths(noun, schema, outside=True)
    for bound, value, rule in _limits(schema, outside=True):
        yield f"{a(noun)} of {bound}", Literal(value=value), rule
    if schema.pattern:
        yield f"{a(noun)} of another form", Literal(value="?"), "pattern"
    if schema.multiple_of and schema.type == "integer" and schema.multiple_of > 1:
        yield f"an uneven {noun}", Literal(value=int(schema.multiple_of) + 1), "multiple"


def accepted(schema: Schema, control: Mapping, head: str = "") -> Iterator[Flaw]:
    """Every single change to `control` that stands just inside a bound and must be let in."""
    sent = dict(control.members)
    for member in properties(schema):
        inner = bare(member.schema)
        yield from within(f"{head}{member.name}", inner)
        value = sent.get(member.name)
        if isinstance(value, Mapping) and inner.properties:
            yield from accepted(inner, value, f"{head}{member.name}.")
        first = value.items[0] if isinstance(value, Sequence) and value.items else None
        if isinstance(first, Mapping) and inner.items is not None:
            yield from accepted(bare(inner.items), first, f"{head}{member.name}.0.")


def within(path: str, schema: Schema) -> Iterator[Flaw]:
    """Just inside each bound of one member."""
    noun = words(path)
    if schema.any_of or schema.enum or schema.unchecked or not all(map(is_harmless, schema.checks)):
        return
    if schema.type == "string" and not schema.pattern and schema.format in ("", "password"):
        for said, value, rule in _lengths(noun, schema, outside=False):
            yield Flaw(path=path, words=said, value=value, rule=rule)
    for bound, number, rule in _limits(schema, outside=False):
        if abs(number) < LARGEST and accepts(schema, number):
            said = f"{a(noun)} of {bound}"
            yield Flaw(path=path, words=said, value=Literal(value=number), rule=rule)


def _lengths(noun: str, schema: Schema, *, outside: bool) -> Iterator[Candidate]:
    if schema.type == "array" and outside:
        if schema.min_length:
            yield f"too few {noun}", Sequence(), "min_length"
        return
    if schema.type != "string":
        return
    step = 1 if outside else 0
    if schema.min_length:
        least = schema.min_length - step
        said = f"an empty {noun}" if least == 0 else f"{a(noun)} of {_characters(least)}"
        yield said, _letters(least), "min_length"
    if schema.max_length is not None:
        most = schema.max_length + step
        yield f"{a(noun)} of {_characters(most)}", _letters(most), "max_length"


def _characters(count: int) -> str:
    return "one character" if count == 1 else f"{count} characters"


def _letters(count: int) -> Value:
    return Repeated(unit="x", times=count) if count > 5 else Literal(value="x" * count)


def _limits(schema: Schema, *, outside: bool) -> Iterator[tuple[str, Any, str]]:
    if schema.type not in ("integer", "number"):
        return
    step: Any = 1 if schema.type == "integer" else 0.5
    if schema.multiple_of:
        step = schema.multiple_of
    low, high = schema.minimum, schema.maximum
    under, over = schema.exclusive_minimum, schema.exclusive_maximum
    if low is not None:
        value = low - step if outside else low
        yield _number(schema, value), _as(schema, value), "minimum"
    if high is not None:
        value = high + step if outside else high
        yield _number(schema, value), _as(schema, value), "maximum"
    if under is not None:
        value = under if outside else under + step
        yield _number(schema, value), _as(schema, value), "exclusive_minimum"
    if over is not None:
        value = over if outside else over - step
        yield _number(schema, value), _as(schema, value), "exclusive_maximum"


def _as(schema: Schema, value: float) -> Any:
    return int(value) if schema.type == "integer" else float(value)


def _number(schema: Schema, value: float) -> str:
    return str(_as(schema, value))


def plain_value(value: Value) -> Any:
    """A value that needs nothing from a running case, as JSON."""
    match value:
        case Literal():
            return value.value
        case Repeated():
            return value.unit * value.times
        case Mapping():
            return {name: plain_value(each) for name, each in value.members}
        case Sequence():
            return [plain_value(each) for each in value.items]
    return None
