"""The methods of decorated controllers, by the words of the package that serves them on another framework's app."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks

PARAMETER = re.compile(r":(\w+)(?:\((?:[^()]|\([^()]*\))*\))?\??")


@dataclass(frozen=True)
class Words:
    """How a package calls things, from its `about.toml`: `classes` and `methods` are decorators that make a controller
    and a route, `inputs` says what each decorator of a parameter gives."""

    package: str
    classes: tuple[str, ...]
    methods: dict[str, str]
    inputs: dict[str, str]
    conversions: bool = False
    """Whether inputs are made what their types say, and refused where they are none."""


@dataclass(frozen=True)
class Operation:
    """One method on one path. `before` are functions in front of it, each given `(request, reply, next)`."""

    method: str
    path: str
    controller: ClassValue
    function: FunctionValue
    marks: tuple[Value, ...]
    """The method's decorators, then the class's."""
    words: tuple[str, ...] = ()
    """Texts that name the roles which it asks for."""
    before: tuple[Value, ...] = ()
    checker: Value | None = None
    """The project's function that says whether a caller may, `(action, roles)`."""
    finder: Value | None = None
    """The project's function that finds the caller, `(action)`."""
    asks: bool = False
    """Whether nobody may call it."""
    validated: bool = True
    """Whether classes that inputs are declared as are put through their validator."""
    status: int = 200

    @property
    def handler(self) -> BoundMethod:
        return BoundMethod(Instance(self.controller, symbolic=True), self.function)


@dataclass
class Served:
    """What one app is given by a package."""

    words: Words
    operations: tuple[Operation, ...] = ()
    rescues: tuple[Value, ...] = ()
    """Functions that answer to errors, `(error, request, reply, next)`."""
    statuses: dict[str, int] = field(default_factory=dict)
    """What the package's own errors are answered, by name."""


def words_of(data: dict[str, Any]) -> Words:
    """The words that a folder's tables hold."""
    return Words(
        data["package"],
        tuple(data["classes"]),
        data["methods"],
        data["inputs"],
        bool(data.get("conversions")),
    )


def controllers(words: Words, codebase: Codebase) -> Iterator[tuple[ClassValue, tuple[Value, ...]]]:
    """The classes that the package makes controllers, outside of tests, with their decorators."""
    needles = tuple(f"@{each}".encode() for each in words.classes)
    for kind in codebase.classes(needles):
        if codebase.language.is_test(kind.scope.file):
            continue
        own = marks.of_class(codebase, kind)
        if first(words, own, *words.classes) is not None:
            yield kind, own


def methods(
    words: Words, codebase: Codebase, controller: ClassValue
) -> Iterator[tuple[str, str, FunctionValue, tuple[Value, ...]]]:
    """(method, path, function, decorators) of each route of a controller, also of those that it inherits."""
    for member in codebase.members(controller, inherited=True):
        function = codebase.method(Instance(controller, symbolic=True), member.name)
        if not isinstance(function, BoundMethod):
            continue
        own = marks.of_function(codebase, function.function)
        for name, verb in words.methods.items():
            for mark in named(words, own, name):
                path = text_of(mark.args[0]) if mark.args else ""
                yield verb, path or "", function.function, own


def named(words: Words, found: Iterable[Value], *names: str) -> Iterator[Instance]:
    """The package's own decorators that go by one of the names."""
    for each in marks.named(found, *names):
        if dotted(each).startswith(words.package):
            yield each


def first(words: Words, found: Iterable[Value], *names: str) -> Instance | None:
    return next(named(words, found, *names), None)


def spelled(*parts: str) -> str:
    """A path with parameters as `{name}`, without doubled or trailing slashes."""
    whole = PARAMETER.sub(r"{\1}", "/".join(parts))
    return re.sub(r"/{2,}", "/", "/" + whole).rstrip("/") or "/"


def gives_nothing(function: FunctionValue) -> bool:
    """Whether a method says that it gives nothing back."""
    declared = getattr(function.node, "returns", None)
    text = getattr(declared, "text", "")
    return text in ("void", "Promise<void>") or "return " not in function.node.text


def as_function(value: Value, codebase: Codebase, name: str) -> Value | None:
    """Middleware as a function: the method of that name of a class, or the function itself."""
    if isinstance(value, ClassValue):
        return codebase.method(Instance(value, symbolic=True), name)
    return None if isinstance(value, Const | External) else value
