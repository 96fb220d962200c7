"""Writes a suite for `go test`: helpers and tests in one package, a file per group of cases."""

from __future__ import annotations

import re
from itertools import groupby

from comfrey.model.history import WrittenFile
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import writable
from comfrey.stacks.testers.gotest.doubles import doubles_of
from comfrey.stacks.testers.gotest.drivers import driver
from comfrey.stacks.testers.gotest.imports import needed, pruned, trimmed
from comfrey.stacks.testers.gotest.pretty import formatted
from comfrey.stacks.testers.gotest.render import Style, render
from comfrey.stacks.testers.gotest.sql import Sql
from comfrey.stacks.testers.gotest.suite import Suite, dialect_of, helpers, tables_of
from comfrey.stacks.testers.job import Job, Rendered

OWN = frozenset(["main", "app", "server", "database", "fixtures", "auth", "doubles", "compare"])
"""The names of the helper files."""
SPOKEN = (1, 23)
"""The Go of the suite: it ranges over numbers and over iterators."""
PLATFORMS = re.compile(
    r"_(?:windows|linux|darwin|unix|js|wasm|android|ios|plan9|solaris|arm64|amd64|386|arm)$"
)


def write(job: Job) -> tuple[WrittenFile, ...]:
    """The suite's files, helpers first."""
    templates = Templates(asynchronous=False)
    spoken = doubles_of(job.project)
    dialect = dialect_of(job.project)
    required = (*job.project.stack.dependencies, *job.facts.packages)
    stored = driver(dialect, required) is not None and bool(tables_of(job.project))
    style = Style(
        sql=Sql(job.project, dialect),
        doubles={each.service: each for each in spoken},
        stored=stored,
    )
    cases = writable(job.plan.cases, "sql" if stored else "")
    found = sorted(cases, key=lambda each: each.group)
    taken: set[str] = set()
    groups = {
        group: tuple(
            each
            for case in of_group
            for each in render(case, job.project, job.plan, style, templates, taken)
        )
        for group, of_group in groupby(found, key=lambda each: each.group)
    }
    tests = "\n".join(each.text for rendered in groups.values() for each in rendered)
    suite = Suite(
        job=job,
        templates=templates,
        used=frozenset(re.findall(r"\w+", tests)),
        doubles=spoken,
    )
    written = [
        WrittenFile(
            path=job.layout.path(f"{name}_test.go"),
            text=_gated(formatted(text if name == "app" else pruned(text)), job),
        )
        for name, text in trimmed(helpers(suite), tests).items()
        if _declares(text)
    ]
    for group, rendered in groups.items():
        path = job.layout.path(f"{file_name(group)}_test.go")
        text = _gated(formatted(_file(suite.package, rendered, templates)), job)
        written.append(WrittenFile(path=path, text=text, tests=tuple(_ids(path, rendered))))
    return tuple(written)


def file_name(group: str) -> str:
    """`book records` → `book_records`; no name that Go takes for a platform's, nor one of the helpers'."""
    name = names.snake(group)
    return f"{name}_api" if name in OWN or PLATFORMS.search(f"_{name}") else name


def _gated(text: str, job: Job) -> str:
    """The file with a build constraint, where the module speaks an older Go than the suite does: since Go
    1.21 that is what lets a file use a newer one."""
    spoken = str(dict(job.facts.extra).get("go") or "")
    older = spoken and tuple(map(int, re.findall(r"\d+", spoken)[:2])) < SPOKEN
    return f"//go:build go{SPOKEN[0]}.{SPOKEN[1]}\n\n{text}" if older else text


def _declares(text: str) -> bool:
    return re.search(r"^(?:func|var|type|const) ", text, re.MULTILINE) is not None


def _file(package: str, tests: tuple[Rendered, ...], templates: Templates) -> str:
    texts = [each.text for each in tests]
    return templates.render(
        "testers/gotest/file.jinja",
        package=package,
        imports=needed("\n".join(texts)),
        tests=texts,
    )


def _ids(path: str, tests: tuple[Rendered, ...]) -> list[tuple[str, str, str]]:
    found = []
    for each in tests:
        rows = each.variations or ((each.name, ""),)
        found += [(f"{path}::{shown}", each.case, row) for shown, row in rows]
    return found
