"""Small edits of Python source: what a call means, what is imported, on top of what holds for any language."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.mending import (
    Edits,
    after,
    appended,
    before,
    before_text,
    class_at,
    classes,
    covers,
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
    Argument,
    Assign,
    Call,
    ClassDef,
    Expression,
    FunctionDef,
    Import,
    Module,
    Name,
)

__all__ = [
    "LINE",
    "Edits",
    "after",
    "appended",
    "before",
    "before_text",
    "bound",
    "called",
    "class_at",
    "classes",
    "covers",
    "function_at",
    "functions",
    "imported",
    "importing",
    "imports",
    "indentation",
    "inside",
    "lines_of",
    "methods",
    "module_of",
    "origins",
    "removed",
    "reparsed",
    "replaced",
    "rewritten",
    "source",
    "spelled",
    "statement_at",
    "statement_of",
    "statements",
    "with_argument",
    "without",
]


# --- finding ------------------------------------------------------------------


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


def source(argument: Argument) -> str:
    """An argument as it is written."""
    name = f"{argument.name}=" if argument.name else argument.spread
    return f"{name}{argument.value.text}"


def with_argument(call: Call, text: str, *, first: bool = False) -> Edit:
    """A call with one more argument, the last one, or the first."""
    if not call.arguments:
        end = call.span.end - 1
        return Edit(file=call.span.source.path, start=end, end=end, text=text)
    if first:
        start = call.span.source.data.index(b"(", call.function.span.end) + 1
        return Edit(file=call.span.source.path, start=start, end=start, text=f"{text}, ")
    return appended(call.arguments[-1].value, f", {text}")


def without(call: Call, keyword: str) -> Edit:
    """The call without one of its keyword arguments."""
    kept = ", ".join(source(each) for each in call.arguments if each.name != keyword)
    return replaced(call, f"{call.function.text}({kept})")


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
    names = (*statement.names, *((each, each) for each in missing))
    return replaced(statement, imported(statement, names))


def imported(statement: Import, names: Iterable[tuple[str, str]]) -> str:
    """The statement with these (name, local name) instead of its own."""
    spelled = {name if name == local else f"{name} as {local}" for name, local in names}
    ordered = sorted(spelled, key=_import_order)
    head = statement.text.partition("import ")[0]
    line = f"{head}import {', '.join(ordered)}"
    if not head or ("\n" not in statement.text and len(line) <= LINE):
        return line
    return f"{head}import (\n" + "".join(f"    {each},\n" for each in ordered) + ")"


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
