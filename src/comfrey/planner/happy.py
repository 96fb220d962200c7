"""Every endpoint does what it is for: an accepted request, its answer, and what is stored afterwards."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import Body, Header, Page, Row, Rows, Seed, Status, Step
from comfrey.model.value import Literal, Ref, Value
from comfrey.planner import law
from comfrey.planner.builders import password_field, told_apart
from comfrey.planner.deeds import deed, is_list
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import echoes, members, same_kind, stored
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import called, snake, words
from comfrey.planner.world import (
    WRITES,
    World,
    answer_schema,
    bare,
    effects,
    path_names,
    reference_of,
)

JSON_TYPES = ("string", "integer", "number", "boolean", "array", "object")
__all__ = ["cases"]


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """The happy case of an endpoint; lists have a planner of their own when they are understood."""
    if is_list(endpoint) and endpoint.listing:
        return []
    if endpoint.method == "DELETE":
        return [_deletes(world, endpoint)]
    return [_succeeds(world, endpoint)]


def _succeeds(world: World, endpoint: Endpoint) -> Case:
    play = scene(world, endpoint)
    expected = law.success(endpoint)
    answered = echoes(world, play, play.sent) if endpoint.method != "GET" else _shown(world, play)
    steps = (
        *play.arrange,
        play.call,
        Status(codes=expected.codes),
        *_leads(endpoint),
        *_page(endpoint, play),
        *answered,
        *_shape(endpoint, answered),
        *_keeps_secrets(world, play),
        *stored(world, play, play.sent),
    )
    return Case(
        id="",
        title=_title(world, play),
        kind="happy",
        column="happy",
        subject=endpoint.key,
        group=world.group(endpoint),
        steps=steps,
        because=(expected.because, *_stored_because(endpoint)),
        witnessed=play.sure,
    )


def _leads(endpoint: Endpoint) -> tuple[Step, ...]:
    """Where an accepted form leads, when that is always the same."""
    found = (each.location for each in endpoint.responses if each.status == endpoint.status)
    where = next(found, "")
    return (Header(name="Location", value=Literal(value=where)),) if where else ()


def _page(endpoint: Endpoint, play: Scene) -> tuple[Step, ...]:
    """What a page is rendered from, and the row that it is about."""
    found = (each for each in endpoint.responses if each.status == endpoint.status)
    told = next((each for each in found if each.template or each.shows), None)
    if told is None:
        return ()
    row = play.target if told.shows else ""
    shows = told.shows if row else ""
    return (Page(template=told.template, shows=shows, row=row),) if told.template or row else ()


def _title(world: World, play: Scene) -> str:
    says = deed(world, play.endpoint)
    if world.sign_in(play.endpoint):
        return "logs in with the right password"
    if says == "logs in":
        return "answers a login"  # whose caller and password are not known to be right
    return says


def _stored_because(endpoint: Endpoint) -> tuple[Because, ...]:
    return tuple(
        Because(text=f"{each.action}s {words(each.record)}", place=each.place)
        for each in effects(endpoint, "create", "update", "delete")
    )


def _shown(world: World, play: Scene) -> tuple[Step, ...]:
    """A single row's fields as they are stored, where the answer declares them under the same name."""
    record = world.project.record(play.record)
    row = play.target
    if record is None and world.user and _reads_caller(play.endpoint):
        record, row = world.user, play.caller
    whole = bare(answer_schema(play.endpoint) or Schema())
    found = _row_in(whole, record) if record is not None and row else None
    if record is None or found is None:
        return ()
    path, answer = found
    steps = []
    for member in answer.properties:
        field = record.field(member.attribute or member.name)
        secret = field is None or field.computed or field.name == password_field(world, record)
        known = field and not secret and not _is_silent(field)
        if field and known and same_kind(field, bare(member.schema)):
            value = Ref(name=row, path=(field.name,))
            steps.append(Body(path=(*path, member.name), value=value))
    return tuple(steps)


def _is_silent(field: Field) -> bool:
    """Whether an answer does not say what is stored where that is null, or what the database fills in."""
    empty = field.nullable or (bool(field.default_from) and not field.default)
    return (field.nullable and field.zeroed) or (field.sparse and empty and not field.primary_key)


def _row_in(answer: Schema, record: Record) -> tuple[tuple[str, ...], Schema] | None:
    """Where in an answer the row stands: it is the answer itself, or the one object in an envelope."""
    if _reads_row(answer, record):
        return (), answer
    within = [e for e in answer.properties if bare(e.schema).type in ("object", "array")]
    inner = bare(within[0].schema) if len(within) == 1 else Schema()
    return ((within[0].name,), inner) if _reads_row(inner, record) else None


def _reads_caller(endpoint: Endpoint) -> bool:
    return bool(endpoint.auth) and endpoint.path.rstrip("/").rpartition("/")[2] in ("me", "profile")


def _reads_row(answer: Schema, record: Record) -> bool:
    """True when what is answered is the row itself: most of its members are fields of the record."""
    names = {each.attribute or each.name for each in answer.properties}
    known = {each.name for each in record.fields}
    return len(names & known) * 2 >= len(names) and bool(names)


def _shape(endpoint: Endpoint, answered: tuple[Step, ...]) -> tuple[Step, ...]:
    """The required members of the declared answer that nothing else looks at: present, of their type."""
    schema = answer_schema(endpoint)
    if schema is None:
        return ()
    shape = bare(schema)
    if shape.type == "array":
        return (Body(match="type", value=Literal(value="array")),)
    seen = {each.path[:1] for each in answered if isinstance(each, Body)}
    steps: list[Step] = []
    for member in shape.properties:
        inner = member.schema
        if not member.required or (member.name,) in seen or inner.nullable or inner.any_of:
            continue
        if inner.type in JSON_TYPES and inner.format != "decimal":
            kind = Literal(value=inner.type)
            steps.append(Body(path=(member.name,), match="type", value=kind))
    return tuple(steps[:6])


def _keeps_secrets(world: World, play: Scene) -> tuple[Step, ...]:
    """A sent password and a stored hash never come back."""
    steps: list[Step] = []
    for name, value in play.sent.items():
        if "password" in snake(name).split("_") and isinstance(value, Literal):
            steps.append(Body(match="not_text", value=value))
    hashed = password_field(world, world.user) if world.user else ""
    shows_user = world.user is not None and world.user.name in (play.record, *play.rows)
    if hashed and play.caller and (shows_user or _reads_caller(play.endpoint)):
        steps.append(Body(match="not_text", value=Ref(name=play.caller, path=(hashed,))))
    elif hashed and world.user and effects(play.endpoint, "create"):
        steps += [Body(path=(*at, hashed), match="absent") for at in _places_of(world.user, play)]
    return tuple(dict.fromkeys(steps))


def _places_of(user: Record, play: Scene) -> list[tuple[str | int, ...]]:
    """Where the answer shows the user whom the endpoint makes: under what name their fields stand together."""
    if user.name not in {each.record for each in effects(play.endpoint, "create")}:
        return []
    shown = members(answer_schema(play.endpoint))
    heads = [path[:-1] for name, (path, _) in shown.items() if user.field(name)]
    return [head for head in dict.fromkeys(heads) if heads.count(head) > 1]


def _deletes(world: World, endpoint: Endpoint) -> Case:
    play = scene(world, endpoint)
    expected = law.success(endpoint)
    record, row, own = _doomed(world, play)
    removed = [
        e for e in effects(endpoint, "delete", "update") if record and e.record == record.name
    ]
    steps: list[Step] = [*play.seeds]
    proof: list[Step] = []
    own_row = bool(row) and row == play.caller
    by_rest = record is not None and not removed and (own_row or _vanishes(world, endpoint, record))
    if record and record.joins and removed and row in {each.name for each in play.seeds}:
        tied, others = _tied(record, play, row)
        steps += others
        proof = [
            Row(record=record.name, where=tied, absent=True),
            *(Rows(record=record.name, count=1, where=each.values) for each in others[-1:]),
        ]
    elif record and (removed or by_rest) and len(record.primary_key) == 1:
        key = record.primary_key[0].name
        other = f"other_{row}"
        steps += [*own, _beside(world, play, record, other)]
        proof = _gone(record, key, row, removed[0].action if removed else "delete")
        proof.append(
            Rows(record=record.name, count=1, where=((key, Ref(name=other, path=(key,))),))
        )
    steps += [*play.arrange[len(play.seeds) :], play.call, Status(codes=expected.codes), *proof]
    return Case(
        id="",
        title=f"{deed(world, endpoint)} and no other" if proof else deed(world, endpoint),
        kind="happy",
        column="happy",
        subject=endpoint.key,
        group=world.group(endpoint),
        steps=tuple(steps),
        because=(expected.because, *_stored_because(endpoint)),
        witnessed=play.sure,
    )


Pairs = tuple[tuple[str, Value], ...]


def _doomed(world: World, play: Scene) -> tuple[Record | None, str, tuple[Seed, ...]]:
    """The record and row that a deletion is about, and the seed of that row where none stands yet: what
    the path names, else what the handler finds by the caller (their own row, or rows that are theirs)."""
    user = world.user
    if play.target or user is None or not play.caller:
        return world.project.record(play.record), play.target, ()
    for effect in effects(play.endpoint, "delete", "update"):
        record = world.project.record(effect.record)
        by = next((e for e in effect.where if e.origin.kind == "caller" and not e.optional), None)
        if record is None or by is None or effect.conditional or len(effect.where) > 1:
            continue
        if record == user:
            return user, play.caller, ()
        name = called(record.name)
        if effect.action == "delete" and name not in {each.name for each in play.seeds}:
            owner = Ref(name=play.caller, path=(by.origin.name,))
            return record, name, (Seed(record=record.name, name=name, values=((by.field, owner),)),)
    if _is_farewell(play.endpoint, user):
        return user, play.caller, ()
    return world.project.record(play.record), play.target, ()


def _is_farewell(endpoint: Endpoint, user: Record) -> bool:
    """`DELETE …/me` of an app that knows no softer way: the caller's own row goes."""
    soft = user.soft_delete or any(each.name in SOFT for each in user.fields)
    is_me = endpoint.path.rstrip("/").rpartition("/")[2] == "me"
    return is_me and not soft and not effects(endpoint, "create", "update")


SOFT = (
    "deleted",
    "is_deleted",
    "deleted_at",
    "archived",
    "is_archived",
    "is_active",
    "active",
    "status",
)


def _vanishes(world: World, endpoint: Endpoint, record: Record) -> bool:
    """True when REST alone says so: DELETE by primary key of a record that knows no softer way, where the handler is
    not known to write to another record instead (a book that is taken off the caller's list)."""
    if effects(endpoint, *WRITES):
        return False
    names = path_names(endpoint.path)
    key = world.path_key(endpoint, names[-1]) if names else None
    by_key = endpoint.path.rstrip("/").endswith("}") and key is not None and key[1].primary_key
    soft = record.soft_delete or any(each.name in SOFT for each in record.fields)
    return by_key and key is not None and key[0] == record and not soft


def _tied(record: Record, play: Scene, row: str) -> tuple[Pairs, list[Seed]]:
    """The two keys of the row that goes, and one that ties the same row to another, which stays."""
    tied = next(each.values for each in play.seeds if each.name == row)
    (name, _), *rest = reversed(tied)
    to, key = reference_of(field) if (field := record.field(name)) else ("", "")
    other = f"other_{snake(to)}"
    if not rest or not key or other in {each.name for each in play.seeds}:
        return tied, []
    pairs = (*reversed(rest), (name, Ref(name=other, path=(key,))))
    return tied, [
        Seed(record=to, name=other),
        Seed(record=record.name, name=f"other_{row}", values=pairs),
    ]


def _beside(world: World, play: Scene, record: Record, name: str) -> Seed:
    """A second row like the target, with parents of its own."""
    return Seed(record=record.name, name=name, values=told_apart(world, play.endpoint, record))


def _gone(record: Record, key: str, row: str, action: str) -> list[Step]:
    where = ((key, Ref(name=row, path=(key,))),)
    if action == "delete":
        return [Row(record=record.name, where=where, absent=True)]
    if record.soft_delete:
        field = record.field(record.soft_delete)
        if field and field.type == "boolean":
            return [
                Row(record=record.name, where=where, values=((field.name, Literal(value=True)),))
            ]
        return [
            Row(
                record=record.name,
                where=where,
                matches=((record.soft_delete, "not_null", Literal()),),
            )
        ]
    return []
