"""What stands for a token in NestJS' container: `{ provide: UserRepository, useClass: SqlUserRepository }`.

Source: https://docs.nestjs.com/fundamentals/custom-providers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard
from weakref import WeakKeyDictionary

from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Constant, DictOf, Expression, Node, Parameter
from comfrey.source.scope import Scope
from comfrey.source.study import Study
from comfrey.source.value import (
    ClassValue,
    DictValue,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
)

NEEDLES = (b"useClass", b"useExisting", b"useFactory", b"useValue")
ELSEWHERE = b"mongoose"
"""Of a token with a provider for each of two stores the relational one is taken, of which the bench can say most."""
_known: WeakKeyDictionary[Codebase, dict[object, ClassValue]] = WeakKeyDictionary()


def bound(ev: Evaluator, parameter: Parameter, scope: Scope) -> Instance | None:
    """The object that a constructor's parameter is given, where a module binds its token to a class."""
    known = _bindings(ev)
    if not known:
        return None
    for each in _tokens(ev, parameter, scope):
        found = known.get(_key(each))
        if found is not None:
            return Instance(found, symbolic=True)
    return None


def _tokens(ev: Evaluator, parameter: Parameter, scope: Scope) -> Iterator[Value]:
    """`@Inject(TOKEN)`, else the parameter's type."""
    for each in parameter.decorators:
        if each.text.startswith("Inject("):
            made = ev.codebase.value(each, scope)
            if isinstance(made, Instance) and made.args:
                yield made.args[0]
    if parameter.annotation is not None:
        yield _type(ev, parameter.annotation, scope)


def _type(ev: Evaluator, annotation: Expression, scope: Scope) -> Value:
    return ev.codebase.type_of(annotation, scope)


def _key(token: Value) -> object:
    if isinstance(token, ClassValue):
        return id(token.node)
    known = plain(token)
    if isinstance(known, str):
        return known
    return token.name if isinstance(token, External) else id(token)


def _bindings(ev: Evaluator) -> dict[object, ClassValue]:
    """The class behind each token that some module binds."""
    if ev.codebase not in _known:
        found: dict[object, ClassValue] = {}
        _known[ev.codebase] = found
        for token, kind in sorted(_said(ev), key=lambda each: _elsewhere(ev, each[1])):
            found.setdefault(_key(token), kind)
    return _known[ev.codebase]


def _elsewhere(ev: Evaluator, kind: ClassValue) -> bool:
    return ELSEWHERE in ev.codebase.tree.text(kind.scope.file)


def _said(ev: Evaluator) -> Iterator[tuple[Value, ClassValue]]:
    """Every token that the tree binds to objects of a class: in a module's decorator, in a list beside it, in a
    function that gives such a list. What tests bind does not count."""
    for written, scope in _written(ev):
        value = ev.codebase.value(written, scope)
        token = value.get("provide") if isinstance(value, DictValue) else None
        kind = _class(ev, value) if token is not None else None
        if token is not None and kind is not None and kind is not token:
            yield token, kind


def _written(ev: Evaluator) -> Iterator[tuple[DictOf, Scope]]:
    """The objects that are written as providers, each with the scope in which it stands."""
    codebase = ev.codebase
    for module in codebase.modules(NEEDLES):
        parsed, scope = codebase.parsed(module), codebase.scope(module)
        if parsed is None or codebase.language.is_test(scope.file):
            continue
        yield from ((each, scope) for each in parsed.body.every if _is_provider(each))
        functions: list[Value | None] = list(scope.names.values())
        for kind in [each for each in functions if isinstance(each, ClassValue)]:
            if kind.scope is scope:
                functions += (member.value for member in codebase.members(kind))
        for function in functions:
            if isinstance(function, FunctionValue) and function.scope.module == module:
                study = Study(codebase, function)
                yield from ((each, study.scope) for each in study.walk() if _is_provider(each))


def _is_provider(node: Node) -> TypeGuard[DictOf]:
    if not isinstance(node, DictOf):
        return False
    names = {key.value for key, _ in node.items if isinstance(key, Constant)}
    return "provide" in names and not names.isdisjoint(each.decode() for each in NEEDLES)


def _class(ev: Evaluator, provider: Value) -> ClassValue | None:
    """The class of what a provider hands out."""
    if not isinstance(provider, DictValue):
        return None
    kind = provider.get("useClass") or provider.get("useExisting")
    if isinstance(kind, ClassValue):
        return kind
    made = provider.get("useValue")
    factory = provider.get("useFactory")
    if isinstance(factory, FunctionValue):
        made = ev.codebase.returned(factory, None, ((), ()))
    return ev.codebase.class_of(made) if isinstance(made, Instance) else None
