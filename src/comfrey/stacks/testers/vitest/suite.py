"""The suite's helpers: environment, app, database, factories, credentials, doubles, and what sets them up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from comfrey.model.plan import Builder
from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.stacks import laying
from comfrey.stacks.limits import is_limited
from comfrey.stacks.templates import Templates, slot
from comfrey.stacks.testers import names
from comfrey.stacks.testers.job import Job
from comfrey.stacks.testers.scope import Scope
from comfrey.stacks.testers.tables import children_first, standing
from comfrey.stacks.testers.vitest import doubles, literals
from comfrey.stacks.testers.vitest.credentials import auth, way
from comfrey.stacks.testers.vitest.doubles import Double
from comfrey.stacks.testers.vitest.expressions import Speaker, variable
from comfrey.stacks.testers.vitest.imports import HELPERS, Modules, joined, spoken_by
from comfrey.stacks.testers.vitest.store import Store, class_name
from comfrey.stacks.testers.vitest.surroundings import (
    is_addressed,
    is_doubtful,
    signs_by_files,
    variables,
)

VITEST = "testers/vitest"
UNREFUSE = {
    "postgresql": (
        "DROP FUNCTION IF EXISTS refuse() CASCADE",
        "DROP SEQUENCE IF EXISTS refusals",
    ),
}
UNREFUSE_ELSE = ("DROP TRIGGER IF EXISTS refuse", "DROP TABLE IF EXISTS refusals")
HASHERS = {"bcrypt": ".hash({}, 4)", "bcryptjs": ".hash({}, 4)", "argon2": ".hash({})"}
INTEGERS = ("integer", "bigint", "smallint")


@dataclass(frozen=True)
class Suite:
    """Everything that the helper files are made from; `used` are words of the written tests."""

    job: Job
    modules: Modules
    templates: Templates
    store: Store
    used: frozenset[str]
    doubles: tuple[Double, ...] = ()

    @property
    def project(self) -> Project:
        return self.job.project

    @property
    def folder(self) -> str:
        """Of the helpers."""
        return self.job.layout.path(HELPERS)

    @property
    def dialect(self) -> str:
        hook = self.project.database
        return (hook.dialect if hook else "") or "postgresql"

    def render(self, name: str, **context: Any) -> str:
        """A helper's text; every template may `load` a module."""
        said = self.templates.render(
            f"{VITEST}/{name}.jinja",
            load=self.modules.load,
            ending=self.modules.ending,
            typescript=self.modules.typed,
            used=self.used,
            **context,
        )
        return tidy(said)


def helpers(suite: Suite) -> dict[str, str]:
    """File name → text of every helper that the tests use."""
    texts = {"environment": _environment(suite)}
    token = auth(suite.project, suite.templates, suite.modules, suite.folder, suite.used)
    if token and {"authenticatedRequest", "signIn"} & suite.used:
        texts["auth"] = tidy(token)
    texts["app"] = _app(suite)
    if suite.project.application.listens:
        texts["listening"] = suite.render("listening")
    if {"altered", "refusedFields"} & suite.used:
        slashed = suite.project.stack.framework == "fastify"
        texts["answers"] = suite.render("answers", slashed=slashed)
    if suite.store.known:
        texts["database"] = _database(suite)
        texts["factories"] = _factories(suite, "auth" in texts)
    spoken = doubles.module(suite.doubles, suite.templates, suite.modules)
    if spoken:
        texts["doubles"] = tidy(spoken)
    texts["setup"] = _setup(suite, texts)
    return {f"{name}.{suite.modules.suffix}": text for name, text in texts.items()}


def tidy(text: str) -> str:
    """Without blank lines at the ends, at a block's start, or one after the other."""
    kept: list[str] = []
    for line in text.strip("\n").splitlines():
        blank = not line.strip()
        if blank and (not kept or not kept[-1] or kept[-1].endswith(("{", "("))):
            continue
        kept.append("" if blank else line.rstrip())
    return "\n".join(kept) + "\n"


def _environment(suite: Suite) -> str:
    ports = [each.port for each in suite.doubles if each.port]
    addressed = is_addressed(suite.project)
    laid = laying.macros(suite.project, suite.templates)
    return suite.render(
        "environment",
        addressed=addressed,
        dialect=suite.dialect,
        ports=ports,
        variables=variables(suite.project, suite.job.facts, suite.doubles),
        laid=laid,
        keys=signs_by_files(suite.project),
        exported=[*(["DATABASE_URL"] if addressed else []), *ports, *getattr(laid, "exports", ())],
    )


def _app(suite: Suite) -> str:
    application = suite.project.application
    place = application.place
    module = application.module if "/" in application.module or not place else place.file
    return suite.render(
        "app",
        framework=suite.templates.module_with(
            slot("frameworks", suite.project.stack.framework, "client.jinja"),
            required=suite.job.tester == "jest",
            versions=dict(suite.project.stack.versions),
        ),
        main=suite.modules.project(place.file, suite.folder) if place else "",
        module=suite.modules.project(module, suite.folder),
        exported=application.variable,
        factory=application.factory,
        listens=application.listens,
        connects=suite.store.known and bool(getattr(_told_orm(suite), "shared", False)),
        limited=is_limited(suite.project),
    )


def _database(suite: Suite) -> str:
    project = suite.project
    tables = [each.table for each in children_first(standing(project, suite.job.facts))]
    rows = {table.name for table in suite.job.facts.tables if table.rows}
    reference = [each for each in reversed(tables) if each in rows]
    faults = "refuse" in suite.used
    orm = _told_orm(suite)
    if suite.dialect == "mongodb":
        exported = [*orm.exports, "disconnect", "migrateDatabase", "cleanDatabase"]
        exported += [each for each in ("snapshot", "refuse") if each in suite.used]
        return suite.render("documents", orm=orm, exported=exported)
    exported = [*orm.exports, "disconnect", "migrateDatabase", "cleanDatabase"]
    spread = _spread(suite)
    exported += ["spreadIds"] if spread else []
    exported += ["keepReferenceRows"] if reference else []
    exported += [each for each in ("snapshot", "refuse") if each in suite.used]
    return suite.render(
        "database",
        orm=orm,
        tables=tables,
        reference=reference,
        dialect=suite.dialect,
        quote="\\`" if suite.dialect == "mysql" else '"',
        doubtful=is_doubtful(project),
        faults=faults,
        unrefuse=UNREFUSE.get(suite.dialect, UNREFUSE_ELSE),
        spread=spread,
        exported=exported,
    )


def _told_orm(suite: Suite) -> Any:
    hook = suite.project.database
    module, _, name = (hook.engine if hook else "").partition(":")
    return _orm(suite, module, name)


def _orm(suite: Suite, module: str, name: str) -> Any:
    """The macros of the ORM's `database.jinja`, told where the project keeps its connection."""
    path = slot("orms", suite.project.stack.orm, "database.jinja")
    return suite.templates.module_with(
        path,
        engine=suite.modules.project(module, suite.folder) if module else "",
        engine_name=name,
        migrations=suite.project.migrations,
        begins=bool(suite.project.database and suite.project.database.create_all),
        tool=suite.project.stack.migrations,
        driver=suite.project.database.driver if suite.project.database else "",
        keys={
            each.table: each.primary_key[0].column or each.primary_key[0].name
            for each in suite.project.records
            if len(each.primary_key) == 1
        },
        typescript=suite.modules.typed,
        used=suite.used,
        framework=suite.project.stack.framework,
        listens=suite.project.application.listens,
        registry={class_name(each.code): each.code for each in suite.project.records},
        collections={each.code: each.table for each in suite.project.records},
        references={
            each.code: [field.name for field in each.fields if field.type == "reference"]
            for each in suite.project.records
        },
        versions=dict(suite.project.stack.versions),
        modules=[
            suite.modules.project(each, suite.folder)
            for each in dict.fromkeys(each.place.file for each in suite.project.records)
        ],
        dialect=suite.dialect,
        doubtful=is_doubtful(suite.project),
        written=laying.is_written(suite.project),
    )


def _spread(suite: Suite) -> list[tuple[str, str, int]]:
    """(table, column, thousand) of every identity column."""
    if suite.dialect == "sqlite":
        return []
    found = []
    for number, record in enumerate(
        reversed(children_first(standing(suite.project, suite.job.facts))), start=1
    ):
        keys = [
            each
            for each in record.primary_key
            if each.default_from == "auto" and each.type in INTEGERS
        ]
        if len(keys) == 1 and record.store == "table":
            found.append((record.table, keys[0].column or keys[0].name, 1000 * number))
    return found


def _factories(suite: Suite, signs: bool) -> str:
    project, plan = suite.project, suite.job.plan
    scope = Scope(project=project, plan=plan, asynchronous=True)
    speaker = Speaker(scope)
    records = {each.name: each for each in project.records}
    builders = [each for each in plan.builders if each.record in records]
    user = project.authentication.user if project.authentication else ""
    hash_, imports = _hash(suite) if any(each.password for each in builders) else ("", [])
    shown = [_builder(records[each.record], each, speaker, suite, bool(hash_)) for each in builders]
    logs_in = bool(project.authentication and signs and way(project.authentication) == "login")
    needs = {need for each in shown for need in each["needs"]}
    said = " ".join(str(value) for each in shown for key, value in each.items() if key != "needs")
    local = [
        each
        for each in needs
        if each.startswith("database:") and re.search(rf"\b{re.escape(each[9:])}\b", said)
    ]
    lines = imports + _models(needs, suite)
    lines += (
        [
            suite.modules.load(
                f"./database{suite.modules.ending}", ", ".join(sorted(each[9:] for each in local))
            )
        ]
        if local
        else []
    )
    itself = project.authentication is not None and project.authentication.hashes_itself
    password = bool(hash_) or logs_in or itself
    seeded = [
        each["name"] if each["name"] == each["function"] else f"{each['name']}: {each['function']}"
        for each in shown
    ]
    exported = ["seedTestData", *(["PASSWORD"] if password else []), *(["hashed"] if hash_ else [])]
    exported += ["createTestUser"] if any(each["user"] for each in shown) else []
    return suite.render(
        "factories",
        imports=lines,
        password=literals.text(suite.job.password) if password else "",
        hash=hash_,
        sequenced=any(each["sequences"] for each in shown),
        builders=shown,
        names=seeded,
        exported=exported,
        user=user,
        thing="document" if suite.dialect == "mongodb" else "row",
    )


def _models(needs: set[str], suite: Suite) -> list[str]:
    found: dict[str, set[tuple[str, str]]] = {}
    for each in sorted(needs):
        if each.startswith("project:"):
            module, exported, local = each.removeprefix("project:").rsplit(":", 2)
            path = suite.modules.project(module, suite.folder)
            found.setdefault(path, set()).add((exported, local))
    return [line for path in sorted(found) for line in joined(path, found[path], suite.modules)]


def _hash(suite: Suite) -> tuple[str, list[str]]:
    """The expression that hashes `password` as the app does, and its imports."""
    authentication = suite.project.authentication
    if authentication is not None and authentication.hashes_itself:
        return "", []
    hashing = authentication.hash if authentication else None
    if hashing is not None and hashing.place is not None and hashing.place.file == hashing.module:
        module = suite.modules.project(hashing.module, suite.folder)
        line = suite.modules.load(
            module, hashing.exported or hashing.name, hashing.name if hashing.exported else ""
        )
        return f"{hashing.name}(password)", [line]
    for name, call in HASHERS.items():
        if name in suite.project.stack.dependencies:
            return f"{name}{call.format('password')}", [suite.modules.load(name, "default", name)]
    return "", []


def _builder(
    record: Record, builder: Builder, speaker: Speaker, suite: Suite, hashes: bool
) -> dict[str, Any]:
    model, needs = suite.store.model(record, record.name)
    authentication = suite.project.authentication
    user = authentication is not None and authentication.user == record.name
    parents = dict(builder.parents)
    pairs = [
        (name, speaker.stored(value, record.field(name)))
        for name, value in builder.defaults
        if name not in (builder.password, *parents)
    ]
    sequences = [
        (names.camel(f"next_{names.snake(record.name)}_{name}"), name, values)
        for name, values in builder.sequences
    ]
    pairs += [(name, f"{called}()") for called, name, _ in sequences]
    if builder.password and hashes:
        pairs.append((builder.password, "await hashed(PASSWORD)"))
    elif builder.password and authentication is not None and authentication.hashes_itself:
        pairs.append((builder.password, "PASSWORD"))
    links = [_link(each, suite) for each in builder.links]
    pairs += [(each["relation"], each["given"]) for each in links if each["given"]]
    held = {name: _held(record, name) for name in parents}
    pairs += [(name, names.camel(name)) for name in held.values()]
    given = literals.members(pairs).removesuffix(" }").removeprefix("{").strip() if pairs else ""
    values = f"{{ {given}, ...values }}" if given else "values"
    return {
        "name": variable(record.name),
        "function": "createTestUser" if user else names.camel(f"create_{names.snake(record.name)}"),
        "user": user,
        "needs": needs,
        "parents": [
            (
                {"name": held[name], "local": names.camel(held[name])},
                _function(to, suite),
                "" if held[name] != name else _key(record, name),
            )
            for name, to in builder.parents
        ],
        "sequences": [
            (called, [speaker.stored(each, record.field(name)) for each in values])
            for called, name, values in sequences
        ],
        "links": links,
        "creating": suite.store.create(model, values),
    }


def _link(link: tuple[str, str, str], suite: Suite) -> dict[str, str]:
    """How a factory finds or makes the rows at the other end of a relation, and links its row to them."""
    relation, name, member = link
    record = suite.project.record(name)
    model, _ = suite.store.model(record, name)
    keys = tuple(each.name for each in record.primary_key) if record else ()
    rows = names.camel(f"linked_{names.snake(relation)}")
    return {
        "relation": relation,
        "rows": rows,
        "called": names.camel(f"known_{names.snake(name)}"),
        "member": member,
        "first": suite.store.first(model, f"{{ {member} }}"),
        "function": _function(name, suite),
        "given": suite.store.linked(rows, keys),
        "tied": suite.store.tied("row", relation, rows)
        if not suite.store.linked(rows, keys)
        else "",
    }


def _function(record: str, suite: Suite) -> str:
    authentication = suite.project.authentication
    if authentication is not None and authentication.user == record:
        return "createTestUser"
    return names.camel(f"create_{names.snake(record)}")


def _held(record: Record, name: str) -> str:
    """By what member a row of the record holds its parent: the key, or the relation that stands for it."""
    field = record.field(name)
    return field.through or name if field else name


def _key(record: Record, name: str) -> str:
    field = record.field(name)
    return (field.references.rpartition(".")[2] if field else "") or "id"


def _setup(suite: Suite, texts: dict[str, str]) -> str:
    database = texts.get("database", "")
    spread = "function spreadIds" in database
    reference = "function keepReferenceRows" in database
    called = ["cleanDatabase", "disconnect", *(["keepReferenceRows"] if reference else [])]
    called += ["migrateDatabase", *(["spreadIds"] if spread else [])]
    return suite.render(
        "setup",
        origin=spoken_by(suite.job),
        stored=bool(database),
        setup_names=called,
        spread=spread,
        reference=reference,
        doubles=bool(suite.doubles),
        early=any(each.piece in doubles.EARLY for each in suite.doubles),
        fixtures=[],
    )
