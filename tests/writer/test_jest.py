"""What a suite for Jest brings along: its own configuration, addresses of its own, the reason why nothing works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from comfrey.model.facts import Facts
from comfrey.model.project import DatabaseHook, Project
from comfrey.model.service import Service, ServiceCall, Setting
from comfrey.model.step import Stub
from comfrey.model.value import Literal
from comfrey.stacks import shelf
from comfrey.writer import write
from writer import library, shelves

NODE = shutil.which("node")
REPORTER = shelf.HERE / "testers/jest/reporter.cjs"
ASKS = """
const Reporter = require(process.argv[1]);
new Reporter().onTestFileResult({}, JSON.parse(process.argv[2]));
"""


def files(project: Project) -> dict[str, str]:
    """The suite's files by their names below its folder."""
    written = write(library.plan(), project, Facts())
    return {each.path.partition("integration/")[2]: each.text for each in written}


def suite(**tests: object) -> Project:
    known = shelves.project(native=True, tester="jest")
    return known.replace(tests=known.tests.replace(configured=False, **tests))


@pytest.mark.parametrize(
    ("compiler", "said"),
    [
        ("", "'ts-jest'"),
        ("swc", "'@swc/jest'"),
        ("alone", "globals: { 'ts-jest': { isolatedModules: true } }"),
    ],
)
def test_the_suite_compiles_as_the_app_can_be_compiled(compiler: str, said: str) -> None:
    text = files(suite(compiler=compiler))["jest.config.cjs"]

    assert said in text
    assert ("isolatedModules" in text) is (compiler == "alone")


def test_each_connection_has_an_address_of_its_own_where_the_app_counts_calls() -> None:
    counting = suite()
    stack = counting.stack.replace(dependencies=("express", "express-rate-limit"))

    assert "severalCallers" not in files(counting)["helpers/app.js"]
    assert "severalCallers" in files(counting.replace(stack=stack))["helpers/app.js"]


@pytest.mark.skipif(NODE is None, reason="node, to run the reporter")
def test_what_nobody_waited_for_is_told_when_no_test_works(tmp_path: Path) -> None:
    failed = {
        "status": "failed",
        "failureMessages": ["in vain"],
        "ancestorTitles": [],
        "title": "a",
    }
    stack = "TypeError: helmet_1.default is not a function\n    at start (/x/src/main.ts:8:3)"
    result = {
        "testFilePath": "/x/a.test.ts",
        "failureMessage": "in vain",
        "testExecError": {"message": "", "stack": stack},
        "testResults": [failed, failed],
    }
    told = tmp_path / "outcomes.jsonl"

    asked = [NODE or "node", "-e", ASKS, str(REPORTER), json.dumps(result)]
    done = subprocess.run(asked, env={**os.environ, "OUTCOMES_FILE": str(told)}, check=False)

    (line,) = told.read_text().splitlines()
    assert done.returncode == 1
    assert json.loads(line)["message"] == "TypeError: helmet_1.default is not a function"


def test_imports_by_the_names_of_compiled_files_and_by_names_that_hide_packages_are_found() -> None:
    aliases = (("@ferry", "src/ferry"), ("@own", "src"))
    known = suite(emitted=True, aliases=aliases)
    stack = known.stack.replace(dependencies=("@ferry/tickets",))
    text = files(known.replace(stack=stack))["jest.config.cjs"]

    assert r"'^(\\.{1,2}/.*)\\.js$': '$1'" in text
    assert "'^@ferry/(.*)$': ['<rootDir>/src/ferry/$1', '@ferry/$1']" in text
    assert "'^@own/(.*)$': '<rootDir>/src/$1'" in text


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("^0.3.20", "this.setOptions({ url: DATABASE_URL });"),
        ("^0.2.45", "this.driver = new DriverFactory().create(this);"),
    ],
)
def test_the_test_database_takes_the_place_of_one_that_stands_in_the_code(
    version: str, said: str
) -> None:
    known = suite()
    stack = known.stack.replace(orm="typeorm", versions=(("typeorm", version),))
    hook = DatabaseHook(dialect="postgresql", driver="pg", configured=True)
    text = files(known.replace(stack=stack, database=hook))["helpers/environment.js"]

    assert "DATABASE_URL = chosenDatabase()" in text
    assert said in text
    assert said not in files(suite())["helpers/environment.js"]


@pytest.mark.parametrize("engine", ["", "src/db.js:sequelize"])
def test_a_connection_that_no_module_gives_away_is_caught_as_it_is_made(engine: str) -> None:
    known = suite()
    stack = known.stack.replace(orm="sequelize")
    hook = DatabaseHook(dialect="postgresql", url_setting="DATABASE_URL", engine=engine)
    told = files(known.replace(stack=stack, database=hook))
    caught = "const [sequelize] = opened;" in told["helpers/database.js"]

    assert caught is ("Sequelize.afterInit" in told["helpers/environment.js"]) is (not engine)


def test_where_a_container_opens_the_connection_it_is_asked_for_it_once_the_app_is_built() -> None:
    known = suite()
    stack = known.stack.replace(orm="sequelize", framework="nestjs")
    hook = DatabaseHook(dialect="postgresql", url_setting="DATABASE_URL")
    told = files(known.replace(stack=stack, database=hook))

    assert "sequelize = await provided(getConnectionToken());" in told["helpers/database.js"]
    assert "opened" not in told["helpers/database.js"] + told["helpers/environment.js"]


@pytest.mark.parametrize("imported", [True, False])
def test_the_tester_s_words_are_imported_where_the_compiler_knows_no_globals(
    imported: bool,
) -> None:
    told = files(suite(imported=imported))
    setup = told["helpers/setup.ts" if "helpers/setup.ts" in told else "helpers/setup.js"]
    tests = next(text for name, text in told.items() if ".test." in name)

    assert ("from '@jest/globals'" in setup) is imported
    assert ("from '@jest/globals'" in tests) is imported


@pytest.mark.parametrize(
    ("driver", "dialect", "said"),
    [
        ("pg", "postgresql", "INSERT INTO ${into} RETURNING *"),
        ("mysql2", "mysql", "this.first(insertId ? { id: insertId } : values)"),
        ("better-sqlite3", "sqlite", "statement.reader ? statement.all(...values)"),
        ("postgres", "postgresql", ""),
    ],
)
def test_tables_without_a_mapper_are_reached_through_the_project_s_driver(
    driver: str, dialect: str, said: str
) -> None:
    known = suite()
    hook = DatabaseHook(dialect=dialect, driver=driver, url_setting="DATABASE_URL")
    told = files(known.replace(stack=known.stack.replace(orm="node_sql"), database=hook))

    assert ("helpers/database.js" in told) is bool(said)
    assert said in told.get("helpers/database.js", "")


def test_keys_that_settings_name_by_their_files_are_made_for_the_suite() -> None:
    names = {"SEAL_PRIVATE_KEY_PATH": "private_key_file", "SEAL_PUBLIC_KEY_PATH": "public_key_file"}
    told = tuple(Setting(name=name, purpose=purpose) for name, purpose in names.items())
    text = files(suite().replace(settings=told))["helpers/environment.js"]

    assert "SEAL_PRIVATE_KEY_PATH: join(KEYS, 'private.pem')" in text
    assert "SEAL_PUBLIC_KEY_PATH: join(KEYS, 'public.pem')" in text
    assert text.index("const KEYS = freshKeys();") < text.index("Object.assign(process.env")
    assert "freshKeys" not in files(suite())["helpers/environment.js"]


def test_a_service_whose_address_its_package_knows_is_stood_in_for_as_well() -> None:
    known = suite()
    called = ServiceCall(
        file="src/words.js", line=3, operation="pwnedPassword", method="GET", path="/range/{prefix}"
    )
    kind = Service(
        kind="auth", name="Leaks", library="hibp", key="hibp", protocol="http", calls=(called,)
    )
    text = files(known.replace(services=(kind,)))["helpers/doubles.js"]

    assert "new HttpDouble('https://api.pwnedpasswords.com'" in text


def test_a_case_of_a_service_that_no_double_stands_in_for_is_left_out() -> None:
    whole = library.plan()
    first = whole.cases[0]
    stub = Stub(service="Depot", kind=Literal(value="status500"))
    lost = first.replace(
        id="depot/fails", title="bears with a failing depot", steps=(stub, *first.steps)
    )
    written = write(whole.replace(cases=(*whole.cases, lost)), suite(), Facts())

    assert any(first.title in each.text for each in written)
    assert not any("depot" in each.text for each in written)
