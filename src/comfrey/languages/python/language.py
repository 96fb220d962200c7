"""Python's answers to `source.language.Language`."""

from __future__ import annotations

import builtins as python_builtins
from collections.abc import Iterator

from comfrey.languages.python import (
    builtin,
    configuration,
    containers,
    environment,
    fields,
    folders,
    mending,
    modules,
    parse,
    strings,
)
from comfrey.source.evaluate import Evaluator
from comfrey.source.graph import Graph
from comfrey.source.node import Call, Expression, Import, Module, SourceFile, Span
from comfrey.source.tree import Tree
from comfrey.source.value import (
    Arguments,
    ClassValue,
    Const,
    External,
    Generic,
    Instance,
    ModuleValue,
    SettingValue,
    Value,
)

INJECTORS = ("dependency_injector.wiring.", "dependency_injector.Provide")
"""Markers of containers that stand as a parameter's default (https://python-dependency-injector.ets-labs.org/wiring.html)."""


class Python:
    """CPython 3, any version: nothing here depends on the interpreter that runs comfrey."""

    name = "python"
    suffixes = (".py",)
    builtins = frozenset(dir(python_builtins)) | {"reveal_type", "WindowsError"}
    entry = ""
    discovers = True
    omits = False
    hollow = True
    shadows = False
    late_defaults = False

    def graph(self, tree: Tree, root: str, roots: tuple[str, ...]) -> Graph:
        return Graph(tree, self, root, roots)

    def exported(self, ev: Evaluator, module: str, name: str) -> Value | None:
        return None

    def module_names(self, ev: Evaluator, module: str, file: str) -> dict[str, Value]:
        names: dict[str, Value] = {"__name__": Const(module), "__file__": Const("/" + file)}
        for special in ("__path__", "__package__"):
            found = folders.attribute(ev, ModuleValue(module), special)
            if found is not None:
                names[special] = found
        return names | environment.lent(ev.codebase.tree.text(file))

    def parse(self, source: SourceFile) -> Module:
        return parse.parse(source)

    def parse_expression(self, text: str, at: Span) -> Expression | None:
        return parse.parse_expression(text, at)

    def modules(self, files: tuple[str, ...], root: str) -> dict[str, str]:
        return modules.modules(files, root)

    def imports(self, data: bytes, module: str, package: bool) -> tuple[str, ...]:
        return modules.imports(data, module, package)

    def packages(self, data: bytes) -> Iterator[str]:
        return modules.packages(data)

    def settings(self, ev: Evaluator) -> tuple[SettingValue, ...]:
        return configuration.prefixed(ev.codebase)

    def aliases(self, tree: Tree, root: str) -> tuple[tuple[str, str], ...]:
        return ()

    def injected(self, default: Value) -> bool:
        made = default.of if isinstance(default, Generic | Instance) else default
        return isinstance(made, External) and made.name.startswith(INJECTORS)

    def waits(self, value: Value) -> bool:
        return False

    def failing(self, test: Expression) -> bool:
        return False

    def is_test(self, file: str) -> bool:
        return modules.is_test(file)

    def absolute(self, name: str, module: str, package: bool) -> str:
        return modules.absolute(name, module, package)

    def imported(self, statement: Import, names: tuple[tuple[str, str], ...]) -> str:
        return mending.imported(statement, names)

    def call(self, ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
        for known in (environment.call, builtin.call, folders.call):
            found = known(ev, name, arguments, at)
            if found is not None:
                return found
        return None

    def doubtful(self, of: Value) -> bool:
        return False

    def construct(self, ev: Evaluator, of: ClassValue, arguments: Arguments) -> Value | None:
        return fields.construct(ev, of, arguments)

    def method(
        self, ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
    ) -> Value | None:
        for known in (environment.method, strings.method, containers.method, folders.method):
            found = known(ev, receiver, name, arguments, at)
            if found is not None:
                return found
        return None

    def external_attribute(self, ev: Evaluator, of: Value, name: str) -> Value | None:
        found = environment.attribute(ev, of, name)
        return found if found is not None else folders.attribute(ev, of, name)

    def subscript(self, ev: Evaluator, of: Value, index: Value, at: Expression) -> Value | None:
        return environment.subscript(ev, of, index, at)

    def field(self, ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
        found = environment.field(ev, instance, of, name)
        return found if found is not None else fields.field(ev, instance, of, name)

    def class_attribute(self, ev: Evaluator, of: ClassValue, name: str) -> Value | None:
        return fields.class_attribute(ev, of, name)
