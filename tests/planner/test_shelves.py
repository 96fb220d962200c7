"""What tells the rows of a list apart."""

from __future__ import annotations

from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.record import CheckConstraint, Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.planner.shelves import label_of
from comfrey.planner.world import World

PARCEL = Record(
    name="Parcel",
    table="parcels",
    module="depot",
    place=Place(file="depot.go", line=1),
    fields=(
        Field(name="id", type="integer", primary_key=True),
        Field(name="state", type="string"),
        Field(name="grams", type="integer"),
    ),
    checks=(CheckConstraint(sql="state IN ('waiting', 'sent', 'lost')"),),
)
ITEM = Schema(
    type="object",
    properties=(
        Property(name="state", schema=Schema(type="string"), required=True),
        Property(name="grams", schema=Schema(type="integer"), required=True),
    ),
)


def world(record: Record) -> World:
    stack = Stack(language="go", framework="chi")
    return World(project=Project(root=".", name="depot", stack=stack, records=(record,)))


def test_a_text_of_a_few_words_tells_no_rows_apart() -> None:
    found = label_of(world(PARCEL), PARCEL, ITEM)
    assert found is not None and found.name == "grams"


def test_a_text_of_any_words_does() -> None:
    free = PARCEL.replace(checks=())
    found = label_of(world(free), free, ITEM)
    assert found is not None and found.name == "state"
