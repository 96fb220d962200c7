"""What keeps an app from living in the process of its tests, however it is put together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from comfrey.bench.runtimes.go.wiring.listening import Undecided
from comfrey.bench.runtimes.go.wiring.packages import Function, Package, Program, Source, text, walk

READS = re.compile(
    r"\bos\.(?:Getenv|LookupEnv|Environ|ExpandEnv|Open|ReadFile)\(|\bviper\.(?:Get|Unmarshal|ReadIn)"
    r"|\b(?:godotenv|envconfig|koanf|cleanenv)\.|\benv\.(?:Parse|Load|Must)|\b(?:gorm|sql|sqlx|pgx|pgxpool)\.(?:Open|Connect|New)\w*\("
)
"""What asks for settings, files or a database."""
ASKED = re.compile(r"\b(?:gin\.Context|echo\.Context|http\.ResponseWriter|fiber\.Ctx)\b")
FATAL = re.compile(r"\b(?:log|logrus)\.Fatal\w*\(|\bos\.Exit\(|\b\w*[lL]og(?:ger)?\.Fatal\w*\(")


def check(program: Program, folder: str) -> None:
    """`Undecided` where a package reads its settings when it is loaded, before a test could set them, or where a
    request can end the process."""
    for package in program.reached(folder)[1:]:
        for start, source in _first(package):
            if _asks(start, source, package, program, set()):
                raise Undecided(
                    f"package {package.name} reads its settings while it is loaded, before a test could set them"
                )
        for function in (*package.functions.values(), *package.methods.values()):
            head = text(function.node.child_by_field_name("parameters"))
            if ASKED.search(head) and FATAL.search(text(function.node)):
                name = text(function.node.child_by_field_name("name"))
                raise Undecided(f"{package.name}.{name} can end the process within a request")


def _first(package: Package) -> Iterator[tuple[Node, Source]]:
    """What runs when the package is loaded."""
    for source, spec in package.values:
        said = spec.child_by_field_name("value")
        if said is not None:
            yield said, source
    for each in package.openings:
        yield each.node, each.source


def _asks(
    node: Node, source: Source, package: Package, program: Program, seen: set[tuple[str, str]]
) -> bool:
    """Whether the code, or a function that it calls, asks for something from outside."""
    spoken = "".join(_calls_of(node))
    if READS.search(spoken):
        return True
    for function in _called(node, source, package, program):
        key = (function.package.path, text(function.node.child_by_field_name("name")))
        if key in seen:
            continue
        seen.add(key)
        if _asks(function.node, function.source, function.package, program, seen):
            return True
    return False


def _calls_of(node: Node) -> Iterator[str]:
    closures = node.type != "expression_list"
    for each in walk(node, closures=closures):
        if each.type == "call_expression":
            yield f"{text(each.child_by_field_name('function'))}(\n"


def _called(node: Node, source: Source, package: Package, program: Program) -> Iterator[Function]:
    for each in walk(node, closures=node.type != "expression_list"):
        if each.type != "call_expression":
            continue
        called = each.child_by_field_name("function")
        if called is None:
            continue
        owner: Package | None = package
        if called.type == "selector_expression":
            found = program.path_of(text(called.child_by_field_name("operand")), source)
            owner = program.imported(found[1]) if found else None
            called = called.child_by_field_name("field") or called
        function = owner.functions.get(text(called)) if owner is not None else None
        if function is not None:
            yield function
