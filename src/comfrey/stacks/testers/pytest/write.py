"""Writes a suite for pytest: helper modules, and a file per group of cases."""

from __future__ import annotations

import re
from itertools import groupby

from comfrey.model.facts import Facts
from comfrey.model.history import WrittenFile
from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.stacks.templates import Templates, is_legacy, slot
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import writable
from comfrey.stacks.testers.job import Job, Rendered
from comfrey.stacks.testers.pytest.credentials import waits_for_token
from comfrey.stacks.testers.pytest.doubles import doubles_of
from comfrey.stacks.testers.pytest.render import Style, render
from comfrey.stacks.testers.pytest.style import formatted
from comfrey.stacks.testers.pytest.suite import Suite, helpers, tables_of

FIXTURES = ("client", "strict_client", "auth_headers", "db_session", "seed_data")
MARKS = {
    "anyio": "pytest.mark.anyio",
    "pytest-asyncio": 'pytest.mark.asyncio(loop_scope="session")',
    "event_loop": "pytest.mark.asyncio",
    "": "",
}
"""What marks a test as a coroutine; `event_loop` is pytest-asyncio before its fixtures and tests named their loop."""
LOOPS_NAMED = (0, 24)
"""The version of pytest-asyncio from which they do
(https://pytest-asyncio.readthedocs.io/en/stable/reference/changelog.html)."""
WORD = re.compile(r"\w+")


def write(job: Job) -> tuple[WrittenFile, ...]:
    """The suite's files, helpers first."""
    plan, project, facts, where = job.plan, job.project, job.facts, job.layout
    asynchronous = is_asynchronous(project)
    legacy = is_legacy(project.stack.orm, dict(facts.versions))
    templates = Templates(asynchronous=asynchronous, legacy=legacy, tables=tables_of(project))
    spoken = doubles_of(project)
    style = Style(
        asynchronous=asynchronous,
        store=_store(project.stack.orm, legacy=legacy and not asynchronous),
        fixtures=(*FIXTURES, *(each.fixture for each in spoken)),
        waits_for_token=waits_for_token(project, asynchronous=asynchronous),
        doubles={each.service: each for each in spoken},
    )
    cases = sorted(
        (each for each in writable(plan.cases, style.store) if is_doubled(each, style)),
        key=lambda each: each.group,
    )
    groups = {
        group: _rendered(tuple(found), project, plan, style, templates)
        for group, found in groupby(cases, key=lambda each: each.group)
    }
    words = {
        word for tests in groups.values() for each in tests for word in WORD.findall(_whole(each))
    }
    plugin = _plugin(project, facts) if asynchronous else ""
    suite = Suite(
        project=project,
        plan=plan,
        password=job.password,
        facts=facts,
        layout=where,
        asynchronous=asynchronous,
        plugin=plugin,
        templates=templates,
        used=frozenset(words),
        doubles=spoken,
        legacy=legacy,
    )
    own = {each.module.partition(".")[0] for each in project.records}
    packages = tuple(sorted(own - {*facts.packages}))
    written = [
        WrittenFile(
            path=where.path(name),
            text=formatted(text, project, packages) if name.endswith(".py") else text,
        )
        for name, text in helpers(suite).items()
    ]
    if where.package_above:
        written.append(WrittenFile(path=f"{where.package_above}/__init__.py", text=""))
    for group, tests in groups.items():
        text = _file(tests, style, templates, MARKS[plugin])
        path = where.path(f"test_{names.snake(group)}.py")
        written.append(
            WrittenFile(
                path=path,
                text=formatted(text, project, packages),
                tests=tuple(_ids(path, tests)),
            )
        )
    return tuple(written)


def _store(orm: str, *, legacy: bool) -> str:
    """The template of what a test says to the models; an ORM with words of its own keeps them."""
    present = slot("orms", orm, "store.jinja")
    older = slot("orms", orm, "legacy.jinja") if legacy else ""
    return older if older.rpartition("/")[0] == present.rpartition("/")[0] else present


def is_doubled(case: Case, style: Style) -> bool:
    """Whether every service that the case speaks of has a double here."""
    named = (getattr(step, "service", "") for step in case.steps)
    return all(not name or name in style.doubles for name in named)


def is_asynchronous(project: Project) -> bool:
    """Whether tests are coroutines: as the project reaches its database, else as it is declared."""
    return project.database.asynchronous if project.database else project.stack.asynchronous


def _plugin(project: Project, facts: Facts) -> str:
    declared = project.tests.asynchronous.partition(":")[0]
    known = dict(facts.versions).get("pytest-asyncio", "")
    plugin = declared or ("pytest-asyncio" if "pytest-asyncio" in facts.packages else "anyio")
    if plugin != "pytest-asyncio" or not known:
        return plugin
    numbers = tuple(int(each) for each in re.findall(r"\d+", known)[:2])
    return plugin if numbers >= LOOPS_NAMED else "event_loop"


def _rendered(
    cases: tuple[Case, ...], project: Project, plan: Plan, style: Style, templates: Templates
) -> tuple[Rendered, ...]:
    taken: set[str] = set()
    return tuple(
        each for case in cases for each in render(case, project, plan, style, templates, taken)
    )


def _whole(rendered: Rendered) -> str:
    return rendered.text + " ".join(rendered.imports)


def _file(tests: tuple[Rendered, ...], style: Style, templates: Templates, mark: str) -> str:
    imports = {line for each in tests for line in each.imports}
    imports |= {"import pytest", "import re", "from .database import count, refuse, snapshot"}
    if style.store:
        imports |= set(templates.module(style.store).preamble)
    return templates.render(
        "testers/pytest/file.jinja",
        imports=sorted(imports),
        mark=mark,
        tests=[each.text for each in tests],
    )


def _ids(path: str, tests: tuple[Rendered, ...]) -> list[tuple[str, str, str]]:
    found = []
    for each in tests:
        base = f"{path}::{each.name}"
        rows = each.variations or (("", ""),)
        found += [(f"{base}[{shown}]" if shown else base, each.case, row) for shown, row in rows]
    return found
