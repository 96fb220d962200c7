"""Every endpoint's effects, refusals, listing and services, from source alone."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.model.service import Service, ServiceCall
from comfrey.reader.effects import effects
from comfrey.reader.following.follow import Followed, follow
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.meaning import Meaning
from comfrey.reader.link import Link
from comfrey.source.codebase import Codebase
from comfrey.stacks import shelf
from comfrey.stacks.requests import Requests


def read(codebase: Codebase, project: Project) -> Project:
    """The project with what its handlers do and promise."""
    machine = Machine(
        codebase,
        _by_class(codebase, project),
        Meaning(project.stack.orms),
        _calls(project),
    )
    found = followed(codebase, project, machine)
    endpoints = tuple(_understood(each, found) for each in project.endpoints)
    return project.replace(endpoints=endpoints)


def _by_class(codebase: Codebase, project: Project) -> dict[str, Record]:
    return {f"{each.module}:{each.name}": each for each in project.records}


def _calls(project: Project) -> dict[tuple[str, int], tuple[Service, ServiceCall]]:
    return {
        (call.file, call.line): (service, call)
        for service in project.services
        for call in service.calls
    }


def all_requests(codebase: Codebase, project: Project) -> list[Requests]:
    """What the framework says that each app of the code is asked."""
    folder = shelf.folder("frameworks", project.stack.framework)
    if folder is None or not folder.has("requests.py"):
        return []
    link = Link(codebase, project.stack.versions)
    apps = folder.module("read").apps(codebase)
    requests = folder.module("requests").requests
    return [requests(app, codebase, link) for app in apps]


def followed(
    codebase: Codebase, project: Project, machine: Machine
) -> dict[tuple[str, str], Followed]:
    """Each endpoint's request, followed; by method and path."""
    found: dict[tuple[str, str], Followed] = {}
    wanted = {(each.method, each.path) for each in project.endpoints if each.kind == "http"}
    for app in all_requests(codebase, project):
        for request in app.requests:
            key = (request.method, request.path)
            if key in wanted and key not in found:
                found[key] = follow(machine, request, machine.user)
    return found


def _understood(endpoint: Endpoint, found: dict[tuple[str, str], Followed]) -> Endpoint:
    one = found.get((endpoint.method, endpoint.path))
    if one is None:
        return endpoint
    return endpoint.replace(effects=effects(one))
