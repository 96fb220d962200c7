"""Who may call an operation: what `auth=` and `permissions=` hold."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Guard, Requirement
from comfrey.model.noun import Noun
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Instance, Value, text_of
from comfrey.stacks.admission.anonymous import Reading, endings
from comfrey.stacks.admission.nobody import NONE, UNKNOWN, Request, is_none
from comfrey.stacks.frameworks.ninja.facts import data, items, known, last
from comfrey.stacks.frameworks.ninja.routes import Operation

UNAUTHORIZED = 401


class Access(Noun, frozen=True, kw_only=True):
    """Who may call: `auth` is None when it cannot be known."""

    auth: bool | None = False
    optional: bool = False
    guards: tuple[Guard, ...] = ()
    roles: tuple[str, ...] = ()


def access(operation: Operation, codebase: Codebase) -> Access:
    """Who may call an operation; any one of several authenticators suffices."""
    if operation.external:
        return Access()
    found = tuple(_guard(each, codebase) for each in items(operation.auth))
    roles = tuple(_roles(operation, codebase))
    if not found:
        return Access(auth=bool(roles) or False, roles=tuple(each for each in roles if each))
    if any(lenient(each, codebase) for each in items(operation.auth)):
        eased = tuple(each.replace(optional=True) for each in found)
        return Access(auth=False, optional=True, guards=eased)
    needed = (r.value for each in found for r in each.requirements)
    said = (*(str(each) for each in needed if isinstance(each, str)), *filter(None, roles))
    return Access(auth=True, guards=found, roles=tuple(dict.fromkeys(said)))


def _guard(value: Value, codebase: Codebase) -> Guard:
    entry = known(data()["security"], codebase, value) or {}
    carrier = str(entry.get("carrier", ""))
    if "named" in entry:
        carrier = f"{carrier}:{_said(value, str(entry['named']), codebase) or 'key'}"
    role = str(entry.get("role", ""))
    requirements = (Requirement(field=role, value=True),) if role else ()
    return Guard(
        scheme=str(entry.get("scheme", "unknown")),
        name=last(value),
        carrier=carrier,
        prefix=str(entry.get("prefix", "")),
        requirements=requirements,
        status=UNAUTHORIZED,
        place=value.place if isinstance(value, ClassValue | Instance) else None,
    )


def _said(value: Value, name: str, codebase: Codebase) -> str:
    """What a class says under a name."""
    kind = codebase.class_of(value)
    member = codebase.member(kind, name) if kind is not None else None
    return (text_of(member.value) or "") if member is not None else ""


def lenient(value: Value, codebase: Codebase) -> bool:
    """Whether an authenticator of the tree lets somebody pass who shows nothing: its `__call__` is tried out."""
    method = codebase.method(value, "__call__")
    if method is None:
        return False
    reading = Reading(codebase, lambda _: UNKNOWN, lambda _: None)
    receiver = method.receiver
    names = [each.name for each in method.function.node.parameters][1:]
    bound: dict[str, Value] = {names[0]: Request()} if names else {}
    try:
        found = endings(reading, method.function, bound, receiver)
    except RecursionError:
        return False
    good = [each.value or NONE for each in found if not each.raises]
    return bool(good) and not any(is_none(each) for each in good)


def _roles(operation: Operation, codebase: Codebase) -> Iterator[str]:
    for each in operation.permissions:
        role = known(
            {f"ninja_extra.{k}": v for k, v in data()["permissions"].items()}, codebase, each
        )
        if role is not None:
            yield str(role)
