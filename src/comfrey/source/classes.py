"""Classes of the tree: bases, resolution order, members, type arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from comfrey.model.place import Place
from comfrey.source import statements
from comfrey.source.node import Assign, ClassDef, Expression, FunctionDef, If, Name, Statement
from comfrey.source.scope import Deferred, Scope
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    External,
    Generic,
    Instance,
    Value,
)

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator

PLAIN = frozenset(
    [
        "object",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "typing_extensions.Generic",
        "abc.ABC",
        "typing.NamedTuple",
    ]
)
"""Ancestors that bring no methods worth an event."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One name of a class body: an annotated field, an assignment, a method or a nested class.

    `annotation` and `expression` are as written (evaluate them in `owner.scope`, or better
    `codebase.body_of(owner)`); `value` is what the name is bound to when the body has run: the right-hand
    side's value, a FunctionValue, a ClassValue; None for a bare annotation.
    """

    name: str
    owner: ClassValue
    place: Place
    annotation: Expression | None = None
    expression: Expression | None = None
    value: Value | None = None
    decorators: tuple[Expression, ...] = ()
    """Of a field, as written, outermost first (a method's stand on its FunctionValue)."""


class Classes:
    """What is known of classes, worked out once each."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self._bodies: dict[ClassValue, Scope] = {}
        self._bases: dict[ClassValue, tuple[Value, ...]] = {}
        self._orders: dict[ClassValue, tuple[ClassValue | External, ...]] = {}
        self._members: dict[ClassValue, dict[str, Member]] = {}

    def body(self, of: ClassValue) -> Scope:
        """The names of the class body, which is run on first asking."""
        if of not in self._bodies:
            scope = Scope(of.scope.module, of.scope.file, of.scope, "class", of.qualified, of)
            self._bodies[of] = scope
            for name in of.node.type_parameters:
                scope.names[name] = Instance(External("typing.TypeVar"), (), (), of.place)
            if self.ev.is_eager(of.scope.module):
                statements.execute(self.ev, of.node.body.statements, scope)
            else:
                with self.ev.outside():
                    statements.execute(self.ev, of.node.body.statements, scope)
        return self._bodies[of]

    def bases(self, of: ClassValue) -> tuple[Value, ...]:
        """The bases as values, keywords (`metaclass=`) left out."""
        if of not in self._bases:
            self._bases[of] = ()
            scope = self._header(of)
            with self.ev.quietly():
                written = (
                    self.ev.value(each.value, scope)
                    for each in of.node.arguments
                    if not each.name and not each.spread
                )
                self._bases[of] = tuple(e for base in written for e in (base, *_behind(base)))
        return self._bases[of]

    def _header(self, of: ClassValue) -> Scope:
        """Where bases are evaluated: the type parameters of `class A[T](Base[T])` count."""
        return self.body(of) if of.node.type_parameters else of.scope

    def keyword(self, of: ClassValue, name: str) -> Value | None:
        """A keyword of the class header (`table=True`), looked up along the resolution order."""
        for kind in self.mro(of):
            for each in kind.node.arguments if isinstance(kind, ClassValue) else ():
                if each.name == name and isinstance(kind, ClassValue):
                    return self.ev.value(each.value, kind.scope)
        return None

    def mro(self, of: ClassValue) -> tuple[ClassValue | External, ...]:
        """The class, then its ancestors in resolution order."""
        if of not in self._orders:
            self._orders[of] = (of,)
            lists: list[list[ClassValue | External]] = []
            direct: list[ClassValue | External] = []
            for base in self.bases(of):
                kind = class_like(base)
                if kind is None:
                    continue
                direct.append(kind)
                lists.append(list(self.mro(kind)) if isinstance(kind, ClassValue) else [kind])
            self._orders[of] = (of, *_merged([*lists, direct]))
        return self._orders[of]

    def external(self, of: ClassValue) -> tuple[External, ...]:
        """Ancestors outside the tree that bring behaviour."""
        return tuple(
            each for each in self.mro(of) if isinstance(each, External) and each.name not in PLAIN
        )

    def members(self, of: ClassValue) -> dict[str, Member]:
        """The class's own members by name, in the order in which they first stand."""
        if of not in self._members:
            scope = self.body(of)
            found: dict[str, Member] = {}
            for statement in _flat(of.node.body.statements):
                for member in _written(statement, of, scope):
                    old = found.get(member.name)
                    kept = member.annotation or (old.annotation if old else None)
                    found[member.name] = replace(member, annotation=kept)
            for name, value in scope.names.items():
                if name not in found and not isinstance(value, Deferred):
                    found[name] = Member(name, of, of.place, value=value)
            self._members[of] = found
        return self._members[of]

    def member(self, of: ClassValue, name: str) -> Member | None:
        """The member of that name, looked up along the resolution order."""
        for kind in self.mro(of):
            if isinstance(kind, ClassValue):
                found = self.own(kind, name)
                if found is not None:
                    return found
        return None

    def own(self, of: ClassValue, name: str) -> Member | None:
        """The class's own member; what was set on the class later counts too."""
        found = self.members(of).get(name)
        late = self.body(of).names.get(name)
        if late is not None and (found is None or (found.value is not late)):
            annotation = found.annotation if found else None
            expression = found.expression if found else None
            place = found.place if found else of.place
            decorators = found.decorators if found else ()
            return Member(name, of, place, annotation, expression, late, decorators)
        return found

    def arguments(self, of: Value, base: Value) -> tuple[Value, ...]:
        """The type arguments that a type gives to its generic ancestor `base`."""
        kind, given = _parted(of)
        if kind is base or (
            isinstance(kind, External) and isinstance(base, External) and kind.name == base.name
        ):
            return given
        if not isinstance(kind, ClassValue):
            return ()
        known = dict(zip(map(id, self.parameters(kind)), given, strict=False))
        for each in self.bases(kind):
            found = self.arguments(substituted(each, known), base)
            if found:
                return found
        return ()

    def parameters(self, of: ClassValue) -> tuple[Value, ...]:
        """The TypeVars that a generic class is open in, in order."""
        if of.node.type_parameters:
            return tuple(self.body(of).names[name] for name in of.node.type_parameters)
        found: list[Value] = []
        for base in self.bases(of):
            if not isinstance(base, Generic):
                continue
            fresh = [each for each in base.args if is_type_variable(each) and each not in found]
            if isinstance(base.of, External) and base.of.last == "Generic":
                return tuple(each for each in base.args if is_type_variable(each))
            found += fresh
        return tuple(found)


def is_type_variable(value: Value) -> bool:
    return (
        isinstance(value, Instance)
        and isinstance(value.of, External)
        and value.of.last in ("TypeVar", "ParamSpec", "TypeVarTuple")
    )


def substituted(value: Value, known: dict[int, Value]) -> Value:
    """A type with type variables replaced (`known` by their identity)."""
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, Generic) and known:
        args = tuple(substituted(each, known) for each in value.args)
        return Generic(value.of, args, value.place)
    return value


def _behind(base: Value) -> Iterator[ClassValue]:
    """The class that a mapper's base is made of: `declarative_base(cls=Own)`, `SQLAlchemy(model_class=Own).Model`,
    `db.make_declarative_base(Own)`."""
    made = base.receiver if isinstance(base, BoundExternal) and base.name == "Model" else base
    if not isinstance(made, Instance) or isinstance(made.of, ClassValue):
        return
    given = [made.kwarg(each) for each in ("model_class", "cls")]
    called = class_like(made)
    if isinstance(called, External) and called.last == "make_declarative_base":
        given.append(made.argument(0, "model"))
    yield from (each for each in given if isinstance(each, ClassValue))


def class_like(value: Value) -> ClassValue | External | None:
    """What stands for a base in a resolution order; a class made by a call goes by the call's name."""
    match value:
        case ClassValue() | External():
            return value
        case Generic(of=inner):
            return class_like(inner)
        case Choice(options=options):
            return class_like(options[0])
        case Instance(of=ClassValue()):
            return None
        case Instance(of=of):
            return class_like(of)
        case BoundExternal(receiver=receiver, name=name):
            start = class_like(receiver)
            return External(f"{start.name}.{name}") if isinstance(start, External) else None
    return None


def _parted(of: Value) -> tuple[Value | None, tuple[Value, ...]]:
    match of:
        case Instance(of=inner):
            return _parted(inner)
        case Generic(of=inner, args=args):
            return inner, args
        case ClassValue() | External():
            return of, ()
    return None, ()


def _merged(lists: list[list[ClassValue | External]]) -> list[ClassValue | External]:
    """C3 linearisation; where there is none, the first head that is left (a program that would not start)."""
    found: list[ClassValue | External] = []
    rest = [list(each) for each in lists if each]
    while rest:
        head = next((o[0] for o in rest if not _later(o[0], rest)), rest[0][0])
        found.append(head)
        rest = [[each for each in order if not _same(each, head)] for order in rest]
        rest = [each for each in rest if each]
    return found


def _later(head: ClassValue | External, orders: list[list[ClassValue | External]]) -> bool:
    return any(_same(each, head) for order in orders for each in order[1:])


def _same(one: ClassValue | External, other: ClassValue | External) -> bool:
    if isinstance(one, External) and isinstance(other, External):
        return one.name == other.name
    return one is other


def _flat(block: Iterable[Statement]) -> Iterable[Statement]:
    """Statements of a class body, those under an `if` included."""
    for each in block:
        if isinstance(each, If):
            yield from _flat(each.body)
            yield from _flat(each.otherwise)
        else:
            yield each


def _written(statement: Statement, of: ClassValue, scope: Scope) -> Iterable[Member]:
    match statement:
        case Assign(
            targets=targets, value=expression, annotation=annotation, operator="", decorators=marks
        ):
            for target in targets:
                if isinstance(target, Name):
                    value = scope.names.get(target.name) if expression is not None else None
                    place = statement.place
                    yield Member(target.name, of, place, annotation, expression, value, marks)
        case FunctionDef(name=name) | ClassDef(name=name):
            yield Member(name, of, statement.place, value=scope.names.get(name))
