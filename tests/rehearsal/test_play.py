"""Every kind of step, kept and broken, on an app of a few lines."""

from __future__ import annotations

import httpx
import pytest

from comfrey.model.exchange import Rehearsal
from comfrey.model.facts import CatalogColumn
from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.step import (
    Body,
    Call,
    Remember,
    Repeat,
    Row,
    Rows,
    Save,
    Seed,
    Status,
    Step,
    Together,
    Unchanged,
)
from comfrey.model.value import Column, Literal, Mapping, Missing, Ref, With
from comfrey.rehearsal import rehearse
from tests.rehearsal.stage import PROJECT, Stage

HERON = Mapping(members=(("name", Literal(value="Heron")), ("crew", Literal(value=4))))
BUILD = Call(method="POST", path="/boats", body=HERON)
LIST = Call(method="GET", path="/boats")
BUILT = (("name", Literal(value="Heron")),)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    client = httpx.Client

    def served(**given: object) -> httpx.Client:
        return client(base_url=made.base_url, transport=httpx.MockTransport(made.app))

    monkeypatch.setattr(httpx, "Client", served)
    return made


def _case(*steps: Step, **more: object) -> Case:
    case = Case(
        id="boats/case",
        title="a case",
        kind="happy",
        column="happy",
        subject="POST /boats",
        group="boats",
        steps=steps,
    )
    return case.replace(**more)


def _played(stage: Stage, *cases: Case) -> Rehearsal:
    return rehearse(Plan(root=".", cases=cases), PROJECT, stage)


KEPT: dict[str, tuple[Step, ...]] = {
    "status": (BUILD, Status(codes=(201,))),
    "one of several statuses": (BUILD, Status(codes=(200, 201))),
    "any status but": (BUILD, Status(codes=(), other_than=(500,))),
    "body": (BUILD, Body(path=("name",), value=Literal(value="Heron"))),
    "row": (BUILD, Row(record="Boat", where=BUILT, values=(("crew", Literal(value=4)),))),
    "no row": (Row(record="Boat", where=BUILT, absent=True),),
    "rows": (Repeat(call=BUILD, times=3), Rows(record="Boat", count=3)),
    "seed": (
        Seed(record="Boat", name="boat", values=BUILT),
        LIST,
        Body(path=("items", 0, "id"), value=Ref(name="boat", path=("id",))),
        Body(path=("items", 0, "crew"), value=Literal(value=1)),
    ),
    "unchanged": (
        Seed(record="Boat", name="boat", values=BUILT),
        Remember(name="before", records=("Boat",)),
        LIST,
        Unchanged(name="before"),
    ),
    "together": (Together(calls=(LIST, LIST)),),
}
BROKEN: dict[str, tuple[Step, ...]] = {
    "status": (BUILD, Status(codes=(200,))),
    "one of several statuses": (BUILD, Status(codes=(400, 422))),
    "any status but": (BUILD, Status(codes=(), other_than=(201,))),
    "body": (BUILD, Body(path=("name",), value=Literal(value="Swan"))),
    "no member": (BUILD, Body(path=("length",), match="present")),
    "row": (BUILD, Row(record="Boat", where=BUILT, values=(("crew", Literal(value=5)),))),
    "no row": (BUILD, Row(record="Boat", where=BUILT, absent=True)),
    "rows": (BUILD, Rows(record="Boat", count=2)),
    "unchanged": (
        Remember(name="before", records=("Boat",)),
        BUILD,
        Unchanged(name="before"),
    ),
    "unchanged values": (
        Seed(record="Boat", name="boat", values=BUILT),
        Remember(name="before", records=("Boat",)),
        BUILD,
        Unchanged(name="before", but=(("Boat", "crew"),)),
    ),
}


@pytest.mark.parametrize("steps", KEPT.values(), ids=KEPT.keys())
def test_a_promise_that_is_kept(stage: Stage, steps: tuple[Step, ...]) -> None:
    played = _played(stage, _case(*steps))
    assert played.disagreements == ()
    assert played.met == (("boats/case", ""),)


@pytest.mark.parametrize("steps", BROKEN.values(), ids=BROKEN.keys())
def test_a_promise_that_is_broken(stage: Stage, steps: tuple[Step, ...]) -> None:
    played = _played(stage, _case(*steps))
    (found,) = played.disagreements
    assert found.step == steps[-1]
    assert found.expected
    assert found.actual
    assert played.met == ()


def test_a_table_is_played_row_by_row(stage: Stage) -> None:
    body = With(base=HERON, path=Column(name="field"), value=Column(name="value"))
    rows = tuple(
        Variation(id=name, cells=(("field", Literal(value=field)), ("value", value)))
        for name, field, value in [
            ("no name", "name", Missing()),
            ("an empty name", "name", Literal(value="")),
            ("a crew of 0", "crew", Literal(value=0)),
        ]
    )
    steps = (
        BUILD.replace(body=body),
        Status(codes=(422,)),
        Body(match="names_field", value=Column(name="field")),
    )
    played = _played(stage, _case(*steps, variations=rows, columns=("field", "value")))
    assert [each[1] for each in played.met] == ["no name", "an empty name"]
    assert [each.variation for each in played.disagreements] == ["a crew of 0"]
    assert played.played == 3


def test_every_case_begins_with_the_same_rows(stage: Stage) -> None:
    one = _case(BUILD, Rows(record="Boat", count=1), id="boats/one")
    two = _case(BUILD, Rows(record="Boat", count=1), id="boats/two")
    assert len(_played(stage, one, two).met) == 2


def test_an_unhandled_error_is_told_with_its_frames(stage: Stage) -> None:
    body = With(base=HERON, path=Literal(value="name"), value=Literal(value="Titanic"))
    played = _played(stage, _case(BUILD.replace(body=body), Status(codes=(201,))))
    (found,) = played.disagreements
    assert found.error == "RuntimeError: sunk"
    assert [(each.file, each.line) for each in found.trace] == [("boats/main.py", 9)]
    assert found.exchanges[-1].status == 500


def test_a_row_that_the_database_refuses_is_a_seed_that_failed(stage: Stage) -> None:
    refused = Seed(record="Boat", name="boat", values=(("name", Literal(value=None)),))
    (found,) = _played(stage, _case(refused)).disagreements
    assert isinstance(found.step, Seed)
    assert "NOT NULL" in found.actual


def test_what_speaks_to_models_is_left_to_the_written_tests(stage: Stage) -> None:
    played = _played(stage, _case(Save(record="Boat", name="boat", values=BUILT)))
    assert (played.played, played.skipped) == (0, 1)


def test_nothing_is_played_against_an_app_that_is_not_up() -> None:
    stage = Stage()
    stage.facts = stage.facts.replace(booted=False, problem="it hangs")
    played = rehearse(Plan(root=".", cases=(_case(BUILD),)), PROJECT, stage)
    assert played.problem == "Not rehearsed: it hangs"


def test_a_column_that_only_the_database_tells_of_is_filled(stage: Stage) -> None:
    stage.rows.execute("DROP TABLE boats")
    stage.rows.execute(
        "CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT NOT NULL, crew INT, lft INT NOT NULL)"
    )
    (known,) = stage.facts.tables
    added = CatalogColumn(name="lft", type="integer", nullable=False)
    table = known.replace(columns=(*known.columns, added))
    stage.facts = stage.facts.replace(tables=(table,))
    seed = Seed(name="boat", record="Boat", values=BUILT)
    played = _played(stage, _case(seed, Row(record="Boat", where=BUILT)))
    assert not played.disagreements
