"""What WTForms' validators ask of a field (https://wtforms.readthedocs.io/en/stable/validators/)."""

from __future__ import annotations

from typing import Any

from comfrey.model.schema import Check, Property, Schema
from comfrey.source.value import (
    ClassValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks.shelf import folder

NO_LIMIT = -1


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("validators", "wtforms")
    assert found is not None
    return found.about.data


def word(value: Value | None) -> str:
    """The last word of what made a value; a class of the tree counts by its own name."""
    made = value.of if isinstance(value, Instance) else value
    if isinstance(made, External):
        return made.last
    return made.name if isinstance(made, ClassValue) else ""


def ruled(found: Property, validators: Value | None) -> Property:
    """The field under its validators, in their order."""
    for each in validators.items if isinstance(validators, ListValue) else ():
        found = _under(found, each)
    return found


def _under(found: Property, by: Value) -> Property:
    if word(by) in data()["required"]:
        least = max(1, found.schema.min_length or 0) if _is_text(found.schema) else None
        return found.replace(required=True, schema=found.schema.replace(min_length=least))
    rule = RULES.get(word(by)) if isinstance(by, Instance) else None
    if rule is not None and isinstance(by, Instance):
        return found.replace(schema=rule(found.schema, by))
    function = by.of if isinstance(by, Instance) else by
    if isinstance(function, FunctionValue | ClassValue):
        return found.replace(schema=checked(found.schema, function.name, function))
    return found


def _is_text(schema: Schema) -> bool:
    return schema.type == "string" and not schema.format and not schema.enum


def checked(schema: Schema, name: str, by: FunctionValue | ClassValue | Instance) -> Schema:
    """A validator that no keyword can say."""
    return schema.replace(checks=(*schema.checks, Check(name=name, place=by.place)))


def _length(schema: Schema, by: Instance) -> Schema:
    low, high = plain(by.argument(0, "min")), plain(by.argument(1, "max"))
    return schema.replace(
        min_length=low if isinstance(low, int) and low > 0 else schema.min_length,
        max_length=high if isinstance(high, int) and high != NO_LIMIT else schema.max_length,
    )


def _range(schema: Schema, by: Instance) -> Schema:
    low, high = plain(by.argument(0, "min")), plain(by.argument(1, "max"))
    return schema.replace(
        minimum=low if isinstance(low, int | float) else schema.minimum,
        maximum=high if isinstance(high, int | float) else schema.maximum,
    )


def _any_of(schema: Schema, by: Instance) -> Schema:
    found = plain(by.argument(0, "values"))
    whole = isinstance(found, list) and None not in found
    return schema.replace(enum=tuple(found)) if whole else schema


def _regexp(schema: Schema, by: Instance) -> Schema:
    """`re.match` looks for it at the beginning of the text."""
    said = by.argument(0, "regex")
    said = said.argument(0, "pattern") if isinstance(said, Instance) else said
    found = plain(said)
    if not isinstance(found, str) or by.argument(1, "flags") is not None:
        return checked(schema, "Regexp", by)
    return schema.replace(pattern=found if found.startswith("^") else f"^(?:{found})")


def _equal_to(schema: Schema, by: Instance) -> Schema:
    other = plain(by.argument(0, "fieldname"))
    return checked(schema, f"equal to {other}", by)


def _format(name: str) -> Any:
    return lambda schema, by: schema.replace(format=name)


RULES = {
    "Length": _length,
    "NumberRange": _range,
    "AnyOf": _any_of,
    "Regexp": _regexp,
    "EqualTo": _equal_to,
    "Email": _format("email"),
    "URL": _format("uri"),
    "UUID": _format("uuid"),
    "IPAddress": _format("ipv4"),
}
