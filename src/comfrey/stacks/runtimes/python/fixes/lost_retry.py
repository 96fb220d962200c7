"""A loop of tries that gives up in its first round, by the very error that its end is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, SENT, TURNED_AWAY, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import For, FunctionDef, If, Raise
from comfrey.source.node import Statement as Line

SYMPTOMS = (ANSWERED, SENT, TURNED_AWAY)
RANK = 15


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`raise Busy` in the loop → `continue`; the one behind the loop stays."""
    endpoint = project.endpoint(ailment.subject)
    if ailment.failure != "rate_limit" or endpoint is None:
        return None
    for use in endpoint.services:
        function = mending.function_at(codebase, use.place) if use.retried else None
        for early in _early(function) if function else ():
            edits = (mending.rewritten(early, early, "continue"),)
            summary = f"{function.name if function else ''} tries again before it gives up"
            return Cure(summary=summary, edits=edits, place=early.place)
    return None


def _early(function: FunctionDef) -> Iterator[Raise]:
    """The only statement under a condition of the loop, where it raises what stands behind the loop."""
    for loop, end in pairwise(function.body):
        if isinstance(loop, For) and isinstance(end, Raise) and end.value is not None:
            for each in loop.body:
                body: list[Line] = list(each.body) if isinstance(each, If) else []
                only = body[0] if len(body) == 1 else None
                if isinstance(only, Raise) and only.value and only.value.text == end.value.text:
                    yield only
