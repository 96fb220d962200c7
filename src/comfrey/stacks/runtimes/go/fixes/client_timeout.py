"""A client that waits for a service for ever: it gives up after some seconds."""

from __future__ import annotations

import re

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CRASHED, SENT, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Module

SYMPTOMS = (ANSWERED, CRASHED, SENT)
RANK = 8
EMPTY = re.compile(rb"&?http\.Client\{\s*\}")
DEFAULT = re.compile(rb"\bhttp\.DefaultClient\b")
SECONDS = 10


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`&http.Client{}` → `&http.Client{Timeout: 10 * time.Second}`."""
    if ailment.failure != "timeout":
        return None
    for module in _modules(project, codebase, project.endpoint(ailment.subject)):
        edit = _edit(module)
        if edit is not None:
            summary = f"{ailment.service or 'the service'} is waited for {SECONDS} seconds"
            edits = (edit, *mending.importing(module, "time"))
            return Cure(summary=summary, edits=edits)
    return None


def _modules(project: Project, codebase: Codebase, endpoint: Endpoint | None) -> list[Module]:
    """The files from which the endpoint asks a service."""
    places = [each.place for each in (endpoint.services if endpoint else ()) if each.place]
    names = dict.fromkeys(each.file for each in places)
    return [m for m in (mending.module_of(codebase, each) for each in names) if m is not None]


def _edit(module: Module) -> Edit | None:
    data = module.source.data
    for pattern in (EMPTY, DEFAULT):
        found = pattern.search(data)
        if found is not None:
            pointer = "&" if pattern is DEFAULT or found[0].startswith(b"&") else ""
            text = f"{pointer}http.Client{{Timeout: {SECONDS} * time.Second}}"
            return Edit(file=module.source.path, start=found.start(), end=found.end(), text=text)
    return None
