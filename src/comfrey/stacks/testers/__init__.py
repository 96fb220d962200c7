"""Test frameworks. Each folder's `write.py` has `write(job)`, its `blocks.py` takes a file apart, its
`outcome.py` reads what a run told; a folder that lacks one of them uses that of the folder it extends."""

from __future__ import annotations

from types import ModuleType

from comfrey.model.project import Project
from comfrey.stacks import shelf


def tester_of(project: Project) -> shelf.Folder:
    """The project's own test framework where we write it, else its language's foremost one."""
    writing = [each for each in shelf.folders("testers") if _speaks(each, project)]
    own = (each for each in writing if each.key == project.stack.test_framework)
    foremost = max(writing, key=lambda each: each.about.rank, default=None)
    found = next(own, foremost)
    if found is None:
        raise LookupError(f"no test framework on the shelf writes {project.stack.language}")
    return found


def said(project: Project) -> str:
    """What the suite is written for, in words: `vitest`, `vitest beside mocha`."""
    own, found = project.stack.test_framework, tester_of(project)
    written = str(found.about.defaults.get("said", found.key))
    return written if own in ("", found.key) else f"{written} beside {own}"


def provided(found: shelf.Folder, name: str) -> ModuleType:
    """The folder's Python file `name`, or that of the nearest folder it extends."""
    for each in shelf.lineage(found):
        if each.has(f"{name}.py"):
            return each.module(name)
    raise LookupError(f"no {name}.py in testers/{found.key} or what it extends")


def for_file(path: str) -> shelf.Folder | None:
    """A tester whose files end as `path` does."""
    endings = (
        (each, ending)
        for each in shelf.folders("testers")
        for ending in each.about.defaults.get("endings", ())
    )
    return next((each for each, ending in endings if path.endswith(ending)), None)


def _speaks(found: shelf.Folder, project: Project) -> bool:
    writes = any(each.has("write.py") for each in shelf.lineage(found))
    languages = found.about.language.split(",")
    return writes and project.stack.language in languages
