"""How an app whose code names its database is led to another one, on the bench and in a suite."""

from __future__ import annotations

from typing import Any

from comfrey.model.project import Project
from comfrey.stacks import shelf
from comfrey.stacks.shelf import Folder
from comfrey.stacks.templates import Templates, slot

LAYING = "environment.jinja"


def is_written(project: Project) -> bool:
    """Whether the code names the database, so that no setting leads to another one."""
    return project.database is not None and project.database.configured


def is_possible(project: Project) -> bool:
    """Whether the shelf knows how to lead the app elsewhere: its mapper's connections, or those of its driver."""
    return bool(_path(project))


def macros(project: Project, templates: Templates) -> Any:
    """`imports(load)` and `lay()`, which let what `DATABASE_URL` says take the place of the database that the code
    names, or catch a connection that no module gives away; None where nothing is to be done or known to do it."""
    hook, mapper = project.database, shelf.folder("orms", project.stack.orm)
    if hook is None or mapper is None:
        return None
    said = mapper.about.data
    needed = hook.configured or said.get("named") or (said.get("caught") and not hook.engine)
    path = _path(project) if needed else ""
    if not path:
        return None
    return templates.module_with(
        path,
        versions=dict(project.stack.versions),
        dialect=hook.dialect or "postgresql",
        driver=hook.driver,
        engine=hook.engine,
        written=hook.configured,
        framework=project.stack.framework,
    )


def _path(project: Project) -> str:
    opener = _opener(project.stack.orm)
    if opener is None or project.database is None:
        return ""
    drivers = [each.about.data.get("laid_over") for each in shelf.lineage(opener)]
    known = next((each for each in drivers if each is not None), None)
    if known is not None and project.database.driver not in known:
        return ""
    return slot("orms", opener.key, LAYING)


def _opener(orm: str) -> Folder | None:
    """The folder of what opens the mapper's connections."""
    mapper = shelf.folder("orms", orm)
    by = str(mapper.about.data.get("opened_by", "")) if mapper is not None else ""
    return shelf.folder("orms", by) if by else mapper
