"""Words that a declaration lets in and a table of the code does not know are sent; they may be no internal error."""

from __future__ import annotations

from comfrey.model.endpoint import Keyed, Parameter
from comfrey.model.plan import Case
from comfrey.model.project import Project
from comfrey.model.schema import Schema
from comfrey.model.step import Status
from comfrey.planner import plan
from tests.planner import bookshop

WORDS = ("title", "price")


def sorting(schema: Schema, words: tuple[str, ...] = WORDS) -> Project:
    endpoints = tuple(
        each.replace(
            parameters=(
                *(p for p in each.parameters if p.name != "tone"),
                Parameter(name="tone", location="query", schema=schema),
            ),
            keyed=(Keyed(location="query", name="tone", words=words),),
        )
        if each.handler.name == "list_books"
        else each
        for each in bookshop.PROJECT.endpoints
    )
    return bookshop.PROJECT.replace(endpoints=endpoints)


def told(project: Project) -> list[Case]:
    said = "tone is looked up among title, price"
    return [each for each in plan(project).cases if any(e.text == said for e in each.because)]


def test_a_word_that_the_table_lacks_is_sent_and_may_be_no_internal_error() -> None:
    found = told(sorting(Schema(type="string")))

    assert [each.title for each in found] == ["bears with strange values where it lists books"]
    codes = next(each.codes for each in found[0].steps if isinstance(each, Status))
    assert isinstance(codes, tuple)
    assert 200 in codes
    assert 400 in codes
    assert all(each < 500 for each in codes)


def test_a_declaration_that_names_the_words_needs_no_such_case() -> None:
    assert not told(sorting(Schema(type="string", enum=WORDS)))
    assert not told(sorting(Schema(type="integer")))
