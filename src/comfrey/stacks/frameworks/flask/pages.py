"""Views that show a page and take its form: whether it is shown again."""

from __future__ import annotations

from comfrey.source.node import Call, Expression, TupleOf
from comfrey.source.study import Study
from comfrey.stacks.ways import ways

RENDERS = ("render_template", "render_template_string", "render")


def shows_again(study: Study) -> bool:
    """Whether a form that does not fit is shown again: the view ends in a page beside what it does with one that
    fits."""
    return any(is_rendered(each.value) for each in ways(study, "POST") if not each.taken)


def is_rendered(value: Expression) -> bool:
    """Whether a page is made of a template."""
    first = value.items[0] if isinstance(value, TupleOf) and value.items else value
    return isinstance(first, Call) and first.function.text.rpartition(".")[2] in RENDERS
