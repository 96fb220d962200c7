"""Where the project's declared statuses depart from the rules of REST: kept, and said."""

from __future__ import annotations

from comfrey.model.origin import Refusal
from comfrey.model.place import Unknown
from comfrey.model.project import Project

USUAL = {
    "missing": (404,),
    "duplicate": (409,),
    "referenced": (409,),
    "owner": (403, 404),
    "role": (403,),
    "credentials": (401,),
    "inactive": (401, 403),
    "too_large": (413,),
    "media": (415,),
}
"""The statuses that HTTP and REST ask for, by condition."""
WORDS = {
    "missing": "a missing {record}",
    "duplicate": "a taken {field} of {record}",
    "referenced": "a row that {record} depends on",
    "owner": "another's {record}",
    "role": "a caller without the role",
    "credentials": "a credential that does not hold",
    "inactive": "a caller who is not active",
    "too_large": "a body that is too large",
    "media": "a media type that is not taken",
}


def departures(project: Project) -> tuple[Unknown, ...]:
    """One line for each declared answer that REST would give another status."""
    found = [
        Unknown(subject=endpoint.key, reason=_said(each), place=each.place)
        for endpoint in project.endpoints
        for each in endpoint.refusals
        if each.condition in USUAL and each.status not in USUAL[each.condition]
        and not (each.condition == "missing" and _by_body(each))
    ]  # fmt: skip
    by_place = {(each.place, each.reason): each for each in reversed(found)}
    by_subject = {(each.subject, each.reason): each for each in by_place.values()}
    return tuple(by_subject.values())[::-1]


def _by_body(refusal: Refusal) -> bool:
    """A row named in the body may as well be answered 400, 409 or 422."""
    inside = refusal.origin is not None and refusal.origin.kind != "path"
    return inside and refusal.status in (400, 401, 403, 409, 422)


def _said(refusal: Refusal) -> str:
    what = WORDS[refusal.condition].format(record=refusal.record, field=refusal.field)
    usual = " or ".join(str(each) for each in USUAL[refusal.condition])
    return f"{what} is answered {refusal.status}, where REST says {usual}"
