"""What the bench says of an app that it has stood up."""

from __future__ import annotations

from comfrey.bench.opening import without_tables
from comfrey.model.facts import CatalogTable, Facts
from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.record import Record

UP = Facts(booted=True, database="PostgreSQL 16")
BOOKS = Record(name="Book", table="books", place=Place(file="app.py"))
PROJECT = Project(
    root=".", name="shop", stack=Stack(language="python", framework="fastapi"), records=(BOOKS,)
)


def test_a_database_without_any_table_is_said_once() -> None:
    found = without_tables(PROJECT, UP)

    assert not found.booted
    assert found.problem.startswith("The database is empty when the app has started")
    assert BOOKS.name in found.problem


def test_one_table_is_enough_to_go_on() -> None:
    known = UP.replace(tables=(CatalogTable(name="something"),))

    assert without_tables(PROJECT, known) == known


def test_an_app_that_keeps_nothing_needs_no_table() -> None:
    assert without_tables(PROJECT.replace(records=()), UP) == UP
