"""Reads what the carried runner wrote, as pytest's is read; what a method asserted is told as the statement that
it stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from comfrey.model.exchange import Outcome
from comfrey.stacks.testers.pytest import outcome
from comfrey.stacks.testers.told import Told

SAID = (
    (re.compile(r"(?P<left>.+?) unexpectedly found in (?P<right>.+)"), "not in"),
    (re.compile(r"(?P<left>.+?) not found in (?P<right>.+)"), "in"),
    (re.compile(r"(?P<left>.+?) not less than (?P<right>.+)"), "<"),
    (re.compile(r"(?P<left>.+?) is not (?P<right>None)"), "is"),
    (re.compile(r"(?P<left>.+?) != (?P<right>.+)"), "=="),
    (re.compile(r"(?P<left>.+?) == (?P<right>.+)"), "!="),
)
"""What unittest says of two values, and what was asserted of them."""
STATUS = re.compile(r"\.status_code\b")
ATTRIBUTE = re.compile(r"self\.assert\w+\((\w+)\.(\w+)(?:, .*)?\)$", re.DOTALL)


def read(
    lines: Iterable[str], root: str, cases: Mapping[str, tuple[str, str]], exit_code: int
) -> Told:
    """The outcomes of one run under `root`; `cases` maps a test's id to (case, variation)."""
    kept = [_worded(line) for line in lines]
    told = outcome.read(kept, root, cases, exit_code)
    problem = told.problem.replace("pytest ", "manage.py test ", 1)
    found: dict[str, Outcome] = {}
    for each in (row for whole in told.outcomes for row in _by_row(whole, cases)):
        if each.test not in found or each.status in ("failed", "error"):
            found[each.test] = each
    return Told(tuple(found.values()), problem)


def _worded(line: str) -> str:
    """The line, its message as pytest would say it."""
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if event.get("asserted") and event.get("raised"):
        event["raised"]["message"] = _message(event["asserted"], event["raised"]["message"])
    return json.dumps(event)


def _message(asserted: str, message: str) -> str:
    """`assert 404 == 200`, where each value comes from, and what unittest said."""
    head = message.partition(" : ")[0].partition("\n")[0]
    found = next(((m, word) for each, word in SAID if (m := each.fullmatch(head))), None)
    said = [f"assert {found[0]['left']} {found[1]} {found[0]['right']}"] if found else []
    of = ATTRIBUTE.match(asserted)
    if of and found and not STATUS.search(asserted):
        said.append(f" +  where {found[0]['left']} = {of[1]}.{of[2]}")
    return "\n".join([*said, asserted, message])


def _by_row(found: Outcome, cases: Mapping[str, tuple[str, str]]) -> Iterator[Outcome]:
    """An error before the first row of a table is that of every row."""
    rows: dict[str, Any] = {
        test: each for test, each in cases.items() if test.startswith(f"{found.test}[")
    }
    if found.test in cases or not rows:
        yield found
        return
    for test, (case, variation) in rows.items():
        yield found.replace(test=test, case=case, variation=variation)
