"""A case becomes a test: its steps through the tester's templates, arrange, act and assert apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.project import Project
from comfrey.model.step import Step
from comfrey.model.value import Ref, Value
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.pytest.contexts import Contexts
from comfrey.stacks.testers.scope import Scope
from comfrey.writer import names
from comfrey.writer.doubles import Double
from comfrey.writer.templates import Templates

ARRANGE = ("seed", "login", "stub", "fail", "remember")
ACT = ("call", "together", "repeat", "save", "change", "remove", "ask", "refused")
TESTER = "testers/pytest"
NAMED = re.compile(r"(\w+) = (?:await )?(?:seed_data|client|asyncio)\.")


@dataclass(frozen=True)
class Rendered:
    """One written test function and what it needs around it."""

    case: str
    name: str
    text: str
    imports: frozenset[str]
    variations: tuple[tuple[str, str], ...] = ()
    """(the runner's id within brackets, the plan's variation id)."""


@dataclass(frozen=True)
class Style:
    """What the whole suite agreed on. `fixtures` in the order of a signature."""

    asynchronous: bool
    store: str
    fixtures: tuple[str, ...]
    waits_for_token: bool
    doubles: dict[str, Double]
    """By service."""


def render(
    case: Case, project: Project, plan: Plan, style: Style, templates: Templates, taken: set[str]
) -> tuple[Rendered, ...]:
    """The test of a case; several when a table's cells exist only while a test runs."""
    name = names.unique(names.test_name(case.title), taken)
    if case.variations and any(_living(row) for row in case.variations):
        return tuple(
            _test(_pinned(case, row), project, plan, style, templates, name=each, row=row.id)
            for row in case.variations
            for each in [names.unique(f"{name}_{names.snake(row.id)}", taken)]
        )
    return (_test(case, project, plan, style, templates, name=name),)


def _test(
    case: Case,
    project: Project,
    plan: Plan,
    style: Style,
    templates: Templates,
    *,
    name: str,
    row: str = "",
) -> Rendered:
    scope = Scope(
        project=project,
        plan=plan,
        asynchronous=style.asynchronous,
        waits_for_token=style.waits_for_token,
        columns=case.columns,
        rows=tuple(dict(each.cells) for each in case.variations),
        doubles={name: (each.fixture, each.paths) for name, each in style.doubles.items()},
    )
    scope.locals.update(style.fixtures)
    contexts = Contexts(scope, case.steps, names.snake)
    body = _body(case.steps, contexts, templates, style)
    rows = [_row(each, case.columns, contexts) for each in case.variations]
    plain = len(case.columns) == 1 and all(each["cells"] == [each["id"]] for each in rows)
    used = [each for each in (*style.fixtures, "caplog") if re.search(rf"\b{each}\b", body)]
    text = templates.render(
        f"{TESTER}/test.jinja",
        name=name,
        rows=rows,
        plain=plain,
        columns=_columns(case.columns),
        arguments=[*used, *case.columns],
        body=body,
    )
    ids = tuple((each["plain"], each["plain"]) for each in rows) or (((row, row),) if row else ())
    return Rendered(
        case=case.id,
        name=name,
        text=text.strip("\n") + "\n",
        imports=frozenset(scope.imports),
        variations=(("", row),) if row else ids,
    )


def _body(steps: tuple[Step, ...], contexts: Contexts, templates: Templates, style: Style) -> str:
    store = templates.module(style.store) if style.store else None
    paragraphs: list[str] = []
    before = ""
    for position, step in enumerate(steps):
        context = contexts.context(position)
        if context is None:
            continue
        tag = str(step.__struct_config__.tag)
        if tag == "refused":
            context["error"] = str(store.refusal(context["kind"])) if store else "Exception"
        text = templates.render(f"{TESTER}/steps/{tag}.jinja", store=store, **context).strip("\n")
        phase = _phase(tag)
        if context.get("given"):
            paragraphs += [""] if before not in ("", "arrange") else []
            paragraphs.append(context["given"])
            before = "arrange"
        if not text.strip():
            continue
        if before and (phase != before or phase == "act"):
            paragraphs.append("")
        paragraphs.append(text)
        before = phase
    return "\n".join(_unnamed(paragraphs)) or "pass"


def _unnamed(paragraphs: list[str]) -> list[str]:
    """Rows and answers that nobody looks at again lose their name."""
    kept = []
    for position, text in enumerate(paragraphs):
        found = NAMED.match(text)
        later = "\n".join(paragraphs[position + 1 :])
        named = found is None or re.search(rf"\b{found[1]}\b", later)
        kept.append(text if named else text[found.end(1) + 3 :])  # type: ignore[union-attr]
    return kept


def _phase(tag: str) -> str:
    if tag in ARRANGE:
        return "arrange"
    return "act" if tag in ACT else "assert"


def _row(row: Variation, columns: tuple[str, ...], contexts: Contexts) -> dict[str, Any]:
    cells = dict(row.cells)
    return {
        "cells": [contexts.cell(each, cells[each]) for each in columns],
        "id": literals.text(row.id),
        "plain": row.id,
    }


def _columns(columns: tuple[str, ...]) -> str:
    if len(columns) == 1:
        return literals.text(columns[0])
    return "(" + ", ".join(literals.text(each) for each in columns) + ")"


def _living(row: Variation) -> bool:
    return any(_holds_ref(value) for _, value in row.cells)


def _holds_ref(value: Any) -> bool:
    if isinstance(value, Ref):
        return True
    if isinstance(value, tuple):
        return any(_holds_ref(each) for each in value)
    fields = getattr(value, "__struct_fields__", ())
    return any(_holds_ref(getattr(value, each)) for each in fields)


def _pinned(case: Case, row: Variation) -> Case:
    """The case with the row's cells put in the place of its columns."""
    cells = dict(row.cells)
    steps: tuple[Step, ...] = _filled(case.steps, cells)
    return case.replace(steps=steps, variations=(), columns=())


def _filled(part: Any, cells: dict[str, Value]) -> Any:
    if isinstance(part, tuple):
        return tuple(_filled(each, cells) for each in part)
    fields = getattr(part, "__struct_fields__", None)
    if fields is None:
        return part
    if part.__struct_config__.tag == "column" and part.name in cells:
        return cells[part.name]
    return type(part)(**{each: _filled(getattr(part, each), cells) for each in fields})
