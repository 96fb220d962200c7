"""By what an input is looser than the column that it comes to: recipes of validators write it down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from comfrey.model.ailment import Ailment
from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.schema import Schema

Input = tuple[Schema, Place | None, bool]
Rule = tuple[str, Any]


class Loose(NamedTuple):
    """An input as it is declared (`own`, at `place`), and what the column that it comes to demands (`due`)."""

    own: Schema
    due: Schema
    place: Place | None
    required: bool


def loose(ailment: Ailment, project: Project) -> Loose | None:
    """The input that an ailment speaks of, where a column, or a table of the code, says what is due."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or not ailment.fields:
        return None
    due = ailment.column_rule or _looked_up(endpoint, ailment.fields[0])
    if due is None:
        return None
    found = input_of(endpoint, ailment.fields[0])
    if found is None:
        return None
    if not due.format and due.type == "string":
        due = due.replace(format=_form_beside(ailment, project, endpoint))
    return Loose(found[0], due, found[1], found[2])


def _form_beside(ailment: Ailment, project: Project, endpoint: Endpoint) -> str:
    """The form in which others take what comes to the same field, "" where they take any text."""
    wanted = ailment.fields[0].rpartition(".")[2]
    fields = {
        (effect.record, each.field)
        for effect in endpoint.effects
        for each in effect.values
        if each.origin.kind == "body" and each.origin.name.rpartition(".")[2] == wanted
    }
    for other in project.endpoints:
        for effect in other.effects if other.key != endpoint.key else ():
            for each in effect.values:
                if (effect.record, each.field) in fields and each.origin.kind == "body":
                    found = input_of(other, each.origin.name.replace("[]", ""))
                    if found is not None and bare(found[0]).format:
                        return bare(found[0]).format
    return ""


def _looked_up(endpoint: Endpoint, field: str) -> Schema | None:
    """The words of the table in which the code looks this input up."""
    tables = (each.words for each in endpoint.keyed if each.name == field)
    return next((Schema(type="string", enum=each) for each in tables), None)


def left_out(ailment: Ailment, project: Project) -> Loose | None:
    """The same, where rows are made and the column takes no null and has no default."""
    endpoint, found = project.endpoint(ailment.subject), loose(ailment, project)
    if endpoint is None or found is None or found.due.nullable or found.due.has_default:
        return None
    return found if any(each.action == "create" for each in endpoint.effects) else None


def input_of(endpoint: Endpoint, field: str) -> Input | None:
    """(schema, place, required) of an endpoint's body member or parameter with that dotted wire name."""
    return _member(endpoint, field) or next(
        ((e.schema, e.place, e.required) for e in endpoint.parameters if e.name == field), None
    )


def _member(endpoint: Endpoint, field: str) -> Input | None:
    schema = endpoint.body.schema if endpoint.body else None
    found: Input | None = None
    for part in field.split("."):
        schema = bare(schema) if schema else None
        if part.isdigit():
            schema = schema.items if schema else None
            continue
        if schema is not None and schema.type == "array":
            schema = bare(schema.items) if schema.items else None
        member = schema.property(part) if schema else None
        if member is None:
            return None
        found = (member.schema, member.place or member.schema.place, member.required)
        schema = member.schema
    return found


def bare(schema: Schema) -> Schema:
    """The one alternative of an optional."""
    real = [each for each in schema.any_of if each.type != "null"]
    return real[0] if len(real) == 1 else schema


def lacking(own: Schema, due: Schema) -> Iterator[Rule]:
    """(keyword of `Schema`, value) by which `own` is looser than the column's `due`."""
    own = bare(own)
    low, due_low = _low(own), _low(due)
    if due_low is not None and (low is None or low < due_low):
        yield _bound(due, "minimum")
    high, due_high = _high(own), _high(due)
    if due_high is not None and (high is None or high > due_high):
        yield _bound(due, "maximum")
    if due.min_length is not None and (own.min_length or 0) < due.min_length:
        yield "min_length", due.min_length
    is_text = own.type == "string" and not own.enum and not own.format
    longest = due.max_length if is_text else None
    if longest is not None and (own.max_length is None or own.max_length > longest):
        yield "max_length", longest
    if due.pattern and not own.pattern and own.type == "string":
        yield "pattern", due.pattern
    if due.format and is_text and not own.pattern:
        yield "format", due.format


def _bound(due: Schema, name: str) -> Rule:
    value = getattr(due, name)
    return (
        (name, value)
        if value is not None
        else (f"exclusive_{name}", getattr(due, f"exclusive_{name}"))
    )


def _low(schema: Schema) -> float | int | None:
    """The least integer that passes (a bound that excludes counts one up)."""
    if schema.minimum is not None:
        return schema.minimum
    return None if schema.exclusive_minimum is None else schema.exclusive_minimum + 1


def _high(schema: Schema) -> float | int | None:
    if schema.maximum is not None:
        return schema.maximum
    return None if schema.exclusive_maximum is None else schema.exclusive_maximum - 1
