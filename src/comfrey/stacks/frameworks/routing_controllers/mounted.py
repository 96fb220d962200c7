"""What Express meets where routing-controllers puts controllers on its app."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf
from comfrey.stacks.controllers import marks
from comfrey.stacks.controllers.operations import (
    Operation,
    Served,
    as_function,
    controllers,
    first,
    gives_nothing,
    methods,
    named,
    spelled,
    words_of,
)
from comfrey.stacks.statuses import number, worded

ERRORS = ("BadRequest", "Unauthorized", "Forbidden", "NotFound", "MethodNotAllowed", "NotAcceptable",
          "UnprocessableEntity", "InternalServer")  # fmt: skip
OWN = {"AuthorizationRequiredError": 401, "AccessDeniedError": 403}
"""What it throws itself (https://github.com/typestack/routing-controllers#using-authorization-features)."""


@cache
def data() -> dict[str, Any]:
    """The tables of the folder's `about.toml`."""
    folder = shelf.folder("frameworks", "routing_controllers")
    assert folder is not None
    return folder.about.data


def served(app: Instance, codebase: Codebase) -> Served | None:
    """What the package puts on an app; None for an app that it was not given."""
    options = _options(app, codebase)
    if options is None:
        return None
    words = words_of(data())
    listed = _listed(options, "controllers")
    operations = tuple(
        each
        for kind, own in controllers(words, codebase)
        if not listed or any(kind.node is one.node for one in listed)
        for each in _operations(kind, own, options, codebase)
    )
    rescues = tuple(_rescues(options, codebase))
    statuses = {f"{each}Error": worded(each) or 500 for each in ERRORS} | OWN
    return Served(words, operations, rescues, statuses)


def _options(app: Instance, codebase: Codebase) -> DictValue | None:
    made = {
        id(event.result): event.args[0:1] for event in codebase.evaluator.made(*data()["makers"])
    }
    given = made.get(id(app))
    if given is None:
        used = codebase.evaluator.made(*data()["users"])
        given = next(
            (event.args[1:2] for event in used if event.args and event.args[0] is app), None
        )
    if given is None:
        return None
    return given[0] if given and isinstance(given[0], DictValue) else DictValue([])


def _listed(options: DictValue, name: str) -> list[ClassValue]:
    """The classes that an option lists; none where it names files."""
    said = options.get(name)
    found = (
        [e for e in said.items if isinstance(e, ClassValue)] if isinstance(said, ListValue) else []
    )
    return found if isinstance(said, ListValue) and len(found) == len(said.items) else []


def _operations(
    kind: ClassValue, own: tuple[Value, ...], options: DictValue, codebase: Codebase
) -> Iterator[Operation]:
    words = words_of(data())
    mark = first(words, own, *words.classes)
    below = (text_of(mark.args[0]) or "") if mark is not None and mark.args else ""
    prefix = text_of(options.get("routePrefix")) or ""
    for verb, path, function, marked in methods(words, codebase, kind):
        every = (*marked, *own)
        asked = first(words, every, "Authorized")
        yield Operation(
            verb,
            spelled(prefix, below, path),
            kind,
            function,
            every,
            words=_roles(asked),
            before=tuple(_before(every, codebase)),
            checker=options.get("authorizationChecker"),
            finder=options.get("currentUserChecker"),
            asks=asked is not None or _needs_caller(function, codebase),
            validated=plain(options.get("validation")) is not False,
            status=_status(function, every),
        )


def _before(found: tuple[Value, ...], codebase: Codebase) -> Iterator[Value]:
    """`@UseBefore(…)` of the class, then of the method: classes by their `use`."""
    words = words_of(data())
    for mark in reversed(list(named(words, found, "UseBefore"))):
        for each in mark.args:
            function = as_function(each, codebase, "use")
            if function is not None:
                yield function


def _roles(asked: Instance | None) -> tuple[str, ...]:
    """`@Authorized("admin")`, `@Authorized(["admin", "editor"])`."""
    said = [plain(each) for each in asked.args] if asked is not None else []
    laid_out = [one for each in said for one in (each if isinstance(each, list) else [each])]
    return tuple(each for each in laid_out if isinstance(each, str))


def _needs_caller(function: FunctionValue, codebase: Codebase) -> bool:
    """`@CurrentUser({ required: true })`."""
    for each in function.node.parameters:
        values = tuple(marks.evaluated(codebase, each.decorators, function.scope))
        mark = first(words_of(data()), values, "CurrentUser")
        options = mark.args[0] if mark is not None and mark.args else None
        if isinstance(options, DictValue) and plain(options.get("required")) is True:
            return True
    return False


def _status(function: FunctionValue, found: tuple[Value, ...]) -> int:
    """`@HttpCode`, or `@OnUndefined` of a method that gives nothing."""
    words = words_of(data())
    code, nothing = first(words, found, "HttpCode"), first(words, found, "OnUndefined")
    if nothing is not None and gives_nothing(function) and nothing.args:
        return number(nothing.args[0]) or 200
    return (number(code.args[0]) if code is not None and code.args else None) or 200


def _rescues(options: DictValue, codebase: Codebase) -> Iterator[BoundMethod]:
    """The project's own middleware for errors, where the package does not answer to them first."""
    if plain(options.get("defaultErrorHandler")) is not False:
        return
    words = words_of(data())
    for kind in codebase.classes((b"@Middleware",)):
        if first(words, marks.of_class(codebase, kind), "Middleware") is not None:
            method = codebase.method(Instance(kind, symbolic=True), "error")
            if isinstance(method, BoundMethod):
                yield method
