"""A fault of the app in one sentence, for somebody who has never seen the tests. Pure."""

from __future__ import annotations

import re

from comfrey.model import ailment as ail
from comfrey.model.ailment import Ailment

TAKEN = (
    re.compile(r"UNIQUE constraint failed: (?P<columns>[\w., ]+)"),
    re.compile(r"Key \((?P<columns>[\w, ]+)\)=\(.*\) already exists"),
    re.compile(r"Duplicate entry .* for key '(?:\w+\.)?(?P<columns>\w+)'"),
)
"""How SQLite, PostgreSQL and MySQL name the columns of a key that is taken."""
DOES = {
    ail.STORED: "it stores something else",
    ail.CHANGED: "it changes rows that had to stay as they were",
    ail.TOLD: "its answer says something else",
    ail.SENT: "it asks the service for something else",
}


def sentence(ailment: Ailment) -> str:
    """What the app does, for what, and what is due."""
    did = f"answers {ailment.actual}" if ailment.actual else "drops the connection"
    if ailment.symptom == ail.LET_IN:
        did = f"accepts it with {ailment.actual}"
    elif ailment.symptom in DOES:
        stored = f"it stores another {' and '.join(ailment.fields)}" if ailment.fields else ""
        did = (stored if ailment.symptom == ail.STORED else "") or DOES[ailment.symptom]
        return f"{ailment.subject} should {_bare(ailment.title)}, but {did}"
    elif ailment.symptom == ail.CRASHED:
        did = "answers 500" if ailment.actual == 500 else "fails"
    due = " or ".join(map(str, ailment.expected))
    due = f"; {due} is due" if due else ""
    what = _what(ailment)
    if what and ailment.symptom == ail.LET_IN:
        return f"{ailment.subject} accepts {what.removeprefix('to ')} with {ailment.actual}{due}"
    if what:
        return f"{ailment.subject} {did} {what}{due}"
    return f"{ailment.subject} should {_bare(ailment.title)}, but it {did}{due}"


def _what(ailment: Ailment) -> str:
    """What was asked of the app, where the evidence says it in few words; else ""."""
    row = _words(ailment.record) or "row"
    taken = next((m["columns"] for each in TAKEN if (m := each.search(ailment.error))), "")
    if taken:
        columns = " and ".join(each.strip().rpartition(".")[2] for each in taken.split(","))
        return f"to a second {row} with the same {columns}"
    if ailment.failure:
        return f"when {ailment.service} fails ({ailment.failure})"
    if ailment.kind == "validation" and ailment.cases and ailment.cases[0][1]:
        return f"to {ailment.cases[0][1]}"
    return ""


def _bare(title: str) -> str:
    """`refuses a boat` → `refuse a boat`, `never empties a boat` → `never empty a boat`."""
    verb, _, rest = title.partition(" ")
    if verb == "never":
        return f"never {_bare(rest)}"
    if verb == "has":
        verb = "have"
    elif verb.endswith("ies"):
        verb = f"{verb[:-3]}y"
    elif verb.endswith(("sses", "shes", "ches", "xes")):
        verb = verb[:-2]
    elif verb.endswith("s"):
        verb = verb[:-1]
    return f"{verb} {rest}".strip()


def _words(name: str) -> str:
    """`OrderItem` → `order item`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).replace("_", " ").lower()
