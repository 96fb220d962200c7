"""A service's failure that undoes an answer, where a sibling lets the same service fail: guarded as the sibling does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Await,
    Call,
    Catch,
    Constant,
    Evaluate,
    FunctionDef,
    Module,
    Name,
    Node,
    Raise,
    Return,
    Statement,
    Try,
    walk,
)
from comfrey.stacks.answering import borrowed, functions_of, scope, words

SYMPTOMS = (CRASHED, ANSWERED, CHANGED)
RANK = 38
GOES_ON = re.compile(r"\b(?:next|reject|res\.|reply\.|process\.exit)")


class Asked(NamedTuple):
    """A statement that does nothing but call a function of another file of the tree."""

    module: Module
    function: FunctionDef
    statement: Statement
    call: Call
    file: str


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`await sendReceipt(order)` → `await attempt('send receipt', sendReceipt(order))`, or a `try` as a sibling's."""
    if not ailment.failure or any(each >= 400 for each in ailment.expected):
        return None
    for function, place in functions_of(ailment, project, codebase):
        module = mending.module_of(codebase, place.file)
        for mine in _asked(codebase, module, function) if module else ():
            if not mending.covers(mine.statement, place.line) and ailment.trace:
                continue
            edits = _guarded(codebase, mine)
            if edits:
                summary = f"what is settled stays settled when {ailment.service} fails"
                return Cure(summary=summary, edits=edits, place=mine.statement.place)
    return None


def _asked(codebase: Codebase, module: Module, function: FunctionDef) -> Iterator[Asked]:
    for each in mending.within(function):
        value = each.value if isinstance(each, Evaluate) else None
        call = value.value if isinstance(value, Await) else value
        file = _file(codebase, module, call) if isinstance(call, Call) else ""
        if isinstance(call, Call) and file:
            yield Asked(module, function, each, call, file)


def _file(codebase: Codebase, module: Module, call: Call) -> str:
    """The file of the tree that the called function comes from."""
    origin = mending.bound(module).get(call.function.text.partition(".")[0])
    return (mending.file_of(codebase, module, origin.specifier) or "") if origin else ""


# --- as the siblings ------------------------------------------------------------


def _guarded(codebase: Codebase, mine: Asked) -> Edits:
    stem = mine.file.rpartition("/")[2].partition(".")[0].encode()
    for name in sorted(codebase.modules((stem,))):
        other = codebase.parsed(name)
        for function in mending.functions(other) if other else ():
            for statement in mending.statements(function):
                if other is None or statement.span.start == mine.statement.span.start:
                    continue
                edits = _wrapped(codebase, other, statement, mine) or _caught(
                    codebase, other, statement, mine
                )
                if edits:
                    return edits
    return ()


def _wrapped(codebase: Codebase, home: Module, statement: Statement, mine: Asked) -> Edits:
    """`await attempt('…', sendWelcome(user))`: the call handed to what bears its failure."""
    value = statement.value if isinstance(statement, Evaluate) else None
    outer = value.value if isinstance(value, Await) else value
    if not isinstance(outer, Call) or not isinstance(outer.function, Name):
        return ()
    inner = [each for each in outer.positional if isinstance(each, Call)]
    if len(inner) != 1 or _file(codebase, home, inner[0]) != mine.file:
        return ()
    imports = borrowed(codebase, home, mine.module, outer.function, {})
    if imports is None:
        return ()
    name = mine.call.function
    said = words(name.name if isinstance(name, Name | Attribute) else "")
    given = [_handed(mine, each, said, inner[0]) for each in outer.positional]
    text = f"{outer.function.text}({', '.join(given)})"
    return (mending.replaced(mine.call, text), *imports)


def _handed(mine: Asked, argument: Node, said: str, inner: Call) -> str:
    if argument is inner:
        return mine.call.text
    named = isinstance(argument, Constant) and isinstance(argument.value, str)
    return mending.quoted(mine.module, said) if named else argument.text


def _caught(codebase: Codebase, home: Module, statement: Statement, mine: Asked) -> Edits:
    """`try { await sendWelcome(user); } catch (error) { console.error(error); }`."""
    if not isinstance(statement, Try) or len(statement.catches) != 1:
        return ()
    first, catch = next(iter(statement.body), None), statement.catches[0]
    calls = [e for e in walk(first) if isinstance(e, Call)] if first is not None else []
    asks = any(_file(codebase, home, each) == mine.file for each in calls)
    body = list(catch.body)
    if not asks or not body or not _bears(catch):
        return ()
    known = {each: each for each in scope(mine.module, mine.function)} | {catch.name: catch.name}
    imports: Edits = ()
    for each in body:
        needed = borrowed(codebase, home, mine.module, each, known)
        if needed is None:
            return ()
        imports += needed
    head = f"catch ({catch.name})" if catch.name else "catch"
    attempt = mending.block(mine.module, "try", mending.lines_of(mine.statement))
    text = f"{attempt} {mending.block(mine.module, head, _retold(mine, body))}"
    return (mending.rewritten(mine.statement, mine.statement, text), *imports)


def _retold(mine: Asked, body: list[Statement]) -> str:
    """What the sibling does with the error, told of this call."""
    text, name = mending.lines_of(body[0], body[-1]), mine.call.function
    said = f"Could not {words(name.name)}" if isinstance(name, Name | Attribute) else "Failed"
    for each in (node for statement in body for node in walk(statement)):
        if isinstance(each, Constant) and isinstance(each.value, str) and " " in each.value:
            text = text.replace(each.text, mending.quoted(mine.module, said))
    return text


def _bears(catch: Catch) -> bool:
    """Whether what is caught goes no further."""
    nodes = [node for each in catch.body for node in walk(each)]
    leaves = any(isinstance(each, Raise | Return) for each in nodes)
    return not leaves and not any(GOES_ON.search(each.text) for each in catch.body)
