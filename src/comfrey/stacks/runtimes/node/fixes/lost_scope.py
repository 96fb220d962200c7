"""Rows of everybody where a sibling shows only the caller's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, TOLD, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, DictOf, Expression, FunctionDef, walk
from comfrey.stacks.answering import words

SYMPTOMS = (TOLD, LET_IN, ANSWERED, STORED, CHANGED)
RANK = 14


class Pair(NamedTuple):
    """`user_id: req.user.id` in a query's condition."""

    field: str
    text: str


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`where: { id }` → `where: { id, user_id: req.user.id }`, as a sibling narrows the same record."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or not endpoint.auth or ailment.kind == "validation":
        return None
    if ailment.symptom != TOLD and not {403, 404} & {*ailment.expected}:
        return None
    for effect in endpoint.effects:
        own = any(each.origin.kind == "caller" for each in effect.where)
        function = mending.function_at(codebase, effect.place)
        if own or function is None or effect.action not in ("read", "list", "lock"):
            continue
        for pair in _narrowing(project, endpoint, effect, codebase, function):
            edits = _narrowed(function, effect, pair)
            if edits:
                summary = f"only the caller's own {words(effect.record)} is found"
                return Cure(summary=summary, edits=edits, place=effect.place)
    return None


def _narrowing(
    project: Project,
    endpoint: Endpoint,
    effect: Effect,
    codebase: Codebase,
    function: FunctionDef,
) -> Iterator[Pair]:
    """How other endpoints narrow the record to the caller, in words that this function has."""
    known = {each.name for each in function.parameters}
    for sibling in project.endpoints:
        for each in sibling.effects:
            fields = [e.field for e in each.where if e.origin.kind == "caller"]
            if each.record != effect.record or not fields or sibling.key == endpoint.key:
                continue
            other = mending.function_at(codebase, each.place)
            condition = _condition(other, each) if other else None
            for key, value in condition.items if condition else ():
                named = isinstance(key, Constant) and key.value in fields
                if named and key is not None and value.text.partition(".")[0] in known:
                    spelled = value.text if key.text == value.text else f"{key.text}: {value.text}"
                    yield Pair(str(getattr(key, "value", "")), spelled)


def _query(function: FunctionDef, effect: Effect) -> Call | None:
    """The call that asks the database: the outermost one at the effect's place."""
    line = effect.place.line if effect.place else 0
    for statement in mending.within(function):
        for each in walk(statement) if mending.covers(statement, line) else ():
            if isinstance(each, Call) and each.span.line <= line <= each.span.end_line:
                given = each.positional
                if any(isinstance(e, DictOf) for e in given) or not given:
                    return each
    return None


def _condition(function: FunctionDef, effect: Effect) -> DictOf | None:
    """The object of conditions: `where`, or what a document store is asked for."""
    call = _query(function, effect)
    given = (
        next((each for each in call.positional if isinstance(each, DictOf)), None) if call else None
    )
    inner = _member(given, "where") if given else None
    if isinstance(inner, DictOf):
        return inner
    bare = given is not None and not any(_is_option(key) for key, _ in given.items)
    return given if bare else None


OPTIONS = ("where", "include", "select", "orderBy", "order", "take", "skip", "limit", "offset", "relations", "attributes", "transaction", "columns", "with")  # fmt: skip


def _is_option(key: Expression | None) -> bool:
    return isinstance(key, Constant) and key.value in OPTIONS


def _member(given: DictOf, name: str) -> Expression | None:
    return next((v for k, v in given.items if isinstance(k, Constant) and k.value == name), None)


def _narrowed(function: FunctionDef, effect: Effect, pair: Pair) -> mending.Edits:
    condition = _condition(function, effect)
    if condition is not None:
        return (_with(condition, pair.text),)
    call = _query(function, effect)
    given = call.positional[0] if call and call.positional else None
    if isinstance(given, DictOf) and _member(given, "where") is None:
        return (_first(given, f"where: {{ {pair.text} }}"),)
    return ()


def _with(condition: DictOf, text: str) -> Edit:
    """The object with one more member at its end."""
    if not condition.items:
        return mending.replaced(condition, f"{{ {text} }}")
    return mending.appended(condition.items[-1][1], f", {text}")


def _first(given: DictOf, text: str) -> Edit:
    """The object with one more member at its start, on a line of its own where the others are."""
    key, value = given.items[0] if given.items else (None, given)
    first = key or value
    if not given.items:
        return mending.replaced(given, f"{{ {text} }}")
    own_line = given.span.line != first.span.line
    gap = f",\n{mending.indentation(first)}" if own_line else ", "
    return mending.before_text(first, f"{text}{gap}")
