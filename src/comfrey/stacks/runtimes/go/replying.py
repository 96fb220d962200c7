"""How a Go project's handlers refuse: recipes write a new refusal in the style of those that stand beside it.

The templates are statements of the project's own: `c.JSON(http.StatusNotFound, gin.H{…})`, `web.Fail(w, 404, "…")`,
`return echo.NewHTTPError(http.StatusNotFound, "…")`. Where none fits, the framework's own way counts (`refusal` of
its `about.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple

from comfrey.languages.go import mending
from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    Import,
    Module,
    Name,
    Return,
    Statement,
    walk,
)
from comfrey.stacks import shelf

CONTEXTS = ("gin.Context", "echo.Context", "fiber.Ctx", "http.ResponseWriter")
ERRORS = ("err", "nil", "error", "true", "false")


class Spelled(NamedTuple):
    """Statements without indentation, and the packages that they name."""

    text: str
    packages: tuple[str, ...]


class Template(NamedTuple):
    """A statement of the project that answers with a status."""

    statement: Statement
    status: int
    function: FunctionDef
    module: Module


def handler_of(codebase: Codebase, endpoint: Endpoint | None) -> FunctionDef | None:
    """The function that answers, when it lies in the tree."""
    if endpoint is None or not endpoint.handler.file:
        return None
    return mending.function_at(codebase, endpoint.handler.place)


def answers(function: FunctionDef) -> bool:
    """Whether a function is given what an answer is written to."""
    return any(_kind(each) for each in function.parameters)


def _kind(parameter: object) -> str:
    """What a parameter is of that a handler is given, else ""."""
    note = getattr(parameter, "annotation", None)
    text = note.text.lstrip("*") if note is not None else ""
    return next((each for each in CONTEXTS if text == each or text.endswith(each)), "")


def status_of(statement: Statement) -> int:
    """The status that a statement answers with by itself, 0 for one that answers nothing."""
    call = statement.value if isinstance(statement, Evaluate | Return) else None
    if not isinstance(call, Call):
        return 0
    given = next((s for s in map(status_in, call.positional) if s), 0)
    return given if given >= 400 else 0


def status_in(node: Expression) -> int:
    """The status that an expression names: `404`, `http.StatusNotFound`."""
    if isinstance(node, Constant) and type(node.value) is int and 100 <= node.value <= 599:
        return node.value
    word = node.name if isinstance(node, Attribute) else ""
    return BY_NAME.get(word.removeprefix("Status"), 0) if word.startswith("Status") else 0


def _joined(status: HTTPStatus) -> str:
    """`NotFound`."""
    return re.sub(r"[^A-Za-z]", "", status.phrase.title())


BY_NAME = {_joined(each): each.value for each in HTTPStatus}


def refusal(
    codebase: Codebase, project: Project, function: FunctionDef, status: int, record: str = ""
) -> Spelled | None:
    """The statements that refuse with a status, as this project writes it; None where nothing tells how."""
    module = mending.module_of(codebase, function.span.source.path)
    if module is None or not answers(function):
        return None
    found = list(_templates(codebase, module, function))
    for template in sorted(found, key=lambda each: each.status != status):
        spelled = _alike(template, module, function, status, record)
        if spelled is not None:
            return spelled
    return _plain(project, function, status, _said(status, record))


def _templates(codebase: Codebase, module: Module, function: FunctionDef) -> Iterator[Template]:
    """What answers an error of the caller's, nearest first, in functions that give back the same."""
    gives = function.returns.text if function.returns is not None else ""
    for each in mending.neighbours(codebase, module):
        for other in mending.functions(each):
            same = (other.returns.text if other.returns is not None else "") == gives
            for statement in mending.statements(other) if same and answers(other) else ():
                status = status_of(statement)
                if 400 <= status < 500 and isinstance(statement, Return) == bool(gives):
                    yield Template(statement, status, other, each)


def _alike(
    template: Template, module: Module, function: FunctionDef, status: int, record: str
) -> Spelled | None:
    """The template's statement, told of something else."""
    changes: list[tuple[Expression, str]] = []
    if template.status != status:
        changes += _turned(template.statement, template.status, status)
    message = _message(template.statement)
    told = isinstance(message, Constant) and words(record) in str(message.value)
    if message is not None and (changes or not told or not record):
        changes.append((message, f'"{_said(status, record)}"'))
    names = _renamed(template.function, function)
    kept = _names(template.statement, changes)
    packages: list[str] = []
    for name in sorted(kept - {*names, *ERRORS}):
        path = _imported(template.module, name)
        if path:
            packages.append(path)
        elif (
            module.source.path.rpartition("/")[0] != template.module.source.path.rpartition("/")[0]
        ) or name in _locals(template.function):
            return None
    text = _written(template.statement, changes)
    for old, new in names.items():
        text = re.sub(rf"(?<![\w.\"]){re.escape(old)}\b(?!\s*:)", new, text)
    ended = text if isinstance(template.statement, Return) else f"{text}\nreturn"
    return Spelled(ended, tuple(packages))


def _turned(statement: Statement, old: int, new: int) -> list[tuple[Expression, str]]:
    """The places where a status stands, with another one."""
    found: list[tuple[Expression, str]] = []
    for each in walk(statement):
        if isinstance(each, Attribute) and status_in(each) == old:
            found.append((each, f"{each.of.text}.Status{_joined(HTTPStatus(new))}"))
        elif isinstance(each, Constant) and each.value == old and each.value is not True:
            found.append((each, str(new)))
    return found


def _message(statement: Statement) -> Expression | None:
    """The text for people: the longest with a space, else what an error says of itself."""
    texts = [e for e in walk(statement) if isinstance(e, Constant) and isinstance(e.value, str)]
    spoken = sorted((e for e in texts if " " in e.value), key=lambda each: -len(each.text))
    said = [e for e in walk(statement) if isinstance(e, Call) and e.function.text == "err.Error"]
    return next(iter([*spoken, *said]), None)


def _renamed(theirs: FunctionDef, mine: FunctionDef) -> dict[str, str]:
    """The template's parameters by what those of the same type are called here."""
    own = {_type(each): each.name for each in mine.parameters}
    return {e.name: own[_type(e)] for e in theirs.parameters if _type(e) in own}


def _type(parameter: object) -> str:
    note = getattr(parameter, "annotation", None)
    return _kind(parameter) or (note.text if note is not None else "")


def _names(statement: Statement, changes: list[tuple[Expression, str]]) -> set[str]:
    gone = {id(part) for node, _ in changes for part in walk(node)}
    return {e.name for e in walk(statement) if isinstance(e, Name) and id(e) not in gone}


def _locals(function: FunctionDef) -> set[str]:
    bound = {each.name for each in function.parameters}
    for each in mending.statements(function):
        for target in getattr(each, "targets", ()):
            bound |= {e.name for e in walk(target) if isinstance(e, Name)}
    return bound


def _imported(module: Module, name: str) -> str:
    """The path of the package that a file calls so."""
    for each in module.body:
        if isinstance(each, Import):
            path = next((path for path, local in each.names if local == name), "")
            if path:
                return path
    return ""


def _written(statement: Statement, changes: list[tuple[Expression, str]]) -> str:
    data, at = statement.span.source.data, statement.span.start
    pieces: list[str] = []
    for node, text in sorted(changes, key=lambda each: each[0].span.start):
        pieces += [data[at : node.span.start].decode("utf-8", "replace"), text]
        at = node.span.end
    pieces.append(data[at : statement.span.end].decode("utf-8", "replace"))
    return re.sub(r"\s*\n\s*", " ", "".join(pieces)).strip()


def words(name: str) -> str:
    """`OrderItem` → `order item`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower().strip()


def _said(status: int, record: str) -> str:
    noun = words(record)
    if status == HTTPStatus.NOT_FOUND:
        return f"{noun} not found" if noun else "not found"
    if status == HTTPStatus.CONFLICT:
        return f"there is such {_article(noun)} already" if noun else "there already"
    return HTTPStatus(status).phrase.lower()


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _plain(project: Project, function: FunctionDef, status: int, detail: str) -> Spelled | None:
    """The framework's own way."""
    folder = shelf.folder("frameworks", project.stack.framework)
    told = (folder.about.data.get("refusal") or {}) if folder else {}
    context = next((e.name for e in function.parameters if _kind(e)), "")
    if not told or not context:
        return None
    named = f"http.Status{_joined(HTTPStatus(status))}"
    text = told["text"].format(context=context, status=named, detail=f'"{detail}"')
    return Spelled(text, ("net/http",))
