"""A stage of forty lines: boats in SQLite, served by a function."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.facts import CatalogColumn, CatalogTable, Facts
from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.record import Field, Record

BOAT = Record(
    name="Boat",
    table="boats",
    place=Place(file="boats/models.py", line=1),
    fields=(
        Field(name="id", type="integer", primary_key=True, default_from="auto"),
        Field(name="name", type="string", required=True),
        Field(name="crew", type="integer", default=1, default_from="code"),
    ),
)
PROJECT = Project(
    root=".",
    name="boats",
    stack=Stack(language="python", framework="fastapi"),
    endpoints=(
        Endpoint(method="POST", path="/boats", handler=Handler(name="build", file="boats/main.py")),
    ),
    records=(BOAT,),
)
COLUMNS = tuple(CatalogColumn(name=each.name, type=each.type) for each in BOAT.fields)
FACTS = Facts(
    booted=True,
    database="SQLite 3",
    tables=(CatalogTable(name="boats", columns=COLUMNS, primary_key=("id",)),),
)
TRACEBACK = """\
Traceback (most recent call last):
  File "/srv/boats/main.py", line 9, in build
    raise RuntimeError("sunk")
RuntimeError: sunk
"""


class Stage:
    """Rows, an app and a log; `requests` counts what the app was asked."""

    facts = FACTS
    base_url = "http://boats"
    environ: Mapping[str, str] = {}
    doubles: Mapping[str, Any] = {}
    folder = Path("/srv")

    def __init__(self) -> None:
        self.rows = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.rows.row_factory = sqlite3.Row
        self.rows.execute(
            "CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT NOT NULL, crew INT)"
        )
        self.log = ""
        self.resets = 0

    def app(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            found = self.sql("SELECT * FROM boats ORDER BY id")
            return httpx.Response(200, json={"items": found, "total": len(found)})
        body = json.loads(request.content)
        if body.get("name") == "Titanic":
            self.log += TRACEBACK
            return httpx.Response(500, text="Internal Server Error")
        if not body.get("name"):
            return httpx.Response(
                422, json={"detail": [{"loc": ["body", "name"], "msg": "missing"}]}
            )
        made = self.sql(
            "INSERT INTO boats (name, crew) VALUES (%s, %s) RETURNING *",
            (body["name"], body["crew"]),
        )
        return httpx.Response(201, json=made[0])

    def sql(self, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return [dict(row) for row in self.rows.execute(query.replace("%s", "?"), params)]

    def documents(self, collection: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        raise NotImplementedError

    def keep(self, collection: str, document: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def reset(self, tables: Sequence[str] = ()) -> None:
        self.resets += 1
        self.rows.execute("DELETE FROM boats")

    def writes(self) -> tuple[tuple[str, str], ...]:
        return ()

    def fail_next(self, table: str, operation: str, nth: int = 1) -> None:
        raise NotImplementedError

    def call(self, module: str, name: str, arguments: Sequence[Any] = ()) -> Any:
        raise NotImplementedError

    def log_since(self, mark: int) -> str:
        return self.log[mark:]

    def log_mark(self) -> int:
        return len(self.log)
