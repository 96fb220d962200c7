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
    "port": "str(urlsplit(DATABASE_URL).port or 27017)",
    "name": 'urlsplit(DATABASE_URL).path.strip("/")',
    "user": 'urlsplit(DATABASE_URL).username or ""',
    "password": 'urlsplit(DATABASE_URL).password or ""',
}
"""The parts of an address that is no object."""


def drivername(hook: DatabaseHook) -> str:
    """`postgresql+asyncpg`, as SQLAlchemy spells dialect and driver."""
    return f"{hook.dialect}+{hook.driver}" if hook.driver else hook.dialect


def is_addressed(hook: DatabaseHook | None) -> bool:
    """Whether a setting leads the app to its database."""
    return hook is not None and bool(hook.url_setting or hook.url_parts)


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
    hook = project.database
    database: dict[str, str] = {}
    if hook and hook.url_setting:
        said = LEGACY_URL if legacy else URL
        database[hook.url_setting] = said if stored else "DATABASE_URL"
    spelt = PARTS if stored else OF_TEXT
    for part, name in hook.url_parts if hook and (stored or hook.dialect == "mongodb") else ():
        database[name] = spelt.get(part, '""')
    constants = invented(project) | dict(facts.test_environment) | swift(project)
    others = {name: literals.text(value) for name, value in constants.items()}
    others |= {name: said for double in doubles for name, said in double.variables}
    rest = sorted((name, said) for name, said in others.items() if name not in database)
    ordered = [*database.items(), *rest]
    return tuple((literals.text(name), said) for name, said in ordered)
