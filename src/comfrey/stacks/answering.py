"""How a Node project's handlers refuse: recipes write a new refusal in the style of those that stand beside it.

The templates are the refusals that the reader found, of whatever framework: `throw new NotFound("…")`,
`return res.status(404).json({ … })`, `next(new ApiError(404, "…"))`. Only where a project has none
that can be told otherwise, the framework's own way counts (`[data.refusal]` of its `about.toml`).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits, Origin
from comfrey.model.ailment import Ailment
from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Refusal
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    Evaluate,
    Expression,
    Format,
    FunctionDef,
    If,
    Module,
    Name,
    Node,
    Raise,
    Return,
    Statement,
    walk,
)
from comfrey.stacks import shelf


class Spelled(NamedTuple):
    """Statements without indentation, and what must be imported for them."""

    text: str
    imports: Edits


class Template(NamedTuple):
    """A refusal of the project and the statement that gives it."""

    refusal: Refusal
    statement: Statement
    function: FunctionDef
    module: Module


class Wanted(NamedTuple):
    """The refusal to be written, and where."""

    codebase: Codebase
    module: Module
    function: FunctionDef
    status: int
    record: str
    detail: str
    member: str = ""


def handler_of(codebase: Codebase, endpoint: Endpoint | None) -> FunctionDef | None:
    """The function that answers, when it lies in the tree."""
    if endpoint is None or not endpoint.handler.file:
        return None
    return mending.function_at(codebase, endpoint.handler.place)


def functions_of(
    ailment: Ailment, project: Project, codebase: Codebase
) -> Iterator[tuple[FunctionDef, Place]]:
    """The functions that a request of the ailment passes, each with the place of interest in it: frames of the
    failure, deepest first, then what the handler does to rows, then the handler itself."""
    endpoint = project.endpoint(ailment.subject)
    places = [*reversed(ailment.trace)]
    for effect in endpoint.effects if endpoint else ():
        places += [effect.place] if effect.place else []
        places += reversed(effect.through)
    if endpoint is not None and endpoint.handler.file:
        places.append(endpoint.handler.place)
    seen: set[tuple[str, int]] = set()
    for place in places:
        function = mending.function_at(codebase, place)
        if function is not None and (place.file, place.line) not in seen:
            seen.add((place.file, place.line))
            yield function, place


def words(name: str) -> str:
    """`OrderItem` → `order item`, `UserEntity` → `user`."""
    name = re.sub(r"(?<=[a-z0-9])(?:Entity|SchemaClass)$", "", name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower().strip()


# --- a refusal ------------------------------------------------------------------


def refusal(
    codebase: Codebase,
    project: Project,
    function: FunctionDef,
    status: int,
    record: str = "",
    detail: str = "",
    member: str = "",
) -> Spelled | None:
    """The statements that refuse with a status, as this project writes it; None where nothing tells how.
    `member` is the input's member that is missing: refusals of other members are the nearest then."""
    module = mending.module_of(codebase, function.span.source.path)
    if module is None:
        return None
    said = f"{member} is required" if member else _said(status, record)
    wanted = Wanted(codebase, module, function, status, record, detail or said, member)
    for template in sorted(templates(codebase, project), key=lambda each: _distance(each, wanted)):
        found = _alike(template, wanted)
        if found is not None:
            return found
    return _plain(wanted, project)


def _said(status: int, record: str) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return f"{words(record).capitalize() or 'This'} not found"
    if status == HTTPStatus.CONFLICT:
        return f"There is already such a {words(record) or 'row'}"
    return HTTPStatus(status).phrase


def templates(codebase: Codebase, project: Project) -> Iterator[Template]:
    """Every refusal of the project whose own statement is known, once."""
    seen: set[tuple[str, int]] = set()
    for endpoint in project.endpoints:
        for each in endpoint.refusals:
            place = each.place
            if place is None or (place.file, place.line) in seen:
                continue
            seen.add((place.file, place.line))
            found = template_at(codebase, each)
            if found is not None:
                yield found


def template_at(codebase: Codebase, found: Refusal) -> Template | None:
    """The statement of one refusal: what throws, answers or hands an error on."""
    place = found.place
    function = mending.function_at(codebase, place)
    module = mending.module_of(codebase, place.file) if place else None
    statement = mending.statement_at(function, place.line) if function and place else None
    if function is None or module is None or not isinstance(statement, Raise | Return | Evaluate):
        return None
    called = isinstance(statement.value, Call)
    return Template(found, statement, function, module) if called else None


def _distance(template: Template, wanted: Wanted) -> tuple[bool, bool, bool, int, bool]:
    """Another member's refusal first, where it is about one; then the same status, then the same record, then what
    stands near."""
    near = 0 if template.function is wanted.function else 1
    if template.module.source.path != wanted.module.source.path:
        near = 2
    same = template.refusal.record == wanted.record
    same_kind = template.refusal.condition in ("missing", "duplicate", "state", "owner", "role")
    other = bool(wanted.member) and not _is_of_member(template)
    return other, template.refusal.status != wanted.status, not same, near, not same_kind


def _is_of_member(template: Template) -> bool:
    return template.refusal.condition == "invalid" and bool(template.refusal.field)


def _alike(template: Template, wanted: Wanted) -> Spelled | None:
    """The template's statement, told of something else."""
    changes: list[tuple[Node, str]] = []
    borrowed: dict[str, str] = {}
    if template.refusal.status != wanted.status:
        turned = list(_turned(template, wanted))
        if not turned:
            return None
        changes += [(node, text) for node, text, _, _ in turned]
        borrowed = {name: old for _, _, name, old in turned if name}
    if wanted.member:
        changes += _renamed(template, wanted)
    message = _message(template)
    usual = wanted.detail == _said(wanted.status, wanted.record)
    theirs = usual or bool(wanted.member) or wanted.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    same = template.refusal.record == wanted.record and not changes and theirs
    known = any(node is message for node, _ in changes)
    if message is not None and not known and not (same and isinstance(message, Constant)):
        changes.append((message, mending.quoted(wanted.module, _retold(template, wanted))))
    imports = _needed(template, wanted, changes, borrowed)
    if imports is None:
        return None
    text = _with(template.statement, changes)
    return Spelled(_ended(template.statement, text, wanted.module), imports)


def _renamed(template: Template, wanted: Wanted) -> Iterator[tuple[Node, str]]:
    """The member's name in place of the other's, wherever it stands by itself; in what is said for people only
    where the template refuses just that the other member is missing."""
    old = template.refusal.field.rpartition(".")[2]
    lacks = _is_of_member(template) and _is_of_absence(template, old)
    message = _message(template)
    for each in walk(template.statement) if old else ():
        text = each.text if isinstance(each, Constant) and isinstance(each.value, str) else ""
        if each is message and not lacks:
            continue
        if re.search(rf"\b{re.escape(old)}\b", text):
            yield each, re.sub(rf"\b{re.escape(old)}\b", wanted.member, text)
        elif each is message and text:
            yield each, text


def _is_of_absence(template: Template, member: str) -> bool:
    """Whether the statement stands under `if (!email)`, or the like."""
    for each in mending.within(template.function):
        if isinstance(each, If) and any(e is template.statement for e in each.body):
            return bool(re.fullmatch(rf"!\s*(?:[\w$]+\??\.)*{re.escape(member)}", each.test.text))
    return False


def _message(template: Template) -> Expression | None:
    """The text for people in the statement: what the refusal says, else the longest with a space."""
    texts: list[Constant | Format] = [
        each for each in walk(template.statement) if isinstance(each, Constant | Format)
    ]
    said: list[Constant | Format] = [
        e for e in texts if isinstance(e, Constant) and e.value == template.refusal.detail != ""
    ]
    spoken = [e for e in texts if isinstance(e, Format) or " " in str(getattr(e, "value", ""))]
    found = said or sorted(spoken, key=lambda each: -len(each.text))
    return found[0] if found else None


def _retold(template: Template, wanted: Wanted) -> str:
    """The template's sentence about the other record, where it names its own; else the sentence asked for."""
    told, about = template.refusal.detail, words(template.refusal.record)
    if template.refusal.status != wanted.status or not about or not wanted.record:
        return wanted.detail
    new = words(wanted.record)
    if not re.search(rf"\b{about}\b", told, re.I):
        return wanted.detail
    turned = re.sub(rf"\b{about}\b", new, told)
    return re.sub(rf"\b{about.capitalize()}\b", new.capitalize(), turned)


def _turned(template: Template, wanted: Wanted) -> Iterator[tuple[Node, str, str, str]]:
    """(node, its new text, a name to be had, the name that it is found beside) for another status."""
    old, new = HTTPStatus(template.refusal.status), HTTPStatus(wanted.status)
    for each in walk(template.statement):
        if isinstance(each, Constant) and each.value == old.value and each.value is not True:
            yield each, str(new.value), "", ""
        elif isinstance(each, Attribute) and each.name == old.name:
            yield each, f"{each.of.text}.{new.name}", "", ""
        elif isinstance(each, Attribute) and each.name.lower() == _joined(old).lower():
            name = _joined(new)
            yield each, f"{each.of.text}.{name[:1].lower() + name[1:]}", "", ""
        elif isinstance(each, Name) and each.name.startswith(_joined(old)):
            name = each.name.replace(_joined(old), _joined(new), 1)
            if _is_had(template, wanted, each.name, name):
                yield each, name, name, each.name


def _joined(status: HTTPStatus) -> str:
    """`NotFound`."""
    return status.name.title().replace("_", "")


def _is_had(template: Template, wanted: Wanted, beside: str, name: str) -> bool:
    """Whether a class may be imported from where its sibling comes from."""
    source = _source(wanted.codebase, template.module, beside)
    home = mending.module_of(wanted.codebase, source) if source in wanted.codebase.tree else None
    return name in mending.defined(home) if home is not None else bool(source)


def borrowed(
    codebase: Codebase, home: Module, module: Module, node: Node, known: dict[str, str]
) -> Edits | None:
    """The imports that a piece of another module needs here; None when a name of it is not to be had. `known` are
    local names that stand here already, by what they are called there."""
    edits: list[Edit] = []
    here = {*mending.bound(module), *mending.defined(module), *codebase.language.builtins}
    for name in sorted({each.name for each in walk(node) if isinstance(each, Name)}):
        if name in known or name in here:
            continue
        source = _source(codebase, home, name)
        if not source:
            return None
        origin = mending.bound(home).get(name) or Origin("", name)
        exported = name if origin.name not in ("", "default") else origin.name
        edits += mending.importing(codebase, module, source, [name], exported)
    return tuple(edits)


def _source(codebase: Codebase, module: Module, name: str) -> str:
    """The file of the tree, or the package, that a module has a name from."""
    origin = mending.bound(module).get(name)
    if origin is None:
        return module.source.path if name in mending.defined(module) else ""
    return mending.file_of(codebase, module, origin.specifier) or origin.specifier


def _needed(
    template: Template,
    wanted: Wanted,
    changes: Iterable[tuple[Node, str]],
    borrowed: dict[str, str],
) -> Edits | None:
    """The imports of what the statement names; None when something is not to be had here."""
    gone = {id(part) for node, _ in changes for part in walk(node)}
    kept = [e for e in walk(template.statement) if isinstance(e, Name) and id(e) not in gone]
    edits: list[Edit] = []
    names = {each.name: each.name for each in kept} | borrowed
    for name, beside in sorted(names.items()):
        if name in wanted.codebase.language.builtins or name in scope(
            wanted.module, wanted.function
        ):
            continue
        got = _imported(template, wanted, name, beside)
        if got is None:
            return None
        edits += got
    return tuple(edits)


def scope(module: Module, function: FunctionDef) -> set[str]:
    """The parameters of a function and of those around it."""
    around = [
        each
        for each in mending.functions(module)
        if each.span.start <= function.span.start and function.span.end <= each.span.end
    ]
    return {each.name for one in around for each in one.parameters}


def _imported(template: Template, wanted: Wanted, name: str, beside: str) -> Edits | None:
    """The import of a name that the template's module has; () where this module has it, too."""
    if name in mending.bound(wanted.module) or name in mending.defined(wanted.module):
        return ()
    source = _source(wanted.codebase, template.module, beside)
    if not source:
        return None
    origin = mending.bound(template.module).get(beside) or Origin("", name)
    exported = name if origin.name not in ("", "default") else origin.name
    return mending.importing(wanted.codebase, wanted.module, source, [name], exported)


def _with(statement: Statement, changes: Iterable[tuple[Node, str]]) -> str:
    """The statement's text with parts written differently, its further lines without common indentation."""
    data, start = statement.span.source.data, statement.span.start
    pieces, at = [], start
    for node, text in sorted(changes, key=lambda each: each[0].span.start):
        pieces += [data[at : node.span.start].decode("utf-8", "replace"), text]
        at = node.span.end
    pieces.append(data[at : statement.span.end].decode("utf-8", "replace"))
    text = mending.indentation(statement) + "".join(pieces)
    return textwrap.dedent(text).strip()


def _ended(statement: Statement, text: str, module: Module) -> str:
    """The statement, and a way out of the function where it does not end it itself."""
    end = mending.semicolon(module)
    text = text if text.endswith(";") else f"{text}{end}"
    return f"{text}\nreturn{end}" if isinstance(statement, Evaluate) else text


def _plain(wanted: Wanted, project: Project) -> Spelled | None:
    """The framework's own way, where what it needs is at hand."""
    folder = shelf.folder("frameworks", project.stack.framework)
    told = folder.about.data.get("refusal") if folder else None
    if not told or not set(told.get("needs", ())) <= scope(wanted.module, wanted.function):
        return None
    status = HTTPStatus(wanted.status)
    detail = mending.quoted(wanted.module, wanted.detail)
    text = told["text"].strip().format(status=status.value, phrase=_joined(status), detail=detail)
    edits: Edits = ()
    for package, names in told.get("imports", {}).items():
        needed = [each.format(phrase=_joined(status)) for each in names]
        edits += mending.importing(wanted.codebase, wanted.module, package, needed)
    if not mending.semicolon(wanted.module):
        text = text.replace(";", "")
    return Spelled(text, edits)
