"""Puts cases in the order they are read, and gives each its stable id and a title of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.plan import Case
from comfrey.model.step import Call, Login, Status, Step, Stub
from comfrey.model.value import Column, Literal, Mapping, Missing, Sequence, Value, With
from comfrey.planner.wording import slug, snake

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
    found = [folded(plain(each)) for each in cases]
    first: dict[tuple[str, str], int] = {}
    for at, each in enumerate(found):
        first.setdefault((each.group, _about(each)), at)
    found.sort(
        key=lambda each: (each.group, first[each.group, _about(each)], KINDS.index(each.kind))
    )
    return tuple(_named(found))


def _about(case: Case) -> str:
    """What a case stands beside: its endpoint, or the record whose file it is in."""
    return case.record if case.kind == "record" and case.record else case.subject


def plain(case: Case) -> Case:
    """A table of one row is no table: its cells go where their columns stand."""
    if len(case.variations) != 1:
        return case
    row = case.variations[0]
    return case.replace(
        steps=_filled(case.steps, dict(row.cells)),
        because=tuple(dict.fromkeys((*case.because, *row.because))),
        subject=row.subject or case.subject,
        variations=(),
        columns=(),
    )


def folded(case: Case) -> Case:
    """The case with every change of a known member made in its body."""
    return case.replace(steps=tuple(_folded(each) for each in case.steps))


def _folded(step: Step) -> Step:
    if not isinstance(step, Call) or not isinstance(step.body, With):
        return step
    changed = step.body
    if not isinstance(changed.base, Mapping) or not isinstance(changed.path, Literal):
        return step
    return step.replace(
        body=_changed(changed.base, str(changed.path.value).split("."), changed.value)
    )


def _changed(base: Value, path: list[str], value: Value) -> Value:
    """`base` with the member at `path` replaced, added, or left out when `value` is `Missing`."""
    name, *rest = path
    if isinstance(base, Sequence):
        at = int(name)
        inner = _changed(base.items[at], rest, value) if rest else value
        return Sequence(items=(*base.items[:at], inner, *base.items[at + 1 :]))
    if not isinstance(base, Mapping):
        return base
    members = dict(base.members)
    members[name] = _changed(members[name], rest, value) if rest else value
    kept = tuple((key, each) for key, each in members.items() if not isinstance(each, Missing))
    return Mapping(members=kept)


def _filled(part: Any, cells: dict[str, Value]) -> Any:
    if isinstance(part, Column) and part.name in cells:
        return cells[part.name]
    if isinstance(part, Stub | Login):
        return _filled_words(part, cells)
    if isinstance(part, Call):
        return _filled_call(part, cells)
    if isinstance(part, Status):
        return part.replace(codes=_codes(_filled(part.codes, cells)))
    if isinstance(part, tuple):
        return tuple(_filled(each, cells) for each in part)
    if not isinstance(part, Noun):
        return part
    names = part.__struct_fields__
    return part.replace(**{name: _filled(getattr(part, name), cells) for name in names})


def _filled_words(part: Stub | Login, cells: dict[str, Value]) -> Stub | Login:
    """Members that are a word where they are no column."""
    name = "kind" if isinstance(part, Stub) else "flaw"
    value = _filled(getattr(part, name), cells)
    return part.replace(**{name: value.value if isinstance(value, Literal) else value})


def _filled_call(part: Call, cells: dict[str, Value]) -> Call:
    names = part.__struct_fields__
    found = part.replace(**{name: _filled(getattr(part, name), cells) for name in names})
    words = {
        name: value.value
        for name in ("method", "path")
        if isinstance(value := getattr(found, name), Literal)
    }
    return found.replace(**words)


def _codes(value: Any) -> Any:
    if not isinstance(value, Literal):
        return value
    return tuple(value.value) if isinstance(value.value, list) else (value.value,)


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
    """The title told apart from a namesake by what follows its resource in the path, then by a number."""
    method, _, path = case.subject.partition(" ")
    rest = [each for each in path.split("/") if each and "{" not in each]
    if count == 2 and rest:
        return f"{case.title} through {snake(rest[-1]).replace('_', ' ')}"
    if count == 3 and rest:
        return f"{case.title} by {method.lower()} through {snake(rest[-1]).replace('_', ' ')}"
    return f"{case.title} ({count})"
