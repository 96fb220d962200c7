"""A client that turns a service's errors into the project's own, and lets one kind through."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Catch, ClassDef, FunctionDef, Module, Raise, Try, TupleOf, walk
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (CRASHED,)
RANK = 35
WIDER = {
    "ReadTimeout": "TimeoutException",
    "ConnectTimeout": "TimeoutException",
    "WriteTimeout": "TimeoutException",
    "PoolTimeout": "TimeoutException",
    "ConnectError": "NetworkError",
    "ReadError": "NetworkError",
    "RemoteProtocolError": "TransportError",
}
ALL = dict.fromkeys(
    ("TimeoutException", "NetworkError", "TransportError", "RequestError", "HTTPStatusError"),
    "HTTPError",
)
"""What httpx raises, by the class above it that they have in common."""
PUBLIC = {
    "pydantic_core._pydantic_core": "pydantic",
    "pydantic_core": "pydantic",
    "json.decoder": "json",
}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """One more `except`, for the project's own exception that its handler already answers."""
    if not ailment.failure:
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        module = mending.module_of(codebase, place.file)
        for attempt in _attempts(function, place.line) if function else ():
            if module is not None and attempt.catches:
                return _caught(ailment, project, codebase, module, attempt)
    return None


def _attempts(function: FunctionDef, line: int) -> Iterator[Try]:
    """The `try` statements whose body holds a line, inner before outer."""
    found = [e for e in mending.statements(function) if isinstance(e, Try)]
    return (
        each for each in reversed(found) if any(mending.covers(part, line) for part in each.body)
    )


def _caught(
    ailment: Ailment, project: Project, codebase: Codebase, module: Module, attempt: Try
) -> Cure | None:
    own = _unraised(ailment, project, codebase, module)
    error, imports = _spelled(ailment, module, {} if own else ALL)
    last = attempt.catches[-1]
    if not error:
        return None
    if own:
        text = f"except {error} as error:\n    raise {own} from error"
        edits = (mending.before(attempt.catches[0], text), *imports)
        return Cure(summary=f"{error} is told as {own}", edits=edits, place=last.place)
    if not any(isinstance(each, Raise) for part in last.body for each in walk(part)):
        return None
    edits = (_widened(last, error), *imports)
    return Cure(summary=f"{error} is told as any failure is", edits=edits, place=last.place)


def _spelled(ailment: Ailment, module: Module, bases: dict[str, str]) -> tuple[str, mending.Edits]:
    """The error's class, or the one above it in `bases`, as this module would write it, and what it must
    import."""
    path = ailment.error.partition(":")[0].strip()
    package, _, name = path.rpartition(".")
    package, name = PUBLIC.get(package, package), WIDER.get(name, name)
    name = bases.get(name, name) if package.partition(".")[0] == "httpx" else name
    known = mending.bound(module)
    if name in known:
        return name, ()
    top = package.partition(".")[0]
    if top and known.get(top) == top:
        return f"{top}.{name}", ()
    if not package:
        return (name, ()) if hasattr(builtins, name) else ("", ())
    return name, mending.importing(module, package, [name])


def _unraised(ailment: Ailment, project: Project, codebase: Codebase, module: Module) -> str:
    """An exception class of this module that the handler answers and nobody raises."""
    handler = handler_of(codebase, project.endpoint(ailment.subject))
    answered = " ".join(
        kind.text
        for each in (mending.statements(handler) if handler else ())
        if isinstance(each, Try)
        for catch in each.catches
        for kind in catch.kinds
    )
    for each in mending.classes(module):
        if each.name in answered.split() and not _is_raised(module, each):
            return each.name
    return ""


def _is_raised(module: Module, kind: ClassDef) -> bool:
    for function in mending.functions(module):
        for each in mending.inside(function):
            value = each.value.text if isinstance(each, Raise) and each.value else ""
            if value.partition("(")[0] == kind.name:
                return True
    return False


def _widened(catch: Catch, error: str) -> Edit:
    """`except A` → `except (A, B)`, or `except B` where that is above A."""
    kind = catch.kinds[0]
    head, _, name = error.rpartition(".")
    below = [each for each, above in ALL.items() if above == name]
    if len(catch.kinds) == 1 and kind.text in [".".join(filter(None, (head, e))) for e in below]:
        return mending.replaced(kind, error)
    if len(catch.kinds) > 1:
        return mending.appended(catch.kinds[-1], f", {error}")
    if isinstance(kind, TupleOf):
        return mending.appended(kind.items[-1], f", {error}")
    return mending.replaced(kind, f"({kind.text}, {error})")
