"""Rows by which a handler chooses rows of another record: `filter(profile__user=request.user)`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint
from comfrey.planner.world import World, effects, reference_of

LOOKS = ("read", "list", "update", "delete", "lock", "count")


def holders(endpoint: Endpoint) -> Iterator[str]:
    """The records by whose caller the rows of others are selected (`Profile.user_id`)."""
    for effect in effects(endpoint, *LOOKS):
        for each in effect.where:
            name, _, field = each.field.partition(".")
            if field and each.operator == "eq" and each.origin.kind == "caller":
                yield name


def hung_on(world: World, endpoint: Endpoint) -> dict[str, str]:
    """Holder → the record that its rows hang on and that is looked for (`Membership` → `Project`)."""
    found: dict[str, str] = {}
    for effect in effects(endpoint, *LOOKS):
        for each in effect.where:
            record = world.project.record(each.field.partition(".")[0])
            if record and any(reference_of(e)[0] == effect.record for e in record.fields):
                found[record.name] = effect.record
    return found


def behind(endpoint: Endpoint) -> dict[str, str]:
    """Record → the one that its rows refer to, which the path names (`Profile` → `User` in `/users/{login}`)."""
    found: dict[str, str] = {}
    for effect in effects(endpoint, *LOOKS):
        for each in effect.where:
            name, _, field = each.field.partition(".")
            plainly = each.operator == "eq" and each.origin.kind == "path" and not each.origin.via
            if field and plainly and effect.record != name:
                found.setdefault(effect.record, name)
    return found
