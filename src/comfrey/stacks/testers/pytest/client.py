"""How a framework's test client is spoken to, as its `about.toml` says under `[data.client]`."""

from __future__ import annotations

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


def client_of(project: Project, *, asynchronous: bool) -> Client:
    """The client of the project's framework."""
    found = shelf.folder("frameworks", project.stack.framework)
    said = found.about.data.get("client") if found is not None else None
    if said is not None:
        return msgspec.convert(said, Client, strict=True)
    return ASYNCHRONOUS if asynchronous else Client()
