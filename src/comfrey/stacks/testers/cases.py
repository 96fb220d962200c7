"""What every tester does alike to a case: paragraphs by phase, and tables that exist only while a test runs."""

from __future__ import annotations

from typing import Any

from comfrey.model.plan import Case, Variation
from comfrey.model.step import (
    Ask,
    Change,
    Fail,
    Login,
    Refused,
    Remember,
    Remove,
    Row,
    Rows,
    Save,
    Seed,
    Step,
    Unchanged,
)
from comfrey.model.value import Ref, Value

ARRANGE = ("seed", "login", "stub", "fail", "remember")
ACT = ("call", "together", "repeat", "save", "change", "remove", "ask", "refused")
STORED = (Seed, Fail, Remember, Unchanged, Save, Change, Remove, Ask, Refused, Row, Rows)


def tag_of(step: Step) -> str:
    """The step's kind, as its template is called."""
    return str(step.__struct_config__.tag)


def phase(tag: str) -> str:
    """`arrange`, `act` or `assert`."""
    if tag in ARRANGE:
        return "arrange"
    return "act" if tag in ACT else "assert"


def writable(cases: tuple[Case, ...], store: str, *, callers: bool = True) -> tuple[Case, ...]:
    """Without words for the project's ORM, only what never looks into its database; without a way for `callers`
    to have a credential, only what asks for none."""
    without = (() if store else STORED, () if callers else (Login,))
    return tuple(
        each
        for each in cases
        if not any(isinstance(step, kinds) for step in each.steps for kinds in without)
    )


def living(row: Variation) -> bool:
    """Whether a cell of the row exists only while the test runs."""
    return any(_holds_ref(value) for _, value in row.cells)


def pinned(case: Case, row: Variation) -> Case:
    """The case with the row's cells put in the place of its columns."""
    cells = dict(row.cells)
    steps: tuple[Step, ...] = _filled(case.steps, cells)
    return case.replace(steps=steps, variations=(), columns=())


def _holds_ref(value: Any) -> bool:
    if isinstance(value, Ref):
        return True
    if isinstance(value, tuple):
        return any(_holds_ref(each) for each in value)
    fields = getattr(value, "__struct_fields__", ())
    return any(_holds_ref(getattr(value, each)) for each in fields)


def _filled(part: Any, cells: dict[str, Value]) -> Any:
    if isinstance(part, tuple):
        return tuple(_filled(each, cells) for each in part)
    fields = getattr(part, "__struct_fields__", None)
    if fields is None:
        return part
    if part.__struct_config__.tag == "column" and part.name in cells:
        return cells[part.name]
    return type(part)(**{each: _filled(getattr(part, each), cells) for each in fields})
