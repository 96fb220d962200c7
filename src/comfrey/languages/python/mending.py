"""Small edits of Python source: where a statement begins and ends, how it is indented, what is imported."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator

from comfrey.model.place import Place
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Argument,
    Assign,
    Call,
    ClassDef,
    Expression,
    FunctionDef,
    Import,
    Module,
    Name,
    Node,
    SourceFile,
    Span,
    Statement,
    walk,
)

Edits = tuple[Edit, ...]


# --- finding ------------------------------------------------------------------


def module_of(codebase: Codebase, file: str) -> Module | None:
    """The parsed file, None when it is no module of the app."""
    name = codebase.graph.module(file)
    return codebase.parsed(name) if name else None


def functions(module: Module | ClassDef | FunctionDef) -> Iterator[FunctionDef]:
    """Every function and method of a module, nested ones after what holds them."""
    for statement in module.body:
        for each in walk(statement):
            if isinstance(each, FunctionDef):
                yield each
                yield from functions(each)
            elif isinstance(each, ClassDef):
                yield from functions(each)


def classes(module: Module) -> Iterator[ClassDef]:
    """The classes at the top of a module."""
    return (each for each in module.body if isinstance(each, ClassDef))


def function_at(codebase: Codebase, place: Place | None) -> FunctionDef | None:
    """The innermost function that holds a place (a traceback's frame, a handler's definition)."""
    module = module_of(codebase, place.file) if place else None
    if module is None or place is None:
        return None
    holding = [each for each in functions(module) if covers(each, place.line)]
    named = [each for each in holding if each.name == place.name]
    found = named or holding
    return found[-1] if found else None


def class_at(codebase: Codebase, place: Place | None) -> ClassDef | None:
    """The class of a module's top level that holds a place."""
    module = module_of(codebase, place.file) if place else None
    found = (
        (each for each in classes(module) if place and covers(each, place.line)) if module else ()
    )
    return next(iter(found), None)


def called(codebase: Codebase, function: FunctionDef, call: Call) -> Iterator[FunctionDef]:
    """The functions of the tree that a call may mean: the one of its module or imported into it (`create`,
    `crud.tool.create`), else methods of the tree by the receiver's name."""
    module = module_of(codebase, function.span.source.path)
    known = origins(codebase, module) if module else {}
    head, _, name = call.function.text.rpartition(".")
    first, _, rest = head.partition(".")
    origin = known.get(head, "") or ".".join(filter(None, (known.get(first, ""), rest)))
    if not head:
        origin, _, name = known.get(name, f".{name}").rpartition(".")
    home = codebase.parsed(origin) if origin and (not head or first in known) else None
    home = home or (module if not head else None)
    found = [each for each in functions(home) if each.name == name] if home else []
    yield from found or (methods(codebase, head, name) if head else ())


def methods(codebase: Codebase, head: str, name: str) -> Iterator[FunctionDef]:
    """Methods of classes whose name speaks of the receiver (`self.drivers.get` → `DriverRepository.get`),
    inherited ones where the class has none of its own."""
    stem = head.rpartition(".")[2].lower().strip("_").replace("_", "")
    for module in codebase.modules((b"class ",)) if stem and stem != "self" else ():
        parsed = codebase.parsed(module)
        for owner in classes(parsed) if parsed else ():
            title = owner.name.lower()
            if parsed and (title.startswith(stem.rstrip("s")) or stem in title):
                yield from _methods(codebase, parsed, owner, name)


def _methods(
    codebase: Codebase, module: Module, owner: ClassDef, name: str, depth: int = 4
) -> Iterator[FunctionDef]:
    """A class's methods of that name, else those of what it extends."""
    own = [each for each in functions(owner) if each.name == name]
    yield from own
    known = origins(codebase, module)
    for base in owner.arguments if not own and depth and not _is_plain_data(owner) else ():
        title = re.split(r"[\[(]", base.value.text)[0].rpartition(".")[2]
        source = known.get(title, "").rpartition(".")[0]
        home = codebase.parsed(source) if source else module
        for each in classes(home) if home else ():
            if home and each.name == title and each is not owner:
                yield from _methods(codebase, home, each, name, depth - 1)


def _is_plain_data(owner: ClassDef) -> bool:
    return any(each.value.text in ("BaseModel", "Base", "Exception") for each in owner.arguments)


def covers(node: Node, line: int) -> bool:
    """Whether a line lies inside of the node."""
    return node.span.line <= line <= node.span.end_line


def inside(function: FunctionDef) -> Iterator[Node]:
    """Every node of a function's body, depth first in source order."""
    for statement in function.body:
        yield from walk(statement)


def statements(function: FunctionDef) -> Iterator[Statement]:
    """Every statement of a function's body, outer before inner."""
    return (each for each in inside(function) if isinstance(each, Statement))


def statement_of(function: FunctionDef, node: Node) -> Statement | None:
    """The innermost statement of the function that holds a node."""
    found = None
    for each in statements(function):
        if each.span.start <= node.span.start and node.span.end <= each.span.end:
            found = each
    return found


def statement_at(function: FunctionDef, line: int) -> Statement | None:
    """The innermost statement on a line."""
    found = [each for each in statements(function) if covers(each, line)]
    return found[-1] if found else None


def spelled(codebase: Codebase, module: Module, node: Expression) -> tuple[Module, Expression]:
    """A name followed to the expression that it stands for, through aliases and imports; bounded."""
    for _ in range(8):
        if not isinstance(node, Name):
            break
        found = _assigned(module, node.name)
        if found is not None:
            node = found
            continue
        source, _, name = bound(module).get(node.name, "").rpartition(".")
        other = codebase.parsed(source) if source else None
        if other is None or (expression := _assigned(other, name)) is None:
            break
        module, node = other, expression
    return module, node


def _assigned(module: Module, name: str) -> Expression | None:
    """The right-hand side of a top-level assignment."""
    for each in module.body:
        targets = each.targets if isinstance(each, Assign) else ()
        if any(isinstance(target, Name) and target.name == name for target in targets):
            return each.value if isinstance(each, Assign) else None
    return None


# --- editing ------------------------------------------------------------------


def replaced(node: Node, text: str) -> Edit:
    """The node written differently."""
    return Edit(file=node.span.source.path, start=node.span.start, end=node.span.end, text=text)


def source(argument: Argument) -> str:
    """An argument as it is written."""
    name = f"{argument.name}=" if argument.name else argument.spread
    return f"{name}{argument.value.text}"


def appended(node: Node, text: str) -> Edit:
    """`text` directly behind the node."""
    end = node.span.end
    return Edit(file=node.span.source.path, start=end, end=end, text=text)


def before_text(node: Node, text: str) -> Edit:
    """`text` directly before the node."""
    start = node.span.start
    return Edit(file=node.span.source.path, start=start, end=start, text=text)


def without(call: Call, keyword: str) -> Edit:
    """The call without one of its keyword arguments."""
    kept = ", ".join(source(each) for each in call.arguments if each.name != keyword)
    return replaced(call, f"{call.function.text}({kept})")


def indentation(node: Node) -> str:
    """The white space before a statement on its first line."""
    data = node.span.source.data
    start = data.rfind(b"\n", 0, node.span.start) + 1
    line = data[start : node.span.start].decode("utf-8", "replace")
    return line[: len(line) - len(line.lstrip())]


def before(statement: Node, text: str, *, keep: bool = False) -> Edit:
    """Lines before a statement, indented as it is. `text` is written without indentation; empty lines
    at its ends count only with `keep`."""
    at = _line_start(statement.span)
    lines = textwrap.indent(text if keep else text.strip("\n"), indentation(statement))
    return Edit(file=statement.span.source.path, start=at, end=at, text=f"{lines}\n")


def after(statement: Node, text: str, *, keep: bool = False) -> Edit:
    """Lines after a statement, likewise."""
    at = _line_end(statement.span)
    lines = textwrap.indent(text if keep else text.strip("\n"), indentation(statement))
    return Edit(file=statement.span.source.path, start=at, end=at, text=f"{lines}\n")


def removed(statement: Statement) -> Edit:
    """The statement gone, with its lines."""
    start, end = _line_start(statement.span), _line_end(statement.span)
    return Edit(file=statement.span.source.path, start=start, end=end, text="")


def rewritten(first: Statement, last: Statement, text: str) -> Edit:
    """The lines from one statement to another of the same block replaced, indented as the first is."""
    start, end = _line_start(first.span), _line_end(last.span)
    lines = textwrap.indent(text.strip("\n"), indentation(first))
    return Edit(file=first.span.source.path, start=start, end=end, text=f"{lines}\n")


def lines_of(first: Statement, last: Statement | None = None) -> str:
    """The source of one or more statements, without their common indentation."""
    start, end = _line_start(first.span), _line_end((last or first).span)
    return textwrap.dedent(first.span.source.data[start:end].decode("utf-8", "replace")).rstrip(
        "\n"
    )


def _line_start(span: Span) -> int:
    return span.source.data.rfind(b"\n", 0, span.start) + 1


def _line_end(span: Span) -> int:
    """After the newline that ends the span's last line (a trailing comment included)."""
    end = span.source.data.find(b"\n", span.end)
    return len(span.source.data) if end < 0 else end + 1


# --- imports ------------------------------------------------------------------


def bound(module: Module) -> dict[str, str]:
    """Local name → absolute dotted name, of a module's imports at its top."""
    found: dict[str, str] = {}
    for each in imports(module):
        if each.whole:
            names = each.names or ((each.module, each.alias or each.module.partition(".")[0]),)
            found |= {local: name for name, local in names}
        else:
            found |= {local: f"{each.module}.{name}" for name, local in each.names}
    return found


def origins(codebase: Codebase, module: Module) -> dict[str, str]:
    """As `bound`, with relative imports followed to the modules that they mean."""
    here = codebase.graph.module(module.source.path)
    found = bound(module)
    for each in imports(module):
        if each.level and not each.whole:
            home = codebase.graph.target(here, each)
            found |= {local: f"{home}.{name}" for name, local in each.names}
    return found


def imports(module: Module) -> Iterator[Import]:
    """The import statements at a module's top."""
    return (each for each in module.body if isinstance(each, Import))


def importing(module: Module, origin: str, names: Iterable[str]) -> Edits:
    """What must be written so that `names` of the module `origin` are bound; nothing for those that are."""
    known = bound(module)
    defined = {each.name for each in module.body if isinstance(each, ClassDef | FunctionDef)} | set(
        known
    )
    missing = sorted(set(names) - defined)
    if not missing:
        return ()
    same = next((e for e in imports(module) if _is_from(e, origin) and _is_plain(e)), None)
    if same is not None:
        return (_widened(same, missing),)
    text = f"from {origin} import {', '.join(missing)}"
    return (_new_import(module, origin, text),)


def _is_from(statement: Import, source: str) -> bool:
    return not statement.whole and not statement.level and statement.module == source


def _is_plain(statement: Import) -> bool:
    return all(name != "*" for name, _ in statement.names)


def _widened(statement: Import, missing: list[str]) -> Edit:
    """The import with more names, sorted as import sorters do; on several lines when it was."""
    written = [name if name == local else f"{name} as {local}" for name, local in statement.names]
    names = sorted({*written, *missing}, key=_import_order)
    head = statement.text.partition(" import ")[0]
    line = f"{head} import {', '.join(names)}"
    if "\n" in statement.text or len(line) > LINE:
        line = f"{head} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
    return replaced(statement, line)


LINE = 100


def _import_order(name: str) -> tuple[int, str, str]:
    """Constants, then classes, then the rest, each by the alphabet: what isort and ruff do."""
    bare = name.partition(" ")[0]
    kind = 0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2
    return kind, bare.lower(), bare


def _new_import(module: Module, origin: str, text: str) -> Edit:
    """A new import line: among those of the same kind where the alphabet wants it, else as a block."""
    every = [each for each in imports(module) if each.module != "__future__"]
    kind = _kind(module, origin)
    alike = [each for each in every if _kind(module, _origin(each)) == kind]
    smaller = [each for each in alike if _before(each, origin)]
    lower = [each for each in every if _kind(module, _origin(each)) < kind]
    if smaller:
        return after(smaller[-1], text)
    if alike:
        return before(alike[0], text)
    if lower:
        return after(lower[-1], f"\n{text}", keep=True)
    if every:
        return before(every[0], f"{text}\n", keep=True)
    return _first_import(module, text)


def _first_import(module: Module, text: str) -> Edit:
    first = next(iter(module.body), None)
    if first is None:
        return Edit(file=module.source.path, start=0, end=0, text=f"{text}\n")
    starts = bool(module.docstring) or isinstance(first, Import)
    both = f"\n{text}" if starts else f"{text}\n"
    return after(first, both, keep=True) if starts else before(first, both, keep=True)


def _before(statement: Import, origin: str) -> bool:
    """Plain imports come first, the rest by the alphabet."""
    return statement.whole or statement.module < origin


def _origin(statement: Import) -> str:
    if statement.level:
        return "."
    return statement.module or (statement.names[0][0] if statement.names else "")


def _kind(module: Module, name: str) -> int:
    """0 for the standard library, 1 for installed packages, 2 for the project's own."""
    top = name.partition(".")[0]
    if not top or top in module.source.path.removesuffix(".py").split("/"):
        return 2
    return 0 if top in sys.stdlib_module_names else 1


def reparsed(codebase: Codebase, file: str, data: bytes) -> Module:
    """A changed text of a file as nodes."""
    return codebase.language.parse(SourceFile(file, data))
