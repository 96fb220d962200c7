"""Values are believable, fit every rule, differ, and never change."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comfrey.model.place import Place
from comfrey.model.record import CheckConstraint, Field, Record
from comfrey.model.schema import Schema
from comfrey.planner import cast
from comfrey.planner.acceptance import accepts, surely_refuses
from comfrey.planner.checks import bounds, column_schema
from comfrey.planner.flaws import of_value, plain_value, within

NAMES = st.sampled_from(
    ["title", "price_cents", "email", "isbn", "rating", "nickname", "due_at", "n"]
)
LENGTHS = st.integers(0, 40)


@st.composite
def texts(draw: st.DrawFn) -> Schema:
    low, high = sorted((draw(LENGTHS), draw(LENGTHS)))
    return Schema(type="string", min_length=low, max_length=max(high, 1))


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    low = draw(st.integers(-1000, 1000))
    width = draw(st.integers(3, 500))
    return Schema(type="integer", minimum=low, maximum=low + width)


@pytest.mark.parametrize(
    ("name", "form"),
    [("published_date", r"\d{4}-\d\d-\d\d"), ("startsAt", r"\d{4}-\d\d-\d\dT\d\d:30:00Z")],
)
def test_a_text_that_is_called_a_date_is_one(name: str, form: str) -> None:
    assert re.fullmatch(form, cast.pick(name, Schema(type="string")))
    short = Schema(type="string", max_length=8)
    assert accepts(short, cast.pick(name, short))


@given(NAMES, texts() | numbers(), st.integers(0, 2))
def test_a_picked_value_satisfies_its_rules(name: str, schema: Schema, nth: int) -> None:
    value = cast.pick(name, schema, nth=nth)
    assert accepts(schema, value)
    assert value == cast.pick(name, schema, nth=nth)


@given(NAMES, numbers())
def test_picked_values_differ_from_each_other_from_zero_and_from_the_default(
    name: str, schema: Schema
) -> None:
    default = cast.pick(name, schema)
    schema = schema.replace(has_default=True, default=default)
    found = [cast.pick(name, schema, nth=nth) for nth in range(2)]
    assume(all(each is not None for each in found))
    assert len({*found, default, 0}) == 4


@given(numbers() | texts())
def test_what_is_refused_is_outside_and_what_is_let_in_is_inside(schema: Schema) -> None:
    for flaw in of_value("size", schema):
        assert surely_refuses(schema, plain_value(flaw.value))
    for edge in within("size", schema):
        assert accepts(schema, plain_value(edge.value))


@pytest.mark.parametrize(
    "pattern", [r"^[A-Z]{2}\d{4}$", r"^\d{3}-\d{2}$", r"[a-f0-9]{8}", r"^(red|blue)$"]
)
def test_a_pattern_is_met(pattern: str) -> None:
    value = cast.pick("reference", Schema(type="string", pattern=pattern))
    assert re.search(pattern, value)


def test_values_speak_the_projects_language() -> None:
    title = Schema(type="string", max_length=80)
    assert cast.pick("title", title, record="Book") == "The Quiet Harbour"
    assert cast.pick("title", title, record="Issue") == "Login page times out"
    assert cast.pick("contact_email", Schema(type="string", format="email")).endswith(
        "@example.com"
    )


def test_no_value_is_said_not_guessed() -> None:
    with pytest.raises(cast.NoValue):
        cast.pick("code", Schema(type="string", pattern=r"^(?=a)b$"))


@pytest.mark.parametrize("value", ["5", "yes", 1, 5.0, "1.5"])
def test_what_a_lax_validator_coerces_is_never_planned_as_refused(value: object) -> None:
    for kind in ("integer", "number", "boolean"):
        assert not surely_refuses(Schema(type=kind), value) or value == 5.0
    assert not surely_refuses(Schema(type="string"), 5)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("price_cents >= 1", {"minimum": 1}),
        ("CHECK (((price_cents >= 1) AND (price_cents <= 100)))", {"minimum": 1, "maximum": 100}),
        ("price_cents BETWEEN 1 AND 5", {"minimum": 1, "maximum": 5}),
        ("price_cents > -3", {"exclusive_minimum": -3}),
        ("price_cents < stock", {}),
        ("what is this", {}),
    ],
)
def test_checks_are_read_where_they_are_simple(sql: str, expected: dict[str, int]) -> None:
    field = Field(name="price", column="price_cents", type="integer", required=True)
    record = Record(
        name="Book",
        table="books",
        place=Place(file="m.py"),
        fields=(field,),
        checks=(CheckConstraint(sql=sql),),
    )
    assert bounds(record).get("price", {}) == expected
    for key, value in expected.items():
        assert getattr(column_schema(record, field), key) == value


def test_a_value_may_come_from_any_of_the_rules_that_it_must_keep() -> None:
    chip = cast.pick(
        "chip",
        Schema(type="string", max_length=15),
        Schema(type="string", pattern="^[0-9]{15}$"),
    )
    assert re.fullmatch("[0-9]{15}", chip)
    column = Schema(type="integer", maximum=2**31 - 1)
    assert 1 <= cast.pick("places", column, Schema(type="integer", minimum=1, maximum=12)) <= 12


@pytest.mark.parametrize(
    ("kind", "value", "refused"),
    [
        ("string", {"text": "amber"}, False),
        ("boolean", "perhaps", False),
        ("number", True, False),
        ("number", "plenty", True),
        ("string", None, True),
    ],
)
def test_what_is_made_its_type_first_is_refused_only_where_that_fails(
    kind: Literal["string", "boolean", "number"], value: object, refused: bool
) -> None:
    assert surely_refuses(Schema(type=kind, converts=True), value) is refused


def test_a_country_of_two_letters_is_its_code() -> None:
    assert cast.pick("country", Schema(type="string", max_length=2)) == "PT"
    assert cast.pick("home_country", Schema(type="string", max_length=60)) == "Portugal"
