"""How a handler uses a service: what it tries again, and what it only meant to."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

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
