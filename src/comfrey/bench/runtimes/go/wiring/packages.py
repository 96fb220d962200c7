"""The packages of a module as they are declared: functions, methods, fields, and what each file imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tree_sitter import Node

from comfrey.bench.runtimes.go.manifests import Module
from comfrey.languages.go import packages
from comfrey.languages.go.parse import parser

Type = tuple[str, str]
"""(import path without its major version, name)."""


def text(node: Node | None) -> str:
    """The source of a node."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text else ""


def walk(node: Node, *, closures: bool = True) -> Iterator[Node]:
    """The node and all below it, in order; without what stands in function literals where they are left out."""
    yield node
    for child in node.named_children:
        if closures or child.type != "func_literal":
            yield from walk(child, closures=closures)


def statements(function: Node | None) -> list[Node]:
    """The statements of a body, without comments."""
    body = function.child_by_field_name("body") if function is not None else None
    return inside(body) if body is not None else []


def inside(block: Node) -> list[Node]:
    """The statements of a block."""
    listed = [each for each in block.named_children if each.type == "statement_list"]
    return [each for part in listed for each in part.named_children if each.type != "comment"]


@dataclass(frozen=True)
class Source:
    """A file: `imports` are (name that it gives the package or "", path), `main` its tree."""

    file: Path
    root: Node
    imports: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Function:
    """A function or method, and where it stands."""

    node: Node
    source: Source
    package: Package

    @property
    def results(self) -> list[Node]:
        """The types that it gives back."""
        said = self.node.child_by_field_name("result")
        if said is None:
            return []
        if said.type != "parameter_list":
            return [said]
        found = []
        for each in said.named_children:
            kind = each.child_by_field_name("type")
            names = each.children_by_field_name("name")
            found += [kind] * max(1, len(names)) if kind is not None else []
        return found

    @property
    def parameters(self) -> list[tuple[str, Node]]:
        """(name, type) of what it takes."""
        said = self.node.child_by_field_name("parameters")
        found: list[tuple[str, Node]] = []
        for each in said.named_children if said is not None else []:
            kind = each.child_by_field_name("type")
            names = each.children_by_field_name("name")
            found += [(text(name), kind) for name in names if kind is not None]
        return found


@dataclass(frozen=True)
class Package:
    """All files of a folder that belong to a build."""

    path: str
    sources: tuple[Source, ...]
    name: str = ""

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {
            text(node.child_by_field_name("name")): Function(node, source, self)
            for source, node in self._declared("function_declaration")
            if text(node.child_by_field_name("name")) not in ("init", "_")
        }

    @cached_property
    def openings(self) -> list[Function]:
        """Its functions called `init`."""
        return [
            Function(node, source, self)
            for source, node in self._declared("function_declaration")
            if text(node.child_by_field_name("name")) == "init"
        ]

    @cached_property
    def methods(self) -> dict[tuple[str, str], Function]:
        """(receiver's type, name) → method."""
        return {
            (_receiver(node), text(node.child_by_field_name("name"))): Function(node, source, self)
            for source, node in self._declared("method_declaration")
        }

    @cached_property
    def values(self) -> list[tuple[Source, Node]]:
        """The specs of its variables and constants."""
        return [
            (source, spec)
            for source, node in self._declared("var_declaration", "const_declaration")
            for spec in walk(node, closures=False)
            if spec.type in ("var_spec", "const_spec")
        ]

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that it declares."""
        kinds = [
            text(spec.child_by_field_name("name"))
            for _, node in self._declared("type_declaration")
            for spec in node.named_children
        ]
        values = [text(name) for _, spec in self.values for name in spec.children_by_field_name("name")]  # fmt: skip
        return frozenset([*self.functions, *kinds, *values])

    def member(self, kind: str, name: str) -> tuple[Node, Source] | None:
        """The type of a struct's field."""
        for source, node in self._declared("type_declaration"):
            for spec in node.named_children:
                if text(spec.child_by_field_name("name")) == kind:
                    for each in walk(spec):
                        if each.type == "field_declaration" and name in map(text, each.children_by_field_name("name")):  # fmt: skip
                            said = each.child_by_field_name("type")
                            return (said, source) if said is not None else None
        return None

    def _declared(self, *kinds: str) -> Iterator[tuple[Source, Node]]:
        for source in self.sources:
            for node in source.root.named_children:
                if node.type in kinds:
                    yield source, node


class Program:
    """The packages of a module, read when asked for."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._read: dict[str, Package] = {}

    def package(self, folder: str) -> Package:
        """The package in a folder of the module."""
        if folder not in self._read:
            self._read[folder] = self._package(folder)
        return self._read[folder]

    def imported(self, path: str) -> Package | None:
        """The module's own package of that path, else None."""
        if path == self.module.path:
            return self.package(".")
        if not path.startswith(f"{self.module.path}/"):
            return None
        found = self.package(path.removeprefix(f"{self.module.path}/"))
        return found if found.sources else None

    def reached(self, folder: str) -> list[Package]:
        """The package in the folder, and every one of the module that it comes to need."""
        seen: dict[str, Package] = {}
        waiting = [self.package(folder)]
        while waiting:
            found = waiting.pop()
            if found.path in seen:
                continue
            seen[found.path] = found
            paths = {path for source in found.sources for _, path in source.imports}
            waiting += filter(None, map(self.imported, sorted(paths)))
        return list(seen.values())

    def path_of(self, name: str, source: Source) -> tuple[str, str] | None:
        """(alias or "", path) of the import that a file calls so."""
        for alias, path in source.imports:
            if alias == name or (not alias and name in self.names_of(path)):
                return alias, path
        return None

    def names_of(self, path: str) -> tuple[str, ...]:
        """What an import without an alias may be called."""
        own = self.imported(path)
        return (own.name,) if own is not None else packages.local_names(path)

    def type_of(self, node: Node | None, source: Source, package: Package) -> Type | None:
        """What a written type names, pointers and type arguments left out."""
        while node is not None and node.type in ("pointer_type", "generic_type", "parenthesized_type"):  # fmt: skip
            node = node.child_by_field_name("type") or next(iter(node.named_children), None)
        if node is None:
            return None
        if node.type == "type_identifier":
            return package.path, text(node)
        if node.type != "qualified_type":
            return None
        found = self.path_of(text(node.child_by_field_name("package")), source)
        name = text(node.child_by_field_name("name"))
        return (packages.unversioned(found[1]), name) if found else None

    def _package(self, folder: str) -> Package:
        sources = []
        name = ""
        for file in sorted((self.module.folder / folder).glob("*.go")):
            data = file.read_bytes()
            if file.name.endswith("_test.go") or not packages.is_built(file.name, data):
                continue
            name = packages.clause(data) or name
            root = parser().parse(data).root_node
            sources.append(Source(file, root, tuple(_imports(root))))
        path = self.module.path if folder == "." else f"{self.module.path}/{folder}"
        return Package(path, tuple(sources), name)


def _imports(root: Node) -> Iterator[tuple[str, str]]:
    for node in root.named_children:
        if node.type == "import_declaration":
            for spec in walk(node):
                if spec.type == "import_spec":
                    path = text(spec.child_by_field_name("path")).strip('"`')
                    yield text(spec.child_by_field_name("name")), path


def _receiver(node: Node) -> str:
    said = node.child_by_field_name("receiver")
    kinds = [text(each) for each in walk(said) if each.type == "type_identifier"] if said else []
    return kinds[0] if kinds else ""
