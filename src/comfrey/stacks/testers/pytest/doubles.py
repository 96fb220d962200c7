"""The doubles of a suite: which service gets which, under what fixture, behind which variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from comfrey.model.noun import Noun
from comfrey.model.project import Project
from comfrey.model.service import Service
from comfrey.stacks.services import SECURING
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.spoken import bad_answers, good_answers, product_of

SERVED = ("smtp", "s3", "http-server", "redis")
IN_PROCESS = {"httpx": "http-httpx", "requests": "http-requests"}
CLASSES = {
    "http-httpx": "HttpDouble",
    "http-requests": "RequestsDouble",
    "http-server": "ServerDouble",
    "s3": "StorageDouble",
    "redis": "CacheServer",
    "smtp": "MailDouble",
    "outbox": "Outbox",
    "amqp-aio_pika": "QueueDouble",
    "amqp-pika": "QueueDouble",
}
IMPORTS = {
    "redis": ("import pytest",),
    "outbox": (
        "from collections.abc import Sequence",
        "from smtplib import SMTPDataError, SMTPServerDisconnected",
        "from django.core.mail import EmailMessage",
        "from django.core.mail.backends.locmem import EmailBackend",
    ),
    "http-httpx": ("import httpx",),
    "http-requests": ("import requests",),
    "amqp-aio_pika": ("import aio_pika",),
    "amqp-pika": ("import pika",),
}
STOPS = ("pytest.exit({}, 4)".format, "raise SystemExit({})".format)
"""How a suite ends that cannot go on: under pytest, under the framework's own runner."""
CACHE_SERVER = "cache_server"
"""How an app says that its settings spell out where its cache is."""
BY_KIND = {"cache": "cache", "email": "mailbox", "queue": "queue", "storage": "storage"}


class Double(Noun, frozen=True, kw_only=True):
    """One service's double. `piece` names its template, `port` the constant of its port, if any."""

    service: str
    fixture: str
    piece: str
    host: str = ""
    port: str = ""
    answers: tuple[tuple[str, str, int, Any], ...] = ()
    paths: tuple[str, ...] = ()
    """The known paths that the app calls; a call is told apart by path when there are several."""
    variables: tuple[tuple[str, str], ...] = ()
    failures: tuple[tuple[str, int, Any], ...] = ()

    @property
    def name(self) -> str:
        return CLASSES[self.piece]


def doubles_of(project: Project) -> tuple[Double, ...]:
    """A double for every service that speaks a protocol which the suite can speak."""
    taken = {"client", "auth_headers", "db_session", "seed_data"}
    found = []
    for service in project.services:
        piece = _piece(service)
        if piece:
            wanted = BY_KIND.get(service.kind) or names.identifier(service.name)
            found.append(_double(service, piece, names.unique(wanted, taken)))
    if CACHE_SERVER in project.application.adjusted and not cache_port(found):
        fixture = names.unique("cache", taken)
        port = f"{fixture.upper()}_PORT"
        found.append(Double(service="the cache", fixture=fixture, piece="redis", port=port))
    return tuple(found)


def cache_port(found: Iterable[Double]) -> str:
    """The constant of the port at which the suite's own Redis listens, "" without one."""
    return next((each.port for each in found if each.piece == "redis"), "")


def _piece(service: Service) -> str:
    library = service.library.replace("-", "_").lower()
    if service.kind == "monitoring":
        return ""  # it keeps still without an address
    if service.protocol == "smtp":
        return "outbox" if service.library == "django" else "smtp"
    if service.protocol == "redis":
        return "redis" if service.settings else ""
    if service.protocol == "amqp":
        piece = f"amqp-{library}"
        return piece if piece in CLASSES else ""
    if service.protocol == "http" and library in IN_PROCESS:
        return IN_PROCESS[library] if service.base_url else ""
    redirected = service.base_url and not _is_address(service.base_url)
    if not redirected or service.protocol not in ("http", "s3"):
        return ""
    return "s3" if service.protocol == "s3" else "http-server"


def _is_address(base_url: str) -> bool:
    return "://" in base_url


def _double(service: Service, piece: str, fixture: str) -> Double:
    host = f"{fixture.replace('_', '-')}.test"
    if _is_address(service.base_url):
        host = urlsplit(service.base_url).hostname or host
    port = f"{fixture.upper()}_PORT" if piece in SERVED else ""
    known = product_of(service)
    return Double(
        service=service.name,
        fixture=fixture,
        piece=piece,
        host=literals.word(host),
        port=port,
        answers=() if piece in ("redis", "outbox") else tuple(good_answers(service)),
        paths=tuple(sorted({each.path for each in service.calls if each.path})),
        variables=tuple(_variables(service, piece, host, port)),
        failures=tuple(bad_answers(service, known)) if piece.startswith("http") else (),
    )


def _variables(service: Service, piece: str, host: str, port: str) -> list[tuple[str, str]]:
    """(variable, expression) that lead the app to the double."""
    if piece in ("smtp", "outbox"):
        said = f"str({port})" if port else '"25"'  # an outbox asks nobody
        secured = [each for each in service.settings if port and SECURING.search(each)]
        hosts = [each for each in service.settings if each.upper().endswith(("HOST", "SERVER"))]
        ports = [each for each in service.settings if each.upper().endswith("PORT")]
        return [
            *((each, '"127.0.0.1"') for each in hosts),
            *((each, said) for each in ports),
            *((each, '"false"') for each in secured),
        ]
    if piece == "redis":
        urls = [each for each in service.settings if each.upper().endswith(("URL", "URI", "DSN"))]
        hosts = [each for each in service.settings if each.upper().endswith("HOST")]
        ports = [each for each in service.settings if each.upper().endswith("PORT")]
        return [
            *((each, f'f"redis://127.0.0.1:{{{port}}}/0"') for each in urls),
            *((each, '"127.0.0.1"') for each in hosts),
            *((each, f"str({port})") for each in ports),
        ]
    if not service.base_url or _is_address(service.base_url):
        return []
    if piece in SERVED:
        return [(service.base_url, f'f"http://127.0.0.1:{{{port}}}"')]
    scheme = "amqp" if piece.startswith("amqp") else "http"
    return [(service.base_url, literals.text(f"{scheme}://{host}"))]


def module(found: tuple[Double, ...], templates: Templates, *, framed: bool = False) -> str:
    """The text of `doubles.py`, or "" when the project talks to nobody. A `framed` suite is run by the framework."""
    pieces = list(dict.fromkeys(each.piece for each in found))
    if not pieces:
        return ""
    spoken = ["http-parse", *pieces]
    if "s3" in pieces and "http-server" not in pieces:
        spoken.insert(1, "http-server")
    spoken.sort(key=lambda each: each == "s3")
    if any(each.startswith("amqp") for each in pieces):
        spoken.append("replace")
    failures = {kind: (status, shown) for each in found for kind, status, shown in each.failures}
    return templates.render(
        "testers/pytest/doubles.jinja",
        imports=[line for each in pieces for line in IMPORTS.get(each, ())],
        classes=[
            templates.render(f"services/{each}.jinja", stop=STOPS[framed]).strip()
            for each in spoken
        ],
        failures=[(kind, *_shown(*answer)) for kind, answer in sorted(failures.items())],
    )


def _shown(status: int, document: Any) -> tuple[int, str]:
    return status, literals.plain(document)


def answers(double: Double) -> str:
    """The good answers of a double as a dict display."""
    members = [
        f"({literals.text(method)}, {literals.text(path)}): ({status}, {literals.plain(document)})"
        for method, path, status, document in double.answers
    ]
    return "{" + ", ".join(members) + "}" if members else ""
