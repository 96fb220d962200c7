"""Which collection a value stands for, and what code does to it: `mongo.db.users.find_one({…})`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Attribute, Await, Call, Expression, Name, Subscript
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    FunctionValue,
    Instance,
    UnknownValue,
    Value,
    text_of,
)

KEYED = re.compile(r"\[[\"']([\w-]+)[\"']\]$")
"""`db["users"]`, as it is spelt."""
GETTERS = ("get_collection", "collection")
DATABASE = re.compile(r"(^|_)(db|database|mongo)$", re.I)


@dataclass(frozen=True)
class Access:
    """A call of a collection's method, in the function that makes it."""

    collection: str
    method: str
    call: Call
    study: Study

    @property
    def place(self) -> Place:
        return self.call.place


def accesses(
    codebase: Codebase, needles: tuple[bytes, ...], methods: frozenset[str]
) -> Iterator[Access]:
    """Every call of one of these methods on a collection whose name is known, outside of tests."""
    for function in functions(codebase, needles):
        study = Study(codebase, function)
        for call in study.calls():
            of = call.function
            if isinstance(of, Attribute) and of.name in methods:
                name = called(study, of.of)
                if name:
                    yield Access(name, of.name, call, study)


def functions(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[FunctionValue]:
    """Functions, methods, and what a factory defines inside and hands to a framework, of the modules that hold a needle."""
    files = {codebase.graph.file(each) for each in codebase.modules(needles)}
    seen: set[int] = set()
    every = (*_defined(codebase, needles), *_handed(codebase))
    for function in every:
        file = function.place.file
        if file in files and not codebase.language.is_test(file) and id(function.node) not in seen:
            seen.add(id(function.node))
            yield function


def _defined(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[FunctionValue]:
    yield from codebase.functions(needles)
    for kind in codebase.classes(needles):
        for member in codebase.members(kind):
            if isinstance(member.value, FunctionValue):
                yield member.value


def _handed(codebase: Codebase) -> Iterator[FunctionValue]:
    for event in codebase.evaluator.events:
        for each in event.args:
            if isinstance(each, FunctionValue):
                yield each


def called(study: Study, node: Expression) -> str:
    """The name of the collection that an expression stands for; "" where it is not told."""
    match node:
        case Subscript(of=of) if isinstance(of, Attribute | Name | Call | Subscript):
            return text_of(study.value(node.index)) or ""
        case Call(function=Attribute(name=name), positional=(first, *_)) if name in GETTERS:
            return text_of(study.value(first)) or ""
        case Attribute(of=of, name=name) if DATABASE.search(of.text.rpartition(".")[2]):
            return name
        case Await(value=value):
            return called(study, value)
        case Name(name=name) if (given := _given(study, name)) is not None:
            return called(study, given) or named(study.value(node))
    return named(study.value(node))


def _given(study: Study, name: str) -> Expression | None:
    """What a function gives a local name, where it gives it once."""
    given = [
        node.value
        for node in study.walk()
        if isinstance(node, Assign) and node.value is not None
        if any(isinstance(each, Name) and each.name == name for each in node.targets)
    ]
    one = given[0] if len(given) == 1 else None
    return None if isinstance(one, Name) else one


def named(value: Value | None) -> str:
    """The same of a value: `users = db.users`, `db["users"]`, `db.get_collection("users")`."""
    match value:
        case BoundExternal(receiver=BoundExternal() | Instance(), name=name):
            return name
        case UnknownValue(spelling=spelling) if found := KEYED.search(spelling):
            return found[1]
        case Instance(of=BoundExternal(name=name), args=(first, *_)) if name in GETTERS:
            return text_of(first) or ""
    return ""
