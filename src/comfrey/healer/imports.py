"""Imports of repairs: those left without a use go with it, and two that want the same line share it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.remedy import Edit, Repair
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
            yield _without(statement, gone, codebase)


def shared(repairs: tuple[Repair, ...], codebase: Codebase) -> tuple[Repair, ...]:
    """The repairs, where those that widen one import by different names all widen it by all of these."""
    wanted: dict[tuple[str, int, int], set[str]] = {}
    for edit in (each for repair in repairs for each in repair.edits):
        if edit.start < edit.end and edit.file.endswith(codebase.language.suffixes):
            wanted.setdefault((edit.file, edit.start, edit.end), set()).add(edit.text)
    merged: dict[Edit, str] = {}
    for (file, start, end), texts in wanted.items():
        text = _merged(file, sorted(texts), codebase) if len(texts) > 1 else ""
        if text:
            merged |= {Edit(file=file, start=start, end=end, text=each): text for each in texts}
    return tuple(
        each.replace(
            edits=tuple(edit.replace(text=merged.get(edit, edit.text)) for edit in each.edits)
        )
        for each in repairs
    )


def _merged(file: str, texts: list[str], codebase: Codebase) -> str:
    """One import statement with the names of all, "" when they are not all of one module."""
    read = [_only(file, each, codebase) for each in texts]
    statements = [each for each in read if each is not None and not each.whole]
    modules = {(each.module, each.level) for each in statements}
    if len(statements) != len(texts) or len(modules) != 1:
        return ""
    longest = max(statements, key=lambda each: len(each.names))
    names = {pair for each in statements for pair in each.names}
    if names == {*longest.names}:
        return longest.text
    return codebase.language.imported(longest, tuple(sorted(names)))


def _only(file: str, text: str, codebase: Codebase) -> Import | None:
    """The one import that a text is."""
    body = list(codebase.language.parse(SourceFile(file, text.encode())).body)
    return body[0] if len(body) == 1 and isinstance(body[0], Import) else None


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


def _without(statement: Import, gone: set[str], codebase: Codebase) -> Edit:
    """The import with the other names, or nothing."""
    kept = tuple(each for each in statement.names if each[1] not in gone)
    span = statement.span
    file, data = span.source.path, span.source.data
    if not kept:
        start = data.rfind(b"\n", 0, span.start) + 1
        end = data.find(b"\n", span.end) + 1 or len(data)
        return Edit(file=file, start=start, end=end, text="")
    text = codebase.language.imported(statement, kept)
    return Edit(file=file, start=span.start, end=span.end, text=text)
