"""Writes a suite for Django's own runner: helper modules, and a file of test cases per group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from comfrey.model.history import WrittenFile
from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.stacks.templates import Templates, slot
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import writable
from comfrey.stacks.testers.django_test.committing import commits
from comfrey.stacks.testers.django_test.render import render
from comfrey.stacks.testers.django_test.suite import COMMITTING, ROLLED_BACK, helpers, spoken
from comfrey.stacks.testers.job import Job, Rendered
from comfrey.stacks.testers.pytest.render import Style
from comfrey.stacks.testers.pytest.style import formatted
from comfrey.stacks.testers.pytest.suite import Suite
from comfrey.stacks.testers.pytest.write import is_doubled

WORD = re.compile(r"\w+")
IMPORTS = (
    "import re",
    "from django.db import connection, transaction",
    "from .database import snapshot",
)


@dataclass(frozen=True)
class Group:
    """One class of a file."""

    name: str
    base: str
    tests: tuple[Rendered, ...]


def write(job: Job) -> tuple[WrittenFile, ...]:
    """The suite's files, helpers first."""
    project, where = job.project, job.layout
    templates = Templates(asynchronous=False)
    doubles = spoken(project)
    style = Style(
        asynchronous=False,
        store=slot("orms", project.stack.orm, "store.jinja"),
        fixtures=(),
        waits_for_token=False,
        doubles={each.service: each for each in doubles},
        tester="django_test",
        owner="self.",
    )
    cases = sorted(
        (each for each in writable(job.plan.cases, style.store) if is_doubled(each, style)),
        key=lambda each: each.group,
    )
    files = {
        group: _groups(group, tuple(found), project, job.plan, style, templates)
        for group, found in groupby(cases, key=lambda each: each.group)
    }
    told = [each for groups in files.values() for group in groups for each in group.tests]
    words = {w for each in told for w in WORD.findall(each.text + " ".join(each.imports))}
    bases = {group.base for groups in files.values() for group in groups}
    suite = Suite(
        project=project,
        plan=job.plan,
        password=job.password,
        facts=job.facts,
        layout=where,
        asynchronous=False,
        plugin="",
        templates=templates,
        used=frozenset(words | bases),
        doubles=doubles,
        rolled_back=True,
    )
    own = {each.module.partition(".")[0] for each in project.records}
    packages = tuple(sorted(own - {*job.facts.packages}))
    written = [
        WrittenFile(path=where.path(name), text=formatted(text, project, packages))
        for name, text in helpers(suite).items()
    ]
    if where.package_above:
        written.append(WrittenFile(path=f"{where.package_above}/__init__.py", text=""))
    for group, groups in files.items():
        path = where.path(f"test_{names.snake(group)}.py")
        text = formatted(_file(groups, style, templates), project, packages)
        written.append(WrittenFile(path=path, text=text, tests=tuple(_ids(path, groups))))
    return tuple(written)


def _groups(
    group: str,
    cases: tuple[Case, ...],
    project: Project,
    plan: Plan,
    style: Style,
    templates: Templates,
) -> tuple[Group, ...]:
    """The cases that share a transaction's shelter, and those that commit."""
    stem = "".join(word.capitalize() for word in names.snake(group).split("_"))
    found = []
    for name, base, real in (
        (f"{stem}Tests", ROLLED_BACK, False),
        (f"{stem}CommitTests", COMMITTING, True),
    ):
        taken: set[str] = set()
        tests = tuple(
            each
            for case in cases
            if commits(case, project) is real
            for each in render(case, project, plan, style, templates, taken)
        )
        if tests:
            found.append(Group(name, base, tests))
    return tuple(found)


def _file(groups: tuple[Group, ...], style: Style, templates: Templates) -> str:
    imports = {line for group in groups for each in group.tests for line in each.imports}
    imports |= {*IMPORTS, *(f"from .cases import {each.base}" for each in groups)}
    if style.store:
        imports |= set(templates.module(style.store).preamble)
    classes = [
        {"name": each.name, "base": each.base, "tests": [one.text for one in each.tests]}
        for each in groups
    ]
    return templates.render(
        "testers/django_test/file.jinja", imports=sorted(imports), classes=classes
    )


def _ids(path: str, groups: tuple[Group, ...]) -> list[tuple[str, str, str]]:
    found = []
    for group in groups:
        for each in group.tests:
            base = f"{path}::{group.name}::{each.name}"
            rows = each.variations or (("", ""),)
            found += [
                (f"{base}[{shown}]" if shown else base, each.case, row) for shown, row in rows
            ]
    return found
