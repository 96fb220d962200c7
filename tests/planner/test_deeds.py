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


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("/orders/{order_id}/settings", "order", "changes an order"),
        ("/orders/{order_id}/badges", "badges", "creates badges"),
        ("/orders/{order_id}/pay", "pay", "pays an order"),
        ("/orders/available", "<anonymous>", "creates an order"),
    ],
)
def test_a_handler_that_is_called_after_a_thing_does_not_do_that_thing(
    path: str, name: str, said: str
) -> None:
    pay = next(each for each in bookshop.PROJECT.endpoints if each.handler.name == "pay_order")
    changed = pay.replace(path=path, handler=pay.handler.replace(name=name))
    project = bookshop.PROJECT.replace(
        endpoints=tuple(changed if each is pay else each for each in bookshop.PROJECT.endpoints)
    )
    assert deed(World(project=project), changed) == said
