"""Strange values of a query: what its declaration lets in, and a column or a table of the code does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.model.endpoint import Endpoint, Parameter
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Field
from comfrey.model.step import Status
from comfrey.model.value import Literal, Mapping, Value, With
from comfrey.planner import law
from comfrey.planner.acceptance import accepts
from comfrey.planner.checks import LARGEST
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import column, draft
from comfrey.planner.needs import scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, bare, conditions, parameters

STRANGE = "sideways"


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """Query values that the declaration lets in and the column cannot hold: any answer but an error."""
    if endpoint.method != "GET":
        return []
    rows: dict[str, Variation] = dict(_beyond_tables(endpoint))
    for effect, condition in conditions(endpoint):
        record = world.project.record(effect.record)
        field = record.field(condition.field) if record else None
        declared = next(
            (e for e in parameters(endpoint, "query") if e.name == condition.origin.name), None
        )
        if (
            field is None
            or declared is None
            or condition.origin.kind != "query"
            or condition.origin.via
            or not world.strict_database
        ):
            continue
        for said, value in _strange(declared, field):
            cells: tuple[tuple[str, Value], ...] = (
                ("field", Literal(value=declared.name)),
                ("value", Literal(value=value)),
            )
            because = Because(
                text=f"{field.name} is {a(field.type)}", law="catalog", place=field.place
            )
            rows.setdefault(said, Variation(id=said, cells=cells, because=(because,)))
    if not rows:
        return []
    play = scene(world, endpoint)
    query = With(base=Mapping(members=play.call.query), path=column("field"), value=column("value"))
    codes = tuple(sorted({endpoint.status, 400, *law.invalid(world, endpoint).codes}))
    steps = (*play.arrange, play.call.replace(query=(), query_of=query), Status(codes=codes))
    return [
        draft(
            world,
            endpoint,
            f"bears with strange values where it {deed(world, endpoint)}",
            steps,
            kind="validation",
            because=(Because(text="no input is an internal error", law="rest"),),
            variations=tuple(rows.values()),
            columns=("field", "value"),
        )
    ]


def _beyond_tables(endpoint: Endpoint) -> Iterator[tuple[str, Variation]]:
    """Words of the query that the declaration lets in, while the table in which they are looked up lacks them."""
    declared = {each.name: bare(each.schema) for each in parameters(endpoint, "query")}
    for each in endpoint.keyed:
        schema = declared.get(each.name) if each.location == "query" else None
        if schema is None or schema.type != "string" or schema.enum or STRANGE in each.words:
            continue
        if accepts(schema, STRANGE):
            said = f"an unknown {words(each.name)}"
            cells: tuple[tuple[str, Value], ...] = (
                ("field", Literal(value=each.name)),
                ("value", Literal(value=STRANGE)),
            )
            text = f"{each.name} is looked up among {', '.join(each.words)}"
            because = Because(text=text, place=each.place)
            yield said, Variation(id=said, cells=cells, because=(because,))


def _strange(declared: Parameter, field: Field) -> Iterator[tuple[str, Any]]:
    schema = bare(declared.schema)
    noun = words(declared.name)
    limit = LARGEST.get(field.type)
    if schema.type == "integer" and limit is not None and accepts(schema, limit + 1):
        yield f"{a(noun)} of {limit + 1}", limit + 1
    if schema.type == "string" and field.enum and not schema.enum and accepts(schema, STRANGE):
        yield f"an unknown {noun}", STRANGE
