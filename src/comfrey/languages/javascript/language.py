"""JavaScript's and TypeScript's answers to `source.language.Language`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import (
    abilities,
    builtin,
    configuration,
    container,
    containers,
    environment,
    folders,
    generated,
    inflection,
    injection,
    mending,
    modules,
    parse,
    strings,
)
from comfrey.languages.javascript.graph import SUFFIXES, PathGraph
from comfrey.languages.javascript.names import BUILTINS
from comfrey.languages.javascript.packages import Packages
from comfrey.source.evaluate import Evaluator
from comfrey.source.graph import Graph
from comfrey.source.node import Call, Expression, Import, Module, SourceFile, Span
from comfrey.source.tree import Tree
from comfrey.source.value import Arguments, ClassValue, Instance, SettingValue, Value

TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|e2e|specs?|cypress|playwright|testing)/"
    r"|[.-](?:test|spec|e2e-spec|e2e|stories|bench)\.[cm]?[jt]sx?$"
    r"|(?:^|/)(?:jest|vitest|webpack|rollup|vite|tsup|eslint|prettier|babel)\.[\w.]*\.?[cm]?[jt]s$",
    re.IGNORECASE,
)


class JavaScript:
    """ECMAScript modules and CommonJS, JavaScript and TypeScript."""

    name = "javascript"
    suffixes = SUFFIXES
    builtins = BUILTINS
    entry = ""
    discovers = False
    omits = True
    hollow = False
    shadows = True
    late_defaults = True

    def graph(self, tree: Tree, root: str, roots: tuple[str, ...]) -> Graph:
        return PathGraph(tree, self, root)

    def exported(self, ev: Evaluator, module: str, name: str) -> Value | None:
        return modules.exported(ev, module, name)

    def module_names(self, ev: Evaluator, module: str, file: str) -> dict[str, Value]:
        return modules.names(file)

    def parse(self, source: SourceFile) -> Module:
        return parse.parse(source)

    def parse_expression(self, text: str, at: Span) -> Expression | None:
        return None

    def modules(self, files: tuple[str, ...], root: str) -> dict[str, str]:
        start = "" if root in ("", ".") else root.rstrip("/") + "/"
        return {f: f for f in files if f.startswith(start) and f.endswith(SUFFIXES)}

    def imports(self, data: bytes, module: str, package: bool) -> tuple[str, ...]:
        return ()

    def packages(self, data: bytes) -> Iterator[str]:
        return modules.packages(data)

    def settings(self, ev: Evaluator) -> tuple[SettingValue, ...]:
        return environment.read_settings(ev)

    def aliases(self, tree: Tree, root: str) -> tuple[tuple[str, str], ...]:
        return Packages(tree).aliases(root)

    def injected(self, default: Value) -> bool:
        return False

    def waits(self, value: Value) -> bool:
        return False

    def failing(self, test: Expression) -> bool:
        return False

    def is_test(self, file: str) -> bool:
        return TEST.search(file) is not None

    def absolute(self, name: str, module: str, package: bool) -> str:
        return name

    def imported(self, statement: Import, names: tuple[tuple[str, str], ...]) -> str:
        return mending.imported(statement, names)

    def call(self, ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
        for known in (
            modules.call,
            environment.call,
            builtin.call,
            folders.call,
            inflection.call,
            abilities.call,
            injection.call,
        ):
            found = known(ev, name, arguments, at)
            if found is not None:
                return found
        return None

    def doubtful(self, of: Value) -> bool:
        return False

    def construct(self, ev: Evaluator, of: ClassValue, arguments: Arguments) -> Value | None:
        return None

    def method(
        self, ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
    ) -> Value | None:
        for known in (
            environment.method,
            injection.method,
            configuration.method,
            strings.method,
            containers.method,
            builtin.method,
            abilities.method,
        ):
            found = known(ev, receiver, name, arguments, at)
            if found is not None:
                return found
        return None

    def external_attribute(self, ev: Evaluator, of: Value, name: str) -> Value | None:
        for known in (
            environment.attribute,
            generated.attribute,
            modules.attribute,
            containers.attribute,
        ):
            found = known(ev, of, name)
            if found is not None:
                return found
        return None

    def subscript(self, ev: Evaluator, of: Value, index: Value, at: Expression) -> Value | None:
        return containers.subscript(ev, of, index)

    def field(self, ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
        return container.field(ev, of, name)

    def class_attribute(self, ev: Evaluator, of: ClassValue, name: str) -> Value | None:
        return None
