"""What the database asks of an input: the rule of the column that it is stored in or compared with. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.ailment import Ailment
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.origin import Origin
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.record import Field, Record
from comfrey.planner.checks import column_schema
from comfrey.planner.ground import grounded
from comfrey.planner.world import plain

Column = tuple[Record, Field]
Coming = tuple[str, str, Origin]


def with_column(ailment: Ailment, project: Project, facts: Facts) -> Ailment:
    """The ailment with the column's rule, when its first field is an input that comes to a column."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None:
        return ailment
    if not ailment.fields:
        ailment = ailment.replace(fields=tuple(_witnessed(ailment, project, endpoint))[:1])
    if not ailment.fields:
        return ailment
    found = next(_columns(grounded(project, facts), endpoint, plain(ailment.fields[0])), None)
    if found is None:
        return ailment
    record, field = found
    place = field.place or record.place
    return ailment.replace(
        column_rule=column_schema(record, field), column_place=place, record=record.name
    )


def with_record(ailment: Ailment, project: Project) -> Ailment:
    """The ailment of a request with the record that the handler creates, unless it names one."""
    endpoint = project.endpoint(ailment.subject)
    made = [each.record for each in endpoint.effects if each.action == "create"] if endpoint else []
    return ailment if ailment.record or not made else ailment.replace(record=made[0])


def _witnessed(ailment: Ailment, project: Project, endpoint: Endpoint) -> Iterator[str]:
    """The inputs that come to a column, or are looked up in a table, which the case's reasons name by its place."""
    told = {_spot(each.place) for each in ailment.because if each.place}
    yield from (e.name for e in endpoint.keyed if e.place and _spot(e.place) in told)
    places = {_spot(each.place) for each in ailment.because if each.law == "catalog" and each.place}
    for owner, column, origin in _comings(endpoint):
        record = project.record(owner)
        field = record.field(column) if record else None
        if field and field.place and origin.name and _spot(field.place) in places:
            yield plain(origin.name)


def _spot(place: Place) -> tuple[str, int]:
    return place.file, place.line


def _columns(project: Project, endpoint: Endpoint, name: str) -> Iterator[Column]:
    """The columns that an input of that wire name is written to, or compared with."""
    for owner, column, origin in _comings(endpoint):
        record = project.record(owner)
        field = record.field(column) if record else None
        is_input = origin.kind in ("body", "query", "path", "form")
        if record and field and is_input and plain(origin.name) == name:
            yield record, field


def _comings(endpoint: Endpoint) -> Iterator[Coming]:
    """(record, field, origin) of everything that the handler writes, then of what it compares with."""
    for effect in endpoint.effects:
        yield from ((effect.record, each.field, each.origin) for each in effect.values)
    for effect in endpoint.effects:
        yield from ((effect.record, each.field, each.origin) for each in effect.where)
    if endpoint.listing:
        for each in (*endpoint.listing.filters, *endpoint.listing.scope):
            yield endpoint.listing.record, each.field, each.origin
