"""A filter by an enumeration that is declared as any text, while the answers declare its members."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint, Parameter
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Field
from comfrey.model.step import Status
from comfrey.model.value import Literal, Mapping, With
from comfrey.planner import law
from comfrey.planner.acceptance import accepts
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import draft
from comfrey.planner.listing import item_schema
from comfrey.planner.needs import scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, bare, conditions, parameters

STRANGE = "sideways"


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A value that no row can have is refused, as the answer's own declaration lists those that can be."""
    return [_refused(world, endpoint, *each) for each in _loose(world, endpoint)]


def is_told(endpoint: Endpoint, parameter: Parameter) -> bool:
    """Whether the items of the endpoint's answer declare the members of the parameter's enumeration."""
    listing = endpoint.listing
    item = item_schema(endpoint, listing) if listing else None
    member = item.property(parameter.name) if item else None
    return member is not None and bool(bare(member.schema).enum)


def _loose(world: World, endpoint: Endpoint) -> Iterator[tuple[Parameter, Field]]:
    declared = {each.name: each for each in parameters(endpoint, "query")}
    seen: set[str] = set()
    for effect, condition in conditions(endpoint):
        record = world.project.record(effect.record)
        field = record.field(condition.field) if record else None
        found = declared.get(condition.origin.name) if condition.origin.kind == "query" else None
        plain = condition.operator == "eq" and not condition.origin.via
        if field is None or found is None or not plain or found.name in seen:
            continue
        schema = bare(found.schema)
        any_text = schema.type == "string" and not schema.enum and accepts(schema, STRANGE)
        if field.enum and field.enum_class and any_text and is_told(endpoint, found):
            seen.add(found.name)
            yield found, field


def _refused(world: World, endpoint: Endpoint, parameter: Parameter, field: Field) -> Case:
    play = scene(world, endpoint)
    path, value = Literal(value=parameter.name), Literal(value=STRANGE)
    query = With(base=Mapping(members=play.call.query), path=path, value=value)
    expected = law.invalid(world, endpoint)
    codes = tuple(sorted({400, *expected.codes}))
    steps = (*play.arrange, play.call.replace(query=(), query_of=query), Status(codes=codes))
    text = f"{words(parameter.name)} is one of {', '.join(map(str, field.enum))} in the answers"
    because = Because(text=text, place=parameter.place or field.place)
    title = f"refuses {a(f'{words(parameter.name)} that does not exist')} where it {deed(world, endpoint)}"
    return draft(
        world, endpoint, title, steps, kind="validation", because=(because, expected.because)
    )
