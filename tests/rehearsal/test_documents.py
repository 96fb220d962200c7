"""Documents in rehearsal: plain values by the project's names, BSON in the collection."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson import DBRef, Decimal128, ObjectId

from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.record import Field, Record
from comfrey.rehearsal import documents
from tests.rehearsal.stage import Stage

CREW = ObjectId("65f0c0ffee65f0c0ffee0001")
BOAT = Record(
    name="Boat",
    table="boats",
    store="document",
    place=Place(file="boats/models.js", line=1),
    fields=(
        Field(name="id", column="_id", type="reference", primary_key=True, default_from="code"),
        Field(name="skipper", type="reference", references="Sailor._id"),
        Field(name="launched", type="datetime"),
        Field(name="price", type="decimal"),
        Field(name="crew", type="array", items="object"),
        Field(name="label", type="string", computed=True),
    ),
)
SAILOR = Record(
    name="Sailor",
    table="sailors",
    store="document",
    place=Place(file="boats/models.js", line=9),
    fields=(Field(name="_id", type="reference", primary_key=True),),
)
FLEET = Project(
    root=".",
    name="fleet",
    stack=Stack(language="javascript", framework="express"),
    records=(BOAT, SAILOR),
)


class Harbour(Stage):
    """Keeps documents in a list; `asked` is the last condition."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[dict[str, Any]] = []
        self.asked: dict[str, Any] = {}

    def keep(self, collection: str, document: dict[str, Any]) -> dict[str, Any]:
        assert collection == "boats"
        self.kept.append({"_id": ObjectId(), "__v": 0, **document})
        return self.kept[-1]

    def documents(self, collection: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        self.asked = where
        return [e for e in self.kept if all(e.get(name) == value for name, value in where.items())]


def test_ids_moments_and_decimals_are_stored_as_such_and_come_back_plain() -> None:
    stage = Harbour()
    values = {
        "skipper": str(CREW),
        "launched": "2024-05-17T09:30:00+00:00",
        "price": "1250.50",
        "crew": [{"sailor": str(CREW), "nick": "Bo"}],
        "label": "never stored",
    }

    row = documents.kept(stage, FLEET, BOAT, values)

    stored = stage.kept[0]
    assert stored["skipper"] == CREW
    assert stored["launched"] == datetime(2024, 5, 17, 9, 30, tzinfo=UTC)
    assert stored["price"] == Decimal128("1250.50")
    assert stored["crew"] == [{"sailor": CREW, "nick": "Bo"}]
    assert "label" not in stored
    assert (row["id"], row["skipper"]) == (str(stored["_id"]), str(CREW))
    assert (str(row["price"]), row["crew"][0]["sailor"]) == ("1250.50", str(CREW))


def test_a_document_is_found_by_its_key_and_without_its_revision() -> None:
    stage = Harbour()
    first = documents.kept(stage, FLEET, BOAT, {"skipper": str(CREW)})
    documents.kept(stage, FLEET, BOAT, {"skipper": str(CREW)})

    (found,) = documents.found(stage, FLEET, BOAT, {"id": first["id"]})

    assert stage.asked == {"_id": ObjectId(first["id"])}
    assert (found["id"], "__v" in found) == (first["id"], False)


def test_a_link_is_stored_with_its_collection_and_asked_for_by_its_key() -> None:
    stage, linked = Harbour(), BOAT.replace(orm="beanie")

    row = documents.kept(stage, FLEET, linked, {"skipper": str(CREW)})
    documents.found(stage, FLEET, linked, {"skipper": row["skipper"]})

    assert stage.kept[0]["skipper"] == DBRef("sailors", CREW)
    assert row["skipper"] == str(CREW)
    assert stage.asked == {"skipper.$id": CREW}


def test_what_only_a_model_fills_in_is_filled_in() -> None:
    made = Field(name="createdAt", type="datetime", default_from="code")
    tags = Field(name="tags", type="array", default_from="code")
    revision = Field(name="__v", type="integer", default_from="code")
    other = Field(name="slug", type="string", default_from="code")

    found = dict(
        pair for each in (made, tags, revision, other) for pair in documents.supplied(each)
    )

    assert isinstance(found["createdAt"], datetime)
    assert (found["tags"], found["__v"], "slug" in found) == ([], 0, False)
