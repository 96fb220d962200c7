"""Node projects on the bench: apps of a few lines that need no package, in every way that apps start."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from comfrey.bench import Bench, BenchOptions, on_bench
from comfrey.bench.environment import Environment
from comfrey.bench.runtimes.node import environment, interpreter, manifests
from comfrey.bench.runtimes.node.interpreter import CARRIED
from comfrey.bench.runtimes.node.manifests import manifest, plain_json
from comfrey.model.project import Application, DatabaseHook, Project, Stack
from comfrey.model.service import Setting

node = pytest.mark.skipif(shutil.which("node") is None, reason="node was not found")
ANSWERS = "(request, response) => { response.end(JSON.stringify({ path: request.url })); }"
LISTENS = f"require('node:http').createServer({ANSWERS}).listen(3000, () => console.log('up'));"


def project(**words: Any) -> Project:
    stack = Stack(language="javascript", framework="http", test_framework="jest")
    return Project(root=".", name="shop", stack=stack, **words)


def laid(folder: Path, files: Mapping[str, str], **manifest: Any) -> Path:
    for name, text in {"package.json": json.dumps({"name": "shop", **manifest}), **files}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def stand(tree: Path, app: Project, *asks: str) -> Any:
    def work(bench: Bench, tell: object) -> Any:
        answers = []
        for ask in asks:
            try:
                answers.append(httpx.get(bench.base_url + ask, timeout=5).text)
            except httpx.HTTPError as error:
                answers.append(type(error).__name__)
        return bench.facts, answers, bench.log_since()

    return on_bench(app, tree, BenchOptions(), lambda line: None, work)


@node
def test_an_app_that_listens_on_import_is_captured_on_a_port_of_ours(tmp_path: Path) -> None:
    tree = laid(tmp_path, {"src/index.js": LISTENS}, scripts={"start": "node src/index.js"})

    facts, answers, log = stand(tree, project(), "/books")

    assert facts.booted
    assert answers == ['{"path":"/books"}']
    assert "up" in log
    assert facts.runtime.startswith("Node ")


@node
def test_packages_that_ask_where_the_app_lies_are_told(tmp_path: Path) -> None:
    told = "response.end(String(process.env.APP_ROOT_PATH === process.cwd()))"
    text = f"require('node:http').createServer((request, response) => {told}).listen(3000);"

    _, answers, _ = stand(laid(tmp_path, {"index.js": text}, main="index.js"), project(), "/")

    assert answers == ["true"]


@node
@pytest.mark.parametrize(
    ("text", "variable", "factory"),
    [
        (f"exports.app = {ANSWERS};", "app", False),
        (f"module.exports = {ANSWERS};", "default", False),
        (f"exports.createApp = async () => require('node:http').createServer({ANSWERS});", "createApp", True),
    ],
)  # fmt: skip
def test_an_app_that_only_is_exported_is_served(
    tmp_path: Path, text: str, variable: str, factory: bool
) -> None:
    application = Application(module="src/app", variable=variable, factory=factory)

    facts, answers, _ = stand(
        laid(tmp_path, {"src/app.js": text}), project(application=application), "/"
    )

    assert facts.booted, facts.problem
    assert answers == ['{"path":"/"}']


@node
def test_an_es_module_that_listens_late_is_waited_for(tmp_path: Path) -> None:
    text = f"""import http from 'node:http';
    const ready = new Promise((done) => setTimeout(done, 300));
    ready.then(() => http.createServer({ANSWERS}).listen(process.env.PORT));"""

    facts, answers, _ = stand(laid(tmp_path, {"index.mjs": text}, main="index.mjs"), project(), "/")

    assert facts.booted, facts.problem
    assert answers == ['{"path":"/"}']


@node
def test_a_start_that_fails_is_one_sentence_and_its_place(tmp_path: Path) -> None:
    text = "const config = {};\n\nconsole.log(config.database.url);\n"

    facts, _, _ = stand(laid(tmp_path, {"index.js": text}, main="index.js"), project())

    assert not facts.booted
    assert "cannot be imported: TypeError: Cannot read properties of undefined" in facts.problem
    assert "index.js:3" in facts.problem


@node
def test_an_unhandled_rejection_costs_the_caller_and_not_the_next(tmp_path: Path) -> None:
    text = LISTENS.replace(
        "response.end",
        "if (request.url === '/late') { Promise.reject(new Error('nobody awaits me')); return; } response.end",
    )

    tree = laid(tmp_path, {"a.js": text}, main="a.js")

    _, answers, log = stand(tree, project(), "/late", "/")

    assert answers == ["RemoteProtocolError", '{"path":"/"}']
    assert "Error: nobody awaits me" in log


NEST = {
    "nest/exception-handler.js": "exports.ExceptionHandler = class { handle(error) { console.log('{}'); } };",
    "nest/exceptions-handler.js": """exports.ExceptionsHandler = class {
      next(error, host) { host.reply.writeHead(500); host.reply.end('sorry'); }
    };""",
}
"""Where Nest's own modules hand on what went wrong, and whoever listens keeps it to himself."""


@node
def test_what_nest_cannot_start_for_is_told(tmp_path: Path) -> None:
    text = """const { ExceptionHandler } = require('./nest/exception-handler');
    new ExceptionHandler().handle(new RangeError('ROUNDS must be a number'));
    process.exit(1);"""

    facts, _, _ = stand(laid(tmp_path, {"a.js": text, **NEST}, main="a.js"), project())

    assert not facts.booted
    assert "fails at its start: RangeError: ROUNDS must be a number" in facts.problem


@node
def test_what_a_filter_of_nest_answers_without_a_word_is_logged(tmp_path: Path) -> None:
    answers = """(request, reply) => new ExceptionsHandler().next(new RangeError('no such row'), {
      reply, getArgByIndex: (at) => [request, reply][at] })"""
    text = f"""const {{ ExceptionsHandler }} = require('./nest/exceptions-handler');
    require('node:http').createServer({answers}).listen(3000);"""

    _, told, log = stand(laid(tmp_path, {"a.js": text, **NEST}, main="a.js"), project(), "/")

    assert told == ["sorry"]
    assert "RangeError: no such row" in log


@node
def test_migrations_in_plain_sql_make_the_tables(tmp_path: Path) -> None:
    sql = "CREATE TABLE books (id integer PRIMARY KEY, title text NOT NULL);\nCREATE TABLE tags (id integer);"
    app = project(
        database=DatabaseHook(dialect="sqlite", url_setting="DATABASE_URL"),
        settings=(Setting(name="DATABASE_URL", purpose="database_url"),),
    )

    facts, _, _ = stand(laid(tmp_path, {"a.js": LISTENS, "db/schema.sql": sql}, main="a.js"), app)

    assert dict(facts.extra)["schema"] == "sql"
    assert [table.name for table in facts.tables] == ["books", "tags"]


def test_a_script_names_the_file_in_the_source(tmp_path: Path) -> None:
    scripts = {"start": "node --enable-source-maps dist/server.js", "dev": "tsx watch src/dev.ts"}
    laid(tmp_path, {"src/server.ts": "", "src/dev.ts": "", "dist/server.js": ""}, scripts=scripts)

    assert manifest(tmp_path, tmp_path).entries() == ("src/server.ts", "src/dev.ts")


def test_the_lock_file_above_says_which_package_manager(tmp_path: Path) -> None:
    laid(tmp_path, {"pnpm-lock.yaml": "", "pnpm-workspace.yaml": "packages: ['apps/*']\n"})
    laid(tmp_path / "apps/api", {}, dependencies={"express": "^5.0.0"})

    found = manifest(tmp_path / "apps/api", tmp_path)

    assert (found.manager, found.lock, found.top) == ("pnpm", "pnpm-lock.yaml", tmp_path)
    assert [file.parent.name for file in manifests.members(tmp_path)] == [tmp_path.name, "api"]


def test_a_compiler_configuration_may_have_comments() -> None:
    text = '{ // types\n "a": "http://x/*", /* b */ "c": [1, 2,], }'

    assert json.loads(plain_json(text)) == {"a": "http://x/*", "c": [1, 2]}


def test_packages_are_linked_one_by_one_and_members_are_the_bench_s(tmp_path: Path) -> None:
    origin = laid(tmp_path / "origin", {"packages/shared/index.js": ""})
    laid(origin / "node_modules/express", {}, version="5.2.0")
    laid(origin / "node_modules/@prisma/client", {}, version="6.19.3")
    (origin / "node_modules/@acme").mkdir()
    (origin / "node_modules/@acme/shared").symlink_to("../../packages/shared")
    tree = laid(tmp_path / "scratch/tree", {"packages/shared/index.js": ""})
    found = environment.Environment(Path("node"), origin, False, tmp_path / "none")

    environment.lay(found, origin, tree)

    assert (tree / "node_modules/express").resolve() == origin / "node_modules/express"
    assert (tree / "node_modules/@prisma/client").resolve().is_relative_to(tree)
    assert (tree / "node_modules/@acme/shared").resolve() == tree / "packages/shared"


@pytest.mark.parametrize(("jest", "supertest"), [("26.6.3", "6"), ("29.7.0", "7"), ("", "7")])
def test_an_old_runner_gets_packages_that_it_can_load(jest: str, supertest: str) -> None:
    need = next(each for each in environment._table() if each["adds"] == "supertest")
    assert environment._version(need, {"jest": jest} if jest else {}).startswith(f"{supertest}.")


def test_a_runner_that_no_suite_is_written_for_gets_the_foremost_one_beside_it(
    tmp_path: Path,
) -> None:
    stack = Stack(language="javascript", framework="express", test_framework="mocha")
    app = Project(root=".", name="shop", stack=stack)
    said = manifest(laid(tmp_path, {}, main="index.js"), tmp_path)

    wanted = {each["adds"] for each in environment.needs(app, said)}

    assert "vitest" in wanted


LATER = """
exports.DataSource = class {
  constructor(options) { this.options = options; }
  setOptions(said) { Object.assign(this.options, said); }
  initialize() { return this.options; }
};
"""
EARLY = """
exports.Connection = class {
  constructor(options) { this.options = options; this.driver = `${options.host}`; }
  connect() { return { ...this.options, driver: this.driver }; }
};
"""
FACTORY = "exports.DriverFactory = class { create(of) { return of.options.url; } };"
ASKS = """
const { DataSource, Connection } = require('typeorm');
const made = new (DataSource ?? Connection)({ host: 'db.example', database: 'shop' });
console.log(JSON.stringify((made.initialize ?? made.connect).call(made)));
"""


@node
@pytest.mark.parametrize(
    ("package", "url", "said"),
    [
        (
            LATER,
            "postgres://a:b@127.0.0.1:5/shop_test",
            {"url": "postgres://a:b@127.0.0.1:5/shop_test"},
        ),
        (LATER, "sqlite:////tmp/shop.db", {"database": "//tmp/shop.db"}),
        (
            EARLY,
            "mysql://a:b@127.0.0.1/t",
            {"url": "mysql://a:b@127.0.0.1/t", "driver": "mysql://a:b@127.0.0.1/t"},
        ),
    ],
)
def test_the_bench_lays_its_database_over_one_that_stands_in_the_code(
    tmp_path: Path, package: str, url: str, said: dict[str, str]
) -> None:
    home = tmp_path / "node_modules" / "typeorm"
    (home / "driver").mkdir(parents=True)
    (home / "index.js").write_text(package)
    (home / "driver" / "DriverFactory.js").write_text(FACTORY)
    (tmp_path / "app.js").write_text(ASKS)

    version = "0.2.45" if package == EARLY else "0.3.20"
    app = Project(
        root=".",
        name="shop",
        stack=Stack(
            language="javascript",
            framework="express",
            orm="typeorm",
            versions=(("typeorm", version),),
        ),
        database=DatabaseHook(configured=True, dialect=url.partition(":")[0], driver="pg"),
    )
    found = Environment(Path("node"), tmp_path, False, tmp_path)
    told = interpreter.environ(app, found, tmp_path, weak=False)

    done = subprocess.run(
        ["node", "--require", str(CARRIED / "laid.cjs"), "app.js"],
        cwd=tmp_path,
        env={**os.environ, "BENCH_TABLES": url, "BENCH_LAID": told["BENCH_LAID"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == {"host": "db.example", "database": "shop"} | said


PG = """
exports.Client = class {
  constructor(told) {
    const { hostname: host, username: user, password, port, pathname } = new URL(told);
    Object.assign(this, { host, user, password, port: Number(port), database: pathname.slice(1) });
    this.connectionParameters = { user, database: this.database };
  }
  connect() { return [this.host, this.port, this.connectionParameters.user, this.connectionParameters.database]; }
};
"""
MYSQL = """
class ConnectionConfig {
  constructor({ host, port, user, password, database }) { Object.assign(this, { host, port, user, password, database }); }
}
module.exports = {
  ConnectionConfig,
  connect(told) { const { host, port, user, database } = new ConnectionConfig(told); return [host, port, user, database]; },
};
"""
MONGOOSE = """
class Connection {
  openUri(address, options) { const { pathname, port, username } = new URL(address); return [options.autoIndex, Number(port), username, options.dbName ?? pathname.slice(1)]; }
}
module.exports = { Connection, connect: (...told) => new Connection().openUri(...told) };
"""
SEQUELIZE = """
const hooks = [];
exports.Sequelize = class {
  static beforeInit(hook) { hooks.push(hook); }
  static afterInit() {}
  constructor(database, username, password, options) {
    const config = { database, username, password };
    for (const hook of hooks) hook(config, options);
    this.told = [config.host, Number(config.port), config.username, config.database];
  }
};
"""


@node
@pytest.mark.parametrize(
    ("orm", "driver", "package", "asks", "first"),
    [
        ("node_sql", "pg", PG, "new pg.Client('postgres://lord:x@db.real:5432/real').connect()", "here"),
        ("knex", "mysql2", MYSQL, "mysql2.connect({ host: 'db.real', user: 'lord', database: 'real' })", "here"),
        ("mongoose", "mongoose", MONGOOSE, "mongoose.connect('mongodb://lord:x@db.real/real', { autoIndex: true, dbName: 'real' })", True),
        ("sequelize", "pg", SEQUELIZE, "new sequelize.Sequelize('real', 'lord', 'x', { host: 'db.real' }).told", "here"),
    ],
)  # fmt: skip
def test_every_way_to_a_database_that_the_code_names_leads_to_the_bench_s(
    tmp_path: Path, orm: str, driver: str, package: str, asks: str, first: object
) -> None:
    name = orm if orm == "sequelize" else driver
    laid(tmp_path / "node_modules" / name, {"index.js": package})
    (tmp_path / "app.js").write_text(
        f"const {name} = require('{name}');\nconsole.log(JSON.stringify({asks}));"
    )
    app = Project(
        root=".",
        name="shop",
        stack=Stack(language="javascript", framework="express", orm=orm),
        database=DatabaseHook(configured=True, driver=driver),
    )
    found = Environment(Path("node"), tmp_path, False, tmp_path)
    told = interpreter.environ(app, found, tmp_path, weak=False)

    done = subprocess.run(
        ["node", "--require", str(CARRIED / "laid.cjs"), "app.js"],
        cwd=tmp_path,
        env={**os.environ, **told, "BENCH_TABLES": "any://tester:y@here:7/shop_test"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == [first, 7, "tester", "shop_test"]


REACHES = """
const net = require('node:net');
const reach = (port) => new Promise((done) => {
  const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); done('reached'); });
  socket.on('error', (error) => done(error.message.replace(String(port), 'PORT')));
});
const server = net.createServer().listen(0, '127.0.0.1', async () => {
  const told = [];
  for (const port of [...process.argv.slice(2), server.address().port]) told.push(await reach(Number(port)));
  console.log(JSON.stringify(told));
  process.exit();
});
"""


@node
def test_the_weak_guard_lets_through_what_the_bench_stood_up_and_no_other_server_here(
    tmp_path: Path,
) -> None:
    (tmp_path / "app.js").write_text(REACHES)
    with (
        socket.create_server(("127.0.0.1", 0)) as ours,
        socket.create_server(("127.0.0.1", 0)) as theirs,
    ):
        port, other = (str(each.getsockname()[1]) for each in (ours, theirs))
        done = subprocess.run(
            ["node", "--require", str(CARRIED / "guard.cjs"), "app.js", port, other],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": f"postgres://a:b@127.0.0.1:{port}/x_test",
            },
            capture_output=True,
            text=True,
            check=True,
        )

    assert json.loads(done.stdout) == [
        "reached",
        "the test bench has no way to 127.0.0.1:PORT",
        "reached",
    ]
