"""The environment that a suite sets for the app before it is imported."""

from __future__ import annotations

from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.stacks import shelf
from comfrey.stacks.testers.settings import invented, swift
from comfrey.stacks.testers.vitest import literals
from comfrey.stacks.testers.vitest.doubles import Double

URL = "DATABASE_URL"
PARTS = {
    "host": "new URL(DATABASE_URL).hostname",
    "port": "new URL(DATABASE_URL).port",
    "name": "new URL(DATABASE_URL).pathname.slice(1)",
    "user": "new URL(DATABASE_URL).username",
    "password": "decodeURIComponent(new URL(DATABASE_URL).password)",
}


KEY_FILES = {
    "private_key_file": "join(KEYS, 'private.pem')",
    "public_key_file": "join(KEYS, 'public.pem')",
}
"""The files of a pair of keys that the suite makes, by what their settings are for."""


def signs_by_files(project: Project) -> bool:
    """Whether settings of the app name files in which the keys of its tokens lie."""
    return any(each.purpose in KEY_FILES for each in project.settings)


def is_addressed(project: Project) -> bool:
    """Whether the suite can choose the database: by a setting, over what stands in the code, or because it connects
    itself."""
    hook = project.database
    if hook is None:
        return False
    named = _named(project) or _parts(project)
    chosen = hook.url_setting or named or hook.configured
    return bool(chosen) or hook.dialect == "mongodb" or connects(project)


def is_doubtful(project: Project) -> bool:
    """Whether nothing that was read says where the app's own connection leads, so that the suite must look."""
    hook = project.database
    if hook is None or hook.configured or hook.url_setting or connects(project):
        return False
    return not _named(project) and "name" not in dict(_parts(project))


def connects(project: Project) -> bool:
    """Whether the suite reaches the database by a connection of its own, for the app keeps none that could be
    imported."""
    folder = shelf.folder("orms", project.stack.orm)
    return folder is not None and bool(folder.about.data.get("connects"))


def _named(project: Project) -> list[str]:
    """The settings that are the database's address by what they are for."""
    return [each.name for each in project.settings if each.purpose == "database_url"]


def _parts(project: Project) -> tuple[tuple[str, str], ...]:
    """(part, setting) of an address that is told in parts, as the code does or else by what settings are for."""
    hook = project.database
    if hook is not None and hook.url_parts:
        return hook.url_parts
    told = [(each.purpose.removeprefix("database_"), each.name) for each in project.settings]
    parts = tuple((part, name) for part, name in told if part in PARTS)
    return parts if {"host", "name"} & {part for part, _ in parts} else ()


def variables(
    project: Project, facts: Facts, doubles: tuple[Double, ...] = ()
) -> tuple[tuple[str, str], ...]:
    """(variable, value) as expressions: the database first, then constants by name."""
    hook = project.database
    database: dict[str, str] = {}
    if hook and hook.url_setting:
        database[hook.url_setting] = URL
    elif hook and not hook.url_parts:
        database |= dict.fromkeys(_named(project), URL)
    for part, name in _parts(project) if hook and not hook.url_setting else ():
        database[name] = PARTS.get(part, "''")
    constants = invented(project) | dict(facts.test_environment) | swift(project)
    others = {name: literals.text(value) for name, value in constants.items()}
    others |= {name: said for double in doubles for name, said in double.variables}
    others |= {e.name: KEY_FILES[e.purpose] for e in project.settings if e.purpose in KEY_FILES}
    rest = sorted((name, said) for name, said in others.items() if name not in database)
    return tuple((literals.key(name), said) for name, said in (*database.items(), *rest))
