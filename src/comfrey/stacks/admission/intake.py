"""What functions that take a request take from it: schemas that parts of it are put through, members that are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.model.endpoint import Body, Parameter, Response
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.comparing import comparable
from comfrey.source.node import Attribute, BoolOp, Compare, Constant, Expression, Name, Unary
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Condition,
    DictValue,
    Generic,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks.admission.described import described
from comfrey.stacks.admission.packaged import is_passport
from comfrey.stacks.admission.passage import answered, likely, passage, status_of_error
from comfrey.stacks.admission.signing import fields_of, refusal_of
from comfrey.stacks.admission.visits import Answer, Stage, Taken, Visitor
from comfrey.stacks.shapes import Shapes

LOCATIONS = {
    "body": "body",
    "query": "query",
    "params": "path",
    "headers": "header",
    "cookies": "cookie",
}
UNCHANGED = 304
INVALID = (400, 422)
VACANT = (405, 410, 501)
"""What a handler answers that stands in for one which is not there: not allowed, gone, not implemented."""
CHECKING = re.compile(r"^(?:is)?_?valid(?:ate\w*)?$", re.IGNORECASE)
FAILED = re.compile(r"\(?\w*[eE]rr(?:or)?\s*!=\s*nil\)?")
CONVERTED = ("integer", "number", "boolean")
NO_FIELDS = frozenset(
    [
        "hasOwnProperty",
        "toString",
        "valueOf",
        "length",
        "map",
        "forEach",
        "filter",
        "constructor",
        "then",
        "catch",
        "entries",
        "keys",
    ]
)


@dataclass
class Intake:
    """What one endpoint takes: a schema per location, and names that are read without one."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    read: dict[str, dict[str, Schema]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)
    """All that its functions may answer, whoever asks."""
    refused: int | None = None
    """The answer to what does not pass a validation."""
    unreadable: int | None = None
    """The answer to a body that cannot be read, where what only breaks its rules is answered otherwise."""
    malformed: int | None = None
    """The answer to a key in the path that is none."""
    lenient: set[str] = field(default_factory=set)
    """Names whose values the code converts, and takes no notice where that fails."""


def taken(
    functions: tuple[Value, ...], stage: Stage, shapes: Shapes, path: str, method: str
) -> Intake:
    """The functions of one endpoint in order, tried out with a request of which nothing is known."""
    found = Intake()
    names = tuple(re.findall(r"\{(\w+)\}", path))
    for function in functions:
        if is_passport(function):
            _signed(found, function, stage.codebase)
            continue
        visitor = Visitor(False, None, path, method, names)
        ways = likely(passage(stage, function, visitor))
        told = [answered(stage, each) for each in ways]
        found.answers += [a for way, a in zip(ways, told, strict=True) if _is_meant(stage, way, a)]
        for each in visitor.taken:
            _put(found, each, shapes)
        _members(found, visitor, stage.codebase)
        for location, read in visitor.read.items():
            for name, schema in read.items():
                found.read.setdefault(location, {}).setdefault(name, schema)
        found.required |= set(_demanded(told))
        found.lenient |= _passed_over(function, stage, visitor)
        signed = [_signed(found, each, stage.codebase) for each in visitor.signing]
        judged = visitor.taken or visitor.collected or any(signed)
        if found.refused is None and (judged or visitor.read.get("query")):
            found.refused, found.unreadable = _refusal(function, stage, visitor)
        if found.malformed is None and (keys := _converted(visitor, "path")):
            wrong = _refusing(function, stage, visitor, keys)
            found.malformed = wrong[0].status if wrong else None
    for function in functions:
        _describe(found, described(function, stage.codebase, shapes))
    return found


def _signed(found: Intake, made: Value, codebase: Codebase) -> bool:
    """The name and the password that passport asks of the body; whether it does."""
    fields = fields_of(made, codebase)
    for name in fields:
        found.read.setdefault("body", {}).setdefault(name, Schema())
    found.required.update(fields)
    if fields and found.refused is None:
        found.refused = refusal_of(made)
    return bool(fields)


def _describe(found: Intake, told: dict[str, Schema]) -> None:
    """Names that are read get the types that the source gives them; a body that is only handed on has its members."""
    schema = told.get("body")
    if schema is None or "body" in found.schemas:
        return
    read = found.read.setdefault("body", {})
    handed_on = not read
    for each in schema.properties:
        if handed_on or read.get(each.name) == Schema():
            read[each.name] = each.schema


def _is_meant(stage: Stage, way: Answer, told: Answer) -> bool:
    """Whether somebody declared the answer: what becomes of any error whatever in the last resort is none."""
    broken = told.status is not None and told.status >= 500
    own = way.status or status_of_error(stage, way.error)
    return not (broken and way.kind == "error" and own is None)


def _put(found: Intake, each: Taken, shapes: Shapes) -> None:
    """Notes a schema; the first that a part is put through counts."""
    schema = _schema(each, shapes)
    location = LOCATIONS.get(each.location)
    if (
        schema is not None
        and schema.type == "object"
        and not schema.properties
        and location != "body"
    ):
        return
    if schema is not None and location is not None and schema != Schema():
        found.schemas.setdefault(location, schema)


def _schema(each: Taken, shapes: Shapes) -> Schema | None:
    if isinstance(each.schema, DictValue) and each.member:
        inner = each.schema.get(each.member)
        return shapes.of(inner) if inner is not None else None
    schema = shapes.of(each.schema)
    if each.without:
        sent = (own for own in schema.properties if own.name not in each.without)
        return schema.replace(properties=tuple(sent))
    if not each.member:
        return schema
    member = schema.property(each.member)
    return member.schema if member is not None else None


def _passed_over(function: Value, stage: Stage, visitor: Visitor) -> set[str]:
    """Names that are read as a number and the like, of which no value is refused."""
    typed = _converted(visitor)
    if not typed or not _refusing(function, stage, visitor, typed):
        return set(typed)
    if len(typed) == 1:
        return set()
    return {name for name in typed if not _refusing(function, stage, visitor, (name,))}


def _converted(visitor: Visitor, *locations: str) -> tuple[str, ...]:
    """Names of the query and the path that the code makes numbers and the like of."""
    read = (visitor.read.get(each, {}) for each in locations or ("query", "path"))
    every = [pair for each in read for pair in each.items()]
    return tuple(n for n, schema in every if schema.type in CONVERTED or schema.format)


def _refusing(
    function: Value,
    stage: Stage,
    visitor: Visitor,
    unfit: tuple[str, ...],
    *,
    invalid: bool = False,
    readable: bool = False,
) -> list[Answer]:
    """The answers that only a request is given of which these values do not fit, `invalid`: nor its body."""
    plain = _tried(function, stage, visitor)
    wrong = _tried(function, stage, visitor, unfit, invalid=invalid, readable=readable)
    usual = {each.place for each in plain}
    blamed = [e for e in wrong if e.status and 400 <= e.status < 500]
    certain = _is_let_by(plain) and not _is_let_by(wrong)
    return blamed if certain else [each for each in blamed if each.place not in usual]


def _tried(
    function: Value,
    stage: Stage,
    visitor: Visitor,
    unfit: tuple[str, ...] = (),
    *,
    invalid: bool = False,
    readable: bool = False,
) -> list[Answer]:
    """What may happen to a request of which only this does not fit."""
    key = (id(function), unfit, invalid, readable)
    if key in visitor.tried:
        return visitor.tried[key]
    sent = Visitor(
        False, None, visitor.path, visitor.method, invalid=invalid, readable=readable, unfit=unfit
    )
    found = [answered(stage, each) for each in likely(passage(stage, function, sent))]
    visitor.tried[key] = found
    return found


def _is_let_by(told: list[Answer]) -> bool:
    """Whether a request may come through."""
    return any(e.kind == "pass" or (e.status is not None and e.status < 400) for e in told)


def _checks_itself(schema: Value, codebase: Codebase) -> bool:
    """Whether what is filled has a method of its own that checks it."""
    kind = schema.of if isinstance(schema, Generic) else schema
    members = codebase.members(kind) if isinstance(kind, ClassValue) else ()
    return any(CHECKING.match(each.name) for each in members)


def _refusal(function: Value, stage: Stage, visitor: Visitor) -> tuple[int | None, int | None]:
    """The answer to what breaks a rule; the one to what cannot be read, where it is another."""
    asked = _converted(visitor, "query")
    rules: list[Answer] = []
    if visitor.validated:
        rules = _refusing(function, stage, visitor, (), invalid=True, readable=True)
    elif any(_checks_itself(each.schema, stage.codebase) for each in visitor.taken):
        rules = [e for e in _tried(function, stage, visitor) if e.status in INVALID]
    judged = visitor.collected or bool(visitor.taken or visitor.signing)
    every = _refusing(function, stage, visitor, asked, invalid=judged)
    first, second = (_plainest(told) for told in (rules or every, every))
    return first, second if second != first else None


def _plainest(told: list[Answer]) -> int | None:
    """The status of a refusal: one that speaks of the input, before one that speaks of what is missing."""
    statuses = [each.status for each in told]
    return next((each for each in statuses if each in INVALID), next(iter(statuses), None))


# --- members that are read ---------------------------------------------------


def _members(found: Intake, visitor: Visitor, codebase: Codebase) -> None:
    for location, part in visitor.parts.items():
        word = LOCATIONS.get(location)
        if word is None or not isinstance(part, Instance):
            continue
        known = found.read.setdefault(word, {})
        for name in codebase.evaluator.asked_of(part):
            if name not in NO_FIELDS:
                known.setdefault(name, Schema())


def _demanded(told: list[Answer]) -> Iterator[str]:
    """Names whose absence is refused: `if (!email) return res.status(400)…`."""
    for answer in told:
        if answer.status in INVALID and answer.conditions:
            last = answer.conditions[-1]
            if last.holds and last.test is not None:
                yield from _absent(last.test)


def _absent(test: Expression) -> Iterator[str]:
    match test:
        case Unary(operator="not", operand=Name(name=name) | Attribute(name=name)):
            yield name
        case BoolOp(operator="or", operands=operands):
            for each in operands:
                yield from _absent(each)
        case Compare(
            first=Name(name=name) | Attribute(name=name),
            rest=(("==" | "is", Constant(value=None)),),
        ):
            yield name


# --- as nouns ----------------------------------------------------------------


def parameters(found: Intake, path: str) -> tuple[Parameter, ...]:
    """Path, query, header and cookie parameters; those of the path are always there."""
    result = []
    path_schema = found.schemas.get("path")
    for name in re.findall(r"\{(\w+)\}", path):
        member = path_schema.property(name) if path_schema is not None else None
        schema = member.schema if member is not None else Schema(type="string")
        passed = name in found.lenient
        result.append(
            Parameter(name=name, location="path", schema=schema, required=True, lenient=passed)
        )
    for location in ("query", "header", "cookie"):
        result += _located(found, location)
    return tuple(result)


def _located(found: Intake, location: str) -> Iterator[Parameter]:
    schema = found.schemas.get(location)
    if schema is not None and schema.properties:
        for each in schema.properties:
            yield Parameter(
                name=each.name,
                location=location,
                schema=each.schema,
                required=each.required,
                place=each.place,
            )
    elif location == "query":
        for name, inner in found.read.get(location, {}).items():
            needed = name in found.required
            yield Parameter(
                name=name,
                location=location,
                schema=_text(inner),
                required=needed,
                lenient=name in found.lenient,
            )


def _text(schema: Schema) -> Schema:
    return schema.replace(type="string") if schema.type == "any" else schema


def body(found: Intake, method: str, media: str = "application/json") -> Body | None:
    """The request's body, by its schema, else by the members that the code reads."""
    schema = found.schemas.get("body")
    if schema is not None:
        return Body(schema=schema, media=media, place=schema.place)
    read = found.read.get("body", {})
    if not read or method in ("GET", "HEAD", "DELETE"):
        return None
    made = tuple(
        Property(name=name, schema=inner, required=name in found.required)
        for name, inner in read.items()
    )
    required = any(each.required for each in made)
    return Body(schema=Schema(type="object", properties=made), media=media, required=required)


def success(found: Intake) -> int:
    """The status of an answer that is no error: the handler's last word on it. What only tells somebody that he has
    the answer already is none. A handler that only says that there is nothing here has said so."""
    if (said := {e.status for e in found.answers}) <= set(VACANT) and len(said) == 1:
        return said.pop() or 200
    told = [e for e in found.answers if e.kind == "answer" and e.status and e.status < 400]
    good = [each for each in told if each.status != UNCHANGED] or told
    usual = [each for each in good if not any(map(_is_failure, each.conditions))]
    return next((each.status for each in usual or good if each.status), 200)


def _is_failure(condition: Condition) -> bool:
    """Whether a condition is that something went wrong: `if err != nil`."""
    test = condition.test
    return bool(condition.holds and test is not None and FAILED.fullmatch(test.text))


def responses(found: Intake) -> tuple[Response, ...]:
    """Every answer that the code gives, once per status."""
    known: dict[int, Response] = {}
    for each in found.answers:
        if each.kind == "answer" and each.status is not None:
            known.setdefault(
                each.status,
                Response(
                    status=each.status,
                    description=_message(each.body),
                    media=each.media,
                    place=each.place,
                ),
            )
    if found.refused is not None:
        known.setdefault(found.refused, Response(status=found.refused))
    return tuple(known[status] for status in sorted(known))


def _message(value: Value | None) -> str:
    if isinstance(value, DictValue):
        for name in ("message", "error", "msg", "detail"):
            said = value.get(name)
            known = comparable(said) if said is not None else None
            if known is not None and isinstance(known[0], str):
                return known[0]
    return ""


__all__ = [
    "BoundExternal",
    "Intake",
    "Place",
    "body",
    "parameters",
    "responses",
    "taken",
    "text_of",
]
