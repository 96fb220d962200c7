"""Writes a suite for Vitest, or Jest: helper modules, and a file per group of cases."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import groupby

from comfrey.model.history import WrittenFile
from comfrey.model.plan import Case
from comfrey.model.project import Project
from comfrey.stacks import shelf
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import writable
from comfrey.stacks.testers.job import Job, Rendered
from comfrey.stacks.testers.layout import configuration_of_jest
from comfrey.stacks.testers.vitest.credentials import waits_for_token, way
from comfrey.stacks.testers.vitest.doubles import doubles_of
from comfrey.stacks.testers.vitest.imports import (
    Modules,
    modules_of,
    plainer,
    spoken_by,
    statements,
    typescript_of,
)
from comfrey.stacks.testers.vitest.literals import text
from comfrey.stacks.testers.vitest.pretty import formatted
from comfrey.stacks.testers.vitest.render import Style, render
from comfrey.stacks.testers.vitest.store import Store
from comfrey.stacks.testers.vitest.suite import Suite, helpers

WORD = re.compile(r"\w+")
WHOLE = re.compile(
    r"\.((?:e2e|end2end|end-to-end|int|integration|it|api|functional|acceptance)[.-](?:test|spec))\.\w+$"
)
"""How projects tell tests of the whole app from those of its parts."""
WIDTH = 80
"""Prettier's own default."""


def write(job: Job) -> tuple[WrittenFile, ...]:
    """The suite's files, helpers first."""
    job = replace(job, project=_as_rows_hold(job.project))
    modules = modules_of(job.project, job.tester)
    templates = Templates(asynchronous=True, typed=modules.typed, native=modules.native)
    spoken = doubles_of(job.project)
    style = Style(
        store=Store(job.project, templates),
        doubles={each.service: each for each in spoken},
        typed=modules.typed,
        telling=job.tester == "vitest",
        waits_for_token=waits_for_token(job.project),
        width=job.project.stack.line_length or WIDTH,
    )
    known = job.project.authentication
    cases = writable(job.plan.cases, style.store.path, callers=known is None or bool(way(known)))
    found = sorted((e for e in cases if _is_doubled(e, style)), key=lambda each: each.group)
    groups = {
        group: _rendered(tuple(cases), job, style, templates)
        for group, cases in groupby(found, key=lambda each: each.group)
    }
    words = {word for tests in groups.values() for each in tests for word in _words(each)}
    suite = Suite(
        job=job,
        modules=modules,
        templates=templates,
        store=style.store,
        used=frozenset(words),
        doubles=spoken,
    )
    width = job.project.stack.line_length or WIDTH
    written = [
        WrittenFile(
            path=job.layout.path(f"helpers/{name}"),
            text=formatted(plainer(said, job.project), width),
        )
        for name, said in helpers(suite).items()
    ]
    written += _configuration(job, modules, templates, width)
    for group, tests in groups.items():
        path = job.layout.path(f"{file_name(group)}.{_kind(job)}.{modules.suffix}")
        said = plainer(_file(group, tests, job, modules, templates), job.project)
        said = formatted(said, width)
        written.append(WrittenFile(path=path, text=said, tests=tuple(_ids(path, group, tests))))
    return tuple(written)


def _configuration(
    job: Job, modules: Modules, templates: Templates, width: int
) -> list[WrittenFile]:
    """The tester's own configuration: where imports go by names that only the compiler is told, a package imports
    the project's sources, or the project's configuration serves other files."""
    aliases = job.project.tests.aliases
    inlined = job.project.tests.inlined if modules.typed else ()
    if job.tester == "jest" and not job.project.tests.configured:
        return [_configuration_of_jest(job, templates, width)]
    if job.tester != "vitest" or not (aliases or inlined):
        return []
    pairs = [(text(name), text(f"./{path}")) for name, path in aliases]
    said = templates.render(
        "testers/vitest/configuration.jinja", aliases=pairs, inlined=[text(e) for e in inlined]
    )
    kind = "mts" if modules.typed else "mjs"
    return [WrittenFile(path=f"vitest.config.{kind}", text=formatted(said, width))]


def _configuration_of_jest(job: Job, templates: Templates, width: int) -> WrittenFile:
    folder = job.layout.folder
    ending = _kind(job).replace(".", r"\.")
    said = templates.render(
        "testers/jest/configuration.jinja",
        root=text("/".join([".."] * job.layout.depth)),
        folder=text(f"<rootDir>/{folder}"),
        compiler=job.project.tests.compiler,
        unchecked=typescript_of(job.project) < (4, 5),
        emitted=job.project.tests.emitted,
        pattern=text(rf"\.{ending}\.ts$"),
        aliases=[
            (text(f"^{re.escape(name)}/(.*)$"), _leads_to(name, path, job.project))
            for name, path in job.project.tests.aliases
        ],
    )
    return WrittenFile(path=configuration_of_jest(job.project), text=formatted(said, width))


def _leads_to(name: str, path: str, project: Project) -> str:
    """Where imports by a name of the project's own lead; to a package where the name hides a scope of packages."""
    own = text(f"<rootDir>/{path}/$1")
    hides = any(each.startswith(f"{name}/") for each in project.stack.dependencies)
    return f"[{own}, {text(f'{name}/$1')}]" if hides else own


def _as_rows_hold(project: Project) -> Project:
    """Where the ORM gives days as texts, they are texts to a test."""
    folder = shelf.folder("orms", project.stack.orm)
    if folder is None or folder.about.data.get("days") != "text":
        return project
    records = tuple(
        each.replace(
            fields=tuple(
                field.replace(type="string") if field.type == "date" else field
                for field in each.fields
            )
        )
        for each in project.records
    )
    return project.replace(records=records)


def file_name(group: str) -> str:
    """`book records` → `book-records`."""
    return names.snake(group).replace("_", "-")


def title_of(group: str) -> str:
    """What the tests of a group are about: `book_records` → `book records`."""
    return group.replace("_", " ")


def _kind(job: Job) -> str:
    """`test`, `spec` or `e2e-spec`, as the project calls its own tests: those of the whole app, where it tells them apart."""
    files = job.project.tests.files
    whole = Counter(found[1] for each in files if (found := WHOLE.search(each)))
    if whole:
        return whole.most_common(1)[0][0]
    spec = sum(".spec." in each for each in files)
    return "spec" if spec > sum(".test." in each for each in files) else "test"


def _is_doubled(case: Case, style: Style) -> bool:
    """Whether every service that the case speaks of has a double here."""
    named = (getattr(step, "service", "") for step in case.steps)
    return all(not name or name in style.doubles for name in named)


def _rendered(
    cases: tuple[Case, ...], job: Job, style: Style, templates: Templates
) -> tuple[Rendered, ...]:
    taken: set[str] = set()
    return tuple(
        each
        for case in cases
        for each in render(case, job.project, job.plan, style, templates, taken)
    )


def _words(rendered: Rendered) -> list[str]:
    return WORD.findall(rendered.text) + WORD.findall(" ".join(sorted(rendered.imports)))


def _file(
    group: str, tests: tuple[Rendered, ...], job: Job, modules: Modules, templates: Templates
) -> str:
    needs = {need for each in tests for need in each.imports}
    requesting = "request" in needs
    needs.discard("request")
    body = " ".join(each.text for each in tests)
    needs = {
        each for each in needs if re.search(rf"\b{re.escape(each.rpartition(':')[2])}\b", body)
    }
    if requesting:
        needs.add("app:buildApp")
        needs.add("package:supertest:default:request")
        if modules.typed:
            needs.add("app:App")
    if origin := spoken_by(job):
        words = ["describe", "expect", "it", *(["beforeAll"] if requesting else [])]
        needs |= {f"package:{origin}:{each}:{each}" for each in words}
    lines = statements(needs, modules, job.layout)
    packages = [line for line in lines if "'." not in line]
    return templates.render(
        "testers/vitest/file.jinja",
        setup=modules.load(f"./helpers/setup{modules.ending}", ""),
        packages=packages,
        imports=[_as_type(line) for line in lines if "'." in line],
        group=text(title_of(group)),
        requesting=requesting,
        tests=[each.text for each in tests],
    )


def _as_type(line: str) -> str:
    return re.sub(r"(?<!type )\bApp\b(?=[ ,}])", "type App", line)


def _ids(path: str, group: str, tests: tuple[Rendered, ...]) -> list[tuple[str, str, str]]:
    found = []
    for each in tests:
        rows = each.variations or ((each.name, ""),)
        found += [(f"{path} > {title_of(group)} > {shown}", each.case, row) for shown, row in rows]
    return found
