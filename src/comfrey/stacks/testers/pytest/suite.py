"""The suite's helpers: environment, database, factories, credentials, doubles, fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import normpath, relpath
from pathlib import PurePosixPath
from typing import Any

from comfrey.model.facts import Facts
from comfrey.model.plan import Builder, Plan
from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.stacks import shelf
from comfrey.stacks.templates import Templates, slot
from comfrey.stacks.testers import names
from comfrey.stacks.testers.layout import Layout
from comfrey.stacks.testers.pytest import doubles, literals
from comfrey.stacks.testers.pytest.client import client_of
from comfrey.stacks.testers.pytest.credentials import credentials, logs_in, waits_for_token
from comfrey.stacks.testers.pytest.doubles import Double
from comfrey.stacks.testers.pytest.expressions import Speaker
from comfrey.stacks.testers.pytest.surroundings import drivername, is_addressed, variables, way_to
from comfrey.stacks.testers.scope import Scope
from comfrey.stacks.testers.tables import lacking

PYTEST = "testers/pytest"
SCHEMAS = ("schema.sql", "init.sql", "database.sql", "db.sql")


@dataclass(frozen=True)
class Suite:
    """Everything that the helper files are made from; `used` are words of the written tests."""

    project: Project
    plan: Plan
    password: str
    facts: Facts
    layout: Layout
    asynchronous: bool
    plugin: str
    """`anyio`, `pytest-asyncio` or "" for a synchronous suite."""
    templates: Templates
    used: frozenset[str]
    doubles: tuple[Double, ...] = ()
    legacy: bool = False
    """Whether the ORM in force is older than the style of its templates."""
    rolled_back: bool = False
    """Whether the runner makes the database, and takes back what each test stores."""

    @property
    def orm(self) -> str:
        return self.project.stack.orm

    @property
    def stored(self) -> bool:
        """Whether the suite has a database to look at."""
        return bool(self.project.database and slot("orms", self.orm, "database.jinja"))

    @property
    def sessions(self) -> bool:
        """Whether the ORM has sessions, and is not asked through its models alone."""
        folder = shelf.folder("orms", self.orm)
        return folder is None or bool(folder.about.data.get("sessions", True))

    @property
    def started(self) -> bool:
        """Whether records are known to the ORM only once the app has started."""
        folder = shelf.folder("orms", self.orm)
        return self.stored and folder is not None and bool(folder.about.data.get("started"))

    @property
    def overridden(self) -> tuple[str, str] | None:
        """Module and name of the session's dependency, where no setting holds the database's address."""
        hook = self.project.database
        module, _, name = (hook.session_dependency if hook else "").partition(":")
        if not self.stored or is_addressed(hook) or not (module and name.isidentifier()):
            return None
        return module, name


def tables_of(project: Project) -> frozenset[str]:
    """What code calls the tables that join rows and that no class stands for."""
    joins = (each.code for each in project.records if each.joins)
    return frozenset(each for each in joins if "." not in each)


def helpers(suite: Suite) -> dict[str, str]:
    """File name → text of every helper that the tests use."""
    early = suite.project.tests.early
    files = {
        "__init__.py": suite.templates.render(
            f"{PYTEST}/package.jinja",
            discovered=not suite.project.stack.test_framework_declared,
            early=early,
        ),
        "environment.py": _environment(suite),
    }
    if slot("frameworks", suite.project.stack.framework, "server.jinja"):
        files["server.py"] = _server(suite)
    settings = slot("frameworks", suite.project.stack.framework, "settings.jinja")
    if settings and suite.stored:
        hook = suite.project.database
        files["settings.py"] = suite.templates.render(
            settings,
            settings=suite.project.application.settings,
            dialect=hook.dialect if hook else "",
            sqlite=hook is not None and hook.dialect == "sqlite",
            adjusted=suite.project.application.adjusted,
            cache_port=doubles.cache_port(suite.doubles),
        )
    files |= resources(suite)
    files["fixtures.py" if early else "conftest.py"] = _conftest(suite, files)
    return files | _apart(suite) if early else files


def _apart(suite: Suite) -> dict[str, str]:
    """What keeps a suite apart from a conftest above that imports the app before its environment stands."""
    options, folder = dict(suite.project.tests.options), suite.layout.folder
    paths = (relpath(each, folder) for each in options.get("pythonpath", "").split())
    return {
        "pytest.ini": suite.templates.render(f"{PYTEST}/apart.jinja", paths=" ".join(paths)),
        "conftest.py": suite.templates.render(f"{PYTEST}/gate.jinja", folder=folder),
    }


def resources(suite: Suite) -> dict[str, str]:
    """The same of what tests look at, make rows with, call with and talk to: whatever runs them."""
    files = {}
    if {"altered", "refused_fields", "MISSING"} & suite.used:
        files["answers.py"] = suite.templates.render(
            f"{PYTEST}/answers.jinja",
            used=suite.used,
            client=client_of(suite.project, asynchronous=suite.asynchronous),
            error_shape=literals.word(suite.project.error_shape),
        )
    if suite.stored:
        files["database.py"] = _database(suite)
        files["factories.py"] = _factories(suite)
    token = credentials(suite.project, suite.templates, asynchronous=suite.asynchronous)
    if token and "auth_headers" in suite.used:
        files["credentials.py"] = token
    spoken = doubles.module(suite.doubles, suite.templates, framed=suite.rolled_back)
    if spoken:
        files["doubles.py"] = spoken
    return files


def _environment(suite: Suite) -> str:
    project = suite.project
    with_url = suite.stored and suite.sessions
    hook = way_to(project)
    return suite.templates.render(
        f"{PYTEST}/environment.jinja",
        depth=suite.layout.depth,
        sys_path=suite.layout.sys_path,
        settings=project.application.settings,
        stored=with_url,
        addressed=suite.stored or is_addressed(hook),
        dialect=hook.dialect if hook else "",
        drivername=literals.word(drivername(hook)) if hook else "",
        server_ports=[each.port for each in suite.doubles if each.port],
        variables=variables(
            project, suite.facts, suite.doubles, stored=with_url, legacy=suite.legacy
        ),
        bound=_bound(suite),
        bound_imports=_bound_imports(suite),
        read_early=_read_early(suite),
        scripts=_scripts(suite),
        prepared=project.database is None and not project.records,
    )


def _scripts(suite: Suite) -> tuple[str, ...]:
    """Where the script that makes the tables may lie, of an app that opens SQLite's files itself: nothing leads it away
    from its developer's file but the suite, which opens another one."""
    project = suite.project
    if project.database or project.records or "sqlite" not in project.stack.databases:
        return ()
    place = project.application.place
    beside = relpath(PurePosixPath(place.file).parent, project.root) if place else "."
    folders = dict.fromkeys((".", beside))
    return tuple(normpath(f"{folder}/{name}") for folder in folders for name in SCHEMAS)


def _bound(suite: Suite) -> str:
    """How what the app stores comes into the test database where the app itself names another."""
    own = slot("orms", suite.orm, "environment.jinja")
    if not own:
        return ""
    hook, packages = suite.project.database, suite.project.stack.dependencies
    return suite.templates.render(
        own,
        client=_document_client(suite),
        driver=hook.driver if hook else "",
        configured=bool(hook and hook.configured),
        legacy=suite.legacy,
        by_address=bool(hook and hook.url_setting and "flask-pymongo" in packages),
    ).strip()


def _bound_imports(suite: Suite) -> tuple[str, ...]:
    folder = shelf.folder("orms", suite.orm)
    if folder is None or not _bound(suite):
        return ()
    said = folder.about.data
    client = said.get("drivers", {}).get(_document_client(suite))
    return (*said.get("binding", ()), *((client,) if client else ()))


def _document_client(suite: Suite) -> str:
    """The class of the client that this version of the mapper takes."""
    major = dict(suite.facts.versions).get(suite.orm, "").partition(".")[0]
    return "AsyncIOMotorClient" if major == "1" else "AsyncMongoClient"


SETTINGS_PACKAGES = ("settings", "config", "conf", "django")


def _read_early(suite: Suite) -> str:
    """The settings module, or the package of settings modules, that pytest-django reads by the project's ini
    before a suite can set what they are made of; "" without pytest-django."""
    module = suite.project.application.settings
    if not module or "pytest-django" not in suite.facts.packages:
        return ""
    package = module.rpartition(".")[0]
    return package if package.rpartition(".")[2] in SETTINGS_PACKAGES else module


def _server(suite: Suite) -> str:
    application = suite.project.application
    called = f"{application.variable}()" if application.factory else application.variable
    return suite.templates.render(
        f"frameworks/{suite.project.stack.framework}/server.jinja",
        module=application.module,
        variable=application.variable,
        application=called,
        overridden=suite.overridden,
        overriding=suite.project.tests.overriding,
        session_import=_session_import(suite),
        forms="flask-wtf" in suite.facts.packages,
    )


def _database(suite: Suite) -> str:
    hook = suite.project.database
    module, _, expression = (hook.metadata if hook else "").partition(":")
    first = expression.partition(".")[0]
    named = {
        names.snake(each.name): each.table
        for each in suite.project.records
        if each.store == "table"
    }
    reference = sorted(
        table.name
        for table in suite.facts.tables
        if table.rows and (table.name in named.values() or table.name in _emptied(suite))
    )
    sqlite = hook is not None and hook.dialect == "sqlite"
    return suite.templates.render(
        slot("orms", suite.orm, "database.jinja"),
        metadata=expression,
        metadata_module=module,
        metadata_import=first,
        migrations=_migrations_folder(suite.project),
        alembic_options=_alembic_options(suite.project),
        through_app=_through_app(suite.project),
        inside=_inside(suite.project),
        session_import=_session_import(suite),
        own_session=suite.orm == "sqlmodel",
        reference=literals.plain(reference) if reference else "",
        unmade=literals.plain(unmade) if (unmade := lacking(suite.project, suite.facts)) else "",
        spread=not sqlite,
        sqlite=sqlite,
        mysql=hook is not None and hook.dialect in ("mysql", "mariadb"),
        guarded=_guarded(suite),
        faults="refuse" in suite.used,
        documents=[(each.module, each.name) for each in suite.project.records],
        collections=[(names.identifier(each.table), each.table) for each in suite.project.records],
        collection="get_motor_collection"
        if _document_client(suite) == "AsyncIOMotorClient"
        else "get_pymongo_collection",
        cached=is_cached(suite.project),
        rolled_back=suite.rolled_back,
        leading=any(each.leads for each in suite.project.records),
        used=suite.used,
        classless=bool(tables_of(suite.project) & suite.used),
    )


def is_cached(project: Project) -> bool:
    """Whether the app keeps something in its process from one test to the next."""
    return bool({"cache", "throttles"} & set(project.application.adjusted))


def _emptied(suite: Suite) -> tuple[str, ...]:
    """Tables of the ORM's own that a suite empties beside those of the project."""
    folder = shelf.folder("orms", suite.orm)
    return tuple(folder.about.data.get("filled", ())) if folder is not None else ()


def _session_import(suite: Suite) -> str:
    """The session class that the project's ORM prefers."""
    if suite.orm == "sqlmodel":
        return (
            "from sqlmodel.ext.asyncio.session import AsyncSession"
            if suite.asynchronous
            else "from sqlmodel import Session"
        )
    if suite.asynchronous:
        return "from sqlalchemy.ext.asyncio import AsyncSession"
    return "from sqlalchemy.orm import Session"


def _migrations_folder(project: Project) -> str:
    """Where Alembic runs, as an expression; "" when the project does not use it."""
    configuration = PurePosixPath(project.migrations)
    if project.stack.migrations != "alembic" or configuration.suffix not in (".ini", ".toml"):
        return ""
    folder = str(configuration.parent)
    return "ROOT" if folder == "." else f"ROOT / {literals.text(folder)}"


def _through_app(project: Project) -> str:
    """The arguments of a migration tool that works inside of the app, as they stand in a list."""
    folder = shelf.folder("migrations", project.stack.migrations)
    words = folder.about.defaults.get("through_app", ()) if folder and project.migrations else ()
    application = project.application
    called = "()" if application.factory else ""
    app = f"{application.module}:{application.variable}{called}"
    configuration = PurePosixPath(project.migrations)
    where = configuration.parent if configuration.suffix else configuration
    said = [str(word).format(app=app, folder=where) for word in words]
    return ", ".join(literals.text(each) for each in said)


def _inside(project: Project) -> str:
    """The folder of migrations that the suite's own process runs: only there is the app told another address."""
    hook = project.database
    told = hook is not None and hook.configured and bool(_through_app(project))
    configuration = PurePosixPath(project.migrations)
    folder = configuration.parent if configuration.suffix else configuration
    return literals.text(str(folder)) if told else ""


def _alembic_options(project: Project) -> str:
    """A configuration file of another name than Alembic looks for."""
    name = PurePosixPath(project.migrations).name
    return "" if name in ("alembic.ini", "pyproject.toml") else f', "-c", {literals.text(name)}'


def _factories(suite: Suite) -> str:
    project, plan = suite.project, suite.plan
    scope = Scope(project=project, plan=plan, asynchronous=suite.asynchronous)
    speaker = Speaker(scope)
    records = {each.name: each for each in project.records}
    shown = [
        _builder(records[each.record], each, speaker, scope, suite)
        for each in plan.builders
        if each.record in records
    ]
    hashing = project.authentication.hash if project.authentication else None
    hashes = hashing is not None and any(each["hashes"] for each in shown)
    if hashes and hashing is not None:
        scope.need(f"from {hashing.module} import {hashing.name.partition('.')[0]}")
    asynchronous_hash = bool(hashes and hashing and hashing.asynchronous)
    session = "async_sessionmaker[AsyncSession]" if suite.asynchronous else "sessionmaker[Session]"
    session = "sessionmaker" if suite.legacy else session
    session_import, app_session = _app_session(suite)
    return suite.templates.render(
        f"{PYTEST}/factories.jinja",
        app_session=app_session,
        imports=[
            *FACTORY_IMPORTS,
            "from pymongo.collection import Collection",
            *((session_import, "from .server import app") if app_session else ()),
            *(each for each in (_session_import(suite),) if suite.sessions),
            *sorted(scope.imports),
        ],
        password=literals.text(suite.password) if hashes or _logs_in(project) else "",
        hash=hashing.name if hashes and hashing else "",
        hash_async=asynchronous_hash,
        hash_encoded=bool(hashing and hashing.encoded and _keeps_text(project)),
        session_factory=session if suite.sessions else "",
        mapping=bool(speaker.links.get("mapping")),
        builders=shown,
        saved=_saved(suite),
    )


def _guarded(suite: Suite) -> tuple[str, str] | None:
    """The app's engine, where it may lead elsewhere: a conftest above imported the app before us, or
    neither a setting nor a dependency of its endpoints lets us choose the database."""
    hook = suite.project.database
    module, _, name = (hook.engine if hook else "").partition(":")
    doubtful = suite.project.tests.conftest or not is_addressed(hook)
    if suite.overridden or not doubtful or not (name.isidentifier() and module):
        return None
    return module, name


FACTORY_IMPORTS = (
    "from contextlib import closing",
    "from sqlalchemy import delete, insert",
    "from django.core import mail",
    "from functools import cache",
    "from itertools import cycle",
    "from typing import Any, TypeVar",
    "from sqlalchemy.ext.asyncio import async_sessionmaker",
    "from sqlalchemy.orm import sessionmaker",
)


def _saved(suite: Suite) -> str:
    if not suite.sessions:
        folder = shelf.folder("orms", suite.orm)
        said = (folder.text("saved.jinja") if folder else "").strip() or "row.save()"
        heard = any(each.hearers for each in suite.project.records)
        mailed = heard and any(each.piece == "outbox" for each in suite.doubles)
        return f"{said}\nmail.outbox.clear()  # saving may have sent some" if mailed else said
    if suite.legacy and not suite.asynchronous:
        return (
            "with closing(self._sessions()) as session:\n    session.add(row)\n    session.commit()"
        )
    wait, coroutine = ("await ", "async ") if suite.asynchronous else ("", "")
    return f"{coroutine}with self._sessions() as session:\n    session.add(row)\n    {wait}session.commit()"


def _builder(
    record: Record, builder: Builder, speaker: Speaker, scope: Scope, suite: Suite
) -> dict[str, Any]:
    model = record.code if record.joins else record.name
    if record.module:
        scope.need(f"from {record.module} import {model.partition('.')[0]}")
    asynchronous_hash = _asynchronous_hash(suite.project)
    defaults = [
        (name, speaker.stored(value, record.field(name)))
        for name, value in builder.defaults
        if name not in (builder.password, *(each for each, _ in builder.parents))
    ]
    sequences = [
        (f"{names.snake(record.name)}_{names.plural(name)}", name, values)
        for name, values in builder.sequences
    ]
    defaults += [(name, f"next(self._{attribute})") for attribute, name, _ in sequences]
    authentication = suite.project.authentication
    if builder.password and not asynchronous_hash and authentication and authentication.hash:
        defaults.append((builder.password, "hashed(PASSWORD)"))
    return {
        "factory": names.identifier(record.name),
        "model": "dict[str, Any]"
        if record.code in tables_of(suite.project)
        else model
        if record.module
        else "dict[str, Any]",
        "collection": "" if record.module else speaker.collection(record.name),
        "parents": [
            (name, _parent(speaker, record, name, names.identifier(to), suite))
            for name, to in builder.parents
        ],
        "hashes": builder.password,
        "instead": _instead(record, builder, suite),
        "stores": record.stores,
        "tabled": _tabled(record, suite),
        "defaults": defaults,
        "sequences": [
            (attribute, [speaker.stored(each, record.field(name)) for each in values])
            for attribute, name, values in sequences
        ],
    }


def _tabled(record: Record, suite: Suite) -> str:
    """What inserts a row of a table that no class stands for, "" for any other."""
    path = (
        slot("orms", suite.orm, "tabled.jinja") if record.code in tables_of(suite.project) else ""
    )
    return suite.templates.render(path, table=record.code).strip() if path else ""


def _instead(record: Record, builder: Builder, suite: Suite) -> str:
    """What clears the way for a row that comes along with another by itself, "" where none does."""
    path = slot("orms", suite.orm, "instead.jinja") if builder.instead else ""
    if not path:
        return ""
    keys = builder.instead.split(",")
    return suite.templates.render(path, model=record.name, keys=keys).strip()


def _app_session(suite: Suite) -> tuple[str, str]:
    """(import, expression) of the app's own session, where making a row of some record stores it by that;
    it lives in the app's context."""
    hook = suite.project.database
    module, _, metadata = (hook.metadata if hook else "").partition(":")
    owner = metadata.removesuffix(".metadata").removesuffix(".Model")
    wanted = any(each.stores for each in suite.project.records)
    if not (wanted and owner.isidentifier() and "flask_sqlalchemy" in suite.project.stack.orms):
        return "", ""
    return f"from {module} import {owner}", f"{owner}.session"


def _keeps_text(project: Project) -> bool:
    """Whether the column of callers' hashes holds a text."""
    known = project.authentication
    user = project.record(known.user) if known else None
    field = user.field(known.password) if user and known else None
    return field is not None and field.type in ("string", "text")


def _asynchronous_hash(project: Project) -> bool:
    found = project.authentication.hash if project.authentication else None
    return bool(found and found.asynchronous)


def _parent(speaker: Speaker, record: Record, name: str, factory: str, suite: Suite) -> str:
    """What a child holds of a parent that is made for it: the parent itself, or its key."""
    made = f"{'await ' if suite.asynchronous else ''}self.{factory}()"
    field = record.field(name)
    if speaker.holds_row(field):
        return made
    key = (field.references.rpartition(".")[2] if field else "") or "id"
    held = (f"({made})" if suite.asynchronous else made) + speaker.access((key,))
    return f"str({held})" if speaker.spells_key(field) else held


def _conftest(suite: Suite, files: dict[str, str]) -> str:
    return suite.templates.render(
        f"{PYTEST}/conftest.jinja",
        plugin=suite.plugin,
        client=client_of(suite.project, asynchronous=suite.asynchronous),
        stored=suite.stored,
        sessions=suite.sessions,
        started=suite.started,
        unblocked="pytest-django" in suite.facts.packages,
        django=bool(suite.project.application.settings),
        mailed=any(each.piece == "smtp" for each in suite.doubles),
        session_import=_session_import(suite) if suite.sessions else "",
        credentials="credentials.py" in files,
        login="def logged_in" in files.get("credentials.py", ""),
        waits=waits_for_token(suite.project, asynchronous=suite.asynchronous),
        reference="reference_rows" in files.get("database.py", ""),
        spread="def spread_ids" in files.get("database.py", ""),
        migrates="def migrate" in files.get("database.py", ""),
        refusals="def forget_refusals" in files.get("database.py", ""),
        doubles=[_fixture(each) for each in suite.doubles],
        pieces=[each.piece for each in suite.doubles],
        replaced=[] if suite.project.tests.early else _replaced(suite),
        overriding=suite.project.tests.overriding,
        by_cookie="Cookie" in files.get("credentials.py", ""),
        framework=suite.templates.module_with(
            slot("frameworks", suite.project.stack.framework, "client.jinja"),
            versions=dict(suite.facts.versions),
            strict="strict_client" in suite.used,
        ),
    )


FIXTURES = ("client", "server", "db_session", "seed_data", "auth_headers")


def _replaced(suite: Suite) -> list[str]:
    """What a conftest above does before every test, to a database that need not stand there yet."""
    ours = {*FIXTURES, *(each.fixture for each in suite.doubles)}
    return [name for name in suite.project.tests.automatic if name not in ours]


def _fixture(double: Double) -> dict[str, str]:
    return {
        "fixture": double.fixture,
        "name": double.name,
        "piece": double.piece,
        "host": double.host,
        "port": double.port,
        "shown": doubles.answers(double),
    }


def _logs_in(project: Project) -> bool:
    return project.authentication is not None and logs_in(project.authentication)
