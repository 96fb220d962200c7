"""An async handler whose error nobody catches, which ends the process: handed to the error middleware as siblings do.

Express waits for no promise before its version 5 (https://expressjs.com/en/guide/error-handling.html)."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Call,
    Definition,
    Expression,
    FunctionDef,
    Module,
    Name,
)
from comfrey.stacks.answering import borrowed, handler_of
from comfrey.stacks.frameworks.express.routing import Route, route_of

SYMPTOMS = (CRASHED,)
RANK = 40


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`async (req, res) => { … }` → `wrap(async (req, res) => { … })`, else a `try` whose `catch` calls `next`."""
    endpoint = project.endpoint(ailment.subject)
    handler = handler_of(codebase, endpoint)
    if ailment.actual or endpoint is None or handler is None or not handler.asynchronous:
        return None
    route, module = route_of(codebase, endpoint), _module(codebase, handler)
    if route is None or module is None or isinstance(route.steps[-1], Call):
        return None
    made = _made(module, handler)
    if isinstance(made, Call):
        return None
    edits = _wrapped(project, codebase, endpoint, route, (module, made))
    edits = edits or _passed_on(codebase, module, handler)
    summary = f"what goes wrong in {endpoint.key} is handed on to the error middleware"
    return Cure(summary=summary, edits=edits, place=handler.place) if edits else None


def _module(codebase: Codebase, function: FunctionDef) -> Module | None:
    return mending.module_of(codebase, function.span.source.path)


def _made(module: Module, handler: FunctionDef) -> Expression | None:
    """The right-hand side by which a handler gets its name, itself or wrapped; None where it is written elsewhere."""
    for each in mending.everything(module):
        value = each.value if isinstance(each, Assign) else None
        if value is not None and any(inner is handler for inner in _held(value)):
            return value
    return None


def _held(value: Expression) -> Iterator[FunctionDef]:
    given = value.positional[-1:] if isinstance(value, Call) else (value,)
    for each in given:
        if isinstance(each, Definition) and isinstance(each.statement, FunctionDef):
            yield each.statement


# --- as the siblings ------------------------------------------------------------


def _wrapped(
    project: Project,
    codebase: Codebase,
    endpoint: Endpoint,
    route: Route,
    mine: tuple[Module, Expression | None],
) -> Edits:
    """The handler inside of what a sibling's handler is inside of: where it is served, or where it is made."""
    home, made = mine
    siblings = [each for each in project.endpoints if each.key != endpoint.key]
    siblings.sort(key=lambda each: each.handler.file != endpoint.handler.file)
    for sibling in siblings:
        theirs = route_of(codebase, sibling)
        last = theirs.steps[-1] if theirs else None
        if theirs is not None and isinstance(last, Call) and _wraps(last):
            return _inside(codebase, (theirs.module, last), (route.module, route.steps[-1]))
        handler = handler_of(codebase, sibling)
        module = _module(codebase, handler) if handler else None
        found = _made(module, handler) if module and handler else None
        if module is not None and made is not None and isinstance(found, Call) and _wraps(found):
            return _inside(codebase, (module, found), (home, made))
    return ()


def _wraps(call: Call) -> bool:
    """Whether a call does nothing but take one function: `catchAsync(async (req, res) => { … })`."""
    only = call.positional[0] if len(call.arguments) == 1 and call.positional else None
    return isinstance(call.function, Name) and isinstance(only, Definition | Name)


def _inside(
    codebase: Codebase, theirs: tuple[Module, Call], mine: tuple[Module, Expression]
) -> Edits:
    home, call = theirs
    module, step = mine
    imports = borrowed(codebase, home, module, call.function, {})
    if imports is None:
        return ()
    head = mending.before_text(step, f"{call.function.text}(")
    return (head, mending.appended(step, ")"), *imports)


# --- by hand ----------------------------------------------------------------------


def _passed_on(codebase: Codebase, module: Module, handler: FunctionDef) -> Edits:
    """`try { … } catch (error) { next(error); }`, and `next` among the parameters."""
    statements, taken = list(handler.body), [each.name for each in handler.parameters]
    if not statements or len(taken) < 2:
        return ()
    name = taken[2] if len(taken) > 2 else "next"
    body = mending.lines_of(statements[0], statements[-1])
    caught = mending.block(module, "catch (error)", f"{name}(error){mending.semicolon(module)}")
    text = f"{mending.block(module, 'try', body)} {caught}"
    edit = mending.rewritten(statements[0], statements[-1], text)
    return (edit, *_given(codebase, module, handler, taken))


def _given(codebase: Codebase, module: Module, handler: FunctionDef, taken: list[str]) -> Edits:
    if len(taken) > 2:
        return ()
    reply = handler.parameters[1]
    kind = reply.annotation.text if reply.annotation else ""
    if kind == "Response" or kind.startswith("Response<"):
        needed = mending.importing(codebase, module, "express", ["NextFunction"])
        return (mending.appended_to(reply.span, ", next: NextFunction"), *needed)
    if kind.endswith(".Response"):
        head = kind.removesuffix("Response")
        return (mending.appended_to(reply.span, f", next: {head}NextFunction"),)
    return (mending.appended_to(reply.span, ", next"),) if not kind else ()
