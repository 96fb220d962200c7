"""Every endpoint's effects, refusals, listing and services, from source alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from comfrey.model.endpoint import Endpoint, Note, Parameter
from comfrey.model.origin import Effect, Refusal
from comfrey.model.project import Authentication, Project
from comfrey.model.record import Record
from comfrey.model.schema import Schema
from comfrey.model.service import Service, ServiceCall
from comfrey.reader.authentication import authentication, checked
from comfrey.reader.departures import departures
from comfrey.reader.effects import Draft, drafts
from comfrey.reader.following.dialect import dialect
from comfrey.reader.following.follow import Followed, follow
from comfrey.reader.following.golang.contexts import unseen
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.meaning import Meaning
from comfrey.reader.following.value import Row
from comfrey.reader.handed import handed_on
from comfrey.reader.keyed import keyed
from comfrey.reader.link import Link
from comfrey.reader.listings import listing
from comfrey.reader.nested import nested
from comfrey.reader.owned import owned
from comfrey.reader.replies import refusals
from comfrey.reader.rewritten import with_rewritten
from comfrey.reader.shown import answers, bare
from comfrey.reader.swallowed import swallowed
from comfrey.reader.uses import uses
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.node import FunctionDef
from comfrey.stacks import shelf
from comfrey.stacks.requests import Requests, Rescue
from comfrey.stacks.shapes import Shapes

WRITES = ("add", "set", "delete")
N = TypeVar("N", Effect, Refusal)
Findings = dict[tuple[str, str], tuple[Followed, tuple[Rescue, ...]]]


def read(codebase: Codebase, project: Project) -> Project:
    """The project with what its handlers do and promise."""
    machine = Machine(
        codebase,
        _by_class(codebase, project),
        Meaning(project.stack.orms),
        _calls(project),
    )
    machine.dialect = dialect(project.stack.framework)
    machine.shapes = Link(codebase, project.stack.versions)
    framework = shelf.folder("frameworks", project.stack.framework)
    machine.handling_words = framework.about.data.get("handling", {}) if framework else {}
    found = followed_requests(codebase, project, machine)
    journals = tuple(followed for followed, _ in found.values())
    machine.user = checked(journals) or machine.user
    shapes = Link(codebase, project.stack.versions)
    endpoints = tuple(
        _understood(machine, project, each, found, shapes) for each in project.endpoints
    )
    project = project.replace(endpoints=endpoints)
    seen = tuple((e, found[e.method, e.path][0]) for e in endpoints if (e.method, e.path) in found)
    known = _keyed(_completed(authentication(machine, project, seen), project, codebase), project)
    project = project.replace(authentication=known or project.authentication)
    return project.replace(
        records=tuple(_crossed(_hooked(e, machine), machine) for e in owned(project)),
        departures=(*project.departures, *departures(project)),
    )


def _hooked(record: Record, machine: Machine) -> Record:
    """The record with the fields marked that its own hooks set."""
    hung = machine.delegates
    return with_rewritten(record, (*hung.saving(record), *hung.changing(record)))


def _crossed(record: Record, machine: Machine) -> Record:
    """The record with the keys marked that code relies on, though the database lets a row go without."""
    return record.replace(
        fields=tuple(
            each.replace(crossed=True)
            if each.nullable and (record.name, each.name) in machine.crossed
            else each
            for each in record.fields
        )
    )


def _completed(
    known: Authentication | None, project: Project, codebase: Codebase
) -> Authentication | None:
    """What the framework knows of its own packages beside what the code tells."""
    folder = shelf.folder("frameworks", project.stack.framework)
    if folder is None or not folder.has("authentication.py"):
        return known
    made: Authentication | None = folder.module("authentication").completed(
        known, project, codebase
    )
    return made


def _keyed(known: Authentication | None, project: Project) -> Authentication | None:
    """With the one setting that is a token's key, where the way to it could not be followed."""
    keys = [each.name for each in project.settings if each.purpose == "token_secret"]
    missing = known is not None and not (known.secret or known.secret_expression or known.mint)
    if known is None or not missing or not known.algorithm.startswith("HS") or len(keys) != 1:
        return known
    return known.replace(secret=keys[0])


def _by_class(codebase: Codebase, project: Project) -> dict[str, Record]:
    return {f"{each.module}:{each.code}": each for each in project.records}


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


def _understood(
    machine: Machine, project: Project, endpoint: Endpoint, found: Findings, shapes: Shapes
) -> Endpoint:
    one = found.get((endpoint.method, endpoint.path))
    if one is None:
        return endpoint
    followed, rescues = one
    made = drafts(followed)
    touched = _touched(followed)
    made = [each for each in (_of_handler(one, touched) for one in made) if each is not None]
    refused = (
        *_by_guards(machine, endpoint),
        *refusals(machine, project, followed, made, rescues),
    )
    effects = tuple(each.effect for each in made)
    endpoint = endpoint.replace(body=handed_on(endpoint, effects, project.records))
    endpoint = endpoint.replace(body=nested(endpoint.body, followed.asked, refused))
    endpoint = endpoint.replace(responses=answers(endpoint, followed, _unseen(machine, followed)))
    return endpoint.replace(
        parameters=(*endpoint.parameters, *_missed(endpoint, refused)),
        touches=touched,
        roles=endpoint.roles or _roles(endpoint, refused),
        effects=tuple(_at_home(each.effect, endpoint) for each in made),
        refusals=tuple(_at_home(each, endpoint) for each in refused),
        services=uses(followed, shapes),
        listing=listing(endpoint, followed),
        notes=_notes(followed),
        swallows=swallowed(followed, made),
        keyed=keyed(followed),
        opens=followed.journal.opens,
        dropped=tuple(dict.fromkeys(followed.journal.dropped)),
    )


def _unseen(machine: Machine, followed: Followed) -> dict[str, frozenset[str]]:
    """The fields that no answer to the request need show, by their record."""
    known = {each.name for each in machine.records.values()}
    own = {
        name: frozenset(map(bare, kept)) for name, kept in followed.request.unseen if name in known
    }
    return unseen(machine) | own


def _by_guards(machine: Machine, endpoint: Endpoint) -> list[Refusal]:
    """What guards keep to a row's owner, where the row is the caller's own record."""
    user = machine.user_record()
    if user is None or len(user.primary_key) != 1:
        return []
    key = user.primary_key[0].name
    found = (each for guard in endpoint.guards for each in guard.refusals)
    return [each.replace(record=user.name, field=key) for each in found]


def _touched(followed: Followed) -> tuple[tuple[str, str], ...]:
    """What guards write into the caller's own row before the handler begins."""
    found = (
        (act.subject.record.name, act.field)
        for act in followed.journal.acts
        if act.number < followed.starts and act.kind == "set"
        if isinstance(act.subject, Row) and act.subject.caller and act.field != "*"
    )
    return tuple(dict.fromkeys(found))


def _of_handler(draft: Draft, touched: tuple[tuple[str, str], ...]) -> Draft | None:
    """The effect without what the guards did; None when that was all."""
    effect = draft.effect
    if not touched or effect.action != "update" or draft.row is None or not draft.row.caller:
        return draft
    values = tuple(e for e in effect.values if (effect.record, e.field) not in touched)
    return replace(draft, effect=effect.replace(values=values)) if values else None


def _missed(endpoint: Endpoint, refused: tuple[Refusal, ...]) -> Iterator[Parameter]:
    """Inputs that no declaration tells of, and without which the code turns a request away."""
    known = {(each.location, each.name.lower()) for each in endpoint.parameters}
    known |= {("header", each.carrier.rpartition(":")[2].lower()) for each in endpoint.guards}
    for each in refused:
        source = each.origin
        absent = each.condition == "invalid" and each.operator == "eq" and not each.value
        if source is None or not absent or source.kind not in ("header", "query") or source.via:
            continue
        if not source.name or (source.kind, source.name.lower()) in known:
            continue
        known.add((source.kind, source.name.lower()))
        text = Schema(type="string", min_length=1)
        yield Parameter(
            name=source.name, location=source.kind, schema=text, required=True, lenient=True
        )


def _roles(endpoint: Endpoint, refused: tuple[Refusal, ...]) -> tuple[str, ...]:
    """The role that every caller must have, by a refusal of all others before anything else is done."""
    if not endpoint.auth:
        return ()
    found = [
        each.value
        for each in refused
        if each.condition == "role" and each.operator == "ne" and not each.effects_before
    ]
    return tuple(dict.fromkeys(each for each in found if isinstance(each, str)))


def _notes(followed: Followed) -> tuple[Note, ...]:
    """What the functions on the way to a write say of themselves, the outermost first."""
    functions = {
        id(calling.function): calling.function
        for act in followed.journal.acts
        if act.kind in WRITES
        for calling in act.calls
    }
    nodes = ((each.node, each.place) for each in functions.values())
    return tuple(
        Note(text=" ".join(node.docstring.split()), place=place)
        for node, place in nodes
        if isinstance(node, FunctionDef) and node.docstring
    )


def _at_home(found: N, endpoint: Endpoint) -> N:
    """What a package's own code does for the handler stands at the handler."""
    place = found.place
    if place is None or not place.file.startswith(LIBRARY):
        return found
    return found.replace(place=endpoint.handler.place)


def followed_requests(codebase: Codebase, project: Project, machine: Machine) -> Findings:
    """Each endpoint's request, followed, with its app's exception handlers; by method and path."""
    found: Findings = {}
    wanted = {(each.method, each.path) for each in project.endpoints if each.kind == "http"}
    for app in all_requests(codebase, project):
        machine.paired = app.paired
        machine.strategies = {each.name: each for each in app.strategies}
        machine.returns = app.returns
        for request in app.requests:
            key = (request.method, request.path)
            if key in wanted and key not in found:
                found[key] = (follow(machine, request), (*request.rescues, *app.rescues))
    return found
