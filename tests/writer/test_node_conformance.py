"""Every kind of step, written for Vitest and Jest and run for real on PostgreSQL; packages stand in build/node."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from comfrey.bench import postgresql
from comfrey.bench.options import user_cache
from comfrey.model.exchange import Outcome
from comfrey.model.facts import Facts
from comfrey.model.plan import Case
from comfrey.model.service import Service
from comfrey.stacks import testers
from comfrey.stacks.testers.asked import Asked
from comfrey.writer import write
from writer import library, shelves

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "vitest": "4.0.16",
    "jest": "30.2.0",
    "supertest": "7.1.4",
    "nock": "14.0.17",
    "express": "4.22.1",
    "sequelize": "6.37.7",
    "pg": "8.16.3",
    "jsonwebtoken": "9.0.3",
    "nodemailer": "7.0.6",
    "axios": "1.13.2",
    "undici": "7.16.0",
    "amqplib": "0.10.9",
    "amqp-connection-manager": "4.1.15",
    "prettier": "3.7.4",
}
NPM = shutil.which("npm")
needs_npm = pytest.mark.skipif(NPM is None, reason="npm, to install what the written suite imports")
WAYS = [("vitest", True), ("vitest", False), ("jest", False), ("jest", True)]
SHOWN = ["vitest-esm", "vitest-commonjs", "jest-commonjs", "jest-esm"]


@pytest.fixture(scope="session")
def modules() -> Path:
    """`build/node/node_modules`, made when a package is missing."""
    folder = ROOT / "build" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:  # several workers come here at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(folder)
    return folder / "node_modules"


def _install(folder: Path) -> None:
    manifest = json.dumps({"private": True, "dependencies": PACKAGES})
    file = folder / "package.json"
    if not file.is_file() or file.read_text() != manifest:
        file.write_text(manifest)
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        done = subprocess.run(
            [NPM or "npm", "install", *options],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            file.unlink()
            pytest.fail(f"npm could not install: {done.stderr[-800:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Running]:
    scratch = tmp_path_factory.mktemp("postgresql")
    binaries = postgresql.choose()
    data = postgresql.initialise(binaries, user_cache())
    running = postgresql.start(binaries, postgresql.copy_data(data, scratch), scratch / "log")
    yield running
    running.stop()


@dataclass(frozen=True)
class Stage:
    """Where suites are laid and run."""

    folder: Path
    modules: Path
    url: str

    def run(self, cases: tuple[Case, ...], tester: str, *, native: bool) -> tuple[Outcome, ...]:
        """The outcomes of the suite for the cases; its problem is a failure."""
        tree = self.folder / "tree"
        tree.mkdir()
        (tree / "node_modules").symlink_to(self.modules)
        files = shelves.lay(tree, cases, native=native, tester=tester)
        project = shelves.project(native=native, tester=tester)
        (self.folder / "run").mkdir()
        asked = Asked(
            targets=("tests/integration/",),
            project=project,
            program=Path(shutil.which("node") or "node"),
            root=tree,
            folder=self.folder / "run",
            environ={},
        )
        command = testers.provided(testers.tester_of(project), "running").command(asked)
        environ = os.environ | command.environ | {"TEST_DATABASE_URL": self.url}
        done = subprocess.run(
            command.argv, cwd=tree, env=environ, capture_output=True, text=True, check=False
        )
        known = {test: (case, row) for file in files for test, case, row in file.tests}
        told = testers.provided(testers.tester_of(project), "outcome").read(
            command.lines(), str(tree), known, done.returncode
        )
        assert not told.problem, f"{told.problem}\n{done.stdout}{done.stderr}"
        assert all(each.case for each in told.outcomes), told.outcomes
        return tuple(told.outcomes)


@pytest.fixture
def stage(tmp_path: Path, modules: Path, server: postgresql.Running) -> Iterator[Stage]:
    with server.connect("postgres") as connection:
        connection.autocommit = True
        connection.cursor().execute("DROP DATABASE IF EXISTS shelves_test")
        connection.cursor().execute("CREATE DATABASE shelves_test")
    url = f"postgresql://{postgresql.USER}@127.0.0.1:{server.port}/shelves_test"
    yield Stage(tmp_path, modules, url)


@needs_npm
@pytest.mark.parametrize(("tester", "native"), WAYS, ids=SHOWN)
def test_what_holds_is_green(stage: Stage, tester: str, native: bool) -> None:
    outcomes = stage.run(library.GREEN, tester, native=native)
    assert not [each for each in outcomes if each.status != "passed"]
    assert len(outcomes) == 22


@needs_npm
@pytest.mark.parametrize(("tester", "native"), WAYS[::2], ids=SHOWN[::2])
def test_what_does_not_hold_is_red(stage: Stage, tester: str, native: bool) -> None:
    outcomes = stage.run(library.RED, tester, native=native)
    assert {each.status for each in outcomes} == {"failed"}
    assert len(outcomes) == len(library.RED)
    assert all(each.message and each.error for each in outcomes)


@needs_npm
@pytest.mark.parametrize(("tester", "native"), WAYS, ids=SHOWN)
def test_prettier_has_nothing_to_change(
    tmp_path: Path, modules: Path, tester: str, native: bool
) -> None:
    shelves.lay(tmp_path, library.GREEN, native=native, tester=tester)
    command = [
        "node",
        str(modules / "prettier/bin/prettier.cjs"),
        "--single-quote",
        "--check",
        "tests",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_tells_who_wrote_it(tmp_path: Path) -> None:
    written = shelves.lay(tmp_path, library.GREEN, native=True, tester="vitest")
    assert not any("comfrey" in file.text.lower() for file in written)


PUBLISHER = """
const amqp = require('amqplib');
const managed = require('amqp-connection-manager');
const { queue } = require('./doubles');

const content = (said) => Buffer.from(JSON.stringify(said));

async function main() {
  await queue.start();
  const connection = await amqp.connect(process.env.BROKER_URL);
  const channel = await connection.createChannel();
  await channel.assertExchange('shop', 'topic');
  const { queue: own } = await channel.assertQueue('labels');
  await channel.bindQueue(own, 'shop', 'order.*');
  channel.publish('shop', 'order.paid', content({ order: 7 }));
  channel.sendToQueue('labels', Buffer.from('plain'));
  await queue.arrived(2);
  const told = queue.calls.map(({ path, headers, body }) => [path, headers.exchange, body]);

  const sure = await connection.createConfirmChannel();
  sure.publish('shop', 'order.sent', content({}));
  await sure.waitForConfirms();
  queue.fail('status500');
  sure.publish('shop', 'order.sent', content({}));
  const refused = await sure.waitForConfirms().then(() => 'taken', () => 'refused');
  const away = await amqp.connect(process.env.BROKER_URL).then(() => 'open', () => 'away');
  queue.forget();

  const wrapped = managed.connect([process.env.BROKER_URL]).createChannel({ json: true });
  await wrapped.sendToQueue('notices', { gone: 'LM-1' });
  const [{ path, body }] = queue.calls;
  console.log(JSON.stringify({ told, refused, away, wrapped: [path, body] }));
  process.exit(0);
}

main();
"""


@needs_npm
def test_a_broker_s_double_speaks_to_publishers(tmp_path: Path, modules: Path) -> None:
    told = shelves.project(native=False, tester="jest")
    broker = Service(
        kind="queue",
        name="AMQP",
        library="amqplib",
        key="rabbitmq",
        protocol="amqp",
        settings=("BROKER_URL",),
        base_url="BROKER_URL",
    )
    project = told.replace(services=(broker,))
    files = write(library.plan(library.GREEN), project, Facts())
    for file in files:
        if file.path.endswith(("doubles.js", "environment.js")):
            (tmp_path / Path(file.path).name).write_text(file.text)
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "publisher.js").write_text(PUBLISHER)
    environ = os.environ | {"TEST_DATABASE_URL": "postgresql://127.0.0.1/shelves_test"}

    done = subprocess.run(
        ["node", "publisher.js"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "told": [["order.paid", "shop", {"order": 7}], ["labels", "", "plain"]],
        "refused": "refused",
        "away": "away",
        "wrapped": ["notices", {"gone": "LM-1"}],
    }
