"""Faults that the source itself witnesses: schema × column, create × update, a guard × its siblings, owners."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Assignment
from comfrey.model.place import Because, Unknown
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import Row, Seed, Status
from comfrey.model.value import Literal, Mapping, Ref, Value, With
from comfrey.planner import law
from comfrey.planner.acceptance import accepts
from comfrey.planner.auth import owned
from comfrey.planner.builders import persona, plain_persona
from comfrey.planner.checks import LARGEST, column_schema
from comfrey.planner.deeds import deed, main_record
from comfrey.planner.drafts import column, draft, nothing_changes
from comfrey.planner.flaws import beyond, plain_value
from comfrey.planner.law import Expected
from comfrey.planner.needs import Scene, scene
from comfrey.planner.outcomes import is_direct, schema_at
from comfrey.planner.validation import subject, varied
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, effects, is_write, path_names, plain

BOUNDS = ("minimum", "maximum", "min_length", "max_length", "pattern", "enum")


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """The cases about one endpoint that some other place in the source speaks for."""
    return [
        *_unfit(world, endpoint),
        *_nulls(world, endpoint),
        *_unguarded(world, endpoint),
        *_unowned(world, endpoint),
    ]


# --- a schema looser than its column or its sibling ---------------------------------------


def _unfit(world: World, endpoint: Endpoint) -> list[Case]:
    """Values that this schema lets in while the column or the sibling schema does not."""
    if endpoint.body is None or not effects(endpoint, "create", "update"):
        return []
    play = scene(world, endpoint)
    rows: dict[str, Variation] = {}
    for path, value, said, because in _loose(world, play):
        cells: tuple[tuple[str, Value], ...] = (("field", Literal(value=path)), ("value", value))
        rows.setdefault(said, Variation(id=said, cells=cells, because=(because,)))
    if not rows:
        return []
    status = law.invalid(world)
    expected = Expected(codes=tuple(sorted({400, *status.codes})), because=status.because)
    return [
        draft(
            world,
            endpoint,
            f"refuses {subject(world, endpoint)} that could not be kept",
            nothing_changes(world, varied(play), expected),
            kind="validation",
            because=(expected.because,),
            variations=tuple(rows.values()),
            columns=("field", "value"),
        )
    ]


Loose = tuple[str, Value, str, Because]


def _loose(world: World, play: Scene) -> Iterator[Loose]:
    for effect in effects(play.endpoint, "create", "update"):
        record = world.project.record(effect.record)
        for each in effect.values if record and not effect.many else ():
            field = record.field(each.field) if record else None
            own = schema_at(play.endpoint, plain(each.origin.name))
            if record is None or field is None or own is None or field.references:
                continue
            path = plain(each.origin.name)
            if each.origin.kind == "body" and path in play.sent and not own.checks:
                yield from _against_column(world, path, own, record, field, each)
                yield from _against_sibling(world, play.endpoint, path, own, record, field)


def _against_column(
    world: World, path: str, own: Schema, record: Record, field: Field, assignment: Assignment
) -> Iterator[Loose]:
    if not is_direct(assignment.origin) or not world.strict_database or own.type == "any":
        return
    column_rules = column_schema(record, field)
    if column_rules.maximum == LARGEST.get(field.type):
        column_rules = column_rules.replace(maximum=None)
    text = f"{record.name}.{field.name} takes no such value"
    because = Because(text=text, law="catalog", place=field.place or record.place)
    for said, value in _between(path, own, column_rules):
        yield path, value, said, because


def _between(path: str, own: Schema, other: Schema) -> Iterator[tuple[str, Value]]:
    """Values just outside `other` that `own` accepts."""
    if own.enum or other.enum or own.type != other.type or own.any_of:
        return
    for said, value, rule in beyond(words(path), other):
        found = plain_value(value)
        known = rule != "multiple" and not accepts(other.replace(nullable=False), found)
        if known and accepts(own, found):
            yield said, value


def _against_sibling(
    world: World, endpoint: Endpoint, path: str, own: Schema, record: Record, field: Field
) -> Iterator[Loose]:
    """A bound on creation that is missing on change, or the other way round."""
    for sibling, assignment in _siblings(world, endpoint, record, field):
        other = schema_at(sibling, plain(assignment.origin.name))
        if other is None:
            continue
        missing = {
            key: getattr(other, key) for key in BOUNDS if _has(other, key) and not _has(own, key)
        }
        rules = Schema(type=other.type, format=other.format, **missing)
        text = f"{sibling.handler.name} bounds {field.name}"
        because = Because(text=text, place=sibling.body.place if sibling.body else None)
        for said, value in _between(path, own, rules):
            yield path, value, said, because


def _has(schema: Schema, key: str) -> bool:
    return getattr(schema, key) not in (None, "", ())


def _siblings(
    world: World, endpoint: Endpoint, record: Record, field: Field
) -> Iterator[tuple[Endpoint, Assignment]]:
    kinds = {"create", "update"} - {each.action for each in effects(endpoint, "create", "update")}
    for sibling in world.endpoints:
        for effect in effects(sibling, *kinds):
            for each in effect.values:
                same = effect.record == record.name and each.field == field.name
                if same and each.origin.kind == "body" and sibling.guards == endpoint.guards:
                    yield sibling, each


# --- explicit null ------------------------------------------------------------------------


def _nulls(world: World, endpoint: Endpoint) -> list[Case]:
    """A null for a column that takes none: refused, or passed over, but never an internal error."""
    effect = next((e for e in effects(endpoint, "update") if e.partial and not e.many), None)
    record = world.project.record(effect.record) if effect else None
    if effect is None or record is None or len(record.primary_key) != 1:
        return []
    play = scene(world, endpoint)
    row = play.target if play.record == record.name else play.caller
    fields = [(each, record.field(each.field)) for each in effect.values]
    rows = []
    for assignment, field in fields:
        own = schema_at(endpoint, plain(assignment.origin.name))
        if field and own and own.nullable and not field.nullable and is_direct(assignment.origin):
            path = plain(assignment.origin.name)
            because = Because(text=f"{field.name} is not null", law="catalog", place=field.place)
            cells = (("field", Literal(value=path)),)
            rows.append(Variation(id=f"a null {words(path)}", cells=cells, because=(because,)))
    if not rows or not row or not (play.record == record.name or record is world.user):
        return []
    return [_null_case(world, play, record, row, tuple(rows))]


def _null_case(
    world: World, play: Scene, record: Record, row: str, rows: tuple[Variation, ...]
) -> Case:
    key = record.primary_key[0].name
    body = With(base=Mapping(), path=column("field"), value=Literal())
    codes = tuple(sorted({play.endpoint.status, 400, *law.invalid(world).codes}))
    where = ((key, Ref(name=row, path=(key,))),)
    fields = tuple(
        str(value.value) for each in rows for _, value in each.cells if isinstance(value, Literal)
    )
    values = tuple((n, Ref(name=row, path=(n,))) for n in fields if record.field(n))
    steps = (
        *play.arrange,
        play.call.replace(body=body),
        Status(codes=codes),
        Row(record=record.name, where=where, values=values),
    )
    owner = "the caller" if row == play.caller else a(words(record.name))
    return draft(
        world,
        play.endpoint,
        f"never empties a required field of {owner}",
        steps,
        kind="validation",
        because=(Because(text="NOT NULL in the database", law="catalog", place=record.place),),
        variations=rows,
        columns=("field",),
        witnessed=play.sure,
    )


# --- guards and owners × siblings ----------------------------------------------------------


def _unguarded(world: World, endpoint: Endpoint) -> list[Case]:
    """A write without the guard that all writes beside it have."""
    beside = _other_writes(world, endpoint)
    if endpoint.auth is not False or not is_write(endpoint) or _is_door(world, endpoint):
        return []
    enough = 2 if endpoint.method != "POST" else 3
    if len(beside) < enough or not all(each.auth for each in beside):
        return []
    expected = law.without_credentials(world, beside[0])
    text = f"every other write to {words(_record(world, endpoint))} asks who is calling"
    because = Because(text=text, place=beside[0].handler.place)
    play = scene(world, endpoint)
    return [
        draft(
            world,
            endpoint,
            f"turns away a stranger who {deed(world, endpoint)}",
            nothing_changes(world, play, expected),
            kind="auth",
            because=(because,),
        )
    ]


def _record(world: World, endpoint: Endpoint) -> str:
    found = main_record(world, endpoint)
    return found.name if found else ""


def _other_writes(world: World, endpoint: Endpoint) -> list[Endpoint]:
    """The other writes to the same record in the same resource."""
    name = _record(world, endpoint)
    return [
        each
        for each in world.endpoints
        if each is not endpoint
        and is_write(each)
        and name
        and _record(world, each) == name
        and world.group(each) == world.group(endpoint)
    ]


def _is_door(world: World, endpoint: Endpoint) -> bool:
    """True for what must be open: signing up and in, callbacks."""
    known = world.authentication
    doors = [known.login, known.register] if known else []
    if any(each and each.endpoint == endpoint.key for each in doors):
        return True
    about_user = world.user is not None and _record(world, endpoint) == world.user.name
    return about_user or "webhook" in endpoint.path or bool(law.of(endpoint, "signature"))


def _unowned(world: World, endpoint: Endpoint) -> list[Case]:
    """A row by its key without the owner check that most of its siblings have."""
    names_in_path = path_names(endpoint.path)
    if not endpoint.auth or not names_in_path or owned(world, endpoint) or world.user is None:
        return []
    key = world.path_key(endpoint, names_in_path[-1])
    record = key[0] if key else None
    field = world.owner_field(record) if record else None
    plain_caller = persona(world, world.requirements(endpoint)) == plain_persona(world)
    if record is None or field is None or not plain_caller:
        return []
    checked, unchecked = _by_key(world, endpoint, record)
    if len(checked) < 1 or len(unchecked) > len(checked):
        return []
    found = owned(world, checked[0])
    if found is None or (not is_write(endpoint) and not _lists_own(world, record)):
        return []
    return [_unowned_case(world, endpoint, record, found[1], checked[0])]


def _by_key(
    world: World, endpoint: Endpoint, record: Record
) -> tuple[list[Endpoint], list[Endpoint]]:
    """The other plain callers' endpoints for a row of `record` by key, with and without an owner check."""
    beside = []
    for each in world.endpoints:
        names_in_path = path_names(each.path)
        key = world.path_key(each, names_in_path[-1]) if names_in_path else None
        plain_caller = persona(world, world.requirements(each)) == plain_persona(world)
        alike = is_write(each) or not is_write(endpoint)
        if (
            each is not endpoint
            and each.auth
            and plain_caller
            and alike
            and key
            and key[0] == record
        ):
            beside.append(each)
    checked = [each for each in beside if owned(world, each)]
    return checked, [each for each in beside if each not in checked]


def _lists_own(world: World, record: Record) -> bool:
    for each in world.endpoints:
        if each.listing and each.listing.record == record.name:
            return any(scope.origin.kind == "caller" for scope in each.listing.scope)
    return False


def _unowned_case(
    world: World, endpoint: Endpoint, record: Record, expected: Expected, witness: Endpoint
) -> Case:
    who = plain_persona(world)
    other = f"other_{who.name}"
    play = scene(world, endpoint, owner=other)
    user = world.user.name if world.user else ""
    play = play.before(Seed(record=user, name=other, values=who.values))
    text = f"{witness.handler.name} keeps {words(record.name)} to its owner"
    because = Because(text=text, place=witness.handler.place)
    codes = tuple(sorted({*expected.codes, 403, 404}))
    steps = nothing_changes(world, play, Expected(codes=codes, because=because))
    thing = words(record.name)
    verb = "refuses a caller who" if is_write(endpoint) else "hides from a caller what"
    title = f"{verb} {deed(world, endpoint)} of another"
    if not is_write(endpoint):
        title = f"hides another {who.name.replace('_', ' ')}'s {thing}"
    return draft(world, endpoint, title, steps, kind="auth", because=(because,))


# --- questions ------------------------------------------------------------------------------


def questions(world: World) -> list[Unknown]:
    """Writes that are open to anyone in a project that knows its callers: posture, for a person to judge."""
    if world.authentication is None:
        return []
    return [
        Unknown(
            subject=each.key,
            reason=f"anyone may call it, and it {deed(world, each)}",
            place=each.handler.place,
        )
        for each in world.endpoints
        if each.auth is False and is_write(each) and not _is_door(world, each)
    ]
