"""The doubles of a suite: which service gets which, under what name, behind which variables."""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.project import Project
from comfrey.model.service import Service
from comfrey.stacks.testers import names
from comfrey.stacks.testers.gotest import literals
from comfrey.stacks.testers.gotest.expressions import variable
from comfrey.stacks.testers.spoken import bad_answers, good_answers, product_of

BY_KIND = {"email": "mailbox", "storage": "storage"}
KINDS = {"http": "serveHTTP", "s3": "serveHTTP", "smtp": "serveSMTP"}
TAKEN = {"app", "db", "server", "response", "key", "client", "double", "call", "answer", "tables",
         "request", "headers", "failures", "hashes", "keys", "mail"}  # fmt: skip
HOSTS = ("HOST", "SERVER", "HOSTNAME", "ADDR", "ADDRESS")


class Double(Noun, frozen=True, kw_only=True):
    """One service's double. `serving` is the method that starts it."""

    service: str
    fixture: str
    serving: str
    answers: tuple[tuple[str, str, int, Any], ...] = ()
    paths: tuple[str, ...] = ()
    """The known paths that the app calls; a call is told apart by path when there are several."""
    variables: tuple[tuple[str, str], ...] = ()
    failures: tuple[tuple[str, int, Any], ...] = ()


def doubles_of(project: Project) -> tuple[Double, ...]:
    """A double for every service that speaks a protocol which the suite can speak, where a setting leads to it."""
    taken = set(TAKEN)
    found = []
    for service in project.services:
        leading = _leading(service) if service.protocol in KINDS else []
        if leading:
            wanted = BY_KIND.get(service.kind) or variable(service.name) or "service"
            found.append(_double(service, leading, names.unique(wanted, taken)))
    return tuple(found)


def _leading(service: Service) -> list[tuple[str, str]]:
    """(variable, the double's attribute) that lead the app there."""
    if service.protocol == "smtp":
        found = [(each, "port") for each in service.settings if each.upper().endswith("PORT")]
        return found + [(each, "host") for each in service.settings if each.upper().endswith(HOSTS)]
    if not service.base_url or "://" in service.base_url:
        return []
    return [(service.base_url, "url")]


def _double(service: Service, leading: list[tuple[str, str]], fixture: str) -> Double:
    speaks = service.protocol != "smtp"
    return Double(
        service=service.name,
        fixture=fixture,
        serving=KINDS[service.protocol],
        answers=tuple(good_answers(service)) if speaks else (),
        paths=tuple(sorted({each.path for each in service.calls if each.path})),
        variables=tuple((name, f"{fixture}.{attribute}") for name, attribute in leading),
        failures=tuple(bad_answers(service, product_of(service))) if speaks else (),
    )


def context(found: tuple[Double, ...]) -> dict[str, Any]:
    """What the template of the doubles is told."""
    failures = {kind: (status, shown) for each in found for kind, status, shown in each.failures}
    return {
        "doubles": [(each.fixture, each.serving, _given(each)) for each in found],
        "failures": [
            (kind, status, literals.plain(document))
            for kind, (status, document) in sorted(failures.items())
        ],
        "http": any(each.serving == "serveHTTP" for each in found),
        "smtp": any(each.serving == "serveSMTP" for each in found),
    }


def _given(double: Double) -> str:
    """The good answers that a double is made with."""
    answers = [
        (f"{method} {path}", f"{{{status}, {literals.plain(document)}}}")
        for method, path, status, document in double.answers
    ]
    return f"answers: {literals.members(answers, 'map[string]answer')}" if answers else ""
