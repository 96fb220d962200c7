"""Small edits of Go source: blocks, imports sorted as gofmt has them, what a statement answers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.mending import (
    Edits,
    after,
    appended,
    before,
    before_text,
    class_at,
    covers,
    function_at,
    functions,
    inside,
    lines_of,
    module_of,
    replaced,
    rewritten,
    statement_at,
    statements,
)
from comfrey.source.node import Call, Compare, Constant, If, Module, Name, Statement

__all__ = [
    "Edits",
    "after",
    "appended",
    "before",
    "before_text",
    "block",
    "blocks",
    "class_at",
    "covers",
    "dotted",
    "fails",
    "function_at",
    "functions",
    "importing",
    "inside",
    "lines_of",
    "local_name",
    "module_of",
    "neighbours",
    "replaced",
    "rewritten",
    "statement_at",
    "statements",
]
BLOCK = re.compile(r"^import \(\n(.*?)^\)", re.M | re.S)
SINGLE = re.compile(r"^import ((?:[\w.]+ )?\"[^\"]+\")$", re.M)
PATH = re.compile(r"\"([^\"]+)\"")


# --- finding ------------------------------------------------------------------


def blocks(body: tuple[Statement, ...]) -> Iterator[tuple[Statement, ...]]:
    """A list of statements and every list inside it, functions left out."""
    yield body
    for each in body:
        for name in ("body", "otherwise"):
            inner = getattr(each, name, ())
            if isinstance(inner, tuple) and inner:
                yield from blocks(inner)


def fails(statement: Statement) -> str:
    """The name of the error that an `if err != nil` asks for, else ""."""
    test = statement.test if isinstance(statement, If) else None
    if not isinstance(test, Compare) or len(test.rest) != 1:
        return ""
    operator, right = test.rest[0]
    is_nil = isinstance(right, Constant) and right.value is None
    asked = isinstance(test.first, Name) and operator == "!=" and is_nil
    return test.first.text if asked else ""


def dotted(call: Call) -> str:
    """The last name of what is called: `db.WithContext(c).First` → First."""
    return call.function.text.rpartition(".")[2]


def neighbours(codebase: Codebase, module: Module) -> list[Module]:
    """The parsed files of the app: the module itself, those of its package, then the rest."""
    here = module.source.path
    folder = here.rpartition("/")[0]
    names = [each for each in codebase.modules() if not codebase.language.is_test(each)]
    names.sort(key=lambda each: (each != here, each.rpartition("/")[0] != folder, each))
    return [parsed for each in names if (parsed := codebase.parsed(each)) is not None]


# --- writing ------------------------------------------------------------------


def block(head: str, body: str) -> str:
    """`head { body }` on several lines."""
    return f"{head} {{\n{textwrap.indent(body, chr(9))}\n}}"


def local_name(module: Module, path: str) -> str:
    """By what name a file uses a package, "" where it does not import it."""
    text = module.source.data.decode("utf-8", "replace")
    found = re.search(rf"^(?:import )?\s*([\w.]+ )?\"{re.escape(path)}(?:/v\d+)?\"", text, re.M)
    if found is None:
        return ""
    return (found[1] or re.sub(r"/v\d+$", "", path).rpartition("/")[2]).strip()


def importing(module: Module, *paths: str) -> Edits:
    """What must be written so that the packages are imported, in the group where their like stand."""
    missing = sorted({each for each in paths if not local_name(module, each)})
    if not missing:
        return ()
    text = module.source.data.decode("utf-8", "replace")
    found = BLOCK.search(text)
    if found is not None:
        return (_edit(module, text, found.start(), found.end(), _with(found[1], missing)),)
    single = SINGLE.search(text)
    if single is not None:
        lines = _with(f"\t{single[1]}\n", missing)
        return (_edit(module, text, single.start(), single.end(), lines),)
    clause = re.search(r"^package \w+\n", text, re.M)
    at = clause.end() if clause else 0
    return (_edit(module, text, at, at, _with("", missing), before="\n", behind="\n"),)


def _edit(
    module: Module, text: str, start: int, end: int, lines: str, before: str = "", behind: str = ""
) -> Edit:
    first, last = (len(text[:at].encode()) for at in (start, end))
    written = f"{before}import (\n{lines}){behind}"
    return Edit(file=module.source.path, start=first, end=last, text=written)


def _with(lines: str, missing: list[str]) -> str:
    groups = [each.split("\n") for each in lines.strip("\n").split("\n\n") if each.strip()]
    for path in missing:
        line = f'\t"{path}"'
        alike = [e for e in groups if all(_is_standard(_path(x)) == _is_standard(path) for x in e)]
        if alike:
            alike[0].append(line)
            alike[0].sort(key=_path)
        elif _is_standard(path):
            groups.insert(0, [line])
        else:
            groups.append([line])
    return "\n\n".join("\n".join(each) for each in groups) + "\n"


def _path(line: str) -> str:
    found = PATH.search(line)
    return found[1] if found else line


def _is_standard(path: str) -> bool:
    return "." not in path.partition("/")[0]
