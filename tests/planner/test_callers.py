"""What callers are called in written tests: a name in every language that tests are written in."""

from __future__ import annotations

import pytest

from comfrey.planner import plan
from planner import bookshop


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("admin", "admin"),
        (1, "role_1"),
        ("2nd", "role_2nd"),
        ("global", "role_global"),
        ("super", "role_super"),
    ],
)
def test_whoever_is_let_in_has_a_name(value: str | int, name: str) -> None:
    def told(guard: object) -> object:
        if guard != bookshop.ADMIN:
            return guard
        return bookshop.ADMIN.replace(
            requirements=(bookshop.ADMIN.requirements[0].replace(value=value),)
        )

    endpoints = tuple(
        each.replace(guards=tuple(told(guard) for guard in each.guards))
        for each in bookshop.PROJECT.endpoints
    )
    made = plan(bookshop.PROJECT.replace(endpoints=endpoints))
    assert name in {each.name for each in made.personas}
