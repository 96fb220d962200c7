"""A case becomes a test: its steps through the tester's templates, arrange, act and assert apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.project import Project
from comfrey.model.step import Step
from comfrey.stacks.templates import Templates, slot
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import living, phase, pinned, tag_of
from comfrey.stacks.testers.job import Rendered
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.pytest.contexts import Context, Contexts
from comfrey.stacks.testers.pytest.doubles import Double
from comfrey.stacks.testers.scope import Scope

TESTER = "testers/pytest"
NAMED = re.compile(r"(\w+) = (?:await )?(?:self\.)?(?:seed_data|client|asyncio)\.")


@dataclass(frozen=True)
class Style:
    """What the whole suite agreed on. `fixtures` in the order of a signature."""

    asynchronous: bool
    store: str
    fixtures: tuple[str, ...]
    waits_for_token: bool
    doubles: dict[str, Double]
    """By service."""
    tester: str = "pytest"
    """The folder whose templates are meant, where it has its own."""
    owner: str = ""
    """What stands before the names of helpers in a test."""


def render(
    case: Case, project: Project, plan: Plan, style: Style, templates: Templates, taken: set[str]
) -> tuple[Rendered, ...]:
    """The test of a case; several when a table's cells exist only while a test runs."""
    name = names.unique(names.test_name(case.title), taken)
    if case.variations and any(living(row) for row in case.variations):
        return tuple(
            _test(pinned(case, row), project, plan, style, templates, name=each, row=row.id)
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
    contexts = contexts_of(case, project, plan, style)
    body = "\n".join(paragraphs(case.steps, contexts, templates, style)) or "pass"
    rows = rows_of(case, contexts)
    used = [each for each in (*style.fixtures, "caplog") if re.search(rf"\b{each}\b", body)]
    text = templates.render(
        f"{TESTER}/test.jinja",
        name=name,
        rows=rows,
        plain=is_plain(rows),
        columns=_columns(case.columns),
        arguments=[*used, *case.columns],
        body=body,
    )
    ids = tuple((each["plain"], each["plain"]) for each in rows) or (((row, row),) if row else ())
    return Rendered(
        case=case.id,
        name=name,
        text=text.strip("\n") + "\n",
        imports=frozenset(contexts.scope.imports),
        variations=(("", row),) if row else ids,
    )


def contexts_of(case: Case, project: Project, plan: Plan, style: Style) -> Contexts:
    """What the templates of a case's steps are told, with the names that its test may not use itself."""
    scope = Scope(
        project=project,
        plan=plan,
        asynchronous=style.asynchronous,
        waits_for_token=style.waits_for_token,
        owner=style.owner,
        columns=case.columns,
        rows=tuple(dict(each.cells) for each in case.variations),
        doubles={name: (each.fixture, each.paths) for name, each in style.doubles.items()},
        outboxes=frozenset(n for n, each in style.doubles.items() if each.piece == "outbox"),
    )
    scope.locals.update(() if style.owner else style.fixtures)
    return Contexts(scope, case.steps, names.snake)


def rows_of(case: Case, contexts: Contexts) -> list[dict[str, Any]]:
    """The rows of the case's table: `cells` as expressions, `id` as a literal, `plain` as a text."""
    return [_row(each, case.columns, contexts) for each in case.variations]


def is_plain(rows: list[dict[str, Any]]) -> bool:
    """Whether each row is one cell that says all."""
    return all(each["cells"] == [each["id"]] for each in rows)


def _kind(context: Context, contexts: Contexts) -> str:
    """MySQL's drivers do not count a failed CHECK among the breaches of integrity."""
    hook = contexts.scope.project.database
    elsewhere = context["kind"] == "check" and hook is not None and hook.dialect == "mysql"
    return "check elsewhere" if elsewhere else str(context["kind"])


def paragraphs(
    steps: tuple[Step, ...], contexts: Contexts, templates: Templates, style: Style
) -> list[str]:
    """The statements of a test, "" between its phases."""
    store = templates.module(style.store) if style.store else None
    found: list[str] = []
    before = ""
    for position, step in enumerate(steps):
        context = contexts.context(position)
        if context is None:
            continue
        tag = tag_of(step)
        if tag == "refused":
            context["error"] = (
                str(store.refusal(_kind(context, contexts))) if store else "Exception"
            )
        template = slot("testers", style.tester, f"steps/{tag}.jinja")
        text = templates.render(template, store=store, **context).strip("\n")
        part = phase(tag)
        if context.get("given"):
            found += [""] if before not in ("", "arrange") else []
            found.append(context["given"])
            before = "arrange"
        if not text.strip():
            continue
        if before and (part != before or part == "act"):
            found.append("")
        found.append(text)
        before = part
    return unnamed(found)


def unnamed(texts: list[str]) -> list[str]:
    """Rows and answers that nobody looks at again lose their name; an argument that is called so is no look."""
    kept = []
    for position, text in enumerate(texts):
        found = NAMED.match(text)
        later = "\n".join(texts[position + 1 :])
        named = found is None or re.search(rf"(?<!\.)\b{found[1]}\b(?!=[^=])", later)
        kept.append(text if named else text[found.end(1) + 3 :])  # type: ignore[union-attr]
    return kept


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
