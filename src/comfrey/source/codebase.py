"""One app's code: parsed files, the module graph, classes and functions, and the evaluator over them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from comfrey.model.place import Unknown
from comfrey.source.classes import Classes, Member
from comfrey.source.evaluate import Evaluator
from comfrey.source.inference import Inference
from comfrey.source.language import Language
from comfrey.source.node import Expression, Module, SourceFile
from comfrey.source.scope import Scope
from comfrey.source.tree import Tree
from comfrey.source.value import (
    Arguments,
    BoundMethod,
    ClassValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    UnknownValue,
    Value,
)

__all__ = ["Codebase", "Member"]
MAX_FRAMES = 6_000
LIBRARY = "<library>"
"""The folder of what is spelled out of packages outside the tree."""


class Codebase:
    """Everything that may be asked about the code of one app. Nothing is parsed before it is asked for."""

    def __init__(
        self,
        tree: Tree,
        language: Language,
        root: str = ".",
        roots: tuple[str, ...] = (),
        library: Mapping[str, str] | None = None,
    ) -> None:
        """`root` is the app's folder in the tree; `roots` the folders that imports start from (default: guessed).

        `library` spells out modules of packages outside the tree: dotted name → source."""
        # A chain of imports is followed by nested calls, and real ones are longer than 1,000 frames allow.
        sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_FRAMES))
        spelled = {name: f"{LIBRARY}/{name.replace('.', '/')}.py" for name in library or {}}
        texts = {spelled[name]: text.encode() for name, text in (library or {}).items()}
        self.tree = tree.overlaid(texts) if texts else tree
        self.language = language
        self.root = root
        self.graph = language.graph(self.tree, root, roots)
        if spelled:
            self.graph.lay(spelled)
        self.evaluator = Evaluator(self)
        self._classes = Classes(self.evaluator)
        self._inference = Inference(self)
        self._parsed: dict[str, Module | None] = {}
        self._imported: tuple[str, ...] | None = None
        self._holding: dict[tuple[bytes, ...], tuple[str, ...]] = {}

    # --- files ---------------------------------------------------------------

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Syntax errors and files that could not be read, of what was parsed so far."""
        errors = (
            Unknown(subject=place.file, reason="syntax error", place=place)
            for _, module in sorted(self._parsed.items())
            for place in (module.errors if module else ())
        )
        return (*errors, *self.evaluator.faults, *self.tree.left_out)

    def parsed(self, module: str) -> Module | None:
        """The module's nodes, parsed on first asking; None outside the tree."""
        if module not in self._parsed:
            file = self.graph.file(module)
            self._parsed[module] = self._parse(file) if file else None
        return self._parsed[module]

    def _parse(self, file: str) -> Module | None:
        """A file of the tree is parsed once for all its apps; what is spelled out beside it belongs to this one."""
        known, key = self.tree.modules, (self.language.name, file)
        if file not in self.tree:
            return self.language.parse(SourceFile(file, self.tree.text(file)))
        if key not in known:
            known[key] = self.language.parse(SourceFile(file, self.tree.text(file)))
        return known[key]

    def modules(self, needles: Iterable[bytes] = ()) -> tuple[str, ...]:
        """Modules below the app's root, or in other folders of the tree that these import, whose text contains
        a needle (all without), in file order."""
        wanted = tuple(needles)
        if wanted not in self._holding:
            suffixes = self.language.suffixes
            files = [*self._own_files(), *self._imported_files()]
            held = self.tree.holding(wanted, suffixes) if wanted else frozenset(files)
            self._holding[wanted] = tuple(self.graph.module(each) for each in files if each in held)
        return self._holding[wanted]

    def _own_files(self) -> list[str]:
        return [e for e in self.tree.under(self.root) if e.endswith(self.language.suffixes)]

    def _imported_files(self) -> tuple[str, ...]:
        """Files of other packages of one repository that the app imports: shared models, clients."""
        if self.root == "." or self.language.discovers:
            return ()
        if self._imported is None:
            own = [self.graph.module(e) for e in self._own_files() if not self.language.is_test(e)]
            files = {self.graph.file(each) or "" for each in self.graph.reachable(own)}
            self._imported = tuple(sorted(files - {"", *self._own_files()}))
        return self._imported

    def run_all(self, needles: Iterable[bytes], starts: Iterable[bytes] = ()) -> tuple[str, ...]:
        """Runs every module that contains one of `starts` (`b"FastAPI("`; by default the needles) and
        whatever imports one of these, tests left out; gives the modules, those that nobody imports
        first. Modules with a needle run as soon as something imports them, so that events come in the
        program's order.

        An app is thus complete also where one module makes it and another adds routes to it."""
        wanted = tuple(needles)
        direct = [
            module
            for module in self.modules(tuple(starts) or wanted)
            if not self.language.is_test(self.graph.file(module) or "")
        ]
        every = self.graph.importers(direct)
        self.evaluator.eager(wanted, every)
        imported = {m for each in every for m in self.graph.imports(each)}
        imported |= {m for m in every - imported if len(self.graph.importers((m,), 1)) > 1}
        order = sorted(every, key=lambda each: (each in imported, each))
        for module in order:
            self.evaluator.run(module)
        return tuple(order)

    # --- names ---------------------------------------------------------------

    def resolve(self, module: str, name: str) -> Value:
        """What a dotted name means at the top level of a module: `resolve("app.main", "settings.API_V1_STR")`."""
        first, *rest = name.split(".")
        canonical = self.graph.canonical(module)
        if canonical is None:
            return External(f"{module}.{name}")
        found = self.evaluator.member(canonical, first)
        for part in rest:
            found = self.evaluator.attribute(found, part) if found is not None else None
        return found if found is not None else UnknownValue(f"{module} has no {name}")

    def value(self, expression: Expression, scope: Scope) -> Value:
        """What an expression comes to in a scope (`FunctionValue.scope`, `body_of(class)`), without effects."""
        with self.evaluator.quietly():
            return self.evaluator.value(expression, scope)

    def scope(self, module: str) -> Scope:
        """The names of a module, which is run on first asking."""
        return self.evaluator.run(module)

    # --- classes and functions -----------------------------------------------

    def classes(self, needles: Iterable[bytes] = ()) -> tuple[ClassValue, ...]:
        """Classes at the top level of modules whose text contains a needle (all modules without), in file order."""
        return tuple(each for each in self._defined(needles) if isinstance(each, ClassValue))

    def functions(self, needles: Iterable[bytes] = ()) -> tuple[FunctionValue, ...]:
        """Functions at the top level, likewise; methods are asked of their classes."""
        return tuple(each for each in self._defined(needles) if isinstance(each, FunctionValue))

    def _defined(self, needles: Iterable[bytes]) -> Iterable[Value]:
        for module in self.modules(needles):
            scope = self.evaluator.run(module)
            for value in list(scope.names.values()):
                if isinstance(value, ClassValue | FunctionValue) and value.scope is scope:
                    yield value

    def body_of(self, of: ClassValue) -> Scope:
        """The scope of a class body: where annotations and right-hand sides of members are evaluated."""
        return self._classes.body(of)

    def bases(self, of: ClassValue) -> tuple[Value, ...]:
        """The bases as values: ClassValue, External, or Generic of these."""
        return self._classes.bases(of)

    def mro(self, of: ClassValue) -> tuple[ClassValue | External, ...]:
        """The class, then its ancestors in resolution order. A base made by a call goes by the call's name
        (`sqlalchemy.orm.declarative_base`, `flask_sqlalchemy.SQLAlchemy.Model` for `db.Model`)."""
        return self._classes.mro(of)

    def ancestry(self, of: Value) -> tuple[str, ...]:
        """Qualified names of the MRO: `app.models:User`, `sqlmodel.SQLModel`. An External is its own."""
        kind = self.class_of(of)
        if kind is not None:
            return tuple(
                each.name if isinstance(each, External) else each.qualified
                for each in self.mro(kind)
            )
        match of:
            case External(name=name):
                return (name,)
            case Instance(of=inner) | Generic(of=inner):
                return self.ancestry(inner)
        return ()

    def is_a(self, of: Value, *names: str) -> bool:
        """Whether a class, instance or type has an ancestor of that (external or qualified) name."""
        return not set(names).isdisjoint(self.ancestry(of))

    def external_ancestors(self, of: ClassValue) -> tuple[External, ...]:
        """Ancestors outside the tree that bring behaviour."""
        return self._classes.external(of)

    def external_ancestors_of(self, of: Instance) -> bool:
        """Whether an object's class is, or comes from, something outside the tree."""
        kind = self.class_of(of)
        return kind is None or bool(self.external_ancestors(kind))

    def members(self, of: ClassValue, inherited: bool = False) -> tuple[Member, ...]:
        """The names of the class body in order; `inherited`: ancestors' first, overridden ones replaced in place."""
        if not inherited:
            return tuple(self._classes.members(of).values())
        found: dict[str, Member] = {}
        for kind in reversed(self.mro(of)):
            if isinstance(kind, ClassValue):
                found.update(self._classes.members(kind))
        return tuple(found.values())

    def own_member(self, of: ClassValue, name: str) -> Member | None:
        """The class's own member of that name."""
        return self._classes.own(of, name)

    def member(self, of: ClassValue, name: str) -> Member | None:
        """The member of that name, looked up along the MRO."""
        return self._classes.member(of, name)

    def header(self, of: ClassValue, keyword: str) -> Value | None:
        """A keyword of the class header (`table=True`), also an ancestor's."""
        return self._classes.keyword(of, keyword)

    def method(self, of: Value, name: str) -> BoundMethod | None:
        """The method of an instance (or of some instance of a class), bound to it; None outside the tree."""
        receiver = Instance(of, symbolic=True) if isinstance(of, ClassValue | Generic) else of
        kind = self.class_of(receiver)
        member = self.member(kind, name) if kind is not None else None
        if member is not None and isinstance(member.value, FunctionValue):
            return BoundMethod(receiver, member.value)
        return None

    def type_parameters(self, of: ClassValue) -> tuple[Value, ...]:
        """The TypeVars that a generic class is open in, in order."""
        return self._classes.parameters(of)

    def type_arguments(self, of: Value, base: str | Value) -> tuple[Value, ...]:
        """The arguments that `of` (class, instance, Generic) gives to its generic ancestor `base`:
        `type_arguments(UserRepo, "app.crud:CRUDBase")` → (User, UserCreate)."""
        target = base if isinstance(base, Value) else self._ancestor(of, base)
        return self._classes.arguments(of, target) if target is not None else ()

    def _ancestor(self, of: Value, name: str) -> Value | None:
        kind = self.class_of(of)
        for each in self.mro(kind) if kind is not None else ():
            if name == (each.name if isinstance(each, External) else each.qualified):
                return each
        return External(name) if ":" not in name else None

    # --- types ---------------------------------------------------------------

    def type_of(self, annotation: Expression, scope: Scope, receiver: Value | None = None) -> Value:
        """The type that an annotation means (string annotations are parsed): ClassValue, External, Generic …
        With a `receiver` its type arguments stand for the class's type variables."""
        return self._inference.type_of(annotation, scope, receiver)

    def some(self, annotation: Expression, scope: Scope, receiver: Value | None = None) -> Value:
        """Some value of the annotated type: `Instance(symbolic=True)`, for `type[X]` the class itself."""
        return self._inference.some(self.type_of(annotation, scope, receiver))

    def some_of(self, kind: Value) -> Value:
        """Some value of a type."""
        return self._inference.some(kind)

    def class_of(self, of: Value) -> ClassValue | None:
        """The in-tree class of an object or type: `Optional[User]` and `Annotated[User, …]` give User."""
        return self._inference.class_of(of)

    def element_type(self, of: Value) -> Value | None:
        """Some element of a collection of which only the type is known."""
        return self._inference.element(of)

    def part_of(self, of: Value, index: int, node: Expression) -> Value:
        """The member at `index` of what is unpacked."""
        return self._inference.part(of, index, node)

    def yielded_type(self, of: Value) -> Value | None:
        """What a context manager or generator of a known type gives."""
        return self._inference.yielded(of)

    def typed_attribute(self, of: Instance, name: str) -> Value | None:
        """An attribute of an object whose type is a union or another wrapper."""
        return self._inference.attribute(of, name)

    def assigned_field(self, of: Instance, kind: ClassValue, name: str) -> Value | None:
        """A field that a method sets (`self.repo = repo`), by what is known of the right-hand side."""
        return self._inference.assigned(of, kind, name)

    def returned(
        self, function: FunctionValue, receiver: Value | None, arguments: Arguments
    ) -> Value:
        """What a function gives back, from its annotation or its `return` statements, without running it."""
        return self._inference.returned(function, receiver, arguments)

    def enumerated(self, of: ClassValue) -> list[Value] | None:
        """The members of an enumeration, in order; None for other classes."""
        if not self.is_a(of, *ENUMS):
            return None
        found = (
            self.language.class_attribute(self.evaluator, of, each.name)
            for each in self.members(of)
            if each.expression is not None
        )
        return [each for each in found if isinstance(each, Instance)]


CHOICES = (
    "django.db.models.TextChoices",
    "django.db.models.IntegerChoices",
    "django.db.models.Choices",
    "django.db.models.enums.TextChoices",
    "django.db.models.enums.IntegerChoices",
)
"""Enumerations whose members are written with a label: `PAID = "paid", "Paid"`."""
ENUMS = (
    "enum.Enum",
    "enum.StrEnum",
    "enum.IntEnum",
    "enum.Flag",
    "enum.IntFlag",
    *CHOICES,
)
