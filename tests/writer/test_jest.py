"""What a suite for Jest brings along: its own configuration, addresses of its own, the reason why nothing works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from comfrey.model.facts import Facts
from comfrey.model.project import Project
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
