"""The schema of the bench's database: the project's own migrations, or what builds it otherwise."""

from __future__ import annotations

from comfrey.bench.database import Database
from comfrey.bench.probe import Probe
from comfrey.bench.site import Site
from comfrey.bench.wire import Tell


def migrate(site: Site, probe: Probe, database: Database, url: str, tell: Tell) -> str:
    return ""
