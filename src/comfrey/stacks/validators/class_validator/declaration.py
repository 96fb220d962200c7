"""The property of a DTO that declares an input, and edits of its decorators."""

from __future__ import annotations

import re
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.place import Place
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Call, Expression, Module

PACKAGE = "class-validator"


class Property(NamedTuple):
    """A decorated member of a class."""

    module: Module
    statement: Assign

    @property
    def marks(self) -> tuple[Expression, ...]:
        return tuple(getattr(self.statement, "decorators", ()) or ())

    def mark(self, *names: str) -> Expression | None:
        """The first decorator that goes by one of the names."""
        return next((each for each in self.marks if named(each) in names), None)


def named(mark: Expression) -> str:
    return (mark.function if isinstance(mark, Call) else mark).text.rpartition(".")[2]


def declared(codebase: Codebase, place: Place | None, field: str) -> Property | None:
    """The property whose declaration lies at the place."""
    module = mending.module_of(codebase, place.file) if place is not None else None
    if module is None or place is None:
        return None
    for kind in mending.classes(module):
        for each in kind.body:
            if isinstance(each, Assign) and mending.covers(each, place.line):
                return Property(module, each)
    return None


def added(codebase: Codebase, found: Property, text: str) -> Edits:
    """One more decorator below the property's others, and its import."""
    data, start = found.statement.span.source.data, found.statement.span.start
    begin = data.rfind(b"\n", 0, start) + 1
    margin = data[begin:start].decode() if not data[begin:start].strip() else "  "
    at = found.marks[-1].span.end if found.marks else start
    line = f"\n{margin}@{text}" if found.marks else f"@{text}\n{margin}"
    name = re.split(r"\W", text)[0]
    edit = Edit(file=found.module.source.path, start=at, end=at, text=line)
    return (edit, *mending.importing(codebase, found.module, PACKAGE, [name]))


def without(found: Property, mark: Expression) -> Edits:
    """The decorator's line away, and the `?` behind the property's name; its import where nothing else needs it."""
    data, path = mark.span.source.data, found.module.source.path
    end = mark.span.end
    while data[end : end + 1].isspace():
        end += 1
    edits = [Edit(file=path, start=mark.span.start - 1, end=end, text="")]
    start = found.statement.span.start
    asked = re.search(rb"\w(\?)\s*:[^:]*$", data[start : found.statement.span.end])
    if asked:
        at = start + asked.start(1)
        edits.append(Edit(file=path, start=at, end=at + 1, text=""))
    name = named(mark)
    if len(re.findall(rb"\b%s\b" % name.encode(), data)) == 2:
        for each in mending.imports(found.module):
            kept = [pair for pair in each.names if pair[1] != name]
            if kept and len(kept) < len(each.names):
                edits.append(mending.replaced(each, mending.imported(each, kept)))
    return tuple(edits)
