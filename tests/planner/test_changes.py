"""A partial update is tried field by field, by what each member stores."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Assignment, Refusal
from comfrey.model.record import Field
from comfrey.model.schema import Property, Schema
from comfrey.planner import plan
from tests.planner import bookshop


def with_list(found: Endpoint) -> Endpoint:
    """The update with one more member, a list of objects, which is stored as it is sent."""
    assert found.body is not None
    tags = Schema(type="array", items=Schema(type="string"))
    whole = found.body.schema
    schema = whole.replace(
        properties=(*whole.properties, Property(name="tags", required=True, schema=tags))
    )
    effect = found.effects[0]
    values = (*effect.values, Assignment(field="tags", origin=bookshop.sent("tags")))
    return found.replace(
        body=found.body.replace(schema=schema), effects=(effect.replace(values=values),)
    )


def test_an_element_of_a_list_is_not_taken_for_the_list() -> None:
    endpoints = tuple(
        with_list(each) if each.handler.name == "update_book" else each
        for each in bookshop.PROJECT.endpoints
    )
    tags = Field(name="tags", type="array", nullable=True)
    records = tuple(
        each.replace(fields=(*each.fields, tags)) if each.name == "Book" else each
        for each in bookshop.PROJECT.records
    )
    found = plan(bookshop.PROJECT.replace(endpoints=endpoints, records=records))
    assert not [each for each in found.skipped if "could not be planned" in each.reason]
    titles = {each.title for each in found.cases if each.subject.startswith("PATCH /api/v1/books")}
    assert "changes nothing else of a book" in titles


def test_a_change_whose_code_asks_for_every_member_is_not_tried_in_part() -> None:
    """`if in.Title == ""` asks for a title as much as a schema does that requires one."""
    asked = Refusal(
        status=400, condition="invalid", operator="eq", value="", origin=bookshop.sent("title")
    )
    endpoints = tuple(
        each.replace(refusals=(*each.refusals, asked))
        if each.handler.name == "update_book"
        else each
        for each in bookshop.PROJECT.endpoints
    )

    found = plan(bookshop.PROJECT.replace(endpoints=endpoints))

    titles = {each.title for each in found.cases if each.subject.startswith("PATCH /api/v1/books")}
    assert titles
    assert "changes nothing else of a book" not in titles
