"""What is known of a value by its type alone."""

from __future__ import annotations

from dataclasses import replace
from types import NoneType
from typing import TYPE_CHECKING

from comfrey.source.classes import is_type_variable, substituted
from comfrey.source.expressions import UNION, item
from comfrey.source.node import (
    Assign,
    Attribute,
    Constant,
    Expression,
    FunctionDef,
    Lambda,
    Name,
    Return,
    Statement,
    Yield,
    walk,
)
from comfrey.source.scope import Scope
from comfrey.source.statements import YIELDED
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Text,
    UnknownValue,
    Value,
    choice,
)

if TYPE_CHECKING:
    from comfrey.source.codebase import Codebase

WRAPPERS = ("typing.Annotated", "typing.Final", "typing.ClassVar", "typing.Required")
"""Types that are their first argument."""
AWAITED = ("typing.Coroutine", "collections.abc.Coroutine")
COLLECTIONS = frozenset(
    [
        "list",
        "set",
        "frozenset",
        "tuple",
        "Sequence",
        "Iterable",
        "Iterator",
        "Collection",
        "MutableSequence",
        "AsyncIterator",
        "AsyncIterable",
        "AsyncGenerator",
        "Generator",
        "deque",
    ]
)
PLAIN = ("str", "int", "float", "bool", "bytes")
MAX_DEPTH = 12


class Inference:
    """Answers about types; no code is run for its effects."""

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self.ev = codebase.evaluator
        self._fields: dict[ClassValue, dict[str, list[tuple[FunctionValue, Assign]]]] = {}
        self._usual: dict[tuple[ClassValue, ClassValue, str], Value | None] = {}
        self._asked: list[object] = []

    # --- annotations ---------------------------------------------------------

    def type_of(self, annotation: Expression, scope: Scope, receiver: Value | None = None) -> Value:
        if isinstance(annotation, Constant) and isinstance(annotation.value, str):
            spelt = self.codebase.language.parse_expression(annotation.value, annotation.span)
            if spelt is None:
                return UnknownValue("not a type", annotation.place, annotation.value)
            annotation = spelt
        with self.ev.quietly():
            found = self.ev.value(annotation, scope)
        return substituted(found, self._known(receiver)) if receiver is not None else found

    def _known(self, receiver: Value) -> dict[int, Value]:
        """What the receiver's type makes of its ancestors' type variables, by identity."""
        kind = self.class_of(receiver)
        known: dict[int, Value] = {}
        if kind is None:
            return known
        of = receiver.of if isinstance(receiver, Instance) else receiver
        for each in self.codebase.mro(kind):
            if isinstance(each, ClassValue):
                parameters = self.codebase.type_parameters(each)
                if parameters:
                    given = self.codebase.type_arguments(of, each)
                    known |= dict(zip(map(id, parameters), given, strict=False))
        return known

    def some(self, kind: Value) -> Value:
        """Some value of a type."""
        match kind:
            case Generic(of=External(name=name), args=(first, *_)) if name in WRAPPERS:
                return self.some(first)
            case Generic(of=External(name="type" | "typeof"), args=(first, *_)):
                return self._class_itself(first)
            case Generic(of=External(name=name), args=args) if name in AWAITED and args:
                return self.some(args[-1])
            case Generic(of=of) if of is UNION:
                real = [a for a in kind.args if not (isinstance(a, Const) and a.value is None)]
                return self.some(real[0]) if len(real) == 1 else Instance(kind, symbolic=True)
            case ClassValue() | External() | Generic():
                return Instance(kind, symbolic=True, place=getattr(kind, "place", None))
            case Instance(of=External(name="typing.NewType"), args=(_, base)):
                return self.some(base)
            case Instance() if is_type_variable(kind):
                bound = kind.kwarg("bound")
                return self.some(bound) if bound is not None else UnknownValue("a type variable")
            case Choice(options=options):
                return self.some(options[0])
        return kind

    def _class_itself(self, kind: Value) -> Value:
        if isinstance(kind, Instance) and is_type_variable(kind):
            return kind.kwarg("bound") or UnknownValue("a type variable")
        return kind

    def class_of(self, of: Value) -> ClassValue | None:
        match of:
            case ClassValue():
                return of
            case Instance(of=BoundExternal()):
                return None
            case Instance(of=inner):
                return self.class_of(inner)
            case Generic(of=External(name=name), args=(first, *_)) if name in WRAPPERS:
                return self.class_of(first)
            case Generic(of=inner, args=args) if inner is UNION:
                found = (self.class_of(each) for each in args)
                return next((each for each in found if each is not None), None)
            case Generic(of=inner):
                return self.class_of(inner) if isinstance(inner, ClassValue) else None
            case Choice(options=options):
                found = (self.class_of(each) for each in options)
                return next((each for each in found if each is not None), None)
        return None

    # --- inside collections --------------------------------------------------

    def element(self, of: Value) -> Value | None:
        """Some element of a collection."""
        match of:
            case Instance(of=Generic(of=External() as kind, args=args)) if args:
                if kind.last in COLLECTIONS:
                    return self.some(args[0])
                if kind.last in ("dict", "Mapping", "defaultdict", "OrderedDict"):
                    return self.some(args[0])
                if kind is UNION:
                    found = (self.element(Instance(a, symbolic=True)) for a in args)
                    return next((each for each in found if each is not None), None)
            case ListValue(items=items) if items:
                return items[0]
            case ListValue(spreads=[first, *_]):
                return self.element(first)
            case DictValue(items=items) if items:
                return items[0][0]
            case Choice(options=options):
                found = (self.element(each) for each in options)
                return next((each for each in found if each is not None), None)
        return None

    def part(self, of: Value, index: int, node: Expression) -> Value:
        """The member at `index` of an unpacked tuple."""
        match of:
            case Instance(of=Generic(of=External(name="tuple"), args=args)) if index < len(args):
                return self.some(args[index])
            case ListValue():
                return item(self.ev, of, Const(index), node)
        found = self.element(of)
        return found if found is not None else UnknownValue("a part of what is not known")

    def yielded(self, of: Value) -> Value | None:
        """What `with` binds, or one step of a generator gives."""
        match of:
            case Instance(fields=fields) if YIELDED in fields:
                return fields[YIELDED]
            case Instance(of=Generic(of=External() as kind, args=(first, *_))):
                if kind.last in COLLECTIONS or kind.last.endswith("ContextManager"):
                    return self.some(first)
        return None

    # --- attributes ----------------------------------------------------------

    def attribute(self, of: Instance, name: str) -> Value | None:
        """An attribute where the object's type is a union."""
        if isinstance(of.of, Generic) and of.of.of is UNION:
            for each in of.of.args:
                found = self.ev.attribute(self.some(each), name)
                if not isinstance(found, UnknownValue):
                    return found
        return None

    def assigned(self, of: Instance, kind: ClassValue, name: str) -> Value | None:
        """`self.name = …` in a method: `__init__` of the nearest class first."""
        if not of.symbolic or of.args or of.kwargs or not isinstance(of.of, ClassValue):
            return self._assigned(of, kind, name)
        key = (of.of, kind, name)
        if key not in self._usual:
            found = self._assigned(of, kind, name)
            if self._asked or not isinstance(found, NoneType | Instance | BoundExternal):
                return found
            self._usual[key] = found
        usual = self._usual[key]
        return replace(usual, fields=dict(usual.fields)) if isinstance(usual, Instance) else usual

    def _assigned(self, of: Instance, kind: ClassValue, name: str) -> Value | None:
        for each in self.codebase.mro(kind):
            if not isinstance(each, ClassValue):
                continue
            for function, statement in self._assignments(each).get(name, ()):
                found = self._assigned_value(of, function, statement)
                if found is not None and not isinstance(found, UnknownValue):
                    return found
        return None

    def _assigned_value(
        self, of: Instance, function: FunctionValue, statement: Assign
    ) -> Value | None:
        if statement.annotation is not None and statement.value is None:
            return self.codebase.some(statement.annotation, function.scope, of)
        key = (id(of), id(statement))
        if statement.value is None or key in self._asked or len(self._asked) > MAX_DEPTH:
            return None
        from comfrey.source.study import Study  # a study needs the codebase

        self._asked.append(key)
        try:
            given: Arguments = (of.args, of.kwargs) if function.name == "__init__" else ((), ())
            study = Study.of_call(self.codebase, function, of, given)
            return study.value(statement.value)
        finally:
            self._asked.pop()

    def _assignments(self, of: ClassValue) -> dict[str, list[tuple[FunctionValue, Assign]]]:
        if of not in self._fields:
            found: dict[str, list[tuple[FunctionValue, Assign]]] = {}
            methods = [
                each.value
                for each in self.codebase.members(of)
                if isinstance(each.value, FunctionValue)
            ]
            methods.sort(key=lambda each: each.name != "__init__")
            for method in methods:
                for name, statement in _self_assignments(method):
                    found.setdefault(name, []).append((method, statement))
            self._fields[of] = found
        return self._fields[of]

    # --- results -------------------------------------------------------------

    def returned(
        self, function: FunctionValue, receiver: Value | None, arguments: Arguments
    ) -> Value:
        node = function.node
        declared: Value | None = None
        if isinstance(node, FunctionDef) and node.returns is not None:
            declared = self.codebase.some(node.returns, function.scope, receiver)
            if not self._is_vague(declared):
                return declared
        key = (id(node), id(receiver))
        if key in self._asked or len(self._asked) > MAX_DEPTH:
            return declared or UnknownValue("calls itself", function.place, function.name)
        self._asked.append(key)
        try:
            found = self._inferred(function, receiver, arguments)
        finally:
            self._asked.pop()
        if declared is not None and not isinstance(found, Const | Text):
            return found if self._is_anything(declared) and self._tells(found) else declared
        return found

    def _is_anything(self, declared: Value) -> bool:
        match declared:
            case Instance(of=External(name=name)):
                return name in ("typing.Any", "object")
        return isinstance(declared, UnknownValue)

    def _tells(self, found: Value) -> bool:
        return isinstance(found, Instance | BoundExternal | Choice)

    def _is_vague(self, declared: Value) -> bool:
        """Whether the `return` statements may tell more than the annotation does."""
        match declared:
            case Instance(of=External(name=name)):
                return name in PLAIN or name in ("typing.Any", "object", "dict")
            case UnknownValue():
                return True
        return False

    def _inferred(
        self, function: FunctionValue, receiver: Value | None, arguments: Arguments
    ) -> Value:
        from comfrey.source.study import Study  # a study needs the codebase

        study = Study.of_call(self.codebase, function, receiver, arguments)
        if isinstance(function.node, Lambda):
            return study.value(function.node.body)
        results: list[Value] = []
        for node in study.walk():
            if isinstance(node, Return) and node.value is not None:
                results.append(study.value(node.value))
            elif isinstance(node, Yield) and node.value is not None:
                fields = {YIELDED: study.value(node.value)}
                generator = External("types.GeneratorType")
                return Instance(generator, fields=fields, symbolic=True)
        known = [each for each in results if not isinstance(each, UnknownValue)]
        if not known:
            return results[0] if results else Const(None)
        if len(known) < len(results) and all(_is_flag(each) for each in known):
            return choice(results)
        return choice(known)


def _is_flag(value: Value) -> bool:
    """Whether a value is True or False, of which one says nothing about the other."""
    return isinstance(value, Const) and isinstance(value.value, bool)


def _self_assignments(method: FunctionValue) -> list[tuple[str, Assign]]:
    """`self.x = …` in a method's body, in order."""
    node = method.node
    if not isinstance(node, FunctionDef) or not node.parameters:
        return []
    self_name = node.parameters[0].name
    found: list[tuple[str, Assign]] = []
    for statement in node.body:
        for each in walk(statement):
            if isinstance(each, Assign) and not each.operator:
                for target in each.targets:
                    if (
                        isinstance(target, Attribute)
                        and isinstance(target.of, Name)
                        and target.of.name == self_name
                    ):
                        found.append((target.name, each))
    return found


__all__ = ["Inference", "Statement"]
