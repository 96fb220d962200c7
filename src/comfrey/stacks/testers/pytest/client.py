"""How a framework's test client is spoken to, as its `about.toml` says under `[data.client]`."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from comfrey.model.noun import Noun
from comfrey.model.project import Project
from comfrey.stacks import shelf


class Client(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`query` and `content` are the keywords of a query and of raw bytes, `json` what gives an answer's
    document, `ok` whether an answer is a good one, `text` its body to be shown. `any` calls a method by name (`{method}`, `{path}`),
    `bodiless` are methods whose own function takes no body. `files` says how files are sent: `httpx` apart
    from the fields, `werkzeug` among them, `django` among them and everything by position. `around` is what must be entered before the app's own
    functions are called, `around_import` where it comes from."""

    type: str = "TestClient"
    type_import: str = "from fastapi.testclient import TestClient"
    response: str = "Response"
    response_import: str = "from httpx import Response"
    query: str = "params"
    content: str = "content"
    json: str = "json()"
    ok: str = "is_success"
    text: str = "text"
    any: str = "request({method}, {path}"
    bodiless: tuple[str, ...] = ("GET", "DELETE", "HEAD", "OPTIONS")
    files: str = "httpx"
    around: str = ""
    around_import: str = ""


ASYNCHRONOUS = Client(type="AsyncClient", type_import="from httpx import AsyncClient")


def _older(project: Project, data: dict[str, Any]) -> dict[str, Any]:
    """What is said otherwise to a framework that the project pins below a version."""
    said = data.get("older_client", {})
    pinned = re.search(r"\d+(?:\.\d+)?", dict(project.stack.versions).get(said.get("of", ""), ""))
    is_older = pinned is not None and _numbers(pinned[0]) < _numbers(said["before"])
    return {key: each for key, each in said.items() if is_older and key not in ("of", "before")}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))


def client_of(project: Project, *, asynchronous: bool) -> Client:
    """The client of the project's framework."""
    found = shelf.folder("frameworks", project.stack.framework)
    said = found.about.data.get("client") if found is not None else None
    if found is not None and said is not None:
        return msgspec.convert(said | _older(project, found.about.data), Client, strict=True)
    return ASYNCHRONOUS if asynchronous else Client()
