"""Which tables a suite may empty: those that the migrated database has."""

from __future__ import annotations

from comfrey.model.facts import CatalogTable, Facts
from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.record import Record
from comfrey.stacks.testers.tables import lacking

RECORDS = tuple(
    Record(name=name, table=table, store=store, place=Place(file="models.py"))
    for name, table, store in (
        ("Barn", "barns", "table"),
        ("Move", "moves", "table"),
        ("Note", "notes", "document"),
    )
)
PROJECT = Project(
    root=".", name="farm", stack=Stack(language="python", framework="fastapi"), records=RECORDS
)


def test_the_tables_that_no_migration_makes_are_named() -> None:
    facts = Facts(tables=(CatalogTable(name="barns"),))

    assert lacking(PROJECT, facts) == ["moves"]


def test_nothing_lacks_where_the_database_was_not_read() -> None:
    assert lacking(PROJECT, Facts()) == []
