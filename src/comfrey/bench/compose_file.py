"""A project's docker-compose file as evidence: which database, of which version, under which name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

NAMES = ("docker-compose*.y*ml", "compose*.y*ml")


def services(tree: Path) -> dict[str, dict[str, Any]]:
    """The services of all compose files of the tree's top, by name; broken files say nothing."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted({file for name in NAMES for file in tree.glob(name)}):
        try:
            data = yaml.safe_load(file.read_text(errors="replace"))
        except yaml.YAMLError:
            continue
        if isinstance(data, dict) and isinstance(data.get("services"), dict):
            for name, service in data["services"].items():
                if isinstance(service, dict):
                    found.setdefault(str(name), service)
    return found


def postgres_major(tree: Path) -> int:
    """The major version of the PostgreSQL image, 0 when none says."""
    for service in services(tree).values():
        match = re.search(r"postg(?:res|is)[^:]*:(?:pg)?(\d+)", str(service.get("image", "")))
        if match:
            return int(match[1])
    return 0


def hosts(tree: Path) -> tuple[str, ...]:
    """The host names by which the project's containers know each other."""
    return tuple(sorted(services(tree)))
