"""Values as source: whatever a project's strings hold, the literal is that value and nothing else."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfrey.model.step import Call
from comfrey.model.value import Ref
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.pytest.expressions import Speaker
from comfrey.stacks.testers.scope import Scope
from writer import library

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_a_literal_reads_back_as_the_value(value: Any) -> None:
    assert ast.literal_eval(literals.plain(value)) == value


@given(st.binary())
def test_bytes_read_back(value: bytes) -> None:
    assert ast.literal_eval(literals.raw(value)) == value


@given(st.characters(), st.integers(61, 300))
def test_a_long_run_is_a_product(character: str, times: int) -> None:
    said = literals.text(character * times)
    assert len(said) < 24
    assert eval(said, {"__builtins__": {}}) == character * times


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("2024-05-01", "date", "date(2024, 5, 1)"),
        ("2024-05-01T09:30:00Z", "datetime", "datetime(2024, 5, 1, 9, 30)"),
        ("9.90", "decimal", 'Decimal("9.90")'),
        ("not a date", "date", '"not a date"'),
        (None, "date", "None"),
        (3, "integer", "3"),
    ],
)
def test_a_column_gets_its_own_type(value: Any, kind: str, said: str) -> None:
    assert literals.typed(value, kind).text == said


@given(st.text(), st.sampled_from(["date", "datetime", "decimal", "uuid", "time", "bytes"]))
def test_no_text_breaks_out_of_a_typed_literal(value: str, kind: str) -> None:
    tree = ast.parse(literals.typed(value, kind).text, mode="eval")
    calls = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)]  # type: ignore[attr-defined]
    assert set(calls) <= {"date", "datetime", "Decimal", "UUID", "time"}


def test_braces_in_a_path_are_no_expression() -> None:
    call = Call(
        method="GET",
        path="/files/{print(1)}/{book_id}",
        parameters=(("book_id", Ref(name="book", path=("id",))),),
    )
    project = library.project(asynchronous=False)
    scope = Scope(project=project, plan=library.plan(), asynchronous=False)
    said = Speaker(scope).url(call)
    assert said == 'f"/files/{{print(1)}}/{book.id}"'
