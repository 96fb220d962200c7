"""What a model's own `save` puts into its fields: a slug from a title, a code that nobody gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.node import Assign, Attribute, Constant, FunctionDef, If, Name, Statement, walk
from comfrey.source.value import ClassValue, FunctionValue

METHODS = ("save", "clean", "full_clean")


def filled_on_save(codebase: Codebase, kind: ClassValue) -> dict[str, bool]:
    """Field → whether it is set whatever it held (`self.slug = slugify(self.title)`), or only while it holds
    nothing (`if not self.slug`)."""
    found: dict[str, bool] = {}
    for name in METHODS:
        for function in _called(codebase, kind, name):
            for field, always in _filled(function.body):
                found[field] = found.get(field, False) or (always and name == "save")
    return found


def _called(codebase: Codebase, kind: ClassValue, name: str) -> Iterator[FunctionDef]:
    """The method of that name, and those of the tree that it hands on to (`super().save(…)`)."""
    for each in codebase.mro(kind):
        member = codebase.own_member(each, name) if isinstance(each, ClassValue) else None
        function = member.value if member is not None else None
        if not isinstance(function, FunctionValue) or not isinstance(function.node, FunctionDef):
            continue
        if function.scope.file.startswith(LIBRARY):
            return
        yield function.node
        if "super(" not in function.node.text:
            return


def _filled(body: Iterable[Statement]) -> Iterator[tuple[str, bool]]:
    for statement in body:
        if isinstance(statement, Assign):
            yield from ((name, True) for name in _own(statement))
        elif isinstance(statement, If):
            inside = [e for s in (*statement.body, *statement.otherwise) for e in walk(s)]
            for each in inside:
                if isinstance(each, Assign):
                    computed = not isinstance(each.value, Constant)
                    for name in _own(each):
                        yield name, computed and not _asks_for(name, statement)


def _asks_for(field: str, condition: If) -> bool:
    """Whether a condition looks at the field itself; `if self.parent: self.level = …` does not."""
    return any(isinstance(each, Attribute) and each.name == field for each in walk(condition.test))


def _own(statement: Assign) -> Iterator[str]:
    for target in statement.targets:
        if (
            isinstance(target, Attribute)
            and isinstance(target.of, Name)
            and target.of.name == "self"
        ):
            yield target.name
