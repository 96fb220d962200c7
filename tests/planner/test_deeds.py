"""What an endpoint does, in words."""

from __future__ import annotations

import pytest

from comfrey.planner.deeds import deed
from comfrey.planner.world import World
from tests.planner import bookshop


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/orders/{order_id}/cancel", "cancels an order"),
        ("/orders/{order_id}/request-return", "requests a return"),
        ("/cancel", "creates a cancel"),
    ],
)
def test_a_class_with_one_method_does_what_its_path_says_of_a_row(path: str, said: str) -> None:
    pay = next(each for each in bookshop.PROJECT.endpoints if each.handler.name == "pay_order")
    handler = pay.handler.replace(name="OrderView.post")
    changed = pay.replace(path=path, handler=handler)
    project = bookshop.PROJECT.replace(
        endpoints=tuple(changed if each is pay else each for each in bookshop.PROJECT.endpoints)
    )
    assert deed(World(project=project), changed) == said
