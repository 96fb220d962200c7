"""What is peculiar to written JavaScript: its layout, its blocks, its imports, what its runners tell."""

from __future__ import annotations

import json

import pytest

from comfrey.model.history import WrittenFile
from comfrey.stacks.testers.vitest import blocks, literals, outcome
from comfrey.stacks.testers.vitest.pretty import formatted
from comfrey.stacks.testers.vitest.running import chosen
from comfrey.writer.lock import Lock, LockedFile
from comfrey.writer.merge import merge

FILE = """\
import './helpers/setup.js';

import { expect, it } from 'vitest';

describe('books', () => {
  it('adds a book', async () => {
    const response = await request(app).get('/books');

    expect(response.status).toBe(200);
  });

  it.each([
    ['no title', 'title'],
    ['no isbn', 'isbn'],
  ])('refuses an odd book: %s', async (_, field) => {
    expect(field).toBe('title');
  });
});
"""
PATH = "tests/integration/books.test.js"
TESTS = (
    (f"{PATH} > books > adds a book", "books/adds", ""),
    (f"{PATH} > books > refuses an odd book: no title", "books/refuses", "no title"),
)


def written(text: str) -> WrittenFile:
    return WrittenFile(path=PATH, text=text, tests=TESTS)


def locked(text: str) -> Lock:
    return Lock(files=(LockedFile(path=PATH, text=text, tests=TESTS),))


def test_blocks_put_together_again_are_the_file() -> None:
    found = blocks.split(FILE)
    assert list(found) == ["", "describe", "adds a book", "refuses an odd book: %s", "end"]
    assert blocks.join(found) == FILE


def test_a_test_edited_by_hand_stays_and_a_new_one_joins_it() -> None:
    edited = FILE.replace("toBe(200)", "toBe(204)")
    new = "  it('is new', async () => {\n    expect(1).toBe(1);\n  });\n\n"
    fresh = FILE.replace("  it.each", f"{new}  it.each")

    result = merge({PATH: edited}, locked(FILE), (written(fresh),))

    assert "toBe(204)" in result.files[0].text
    assert "it('is new'" in result.files[0].text
    assert result.kept == (PATH,)


def test_a_test_deleted_by_hand_is_not_expected_any_more() -> None:
    start = FILE.index("  it('adds")
    gone = FILE[:start] + FILE[FILE.index("  it.each") :]

    result = merge({PATH: gone}, locked(FILE), (written(FILE),))

    assert [test for test, _, _ in result.files[0].tests] == [TESTS[1][0]]


@pytest.mark.parametrize(
    ("line", "laid"),
    [
        (
            "const response = await authenticatedRequest('POST', '/books', reader).send({ title: 'Emma' });",
            "const response = await authenticatedRequest('POST', '/books', reader).send({\n"
            "  title: 'Emma',\n});\n",
        ),
        (
            "expect(await prisma.book.count({ where: { title: 'A very long title indeed' } })).toBe(1);",
            "expect(\n  await prisma.book.count({ where: { title: 'A very long title indeed' } }),\n"
            ").toBe(1);\n",
        ),
        (
            "const kept = text.replace(/=([0-9A-F]{2}, )/gi, '%$1').trim().padEnd(90, 'and so on').slice(2);",
            "const kept = text\n  .replace(/=([0-9A-F]{2}, )/gi, '%$1')\n  .trim()\n"
            "  .padEnd(90, 'and so on')\n  .slice(2);\n",
        ),
    ],
)
def test_a_long_line_is_broken_as_prettier_breaks_it(line: str, laid: str) -> None:
    assert formatted(line, 80) == laid


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("it's", '"it\'s"'),
        ("a\nb", "'a\\nb'"),
        ("\u2028${x}`", "'\\u2028${x}`'"),
        ("x" * 201, "'x'.repeat(201)"),
        ({"a-b": None, "c": True}, "{ 'a-b': null, c: true }"),
        ("\U0001f600", "'\U0001f600'"),
    ],
)
def test_a_value_is_written_as_javascript(value: object, said: str) -> None:
    assert literals.plain(value) == said


def event(**more: object) -> str:
    told = {"what": "test", "file": f"/tree/{PATH}", "names": ["books", "adds a book"]}
    told |= {"state": "passed", "errors": [], "line": 6, "seconds": 0.01, "log": ""}
    return json.dumps(told | more)


def raised(message: str, **more: object) -> dict[str, object]:
    told = {"error": "AssertionError", "message": message, "stack": "", "frames": []}
    return {**told, **more}


def test_what_the_app_logged_tells_where_it_failed() -> None:
    log = (
        "TypeError: no\n    at pay (/tree/src/pay.ts:7:3)\n    at next (/tree/node_modules/a.js:1:1)\n"
        "    at async /tree/src/app.ts:20:5\n"
    )
    line = event(state="failed", errors=[raised("expected 500 to be 200")], log=log)

    told = outcome.read([line, '{"what":"finish"}'], "/tree", {TESTS[0][0]: ("case", "")}, 1)

    found = told.outcomes[0]
    assert (found.status, found.case, found.message) == ("failed", "case", "expected 500 to be 200")
    assert [(each.file, each.line) for each in found.trace] == [
        ("src/app.ts", 20),
        ("src/pay.ts", 7),
    ]


def test_a_test_that_waited_in_vain_failed_by_the_rejection() -> None:
    line = event(state="failed", errors=[raised("Test timed out in 5000ms.")])
    loose = {**raised("no such row", error="TypeError"), "what": "unhandled", "test": "adds a book"}
    loose["frames"] = [["/tree/src/app.ts", 20, "handler"]]

    told = outcome.read([line, json.dumps(loose), '{"what":"finish"}'], "/tree", {}, 1)

    assert (told.outcomes[0].error, told.outcomes[0].message) == ("TypeError", "no such row")
    assert told.outcomes[0].trace[0].file == "src/app.ts"


def test_a_file_that_cannot_be_loaded_is_the_run_s_problem() -> None:
    stuck = {**raised("Cannot find package 'pg'\nmore"), "what": "collect", "file": f"/tree/{PATH}"}
    told = outcome.read([json.dumps(stuck)], "/tree", {}, 1)
    assert told.problem == f"{PATH} could not be loaded: Cannot find package 'pg'"


def test_tests_are_asked_for_by_their_whole_names() -> None:
    files, names = chosen((TESTS[0][0], TESTS[1][0]))
    assert files == [PATH]
    assert names == ["-t", "^books adds a book$|^books refuses an odd book: no title$"]


@pytest.mark.parametrize(("value", "said"), [(23.0, "23"), (0.5, "0.5"), (1e300, "1e+300")])
def test_a_number_without_a_fraction_is_written_without_one(value: float, said: str) -> None:
    assert literals.plain(value) == said
