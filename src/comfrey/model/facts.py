"""Facts: what only a live bench can say."""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.place import Place


class CatalogColumn(Noun, frozen=True, kw_only=True):
    """A column as the database has it. `type` is the database's own name."""

    name: str
    type: str
    nullable: bool = True
    default: str = ""
    identity: bool = False
    length: int | None = None
    generated: bool = False
    enum: tuple[str, ...] = ()


class CatalogForeignKey(Noun, frozen=True, kw_only=True):
    """`on_delete`: `cascade restrict no_action set_null set_default`."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]
    on_delete: str = "no_action"
    name: str = ""


class CatalogTable(Noun, frozen=True, kw_only=True):
    """A table read back after migration; `rows` counts reference rows that migrations left."""

    name: str
    schema: str = ""
    columns: tuple[CatalogColumn, ...] = ()
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(constraint or index name, columns)."""
    checks: tuple[tuple[str, str], ...] = ()
    """(name, SQL)."""
    foreign_keys: tuple[CatalogForeignKey, ...] = ()
    rows: int = 0


class ServedRoute(Noun, frozen=True, kw_only=True):
    """A route as the live app lists it."""

    method: str
    path: str


class Finding(Noun, frozen=True, kw_only=True):
    """Something worth a line in the report that is no failing test: drift, posture, an omission."""

    kind: str
    text: str
    places: tuple[Place, ...] = ()


class Baseline(Noun, frozen=True, kw_only=True):
    """How the project's own suite fared before anything was written."""

    ran: bool = False
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    seconds: float = 0.0
    reason: str = ""


class Facts(Noun, frozen=True, kw_only=True):
    """What the bench learnt. `booted` is False when the app could not be started; `problem` says why."""

    fence: str = "namespace"
    runtime: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    database: str = ""
    """What really ran, by its own name and version: `PostgreSQL 18.6`."""
    tables: tuple[CatalogTable, ...] = ()
    routes: tuple[ServedRoute, ...] = ()
    booted: bool = False
    problem: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables that point the app at the bench, secrets redacted."""
    test_environment: tuple[tuple[str, str], ...] = ()
    """Harmless constants that a written suite sets for itself (token secret, service keys)."""
    packages: tuple[str, ...] = ()
    """Distributions present in the project's environment, lower-case."""
    added_packages: tuple[str, ...] = ()
    """Development dependencies that the suite needs and the project did not have."""
    repairs: tuple[str, ...] = ()
    baseline: Baseline = Baseline()
    findings: tuple[Finding, ...] = ()
    extra: tuple[tuple[str, Any], ...] = ()
