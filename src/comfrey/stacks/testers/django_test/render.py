"""A case becomes a method of a test case; its table, a sub-test per row."""

from __future__ import annotations

import re

from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import living, pinned
from comfrey.stacks.testers.django_test.assertions import as_methods
from comfrey.stacks.testers.django_test.committing import commits
from comfrey.stacks.testers.job import Rendered
from comfrey.stacks.testers.pytest.render import Style, contexts_of, is_plain, paragraphs, rows_of

LONGEST = 66
"""A method stands deeper than a function."""
SHARED = re.compile(r"(?:\w+ = )?(?:self\.seed_data\.|snapshot\(|\{)")
"""What may be arranged once for all rows of a table."""


def render(
    case: Case, project: Project, plan: Plan, style: Style, templates: Templates, taken: set[str]
) -> tuple[Rendered, ...]:
    """The method of a case; one per row where the rows can share neither a test nor its transaction."""
    name = names.unique(names.test_name(case.title, LONGEST), taken)
    apart = any(living(row) for row in case.variations) or commits(case, project)
    if not case.variations or not apart:
        return (_test(case, project, plan, style, templates, name=name),)
    return tuple(
        _test(pinned(case, row), project, plan, style, templates, name=each, row=row.id)
        for row in case.variations
        for each in [names.unique(f"{name}_{names.snake(row.id)}", taken)]
    )


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
    row_name = contexts.scope.fresh("case", "row", "described")
    found = paragraphs(case.steps, contexts, templates, style)
    shared = _shared(found, case.columns) if case.variations else []
    rows = rows_of(case, contexts)
    text = templates.render(
        "testers/django_test/test.jinja",
        name=name,
        rows=rows,
        plain=is_plain(rows),
        row_name=row_name,
        columns=case.columns,
        shared="\n".join(shared),
        body=as_methods("\n".join(found[len(shared) :]).strip("\n")) or "pass",
    )
    ids = tuple((each["plain"], each["plain"]) for each in rows)
    return Rendered(
        case=case.id,
        name=name,
        text=text.strip("\n") + "\n",
        imports=frozenset(contexts.scope.imports),
        variations=(("", row),) if row else ids,
    )


def _shared(texts: list[str], columns: tuple[str, ...]) -> list[str]:
    """The first statements, as long as they arrange rows and none looks at the table."""
    varying = re.compile(rf"\b(?:{'|'.join(map(re.escape, columns))})\b")
    number = 0
    while number < len(texts) and SHARED.match(texts[number]) and not varying.search(texts[number]):
        number += 1
    return texts[:number]
