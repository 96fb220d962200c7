"""What an exception from outside means: a conflict in the database, a failing service, a bad token."""

from __future__ import annotations

from typing import Any

from comfrey.model.origin import Origin, Refusal
from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import Answer, Failed, Mapping, Query, Row
from comfrey.reader.origins import assignments, filters, origin
from comfrey.source.value import Value

KINDS = (
    ("timeout", ("Timeout", "TimeoutError", "TimeoutException", "TimeoutExpired")),
    ("rate_limit", ("RateLimit", "TooManyRequests", "Throttl")),
    ("declined", ("CardError", "Declined")),
    ("status500", ("HTTPStatusError", "HTTPError", "ClientResponseError", "APIError", "ClientError")),
    ("network", ("ConnectError", "ConnectionError", "NetworkError", "RequestError", "TransportError",
                 "HTTPError", "ClientError", "RequestException", "OSError", "SMTPException",
                 "BotoCoreError", "ConnectTimeout", "AMQPError", "SMTPError")),
    ("timeout", ("HTTPError", "RequestError", "RequestException", "TransportError", "OSError",
                 "BotoCoreError")),
    ("shape", ("ValidationError", "JSONDecodeError", "KeyError", "ValueError", "TypeError",
               "DecodeError")),
)  # fmt: skip
"""Which failures of a service an exception of that name (or ending) stands for."""
TOLD = {
    "ECONNABORTED": "timeout",
    "ETIMEDOUT": "timeout",
    "TimeoutError": "timeout",
    "AbortError": "timeout",
    "UND_ERR_CONNECT_TIMEOUT": "timeout",
    "ECONNREFUSED": "network",
    "ECONNRESET": "network",
    "ENOTFOUND": "network",
    "EAI_AGAIN": "network",
    "ERR_NETWORK": "network",
}
"""What Node's codes and names of errors say of a request that failed."""
EVERY = ("status500", "timeout", "network", "shape", "rate_limit")


def failures(
    machine: Machine,
    project: Project,
    followed: Followed,
    failed: Failed,
    around: tuple[Value, ...],
    constraint: str | int = "",
) -> list[Refusal]:
    """The refusals that a caught failure stands for."""
    short = {each.rpartition(".")[2].rpartition(":")[2] for each in failed.kinds}
    acts = followed.journal.acts[failed.start : failed.end]
    codes = machine.meaning.codes
    word = codes.get(constraint) or next((codes[e] for e in sorted(short) if e in codes), "")
    if word:
        return coded(project, acts, _pending(followed, failed), word)
    if constraint in TOLD:
        services = [act for act in acts if act.kind == "service"]
        return [
            e.replace(failure=TOLD[str(constraint)]) for e in _services(services[:1], short, ())[:1]
        ]
    if short & machine.meaning.conflicts or constraint:
        return _conflicts(project, _pending(followed, failed), str(constraint))
    if short and short <= machine.meaning.errors:
        return []
    services = [act for act in acts if act.kind == "service"]
    if services:
        found = _services(services, short, failed.but)
        return [e for e in found if not _is_answered(machine, project, e)]
    if machine.goes and (found := _conflicts(project, _pending(followed, failed), "")):
        return found  # whatever went wrong: of what a test can bring about, that is this
    if short & machine.meaning.missing:
        return _missing(acts)
    if short & machine.meaning.failures or any(act.kind in ("decode", "verify") for act in acts):
        return [Refusal(status=0, condition="credentials")]
    return []


def _services(acts: list[Act], short: set[str], but: tuple[str, ...]) -> list[Refusal]:
    earlier = {each.rpartition(".")[2] for each in but}
    taken = set(_kinds(earlier)) if earlier else set()
    wanted = EVERY if short & {"Exception", "BaseException"} else _kinds(short)
    answer = acts[0].subject
    name = answer.service if isinstance(answer, Answer) else ""
    raises = any(act.field == "status" for act in acts)
    found = [each for each in dict.fromkeys(wanted) if each not in taken]
    if not raises and len(found) > 1 and "status500" in found and "HTTPError" in short:
        found.remove("status500")
    return [Refusal(status=0, condition="service", service=name, failure=each) for each in found]


QUIET = ("fetch", "undici", "node-fetch", "cross-fetch")
"""Clients of JavaScript that raise for no status."""


def _is_answered(machine: Machine, project: Project, refusal: Refusal) -> bool:
    """Whether the client gives such an answer back instead of raising an error for it."""
    if not machine.paired or refusal.failure in ("timeout", "network"):
        return False
    service = next((each for each in project.services if each.name == refusal.service), None)
    if service is None:
        return False
    told = any(each.settles for each in service.calls)
    if refusal.failure == "shape":
        return not any(part.service == refusal.service for part, _ in machine.journal.shapes)
    return service.library in QUIET or told


def _kinds(short: set[str]) -> tuple[str, ...]:
    return tuple(
        kind for kind, ends in KINDS for each in sorted(short) if any(end in each for end in ends)
    )


def _missing(acts: list[Act]) -> list[Refusal]:
    for act in acts:
        if act.kind == "execute" and isinstance(act.subject, Query) and act.subject.record:
            record = act.subject.record
            where = filters(act.subject.where, record)
            first = where[0] if where else None
            return [
                Refusal(
                    status=0,
                    condition="missing",
                    record=record.name,
                    field=first.field if first else "",
                    origin=first.origin if first else None,
                )
            ]
    return []


# --- conflicts -------------------------------------------------------------------


def _conflicts(project: Project, pending: list[Act], constraint: str) -> list[Refusal]:
    found: list[Refusal] = []
    for act in pending:
        row = act.subject
        if isinstance(row, Row):
            found += _conflict(project, act, row, constraint)
        elif isinstance(row, Query) and row.record and row.verb == "delete":
            found += _referenced(project, row.record)
        elif (changed := _changed(row)) is not None:
            found += _conflict(project, act, changed, constraint)
    return list(dict.fromkeys(found))


def _changed(query: Value | None) -> Row | None:
    """What a statement writes to the rows that it changes."""
    if not isinstance(query, Query) or query.record is None or query.verb != "update":
        return None
    values = query.values
    if not isinstance(values, Mapping):
        return None
    source = Mapping(spreads=values.spreads) if values.spreads else None
    return Row(query.record, query, fields=dict(values.entries), source=source)


def coded(project: Project, acts: list[Act], pending: list[Act], word: str) -> list[Refusal]:
    """The refusals of `acts` that a code of the database's tells: `duplicate foreign missing`. `pending` are the
    writes that are carried out with them."""
    if word == "missing":
        return _needed(acts)
    found = _conflicts(project, pending, "")
    if word == "duplicate":
        return [each for each in found if each.condition == "duplicate"]
    found = [each for each in found if each.condition == "referenced"]
    return found or [each for act in acts for each in _orphaned(act)]


def _needed(acts: list[Act]) -> list[Refusal]:
    """What names one row, and must have it, fails where there is none."""
    rows = [act.subject for act in acts if act.kind == "needs"]
    for row in rows:
        if isinstance(row, Row) and row.query is not None:
            where = filters(row.query.where, row.record)
            first = where[0] if where else None
            field, source = (first.field, first.origin) if first else ("", None)
            return [
                Refusal(status=0, condition="missing", record=row.record.name, field=field,
                        origin=source)
            ]  # fmt: skip
    return []


def _orphaned(act: Act) -> list[Refusal]:
    """The parents that a written row may name in vain."""
    row = act.subject if isinstance(act.subject, Row) else _changed(act.subject)
    if row is None or (act.kind not in ("add", "set") and row is act.subject):
        return []
    written = _written(act, row)
    keys = [each for each in row.record.fields if each.references and each.name in written]
    return [
        Refusal(status=0, condition="missing", record=each.references.partition(".")[0],
                field=each.references.partition(".")[2], origin=written[each.name])
        for each in keys
        if written[each.name].kind != "caller"
    ]  # fmt: skip


def _pending(followed: Followed, failed: Failed) -> list[Act]:
    """The writes that the failing flush or commit carries out."""
    acts = followed.journal.acts
    commits = [a.number for a in acts if a.kind == "commit" and a.number < failed.start]
    since = commits[-1] + 1 if commits else 0
    return [
        act
        for act in acts[since : failed.end]
        if act.kind in ("add", "set", "delete") or isinstance(act.subject, Query)
    ]


def _conflict(project: Project, act: Act, row: Row, constraint: str) -> list[Refusal]:
    if act.kind == "delete":
        return _referenced(project, row.record)
    written = _written(act, row)
    if constraint:
        return _named(row.record, written, constraint)
    found = [
        Refusal(status=0, condition="duplicate", record=row.record.name, field=each.name,
                origin=written[each.name])
        for each in row.record.fields
        if each.unique and each.name in written and written[each.name].kind != "random"
    ]  # fmt: skip
    for group in row.record.unique:
        if len(group) > 1 and set(group) & set(written):
            first = next(each for each in group if each in written)
            found.append(
                Refusal(status=0, condition="duplicate", record=row.record.name,
                        field=",".join(group), origin=written[first])
            )  # fmt: skip
        elif (
            len(group) == 1 and group[0] in written and not any(f.field == group[0] for f in found)
        ):
            found.append(
                Refusal(status=0, condition="duplicate", record=row.record.name, field=group[0],
                        origin=written[group[0]])
            )  # fmt: skip
    return found


def _written(act: Act, row: Row) -> dict[str, Origin]:
    if act.kind == "set" and act.field != "*":
        return {act.field: origin(act.value)}
    source: Any = act.value if act.kind == "set" else row.source
    fields = {} if act.kind == "set" else row.fields
    return {each.field: each.origin for each in assignments(row.record, fields, source)}


def _named(record: Record, written: dict[str, Origin], constraint: str) -> list[Refusal]:
    """The refusal that a constraint's name tells: a missing parent, or a taken value."""
    hits = [f for f in record.fields if f.name in written and f.name in constraint]
    keys = [each for each in hits if each.references]
    if keys and (constraint.startswith("fk") or constraint.endswith(("fkey", "fk"))):
        parent = keys[0].references.partition(".")
        return [
            Refusal(status=0, condition="missing", record=parent[0], field=parent[2],
                    origin=written[keys[0].name])
        ]  # fmt: skip
    if hits:
        names = ",".join(each.name for each in hits)
        return [
            Refusal(status=0, condition="duplicate", record=record.name, field=names,
                    origin=written[hits[0].name])
        ]  # fmt: skip
    return []


def _referenced(project: Project, gone: Record) -> list[Refusal]:
    """The records whose rows keep `gone` from being removed."""
    found = []
    for record in project.records:
        for field in record.fields:
            if field.references.partition(".")[0] != gone.name:
                continue
            rule = next((r.on_delete for r in record.relations if r.field == field.name), "")
            if rule in ("", "restrict", "no_action"):
                found.append(
                    Refusal(status=0, condition="referenced", record=record.name, field=field.name)
                )
    return found
