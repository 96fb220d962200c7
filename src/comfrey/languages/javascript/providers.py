"""What stands for a token in NestJS' container: `{ provide: UserRepository, useClass: SqlUserRepository }`."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Expression, Parameter
from comfrey.source.scope import Scope
from comfrey.source.value import ClassValue, DictValue, External, Instance, ListValue, Value, plain

NEEDLES = (b"useClass", b"useExisting")
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
    for module in ev.codebase.classes(NEEDLES):
        for each in module.node.decorators:
            made = ev.codebase.value(each, module.scope)
            said = made.args[0] if isinstance(made, Instance) and made.args else None
            listed = said.get("providers") if isinstance(said, DictValue) else None
            for one in listed.items if isinstance(listed, ListValue) else ():
                token = one.get("provide") if isinstance(one, DictValue) else None
                kind = _class(one) if token is not None else None
                if token is not None and kind is not None and kind is not token:
                    yield token, kind


def _class(provider: Value) -> ClassValue | None:
    if not isinstance(provider, DictValue):
        return None
    kind = provider.get("useClass") or provider.get("useExisting")
    return kind if isinstance(kind, ClassValue) else None
