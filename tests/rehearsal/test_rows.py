"""What the rehearsal fills in where code of the app's would have: no two rows get the same key."""

from __future__ import annotations

import pytest

from comfrey.model.place import Place
from comfrey.model.record import Field, Record
from comfrey.rehearsal.rows import _filled


@pytest.mark.parametrize("kind", ["text", "string", "uuid"])
def test_a_key_that_code_makes_is_no_other_row_s(kind: str) -> None:
    key = Field(name="id", type=kind, primary_key=True, default_from="code")
    note = Field(name="note", type="text", required=True, default_from="code")
    record = Record(name="User", table="User", place=Place(file="a"), fields=(key, note))

    first, second = (dict(_filled(record, {}, None)) for _ in range(2))

    assert first["id"] and first["id"] != second["id"]
    assert first["note"] == second["note"] == ""
