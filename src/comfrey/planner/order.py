"""Puts cases in the order they are read, and gives each its stable id and a title of its own."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.model.plan import Case
from comfrey.planner.wording import slug

KINDS = (
    "happy",
    "listing",
    "lifecycle",
    "validation",
    "auth",
    "posture",
    "transaction",
    "service",
    "record",
)


def arranged(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The cases by group, then endpoint as found, then kind; titles unique in their group."""
    found = list(cases)
    first: dict[tuple[str, str], int] = {}
    for at, each in enumerate(found):
        first.setdefault((each.group, each.subject), at)
    found.sort(
        key=lambda each: (each.group, first[each.group, each.subject], KINDS.index(each.kind))
    )
    return tuple(_named(found))


def _named(cases: list[Case]) -> Iterable[Case]:
    taken: set[tuple[str, str]] = set()
    for each in cases:
        title = each.title
        count = 1
        while (each.group, slug(title)) in taken:
            count += 1
            title = _apart(each, count)
        taken.add((each.group, slug(title)))
        yield each.replace(title=title, id=f"{each.group}/{slug(title)}")


def _apart(case: Case, count: int) -> str:
    """The title told apart from a namesake by its endpoint's method, then by a number."""
    method, _, path = case.subject.partition(" ")
    tail = path.rstrip("/").rpartition("/")[2].strip("{}")
    if count == 2 and tail:
        return f"{case.title} by {method.lower()} on {tail}"
    return f"{case.title} ({count})"
