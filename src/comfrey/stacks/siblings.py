"""Endpoints that ask more of a caller than another one: what recipes of lost guards take for witnesses."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project


def demand(endpoint: Endpoint) -> int:
    """How much the guards ask: 0 for nothing, 1 for a caller, 2 for a caller of some kind."""
    return 2 if any(each.requirements for each in endpoint.guards) else int(bool(endpoint.auth))


def shared(one: Endpoint, other: Endpoint) -> int:
    """How many parts two paths have in common, from their start."""
    same = [a == b for a, b in zip(one.path.split("/"), other.path.split("/"), strict=False)]
    return same.index(False) if False in same else len(same)


def stricter(project: Project, endpoint: Endpoint, least: int | None = None) -> list[Endpoint]:
    """The endpoints that ask more than this one, or at least `least` where that is told: of the same resource first,
    then the more demanding, then those of the same method. For a write only writes are witnesses."""
    floor = demand(endpoint) + 1 if least is None else least
    found = [
        each
        for each in project.endpoints
        if each.key != endpoint.key
        and demand(each) >= floor
        and (each.method != "GET" or endpoint.method == "GET")
    ]
    return sorted(
        found,
        key=lambda each: (-shared(each, endpoint), -demand(each), each.method != endpoint.method),
    )


def stricter_beside(
    project: Project, endpoint: Endpoint, least: int | None = None
) -> list[Endpoint]:
    """The same, those whose handlers stand in the same file first."""
    found = stricter(project, endpoint, least)
    return sorted(found, key=lambda each: each.handler.file != endpoint.handler.file)
