"""What an endpoint owes by its declarations, its notes and its siblings, and its code does not give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from comfrey.model.endpoint import Endpoint, IdleGuard
from comfrey.model.origin import Assignment, Effect, Filter, Origin, Refusal
from comfrey.model.place import Unknown
from comfrey.model.project import Project
from comfrey.model.record import Field, Record
from comfrey.planner.wording import words
from comfrey.planner.world import effects

SIGNING = ("signature", "sign", "hmac", "digest")
"""By what words in its name a header carries a signature."""
UNDOING = re.compile(r"cancel|void|revoke|refund|withdraw|release|undo", re.I)
BACK = re.compile(
    r"\b(?:puts?|gives?|brings?|books?|returns?)\b[^.;]*\bback\b|\brestor|\brestock|\breleas|\brefill",
    re.I,
)
"""How a docstring says that what was taken is given back."""


def settled(project: Project) -> Project:
    """The project whose endpoints also hold the refusals and effects that they owe."""
    return project.replace(endpoints=tuple(_settled(project, each) for each in project.endpoints))


def _settled(project: Project, endpoint: Endpoint) -> Endpoint:
    signed = _signed(endpoint)
    state = _state(project, endpoint)
    back = _returned(project, endpoint) if _promises(endpoint) else None
    if signed is not None:
        refusal, guard = signed
        parameters = (*endpoint.parameters, *guard.parameters)
        refusals = (refusal, *endpoint.refusals)
        endpoint = endpoint.replace(parameters=parameters, refusals=refusals)
    if state is not None:
        endpoint = endpoint.replace(refusals=(*endpoint.refusals, state))
    if back is not None:
        endpoint = endpoint.replace(effects=(*endpoint.effects, back))
    return endpoint


def _spared(endpoint: Endpoint) -> set[int]:
    """The refusals that the route declares and that nothing in its code gives."""
    given = {each.status for each in endpoint.refusals}
    return {each.status for each in endpoint.responses if 400 <= each.status < 500} - given


# --- a signature that nobody checks -----------------------------------------------


def signs(name: str) -> bool:
    """Whether a header of this name carries a signature."""
    return any(word in name.lower() for word in SIGNING)


def _signed(endpoint: Endpoint) -> tuple[Refusal, IdleGuard] | None:
    """A guard of signed requests that nothing calls, where its answer is declared and never given."""
    for guard in endpoint.idle:
        due = next((each for each in guard.statuses if each in _spared(endpoint)), None)
        about = any(each.location == "header" and signs(each.name) for each in guard.parameters)
        if due is not None and about:
            return Refusal(status=due, condition="signature", place=guard.place), guard
    return None


# --- a state in which a request is declared to be a conflict ---------------------------


def _state(project: Project, endpoint: Endpoint) -> Refusal | None:
    """A declared 409 that nothing gives, where all that could be in conflict is the state that is set."""
    if 409 not in _spared(endpoint) or effects(endpoint, "create", "delete"):
        return None
    made = [
        (effect, each)
        for effect in effects(endpoint, "update")
        for each in effect.values
        if not effect.many
    ]
    if any(_is_unique(project, effect, each) for effect, each in made):
        return None
    states = [(e, each) for e, each in made if _is_state(project, e, each)]
    if len(states) != 1:
        return None
    effect, each = states[0]
    return Refusal(
        status=409,
        condition="state",
        record=effect.record,
        field=each.field,
        operator="eq",
        value=each.origin.value,
        detail="409 is declared, and this state is what the request brings about",
        place=endpoint.handler.place,
    )


def _field(project: Project, record: str, name: str) -> Field | None:
    found = project.record(record)
    return found.field(name) if found else None


def _is_unique(project: Project, effect: Effect, assignment: Assignment) -> bool:
    field = _field(project, effect.record, assignment.field)
    record = project.record(effect.record)
    return field is not None and (
        field.unique or any(field.name in names for names in (record.unique if record else ()))
    )


def _is_state(project: Project, effect: Effect, assignment: Assignment) -> bool:
    """True for a constant of an enumeration, other than the one that rows begin with."""
    field = _field(project, effect.record, assignment.field)
    origin = assignment.origin
    return (
        field is not None
        and origin.kind == "constant"
        and not origin.via
        and origin.value in field.enum
        and field.default in field.enum
        and origin.value != field.default
    )


# --- what was taken and is to be given back --------------------------------------------


class Taken(NamedTuple):
    """Creating `record` takes `amount` of each row's `item` from a `field` of `holder`."""

    record: Record
    item: Record
    amount: str
    holder: Record
    field: str
    key: str
    by: Endpoint


def _promises(endpoint: Endpoint) -> bool:
    """Whether a function on the way says that it gives something back."""
    return any(BACK.search(each.text) for each in endpoint.notes)


def _returned(project: Project, endpoint: Endpoint) -> Effect | None:
    """The effect that an undoing owes: what creation took from a counter comes back to it."""
    for effect in effects(endpoint, "update"):
        undoes = any(_is_state(project, effect, each) for each in effect.values)
        taken = next(_taken(project, effect.record), None) if undoes else None
        if taken is None or not _undoes(effect, endpoint) or _gives_back(endpoint, taken):
            continue
        back = Origin(
            kind="derived",
            operation="add",
            of=(
                Origin(kind="row", name=f"{taken.holder.name}.{taken.field}"),
                Origin(kind="row", name=f"{taken.item.name}.{taken.amount}"),
            ),
        )
        key = taken.holder.primary_key[0].name
        origin = Origin(kind="row", name=f"{taken.item.name}.{taken.key}")
        return effect.replace(
            record=taken.holder.name,
            where=(Filter(field=key, operator="in", origin=origin),),
            values=(Assignment(field=taken.field, origin=back),),
            many=True,
            place=endpoint.handler.place,
        )
    return None


def _undoes(effect: Effect, endpoint: Endpoint) -> bool:
    """Whether the endpoint, or the state that it sets, is named after undoing."""
    states = [str(each.origin.value) for each in effect.values if each.origin.kind == "constant"]
    return any(UNDOING.search(each) for each in (endpoint.handler.name, *states))


def _gives_back(endpoint: Endpoint, taken: Taken) -> bool:
    return any(
        each.field == taken.field
        for effect in effects(endpoint, "update")
        if effect.record == taken.holder.name
        for each in effect.values
    )


def _taken(project: Project, name: str) -> Iterator[Taken]:
    """What the endpoints that create a record take from the counters of others."""
    record = project.record(name)
    for endpoint in project.endpoints:
        made = {each.record: each for each in effects(endpoint, "create")}
        for effect in effects(endpoint, "update") if record and name in made else ():
            holder = project.record(effect.record)
            for each in effect.values if holder and len(holder.primary_key) == 1 else ():
                sent = _subtracted(each.origin)
                for item, amount, key in _items(project, made, sent, name, effect.record):
                    if record and holder:
                        yield Taken(record, item, amount, holder, each.field, key, endpoint)


def _subtracted(origin: Origin) -> str:
    """The member of the body that is taken off a stored number, or ""."""
    if origin.operation != "sub" or len(origin.of) != 2 or origin.of[0].kind != "row":
        return ""
    return origin.of[1].name if origin.of[1].kind == "body" else ""


def _items(
    project: Project, made: dict[str, Effect], sent: str, parent: str, holder: str
) -> Iterator[tuple[Record, str, str]]:
    """(record, its field of the amount, its key to the holder) of rows that keep what was taken."""
    for name, effect in made.items():
        item = project.record(name)
        amount = next((e.field for e in effect.values if sent and e.origin.name == sent), "")
        keys = {e.references.partition(".")[0]: e.name for e in (item.fields if item else ())}
        if item and amount and holder in keys and (parent in keys or name == parent):
            yield item, amount, keys[holder]


def questions(project: Project) -> list[Unknown]:
    """An undoing that gives nothing back, and of which nothing says that it should; settings under which every
    error shows the code."""
    found = []
    if "debug" in project.application.adjusted:
        reason = "DEBUG is on whatever the environment says: the page of an error shows code and settings"
        found.append(Unknown(subject=project.application.settings, reason=reason))
    for endpoint in project.endpoints:
        back = _returned(project, endpoint)
        if back is not None and not _promises(endpoint):
            what = words(back.values[0].field)
            reason = f"it undoes what took {what} of a {words(back.record)}, and gives none back"
            place = endpoint.handler.place
            found.append(Unknown(subject=endpoint.key, reason=reason, place=place))
    return found
