"""One app's code: parsed files, the module graph, classes and functions, and the evaluator over them."""

from __future__ import annotations

from comfrey.model.place import Unknown
from comfrey.source.evaluate import Evaluator
from comfrey.source.graph import Graph
from comfrey.source.language import Language
from comfrey.source.node import Expression, Module
from comfrey.source.tree import Tree
from comfrey.source.value import ClassValue, FunctionValue, Value


class Member:
    """One name of a class body, in order: an annotated field, an assignment, a method or a nested class."""

    __slots__ = ("annotation", "expression", "name", "owner", "place", "value")

    name: str
    owner: ClassValue
    annotation: Expression | None
    """As written; `codebase.value(annotation, owner.scope)` evaluates it."""
    expression: Expression | None
    """The right-hand side as written, None for a bare annotation, a method or a class."""
    value: Value | None
    """The right-hand side evaluated; a FunctionValue or ClassValue for a `def` or `class`."""


class Codebase:
    """Everything that may be asked about the code of one app. Nothing is parsed before it is asked for."""

    tree: Tree
    language: Language
    graph: Graph
    evaluator: Evaluator

    def __init__(
        self, tree: Tree, language: Language, root: str = ".", roots: tuple[str, ...] = ()
    ) -> None:
        """`root` is the app's folder in the tree; `roots` the folders that imports start from (default: guessed)."""
        raise NotImplementedError

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Syntax errors and files that could not be read, of what was parsed so far."""
        raise NotImplementedError

    def parsed(self, module: str) -> Module | None:
        """The module's nodes, parsed on first asking; None outside the tree."""
        raise NotImplementedError

    def resolve(self, module: str, name: str) -> Value:
        """What a dotted name means at the top level of a module: `resolve("app.main", "settings.API_V1_STR")`."""
        raise NotImplementedError

    def value(self, expression: Expression, scope: object) -> Value:
        """What an expression comes to in a scope (of a class, function or module value)."""
        raise NotImplementedError

    def classes(self, needles: tuple[bytes, ...] = ()) -> tuple[ClassValue, ...]:
        """Classes at the top level of modules whose text contains a needle (all modules without), in file order."""
        raise NotImplementedError

    def functions(self, needles: tuple[bytes, ...] = ()) -> tuple[FunctionValue, ...]:
        """Functions at the top level, likewise; methods are asked of their classes."""
        raise NotImplementedError

    def bases(self, of: ClassValue) -> tuple[Value, ...]:
        """The bases as values: ClassValue, External, or Generic of these."""
        raise NotImplementedError

    def mro(self, of: ClassValue) -> tuple[ClassValue | Value, ...]:
        """The class, then its ancestors in resolution order; external ones as `External`."""
        raise NotImplementedError

    def ancestry(self, of: Value) -> tuple[str, ...]:
        """Qualified names of the MRO: `app.models:User`, `sqlmodel.SQLModel`. An External is its own."""
        raise NotImplementedError

    def is_a(self, of: Value, *names: str) -> bool:
        """Whether a class, instance or type has an ancestor of that (external or qualified) name."""
        raise NotImplementedError

    def members(self, of: ClassValue, inherited: bool = False) -> tuple[Member, ...]:
        """The names of the class body in order; `inherited`: ancestors' first, overridden ones replaced in place."""
        raise NotImplementedError

    def member(self, of: ClassValue, name: str) -> Member | None:
        """The member of that name, looked up along the MRO."""
        raise NotImplementedError

    def type_arguments(self, of: Value, base: str) -> tuple[Value, ...]:
        """The arguments that `of` (class, instance, Generic) gives to its generic ancestor `base`:
        `type_arguments(UserRepo, "app.crud:CRUDBase")` → (User, UserCreate)."""
        raise NotImplementedError

    def type_of(self, annotation: Expression, scope: object) -> Value:
        """The type that an annotation means (string annotations are parsed): ClassValue, External, Generic …"""
        raise NotImplementedError
