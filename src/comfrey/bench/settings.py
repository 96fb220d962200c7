"""The environment that points the app at the bench."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from comfrey.bench import keys
from comfrey.bench.database import Database
from comfrey.bench.doubles import Double
from comfrey.bench.doubles.redis import CACHE_SERVER
from comfrey.bench.prepared import USUAL_PORTS
from comfrey.bench.workbench import SKIPPED, is_env_file
from comfrey.model.project import Project
from comfrey.model.service import Service, Setting
from comfrey.stacks.services import SECURING

SECRET = "integration-tests-only-0123456789abcdefABCDEF"
PASSWORD = "Bench-pass-0123"
KEY_LENGTHS = (16, 24, 32)
CODED = ("hex", "base64")
SENDER = "bench@example.com"
SALT = "$2b$04$Q1w2E3r4T5y6U7i8O9p0Ae"
"""A text that bcrypt takes for a salt; to everything else it is a text."""
ALGORITHM = "HS256"
LASTING = re.compile(r"expir|minutes|seconds|lifetime|ttl|max_?age")
LIFE = re.compile(r"(?:jwt|token|access|refresh|auth).*(?:expir|ttl|lifetime|max_?age)")
PATTERNS = {"tmpl", "template", "format", "domain"}
MAILS = {"mail", "mails", "email", "emails", "smtp"}
PARTS = {"host": "127.0.0.1"}
ENVIRONMENTS = ("test", "testing", "tests", "ci", "local", "dev", "development")
URLISH = re.compile(r"UR[LI]|DSN|ENDPOINT", re.I)
PORTISH = re.compile(r"(^|_)PORT$", re.I)
HOSTISH = re.compile(r"(^|_)(HOST|SERVER|HOSTNAME|ADDR|ADDRESS)$", re.I)
BUILDS = re.compile(
    r"(?:RUN|AUTO|APPLY|ENABLE)_?MIGRAT|MIGRAT\w*_(?:(?:ON|AT)_START\w*|ENABLED)$", re.IGNORECASE
)
"""Settings that say whether an app builds its schema when it starts."""
LISTENED = re.compile(r"(^|_)(G?RPC_SERVER|LISTEN|BIND)_(ADDR(ESS)?|PORT|HOST)$", re.I)
"""Settings that say where the program itself answers, also where it calls itself there."""
TLS_MODE = re.compile(r"SSL_?MODE$")
SECURED = re.compile(r"(COOKIE|SESSION)S?_(IS_)?SECURED?$|SECURE_(COOKIE|SESSION)S?$", re.I)
COUNT = re.compile(r"(^|_)(ROUNDS?|COST|FACTOR|LENGTH|SIZE)$", re.I)
SECRETIVE = re.compile(r"(^|_)(KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASS|PWD|CREDENTIALS?)$", re.I)
CLASS = re.compile(r"([a-z_]\w*\.)+[A-Z]\w*[a-z]\w*")
"""`config.TestingConfig`: the class that an app is configured with where a variable names it."""
CREDENTIAL = re.compile(
    r"(^|_)((API|ACCESS|APP|CLIENT|PUBLIC|PRIVATE|SECRET)_)?(KEY|SECRET|TOKEN|ID|SID)(_ID)?$", re.I
)
SHOWN_TO = ("payment", "ai", "sms", "push", "storage", "search", "auth", "geocoding")
"""Kinds of services that know their callers by what these show; a cache and a mail server of ours ask for nothing."""
DIALECT = re.compile(r"(^|_)(DB|DATABASE)_?(DIALECT|TYPE|CLIENT|DRIVER|CONNECTION|ENGINE)$")
DIALECTS = {"postgresql": "postgres"}
"""What Node's ORMs call a kind of database."""


def compose(
    project: Project,
    database: Database | None,
    doubles: Mapping[str, Double],
    scheme: str = "",
    name: str = "",
) -> dict[str, str]:
    """Every variable that must be set: database, services, secrets, and what is required."""
    found: dict[str, str] = {}
    for setting in project.settings:
        value = _value(setting, project)
        if value is not None:
            found[setting.name] = value
    if database is not None:
        found |= _database(project, database, scheme, name)
    for service in project.services:
        double = doubles.get(service.name)
        if double is not None:
            found |= _service(service, double, project)
    if CACHE_SERVER in doubles:
        found["COMFREY_CACHE_URL"] = f"redis://127.0.0.1:{doubles[CACHE_SERVER].port}/0"
    return found | dict(project.environment)


def constants(project: Project) -> dict[str, str]:
    """The part of the environment that names no address: a written suite may set it as it is."""
    plain = {
        setting.name: value
        for setting in project.settings
        if (value := _value(setting, project)) is not None and not _is_address(setting, value)
    }
    return plain | dict(project.environment)


def named_in(text: str, project: Project) -> tuple[str, ...]:
    """The settings that an error speaks of and that nothing sets: none has a default or is required yet."""
    words = set(re.findall(r"\w+", text))
    given = dict(project.environment)
    return tuple(
        each.name
        for each in project.settings
        if each.name in words
        and each.name not in given
        and not (each.required or each.default or each.purpose.startswith("database_"))
        and _value(each, project) is None
    )


def requiring(project: Project, names: tuple[str, ...]) -> Project:
    """The project with these settings required, so that they get a value here and in the written suite."""
    changed = (
        each.replace(required=True) if each.name in names else each for each in project.settings
    )
    return project.replace(settings=tuple(changed))


def scheme_of(project: Project) -> tuple[str, ...]:
    """The spellings of the database's scheme that the app may want, likeliest first."""
    hook = project.database
    if project.application.settings:
        return (hook.dialect if hook and hook.dialect else "postgresql",)
    defaults = [
        urlsplit(setting.default).scheme
        for setting in project.settings
        if setting.purpose == "database_url" and setting.default and "://" in setting.default
    ]
    found = list(defaults)
    if hook and hook.dialect:
        named = hook.driver and project.stack.language == "python"
        found.append(f"{hook.dialect}+{hook.driver}" if named else hook.dialect)
        found.append(hook.dialect)
    return tuple(dict.fromkeys(found)) or ("postgresql",)


def _value(setting: Setting, project: Project) -> str | None:
    """What a setting is set to for its own sake; None leaves it at its default."""
    if setting.type in CODED and not setting.default:
        return _coded(setting)
    if setting.purpose in ("token_secret", "secret_key"):
        return _as_long(setting)
    if TLS_MODE.search(setting.name.upper()):
        return "disable"  # how PostgreSQL's drivers call it; the bench speaks no TLS
    if setting.type in ("boolean", "bool") and SECURED.search(setting.name):
        return no(setting.default)  # over plain HTTP, which the bench speaks, it is never sent
    if setting.type in ("boolean", "bool") and BUILDS.search(setting.name):
        return _builds(setting, project)
    if setting.purpose == "environment":
        return _environment(setting)
    if setting.purpose.startswith("database_") or setting.purpose in keys.PURPOSES:
        return None
    if _is_sender(setting) and any(each.kind == "email" for each in project.services):
        return SENDER
    if setting.required or (not setting.default and setting.name in _keys(project)):
        return _filled(setting)
    if not setting.default and LIFE.search(setting.name.lower()):
        return _life(setting, project)
    if not setting.default and CLASS.fullmatch(setting.example or ""):
        return setting.example
    return None


def _life(setting: Setting, project: Project) -> str | None:
    """How long a token shall hold, for which no library has a default: a number where one is made of it, else a span."""
    if setting.type in ("integer", "int", "float", "number", "decimal"):
        return "3600"
    return None if project.stack.language == "python" else "1h"


def _builds(setting: Setting, project: Project) -> str | None:
    """Yes to the app's question whether it shall build its schema, where no tool does."""
    if (
        project.migrations
        or project.migrate
        or setting.default not in (None, "", "0", "false", "no", "off")
    ):
        return None
    return {"0": "1", "no": "yes", "off": "on"}.get(setting.default or "", "true")


def no(default: str | None) -> str:
    """`false`, as the project spells it: `False` where its own value is `True` or `False`."""
    return "False" if default in ("True", "False") else "false"


def _as_long(setting: Setting) -> str:
    """A secret; where the project's own is as long as a cipher's key, one of that length."""
    own = setting.default or setting.example
    return SECRET[: len(own)] if len(own) in KEY_LENGTHS else SECRET


def _coded(setting: Setting) -> str:
    """A key in hexadecimal or base64: as many bytes as the project's own has, else as the longest cipher takes."""
    own = setting.example or ""
    if setting.type == "base64":
        return b64encode(SECRET[: KEY_LENGTHS[-1]].encode()).decode()
    size = len(own) // 2 if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", own) else KEY_LENGTHS[-1]
    return SECRET.encode().hex()[: 2 * size]


def _keys(project: Project) -> set[str]:
    """The settings by which an app shows its services who it is: many do not start without them."""
    found = {each.secret for each in project.services if each.kind != "monitoring"}
    for each in project.services:
        if each.kind in SHOWN_TO:
            found |= {name for name in each.settings if CREDENTIAL.search(name)}
    return found


def _is_sender(setting: Setting) -> bool:
    """Whether mails need this setting, which has no value of its own, to say from whom they are."""
    words = set(setting.name.lower().split("_"))
    sender = bool(words & {"from", "sender"}) and not words & {"name", *PATTERNS}
    return sender and bool(words & MAILS) and not setting.default


def _environment(setting: Setting) -> str | None:
    for name in ENVIRONMENTS:
        if name in setting.choices:
            return name
    return "test" if setting.required and not setting.choices else None


SWITCH = re.compile(r"debug|^use_|_use_|enable|_tls$|_ssl$")
"""Numbers that stand for yes and no: `bool(int(os.environ["DEBUG"]))`."""


def _filled(setting: Setting) -> str:
    name, kind = setting.name.lower(), setting.type
    if setting.default:
        return setting.default
    if setting.choices:
        return setting.choices[0]
    if "salt" in name and kind in ("string", "bytes", "unknown", "") and not _counts(setting):
        return SALT
    if setting.example and "://" not in setting.example and not is_secret(setting):
        return setting.example
    if kind in ("integer", "int", "float", "number", "decimal"):
        if SWITCH.search(name):
            return "0"
        return "60" if LASTING.search(name) else "1"
    if kind in ("boolean", "bool"):
        return no(setting.default or setting.example)
    if kind in ("array", "list", "object", "dict", "json", "set", "tuple"):
        return "{}" if kind in ("object", "dict") else "[]"
    if "email" in name or "mail_from" in name or name.endswith(("_from", "superuser")):
        return SENDER
    if "algorithm" in name:
        return ALGORITHM
    if (
        setting.purpose == "service_url"
        or kind in ("url", "uri")
        or name.endswith(("url", "uri", "endpoint"))
    ):
        return "http://127.0.0.1:9"
    if is_secret(setting):
        return PASSWORD if "password" in name else SECRET
    return "bench"


def _counts(setting: Setting) -> bool:
    """Whether it says how often something is done, by its example or by its name (`SALT_ROUNDS`)."""
    return (setting.example or "").isdigit() or bool(COUNT.search(setting.name))


def is_secret(setting: Setting) -> bool:
    """Whether the value may not be told, by the source's word or by its name."""
    return setting.secret or bool(SECRETIVE.search(setting.name))


def _is_address(setting: Setting, value: str) -> bool:
    return setting.purpose in ("service_url",) or "127.0.0.1" in value


def _database(project: Project, database: Database, scheme: str, name: str) -> dict[str, str]:
    plain = database.url(scheme or scheme_of(project)[0], name)
    parts = urlsplit(plain)
    url = spelled(project, plain)
    by_purpose = {
        "database_url": url,
        "database_file": unquote(parts.path)[1:],
        "database_host": parts.hostname or "",
        "database_port": str(parts.port or ""),
        "database_name": name or database.name,
        "database_user": parts.username or "",
        "database_password": parts.password or "",
        "database_address": f"{parts.hostname}:{parts.port}",
    }
    found = {
        each.name: by_purpose[each.purpose]
        for each in project.settings
        if each.purpose in by_purpose
    }
    hook = project.database
    if database.dialect == "mongodb" and project.stack.language == "python":
        found["BENCH_DOCUMENTS"] = name or database.name
    if hook and hook.configured:
        found["BENCH_TABLES"] = url
    if hook and project.stack.language == "javascript":
        kind = DIALECTS.get(hook.dialect, hook.dialect)
        kinds = [each for each in project.settings if DIALECT.search(each.name.upper())]
        found |= {each.name: each.example or each.default or kind for each in kinds}
    if hook and hook.url_setting:
        found[hook.url_setting] = url
    if project.application.settings:
        found["COMFREY_DATABASE_URL"] = url
    for part, name in hook.url_parts if hook else ():
        found[name] = by_purpose.get(f"database_{part}", "")
    if parts.port == USUAL_PORTS.get(database.dialect) and project.stack.language == "python":
        for each in _ports_as_text(project):
            found.pop(each, None)
    return found


def _ports_as_text(project: Project) -> tuple[str, ...]:
    """Ports that the code hands on as it reads them (`os.environ.get("DB_PORT") or 27017`): a driver that wants a number
    takes only the one that stands there when nothing is set."""
    return tuple(
        each.name
        for each in project.settings
        if each.purpose == "database_port"
        and each.type not in ("integer", "int")
        and not (each.required or each.default)
    )


def spelled(project: Project, url: str) -> str:
    """The database's address as the language's drivers take it: Go has no URLs for MySQL and SQLite, and asks for
    TLS, which the bench does not speak, unless it is told otherwise."""
    if project.stack.language != "go":
        return url
    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite"):
        return (
            unquote(parts.path).removeprefix("/") if "////" not in url else unquote(parts.path)[1:]
        )
    said = [
        each.default or each.example
        for each in project.settings
        if each.purpose == "database_url" and (each.default or each.example)
    ]
    if parts.scheme.startswith("postgres"):
        return url if parts.query else f"{url}?sslmode=disable"
    if not parts.scheme.startswith("mysql") or any("://" in each for each in said):
        return url
    options = next((each.partition("?")[2] for each in said if "?" in each), "parseTime=true")
    login = f"{parts.username}:{unquote(parts.password or '')}"
    return f"{login}@tcp({parts.hostname}:{parts.port}){parts.path}?{options}"


def _service(service: Service, double: Double, project: Project) -> dict[str, str]:
    """The addresses of a service, by the names and defaults of its settings."""
    host, port = double.host, double.port
    defaults = {setting.name: setting.default or "" for setting in project.settings}
    numbers = {each.name for each in project.settings if each.type in ("integer", "int")}
    found = dict(double.environ)
    if service.protocol == "smtp" and project.application.settings:
        found["COMFREY_MAIL_PORT"] = str(port)
    for name in dict.fromkeys((*service.settings, service.base_url)):
        if not re.fullmatch(r"[A-Za-z_]\w*", name) or name == service.secret:
            continue
        if LISTENED.search(name):
            continue
        default = defaults.get(name, "")
        if service.kind == "monitoring" and name == service.base_url:
            found[name] = ""  # without it such a library keeps still
        elif PORTISH.search(name):
            found[name] = str(port)
        elif SECURING.search(name):
            untold = name not in defaults and project.stack.language == "python"
            off = no("False" if untold else default)  # strict readers know no other
            found[name] = "0" if name in numbers else off
        elif HOSTISH.search(name) and "://" not in default:
            found[name] = host
        elif name == service.base_url or "://" in default or URLISH.search(name):
            found[name] = _readdressed(default, double)
    return found


def _readdressed(default: str, double: Double) -> str:
    """The double's address with the path that the real one has."""
    path = urlsplit(default).path if "://" in default else ""
    ours = urlsplit(double.url)
    return urlunsplit((ours.scheme, ours.netloc, path if path != "/" else ours.path, "", ""))


def redacted(project: Project, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with every secret's value left out."""
    secret = {setting.name for setting in project.settings if is_secret(setting)}
    return {name: "***" if name in secret else value for name, value in environ.items()}


def write_env_files(origin: Path, tree: Path, environ: Mapping[str, str]) -> None:
    """Puts our environment where the project keeps its `.env` files, which were not copied."""
    text = "".join(f"{name}={quoted(value)}\n" for name, value in sorted(environ.items()))
    for folder, names, files in os.walk(origin):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        there = tree / Path(folder).relative_to(origin)
        for name in files:
            if is_env_file(name) and there.is_dir():
                (there / name).write_text(text)
    _lay_where_none_is(origin, tree, text)


ROOTS = frozenset(["pyproject.toml", "alembic.ini", "package.json", "go.mod"])


def _lay_where_none_is(origin: Path, tree: Path, text: str) -> None:
    """A `.env` where code may look for one that must exist. It is empty, as only the environment matters; a Go
    program may have no other source than the file."""
    for folder, names, files in os.walk(tree):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        file = Path(folder) / ".env"
        if "go.mod" in files and not (origin / file.relative_to(tree)).exists():
            file.write_text(text)
        elif Path(folder).name == "src" or ROOTS & {*files}:
            file.touch()


def quoted(value: str) -> str:
    """A value as dotenv files spell it."""
    plain = re.fullmatch(r"[\w@%+=:,./\[\]{}-]*", value)
    return value if plain else "'" + value.replace("'", "\\'") + "'"
