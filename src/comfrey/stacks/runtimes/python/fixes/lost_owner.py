"""A row of another caller's, reached by its key: the owner check that a sibling makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Await, BoolOp, Call, Compare, FunctionDef, If, Name
from comfrey.stacks.refusing import ends, handler_of

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 12
CALLER = re.compile(r"user|caller|owner|identity|^g$")


@dataclass(frozen=True)
class Tree:
    """The tree in which a caller is looked for: among a function's parameters, or what its module imports."""

    codebase: Codebase
    project: Project

    def shared(self, function: FunctionDef) -> set[str]:
        """Names of the caller that a module has from its framework or from another module (`g`, `current_user`)."""
        module = mending.module_of(self.codebase, function.span.source.path)
        return {each for each in mending.bound(module) if CALLER.search(each)} if module else set()

    def names(self, function: FunctionDef) -> set[str]:
        """The parameters, and the names of the caller that stand for themselves."""
        return {each.name for each in function.parameters} | self.shared(function)

    def local(self, function: FunctionDef) -> dict[str, str]:
        """Local names of the caller, or of their key, and what the framework is asked for it (`get_jwt_identity()`)."""
        shared = self.shared(function)
        return {
            each.targets[0].text: each.value.text
            for each in function.body
            if isinstance(each, Assign) and each.value is not None
            if shared & set(re.findall(r"\w+", each.value.text)) and "query" not in each.value.text
        }


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The sibling's `if row.owner_id != user.id: raise …`, or its scoped query, for this handler's row."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    refuses = any(each in (403, 404) for each in ailment.expected)
    if endpoint is None or function is None or not refuses or ailment.kind != "auth":
        return None
    tree = Tree(codebase, project)
    for sibling in _siblings(ailment, project, endpoint):
        other = handler_of(codebase, sibling)
        edits = _checked(tree, other, function) or _scoped(tree, other, function) if other else ()
        edits = edits or _below(tree, sibling, endpoint)
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


def _below(tree: Tree, sibling: Endpoint, endpoint: Endpoint) -> tuple[Edit, ...]:
    """The check of the services that handlers go through: between two functions of one file."""
    for theirs in _on_the_way(tree.codebase, sibling):
        for mine in _on_the_way(tree.codebase, endpoint):
            same = theirs.span.source.path == mine.span.source.path
            edits = _checked(tree, theirs, mine) if same and theirs is not mine else ()
            if edits and not any(_owner_checks(tree, mine)):
                return edits
    return ()


def _on_the_way(codebase: Codebase, endpoint: Endpoint) -> list[FunctionDef]:
    """The functions through which an endpoint reads and writes, without its handler."""
    places = dict.fromkeys(each for effect in endpoint.effects for each in effect.through[1:])
    found = (mending.function_at(codebase, each) for each in places)
    return [each for each in found if each is not None]


# --- a check after the row is there ----------------------------------------------


@dataclass(frozen=True)
class Check:
    """`if row.owner_id != user.id: raise …` of a sibling: the names of the row and of the caller in it."""

    statement: If
    row: str
    caller: str


def _checked(tree: Tree, sibling: FunctionDef, function: FunctionDef) -> tuple[Edit, ...]:
    check = next(_owner_checks(tree, sibling), None)
    row = _row(function, check.row) if check else None
    asked = tree.local(sibling).get(check.caller, check.caller) if check else ""
    if check is None or row is None or not _is_known(asked, tree, function):
        return ()
    mine = row.targets[0].text
    text = re.sub(rf"\b{re.escape(check.row)}(?=\.\w)", mine, mending.lines_of(check.statement))
    text = re.sub(rf"(?<![.\w]){re.escape(check.caller)}\b", asked, text)
    anchor = _asked(function, mine) or row
    return (mending.after(anchor, _only_owner(text, check.statement)),)


def _is_known(caller: str, tree: Tree, function: FunctionDef) -> bool:
    """Whether a function may ask for the caller in these words."""
    return bool(set(re.findall(r"\w+", caller)) & tree.names(function))


def _owner_checks(tree: Tree, function: FunctionDef) -> Iterator[Check]:
    """Every check of the function that refuses whoever the row does not belong to."""
    known = tree.names(function) | set(tree.local(function))
    for each in mending.statements(function):
        if isinstance(each, If) and ends(tree.codebase, tree.project, function, each.body):
            for compare in _compares(each):
                left, right = compare.first.text, compare.rest[0][1].text
                row, caller = left.partition(".")[0], re.split(r"\W", right, maxsplit=1)[0]
                whole = "." in right or caller in {*tree.shared(function), *tree.local(function)}
                if caller in known and row not in known and "." in left and whole:
                    yield Check(each, row, caller)


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


def _row(function: FunctionDef, like: str = "") -> Assign | None:
    """The statement that looks the row up: what is assigned under that name, else the first call or wait for one
    that is given to a single name."""
    found = [each for each in function.body if isinstance(each, Assign) and _is_looked_up(each)]
    named = (each for each in found if each.targets[0].text == like)
    return next(named, next(iter(found), None))


def _is_looked_up(statement: Assign) -> bool:
    value = statement.value.value if isinstance(statement.value, Await) else statement.value
    single = len(statement.targets) == 1 and isinstance(statement.targets[0], Name)
    return single and isinstance(value, Call) and not value.text.startswith("request.")


def _asked(function: FunctionDef, name: str) -> If | None:
    """`if row is None: raise …`, when the handler asks."""
    for each in function.body:
        if isinstance(each, If) and each.test.text in (f"{name} is None", f"not {name}"):
            return each
    return None


# --- a query that only finds the caller's rows --------------------------------------


def _scoped(tree: Tree, sibling: FunctionDef, function: FunctionDef) -> tuple[Edit, ...]:
    """The sibling's way of looking the row up, when it names the caller."""
    theirs, mine = _row(sibling), _row(function)
    if theirs is None or mine is None or theirs.value is None or mine.value is None:
        return ()
    callers = {each for each in tree.names(sibling) & tree.names(function) if CALLER.search(each)}
    words = set(re.findall(r"\w+", theirs.value.text))
    if not callers & words or callers & set(re.findall(r"\w+", mine.value.text)):
        return ()
    used = words & {each.name for each in sibling.parameters}
    if not used <= {each.name for each in function.parameters}:
        return ()
    text = theirs.value.text
    if "with_for_update" in mine.value.text and "with_for_update" not in text:
        return ()
    return (mending.replaced(mine.value, text),)
