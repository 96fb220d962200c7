"""A row of another caller's, reached by its key: the owner check that a sibling makes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Await, BoolOp, Call, Compare, FunctionDef, If, Name, Raise
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 12


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The sibling's `if row.owner_id != user.id: raise …`, or its scoped query, for this handler's row."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    refuses = any(each in (403, 404) for each in ailment.expected)
    if endpoint is None or function is None or not refuses or ailment.kind != "auth":
        return None
    for sibling in _siblings(ailment, project, endpoint):
        other = handler_of(codebase, sibling)
        edits = _checked(other, function) or _scoped(other, function) if other else ()
        edits = edits or _below(codebase, sibling, endpoint)
        if edits:
            summary = f"{endpoint.key} keeps rows to their owner as {sibling.key} does"
            return Cure(summary=summary, edits=edits, place=endpoint.handler.place)
    return None


def _siblings(ailment: Ailment, project: Project, endpoint: Endpoint) -> Iterator[Endpoint]:
    """The witness that the plan names first, then the file's other handlers."""
    places = {(each.place.file, each.place.line) for each in ailment.because if each.place}
    others = [each for each in project.endpoints if each.key != endpoint.key]
    yield from (each for each in others if _spot(each.handler.place) in places)
    yield from (each for each in others if each.handler.file == endpoint.handler.file)


def _spot(place: Place) -> tuple[str, int]:
    return place.file, place.line


def _below(codebase: Codebase, sibling: Endpoint, endpoint: Endpoint) -> tuple[Edit, ...]:
    """The check of the services that handlers go through: between two functions of one file."""
    for theirs in _on_the_way(codebase, sibling):
        for mine in _on_the_way(codebase, endpoint):
            same = theirs.span.source.path == mine.span.source.path
            edits = _checked(theirs, mine) if same and theirs is not mine else ()
            if edits and not any(_owner_checks(mine)):
                return edits
    return ()


def _on_the_way(codebase: Codebase, endpoint: Endpoint) -> list[FunctionDef]:
    """The functions through which an endpoint reads and writes, without its handler."""
    places = dict.fromkeys(each for effect in endpoint.effects for each in effect.through[1:])
    found = (mending.function_at(codebase, each) for each in places)
    return [each for each in found if each is not None]


# --- a check after the row is there ----------------------------------------------


def _checked(sibling: FunctionDef, function: FunctionDef) -> tuple[Edit, ...]:
    check = next(_owner_checks(sibling), None)
    row = _row(function)
    if check is None or row is None:
        return ()
    statement, theirs, caller = check
    if not any(each.name == caller for each in function.parameters):
        return ()
    mine = row.targets[0].text
    text = re.sub(rf"\b{re.escape(theirs)}(?=\.\w)", mine, mending.lines_of(statement))
    anchor = _asked(function, mine) or row
    return (mending.after(anchor, _only_owner(text, statement)),)


def _owner_checks(function: FunctionDef) -> Iterator[tuple[If, str, str]]:
    """(statement, row's name, caller's name) of `if row.owner_id != user.id: raise …`."""
    names = {each.name for each in function.parameters}
    for each in mending.statements(function):
        if isinstance(each, If) and isinstance(each.body[0], Raise):
            for compare in _compares(each):
                left, right = compare.first.text, compare.rest[0][1].text
                row, caller = left.partition(".")[0], right.partition(".")[0]
                if caller in names and row not in names and "." in left and "." in right:
                    yield each, row, caller


def _compares(statement: If) -> Iterator[Compare]:
    test = statement.test
    parts = test.operands if isinstance(test, BoolOp) and test.operator == "and" else (test,)
    for each in parts:
        if isinstance(each, Compare) and each.rest[0][0] == "!=":
            yield each


def _only_owner(text: str, statement: If) -> str:
    """The check without the exceptions that the sibling makes for other callers: the stricter form."""
    test = statement.test
    if isinstance(test, BoolOp):
        head, _, tail = text.partition(":\n")
        first = next(_compares(statement))
        row = head.removeprefix("if ").partition(".")[0]
        own = re.sub(r"^\w+", row, first.text)
        return f"if {own}:\n{tail}"
    return text


def _row(function: FunctionDef) -> Assign | None:
    """The statement that looks the row up: the first awaited or called assignment to a single name."""
    for each in function.body:
        if (
            isinstance(each, Assign)
            and len(each.targets) == 1
            and isinstance(each.targets[0], Name)
        ):
            value = each.value.value if isinstance(each.value, Await) else each.value
            if isinstance(value, Call):
                return each
    return None


def _asked(function: FunctionDef, name: str) -> If | None:
    """`if row is None: raise …`, when the handler asks."""
    for each in function.body:
        if isinstance(each, If) and each.test.text in (f"{name} is None", f"not {name}"):
            return each
    return None


# --- a query that only finds the caller's rows --------------------------------------


def _scoped(sibling: FunctionDef, function: FunctionDef) -> tuple[Edit, ...]:
    """The sibling's way of looking the row up, when it names the caller."""
    theirs, mine = _row(sibling), _row(function)
    if theirs is None or mine is None or theirs.value is None or mine.value is None:
        return ()
    callers = {e.name for e in sibling.parameters} & {e.name for e in function.parameters}
    words = set(re.findall(r"\w+", theirs.value.text))
    scoping = {each for each in callers if "user" in each or "caller" in each or "owner" in each}
    if not scoping & words or scoping & set(re.findall(r"\w+", mine.value.text)):
        return ()
    used = words & {each.name for each in sibling.parameters}
    if not used <= {each.name for each in function.parameters}:
        return ()
    text = theirs.value.text
    if "with_for_update" in mine.value.text and "with_for_update" not in text:
        return ()
    return (mending.replaced(mine.value, text),)
