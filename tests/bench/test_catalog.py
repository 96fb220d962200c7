"""The catalog is read when an app has made its tables, not while it drops and makes them again."""

from __future__ import annotations

import pytest

from comfrey.bench import catalog
from comfrey.bench.database import Refused
from comfrey.model.facts import CatalogTable

BOOKS, LOANS = CatalogTable(name="books"), CatalogTable(name="loans")
Reading = tuple[CatalogTable, ...] | Refused


def readings(monkeypatch: pytest.MonkeyPatch, *given: Reading) -> list[Reading]:
    """What is read one time after the other, the last for good; the list shrinks as it is read."""
    monkeypatch.setattr(catalog, "PAUSE", 0.0)
    return list(given)


def read(left: list[Reading]) -> tuple[CatalogTable, ...]:
    found = left.pop(0) if len(left) > 1 else left[0]
    if isinstance(found, Refused):
        raise found
    return found


def test_two_readings_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Refused("other", "relation does not exist")
    left = readings(monkeypatch, (BOOKS,), gone, (), (BOOKS,), (BOOKS, LOANS), (BOOKS, LOANS))

    assert catalog.settled(lambda: read(left)) == (BOOKS, LOANS)
    assert len(left) == 1


def test_what_never_settles_is_read_as_it_is_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "PATIENCE", -1.0)
    left = readings(monkeypatch, (BOOKS,), (LOANS,))

    assert catalog.settled(lambda: read(left)) == (BOOKS,)


def test_a_refusal_that_stays_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "PATIENCE", -1.0)
    left = readings(monkeypatch, Refused("other", "relation does not exist"))

    with pytest.raises(Refused):
        catalog.settled(lambda: read(left))
