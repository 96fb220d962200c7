"""Errors that a Node server logged."""

from __future__ import annotations

from pathlib import Path

from comfrey.verdict.traceback import error_of, frames

ROOT = Path("/bench/tree")
LOG = """The shop listens on port 3000
Unhandled error while answering POST /api/authors
PrismaClientKnownRequestError:
Invalid `prisma.author.create()` invocation in
/bench/tree/src/routes/authors.ts:21:38

  20   const body = schema.parse(req.body);
→ 21   const author = await prisma.author.create(
Unique constraint failed on the fields: (`name`)
    at $n.handleRequestError (/bench/tree/node_modules/@prisma/client/runtime/library.js:121:7315)
    at async createAuthor (/bench/tree/src/services/authors.ts:12:10)
    at async <anonymous> (/bench/tree/src/routes/authors.ts:21:18)
    at process.processTimers (node:internal/timers:519:7)
GET /health 200
"""


def test_the_frames_of_the_project_lead_to_the_deepest() -> None:
    assert [str(place) for place in frames(LOG, ROOT)] == [
        "src/routes/authors.ts:21",
        "src/services/authors.ts:12",
    ]
    assert frames(LOG, ROOT)[-1].name == "createAuthor"


def test_an_error_of_many_lines_is_named_by_its_last() -> None:
    assert (
        error_of(LOG)
        == "PrismaClientKnownRequestError: Unique constraint failed on the fields: (`name`)"
    )


def test_the_last_stack_in_the_project_counts() -> None:
    later = (
        "TypeError: Cannot read properties of null (reading 'id')\n"
        "    at file:///bench/tree/src/app.mjs:8:61\n"
    )

    assert error_of(LOG + later) == "TypeError: Cannot read properties of null (reading 'id')"
    assert [str(place) for place in frames(LOG + later, ROOT)] == ["src/app.mjs:8"]


def test_a_log_without_an_error_has_none() -> None:
    assert error_of("GET / 200\n  at noon\n") == ""
    assert frames("GET / 200", ROOT) == ()
