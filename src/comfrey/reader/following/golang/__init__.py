"""What is Go's own: errors that are given back, contexts, calls that fill what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.languages.go.names import function_of
from comfrey.reader.following.golang import chains, contexts, faults
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Answer,
    Caught,
    Closure,
    Items,
    Mapping,
    Method,
    Query,
    Row,
)
from comfrey.source import node as n
from comfrey.source.value import BoundMethod, FunctionValue, Instance, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

SERVING = (Closure, FunctionValue, BoundMethod)


def attribute(machine: Machine, of: Value, name: str, node: n.Expression | None) -> Value | None:
    """An attribute of an outcome, of what handlers are given, of a struct that the request has filled."""
    if isinstance(of, Answer) and name == "StatusCode":
        return machine.attribute(of, "status_code", node)
    found = chains.attribute(of, name)
    if found is not None or not isinstance(of, Instance):
        return found
    if contexts.is_own(of):
        return contexts.attribute(of, name)
    caught = of.fields.get("<caught>")
    if isinstance(caught, Caught):
        return Method(caught, name)
    if name in of.fields:
        return of.fields[name]
    given = contexts.given_of(of)
    if given is None:
        return None
    kind = given.of
    if kind is not None and machine.codebase.method(kind, name) is not None:
        return None
    return machine.attribute(given, name, node)


def method(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method of a context, of a token in the making, of a chain."""
    from comfrey.reader.following.golang import builders, built, entities, kinds, statements, words

    if name == "ServeHTTP" and isinstance(served := function_of(of), SERVING):
        return machine.call(served, passed.args)
    if name == "Error" and not passed.args and (said := kinds.text(machine, of)) is not None:
        return said
    if name == "Error" and not passed.args and (said := faults.said(of)) is not None:
        return said
    if (left := contexts.last_left(machine, of, name)) is not None:
        return left
    if (text := builders.call(machine, of, name, passed)) is not None:
        return text
    known_ways = (
        contexts.call,
        contexts.coded,
        words.signed,
        entities.call,
        built.call,
        statements.call,
    )
    for known in (*known_ways, chains.call):
        found = known(machine, of, name, passed, at)
        if found is not None:
            return found
    if not isinstance(of, Row | Query | Mapping | Items):
        contexts.filled_outside(passed.args)
    return None
