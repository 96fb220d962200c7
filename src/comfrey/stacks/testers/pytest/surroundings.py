"""The environment that a suite sets for the app before it is imported."""

from __future__ import annotations

from comfrey.model.facts import Facts
from comfrey.model.project import DatabaseHook, Project
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.pytest.doubles import Double
from comfrey.stacks.testers.settings import invented, swift

URL = "DATABASE_URL.render_as_string(hide_password=False)"
LEGACY_URL = "str(DATABASE_URL)"
PARTS = {
    "host": 'DATABASE_URL.host or ""',
    "port": "str(DATABASE_URL.port or 5432)",
    "name": 'DATABASE_URL.database or ""',
    "user": 'DATABASE_URL.username or ""',
    "password": 'DATABASE_URL.password or ""',
}
OF_TEXT = {
    "host": 'urlsplit(DATABASE_URL).hostname or ""',
    "port": "str(urlsplit(DATABASE_URL).port or {port})",
    "name": 'urlsplit(DATABASE_URL).path.strip("/")',
    "user": 'urlsplit(DATABASE_URL).username or ""',
    "password": 'urlsplit(DATABASE_URL).password or ""',
}
"""The parts of an address that is no object."""
PORTS = {"postgresql": 5432, "mysql": 3306, "mongodb": 27017}
"""Where servers listen that nobody has moved."""


def drivername(hook: DatabaseHook) -> str:
    """`postgresql+asyncpg`, as SQLAlchemy spells dialect and driver."""
    return f"{hook.dialect}+{hook.driver}" if hook.driver else hook.dialect


def is_addressed(hook: DatabaseHook | None) -> bool:
    """Whether a setting leads the app to its database."""
    return hook is not None and bool(hook.url_setting or hook.url_parts)


def way_to(project: Project) -> DatabaseHook | None:
    """How the app is led to its database: by its hook, or by what it is told of a server with which it speaks itself."""
    stored = [each for each in project.stack.databases if each in PORTS]
    if project.database or project.records or not stored:
        return project.database
    told = {each.purpose: each.name for each in reversed(project.settings)}
    parts = {part: told.get(f"database_{part}", "") for part in OF_TEXT}
    return DatabaseHook(
        dialect=stored[0],
        url_setting=told.get("database_url", ""),
        url_parts=tuple((part, name) for part, name in parts.items() if name),
    )


def variables(
    project: Project,
    facts: Facts,
    doubles: tuple[Double, ...] = (),
    *,
    stored: bool = True,
    legacy: bool = False,
) -> tuple[tuple[str, str], ...]:
    """(variable, value) as expressions: the database first, then constants by name. The address is
    SQLAlchemy's where the suite is `stored`, a `legacy` one's that masks nothing, else as it was given."""
    hook = way_to(project)
    database: dict[str, str] = {}
    if hook and hook.url_setting:
        said = LEGACY_URL if legacy else URL
        database[hook.url_setting] = said if stored else "DATABASE_URL"
    spelt = PARTS if stored else OF_TEXT
    leads = stored or project.database is None or project.database.dialect == "mongodb"
    port = PORTS.get(hook.dialect) if hook else None
    for part, name in hook.url_parts if hook and leads else ():
        database[name] = spelt.get(part, '""').format(port=port)
    constants = invented(project) | dict(facts.test_environment) | swift(project)
    others = {name: literals.text(value) for name, value in constants.items()}
    others |= {name: said for double in doubles for name, said in double.variables}
    rest = sorted((name, said) for name, said in others.items() if name not in database)
    ordered = [*database.items(), *rest]
    return tuple((literals.text(name), said) for name, said in ordered)
