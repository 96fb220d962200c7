"""The suite's helpers: the running app, its server, the database, fixtures, credentials, doubles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from comfrey.model.plan import Builder
from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names, tables
from comfrey.stacks.testers.gotest import assembled, credentials, doubles, literals
from comfrey.stacks.testers.gotest.contexts import exported
from comfrey.stacks.testers.gotest.doubles import Double
from comfrey.stacks.testers.gotest.drivers import Driver, driver
from comfrey.stacks.testers.gotest.expressions import Speaker
from comfrey.stacks.testers.gotest.surroundings import PARTS, WHOLE, variables
from comfrey.stacks.testers.job import Job
from comfrey.stacks.testers.scope import Scope

GOTEST = "testers/gotest"
INTEGERS = ("integer", "bigint", "smallint")
BCRYPT = "golang.org/x/crypto"
COST = 4
REFUSALS = {
    "postgresql": {
        "unique": "23505|duplicate key",
        "foreign_key": "23503|23001|foreign key",
        "not_null": "23502|not-null",
        "check": "23514|check constraint",
    },
    "mysql": {
        "unique": "Error 1062",
        "foreign_key": "Error 145[12]",
        "not_null": "Error (1048|1364)",
        "check": "Error (3819|4025)",
    },
    "sqlite": {
        "unique": "UNIQUE constraint",
        "foreign_key": "FOREIGN KEY constraint",
        "not_null": "NOT NULL constraint",
        "check": "CHECK constraint",
    },
}


@dataclass(frozen=True)
class Suite:
    """Everything that the helper files are made from; `used` are words of the written tests."""

    job: Job
    templates: Templates
    used: frozenset[str]
    doubles: tuple[Double, ...] = ()

    @property
    def project(self) -> Project:
        return self.job.project

    @property
    def package(self) -> str:
        """Of the tests: the folder's name."""
        return self.job.layout.folder.rpartition("/")[2].replace("-", "_")

    @property
    def dialect(self) -> str:
        return dialect_of(self.project)

    @property
    def told(self) -> dict[str, Any]:
        """What the bench found out about how the program is started."""
        return dict(self.job.facts.extra)

    @cached_property
    def driver(self) -> Driver | None:
        return driver(self.dialect, (*self.project.stack.dependencies, *self.job.facts.packages))

    @property
    def stored(self) -> bool:
        """Whether the suite looks into a database."""
        return self.driver is not None and bool(tables_of(self.project))

    def render(self, name: str, **context: Any) -> str:
        return self.templates.render(
            f"{GOTEST}/{name}.jinja",
            package=self.package,
            dialect=self.dialect,
            used=self.used,
            stored=self.stored,
            **context,
        )


def dialect_of(project: Project) -> str:
    """`postgresql`, `mysql` or `sqlite`; "" for an app without a database that we know."""
    hook = project.database
    return (hook.dialect if hook else "") or next(iter(project.stack.databases), "")


def file_of(project: Project) -> str:
    """SQLite's file, where it stands in the code and no setting changes it."""
    hook = project.database
    whole = any(each.purpose in WHOLE for each in project.settings)
    return hook.file if hook and not hook.url_setting and not hook.url_parts and not whole else ""


def is_apart(suite: Suite) -> bool:
    """Whether the app must run elsewhere than in its own folder, as it keeps or looks for files where it runs."""
    return bool(file_of(suite.project) or suite.told.get("reads_env_file"))


def _left_out(suite: Suite, file: str) -> list[str]:
    """What the folder in which the app runs does not have of the project's: the database, settings."""
    first = next((each for each in file.split("/") if each not in ("", ".", "..")), "")
    return [*([first] if first and ".." not in file else []), ".env"]


def tables_of(project: Project) -> list[Record]:
    """The records that are tables of their own."""
    return [each for each in project.records if each.table and each.store == "table"]


def _kept(suite: Suite) -> list[Record]:
    """Those of them that the migrated database has."""
    return [e for e in tables.standing(suite.project, suite.job.facts) if e.store == "table"]


def helpers(suite: Suite) -> dict[str, str]:
    """File name → text of every helper, whether the tests use all of it or not."""
    signing = credentials.context(suite.project, suite.job.facts)
    kind, name = credentials.carrier(suite.project)
    inside = _assembled(suite)
    texts = {
        "main": _main(suite),
        "server": suite.render(
            "server",
            doubles=bool(suite.doubles),
            carrier=kind,
            carrier_name=name,
            assembled=inside is not None,
        ),
        "compare": suite.render("compare"),
    }
    if suite.stored:
        texts["database"] = _database(suite)
        texts["fixtures"] = _fixtures(suite)
    if signing:
        texts["auth"] = suite.render("auth", assembled=inside is not None, **signing)
    if suite.doubles:
        texts["doubles"] = suite.render("doubles", **doubles.context(suite.doubles))
    if inside is not None:
        taken = assembled.declared(list(texts.values())) | {"app", "assemble", "output"}
        required = (*suite.project.stack.dependencies, *suite.job.facts.packages)
        gin = assembled.GIN in required
        said = assembled.context(inside, taken, str(suite.told.get("module", "")), gin)
        texts["app"] = suite.render("app", **said)
    return texts


def _assembled(suite: Suite) -> assembled.Told | None:
    """How the app is put together in the process of the tests, where it can be."""
    found: assembled.Told | None = suite.told.get("assembled")
    return None if _written_address(suite) else found


def _because(suite: Suite) -> str:
    """Why the tests start the program instead."""
    if _written_address(suite):
        return "no setting says where its database is"
    return str(suite.told.get("built_because") or "the router is built in main")


def _environment(suite: Suite) -> list[tuple[str, str]]:
    """The variables that the app is told, as Go text."""
    told = suite.told
    ports = {} if told.get("fixed_port") else dict(told.get("ports", (("PORT", "port"),)))
    if _assembled(suite) is not None:
        given = {each.name for each in suite.project.settings if each.default is not None}
        ports = {n: assembled.without_port(said) for n, said in ports.items() if n not in given}
    found = variables(suite.project, suite.job.facts, suite.doubles, suite.dialect, ports)
    return found if suite.stored else [each for each in found if "address" not in each[1]]


def _main(suite: Suite) -> str:
    told = suite.told
    entry = told.get("entry", ".")
    fixed = told.get("fixed_port", "")
    file = file_of(suite.project)
    variables = _environment(suite)
    flags = [each for each in variables if each[0].startswith('"-')]
    variables = [each for each in variables if each not in flags]
    return suite.render(
        "main",
        root="/".join([".."] * suite.job.layout.depth),
        entry=f"{entry}" if entry != "." else "the main package",
        package_path=f"./{entry}" if entry != "." else ".",
        arguments=_arguments(suite, flags),
        flags=flags,
        fixed_port=fixed,
        written_address=_written_address(suite),
        workplace=is_apart(suite),
        kept=file.rpartition("/")[2],
        left_out=[literals.text(each) for each in _left_out(suite, file)],
        migrations=_migrations(suite)[0],
        command=_command(suite),
        doubles=bool(suite.doubles),
        reference=bool(_reference(suite)) and suite.stored,
        spread=bool(_spread(suite)) and suite.stored,
        parts=_parts(suite, variables),
        flag_parts=_parts(suite, flags),
        variables=variables,
        assembled=_assembled(suite) is not None,
        because=_because(suite),
    )


def _arguments(suite: Suite, flags: list[tuple[str, str]]) -> str:
    """What the program is started with, as Go text behind its name."""
    plain = [literals.text(each) for each in suite.told.get("arguments", ())]
    if not flags:
        return "".join(f", {each}" for each in plain)
    given = f"flags({'' if suite.told.get('fixed_port') else 'port'})"
    if not plain:
        return f", {given}..."
    return f", append([]string{{{', '.join(plain)}}}, {given}...)..."


def _parts(suite: Suite, variables: list[tuple[str, str]]) -> list[str]:
    """What is told of the database's address part by part."""
    known = PARTS.get(suite.dialect, {}).values() if suite.stored else ()
    return [said.removeprefix(" + ") for _, said in variables if said.removeprefix(" + ") in known]


def _written_address(suite: Suite) -> str:
    """The address of the app's database as a literal, where it stands in the code and no setting changes it."""
    hook = suite.project.database
    told = any(each.purpose.startswith("database_") for each in suite.project.settings)
    if not suite.stored or hook is None or told or hook.url_setting or hook.url_parts:
        return ""
    return literals.text(hook.address) if hook.address else ""


def _migrations(suite: Suite) -> tuple[str, str]:
    """(glob of the SQL files that build the schema, their style); "" where the app builds it itself."""
    found: tuple[str, str] = suite.told.get("migrations") or ("", "")
    return found[0], found[1]


def _command(suite: Suite) -> str:
    """The project's command that builds the schema, where no files do."""
    return " ".join(suite.told.get("migrate") or ()) if not _migrations(suite)[0] else ""


def _database(suite: Suite) -> str:
    project, told = suite.project, suite.told
    found = suite.driver
    assert found is not None
    glob, style = _migrations(suite)
    booleans = sorted(
        {
            each.column or each.name
            for record in tables_of(project)
            for each in record.fields
            if each.type == "boolean"
        }
    )
    return suite.render(
        "database",
        driver=found.name,
        driver_import=found.package,
        file=file_of(project),
        pragmas=found.pragmas,
        simple=found.simple,
        returning=found.returning,
        migrations=glob,
        command=_command(suite),
        argv=", ".join(map(literals.text, told.get("migrate") or ())),
        fixed=bool(told.get("fixed_port")),
        style=style,
        extensions=suite.told.get("extensions") or (),
        dump=bool(suite.told.get("dump")),
        tables=[literals.text(each.table) for each in tables.children_first(_kept(suite))],
        reference=[literals.text(each) for each in _reference(suite)],
        spread=[literals.text(each) for each in _spread(suite)],
        keys=", ".join(
            f"{literals.text(table)}: {literals.text(key)}" for table, key, _ in _identities(suite)
        ),
        refusals=sorted(REFUSALS.get(suite.dialect, {}).items()),
        booleans=", ".join(map(literals.text, booleans)) if suite.dialect != "postgresql" else "",
    )


def _reference(suite: Suite) -> list[str]:
    """The tables that migrations leave rows in, what is referred to first."""
    rows = {table.name for table in suite.job.facts.tables if table.rows}
    ordered = reversed(tables.children_first(_kept(suite)))
    return [each.table for each in ordered if each.table in rows]


def _identities(suite: Suite) -> list[tuple[str, str, int]]:
    """(table, column, thousand) of every identity column."""
    found = []
    ordered = reversed(tables.children_first(_kept(suite)))
    for number, record in enumerate(ordered, start=1):
        keys = [
            each
            for each in record.primary_key
            if each.default_from == "auto" and each.type in INTEGERS
        ]
        if len(keys) == 1:
            found.append((record.table, keys[0].column or keys[0].name, 1000 * number))
    return found


def _spread(suite: Suite) -> list[str]:
    """The statements by which ids start far apart."""
    known = {table.name for table in suite.job.facts.tables}
    found = [each for each in _identities(suite) if not known or each[0] in known]
    if suite.dialect == "mysql":
        return [f"ALTER TABLE `{table}` AUTO_INCREMENT = {start + 1}" for table, _, start in found]
    if suite.dialect == "sqlite":
        return []
    return [
        f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), {start})"
        for table, column, start in found
    ]


def _fixtures(suite: Suite) -> str:
    project, plan = suite.project, suite.job.plan
    scope = Scope(project=project, plan=plan, asynchronous=False, dialect=suite.dialect)
    speaker = Speaker(scope)
    records = {each.name: each for each in tables_of(project)}
    builders = [each for each in plan.builders if each.record in records]
    hashing, imports = _hash(suite)
    hashes = bool(hashing) and any(each.password for each in builders)
    basic = credentials.way(project.authentication) if project.authentication else ""
    shown = [_builder(records[each.record], each, speaker, suite, hashes) for each in builders]
    return suite.render(
        "fixtures",
        imports=imports if hashes else [],
        password=literals.text(suite.job.password) if hashes or basic in ("basic", "login") else "",
        hash=hashing if hashes else "",
        sequenced=any(each["sequences"] for each in shown),
        builders=shown,
        seeded=False,
    )


def _hash(suite: Suite) -> tuple[str, list[str]]:
    """The expression that hashes `password` as the app does, and its imports."""
    required = (*suite.project.stack.dependencies, *suite.job.facts.packages)
    if BCRYPT not in required:
        return "", []
    return f"bcrypt.GenerateFromPassword([]byte(password), {COST})", [
        '"golang.org/x/crypto/bcrypt"'
    ]


def _builder(
    record: Record, builder: Builder, speaker: Speaker, suite: Suite, hashes: bool
) -> dict[str, Any]:
    authentication = suite.project.authentication
    user = authentication is not None and authentication.user == record.name
    parents = dict(builder.parents)
    pairs = [
        (speaker.column(record.name, name), speaker.stored(value, record.field(name)))
        for name, value in builder.defaults
        if name not in (builder.password, *parents)
    ]
    sequences = [
        (f"next{exported(record.name)}{exported(name)}", name, values)
        for name, values in builder.sequences
    ]
    pairs += [(speaker.column(record.name, name), f"{called}()") for called, name, _ in sequences]
    if builder.password:
        column = speaker.column(record.name, builder.password)
        pairs.append((column, "hashed(password)" if hashes else literals.text(suite.job.password)))
    return {
        "function": "createTestUser" if user else f"seed{exported(record.name)}",
        "about": f"stores {_article(names.snake(record.name).replace('_', ' '))}; what a test does not say is filled in.",
        "table": literals.text(record.table),
        "given": literals.members(pairs, "row"),
        "parents": [
            (
                literals.text(speaker.column(record.name, name)),
                _function(to, suite),
                literals.text(_key(record, name, suite.project)),
            )
            for name, to in builder.parents
        ],
        "sequences": [
            (called, [speaker.stored(each, record.field(name)) for each in values])
            for called, name, values in sequences
        ],
    }


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _function(record: str, suite: Suite) -> str:
    authentication = suite.project.authentication
    if authentication is not None and authentication.user == record:
        return "createTestUser"
    return f"seed{exported(record)}"


def _key(record: Record, name: str, project: Project) -> str:
    field = record.field(name)
    target, _, key = (field.references if field else "").partition(".")
    other = project.record(target)
    found = other.field(key) if other and key else None
    return (found.column if found else "") or key or "id"


__all__ = ["Suite", "dialect_of", "helpers", "tables_of"]
