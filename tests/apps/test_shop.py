"""Every copy of the bookshop is read as `apps/shop.json`, but for what its `shop.toml` says it departs in."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comfrey import reader
from comfrey.reporter.scan import scan_json
from comfrey.source.tree import open_tree

APPS = Path(__file__).resolve().parents[2] / "apps"
NAMES = sorted(each.parent.name for each in APPS.glob("*/README.md"))
SHOP = json.loads((APPS / "shop.json").read_text(encoding="utf-8"))
WIDE = 2**31 - 1
TYPES = {
    "text": "string", "enum": "string", "bigint": "integer", "smallint": "integer", "reference": "integer",
}  # fmt: skip
KEYWORDS = ("type", "format", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum",
            "minItems", "maxItems")  # fmt: skip


@pytest.fixture(scope="module", params=NAMES)
def copy(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is read of one copy, and its departures."""
    folder = APPS / request.param
    document = json.loads(scan_json(reader.read(open_tree(folder))))
    toml = folder / "shop.toml"
    departs = tomllib.loads(toml.read_text(encoding="utf-8")) if toml.exists() else {}
    return document["apps"][0], departs


def lacks(departs: dict[str, Any], kind: str) -> set[str]:
    return {each[kind] for each in departs.get("lacks", ()) if kind in each}


# --- endpoints ---------------------------------------------------------------


def key(endpoint: dict[str, Any]) -> str:
    return f"{endpoint['method']} {re.sub(r'{[^}]*}', '{}', endpoint['path'])}"


def bare(schema: Any) -> Any:
    """The schema by the keywords that are compared."""
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    found = {k: schema[k] for k in KEYWORDS if k in schema and schema[k] is not None}
    if isinstance(kind, list):
        found["type"] = sorted(kind)
    if found.get("maximum") == WIDE:
        del found["maximum"]
    if schema.get("properties"):
        found["required"] = sorted(schema.get("required", ()))
        found["properties"] = {k: bare(v) for k, v in sorted(schema["properties"].items())}
    if isinstance(schema.get("items"), dict):
        found["items"] = bare(schema["items"])
    return found


def parameters(endpoint: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    positions = re.findall(r"{([^}]*)}", endpoint["path"])
    for each in endpoint["parameters"]:
        location = each.get("location") or each["in"]
        if location == "header":
            continue
        inside = location == "path"
        schema = bare(each["schema"])
        if inside:
            schema = {"type": schema.get("type")}
        if isinstance(schema.get("type"), list):  # nothing in a query can be null
            schema["type"] = next(each for each in schema["type"] if each != "null")
            schema["enum"] = [each for each in schema.get("enum", ()) if each is not None]
            schema = {word: said for word, said in schema.items() if said != []}
        name = str(positions.index(each["name"])) if inside else each["name"]
        default = each["schema"].get("default") if schema.get("type") == "integer" else None
        yield f"{location} {name}", (each["required"], schema, default)


def departed(schema: Any, endpoint: str, departs: dict[str, Any]) -> Any:
    for each in departs.get("departs", ()):
        if endpoint in each.get("bodies", ()) and isinstance(schema, dict):
            inner = schema
            for name in each["field"].split("."):
                inner = inner.get("properties", {}).get(name, {})
            inner.pop(each["keyword"], None)
    return schema


def with_ids(schema: Any, ids: dict[str, Any]) -> Any:
    """The shop's schema where ids are no numbers."""
    if not isinstance(schema, dict):
        return schema
    said = dict(schema)
    for name, each in schema.get("properties", {}).items():
        own = ids if name.endswith("_id") and each.get("type") == "integer" else with_ids(each, ids)
        said["properties"] = {**said["properties"], name: own}
    if isinstance(schema.get("items"), dict):
        said["items"] = with_ids(schema["items"], ids)
    return said


def with_own_ids(endpoint: dict[str, Any], departs: dict[str, Any]) -> dict[str, Any]:
    ids = departs.get("ids", {}).get("schema")
    if ids is None:
        return endpoint
    parameters = [
        {**each, "schema": ids} if each["name"] == "id" or each["name"].endswith("_id") else each
        for each in endpoint["parameters"]
    ]
    return {**endpoint, "parameters": parameters, "body": with_ids(endpoint["body"], ids)}


def wanted(departs: dict[str, Any]) -> dict[str, Any]:
    gone = {re.sub(r"{[^}]*}", "{}", each) for each in lacks(departs, "endpoint")}
    kept = (each for each in SHOP["endpoints"] if key(each) not in gone)
    return {key(each): with_own_ids(each, departs) for each in kept}


def test_the_endpoints_are_those_of_the_shop(copy: tuple[dict[str, Any], dict[str, Any]]) -> None:
    app, departs = copy
    found = {key(each): each for each in app["endpoints"]}

    adds = [each["endpoint"] for each in departs.get("adds", ()) if "endpoint" in each]
    added = {re.sub(r"{[^}]*}", "{}", each) for each in adds}
    assert sorted(found.keys() - added) == sorted(wanted(departs))
    for name, each in wanted(departs).items():
        one = found[name]
        assert (one["auth"], one["roles"]) == (each["auth"], each["roles"]), name
        statuses = [r["status"] for r in one["responses"] if r["status"] < 300]
        assert statuses == each["success"], name


def test_the_inputs_are_those_of_the_shop(copy: tuple[dict[str, Any], dict[str, Any]]) -> None:
    app, departs = copy
    found = {key(each): each for each in app["endpoints"]}
    if not departs.get("inputs", {}).get("compared", True):
        return

    for name, each in wanted(departs).items():
        assert dict(parameters(found[name])) == dict(parameters(each)), name
        if "media" not in each:
            body, wants = (
                departed(bare(said), name.replace("{}", "{id}"), departs)
                for said in (found[name]["body"], each["body"])
            )
            assert body == wants, name


# --- records and services ----------------------------------------------------


def test_the_records_are_those_of_the_shop(copy: tuple[dict[str, Any], dict[str, Any]]) -> None:
    app, departs = copy
    names = {own: name for name, own in departs.get("names", {}).items()}
    found = {names.get(each["name"], each["name"]): each for each in app["records"]}
    renamed = {(e["record"], e["to"]): e["field"] for e in departs.get("renames", ())}

    typed = {(e["record"], e["field"]): e["type"] for e in departs.get("types", ())}
    added = {(e["record"], e["field"]) for e in departs.get("adds", ()) if "field" in e}
    gone = lacks(departs, "record")
    shop = [each for each in SHOP["records"] if each["name"] not in gone]
    assert sorted(found) == sorted(each["name"] for each in shop)
    for record in shop:
        one, kind = found[record["name"]], record["name"]

        def named(name: str, kind: str = kind) -> str:
            return renamed.get((kind, name)) or renamed.get(("*", name), name)

        fields = {
            named(each["name"]): each
            for each in one["fields"]
            if (kind, each["name"]) not in added
        }
        assert sorted(fields) == sorted(each["name"] for each in record["fields"])
        assert [[named(each) for each in group] for group in one["unique"]] == record["unique"]
        for each in record["fields"]:
            field, name = fields[each["name"]], f"{kind}.{each['name']}"
            wanted = typed.get((kind, each["name"]), each["type"])
            assert TYPES.get(field["type"], field["type"]) == wanted, name
            assert field["required"] == each["required"], name
            assert each["name"] == "id" or field["unique"] == each["unique"], name
            default = each["rules"].get("default")
            assert default is None or field["default"] == default, name
        known = {each["name"]: each for each in one["relations"]}
        for each in record["relations"]:
            known_one = known[each["name"]]
            known_one = {**known_one, "to": names.get(known_one["to"], known_one["to"])}
            if not departs.get("relations", {}).get("on_delete", True):
                known_one = {**known_one, "on_delete": each["on_delete"]}
            assert known_one == each


def test_the_services_are_those_of_the_shop(copy: tuple[dict[str, Any], dict[str, Any]]) -> None:
    app, departs = copy
    kinds = {each["kind"] for each in app["services"]}

    assert {each["kind"] for each in SHOP["services"]} - kinds == lacks(departs, "service")
