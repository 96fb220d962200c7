"""Members that a model takes over from a class of an ORM: django-ninja's `ModelSchema`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.schema import Property
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, ListValue, Value, text_of
from comfrey.stacks.shapes import Shapes

INNER = ("Meta", "Config")


def mirrored(of: ClassValue, shapes: Shapes) -> Iterator[Property]:
    """What `Meta.model`, `fields`, `exclude` and `fields_optional` come to
    (https://django-ninja.dev/guides/response/django-pydantic/). A foreign key is taken in as `author_id` and
    given out as `author`."""
    codebase = shapes.codebase
    model = _said(codebase, of, "model")
    if model is None:
        return
    wanted = _names(_said(codebase, of, "fields") or _said(codebase, of, "model_fields"))
    left = _names(_said(codebase, of, "exclude") or _said(codebase, of, "model_exclude"))
    eased = _names(_said(codebase, of, "fields_optional"))
    every = "__all__" in wanted or not wanted
    for each in shapes.of(model).properties:
        own = {each.name, each.attribute}
        if own & left or not (every or own & wanted):
            continue
        optional = "__all__" in eased or bool(own & eased)
        yield each.replace(
            name=each.attribute if shapes.answer else each.name,
            schema=each.schema.replace(enum=(), format=_format(each)),
            required=(each.required and not optional) or shapes.answer,
            read_only=False,
        )


def _format(member: Property) -> str:
    """Addresses are plain text to a schema that was made from columns."""
    return "" if member.schema.format in ("email", "uri") else member.schema.format


def _said(codebase: Codebase, of: ClassValue, name: str) -> Value | None:
    for word in INNER:
        inner = codebase.member(of, word)
        if inner is not None and isinstance(inner.value, ClassValue):
            member = codebase.member(inner.value, name)
            if member is not None:
                return member.value
    return None


def _names(value: Value | None) -> set[str]:
    if (one := text_of(value)) is not None:
        return {one}
    items = value.items if isinstance(value, ListValue) else ()
    return {each for each in map(text_of, items) if each}
