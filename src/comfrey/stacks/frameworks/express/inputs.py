"""Inputs that packages' middleware declares: celebrate, express-validator, schemas by location."""

from __future__ import annotations

from comfrey.languages.javascript.chains import Chain, Step, chain_of
from comfrey.model.schema import Check, Property, Schema
from comfrey.source.value import DictValue, External, Instance, ListValue, Value, plain, text_of
from comfrey.stacks.admission.intake import Intake
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.shapes import Shapes

SEGMENTS = {
    "body": "body",
    "query": "query",
    "params": "path",
    "headers": "header",
    "cookies": "cookie",
    "BODY": "body",
    "QUERY": "query",
    "PARAMS": "path",
    "HEADERS": "header",
    "COOKIES": "cookie",
}
VALIDATOR = "express-validator"
JOI = ("joi", "@hapi/joi", "celebrate")
LENIENT = "express-validation"
"""Lets members by that nobody declared (`allowUnknownBody`)."""
FIELDS = {
    "body": "body",
    "check": "body",
    "query": "query",
    "param": "path",
    "header": "header",
    "cookie": "cookie",
}
TESTS: dict[str, dict[str, object]] = {
    "isEmail": {"type": "string", "format": "email"},
    "isURL": {"type": "string", "format": "uri"},
    "isUUID": {"type": "string", "format": "uuid"},
    "isISO8601": {"type": "string", "format": "date-time"},
    "isDate": {"type": "string", "format": "date"},
    "isString": {"type": "string"},
    "isNumeric": {"type": "number"},
    "isFloat": {"type": "number"},
    "isDecimal": {"type": "number"},
    "isInt": {"type": "integer"},
    "isBoolean": {"type": "boolean"},
    "isArray": {"type": "array"},
    "isObject": {"type": "object"},
    "isMongoId": {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"},
    "isAlphanumeric": {"type": "string", "pattern": "^[0-9A-Za-z]+$"},
    "isAlpha": {"type": "string", "pattern": "^[A-Za-z]+$"},
    "notEmpty": {"min_length": 1},
}


def packaged_inputs(found: Intake, steps: tuple[Value, ...], shapes: Shapes) -> None:
    """What the packages' functions among a route's steps declare, added to what was found."""
    for each in steps:
        if isinstance(each, Instance) and chain_of(each, VALIDATOR) is None:
            _by_location(found, each, shapes)
    fields = [c for c in (chain_of(each, VALIDATOR) for each in steps) if c is not None]
    for chain in fields:
        _field(found, chain)


def _by_location(found: Intake, made: Instance, shapes: Shapes) -> None:
    """`celebrate({ [Segments.BODY]: Joi.object() })`, `validateRequest({ body: z.object() })`."""
    for given in made.args:
        if not isinstance(given, DictValue):
            continue
        for key, value in given.items:
            word = key.last if isinstance(key, External) else text_of(key) or ""
            schema = _declared(value, made, shapes) if word in SEGMENTS else Schema()
            if schema != Schema():
                found.schemas.setdefault(SEGMENTS[word], schema)
                found.refused = found.refused or 400


def _declared(value: Value, made: Instance, shapes: Shapes) -> Schema:
    """A location's schema; a plain object of Joi's schemas is compiled, and lets others by where its package does."""
    if not isinstance(value, DictValue):
        return shapes.of(value)
    if not any(dotted(inner).startswith(JOI) for _, inner in value.items):
        return shapes.of(value)
    schema = shapes.of(Instance(External("joi.compile"), (value,)))
    return schema.replace(extra="") if dotted(made).startswith(LENIENT) else schema


def _field(found: Intake, chain: Chain) -> None:
    """`body("email").isEmail()`: one field by each chain."""
    word = chain.first.name.rpartition(".")[2]
    location = FIELDS.get(word)
    if location is None:
        return
    named = plain(chain.first.args[0]) if chain.first.args else None
    for name in named if isinstance(named, list) else [named]:
        if isinstance(name, str) and "*" not in name:
            made = _property(name, chain)
            old = found.schemas.get(location, Schema(type="object"))
            found.schemas[location] = _with(old, name.split("."), made)


def _with(schema: Schema, path: list[str], made: Property) -> Schema:
    """The object with one more property, inside others where its name is dotted."""
    first, *rest = path
    old = schema.property(first)
    if rest:
        inner = old.schema if old is not None else Schema(type="object")
        fresh = Property(name=first, schema=_with(inner, rest, made), required=made.required)
    else:
        fresh = made.replace(name=first)
    others = tuple(each for each in schema.properties if each.name != first)
    return schema.replace(type="object", properties=(*others, fresh))


def _property(name: str, chain: Chain) -> Property:
    schema, required = Schema(), True
    for step in chain.steps[1:]:
        if step.name == "optional":
            required = False
        schema = _tested(schema, step)
    needs = any(step.name.startswith(("is", "exists", "notEmpty")) for step in chain.steps[1:])
    return Property(name=name, schema=schema, required=required and needs, place=chain.place)


def _tested(schema: Schema, step: Step) -> Schema:
    word = step.name
    known = TESTS.get(word)
    if known is not None:
        schema = schema.replace(**known)
    given = step.args[0] if step.args else None
    if isinstance(given, DictValue):
        low, high = plain(given.get("min")), plain(given.get("max"))
        names = (
            ("min_length", "max_length")
            if word in ("isLength", "isArray")
            else ("minimum", "maximum")
        )
        if word in ("isLength", "isArray", "isInt", "isFloat"):
            said = {
                n: v for n, v in zip(names, (low, high), strict=True) if isinstance(v, int | float)
            }
            schema = schema.replace(**said)
    if word == "isIn" and isinstance(given, ListValue):
        return schema.replace(enum=tuple(plain(given) or ()))
    if word in ("trim", "toLowerCase", "toUpperCase"):
        change = {"trim": "strip", "toLowerCase": "lower", "toUpperCase": "upper"}[word]
        return schema.replace(transform=(*schema.transform, change))
    if word == "normalizeEmail":
        return schema.replace(transform=(*schema.transform, "lower"))
    if word in ("custom", "matches", "isStrongPassword", "isMobilePhone"):
        return schema.replace(checks=(*schema.checks, Check(name=word)))
    return schema


__all__ = ["dotted", "packaged_inputs"]
