"""A member that a view takes out of a body by force: what its siblings answer where it was not sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    BoolOp,
    Compare,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    Raise,
    Return,
    Statement,
    Subscript,
    walk,
)
from comfrey.stacks.refusing import refusing

SYMPTOMS = (CRASHED,)
RANK = 22
BODY = re.compile(r"^request\.(?:json|get_json\(.*\))$")
NOBODY = re.compile(r"'NoneType' object is not subscriptable|argument of type 'NoneType'")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`data["title"]` comes after `if "title" not in data: …`, with every member that the view takes so."""
    status = next((each for each in (400, 422) if each in ailment.expected), 0)
    nobody = NOBODY.search(ailment.error) is not None
    if not status or not (nobody or ailment.error_class == "KeyError"):
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        module = mending.module_of(codebase, place.file)
        taken = list(_taken(function)) if function else []
        lost = [key for _, _, key in taken if nobody or repr(key) in ailment.error]
        if not lost or module is None:
            continue
        statement, bag, _ = taken[0]
        keys = list(dict.fromkeys(key for _, each, key in taken if each.text == bag.text))
        if lost[0] not in keys:
            continue
        said = f"{keys[0]} is required" if len(keys) == 1 else f"{_listed(keys)} are required"
        told = refusing(codebase, project, module, status, said)
        if told is None:
            return None
        edits = (*_asked(statement, bag, keys, told[0]), *told[1])
        summary = f"a request without {lost[0]} is answered {status}"
        return Cure(summary=summary, edits=edits, place=statement.place)
    return None


def _listed(keys: list[str]) -> str:
    return f"{', '.join(keys[:-1])} and {keys[-1]}"


def _asked(statement: Statement, bag: Expression, keys: list[str], text: str) -> tuple[Edit, ...]:
    """The question before the first statement that takes a member."""
    first, *more = keys
    lacks = f'"{first}" not in {bag.text}'
    if more:
        names = ", ".join(f'"{each}"' for each in keys)
        lacks = f"any(each not in {bag.text} for each in ({names}))"
    body = "\n".join(f"    {line}" for line in text.splitlines())
    return (mending.before(statement, f"if not {bag.text} or {lacks}:\n{body}"),)


def _taken(function: FunctionDef) -> Iterator[tuple[Statement, Expression, str]]:
    """(statement, `data`, `title`) for each member that is taken in brackets and always needed: outside of any
    condition, of a name for the request's body or of the body itself."""
    bodies: set[str] = set()
    for statement in function.body:
        if isinstance(statement, Assign) and statement.value is not None:
            read = BODY.match(_first(statement.value).text)
            bodies |= {each.text for each in statement.targets if read and isinstance(each, Name)}
        for each in _surely(statement):
            if isinstance(each, Subscript) and isinstance(each.index, Constant):
                key, bag = each.index.value, each.of
                if isinstance(key, str) and (bag.text in bodies or BODY.match(bag.text)):
                    yield statement, bag, key


def _first(value: Expression) -> Expression:
    """`request.get_json()` of `request.get_json() or {}`."""
    return value.operands[0] if isinstance(value, BoolOp) else value


def _surely(statement: Statement) -> Iterator[Node]:
    """What is done whatever was sent: a whole statement, or the test of a condition that asks for no member first."""
    if isinstance(statement, Assign | Evaluate | Return | Raise):
        yield from walk(statement)
    elif isinstance(statement, If) and not any(map(_asks, walk(statement.test))):
        yield from walk(statement.test)


def _asks(node: Node) -> bool:
    """`"title" in data`."""
    asked = isinstance(node, Compare) and isinstance(node.first, Constant)
    return asked and isinstance(node, Compare) and node.rest[0][0] in ("in", "not in")
