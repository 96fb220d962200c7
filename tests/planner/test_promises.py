"""What a list's own names promise, where its code says otherwise."""

from __future__ import annotations

import pytest

from comfrey.model.origin import Filter, Listing, Origin
from comfrey.planner.promises import promised
from comfrey.planner.world import World
from tests.planner import bookshop

BOOKS = next(each for each in bookshop.PROJECT.endpoints if each.key == "GET /api/v1/books")


def _filter(name: str, operator: str, field: str = "price_cents") -> Filter:
    return Filter(
        field=field, operator=operator, origin=Origin(kind="query", name=name), optional=True
    )


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        (_filter("min_price", "gt"), _filter("max_price", "le"), ["ge", "le"]),
        (_filter("min_price", "ge"), _filter("max_price", "lt"), ["ge", "le"]),
        (_filter("min_price", "gt"), _filter("max_price", "lt"), ["gt", "lt"]),
        (_filter("from", "ge"), _filter("to", "lt"), ["ge", "lt"]),
        (_filter("min_price", "gt"), _filter("max_price", "le", "stock"), ["gt", "le"]),
    ],
)
def test_of_two_bounds_the_one_that_is_taken_in_speaks_for_both(
    lower: Filter, upper: Filter, told: list[str]
) -> None:
    listing = Listing(record="Book", filters=(lower, upper))
    endpoint = BOOKS.replace(listing=listing, parameters=())

    found = promised(World(bookshop.PROJECT), endpoint, listing)

    assert [each.operator for each in found.filters] == told
