"""The inventories of a scan: as tables for people, as JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from comfrey.model.endpoint import Endpoint, Parameter, Response
from comfrey.model.place import Place, Unknown
from comfrey.model.project import Project, Reading
from comfrey.model.record import Field, Record, Relation
from comfrey.model.schema import Schema
from comfrey.model.service import Service, Setting
from comfrey.reporter.json_schema import json_schema
from comfrey.stacks.testers import said

ENDPOINT_COLUMNS = ("#", "Method", "Path", "Auth", "Request Body", "Response", "Handler File")
RECORD_COLUMNS = ("Model", "Fields", "Relations", "Unique Constraints", "Validation Rules")
SERVICE_COLUMNS = ("Service", "Kind", "Library", "Settings", "Called from")
SETTING_COLUMNS = ("Setting", "Required", "Default", "Purpose")


# --- JSON --------------------------------------------------------------------


def scan_json(reading: Reading) -> str:
    """`{"schema": 1, "apps": […]}`, indented, ending in a newline."""
    document = {
        "schema": 1,
        "apps": [_app(each) for each in reading.apps],
        "left_out": [_unknown(each) for each in reading.left_out],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _app(project: Project) -> dict[str, Any]:
    stack = project.stack
    return {
        "root": project.root,
        "stack": {
            "language": stack.language,
            "framework": stack.framework,
            "orm": stack.orm or None,
            "databases": stack.databases,
            "test_framework": stack.test_framework or None,
            "package_manager": stack.package_manager or None,
            "evidence": [_place(each) for each in stack.evidence],
        },
        "endpoints": [_endpoint(each) for each in project.endpoints],
        "records": [_record(each) for each in project.models],
        "services": [_service(each) for each in project.services],
        "settings": [_setting(each) for each in project.settings],
        "unknowns": [_unknown(each) for each in project.unknowns],
    }


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    handler = endpoint.handler
    result: dict[str, Any] = {
        "method": endpoint.method,
        "path": endpoint.path,
        "auth": endpoint.auth,
        "optional_auth": endpoint.optional_auth,
        "roles": endpoint.roles,
        "handler": {"file": handler.file, "line": handler.line, "name": handler.name},
        "parameters": [_parameter(each) for each in endpoint.parameters],
        "body": _body(endpoint),
        "responses": [_response(each) for each in _answers(endpoint)],
        "evidence": [_place(each) for each in endpoint.evidence],
    }
    if endpoint.kind != "http":
        result["kind"] = endpoint.kind
    return result


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "schema": json_schema(parameter.schema),
    }


def _body(endpoint: Endpoint) -> dict[str, Any] | None:
    if endpoint.body is None:
        return None
    schema = json_schema(endpoint.body.schema)
    if endpoint.body.media != "application/json":
        schema["contentMediaType"] = endpoint.body.media
    return schema


def _answers(endpoint: Endpoint) -> list[Response]:
    """Declared responses, then the statuses of deliberate refusals that no response declares."""
    known = {each.status for each in endpoint.responses}
    refused = sorted({each.status for each in endpoint.refusals} - known)
    return [*endpoint.responses, *(Response(status=status) for status in refused)]


def _response(response: Response) -> dict[str, Any]:
    return {
        "status": response.status,
        "body": json_schema(response.body) if response.body else None,
    }


def _record(record: Record) -> dict[str, Any]:
    return {
        "name": record.code,
        "table": record.table,
        "file": record.place.file,
        "fields": [_field(each) for each in record.fields],
        "unique": record.unique,
        "relations": [
            {
                "name": each.name,
                "to": each.to,
                "kind": each.kind,
                "on_delete": each.on_delete or None,
            }
            for each in record.relations
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type,
        "required": field.required,
        "unique": field.unique,
        "default": field.default,
        "rules": field.rules,
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "kind": service.kind,
        "name": service.name,
        "library": service.library,
        "calls": [{"file": each.file, "line": each.line} for each in service.calls],
        "settings": service.settings,
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "required": setting.required,
        "default": _shown_default(setting),
        "type": setting.type,
    }


def _unknown(unknown: Unknown) -> dict[str, Any]:
    place = _place(unknown.place) if unknown.place else None
    return {"subject": unknown.subject, "reason": unknown.reason, "place": place}


def _place(place: Place) -> dict[str, Any]:
    shown: dict[str, Any] = {"file": place.file, "line": place.line}
    return shown | {"name": place.name} if place.name else shown


def _shown_default(setting: Setting) -> str | None:
    return "***" if setting.secret and setting.default else setting.default


# --- tables ------------------------------------------------------------------


def scan_tables(reading: Reading) -> Group:
    """One block per app: its stack and its inventories."""
    return Group(*(part for app in reading.apps for part in _block(app)), *_left_out(reading))


def _block(project: Project) -> Iterator[RenderableType]:
    yield Text(f"\n{project.name or project.root}", style="bold")
    yield _stack(project)
    yield from _section("Endpoints", ENDPOINT_COLUMNS, _endpoint_rows(project))
    yield from _section("Data Models", RECORD_COLUMNS, map(_record_row, project.models))
    yield from _section("External Services", SERVICE_COLUMNS, map(_service_row, project.services))
    yield from _section("Settings", SETTING_COLUMNS, map(_setting_row, project.settings))
    yield from _section("Not known", ("What", "Why", "Where"), map(_unknown_row, project.unknowns))


def _left_out(reading: Reading) -> Iterator[RenderableType]:
    yield from _section("Left out", ("What", "Why", "Where"), map(_unknown_row, reading.left_out))


def _section(
    title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> Iterator[RenderableType]:
    filled = list(rows)
    if not filled:
        return
    yield Text(f"\n{title} ({len(filled)})", style="bold")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("#", "Method"))
    for row in filled:
        table.add_row(*(Text(cell) for cell in row))
    yield table


def _stack(project: Project) -> Table:
    stack = project.stack
    rows = (
        ("Framework", stack.framework),
        ("ORM", ", ".join(stack.orms) or "none found"),
        ("Database", ", ".join(stack.databases) or "none found"),
        ("Tests", said(project) + ("" if stack.test_framework_declared else " (to be added)")),
        ("Packages", stack.package_manager or "unknown"),
    )
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _endpoint_rows(project: Project) -> Iterator[tuple[str, ...]]:
    for number, each in enumerate(project.endpoints, 1):
        method = each.method if each.kind == "http" else f"{each.method} ({each.kind})"
        where = str(each.handler.place) if each.handler.file else f"{each.handler.name} (external)"
        yield (
            str(number), method, each.path, _auth(each), _request(each), _answer(each), where,
        )  # fmt: skip


def _auth(endpoint: Endpoint) -> str:
    if endpoint.auth is None:
        return "unknown"
    if endpoint.optional_auth:
        return "optional"
    if not endpoint.auth:
        return "–"
    return ", ".join(endpoint.roles) or "yes"


def _request(endpoint: Endpoint) -> str:
    if endpoint.body is None:
        return "–"
    kind = endpoint.body.media.removeprefix("application/")
    shown = _shape(endpoint.body.schema)
    return shown if kind == "json" else f"{shown} ({kind})"


def _answer(endpoint: Endpoint) -> str:
    good = next((each for each in endpoint.responses if each.status == endpoint.status), None)
    shape = f" {_shape(good.body)}" if good and good.body else ""
    return f"{endpoint.status}{shape}"


def _shape(schema: Schema) -> str:
    if schema.name:
        return schema.name
    if schema.type == "array" and schema.items:
        return f"[{_shape(schema.items)}]"
    if schema.any_of:
        return " | ".join(_shape(each) for each in schema.any_of)
    if schema.properties:
        return "{" + ", ".join(each.name for each in schema.properties) + "}"
    return schema.type


def _record_row(record: Record) -> tuple[str, ...]:
    unique = [*((each.name,) for each in record.fields if each.unique), *record.unique]
    rules = [f"{each.name}: {', '.join(each.rules)}" for each in record.fields if each.rules]
    rules += [each.sql for each in record.checks]
    return (
        record.code,
        ", ".join(_field_name(each) for each in record.fields),
        ", ".join(_relation(each) for each in record.relations) or "–",
        ", ".join(" + ".join(each) for each in dict.fromkeys(unique)) or "–",
        "; ".join(dict.fromkeys(rules)) or "–",
    )


def _field_name(field: Field) -> str:
    return f"{field.name}{'' if field.required or field.primary_key else '?'}"


def _relation(relation: Relation) -> str:
    rule = f" on delete {relation.on_delete.replace('_', ' ')}" if relation.on_delete else ""
    return f"{relation.name} → {relation.to}{rule}"


def _service_row(service: Service) -> tuple[str, ...]:
    calls = ", ".join(f"{each.file}:{each.line}" for each in service.calls[:3])
    more = f" and {len(service.calls) - 3} more" if len(service.calls) > 3 else ""
    settings = ", ".join(service.settings) or "–"
    return service.name, service.kind, service.library, settings, calls + more or "–"


def _setting_row(setting: Setting) -> tuple[str, ...]:
    required = "yes" if setting.required else "–"
    return setting.name, required, _shown_default(setting) or "–", setting.purpose or "–"


def _unknown_row(unknown: Unknown) -> tuple[str, ...]:
    return unknown.subject, unknown.reason, str(unknown.place) if unknown.place else "–"
