"""The inventories of a scan, in every form that they are printed in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from rich.console import Console

from comfrey.model.project import Reading
from comfrey.reader import read
from comfrey.reporter.openapi import openapi
from comfrey.reporter.scan import ENDPOINT_COLUMNS, RECORD_COLUMNS, scan_json, scan_tables
from comfrey.source.tree import open_tree

BOOKSHOP = Path(__file__).parents[2] / "apps" / "fastapi-sqlalchemy"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(open_tree(BOOKSHOP))


def test_the_document_is_valid_openapi(reading: Reading) -> None:
    document = json.loads(openapi(reading))
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


def test_the_document_holds_every_operation_and_its_guard(reading: Reading) -> None:
    document = json.loads(openapi(reading))
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {each.key for each in reading.apps[0].endpoints}
    assert operations["POST /api/v1/authors"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in operations["GET /api/v1/authors"]
    assert document["components"]["securitySchemes"] == {
        "HTTPBearer": {"type": "http", "scheme": "bearer"}
    }


def test_json_has_the_keys_that_are_promised(reading: Reading) -> None:
    document = json.loads(scan_json(reading))
    assert document["schema"] == 1
    app = document["apps"][0]
    assert set(app) == {"root", "stack", "endpoints", "records", "services", "settings", "unknowns"}
    assert set(app["endpoints"][0]) == {
        "method", "path", "auth", "optional_auth", "roles", "handler", "parameters", "body",
        "responses", "evidence",
    }  # fmt: skip
    assert set(app["records"][0]) == {"name", "table", "file", "fields", "unique", "relations"}
    register = next(each for each in app["endpoints"] if each["path"].endswith("/register"))
    assert register["body"]["required"] == ["email", "password", "name"]
    assert register["body"]["properties"]["password"]["minLength"] == 10


def test_a_secret_default_is_never_shown(reading: Reading) -> None:
    app = reading.apps[0]
    secret = app.settings[0].replace(name="API_KEY", secret=True, default="hunter2", required=False)
    shown = reading.replace(apps=(app.replace(settings=(secret,)),))
    assert "hunter2" not in scan_json(shown)


def test_tables_have_the_promised_columns(reading: Reading) -> None:
    console = Console(width=200, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(scan_tables(reading))
    text = captured.get()
    for column in (*ENDPOINT_COLUMNS, *RECORD_COLUMNS):
        assert column in text
    assert "PATCH   /api/v1/books/{book_id}" in text
