"""Rows of everybody where a sibling shows only the caller's own: one more condition."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, TOLD, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    DictOf,
    Expression,
    FunctionDef,
    Module,
    Node,
    walk,
)
from comfrey.stacks.answering import borrowed, scope, words

SYMPTOMS = (TOLD, LET_IN, ANSWERED, STORED, CHANGED)
RANK = 14
FINDS = ("findMany", "findFirst")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`where: eq(orders.id, id)` → `where: and(eq(orders.id, id), eq(orders.user_id, request.user.id))`."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or not endpoint.auth or ailment.kind == "validation":
        return None
    if ailment.symptom != TOLD and not {403, 404} & {*ailment.expected}:
        return None
    for effect in endpoint.effects:
        own = any(each.origin.kind == "caller" for each in effect.where)
        function = mending.function_at(codebase, effect.place)
        module = mending.module_of(codebase, effect.place.file) if effect.place else None
        if own or function is None or module is None or effect.action not in ("read", "list"):
            continue
        for home, condition in _conditions(project, endpoint, effect, codebase):
            known = {each: each for each in scope(module, function)}
            imports = borrowed(codebase, home, module, condition, known)
            edits = _narrowed(codebase, module, function, effect, condition)
            if imports is not None and edits:
                summary = f"only the caller's own {words(effect.record)} is found"
                return Cure(summary=summary, edits=(*edits, *imports), place=effect.place)
    return None


def _conditions(
    project: Project, endpoint: Endpoint, effect: Effect, codebase: Codebase
) -> Iterator[tuple[Module, Call]]:
    """How other endpoints narrow the same record to the caller: `eq(orders.user_id, request.user.id)`."""
    for sibling in project.endpoints:
        for each in sibling.effects if sibling.key != endpoint.key else ():
            fields = {_plain(e.field) for e in each.where if e.origin.kind == "caller"}
            function = mending.function_at(codebase, each.place) if fields else None
            module = mending.module_of(codebase, each.place.file) if each.place else None
            if each.record != effect.record or function is None or module is None:
                continue
            for node in _nodes(function, each):
                if _is_equation(node, fields) and isinstance(node, Call):
                    yield module, node


def _nodes(function: FunctionDef, effect: Effect) -> Iterator[Node]:
    """What stands in the statement at an effect's place."""
    line = effect.place.line if effect.place else 0
    for statement in mending.within(function):
        if mending.covers(statement, line):
            yield from walk(statement)


def _is_equation(node: Node, fields: set[str]) -> bool:
    if not isinstance(node, Call) or node.function.text != "eq" or len(node.positional) != 2:
        return False
    column = node.positional[0]
    return isinstance(column, Attribute) and _plain(column.name) in fields


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


# --- writing ----------------------------------------------------------------------


def _narrowed(
    codebase: Codebase, module: Module, function: FunctionDef, effect: Effect, condition: Call
) -> Edits:
    for node in _nodes(function, effect):
        method = node.function if isinstance(node, Call) else None
        if not isinstance(node, Call) or not isinstance(method, Attribute):
            continue
        given = node.positional[0] if node.positional else None
        if method.name == "where" and given is not None:
            return _both(codebase, module, given, condition)
        if method.name in FINDS:
            return _in_options(codebase, module, node, given, condition)
    return ()


def _in_options(
    codebase: Codebase, module: Module, call: Call, given: Expression | None, condition: Call
) -> Edits:
    text = f"where: {condition.text}"
    if given is None:
        end = call.span.end - 1
        return (Edit(file=call.span.source.path, start=end, end=end, text=f"{{ {text} }}"),)
    if not isinstance(given, DictOf) or not given.items:
        return ()
    for key, value in given.items:
        if isinstance(key, Constant) and key.value == "where":
            return _both(codebase, module, value, condition)
    first = given.items[0][0] or given.items[0][1]
    on_lines = given.span.line != first.span.line
    gap = f",\n{mending.indentation(first)}" if on_lines else ", "
    return (mending.before_text(first, f"{text}{gap}"),)


def _both(codebase: Codebase, module: Module, given: Expression, condition: Call) -> Edits:
    """The condition and one more."""
    if isinstance(given, Call) and given.function.text == "and" and given.positional:
        return (mending.appended(given.positional[-1], f", {condition.text}"),)
    if not isinstance(given, Call):
        return ()
    imports = mending.importing(codebase, module, "drizzle-orm", ["and"])
    return (mending.replaced(given, f"and({given.text}, {condition.text})"), *imports)
