"""A view that looks a row up and does not ask its object permissions: the question, as its siblings ask it."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Call, FunctionDef, Name, Statement, walk

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, TOLD)
RANK = 15
CHECK = "self.check_object_permissions"
LOOKUPS = ("get_object_or_404", "get", "first")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`self.check_object_permissions(request, review)` behind `review = get_object_or_404(Review, pk=pk)`."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or not {403, 404} & {*ailment.expected}:
        return None
    own = mending.function_at(codebase, endpoint.handler.place)
    if own is None or CHECK in own.text or not _asked_beside(project, codebase, endpoint.key, own):
        return None
    request = next((each.name for each in own.parameters if each.name == "request"), "")
    found = next(_lookup(own), None)
    if found is None:
        return None
    statement, name = found
    edit = mending.after(statement, f"{CHECK}({request or 'self.request'}, {name})")
    summary = f"{endpoint.key} asks the permissions of the row that it looks up"
    return Cure(summary=summary, edits=(edit,), place=statement.place)


def _asked_beside(project: Project, codebase: Codebase, key: str, own: FunctionDef) -> bool:
    """Whether another view of the file asks for them so."""
    handlers = {each.handler.place for each in project.endpoints if each.key != key}
    functions = (mending.function_at(codebase, each) for each in handlers)
    file = own.span.source.path
    return any(e is not None and e.span.source.path == file and CHECK in e.text for e in functions)


def _lookup(function: FunctionDef) -> Iterator[tuple[Statement, str]]:
    """The statements that bind a row to a name."""
    for each in function.body.statements:
        target = each.targets[0] if isinstance(each, Assign) else None
        value = each.value if isinstance(each, Assign) else None
        calls = walk(value) if value is not None else ()
        names = {e.function.text.rpartition(".")[2] for e in calls if isinstance(e, Call)}
        if isinstance(target, Name) and names & {*LOOKUPS}:
            yield each, target.name
