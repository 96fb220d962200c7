"""Narrowing a walk to what a person named: a path prefix, an endpoint, a record, a service, a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

from comfrey.model.endpoint import Endpoint
from comfrey.model.plan import Case, Plan
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Project

Subject = str


def focused(plan: Plan, project: Project, words: tuple[str, ...]) -> Plan:
    """The plan with only the cases about one of the words; all of it without words.

    `Problem` (usage) when a word names nothing, with the three nearest names.
    """
    if not words:
        return plan
    subjects = frozenset(subject for word in words for subject in subjects_of(project, word))
    kept = (_narrowed(case, subjects) for case in plan.cases)
    return plan.replace(cases=tuple(case for case in kept if case is not None))


def narrowed(project: Project, words: tuple[str, ...]) -> Project:
    """The project with only the endpoints, records and services that the words name; as `focused`."""
    subjects = frozenset(subject for word in words for subject in subjects_of(project, word))
    return project.replace(
        endpoints=tuple(each for each in project.endpoints if each.key in subjects),
        records=tuple(each for each in project.records if each.name in subjects),
        services=tuple(each for each in project.services if each.name in subjects),
    )


def subjects_of(project: Project, word: str) -> tuple[Subject, ...]:
    """The endpoint keys, records and services that a word means."""
    found = tuple(_matching(project, word))
    if not found:
        near = ", ".join(f"`{name}`" for name in nearest(project, word)) or "nothing at all"
        raise Problem(
            f"`{word}` names no path, endpoint, data model, service or file of this project",
            next_step=f"The nearest are {near}; `comfrey scan` lists them all.",
            code=EXIT_USAGE,
        )
    return found


def nearest(project: Project, word: str, count: int = 3) -> list[str]:
    """The `count` names most like `word`."""
    names = sorted({name for name, _ in _names(project)})
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower(), list(lowered), n=count, cutoff=0.3)
    return [lowered[name] for name in close] or names[:count]


def _matching(project: Project, word: str) -> Iterable[Subject]:
    matches = _matcher(word)
    for endpoint in project.endpoints:
        if matches(endpoint):
            yield endpoint.key
    for record in project.records:
        if word.lower() in (record.name.lower(), record.table.lower()) or word == record.place.file:
            yield record.name
    for service in project.services:
        files = {call.file for call in service.calls}
        if word.lower() == service.name.lower() or word in files:
            yield service.name


def _matcher(word: str) -> Callable[[Endpoint], bool]:
    method, _, path = word.partition(" ")
    if path:
        shape = _shape(path)
        return lambda each: each.method == method.upper() and _shape(each.path) == shape
    if word.startswith("/"):
        prefix = word.rstrip("/")
        return lambda endpoint: _below(endpoint.path, prefix)
    return lambda endpoint: endpoint.handler.file == word


def _shape(path: str) -> str:
    """The path with its parameters unnamed: people write `{id}` where the code says `{book_id}`."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _below(path: str, prefix: str) -> bool:
    """Whether the prefix stands at the path's start, or after the prefix that all paths share."""
    return path.rstrip("/") == prefix or path.startswith(f"{prefix}/") or f"{prefix}/" in f"{path}/"


def _names(project: Project) -> Iterable[tuple[str, str]]:
    for endpoint in project.endpoints:
        yield endpoint.key, "endpoint"
        yield endpoint.path, "path"
        yield endpoint.handler.file, "file"
    for record in project.records:
        yield record.name, "record"
    for service in project.services:
        yield service.name, "service"


def _narrowed(case: Case, subjects: frozenset[Subject]) -> Case | None:
    if not any(row.subject for row in case.variations):
        return case if case.subject in subjects else None
    rows = tuple(row for row in case.variations if (row.subject or case.subject) in subjects)
    return case.replace(variations=rows) if rows else None
