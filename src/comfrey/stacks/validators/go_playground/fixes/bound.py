"""A bound that the column has and the tag lacks, or has differently."""

from __future__ import annotations

import re
from typing import Any

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign
from comfrey.stacks.lacking import Rule, lacking, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
RULES = re.compile(r'(binding|validate):"([^"]*)"')
WORDS = {
    "minimum": "min",
    "maximum": "max",
    "exclusive_minimum": "gt",
    "exclusive_maximum": "lt",
    "min_length": "min",
    "max_length": "max",
}
SAME = {"min": ("min", "gte", "gt"), "max": ("max", "lte", "lt"), "gt": ("min", "gte", "gt"), "lt": ("max", "lte", "lt")}  # fmt: skip


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`binding:"min=1,max=6"` → `binding:"min=1,max=5"`."""
    found = loose(ailment, project)
    if found is None:
        return None
    lax = [(WORDS[name], value) for name, value in lacking(found.own, found.due) if name in WORDS]
    owner = mending.class_at(codebase, found.place)
    wire = ailment.fields[0].rpartition(".")[2]
    tagged = re.compile(rf'(?:json|form):"{re.escape(wire)}[",]')
    members = (e for e in (owner.body if owner else ()) if isinstance(e, Assign))
    member = next((each for each in members if tagged.search(each.text)), None)
    text = _bounded(member.text, lax, project.stack.framework) if member and lax else ""
    if member is None or not text:
        return None
    told = ", ".join(f"{word}={_number(value)}" for word, value in lax)
    summary = f"{ailment.fields[0]} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=(mending.replaced(member, text),), place=member.place)


def _bounded(text: str, lax: list[Rule], framework: str) -> str:
    """The field with these rules among those of its tag."""
    found = RULES.search(text)
    rules = found[2].split(",") if found else []
    for word, value in lax:
        written = f"{word}={_number(value)}"
        at = next((i for i, e in enumerate(rules) if e.partition("=")[0] in SAME[word]), None)
        if at is None:
            rules.append(written)
        else:
            rules[at] = written
    if found:
        said = f'{found[1]}:"{",".join(filter(None, rules))}"'
        return text[: found.start()] + said + text[found.end() :]
    end = text.rfind("`")
    word = "binding" if framework == "gin" else "validate"
    return f'{text[:end]} {word}:"{",".join(rules)}"{text[end:]}' if end > 0 else ""


def _number(value: Any) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)
