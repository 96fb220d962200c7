"""Good answers of services that the shelf does not know: what the project's own code reads of them."""

from __future__ import annotations

import re

from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project
from comfrey.model.schema import Schema
from comfrey.model.service import Service
from comfrey.model.step import Stub
from comfrey.model.value import Literal, Mapping, Sequence, Value
from comfrey.planner import cast
from comfrey.planner.cast import NoValue
from comfrey.stacks.services import product

NUMBERS = re.compile(
    r"(^|_)(amount|count|total|price|cents?|rate|ratio|score|temp|temperature|lat|lon|latitude|longitude"
    r"|size|age|distance|duration|quantity|weight|height|width|balance|value|number|percent|humidity"
    r"|pressure|speed|seconds|minutes|ttl)$"
)
"""Names of members that hold a number, where the code does not say what it takes them for."""


def stubs(project: Project, endpoint: Endpoint) -> tuple[Stub, ...]:
    """One good answer per service that the endpoint reads something of and that no product describes."""
    found: dict[str, Value] = {}
    for use in endpoint.services:
        service = next((each for each in project.services if each.name == use.service), None)
        if service is None or use.answer is None or service.protocol != "http" or _known(service):
            continue
        try:
            body = _value(use.service, use.answer)
        except NoValue:
            continue
        earlier = found.get(use.service)
        found[use.service] = _both(earlier, body) if earlier else body
    return tuple(Stub(service=name, kind="ok", body=body) for name, body in found.items())


def doubtful(project: Project, endpoint: Endpoint) -> bool:
    """Whether a service is reached whose good answer nobody knows, and that an odd answer of fails."""
    odd = {
        e.service for e in endpoint.refusals if e.condition == "service" and e.failure == "shape"
    }
    services = {each.name: each for each in project.services}
    return any(
        use.answer is None and use.service in odd and service.protocol == "http"
        for use in endpoint.services
        if (service := services.get(use.service)) is not None and not _known(service)
    )


def _known(service: Service) -> bool:
    """Whether the shelf knows a good answer to what this product is asked: a path that only the running
    program puts together is no known one."""
    about = product(service.key)
    spelt = any(each.path.strip("{}/") or not each.path for each in service.calls)
    return spelt and about is not None and any(each.answer for each in about.calls)


def _both(one: Value, other: Value) -> Value:
    """Two objects as one: several calls of a service get the same answer."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one
    names = {name for name, _ in one.members}
    return Mapping(
        members=(*one.members, *(each for each in other.members if each[0] not in names))
    )


def _value(name: str, schema: Schema) -> Value:
    """A value of that shape: required members only, one item in a list."""
    real = [each for each in schema.any_of if each.type != "null"]
    if real:
        return _value(name, real[0])
    if schema.properties:
        return Mapping(
            members=tuple(
                (each.name, _value(each.name, each.schema))
                for each in schema.properties
                if each.required
            )
        )
    if schema.type == "object":
        return Mapping()
    if schema.type == "array":
        return Sequence(items=(_value(name, schema.items),) if schema.items else ())
    if schema.type == "any":
        kind = "integer" if NUMBERS.search(name) else "string"
        schema = schema.replace(type=kind)
    return Literal(value=cast.pick(name, schema))
