"""How a program is put together up to where it listens, so that a suite can do the same in its own process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tree_sitter import Node

from comfrey.bench import process
from comfrey.bench.runtimes.go import manifests
from comfrey.bench.runtimes.go.wiring import readiness
from comfrey.bench.runtimes.go.wiring.listening import FIBER, Ground, Undecided
from comfrey.bench.runtimes.go.wiring.packages import (
    Function,
    Package,
    Program,
    statements,
    text,
    walk,
)
from comfrey.bench.runtimes.go.wiring.replay import MARKED, Replay, opened, replayed
from comfrey.bench.site import Site

LIMIT = 300.0
GENERATED = {"errors": "errors", "fmt": "fmt", "http": "net/http"}
"""The packages that a file may name which puts an app together, whatever the app names."""


@dataclass(frozen=True)
class Assembly:
    """`file` is where `main` stands; `imports` are (name, alias or "", path) of the packages that `body` and
    `handler` name, each name in ⟦⟧; `because` is why there is none."""

    file: str = ""
    imports: tuple[tuple[str, str, str], ...] = ()
    body: str = ""
    handler: str = ""
    because: str = ""

    def told(self) -> tuple[tuple[str, object], ...]:
        """As facts for a suite."""
        if self.because:
            return (("built_because", self.because),)
        return (("assembled", (self.file, self.imports, self.body, self.handler)),)


def assembly(site: Site) -> Assembly:
    """How the project's program is put together, tried out by compiling; or why that cannot be told."""
    found = manifests.module(site.folder, site.folder)
    entry = manifests.entry(found, site.folder) if found else ""
    if found is None or not entry:
        return Assembly(because="nothing here listens")
    program = Program(found)
    try:
        read = assembled(program, entry)
        _compiled(site, read)
    except Undecided as undecided:
        return Assembly(because=str(undecided))
    return read


def assembled(program: Program, entry: str) -> Assembly:
    """How the program in a folder is put together; `Undecided` where a test cannot do the same."""
    readiness.check(program, entry)
    package = program.package(entry)
    main = package.functions.get("main")
    if main is None:
        raise Undecided("it has no main")
    function, earlier = _listener(program, main)
    body = [*earlier, *statements(function.node)]
    for each in reversed(package.openings):
        body = [*opened(each), *body]
    found = replayed(Ground(program, function), body)
    file = function.source.file.relative_to(program.module.folder).as_posix()
    return _finished(package, file, found)


def _listener(program: Program, main: Function) -> tuple[Function, list[Node]]:
    """(the function that listens: `main`, or one that it calls with nothing; the statements before that)."""
    if any(True for _ in Ground(program, main).listening()):
        return main, []
    for at, statement in enumerate(statements(main.node)):
        for node in walk(statement):
            if node.type != "call_expression":
                continue
            function = main.package.functions.get(text(node.child_by_field_name("function")))
            if function is None or not any(True for _ in Ground(program, function).listening()):
                continue
            if function.parameters or function.source != main.source:
                name = text(function.node.child_by_field_name("name"))
                raise Undecided(f"{name} is told by main what to serve")
            return function, statements(main.node)[:at]
    raise Undecided("main does not listen by itself")


def _finished(package: Package, file: str, found: Replay) -> Assembly:
    imports = dict.fromkeys(found.imports)
    handler = found.handler
    for source in package.sources:
        for alias, path in source.imports:
            if alias == ".":
                raise Undecided("package main imports names without their package")
            if alias == "_" and path != "embed":
                imports[("", "_", path)] = None
    fiber = next((path for _, _, path in imports if re.match(rf"{FIBER}(?:/v\d+)?$", path)), "")
    if fiber:
        imports[("adaptor", "", f"{fiber}/middleware/adaptor")] = None
        handler = f"{MARKED.format('adaptor')}.FiberApp({handler})"
    return Assembly(file, tuple(imports), found.body, handler)


def source(found: Assembly, package: str) -> str:
    """A file of the package that does nothing but put the app together."""
    said = f"{found.body}\n\n\treturn tests({found.handler})"
    generated = re.sub(r"⟦\w+⟧", "", said)
    own = [
        "net/http",
        *(each for each in GENERATED if each != "http" and re.search(rf"\b{each}\.", generated)),
    ]
    lines = {f'"{each}"' for each in own}
    for name, alias, path in found.imports:
        clashes = GENERATED.get(name, path) != path
        called = f"{name}pkg" if clashes else alias
        said = said.replace(MARKED.format(name), f"{name}pkg" if clashes else name)
        lines.add(f'{called} "{path}"' if called else f'"{path}"')
    imports = "\n".join(f"\t{each}" for each in sorted(lines))
    return (
        f"package {package}\n\nimport (\n{imports}\n)\n\n"
        f"func Assemble(tests func(http.Handler) (int, error)) (int, error) {{\n{said}\n}}\n"
    )


def _compiled(site: Site, found: Assembly) -> None:
    """That the suite's folder may say so: it is compiled there, and taken away again."""
    tests = site.folder / "tests"
    stood = tests.is_dir()
    tests.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="assembled", dir=tests) as folder:
        (Path(folder) / "assembled.go").write_text(source(found, "assembled"), encoding="utf-8")
        done = process.run(
            [site.program, "build", f"./{Path(folder).relative_to(site.folder)}"],
            cwd=site.folder,
            environ=dict(site.environ),
            timeout=LIMIT,
        )
    if not stood:
        tests.rmdir()
    if done.exit or done.timed_out:
        said = re.search(r"assembled\.go:\d+:\d+: ([^\n]*)", done.text)
        why = said[1] if said else " ".join(done.text.split())[:200]
        raise Undecided(f"what main does to put it together does not compile elsewhere ({why})")
