"""Shapes of data as the project declares them; a subset of JSON Schema 2020-12 with places."""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.place import Place


class Check(Noun, frozen=True, kw_only=True):
    """A validator in code that no keyword of JSON Schema can say (`passwords must match`)."""

    name: str
    detail: str = ""
    lenient: bool = False
    """True when every ordinary value passed that it was tried out with."""
    place: Place | None = None


class Schema(Noun, frozen=True, kw_only=True):
    """One shape.

    `type` is a JSON type or `any`; `format` adds `email uuid date date-time time uri binary
    decimal password ipv4 byte duration`. Bounds are inclusive unless named exclusive; lengths
    count characters or items. `name` is the declared class. `transform` lists what the project
    does to an accepted value before it is stored (`strip`, `lower`, `upper`). `checks` are validators in
    code. `default` counts only when `has_default`.
    """

    type: str = "any"
    format: str = ""
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    has_default: bool = False
    default: Any = None
    minimum: float | int | None = None
    maximum: float | int | None = None
    exclusive_minimum: float | int | None = None
    exclusive_maximum: float | int | None = None
    multiple_of: float | int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_digits: int | None = None
    decimal_places: int | None = None
    pattern: str = ""
    items: Schema | None = None
    unique_items: bool = False
    properties: tuple[Property, ...] = ()
    extra: str = ""
    """What becomes of undeclared properties: "" unknown/ignored, "strip" (dropped, as told), "forbid", "allow"."""
    values: Schema | None = None
    """The shape of a mapping's values, for `type == "object"` without fixed properties."""
    any_of: tuple[Schema, ...] = ()
    discriminator: str = ""
    transform: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    unique: bool = False
    """True when a validator asks the database whether the value is taken: a taken one is invalid input."""
    key: bool = False
    """True when the value names a row by its key, and the validator asks the database for that row."""
    strict: bool = False
    """True when the declaration refuses coercion (`"5"` for an integer)."""
    null_is_empty: bool = False
    """True when null is read as the type's empty value (`""`, 0, false), as Ajv coerces."""
    converts: bool = False
    """True when whatever is sent, but null, is made the type before it is looked at: `String(value)`, `Boolean(value)`."""
    unchecked: bool = False
    """True when nobody looks whether a value fits: a document alone, or a type that is gone at run time."""
    unnamed: bool = False
    """True when the answer to a value that does not fit need not name it: its rules have messages of their own."""
    annotated: bool = False
    """True when its type alone is gone at run time: other rules of it are looked at."""
    name: str = ""
    title: str = ""
    examples: tuple[Any, ...] = ()
    place: Place | None = None

    def property(self, name: str) -> Property | None:
        """The property sent as `name`, or None."""
        return next((each for each in self.properties if each.name == name), None)


class Property(Noun, frozen=True, kw_only=True):
    """One named member of an object: `name` on the wire, `attribute` in the code."""

    name: str
    schema: Schema
    required: bool = False
    attribute: str = ""
    read_only: bool = False
    write_only: bool = False
    place: Place | None = None
