"""A password that is compared, and the outcome thrown away."""

from __future__ import annotations

import re

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Evaluate, FunctionDef, Return

SYMPTOMS = (LET_IN, ANSWERED)
RANK = 9
VERIFY = re.compile(r"verify|check_?password|checkpw|compare_digest", re.I)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`verify(…)` on a line of its own → what it says is part of what the function gives back."""
    if 401 not in ailment.expected and 400 not in ailment.expected and 403 not in ailment.expected:
        return None
    for name in codebase.modules((b"verify", b"check_password", b"checkpw", b"compare_digest")):
        file = codebase.graph.file(name) or ""
        module = None if codebase.language.is_test(file) else codebase.parsed(name)
        for function in mending.functions(module) if module else ():
            found = _discarded(function)
            if found is not None:
                return _kept(function, *found)
    return None


def _discarded(function: FunctionDef) -> tuple[Evaluate, Return] | None:
    """(the comparison that nobody looks at, the answer that follows it)."""
    body = list(function.body)
    last = body[-1] if body else None
    if not VERIFY.search(function.name) or not isinstance(last, Return) or last.value is None:
        return None
    for each in body:
        if isinstance(each, Evaluate) and VERIFY.search(each.text):
            return each, last
    return None


def _kept(function: FunctionDef, check: Evaluate, answer: Return) -> Cure:
    value = answer.value.text if answer.value else "True"
    both = "matches" if value == "True" else f"matches and {value}"
    edits = (
        mending.before_text(check, "matches = "),
        mending.replaced(answer, f"return {both}"),
    )
    summary = f"{function.name} says what the comparison says"
    return Cure(summary=summary, edits=edits, place=function.place)
