"""A write that is flushed, or not even that, and never committed."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, FunctionDef, Name, Return
from comfrey.stacks.orms.sqlalchemy.sessions import (
    functions_of,
    on_session,
    session_name,
    waits,
    writer_of,
    writers,
)

SYMPTOMS = (STORED, CHANGED)
RANK = 15


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`flush` → `commit`; without either, a commit before the answer."""
    functions = functions_of(ailment, project, codebase)
    if not functions or any(any(on_session(each, "commit")) for each in functions):
        return None
    if not _siblings_commit(project, codebase):
        return None
    writer = writer_of(ailment, project, codebase)
    home = _home(writer, functions[0], project, codebase)
    edits = _flushed(functions) or _unfinished(home, _refreshes(home, codebase))
    summary = "what is changed is committed"
    return Cure(summary=summary, edits=edits, place=home.place) if edits else None


def _siblings_commit(project: Project, codebase: Codebase) -> bool:
    """Whether those who write commit in this project; where a dependency does it for all, they do not."""
    return any(any(on_session(each, "commit")) for each in _writers(project, codebase))


def _writers(project: Project, codebase: Codebase) -> list[FunctionDef]:
    """The functions of every module in which something is written or answered."""
    files = {each.handler.file for each in project.endpoints if each.handler.file}
    files |= {each.span.source.path for each in writers(project, codebase)}
    modules = (mending.module_of(codebase, file) for file in sorted(files))
    return [each for module in modules if module for each in mending.functions(module)]


def _home(
    writer: FunctionDef | None, handler: FunctionDef, project: Project, codebase: Codebase
) -> FunctionDef:
    """Where the commit belongs: beside the write if others of that folder commit there, else in the handler."""
    if writer is None or writer is handler:
        return handler
    folder = writer.span.source.path.rpartition("/")[0]
    beside = (e for e in _writers(project, codebase) if e.span.source.path.startswith(folder + "/"))
    commit = any(any(on_session(each, "commit")) for each in beside if each is not handler)
    return writer if commit and session_name(writer) else handler


def _refreshes(function: FunctionDef, codebase: Codebase) -> bool:
    """Whether the functions beside this one read their row again after the commit."""
    module = mending.module_of(codebase, function.span.source.path)
    beside = mending.functions(module) if module else ()
    return any(any(on_session(e, "refresh")) and any(on_session(e, "commit")) for e in beside)


def _flushed(functions: tuple[FunctionDef, ...]) -> mending.Edits:
    found = [call for each in functions for call in on_session(each, "flush")]
    if not found or not isinstance(found[-1].function, Attribute):
        return ()
    call = found[-1]
    session = call.function.of.text if isinstance(call.function, Attribute) else ""
    return (mending.replaced(call.function, f"{session}.commit"),)


def _unfinished(function: FunctionDef, refreshes: bool) -> mending.Edits:
    session = session_name(function)
    last = list(function.body)[-1]
    if not session:
        return ()
    wait = waits(function)
    text = f"{wait}{session}.commit()"
    if not isinstance(last, Return):
        return (mending.after(last, text),)
    if refreshes and isinstance(last.value, Name) and last.value.name != session:
        text += f"\n{wait}{session}.refresh({last.value.name})"
    return (mending.before(last, text),)
