"""What a run measures: the app's own source, lines and branches, as V8 counts them."""

from __future__ import annotations

import json
from pathlib import Path

from comfrey.model.project import Project


def included(project: Project) -> list[str]:
    """Globs of the app's own code, relative to its root."""
    files = {each.handler.file for each in project.endpoints}
    files |= {project.application.place.file} if project.application.place else set()
    start = "" if project.root == "." else f"{project.root}/"
    inside = [each.removeprefix(start) for each in files if each.startswith(start)]
    folders = {each.partition("/")[0] if "/" in each else "" for each in inside}
    globs = [f"{each}/**/*.{{ts,js,mjs,cjs}}" for each in sorted(folders) if each]
    return globs + (["*.{ts,js,mjs,cjs}"] if "" in folders else [])


def measured(summary: Path) -> tuple[tuple[str, float], ...]:
    """(`line` or `branch`, percent) of a `coverage-summary.json`; empty when there is none."""
    if not summary.is_file():
        return ()
    total = json.loads(summary.read_text(encoding="utf-8"))["total"]
    parts = (("line", "lines"), ("branch", "branches"))
    return tuple(
        (kind, round(float(total[name]["pct"]), 1))
        for kind, name in parts
        if total.get(name, {}).get("total")
    )
