"""The environment that a suite gives the app."""

from __future__ import annotations

from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.stacks.testers.gotest import literals
from comfrey.stacks.testers.gotest.doubles import Double
from comfrey.stacks.testers.settings import invented, swift

PARTS = {
    "postgresql": {
        "host": "parsed.Hostname()",
        "port": "parsed.Port()",
        "address": "parsed.Host",
        "name": 'strings.TrimPrefix(parsed.Path, "/")',
        "user": "parsed.User.Username()",
        "password": "password",
    },
    "mysql": {
        "host": "host",
        "port": "databasePort",
        "address": "config.Addr",
        "name": "config.DBName",
        "user": "config.User",
        "password": "config.Passwd",
    },
}
WHOLE = ("database_url", "database_file")
PURPOSES = (
    "database_host",
    "database_port",
    "database_address",
    "database_name",
    "database_user",
    "database_password",
)


def parted(project: Project) -> list[tuple[str, str]]:
    """(setting, part) where the address is told in parts."""
    hook = project.database
    if hook and hook.url_setting:
        return []
    told = [(name, part) for part, name in hook.url_parts] if hook else []
    return told or [
        (each.name, each.purpose.removeprefix("database_"))
        for each in project.settings
        if each.purpose in PURPOSES
    ]


def variables(
    project: Project, facts: Facts, doubles: tuple[Double, ...], dialect: str, ports: dict[str, str]
) -> list[tuple[str, str]]:
    """(`"NAME="`, ` + value`) as Go text: the database first, then the rest by name. `ports` says in which
    settings the app's own address goes, as Go expressions."""
    database = _database(project, dialect)
    constants = invented(project) | dict(facts.test_environment) | swift(project)
    others = {name: literals.text(value) for name, value in constants.items()}
    others |= {name: said for double in doubles for name, said in double.variables} | ports
    rest = sorted((name, said) for name, said in others.items() if name not in database)
    return [_pair(name, said) for name, said in (*database.items(), *rest)]


def _database(project: Project, dialect: str) -> dict[str, str]:
    hook = project.database
    if hook and hook.url_setting:
        return {hook.url_setting: "address"}
    parts = PARTS.get(dialect, {"name": "address"})
    found = {name: parts[part] for name, part in parted(project) if part in parts}
    named = [each.name for each in project.settings if each.purpose in WHOLE]
    return dict.fromkeys(named, "address") | found


def _pair(name: str, said: str) -> tuple[str, str]:
    if said.startswith('"'):
        return literals.text(f"{name}=")[:-1] + said[1:], ""
    return literals.text(f"{name}="), f" + {said}"
