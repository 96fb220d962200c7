"""Handlers and what is wrapped around them: closures over the next handler, conversions, chains."""

from __future__ import annotations

import re

from comfrey.source.codebase import Codebase
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    ClassValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    Value,
)
from comfrey.stacks.admission.passage import dotted

NEXT_HANDLER = Instance(External("<next>"))
"""The handler that comes after a middleware."""
CALLABLE = (FunctionValue, BoundMethod, Partial)
MAX_DEPTH = 12
HANDED_ON = re.compile(r"\b\w+\.(\w+)\.ServeHTTP\(")
WRAPPERS = frozenset(
    [
        "net/http.TimeoutHandler",
        "net/http.MaxBytesHandler",
        "net/http.AllowQuerySemicolons",
        "github.com/gorilla/handlers.CompressHandler",
        "github.com/gorilla/handlers.RecoveryHandler",
        "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.NewHandler",
        "github.com/gin-gonic/gin.WrapH",
        "github.com/gin-gonic/gin.WrapF",
        "github.com/labstack/echo.WrapHandler",
        "github.com/gofiber/adaptor.HTTPHandler",
        "github.com/gofiber/fiber/middleware/adaptor.HTTPHandler",
    ]
)
"""Functions outside the tree that give back the handler that they are given, with something around it."""
NEGRONI = re.compile(r"github\.com/(?:urfave|codegangsta)/negroni(?:/v\d+)?\.(New|Wrap|WrapFunc)")
"""What strings handlers together that are given the next one (https://github.com/urfave/negroni)."""


def layered(value: Value, codebase: Codebase, depth: int = 0) -> tuple[tuple[Value, ...], Value]:
    """What stands around a handler, outermost first, and the handler itself."""
    if depth > MAX_DEPTH:
        return (), value
    match value:
        case Choice(options=options):
            return layered(options[0], codebase, depth + 1)
        case FunctionValue():
            held = _held(value)
            if held is not None:
                around, inner = layered(held[1], codebase, depth + 1)
                return (_before_next(value, held[0]), *around), inner
        case Instance(of=ClassValue()):
            method = codebase.method(value, "ServeHTTP")
            if method is not None:
                return layered(method, codebase, depth + 1)
        case BoundExternal(receiver=Instance() as of, name="ServeHTTP"):
            return layered(of, codebase, depth + 1)
        case BoundMethod(receiver=Instance() as of, function=function):
            kept = _kept(of, function, codebase)
            if kept is not None:
                around, inner = layered(kept[1], codebase, depth + 1)
                return (BoundMethod(_without(of, kept[0]), function), *around), inner
        case Instance(of=BoundExternal(name="Then" | "ThenFunc" | "Append") as end, args=args):
            made = end.receiver
            if isinstance(made, Instance) and dotted(made).endswith("alice.New") and args:
                around, inner = layered(args[0], codebase, depth + 1)
                return (*(wrapped(each, codebase) for each in made.args), *around), inner
        case Instance(of=External(name=name), args=args) if args and NEGRONI.fullmatch(name):
            around, inner = layered(args[-1], codebase, depth + 1)
            return (*(_with_next(each) for each in args[:-1]), *around), inner
        case Instance(of=External(name=name), args=args) if args and name in WRAPPERS:
            return layered(args[0], codebase, depth + 1)
    return (), value


def _with_next(handler: Value) -> Value:
    """A handler that is given the next one last, with nothing known of that one."""
    function = handler.function if isinstance(handler, BoundMethod) else handler
    if not isinstance(function, FunctionValue) or not function.node.parameters:
        return handler
    return Partial(handler, (), ((function.node.parameters[-1].name, NEXT_HANDLER),))


def wrapped(middleware: Value, codebase: Codebase) -> Value:
    """The handler that a middleware makes of the next one; what lies outside the tree stays what it is."""
    if not isinstance(middleware, CALLABLE):
        return middleware
    made = codebase.evaluator.call(middleware, (NEXT_HANDLER,))
    if isinstance(made, Choice):
        made = next((each for each in made.options if isinstance(each, CALLABLE)), made)
    if isinstance(made, Instance) and codebase.class_of(made) is not None:
        return codebase.method(made, "ServeHTTP") or middleware
    return made if isinstance(made, CALLABLE) else middleware


def _held(function: FunctionValue) -> tuple[str, Value] | None:
    """The next handler that a closure lets requests by to, and the name by which it knows it."""
    scope: Scope | None = function.scope
    text = function.node.text
    while scope is not None and scope.kind == "function":
        for name, value in scope.names.items():
            if (
                not isinstance(value, Instance | FunctionValue | BoundMethod)
                or value is NEXT_HANDLER
            ):
                continue
            called = rf"(?:^|return|[;{{}}\n])\s*{re.escape(name)}\(\w+\s*(?:\)|,\s*\w+\s*[.)])"
            handed = rf"\b{re.escape(name)}\.ServeHTTP\(|{called}"
            if re.search(handed, text):
                return name, value
        scope = scope.parent
    return None


def _kept(of: Instance, function: FunctionValue, codebase: Codebase) -> tuple[str, Value] | None:
    """The next handler that an object keeps in a field, and the field's name."""
    for name in HANDED_ON.findall(function.node.text):
        value = codebase.evaluator.attribute(of, name)
        if isinstance(value, Instance | FunctionValue | BoundMethod) and value is not NEXT_HANDLER:
            return name, value
    return None


def _without(of: Instance, name: str) -> Instance:
    """The same object with nothing known of the next handler."""
    return Instance(of.of, of.args, of.kwargs, of.place, {**of.fields, name: NEXT_HANDLER})


def _before_next(function: FunctionValue, name: str) -> FunctionValue:
    """The same closure with nothing known of the next handler."""
    return FunctionValue(
        function.name,
        function.node,
        _replaced(function.scope, name),
        function.owner,
        function.decorators,
        function.qualified,
    )


def _replaced(scope: Scope, name: str) -> Scope:
    parent = scope.parent
    if name not in scope.names and parent is not None:
        parent = _replaced(parent, name)
    twin = Scope(
        scope.module, scope.file, parent, scope.kind, scope.qualified, scope.owner, scope.receiver
    )
    twin.names.update(scope.names)
    twin.stars.extend(scope.stars)
    if name in twin.names:
        twin.names[name] = NEXT_HANDLER
    return twin


def named(value: Value) -> FunctionValue | None:
    """The function by which people know a handler: what a wrapper of the tree was given, else itself."""
    match value:
        case FunctionValue(scope=scope) if scope.kind == "function":
            given = [
                each
                for name, each in scope.names.items()
                if isinstance(each, FunctionValue | BoundMethod) and f"{name}(" in value.node.text
            ]
            return named(given[0]) if len(given) == 1 else value
        case FunctionValue():
            return value
        case BoundMethod(function=function):
            return function
        case Partial(function=function):
            return named(function)
        case Choice(options=options):
            return named(options[0])
        case Instance(args=args):
            inner = [each for each in args if isinstance(each, FunctionValue | BoundMethod)]
            return named(inner[0]) if len(inner) == 1 else None
    return None


def flat(args: tuple[Value, ...] | list[Value]) -> tuple[Value, ...]:
    """Functions as they are given: lists are laid out."""
    found: list[Value] = []
    for each in args:
        found += flat(each.items) if isinstance(each, ListValue) else [each]
    return tuple(found)
