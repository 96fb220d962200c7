"""Small edits of JavaScript and TypeScript source: indentation, quotes, imports of either kind, what a call means."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from posixpath import dirname, relpath
from typing import NamedTuple

from comfrey.languages.javascript.expressions import ANONYMOUS
from comfrey.languages.javascript.graph import ENDINGS
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.mending import (
    Edits,
    after,
    appended,
    appended_to,
    before,
    before_text,
    class_at,
    classes,
    covers,
    dedented,
    function_at,
    functions,
    indentation,
    inside,
    lines_of,
    module_of,
    removed,
    reparsed,
    replaced,
    rewritten,
    statement_at,
    statement_of,
    statements,
)
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Expression,
    FunctionDef,
    Import,
    Module,
    Name,
    Node,
    Statement,
    walk,
)

__all__ = [
    "LINE",
    "Edits",
    "Origin",
    "after",
    "appended",
    "appended_to",
    "assigned",
    "before",
    "before_text",
    "block",
    "bound",
    "called",
    "class_at",
    "classes",
    "covers",
    "dedented",
    "defined",
    "everything",
    "file_of",
    "function_at",
    "functions",
    "imported",
    "importing",
    "indentation",
    "inside",
    "lines_of",
    "module_of",
    "quoted",
    "removed",
    "reparsed",
    "replaced",
    "rewritten",
    "semicolon",
    "spelled",
    "statement_at",
    "statement_of",
    "statements",
    "unit",
    "within",
]
LINE = 100
REQUIRE = re.compile(r"\brequire\s*\(")


class Origin(NamedTuple):
    """Where an imported name comes from: a module as it is written, and the name there ("" for all of it)."""

    specifier: str
    name: str


# --- finding ------------------------------------------------------------------


def within(function: FunctionDef) -> Iterator[Statement]:
    """Every statement of a function and of the functions in it (a transaction's, a wrapper's)."""
    for each in inside(function):
        if isinstance(each, Statement):
            yield each
        if isinstance(each, FunctionDef):
            yield from within(each)


def called(codebase: Codebase, function: FunctionDef, call: Call) -> Iterator[FunctionDef]:
    """The functions of the tree that a call may mean: its module's own, imported ones (`create(…)`,
    `books.create(…)`), else methods by the receiver's name (`this.books.create(…)` → `BooksService.create`)."""
    module = module_of(codebase, function.span.source.path)
    if module is None:
        return
    target = call.function
    name = target.name if isinstance(target, Name | Attribute) else ""
    first = target.text.partition(".")[0].strip()
    origin = bound(module).get(first)
    home = module
    if origin is not None:
        file = file_of(codebase, module, origin.specifier)
        home_ = module_of(codebase, file) if file else None
        if home_ is None:
            return
        home, name = home_, origin.name if isinstance(target, Name) and origin.name else name
    found = [each for each in functions(home) if each.name == name]
    yield from found or _methods(codebase, target, name)


def _methods(codebase: Codebase, target: object, name: str) -> Iterator[FunctionDef]:
    """Methods of classes whose name speaks of the receiver."""
    owner = target.of.text if isinstance(target, Attribute) else ""
    stem = owner.rpartition(".")[2].lower().strip("_#")
    for each in codebase.modules((b"class ",)) if stem and stem != "this" else ():
        parsed = codebase.parsed(each)
        for found in classes(parsed) if parsed else ():
            title = found.name.lower()
            if title.startswith(stem.rstrip("s")) or stem in title:
                yield from (e for e in functions(found) if e.name == name)


def defined(module: Module) -> set[str]:
    """The names that a module makes itself at its top."""
    found: set[str] = set()
    for each in module.body:
        if isinstance(each, FunctionDef | ClassDef):
            found.add(each.name)
        elif isinstance(each, Assign):
            found |= {target.name for target in each.targets if isinstance(target, Name)}
    return found - {ANONYMOUS}


def spelled(codebase: Codebase, module: Module, node: Expression) -> tuple[Module, Expression]:
    """A name followed to the expression that it stands for, through imports; bounded."""
    for _ in range(8):
        if not isinstance(node, Name):
            break
        found = assigned(module, node.name)
        if found is not None:
            node = found
            continue
        origin = bound(module).get(node.name)
        file = file_of(codebase, module, origin.specifier) if origin else None
        other = module_of(codebase, file) if file else None
        value = assigned(other, origin.name) if other is not None and origin else None
        if other is None or value is None:
            break
        module, node = other, value
    return module, node


def assigned(module: Module, name: str) -> Expression | None:
    """The right-hand side of a top-level variable."""
    for each in module.body:
        targets = each.targets if isinstance(each, Assign) else ()
        if any(isinstance(target, Name) and target.name == name for target in targets):
            return each.value if isinstance(each, Assign) else None
    return None


def everything(module: Module) -> Iterator[Node]:
    """Every node of a module, functions' bodies included, outer before inner."""
    for statement in module.body:
        yield from _deep(statement)


def _deep(node: Node) -> Iterator[Node]:
    for each in walk(node):
        yield each
        if isinstance(each, FunctionDef | ClassDef):
            for statement in each.body:
                yield from _deep(statement)


# --- style ----------------------------------------------------------------------


def unit(module: Module) -> str:
    """One step of indentation, as the file has it."""
    found = re.search(rb"^(?:\t|  +)(?=\S)(?!\*)", module.source.data, re.M)
    return found[0].decode() if found else "  "


def semicolon(module: Module) -> str:
    """ ";", unless the file does without."""
    data = module.source.data
    with_, without = (len(re.findall(each, data, re.M)) for each in (rb";\s*$", rb"[\w)\]'\"`]$"))
    return ";" if with_ >= without or with_ > 3 else ""


def quoted(module: Module, text: str) -> str:
    """The text as a string literal in the file's quotes."""
    data = module.source.data
    quote = '"' if data.count(b'"') > data.count(b"'") else "'"
    if quote in text and "\"'".replace(quote, "") not in text:
        quote = "\"'".replace(quote, "")
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


def block(module: Module, head: str, body: str) -> str:
    """`head { body }` on several lines, written without indentation."""
    return f"{head} {{\n{textwrap.indent(body, unit(module))}\n}}"


# --- imports ------------------------------------------------------------------


def imports(module: Module) -> Iterator[Import]:
    """The imports of values at a module's top, `require` among them."""
    for each in module.body:
        if isinstance(each, Import) and not each.text.startswith(("import type", "export")):
            yield each


def bound(module: Module) -> dict[str, Origin]:
    """Local name → origin, of a module's imports at its top."""
    return {
        local: Origin(each.module, name)
        for each in imports(module)
        for name, local in each.names
        if local != "*"
    }


def importing(
    codebase: Codebase,
    module: Module,
    source: str,
    names: Iterable[str],
    exported: str | None = None,
) -> Edits:
    """What must be written so that `names` of `source` (a file of the tree, or a package) are bound here.
    `exported` is "default" or "" (all of the module) for the one name that is not taken between braces."""
    known = {*bound(module), *defined(module)}
    missing = sorted(set(names) - known)
    if not missing or source == module.source.path:
        return ()
    if exported in ("", "default"):
        return (_new(codebase, module, source, missing[0], exported),)
    same = next((e for e in imports(module) if _widens(codebase, module, e, source)), None)
    if same is not None:
        return (_widened(same, missing),)
    return (_new(codebase, module, source, f"{{ {', '.join(missing)} }}"),)


def file_of(codebase: Codebase, module: Module, specifier: str) -> str | None:
    """The file of the tree that a specifier of the module means."""
    statement = next((e for e in imports(module) if e.module == specifier), None)
    target = codebase.graph.target(module.source.path, statement) if statement else specifier
    return codebase.graph.file(target)


def _widens(codebase: Codebase, module: Module, statement: Import, source: str) -> bool:
    """Whether the statement takes names from the source by braces."""
    meant = codebase.graph.target(module.source.path, statement)
    return source in (meant, statement.module) and "{" in statement.text


def _widened(statement: Import, missing: list[str]) -> Edit:
    """The statement with more names between its braces."""
    names = (*statement.names, *((each, each) for each in missing))
    return replaced(statement, imported(statement, names))


def imported(statement: Import, names: Iterable[tuple[str, str]]) -> str:
    """The statement with these (name, local name) instead of its own: those between braces sorted if they were."""
    text, wanted = statement.text, dict.fromkeys(names)
    head, brace, rest = text.partition("{")
    inner, _, tail = rest.partition("}")
    plain = [local for name, local in wanted if name in ("", "default")]
    old = {_local(each): each.strip() for each in inner.split(",") if each.strip()}
    known = {local for _, local in statement.names}
    kept = [old[local] for local in old if local in {e for _, e in wanted}]
    renames = ": " if text.rstrip(";").endswith(")") else " as "
    new = [
        name if name == local else f"{name}{renames}{local}"
        for name, local in wanted
        if local not in known and local not in plain
    ]
    inside = [*kept, *new]
    if list(old) == sorted(old, key=_order):
        inside.sort(key=lambda each: _order(_local(each)))
    if not inside:
        return f"{head.rstrip().rstrip(',')}{tail}" if brace else text
    if not plain and "," in head:
        head = re.sub(r"[\w$]+\s*,\s*$", "", head)
    line = f"{head}{{ {', '.join(inside)} }}{tail}"
    if "\n" in inner or len(line) > LINE:
        return f"{head}{{\n" + "".join(f"  {each},\n" for each in inside) + f"}}{tail}"
    return line


def _local(spelled: str) -> str:
    """`type a as b` → b."""
    return re.split(r"\s+as\s+|\s*:\s*", spelled.strip().removeprefix("type "))[-1].strip()


def _order(name: str) -> str:
    return name.lower()


def _new(
    codebase: Codebase, module: Module, source: str, what: str, exported: str | None = None
) -> Edit:
    """A new import below the others of its kind."""
    data = module.source.data.decode("utf-8", "replace")
    known = list(imports(module))
    specifier = quoted(module, _specifier(codebase, module, known, source))
    end = semicolon(module)
    text = f"import {'* as ' if exported == '' else ''}{what} from {specifier}{end}"
    if REQUIRE.search(data) and not re.search(r"^import\b", data, re.M):
        text = f"const {what} = require({specifier}){end}"
    relative = [each for each in known if each.module.startswith(".")]
    outside = [each for each in known if not each.module.startswith(".")]
    alike = relative if source in codebase.tree else outside
    if alike or known:
        return after((alike or known)[-1], text)
    first = next(iter(module.body), None)
    at = first.span.start if first is not None else 0
    return Edit(file=module.source.path, start=at, end=at, text=f"{text}\n\n")


def _specifier(codebase: Codebase, module: Module, known: list[Import], source: str) -> str:
    """How this module would name the source: relative, with or without an ending as its neighbours do."""
    if source not in codebase.tree:
        return source
    path = relpath(source, dirname(module.source.path) or ".")
    path = path if path.startswith(".") else f"./{path}"
    stem = next((path.removesuffix(e) for e in ENDINGS if path.endswith(e)), path)
    ending = next((e for e in ENDINGS for each in known if _relative_with(each, e)), "")
    return f"{stem}{ending}" if ending else stem.removesuffix("/index")


def _relative_with(statement: Import, ending: str) -> bool:
    return statement.module.startswith(".") and statement.module.endswith(ending)
