"""Writes of which some stay when another one fails: from the first to the last in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.edit import edited
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    DictOf,
    FunctionDef,
    If,
    ListOf,
    Module,
    Name,
    Return,
    Statement,
    Try,
    walk,
)
from comfrey.stacks.answering import borrowed
from comfrey.stacks.runtimes.node.transactions import (
    Words,
    asked,
    calls,
    mentions,
    told,
    words_of,
    writes,
    writing,
)

SYMPTOMS = (CHANGED, STORED)
RANK = 30
ANSWERS = re.compile(r"\b(?:res|reply|response)\s*\.")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`await prisma.$transaction(async (tx) => { … })` around the statements that write."""
    words, endpoint = words_of(project), project.endpoint(ailment.subject)
    if words is None or endpoint is None or not words.begin or not asked(ailment):
        return None
    for function, held in writing(ailment, project, codebase):
        module = mending.module_of(codebase, function.span.source.path)
        if module is None or len(held) < 2 or len(held) < len(writes(endpoint)):
            continue
        if f"{words.begin}(" in function.text:
            continue
        part = next(_parts(function, held), [])
        edits = _together(project, codebase, (module, function), part, words) if part else ()
        if edits:
            summary = f"{endpoint.key} does all of its writes or none"
            return Cure(summary=summary, edits=edits, place=part[0].place)
    return None


def _parts(function: FunctionDef, held: list[Effect]) -> Iterator[list[Statement]]:
    """The statements of one block from the first write to the last, the innermost block first."""
    lines = [each.place.line for each in held if each.place]
    for block in reversed(list(_blocks(function))):
        writing = [each for each in block if any(mending.covers(each, line) for line in lines)]
        if writing and all(any(mending.covers(e, line) for e in writing) for line in lines):
            first, last = block.index(writing[0]), block.index(writing[-1])
            yield block[first : last + 1]


def _blocks(function: FunctionDef) -> Iterator[list[Statement]]:
    yield list(function.body)
    for each in mending.statements(function):
        if isinstance(each, Try | If):
            yield list(each.body)


def _together(
    project: Project,
    codebase: Codebase,
    home: tuple[Module, FunctionDef],
    part: list[Statement],
    words: Words,
) -> Edits:
    module, function = home
    last, name = part[-1], words.names[0]
    text = mending.lines_of(part[0], last)
    early = (e for each in part for e in walk(each) if isinstance(e, Return) and e is not last)
    if ANSWERS.search(text) or any(early) or mentions(function.text, name):
        return ()
    opened = _opened(project, codebase, module, part, words)
    if opened is None:
        return ()
    client, body, imports = opened
    end = mending.semicolon(module)
    head, body = _given(function, part, body, end)
    inner = mending.block(module, f"{head}{client}.{words.begin}(async ({name}) =>", body)
    return (mending.rewritten(part[0], last, f"{inner}){end}"), *imports)


def _given(function: FunctionDef, part: list[Statement], body: str, end: str) -> tuple[str, str]:
    """What the transaction's answer is bound to, and the body that gives it."""
    last = part[-1]
    if isinstance(last, Return):
        return "return ", body
    used = list(_used_later(function, part))
    if not used:
        return "await ", body
    made = last.targets[0] if isinstance(last, Assign) and len(last.targets) == 1 else None
    if isinstance(made, Name) and used == [made.name]:
        line = re.compile(
            rf"^(?:const|let|var)\s+{re.escape(made.name)}\b[^=\n]*=\s*(?:await\s+)?", re.M
        )
        found = list(line.finditer(body))
        if found:
            at = found[-1]
            return f"const {made.name} = await ", f"{body[: at.start()]}return {body[at.end() :]}"
    if len(used) == 1:
        return f"const {used[0]} = await ", f"{body}\nreturn {used[0]}{end}"
    names = f"{{ {', '.join(used)} }}"
    return f"const {names} = await ", f"{body}\nreturn {names}{end}"


def _used_later(function: FunctionDef, part: list[Statement]) -> Iterator[str]:
    """The names that the statements make and what follows them uses."""
    data, end = function.span.source.data, part[-1].span.end
    rest = data[end : function.span.end].decode("utf-8", "replace")
    for each in part:
        if isinstance(each, Assign) and each.declares:
            yield from (name for name in _names(each) if mentions(rest, name))


def _names(statement: Assign) -> Iterator[str]:
    for target in statement.targets:
        if isinstance(target, Name):
            yield target.name
        elif isinstance(target, DictOf):
            yield from (value.name for _, value in target.items if isinstance(value, Name))
        elif isinstance(target, ListOf):
            yield from (each.name for each in target.items if isinstance(each, Name))


# --- the calls inside -----------------------------------------------------------

Opened = tuple[str, str, Edits]
"""What opens the transaction, the statements as they stand in it, imports."""


def _opened(
    project: Project, codebase: Codebase, module: Module, part: list[Statement], words: Words
) -> Opened | None:
    if words.options:
        engine = _engine(project, codebase, module)
        body = _with_options(part, words)
        return (engine[0], body, engine[1]) if engine and body else None
    text = mending.lines_of(part[0], part[-1])
    clients = {each["client"] for each in re.finditer(words.client, text)}
    if len(clients) != 1:
        return None
    client = clients.pop()
    swapped = re.sub(rf"(?<![\w$.]){re.escape(client)}(?=\s*[.(])", words.names[0], text)
    return client, swapped, ()


def _with_options(part: list[Statement], words: Words) -> str:
    """The statements, each of their calls told of the transaction."""
    edits: dict[tuple[int, int], Edit] = {}
    for statement in part:
        for line in range(statement.span.line, statement.span.end_line + 1):
            for call in calls(statement, words, line):
                edit = told(call, words, words.names[0])
                if edit is None:
                    return ""
                edits[edit.start, edit.end] = edit
    return _lines(part, edits.values())


def _lines(part: list[Statement], edits: Iterable[Edit]) -> str:
    """The lines of the statements after some edits, without their common indentation."""
    source = part[0].span.source
    start = source.data.rfind(b"\n", 0, part[0].span.start) + 1
    end = source.data.find(b"\n", part[-1].span.end)
    end = len(source.data) if end < 0 else end
    moved = [each.replace(start=each.start - start, end=each.end - start) for each in edits]
    return mending.dedented(edited(source.data[start:end], moved).decode("utf-8", "replace"))


def _engine(project: Project, codebase: Codebase, module: Module) -> tuple[str, Edits] | None:
    """What transactions are opened on: as elsewhere in the project, else the connection that it makes."""
    for name in codebase.modules((b".transaction(",)):
        other = codebase.parsed(name)
        for each in mending.everything(other) if other else ():
            method = each.function if isinstance(each, Call) else None
            if isinstance(method, Attribute) and method.name == "transaction" and other:
                needed = borrowed(codebase, other, module, method.of, {})
                if needed is not None:
                    return method.of.text, needed
    file, _, name = (project.database.engine if project.database else "").partition(":")
    if not file:
        return None
    local = "sequelize" if name == "default" else name
    exported = "default" if name == "default" else None
    return local, mending.importing(codebase, module, file, [local], exported)
