"""A guard that a router's own module defines and that nothing calls: a signature nobody checks."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Expression, FunctionDef, ListOf, Module
from comfrey.stacks.refusing import handler_of, raises, router_of

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 14


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`dependencies=[Depends(guard)]` on the router, when the guard gives the status that is due."""
    function = handler_of(codebase, project.endpoint(ailment.subject))
    module = mending.module_of(codebase, function.span.source.path) if function else None
    if function is None or module is None:
        return None
    router = router_of(codebase, function)
    for guard in _unused(module):
        given = {status for status, *_ in raises(guard)}
        if router is not None and given & set(ailment.expected):
            edits = (_guarded(router, guard.name), *_imported(module))
            summary = f"{guard.name} guards the routes of its module"
            return Cure(summary=summary, edits=edits, place=guard.place)
    return None


def _unused(module: Module) -> Iterator[FunctionDef]:
    """Functions of the module that raise an HTTP error, and whose name occurs nowhere else in it."""
    text = module.source.data.decode("utf-8", "replace")
    for each in module.body:
        alone = isinstance(each, FunctionDef) and text.count(each.name) == 1
        if isinstance(each, FunctionDef) and alone and not each.decorators and any(raises(each)):
            yield each


def _guarded(router: Call, guard: str) -> Edit:
    own: Expression | None = router.keyword("dependencies")
    if isinstance(own, ListOf):
        items = ", ".join([*(each.text for each in own.items), f"Depends({guard})"])
        return mending.replaced(own, f"[{items}]")
    given = f"dependencies=[Depends({guard})]"
    if not router.arguments:
        return mending.replaced(router, f"{router.function.text}({given})")
    behind = [a for a in router.arguments if a.name != "responses"] or list(router.arguments)
    lines = router.text.splitlines()
    indent = lines[1][: len(lines[1]) - len(lines[1].lstrip())] if len(lines) > 1 else ""
    between = f",\n{indent}" if indent else ", "
    return mending.appended(behind[-1].value, f"{between}{given}")


def _imported(module: Module) -> mending.Edits:
    return mending.importing(module, "fastapi", ["Depends"])
