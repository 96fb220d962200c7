"""Go's answers to `source.language.Language`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from comfrey.languages.go import (
    builtin,
    container,
    environment,
    injector,
    instances,
    listed,
    names,
    packages,
    parse,
    strings,
    types,
)
from comfrey.languages.go.generics import TYPE
from comfrey.languages.go.graph import PackageGraph
from comfrey.source.evaluate import Evaluator
from comfrey.source.graph import Graph
from comfrey.source.node import (
    Attribute,
    Call,
    ClassDef,
    Compare,
    Constant,
    Expression,
    FunctionDef,
    Import,
    Late,
    Module,
    Name,
    SourceFile,
    Span,
)
from comfrey.source.scope import Deferred
from comfrey.source.tree import Tree
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    ModuleValue,
    Partial,
    SettingValue,
    UnknownValue,
    Value,
)

TEST = re.compile(
    r"_test\.go$|(?:^|/)(?:tests?|testdata|testutils?|testing|mocks?|e2e|examples?|_examples?)/"
)
FUNCTIONS = FunctionValue | BoundMethod | BoundExternal
COMMANDS = ("Run", "RunE", "Action", "PreRunE", "PersistentPreRunE")
COMMAND = (
    "github.com/spf13/cobra.Command",
    "github.com/urfave/cli.Command",
    "github.com/urfave/cli.App",
)
ONCE = "sync.Once"
ERROR = re.compile(r"^e$|err", re.IGNORECASE)
"""What a variable that holds an error is called."""
SURE = re.compile(r"New|Errorf|Err[A-Z]|Default|Background|TODO|Must")
"""Names of functions that certainly give something."""


class Go:
    """Go modules and packages."""

    name = "go"
    suffixes = (".go",)
    builtins = names.BUILTINS
    entry = "main"
    discovers = False
    omits = False
    hollow = True
    shadows = False
    late_defaults = False

    def graph(self, tree: Tree, root: str, roots: tuple[str, ...]) -> Graph:
        return PackageGraph(tree, self, root)

    def exported(self, ev: Evaluator, module: str, name: str) -> Value | None:
        """A name of a package: of whichever of its files declares it."""
        graph = ev.graph
        if not isinstance(graph, PackageGraph) or module.endswith(".go"):
            return None
        for file in declaring(ev, graph.package(module)).get(name, ()):
            found = ev.run(file).names.get(name)
            if isinstance(found, Deferred):
                return found.force()
            if found is not None:
                return found
        return None

    def module_names(self, ev: Evaluator, module: str, file: str) -> dict[str, Value]:
        """Packages of the tree that are called otherwise than their folders; what slices and maps are lowered to."""
        graph = ev.graph
        if not isinstance(graph, PackageGraph) or not file:
            return {}
        found: dict[str, Value] = {each: External(word) for each, word in types.MADE.items()}
        for path in packages.paths(graph.tree.text(file)):
            package = graph.canonical(path, file)
            if package is not None:
                found[graph.clause(package)] = ModuleValue(package)
        return found

    def parse(self, source: SourceFile) -> Module:
        return parse.parse(source)

    def parse_expression(self, text: str, at: Span) -> Expression | None:
        return None

    def modules(self, files: tuple[str, ...], root: str) -> dict[str, str]:
        start = "" if root in ("", ".") else root.rstrip("/") + "/"
        return {f: f for f in files if f.startswith(start) and f.endswith(".go")}

    def imports(self, data: bytes, module: str, package: bool) -> tuple[str, ...]:
        return tuple(packages.paths(data))

    def packages(self, data: bytes) -> Iterator[str]:
        for path in packages.paths(data):
            yield path
            bare = packages.unversioned(path)
            while bare:
                yield bare
                bare = bare.rpartition("/")[0]

    def settings(self, ev: Evaluator) -> tuple[SettingValue, ...]:
        return (*environment.read_settings(ev), *listed.settings(ev.codebase))

    def aliases(self, tree: Tree, root: str) -> tuple[tuple[str, str], ...]:
        return ()

    def injected(self, default: Value) -> bool:
        return False

    def waits(self, value: Value) -> bool:
        return isinstance(value, instances.Nil)

    def failing(self, test: Expression) -> bool:
        match test:
            case Compare(
                first=Name(name=name) | Attribute(name=name), rest=(("!=", Constant(value=None)),)
            ):
                return ERROR.search(name) is not None
        return False

    def is_test(self, file: str) -> bool:
        return TEST.search(file) is not None

    def absolute(self, name: str, module: str, package: bool) -> str:
        return name

    def imported(self, statement: Import, names: tuple[tuple[str, str], ...]) -> str:
        return "\n".join(
            f'import "{module}"'
            if module.rpartition("/")[2] == local
            else f'import {local} "{module}"'
            for module, local in names
        )

    def call(self, ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
        args = arguments[0]
        for known in (builtin.call, environment.call):
            found = known(ev, name, args, at)
            if found is not None:
                return found
        kind = next((value for key, value in arguments[1] if key == TYPE), None)
        if name.endswith("Func") and len(args) == 1 and isinstance(args[0], FUNCTIONS):
            return args[0]
        found = (
            strings.call(ev, name, args)
            or environment.typed(ev, name, kind, args)
            or injector.call(ev, name, args, kind)
        )
        if found is not None:
            return found
        _started(ev, name, arguments)
        if not ev.quiet:
            instances.handed_out(args)
        return None

    def doubtful(self, of: Value) -> bool:
        return not (isinstance(of, External) and SURE.match(of.last))

    def construct(self, ev: Evaluator, of: ClassValue, arguments: Arguments) -> Value | None:
        return instances.construct(ev, of, arguments)

    def method(
        self, ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
    ) -> Value | None:
        if not ev.quiet:
            instances.handed_out(arguments[0])
            if ev.probe is None:
                container.invoked(ev, receiver, name, arguments[0])
                container.hooked(ev, receiver, name, arguments[0])
        if name == "Do" and _is_once(receiver) and arguments[0]:
            ev.call(arguments[0][0])
            return Const(None)
        return None

    def external_attribute(self, ev: Evaluator, of: Value, name: str) -> Value | None:
        if isinstance(of, External):
            known = names.constant(of.name, name)
            return Const(known) if known is not None else None
        if name == "ServeHTTP" and isinstance(of, FunctionValue | BoundMethod):
            return of
        if name == "ServeHTTP" and (inner := names.function_of(of)) is not of:
            return ev.attribute(inner, name)
        if isinstance(of, ListValue | DictValue):
            method = instances.method_of(ev, of, name)
            if method is not None:
                return method
        if isinstance(of, DictValue) and ev.probe is not None:
            return instances.member_of(of, name)
        return None

    def subscript(self, ev: Evaluator, of: Value, index: Value, at: Expression) -> Value | None:
        """`checked[Form]`: a generic function with its type, not called yet."""
        if isinstance(of, FunctionValue) and isinstance(index, ClassValue | External | Generic):
            return Partial(of, (), ((TYPE, index),))
        return None

    def field(self, ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
        return instances.field(ev, instance, of, name)

    def class_attribute(self, ev: Evaluator, of: ClassValue, name: str) -> Value | None:
        return None


def _is_once(receiver: Value) -> bool:
    made = receiver.of if isinstance(receiver, Instance) else None
    return isinstance(made, External) and made.name == ONCE


def _started(ev: Evaluator, name: str, arguments: Arguments) -> None:
    """What a program hands over to be run at once: the functions of a command, of fx."""
    if ev.quiet or ev.probe is not None:
        return
    if name in COMMAND:
        for word, value in arguments[1]:
            if word in COMMANDS:
                ev.call(value, (UnknownValue("a command"), UnknownValue("arguments")))
    container.started(ev, name, arguments[0])


def declared(ev: Evaluator, file: str) -> frozenset[str]:
    """The names that a file declares at its top."""
    module = ev.codebase.parsed(file)
    found: set[str] = set()
    for each in module.body.statements if module is not None else ():
        if isinstance(each, FunctionDef | ClassDef):
            found.add(each.name)
        elif isinstance(each, Late):
            found |= {t.name for t in each.targets if isinstance(t, Name)}
    return frozenset(found)


def declaring(ev: Evaluator, files: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The names that a package's files declare, each with those of the files that do, in order."""
    known = _declaring.setdefault(ev, {})
    if files not in known:
        found: dict[str, tuple[str, ...]] = {}
        for file in files:
            for name in sorted(declared(ev, file)):
                found[name] = (*found.get(name, ()), file)
        known[files] = found
    return known[files]


_declaring: WeakKeyDictionary[Evaluator, dict[tuple[str, ...], dict[str, tuple[str, ...]]]] = (
    WeakKeyDictionary()
)
