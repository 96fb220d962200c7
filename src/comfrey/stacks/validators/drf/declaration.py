"""Where a serializer's field is declared, and what its `Meta` says of fields: what recipes write into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comfrey.languages.python import mending
from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Place
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Call,
    ClassDef,
    Constant,
    DictOf,
    ListOf,
    Module,
    Statement,
    TupleOf,
)


@dataclass(frozen=True)
class Declaration:
    """`seats = serializers.IntegerField(min_value=1, …)` in a serializer of `module`."""

    module: Module
    statement: Assign
    call: Call


def serializer_of(codebase: Codebase, endpoint: Endpoint) -> ClassDef | None:
    """The class of the serializer that takes in an endpoint's body."""
    schema = endpoint.body.schema if endpoint.body else None
    found = mending.class_at(codebase, schema.place if schema else None)
    return found if found is not None and schema and found.name == schema.name else None


def declared(codebase: Codebase, place: Place | None) -> Declaration | None:
    """The field that a serializer's class declares at a place; None for one that is its model's."""
    module = mending.module_of(codebase, place.file) if place else None
    owner = mending.class_at(codebase, place)
    if module is None or place is None or owner is None or _is_model(owner):
        return None
    for each in owner.body:
        if isinstance(each, Assign) and mending.covers(each, place.line):
            return Declaration(module, each, each.value) if isinstance(each.value, Call) else None
    return None


def _is_model(owner: ClassDef) -> bool:
    """Whether fields of the class are made by `models.CharField(…)`."""
    made = (each.value for each in owner.body if isinstance(each, Assign))
    return any(isinstance(e, Call) and e.function.text.startswith("models.") for e in made)


def meta_of(owner: ClassDef) -> ClassDef | None:
    """The inner `Meta`, where it is the class's own and takes over nobody else's."""
    inner = (each for each in owner.body if isinstance(each, ClassDef) and each.name == "Meta")
    found = next(inner, None)
    return found if found is not None and not found.arguments else None


def said(meta: ClassDef, name: str) -> Assign | None:
    """What the `Meta` says under a name."""
    found = (each for each in meta.body if isinstance(each, Assign) and each.value is not None)
    return next((each for each in found if each.targets[0].text == name), None)


def _last(meta: ClassDef) -> Statement:
    return list(meta.body)[-1]


def with_rules(meta: ClassDef, field: str, rules: Iterable[tuple[str, object]]) -> Edit | None:
    """The `Meta` with `extra_kwargs = {field: {rule: value}}`, beside what it says already."""
    told = ", ".join(f'"{name}": {value}' for name, value in rules)
    known = said(meta, "extra_kwargs")
    if known is None:
        return mending.after(_last(meta), f'extra_kwargs = {{"{field}": {{{told}}}}}')
    if not isinstance(known.value, DictOf) or not known.value.items:
        return None
    for key, value in known.value.items:
        if isinstance(key, Constant) and key.value == field:
            if not isinstance(value, DictOf) or not value.items:
                return None
            return mending.appended(value.items[-1][1], f", {told}")
    return mending.appended(known.value.items[-1][1], f', "{field}": {{{told}}}')


def read_only(meta: ClassDef, field: str) -> Edit | None:
    """The `Meta` with a field among its `read_only_fields`."""
    known = said(meta, "read_only_fields")
    if known is None:
        listed = said(meta, "fields")
        spelt = f'("{field}",)' if listed and isinstance(listed.value, TupleOf) else f'["{field}"]'
        return mending.after(listed or _last(meta), f"read_only_fields = {spelt}")
    if isinstance(known.value, ListOf | TupleOf) and known.value.items:
        return mending.appended(known.value.items[-1], f', "{field}"')
    return None
