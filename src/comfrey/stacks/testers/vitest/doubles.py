"""The doubles of a suite: which service gets which, under what name, behind which variables."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from comfrey.model.noun import Noun
from comfrey.model.project import Project
from comfrey.model.service import Service
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.spoken import bad_answers, good_answers, product_of
from comfrey.stacks.testers.vitest import literals
from comfrey.stacks.testers.vitest.imports import Modules

CLASSES = {
    "amqp": "QueueDouble",
    "http": "HttpDouble",
    "http-server": "ServerDouble",
    "s3": "StorageDouble",
    "smtp": "MailDouble",
}
SERVED = ("amqp", "smtp", "s3", "http-server")
EARLY = ("amqp",)
"""Those that an app may ask for while it is imported."""
LATE = ("amqp",)
"""Those that are told without waiting for them."""
UNDICI = ("undici",)
"""Clients whose requests pass by what stands in for Node's own."""
BY_KIND = {"email": "mailbox", "queue": "queue", "storage": "storage"}


class Double(Noun, frozen=True, kw_only=True):
    """One service's double. `piece` names its template, `port` the constant of its port, if any."""

    service: str
    fixture: str
    piece: str
    origin: str = ""
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
    taken = {"request", "app", "expect", "it", "describe"}
    found = []
    for service in project.services:
        piece = _piece(service)
        if piece:
            wanted = BY_KIND.get(service.kind) or names.camel(service.name) or "service"
            found.append(_double(service, piece, names.unique(wanted, taken)))
    return tuple(found)


def _piece(service: Service) -> str:
    if service.protocol == "smtp":
        return "smtp"
    where = _where(service)
    redirected = bool(where) and "://" not in where
    if service.protocol == "amqp":
        return "amqp" if service.settings else ""
    if service.protocol == "s3":
        return "s3" if redirected else ""
    if service.protocol != "http" or not where:
        return ""
    if service.library in UNDICI:
        return "http-server" if redirected else ""
    return "http"


def _where(service: Service) -> str:
    """The setting that holds a service's address, or the address itself; that of the product where a package knows it."""
    known = None if service.base_url else product_of(service)
    return f"https://{known.hosts[0]}" if known and known.hosts else service.base_url


def _double(service: Service, piece: str, fixture: str) -> Double:
    origin = ""
    if piece == "http":
        host = f"{names.snake(fixture).replace('_', '-')}.test"
        origin = f"http://{host}"
        if "://" in _where(service):
            address = urlsplit(_where(service))
            origin = f"{address.scheme}://{address.netloc}"
    port = f"{names.snake(fixture).upper()}_PORT" if piece in SERVED else ""
    known = product_of(service)
    return Double(
        service=service.name,
        fixture=fixture,
        piece=piece,
        origin=origin,
        port=port,
        answers=tuple(good_answers(service)) if piece not in ("amqp", "smtp") else (),
        paths=tuple(sorted({each.path for each in service.calls if each.path})),
        variables=tuple(_variables(service, piece, origin, port)),
        failures=tuple(bad_answers(service, known)) if piece.startswith(("http", "s3")) else (),
    )


def _variables(service: Service, piece: str, origin: str, port: str) -> list[tuple[str, str]]:
    """(variable, expression) that lead the app to the double."""
    if piece == "smtp":
        hosts = [each for each in service.settings if each.upper().endswith(("HOST", "SERVER"))]
        ports = [each for each in service.settings if each.upper().endswith("PORT")]
        return [(each, "'127.0.0.1'") for each in hosts] + [
            (each, f"String({port})") for each in ports
        ]
    if piece == "amqp":
        return [(name, said) for name in service.settings if (said := _broker(name, service, port))]
    if not service.base_url or "://" in service.base_url:
        return []
    if piece in SERVED:
        return [(service.base_url, f"`http://127.0.0.1:${{{port}}}`")]
    return [(service.base_url, literals.text(origin))]


def _broker(name: str, service: Service, port: str) -> str:
    """What a setting of a broker's says here, "" where the double does not mind."""
    upper = name.upper()
    if upper.endswith(("HOST", "HOSTNAME", "SERVER")):
        return "'127.0.0.1'"
    if upper.endswith("PORT"):
        return f"String({port})"
    if name == service.base_url or upper.endswith(("URL", "URI", "DSN")):
        return f"`amqp://127.0.0.1:${{{port}}}`"
    return ""


def module(found: tuple[Double, ...], templates: Templates, modules: Modules) -> str:
    """The text of the module of doubles, or "" when the project talks to nobody."""
    pieces = list(dict.fromkeys(each.piece for each in found))
    if not pieces:
        return ""
    if "s3" in pieces:
        pieces = [
            "http-server",
            *(each for each in pieces if each not in ("http-server", "s3")),
            "s3",
        ]
    failures = {kind: (status, shown) for each in found for kind, status, shown in each.failures}
    return templates.render(
        "testers/vitest/doubles.jinja",
        pieces=pieces,
        classes=[templates.render(f"services/node-{each}.jinja").strip() for each in pieces],
        failures=[(kind, *_shown(*answer)) for kind, answer in sorted(failures.items())],
        doubles=[(each.fixture, each.name, _arguments(each)) for each in found],
        ports=[each.port for each in found if each.port],
        load=modules.load,
        ending=modules.ending,
        typescript=modules.typed,
    )


def _shown(status: int, document: Any) -> tuple[int, str]:
    return status, literals.plain(document)


def _arguments(double: Double) -> str:
    """What a double is made with: where it stands, and its good answers."""
    where = double.port or (literals.text(double.origin) if double.piece == "http" else "")
    members = [
        (f"{method} {path}", f"[{status}, {literals.plain(document)}]")
        for method, path, status, document in double.answers
    ]
    return ", ".join(each for each in (where, literals.members(members) if members else "") if each)
