"""How a handler uses a service: what it tries again, and what it reads of the answer."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from comfrey.model.schema import Schema
from tests.reader.small_app import only, read_app

CLIENT = """
import httpx

TRIES = 3

class Busy(Exception):
    pass

class Odd(Exception):
    pass

def weigh(parcel):
    for attempt in range(TRIES):
        answer = httpx.post("https://scales.example.com/v1/weights", json={{"parcel": parcel}})
{body}
    raise Busy

@app.post("/parcels/{{parcel}}")
def handle(parcel: int) -> int:
    try:
        weigh(parcel)
    except (Busy, Odd):
        raise HTTPException(503)
    return parcel
"""


@pytest.mark.parametrize(
    ("body", "retried"),
    [
        ("if answer.status_code != 429:\n    return answer", ("rate_limit",)),
        ("if answer.status_code == 429:\n    raise Busy\nreturn answer", ("rate_limit",)),
        ("if answer.status_code == 429:\n    raise Odd\nreturn answer", ()),
    ],
    ids=["tries again", "gives up by the error of its end", "gives up by another error"],
)
def test_a_loop_of_tries_tells_what_it_is_for(
    body: str, retried: tuple[str, ...], tmp_path: Path
) -> None:
    found = only(read_app(tmp_path, CLIENT.format(body=indent(body, " " * 8))))
    assert [each.retried for each in found.services] == [retried]


ASKING = """
import httpx

class Parcel(BaseModel):
    grams: int
    label: str | None = None

@app.get("/parcels/{{parcel}}")
def handle(parcel: int):
    answer = httpx.get(f"https://scales.example.com/v1/weights/{{parcel}}", timeout=3)
    answer.raise_for_status()
{body}
"""


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ('return int(answer.json()["grams"])', {"grams": "integer"}),
        ('data = answer.json()\nreturn data["size"].get("label")', {"size": {"label": "any"}}),
        ('return [each["grams"] for each in answer.json()]', [{"grams": "any"}]),
        ("return Parcel.model_validate(answer.json())", {"grams": "integer", "label": "string"}),
        ("return Parcel(**answer.json())", {"grams": "integer", "label": "string"}),
        (
            'data = answer.json()\nif data["state"] != "known":\n    raise HTTPException(502)\n'
            "return 1",
            {"state": ("known",)},
        ),
        ("return answer.status_code", None),
    ],
    ids=["a number", "nested", "a list", "a model", "a model by its members", "a state", "nothing"],
)
def test_what_is_read_of_an_answer_is_what_a_good_one_holds(
    body: str, members: object, tmp_path: Path
) -> None:
    found = only(read_app(tmp_path, ASKING.format(body=indent(body, " " * 4))))
    assert [_members(each.answer) for each in found.services] == [members]


def _members(schema: Schema | None) -> object:
    if schema is None:
        return None
    real = [each for each in schema.any_of if each.type != "null"]
    if real:
        return _members(real[0])
    if schema.type == "array":
        return [_members(schema.items)]
    inner = {each.name: _members(each.schema) for each in schema.properties}
    return inner or schema.enum or schema.type


SOMETIMES = """
import httpx

class Notice(BaseModel):
    status: str
    note: str

@app.post("/notices")
def handle(notice: Notice) -> None:
    {condition}:
        httpx.post("https://bells.example.com/v1/rings", json={{"note": notice.note}})
"""


@pytest.mark.parametrize(
    ("condition", "conditional"),
    [('if notice.status == "delivered"', True), ("if notice.note", False)],
)
def test_what_is_asked_for_one_value_of_an_input_is_not_always_asked(
    condition: str, conditional: bool, tmp_path: Path
) -> None:
    found = only(read_app(tmp_path, SOMETIMES.format(condition=condition)))
    assert [each.conditional for each in found.services] == [conditional]
