"""Where the files of a suite stand, and how one of its modules imports another."""

from __future__ import annotations

from pathlib import PurePosixPath

from comfrey.model.noun import Noun
from comfrey.model.project import Project

TESTS = "tests"
OWN = ("integration", "api", "endpoints")
"""What the suite's folder is called: the first of these in which no test of the project's own stands."""
EVERY_FILE = "__tests__"
"""Jest takes every file below such a folder for a test, helpers too."""


class Layout(Noun, frozen=True, kw_only=True):
    """`folder` is the suite's, relative to the app's root. `rooted` when the root must be made
    importable by the suite itself (a package `tests`, or a line in its environment)."""

    folder: str
    depth: int
    package_above: str = ""
    """The folder above, where the suite makes it a package so that the root is importable."""
    sys_path: bool = False

    def path(self, name: str) -> str:
        return f"{self.folder}/{name}"


def configuration_of_jest(project: Project) -> str:
    """The suite's own, where the project's does not serve it: CommonJS, whatever the package's files are."""
    ending = "cjs" if project.stack.modules == "esm" else "js"
    return layout(project).path(f"jest.config.{ending}")


def layout(project: Project) -> Layout:
    """`tests/integration`, or its like in the project's own tests folder; never among tests of the project's own."""
    parent = project.tests.folder.rstrip("/") or TESTS
    parts = PurePosixPath(parent).parts
    if EVERY_FILE in parts or not any("test" in each for each in parts):
        parent = TESTS
    if PurePosixPath(parent).name in OWN:
        parent = str(PurePosixPath(parent).parent)
    folders = [f"{parent}/{each}" if parent != "." else each for each in OWN]
    free = (e for e in folders if not any(file.startswith(f"{e}/") for file in project.tests.files))
    folder = next(free, f"{folders[0]}/{OWN[1]}")
    outside = [
        each
        for each in project.tests.files
        if each.startswith(f"{parent}/") and not each.startswith(f"{folder}/")
    ]
    configured = any(name == "pythonpath" for name, _ in project.tests.options)
    packaged = f"{parent}/__init__.py" in project.tests.files
    return Layout(
        folder=folder,
        depth=len(PurePosixPath(folder).parts),
        package_above="" if outside or packaged else parent,
        sys_path=bool(outside) and not configured and not packaged,
    )
