"""Offers every type to the shelf's validators and ORMs: the one place where folders meet."""

from __future__ import annotations

from types import ModuleType

from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Const, External, Generic, Instance, Value, plain
from comfrey.stacks import shelf

KINDS = ("validators", "orms")
DEEP = 6
"""Classes inside classes are followed this far; deeper ones keep only their name."""


class Link:
    """The `Shapes` of one app. `answers()` gives its twin for what is sent out."""

    def __init__(
        self,
        codebase: Codebase,
        versions: tuple[tuple[str, str], ...] = (),
        *,
        answer: bool = False,
    ) -> None:
        self.codebase = codebase
        self.answer = answer
        self._versions = dict(versions)
        self._known: dict[object, Schema] = {}
        self._open: list[object] = []
        self._cut = False
        self._twin: Link | None = None
        self._modules = _modules(codebase.language.name)

    def answers(self) -> Link:
        """Shapes of what is sent out."""
        if self._twin is None:
            versions = tuple(self._versions.items())
            self._twin = Link(self.codebase, versions, answer=True)
        return self._twin

    def declared(self, distribution: str) -> str:
        return self._versions.get(distribution, "")

    def of(self, type: Value) -> Schema:  # noqa: A002
        key = _key(type) if _is_class(type) else None
        if key is None:
            return self._asked(type)
        if key in self._known:
            return self._known[key]
        if key in self._open or len(self._open) >= DEEP:
            self._cut = True
            return _named(type)
        self._open.append(key)
        schema = self._asked(type)
        self._open.pop()
        if not self._open:
            self._cut = False
        if not self._cut:
            self._known[key] = schema
        return schema

    def narrowed(self, schema: Schema, by: Value) -> Schema:
        for module in self._modules:
            if hasattr(module, "narrowed"):
                schema = module.narrowed(schema, by, self)
        return schema

    def _asked(self, type: Value) -> Schema:  # noqa: A002
        for module in self._modules:
            found: Schema | None = module.shape(type, self)
            if found is not None:
                return found
        return _named(type) if isinstance(type, ClassValue) else Schema()


def _modules(language: str) -> tuple[ModuleType, ...]:
    """The `read.py`s of a language that understand types, validators first."""
    found = [
        folder.module("read")
        for kind in KINDS
        for folder in shelf.folders(kind)
        if folder.has("read.py") and folder.about.language in ("", language)
    ]
    return tuple(module for module in found if hasattr(module, "shape"))


def _key(type: Value) -> object | None:  # noqa: A002
    """What makes two types the same; None for types that are cheap to read again."""
    match type:
        case ClassValue():
            return id(type)
        case External(name=name):
            return name
        case Const(value=str() | int() | None as value):
            return ("const", value)
        case Generic(of=of, args=args):
            keys = [_key(each) for each in (of, *args)]
            return None if None in keys else tuple(keys)
        case Instance(of=ClassValue() as kind, args=args, kwargs=kwargs):
            told = (*(("", each) for each in args), *kwargs)
            plains = [(name, plain(value)) for name, value in told]
            sure = all(value is not None for _, value in plains)
            return ("made", id(kind), repr(plains) if sure else id(type))
    return None


def _is_class(type: Value) -> bool:  # noqa: A002
    """Whether it is a class of the tree, or an object of one (a schema with its options)."""
    return isinstance(type.of if isinstance(type, Generic | Instance) else type, ClassValue)


def _named(type: Value) -> Schema:  # noqa: A002
    of = type.of if isinstance(type, Generic | Instance) else type
    if isinstance(of, ClassValue):
        return Schema(type="object", name=of.name, place=of.place)
    return Schema()
