"""The Project: everything that reading the source tells."""

from __future__ import annotations

from typing import Any

from comfrey.model.endpoint import Endpoint
from comfrey.model.noun import Noun
from comfrey.model.place import Place, Unknown
from comfrey.model.record import Record
from comfrey.model.service import Service, Setting


class Stack(Noun, frozen=True, kw_only=True):
    """What an app is built from; every name is a shelf folder's (`fastapi`, `sqlalchemy`)."""

    language: str
    framework: str
    orm: str = ""
    orms: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    migrations: str = ""
    validators: tuple[str, ...] = ()
    test_framework: str = ""
    test_framework_declared: bool = False
    package_manager: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    """(distribution, specifier as declared)."""
    dependencies: tuple[str, ...] = ()
    asynchronous: bool = False
    formatter: str = ""
    line_length: int = 0
    """What the project's formatter is told (0: its own default)."""
    modules: str = ""
    """Of JavaScript: `esm` or `commonjs`, as the package's `type` and its configuration say."""
    interop: bool = True
    """Of TypeScript: whether a CommonJS package's default import is all of it (`esModuleInterop`)."""
    evidence: tuple[Place, ...] = ()


class FunctionRef(Noun, frozen=True, kw_only=True):
    """An importable function of the project: `module:name`, or a method `module:Class.name`."""

    module: str
    name: str
    parameters: tuple[str, ...] = ()
    required: int = 0
    asynchronous: bool = False
    encoded: bool = False
    """Whether it gives bytes, where a text is wanted."""
    constants: tuple[Any, ...] = ()
    """What goes in behind the parameters whenever it is called: the cheapest cost of a hash."""
    exported: str = ""
    """What its module gives it away as, where that is not its name (`default`)."""
    place: Place | None = None


COOKIES = "cookie:*"
"""A session's cookie, whatever name the app's configuration gives it."""


class Login(Noun, frozen=True, kw_only=True):
    """The endpoint that hands out a credential. `media` is the body's, or `basic` where the name and the
    password go in the `Authorization` header. `fields` maps `identifier` and `password` to wire names;
    `token` is the dotted path of the credential in the answer, `cookie:NAME` or `COOKIES`."""

    endpoint: str
    fields: tuple[tuple[str, str], ...] = ()
    media: str = "application/json"
    token: str = ""


class Claim(Noun, frozen=True, kw_only=True):
    """A member of a mapping that a test hands over: its name, the origin of its value (`User.id`, `'access'`), and
    whether it goes as text."""

    name: str
    origin: str
    text: bool = False


class Authentication(Noun, frozen=True, kw_only=True):
    """How a caller proves who they are.

    `user` is the record of callers, `identifier` the field they log in with, `password` the stored
    hash. `claims` maps a token's claim to the origin of its value (`sub` ← `User.id`).
    `active` lists (field, value) that a caller's row must hold.
    """

    scheme: str = "bearer"
    carrier: str = "header:Authorization"
    prefix: str = "Bearer"
    user: str = ""
    identifier: str = ""
    password: str = ""
    hash: FunctionRef | None = None
    hashes_itself: bool = False
    """True where the record hashes its password itself before it is stored: models take the plain one."""
    mint: FunctionRef | None = None
    """Makes a token; `mint_arguments` says what goes into which parameter (`user_id` ← `User.id`, `data` ← the
    claims of a mapping, `True` for a flag)."""
    mint_arguments: tuple[tuple[str, str | tuple[Claim, ...]], ...] = ()
    lifetime_argument: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    partial: bool = False
    """Whether a token says more of the caller than `claims` tell (their roles, as rows): a whole one comes from the
    login alone."""
    textual: tuple[str, ...] = ()
    """Claims that are made text of (`sub: String(user.id)`)."""
    algorithm: str = ""
    secret: str = ""
    """The environment variable of the signing key, or an expression `module:settings.attr`."""
    secret_expression: str = ""
    library: str = ""
    login: Login | None = None
    register: Login | None = None
    active: tuple[tuple[str, bool], ...] = ()
    role_field: str = ""
    refresh: str = ""
    place: Place | None = None


class TestSuite(Noun, frozen=True, kw_only=True):
    """The project's own tests: where they are, how they run, which fixtures they offer."""

    framework: str = ""
    folder: str = ""
    files: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    conftest: str = ""
    asynchronous: str = ""
    """The plugin and mode: `anyio`, `pytest-asyncio:auto`, `pytest-asyncio:strict`."""
    options: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """(start of a specifier, folder or file below the app's root) where imports go by names of the project's own
    and no configuration of the tester says so."""
    inlined: tuple[str, ...] = ()
    """Packages that import the project's files themselves, so that the tester must take them for its sources too."""
    automatic: tuple[str, ...] = ()
    """The fixtures that every test below `folder` gets unasked (`autouse=True`)."""
    configured: bool = True
    """Whether the tester's configuration in the project serves a file beside these tests as well."""
    compiler: str = ""
    """What must compile the tests instead of what is usual: `swc`, as it compiles the app, whose imports TypeScript
    itself would read otherwise; `alone`, each file by itself, for all together may not be emitted."""
    emitted: bool = False
    """Whether the sources name each other as they are called once they are compiled (`./book.js` for `book.ts`), and
    no configuration of the tester says so."""
    imported: bool = False
    """Whether `describe` and its like must be imported, for the compiler is told of no globals of the tester's."""
    overriding: bool = False
    """Whether these tests lay stand-ins over the app's own dependencies, which any test beside them would meet."""
    early: str = ""
    """The module of the app that a `conftest.py` above imports, and that reads as it is imported what a suite below
    would set; "" where there is none."""


class DatabaseHook(Noun, frozen=True, kw_only=True):
    """How the app's code reaches its database: importable `module:name` expressions.

    `engine`, `session_factory`, `session_dependency`, `metadata`, `base`; `url` is the expression of
    the address as code sees it, `create_all` whether the app builds its schema itself at start.
    """

    engine: str = ""
    session_factory: str = ""
    session_dependency: str = ""
    metadata: str = ""
    base: str = ""
    url: str = ""
    url_setting: str = ""
    url_parts: tuple[tuple[str, str], ...] = ()
    """(part, environment variable) when the address is assembled: host port name user password."""
    address: str = ""
    """The whole address where it stands in the code, as its driver spells it."""
    configured: bool = False
    """True when the code itself names the database: whatever settings say of its server, none leads to another one."""
    file: str = ""
    """SQLite's file where it stands in the code, as seen from where the program is started."""
    driver: str = ""
    dialect: str = ""
    asynchronous: bool = False
    create_all: bool = False
    settings: tuple[Setting, ...] = ()
    """Variables that the ORM reads by itself, beside those of its address."""
    place: Place | None = None


class Application(Noun, frozen=True, kw_only=True):
    """How to import the app: `module:variable`, or `module:factory()` when `factory`."""

    module: str = ""
    variable: str = ""
    factory: bool = False
    lifespan: bool = False
    listens: bool = False
    """True when importing the module already starts a server."""
    root_path: str = ""
    settings: str = ""
    """The settings module that the framework is told by name (`DJANGO_SETTINGS_MODULE`)."""
    adjusted: tuple[str, ...] = ()
    """What tests must set otherwise than that module: `cache` (a server's), `cache_server` (the
    address of one, which it names itself), `cache_login` (whom it is to know), `throttles`, `toolbar`, `tasks` (of a queue), `mailers`, `compressor`,
    `debug` (error pages that show the code)."""
    place: Place | None = None


class Project(Noun, frozen=True, kw_only=True):
    """One app of a tree. `root` is its folder relative to the tree, "." for the tree itself."""

    root: str
    name: str
    stack: Stack
    application: Application = Application()
    endpoints: tuple[Endpoint, ...] = ()
    records: tuple[Record, ...] = ()
    services: tuple[Service, ...] = ()
    settings: tuple[Setting, ...] = ()
    authentication: Authentication | None = None
    database: DatabaseHook | None = None
    tests: TestSuite = TestSuite()
    migrations: str = ""
    """The migration tool's folder or configuration file, relative to `root`."""
    interpreter: str = ""
    """The interpreter of the project's environment, when `comfrey.toml` names one."""
    migrate: str = ""
    """The command that builds the schema, when `comfrey.toml` names one."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables for the app on the bench and in the written suite, from `comfrey.toml`."""
    error_shape: str = "detail"
    """Path in an error answer that names the refused field, by the framework's convention."""
    validation_status: int | None = None
    """The answer to invalid input where the project's own handler changes the convention (None: it does not)."""
    questions: tuple[Unknown, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    departures: tuple[Unknown, ...] = ()

    @property
    def models(self) -> tuple[Record, ...]:
        """The records that the project's own code declares."""
        return tuple(each for each in self.records if not each.joins)

    def record(self, name: str) -> Record | None:
        """The record called `name`, or None."""
        return next((each for each in self.records if each.name == name), None)

    def endpoint(self, key: str) -> Endpoint | None:
        """The endpoint whose key (`POST /orders`) is `key`, or None."""
        return next((each for each in self.endpoints if each.key == key), None)


class Reading(Noun, frozen=True, kw_only=True):
    """All apps of a tree, and what was left out on the way (files that did not parse, …)."""

    tree: str
    apps: tuple[Project, ...] = ()
    left_out: tuple[Unknown, ...] = ()
