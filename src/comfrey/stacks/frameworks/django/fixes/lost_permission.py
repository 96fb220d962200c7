"""A view without the permissions or the decorator that its siblings have: the same, in the same way."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    ClassDef,
    Expression,
    FunctionDef,
    Module,
    Name,
    walk,
)

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 10
ATTRIBUTE = "permission_classes"
DECORATORS = (
    "permission_classes",
    "login_required",
    "permission_required",
    "staff_member_required",
)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`permission_classes = […]` of a sibling's class, or the decorator of a sibling's function."""
    endpoint = project.endpoint(ailment.subject)
    refuses = any(each in (401, 403, 302) for each in ailment.expected)
    if endpoint is None or not refuses or 404 in ailment.expected or ailment.kind != "auth":
        return None
    for sibling in _siblings(project, endpoint):
        edits = _classes(codebase, endpoint, sibling) or _functions(codebase, endpoint, sibling)
        if edits:
            summary = f"{endpoint.key} asks for what {sibling.key} asks for"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=edits, place=place, caller_like=sibling.key)
    return None


def _siblings(project: Project, endpoint: Endpoint) -> list[Endpoint]:
    """Guarded endpoints, those of the same resource first, then of the same file, the stricter before others."""
    alike = [
        each
        for each in project.endpoints
        if each.auth and each.key != endpoint.key and len(each.roles) >= len(endpoint.roles)
    ]
    start = endpoint.path.rpartition("/{")[0] or endpoint.path

    def rank(each: Endpoint) -> tuple[bool, bool, int, bool]:
        return (
            not each.path.startswith(start.partition("{")[0]),
            each.handler.file != endpoint.handler.file,
            -len(each.roles) if _is_privileged(endpoint) else len(each.roles),
            each.method != endpoint.method,
        )

    return sorted(alike, key=rank)


def _is_privileged(endpoint: Endpoint) -> bool:
    return "admin" in endpoint.path


def _classes(codebase: Codebase, endpoint: Endpoint, sibling: Endpoint) -> tuple[Edit, ...]:
    own, other = _class(codebase, endpoint), _class(codebase, sibling)
    said = _permissions(other) if other is not None else None
    module = mending.module_of(codebase, endpoint.handler.file)
    if own is None or other is None or said is None or module is None:
        return ()
    assert said.value is not None
    imports = _imported(codebase, said.value, other, module)
    held = _permissions(own)
    if held is not None and held.value is not None:
        same = held.value.text == said.value.text
        return () if same else (mending.replaced(held.value, said.value.text), *imports)
    first = next(iter(own.body), None)
    if first is None or any(
        isinstance(each, FunctionDef) and each.name == "get_permissions" for each in own.body
    ):
        return ()
    return (mending.before(first, f"{ATTRIBUTE} = {said.value.text}"), *imports)


def _class(codebase: Codebase, endpoint: Endpoint) -> ClassDef | None:
    return mending.class_at(codebase, endpoint.handler.place)


def _permissions(of: ClassDef) -> Assign | None:
    for each in of.body:
        if (
            isinstance(each, Assign)
            and each.value is not None
            and each.targets[0].text == ATTRIBUTE
        ):
            return each
    return None


def _functions(codebase: Codebase, endpoint: Endpoint, sibling: Endpoint) -> tuple[Edit, ...]:
    own = mending.function_at(codebase, endpoint.handler.place)
    other = mending.function_at(codebase, sibling.handler.place)
    module = mending.module_of(codebase, endpoint.handler.file)
    if own is None or other is None or module is None or own.name == other.name:
        return ()
    for each in other.decorators:
        word = each.text.partition("(")[0].rpartition(".")[2]
        if word in DECORATORS and not any(word in mine.text for mine in own.decorators):
            text = f"@{each.text}"
            imports = _imported(codebase, each, other, module)
            return (mending.before(own, text, keep=True), *imports)
    return ()


def _imported(
    codebase: Codebase, said: Expression, home: ClassDef | FunctionDef, module: Module
) -> tuple[Edit, ...]:
    """What the names of the permissions need here."""
    there = mending.module_of(codebase, home.span.source.path)
    known = mending.origins(codebase, there) if there else {}
    names = {each.name for each in walk(said) if isinstance(each, Name)}
    edits: list[Edit] = []
    for name in sorted(names - {*mending.bound(module)}):
        origin = known.get(name, "").rpartition(".")[0]
        edits += mending.importing(module, origin, [name]) if origin else ()
    return tuple(edits)
