"""Writes of which some stay when another one fails: the function's statements in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, ClassDef, FunctionDef, Module, Parameter, Statement
from comfrey.stacks.answering import functions_of

SYMPTOMS = (CHANGED, STORED)
RANK = 30
WRITES = ("create", "update", "delete")
MANAGER = re.compile(
    r"^const (?:\{ manager \} = (?P<a>this\.\w+)|manager = (?P<b>this\.\w+)\.manager);?$"
)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`return this.orders.manager.transaction(async (manager) => { … })`, the repositories the manager's own."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or "nothing behind" not in ailment.title:
        return None
    writes = [each for each in endpoint.effects if each.action in WRITES and each.place]
    for function, _ in functions_of(ailment, project, codebase):
        held = [
            e
            for e in writes
            for p in (e.place, *e.through)
            if p and _holds(function, p.file, p.line)
        ]
        module = mending.module_of(codebase, function.span.source.path)
        if module is None or len(held) < 2 or "transaction(" in function.text:
            continue
        edit = _wrapped(module, function)
        if edit is not None:
            summary = f"{endpoint.key} does all of its writes or none"
            return Cure(summary=summary, edits=(edit,), place=function.place)
    return None


def _holds(function: FunctionDef, file: str, line: int) -> bool:
    return function.span.source.path == file and mending.covers(function, line)


def _wrapped(module: Module, function: FunctionDef) -> Edit | None:
    statements = list(function.body)
    repositories = dict(_repositories(module, function))
    used = [name for name in repositories if re.search(rf"\bthis\.{name}\b", function.text)]
    begun = MANAGER.match(_text(statements[:1]).strip()) if statements else None
    if begun is not None:
        owner, statements = begun["a"] or begun["b"], statements[1:]
    elif used:
        source = _source(module, function)
        owner = f"this.{source}" if source else f"this.{used[0]}.manager"
    else:
        return None
    if not statements:
        return None
    text = _text(statements)
    for name in used:
        text = re.sub(rf"\bthis\.{name}\b", f"manager.getRepository({repositories[name]})", text)
    unit, end = mending.unit(module), mending.semicolon(module)
    lines = "\n".join(f"{unit}{line}" if line.strip() else line for line in text.splitlines())
    margin = _margin(statements[0])
    head = f"return {owner}.transaction(async (manager) => {{"
    first = next(iter(function.body))
    stop = _end(statements[-1])
    body = f"{head}\n{lines}\n{margin}}}){end}"
    return Edit(file=module.source.path, start=_start(first), end=stop, text=body)


def _text(statements: list[Statement]) -> str:
    """The statements' lines as they stand, the first with its indentation."""
    data = statements[0].span.source.data
    start, stop = _start(statements[0]), _end(statements[-1])
    return _margin(statements[0]) + data[start:stop].decode("utf-8", "replace")


def _margin(statement: Statement) -> str:
    return mending.indentation(statement)


def _start(statement: Statement) -> int:
    """Where the statement's first line begins, `const` and the like included."""
    data = statement.span.source.data
    begin = data.rfind(b"\n", 0, statement.span.start) + 1
    return begin + len(data[begin:]) - len(data[begin:].lstrip(b" \t"))


def _end(statement: Statement) -> int:
    data, end = statement.span.source.data, statement.span.end
    return end + 1 if data[end : end + 1] == b";" else end


def _repositories(module: Module, function: FunctionDef) -> Iterator[tuple[str, str]]:
    """(member, entity) of `@InjectRepository(Order) private orders: Repository<Order>`."""
    for each in _parameters(module, function):
        for mark in each.decorators:
            if (
                isinstance(mark, Call)
                and mark.function.text == "InjectRepository"
                and mark.positional
            ):
                yield each.name, mark.positional[0].text


def _source(module: Module, function: FunctionDef) -> str:
    """The member that is the data source itself."""
    for each in _parameters(module, function):
        if each.annotation is not None and each.annotation.text in ("DataSource", "EntityManager"):
            return each.name
    return ""


def _parameters(module: Module, function: FunctionDef) -> Iterator[Parameter]:
    """What the constructor of the class around is given."""
    for kind in mending.classes(module):
        if kind.span.start <= function.span.start and function.span.end <= kind.span.end:
            for each in _methods(kind):
                if each.name in ("constructor", "__init__"):
                    yield from each.parameters


def _methods(kind: ClassDef) -> Iterator[FunctionDef]:
    return (each for each in kind.body if isinstance(each, FunctionDef))
