"""Imports that a repair has left without a use: they go with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.edit import edited
from comfrey.source.node import Import, Module, SourceFile


def unused(edits: tuple[Edit, ...], codebase: Codebase) -> tuple[Edit, ...]:
    """What takes away the names that were used before the edits and are not any more."""
    files = sorted({each.file for each in edits if each.file.endswith(codebase.language.suffixes)})
    return tuple(edit for file in files for edit in _of(file, edits, codebase))


def _of(file: str, edits: tuple[Edit, ...], codebase: Codebase) -> Iterator[Edit]:
    before = codebase.tree.text(file)
    mine = [each for each in edits if each.file == file]
    after = codebase.language.parse(SourceFile(file, edited(before, mine)))
    was = codebase.language.parse(SourceFile(file, before))
    gone = _used(was) - _used(after)
    for statement in _imports(was) if gone else ():
        span = statement.span
        untouched = all(each.end < span.start or span.end < each.start for each in mine)
        if untouched and any(local in gone for _, local in statement.names):
            yield _without(statement, gone)


def _imports(module: Module) -> list[Import]:
    return [each for each in module.body if isinstance(each, Import)]


def _used(module: Module) -> set[str]:
    """The imported names that the rest of the module's text speaks."""
    data = bytearray(module.source.data)
    names = set()
    for each in _imports(module):
        names |= {local for _, local in each.names}
        data[each.span.start : each.span.end] = b" " * (each.span.end - each.span.start)
    return names & set(re.findall(r"\w+", data.decode("utf-8", "replace")))


def _without(statement: Import, gone: set[str]) -> Edit:
    """The import with the other names, or nothing."""
    kept = [
        name if name == local else f"{name} as {local}"
        for name, local in statement.names
        if local not in gone
    ]
    span = statement.span
    file, data = span.source.path, span.source.data
    if not kept:
        end = data.find(b"\n", span.end) + 1 or len(data)
        return Edit(file=file, start=span.start, end=end, text="")
    head = statement.text.partition("import ")[0]
    names = ", ".join(kept)
    if "\n" in statement.text:
        names = "(\n" + "".join(f"    {each},\n" for each in kept) + ")"
    return Edit(file=file, start=span.start, end=span.end, text=f"{head}import {names}")
