"""A write that is flushed, or not even that, and never committed."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, FunctionDef, Return
from comfrey.stacks.orms.sqlalchemy.sessions import functions_of, on_session, session_name, waits

SYMPTOMS = (STORED, CHANGED)
RANK = 15


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`flush` → `commit`; without either, a commit before the answer."""
    functions = functions_of(ailment, project, codebase)
    if not functions or any(any(on_session(each, "commit")) for each in functions):
        return None
    if not _siblings_commit(project, codebase):
        return None
    edits = _flushed(functions) or _unfinished(functions[0])
    summary = "what is changed is committed"
    return Cure(summary=summary, edits=edits, place=functions[0].place) if edits else None


def _siblings_commit(project: Project, codebase: Codebase) -> bool:
    """Whether handlers commit in this project; where a dependency does it for all, they do not."""
    files = {each.handler.file for each in project.endpoints if each.handler.file}
    modules = (mending.module_of(codebase, file) for file in sorted(files))
    return any(
        any(on_session(function, "commit"))
        for module in modules
        if module
        for function in mending.functions(module)
    )


def _flushed(functions: tuple[FunctionDef, ...]) -> mending.Edits:
    found = [call for each in functions for call in on_session(each, "flush")]
    if not found or not isinstance(found[-1].function, Attribute):
        return ()
    call = found[-1]
    session = call.function.of.text if isinstance(call.function, Attribute) else ""
    return (mending.replaced(call.function, f"{session}.commit"),)


def _unfinished(function: FunctionDef) -> mending.Edits:
    session = session_name(function)
    last = list(function.body)[-1]
    if not session:
        return ()
    text = f"{waits(function)}{session}.commit()"
    return (mending.before(last, text) if isinstance(last, Return) else mending.after(last, text),)
