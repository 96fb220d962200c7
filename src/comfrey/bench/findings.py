"""Where the source and the live app or database disagree."""

from __future__ import annotations

import re

from comfrey.model.facts import CatalogTable, Facts, Finding
from comfrey.model.project import Project
from comfrey.model.record import Record

UNSEEN = ("HEAD", "OPTIONS", "WEBSOCKET")


def drift(project: Project, facts: Facts) -> tuple[Finding, ...]:
    """Routes and columns that only one side knows, in a fixed order."""
    return (*_routes(project, facts), *_columns(project, facts.tables))


def shape(path: str) -> str:
    """A path with its parameters made alike: `/books/{id}` and `/books/{book_id:int}` are the same."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _routes(project: Project, facts: Facts) -> list[Finding]:
    if not facts.booted or not facts.routes:
        return []  # not every runtime can tell which routes it serves
    read = {
        (each.method, shape(each.path)): each for each in project.endpoints if each.kind == "http"
    }
    served = {(each.method, shape(each.path)): each for each in facts.routes}
    return [
        Finding(
            kind="route not served",
            text=f"{endpoint.key} stands in the source, but the running app does not serve it",
            places=(endpoint.handler.place,),
        )
        for key, endpoint in sorted(read.items())
        if key not in served
        and ("ANY", key[1]) not in served
        and not endpoint.conditional
        and not endpoint.handler.external
        and endpoint.method not in UNSEEN
    ]


def _columns(project: Project, tables: tuple[CatalogTable, ...]) -> list[Finding]:
    by_name = {table.name: table for table in tables}
    found: list[Finding] = []
    for record in project.records if tables else ():
        table = by_name.get(record.table)
        if record.store != "table":
            continue
        if table is None:
            text = f"{record.name} is a data model, but the migrated database has no table {record.table}"
            found.append(Finding(kind="table missing", text=text, places=(record.place,)))
        else:
            found += _of_table(record, table)
    return found


def _of_table(record: Record, table: CatalogTable) -> list[Finding]:
    real = {column.name: column for column in table.columns}
    found = []
    for field in record.fields:
        column = real.get(field.column or field.name)
        place = (field.place or record.place,)
        if field.type == "reference":
            continue
        if column is None:
            if not field.computed:
                text = (
                    f"{record.name}.{field.name} has no column in the migrated table {table.name}"
                )
                found.append(Finding(kind="column missing", text=text, places=place))
        elif column.nullable and not field.nullable and not field.primary_key:
            text = (
                f"{record.name}.{field.name} may not be null in the model, but may in {table.name}"
            )
            found.append(Finding(kind="nullable differs", text=text, places=place))
    return found
