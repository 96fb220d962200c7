"""Where `manage.py` lies, and what the project's files are called from there."""

from __future__ import annotations

from pathlib import PurePosixPath

from comfrey.model.project import Project


def folder(project: Project) -> PurePosixPath:
    """The folder of `manage.py`, relative to the app's root: imports start from there."""
    return PurePosixPath(project.migrations or "manage.py").parent


def label(path: str, project: Project) -> str:
    """A file or folder of tests as the runner takes it: `tests/integration/` → `tests.integration`."""
    found = PurePosixPath(path)
    start = folder(project)
    inside = found.relative_to(start) if found.is_relative_to(start) else found
    return ".".join(inside.with_suffix("").parts)
