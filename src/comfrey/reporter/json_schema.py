"""A `Schema` as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

from comfrey.model.schema import Property, Schema

KEYWORDS = (
    ("format", "format"),
    ("title", "title"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("exclusive_minimum", "exclusiveMinimum"),
    ("exclusive_maximum", "exclusiveMaximum"),
    ("multiple_of", "multipleOf"),
    ("pattern", "pattern"),
)
LENGTHS = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
PLAIN = (str, int, float, bool, type(None))


def json_schema(schema: Schema) -> dict[str, Any]:
    """The shape as a self-contained JSON Schema, without references.

    Rules that no keyword can say stand in `x-checks`, decimals' digits in `x-max-digits` and
    `x-decimal-places`.
    """
    if schema.any_of:
        result: dict[str, Any] = {"anyOf": [json_schema(each) for each in schema.any_of]}
        if schema.discriminator:
            result["discriminator"] = {"propertyName": schema.discriminator}
    else:
        result = _typed(schema)
    if schema.has_default and _is_json(schema.default):
        result["default"] = schema.default
    examples = [each for each in schema.examples if _is_json(each)]
    if examples:
        result["examples"] = examples
    if schema.checks:
        result["x-checks"] = [each.detail or each.name for each in schema.checks]
    return _nullable(result) if schema.nullable else result


def _typed(schema: Schema) -> dict[str, Any]:
    result: dict[str, Any] = {} if schema.type == "any" else {"type": schema.type}
    for attribute, keyword in KEYWORDS:
        value = getattr(schema, attribute)
        if value not in ("", None):
            result[keyword] = value
    if not schema.title and schema.name:
        result["title"] = schema.name
    low, high = LENGTHS.get(schema.type, LENGTHS["string"])
    _put(result, low, schema.min_length)
    _put(result, high, schema.max_length)
    _put(result, "x-max-digits", schema.max_digits)
    _put(result, "x-decimal-places", schema.decimal_places)
    if schema.enum:
        result["enum"] = list(schema.enum)
    if schema.type == "array":
        result["items"] = json_schema(schema.items) if schema.items else {}
        if schema.unique_items:
            result["uniqueItems"] = True
    if schema.type == "object":
        _object(result, schema)
    return result


def _object(result: dict[str, Any], schema: Schema) -> None:
    if schema.properties:
        result["properties"] = {each.name: _member(each) for each in schema.properties}
        required = [each.name for each in schema.properties if each.required]
        if required:
            result["required"] = required
    if schema.values:
        result["additionalProperties"] = json_schema(schema.values)
    elif schema.extra in ("allow", "forbid"):
        result["additionalProperties"] = schema.extra == "allow"


def _member(member: Property) -> dict[str, Any]:
    result = json_schema(member.schema)
    if member.read_only:
        result["readOnly"] = True
    if member.write_only:
        result["writeOnly"] = True
    return result


def _nullable(result: dict[str, Any]) -> dict[str, Any]:
    if isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
        if "enum" in result and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]
    elif "anyOf" in result:
        result["anyOf"] = [*result["anyOf"], {"type": "null"}]
    return result


def _put(result: dict[str, Any], keyword: str, value: Any) -> None:
    if value is not None:
        result[keyword] = value


def _is_json(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_json(each) for each in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(each) for key, each in value.items())
    return isinstance(value, PLAIN)
