"""Documents that keep who made them: no mapper says so, but what is stored is the caller's key."""

from __future__ import annotations

from comfrey.model.project import Project
from comfrey.model.record import Record


def owned(project: Project) -> tuple[Record, ...]:
    """The records, with the fields of documents that are given the caller's key as references to the caller's
    record."""
    known = project.authentication
    user = next((e for e in project.records if known is not None and e.name == known.user), None)
    if known is None or user is None or len(user.primary_key) != 1:
        return project.records
    key = f"{user.name}.{user.primary_key[0].name}"
    names = {"id", user.primary_key[0].name, *(name for name, to in known.claims if to == key)}
    given = {
        (effect.record, each.field)
        for endpoint in project.endpoints
        for effect in endpoint.effects
        if effect.action in ("create", "update")
        for each in effect.values
        if each.origin.kind == "caller" and each.origin.name in names
    }
    return tuple(_linked(record, given, key) for record in project.records)


def _linked(record: Record, given: set[tuple[str, str]], key: str) -> Record:
    if record.store != "document":
        return record
    fields = tuple(
        each.replace(references=key)
        if (record.name, each.name) in given and not each.references and not each.primary_key
        else each
        for each in record.fields
    )
    return record.replace(fields=fields)
