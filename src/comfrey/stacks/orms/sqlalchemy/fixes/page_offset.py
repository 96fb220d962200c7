"""Pages that count from one and skip one page too many, or none."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import TOLD, Ailment, Cure
from comfrey.model.endpoint import Parameter
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Binary, Expression, Name

SYMPTOMS = (TOLD,)
RANK = 25


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`page * size` → `(page - 1) * size`, where the page is declared to be at least 1."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or ailment.kind != "listing" or not any(map(_counts, endpoint.parameters)):
        return None
    names = {each.attribute or each.name for each in endpoint.parameters}
    for product in _products(codebase, names):
        left, right = product.left, product.right
        page, size = (left, right) if _is_page(left) else (right, left)
        edit = mending.replaced(product, f"({page.text} - 1) * {size.text}")
        summary = "the first page begins with the first row"
        return Cure(summary=summary, edits=(edit,), place=product.place)
    return None


def _counts(parameter: Parameter) -> bool:
    """Whether it is a page number that is declared to start at one."""
    return _is_page_name(parameter.name) and parameter.schema.minimum == 1


def _products(codebase: Codebase, names: set[str]) -> Iterator[Binary]:
    """`page * size` in any function of the app's own modules."""
    for name in codebase.modules((b"offset", b"skip")):
        module = codebase.parsed(name)
        for function in mending.functions(module) if module else ():
            for each in mending.inside(function):
                if isinstance(each, Binary) and each.operator == "*":
                    sides = (each.left, each.right)
                    known = all(_last(side) in names for side in sides)
                    if known and sum(_is_page(side) for side in sides) == 1:
                        yield each


def _last(node: Expression) -> str:
    return node.text.rpartition(".")[2]


def _is_page(node: Expression) -> bool:
    return isinstance(node, Attribute | Name) and _is_page_name(_last(node))


def _is_page_name(word: str) -> bool:
    return "page" in word and "per" not in word and "size" not in word
