"""The reading as an OpenAPI 3.1 document, from source alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from comfrey.model.endpoint import Endpoint, Guard, Parameter, Response
from comfrey.model.project import Project, Reading
from comfrey.reporter.json_schema import json_schema

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PLACEHOLDER = re.compile(r"\{([^}]+)\}")
APIKEY_PLACES = ("header", "query", "cookie")


def openapi(reading: Reading) -> str:
    """The document of the first app that serves anything, indented, ending in a newline.

    OpenAPI knows one API per document; further apps need a run of their own at their root.
    """
    serving = [app for app in reading.apps if app.endpoints] or list(reading.apps)
    document = _document(serving[0]) if serving else _empty("nothing found", {})
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _document(project: Project) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    names: dict[str, int] = {}
    for endpoint in project.endpoints:
        method = endpoint.method.lower()
        if endpoint.kind == "http" and method in METHODS:
            paths.setdefault(endpoint.path, {}).setdefault(method, _operation(endpoint, names))
    document = _empty(project.name or project.root, paths)
    schemes = _schemes(project.endpoints)
    if schemes:
        document["components"] = {"securitySchemes": schemes}
    return document


def _empty(title: str, paths: dict[str, Any]) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": title, "version": "0"}, "paths": paths}


def _operation(endpoint: Endpoint, names: dict[str, int]) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": _unique(endpoint, names)}
    if endpoint.summary:
        operation["summary"] = endpoint.summary
    if endpoint.tags:
        operation["tags"] = list(endpoint.tags)
    parameters = _parameters(endpoint)
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        media = endpoint.body.media or "application/json"
        operation["requestBody"] = {
            "required": endpoint.body.required,
            "content": {media: {"schema": json_schema(endpoint.body.schema)}},
        }
    operation["responses"] = _responses(endpoint)
    if endpoint.guards:
        operation["security"] = _security(endpoint)
    return operation


def _unique(endpoint: Endpoint, names: dict[str, int]) -> str:
    name = endpoint.handler.name.rpartition(".")[2] or endpoint.method.lower()
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}_{names[name]}"


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    """All parameters; one that the path names and nothing declares is a string."""
    named = PLACEHOLDER.findall(endpoint.path)
    declared = {each.name for each in endpoint.parameters if each.location == "path"}
    shown = [_parameter(each) for each in endpoint.parameters if _fits(each, named)]
    for name in dict.fromkeys(named):
        if name not in declared:
            shown.append(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            )
    return list({(each["in"], each["name"]): each for each in shown}.values())


def _fits(parameter: Parameter, named: list[str]) -> bool:
    return parameter.location != "path" or parameter.name in named


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required or parameter.location == "path",
        "schema": json_schema(parameter.schema),
    }


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    responses = {str(each.status): _response(each) for each in endpoint.responses}
    responses.setdefault(str(endpoint.status), _response(Response(status=endpoint.status)))
    for refusal in endpoint.refusals:
        responses.setdefault(
            str(refusal.status),
            _response(Response(status=refusal.status, description=refusal.detail)),
        )
    return dict(sorted(responses.items()))


def _response(response: Response) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": response.description or _phrase(response.status)}
    if response.body is not None:
        shown["content"] = {
            response.media or "application/json": {"schema": json_schema(response.body)}
        }
    return shown


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


def _schemes(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    guards = {_key(guard): guard for each in endpoints for guard in each.guards}
    return {key: _scheme(guards[key]) for key in sorted(guards)}


def _key(guard: Guard) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", guard.name or guard.scheme)


def _scheme(guard: Guard) -> dict[str, Any]:
    where, _, name = guard.carrier.partition(":")
    if guard.scheme == "basic":
        return {"type": "http", "scheme": "basic"}
    if guard.scheme == "session":
        return {"type": "apiKey", "in": "cookie", "name": name or "session"}
    if where in APIKEY_PLACES and name and name.lower() != "authorization":
        return {"type": "apiKey", "in": where, "name": name}
    return {"type": "http", "scheme": "bearer"}


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    """All guards together; an empty alternative where none is required."""
    needed: dict[str, list[str]] = {}
    for guard in endpoint.guards:
        needed.setdefault(_key(guard), []).extend(guard.scopes)
    return [needed, {}] if endpoint.optional_auth else [needed]
