"""Calls of Django's test client: the body or the query by position, its kind by `content_type`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.model.step import Call
from comfrey.model.value import Column, Data, Mapping, Sequence, Value, With
from comfrey.stacks.testers.pytest import literals

if TYPE_CHECKING:
    from comfrey.stacks.testers.pytest.expressions import Speaker

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
READING = ("GET", "HEAD")


def arguments(say: Speaker, call: Call) -> list[str]:
    """What follows the path."""
    found = _body(say, call) if call.body is not None else []
    query = say.query(call)
    if query and not found and str(call.method) in READING:
        found.append(query)
    elif query:
        say.scope.need("from urllib.parse import urlencode")
        found.append(f"QUERY_STRING=urlencode({query})")
    headers = say.headers(call)
    if call.cookies:
        shown = "; ".join(f"{name}={{{say.sent(value)}}}" for name, value in call.cookies)
        cookie = "{" + f'"Cookie": f"{shown}"' + "}"
        headers = f"{headers} | {cookie}" if headers else cookie
    return [*found, f"headers={headers}"] if headers else found


def _body(say: Speaker, call: Call) -> list[str]:
    body = call.body
    assert body is not None
    told = {name.lower(): value for name, value in call.headers}
    kind = say.sent(told["content-type"]) if "content-type" in told else literals.text(call.media)
    if call.media == JSON or call.media.endswith("+json"):
        if isinstance(body, Data):
            return [say.sent(body), f"content_type={kind}"]
        if _is_container(body) and not isinstance(call.method, Column):
            return [say.sent(body), f"content_type={kind}"]
        say.scope.need("import json")
        return [f"json.dumps({say.sent(body)})", f"content_type={kind}"]
    if call.media in FORMS and str(call.method) == "POST":
        return [_form(say, body)]
    if call.media == FORMS[1] and isinstance(body, Mapping):
        say.scope.need(
            "from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart"
        )
        return [f"encode_multipart(BOUNDARY, {_form(say, body)})", "content_type=MULTIPART_CONTENT"]
    return [say.sent(body), f"content_type={kind}"]


def _is_container(body: Value) -> bool:
    """Whether Django's client writes it as JSON by itself."""
    if isinstance(body, With):
        return True
    return isinstance(body, Mapping | Sequence)


def _form(say: Speaker, body: Value) -> str:
    if not isinstance(body, Mapping):
        return say.sent(body)
    return "{" + ", ".join(_part(say, key, each) for key, each in body.members) + "}"


def _part(say: Speaker, key: str, value: Value) -> str:
    if not isinstance(value, Data):
        return say.member(key, value)
    say.scope.need("from django.core.files.uploadedfile import SimpleUploadedFile")
    parts = [literals.text(value.filename or "file"), say.data(value)]
    media = [f"content_type={literals.text(value.media)}"] if value.media else []
    return f"{literals.text(key)}: SimpleUploadedFile({', '.join([*parts, *media])})"
