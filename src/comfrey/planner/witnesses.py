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
from comfrey.model.value import Literal, Mapping, Missing, Ref, Value, With
from comfrey.planner import law, strange
from comfrey.planner.acceptance import accepts
from comfrey.planner.auth import owned
from comfrey.planner.builders import persona, plain_persona
from comfrey.planner.checks import LARGEST, bounds, column_schema, is_loose
from comfrey.planner.deeds import deed, main_record
from comfrey.planner.drafts import column, draft, nothing_changes
from comfrey.planner.flaws import NO_FORMAT, beyond, of_value, plain_value
from comfrey.planner.law import Expected
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import is_direct, schema_at, stored, typed
from comfrey.planner.promises import needs_role_to_list
from comfrey.planner.scenes import Scene
from comfrey.planner.validation import subject, varied
from comfrey.planner.wording import a, listed, snake, words
from comfrey.planner.world import (
    WRITES,
    World,
    effects,
    is_write,
    main_effect,
    path_names,
    plain,
    properties,
    replaces_or_creates,
)
from comfrey.stacks import shelf

ADMIN = "admin"
BOUNDS = ("minimum", "maximum", "min_length", "max_length", "pattern", "enum")


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """The cases about one endpoint that some other place in the source speaks for."""
    return [
        *_unfit(world, endpoint),
        *_nulls(world, endpoint),
        *_unused(world, endpoint),
        *strange.cases(world, endpoint),
        *_unguarded(world, endpoint),
        *_open_to_strangers(world, endpoint),
        *_undeclared_role(world, endpoint),
        *_milder(world, endpoint),
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
    expected = _due(world, endpoint, [each.cells[0][1] for each in rows.values()])
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


def _due(world: World, endpoint: Endpoint, paths: list[Value]) -> Expected:
    """What is due to members that could not be kept: what the code says itself of each of them, where it does."""
    names = {plain(str(each.value)) for each in paths if isinstance(each, Literal)}
    told = {
        plain(each.origin.name): each
        for each in law.of(endpoint, "invalid")
        if each.origin is not None and each.origin.kind in ("body", "form")
    }
    said = [told[name] for name in sorted(names) if name in told]
    status = law.invalid(world, endpoint)
    if len(said) == len(names) and len({each.status for each in said}) == 1:
        return law.refused(said[0], f"invalid input is answered {said[0].status}")
    codes = {400, *status.codes, *(each.status for each in said)}
    return Expected(codes=tuple(sorted(codes)), because=status.because)


Loose = tuple[str, Value, str, Because]


def _loose(world: World, play: Scene) -> Iterator[Loose]:
    for effect in effects(play.endpoint, "create", "update"):
        record = world.project.record(effect.record)
        for each in effect.values if record else ():
            field = record.field(each.field) if record else None
            own = schema_at(play.endpoint, plain(each.origin.name))
            if record is None or field is None or own is None or field.references:
                continue
            if is_loose(record):
                continue
            wire = plain(each.origin.name)
            path = next((name for name in play.sent if plain(name) == wire), "")
            if each.origin.kind == "body" and path and not own.checks:
                yield from _not_required(world, play, path, field, each, effect.action)
                yield from _against_column(world, path, own, record, field, each)
                yield from _against_document(path, own, record, field, each)
                yield from _against_validator(path, own, record, field, each)
                yield from _against_sibling(world, play.endpoint, path, own, record, field)


def _not_required(
    world: World, play: Scene, path: str, field: Field, assignment: Assignment, action: str
) -> Iterator[Loose]:
    """A member that may be left out on creation although its column cannot do without."""
    own = schema_at(play.endpoint, path)
    members = (
        {each.name: each for each in properties(play.endpoint.body.schema)}
        if play.endpoint.body
        else {}
    )
    member = members.get(path)
    if own is None or member is None or member.required or action != "create":
        return
    if any(replaces_or_creates(play.endpoint, e.record) for e in effects(play.endpoint, "create")):
        return
    filled = own.has_default and own.default is not None
    if field.required and not field.nullable and not filled and is_direct(assignment.origin):
        text = f"{field.name} is NOT NULL and has no default"
        because = Because(text=text, law="catalog", place=field.place)
        yield path, Missing(), f"no {words(path)}", because


def _against_column(
    world: World, path: str, own: Schema, record: Record, field: Field, assignment: Assignment
) -> Iterator[Loose]:
    if not is_direct(assignment.origin) or own.type == "any":
        return
    column_rules = column_schema(record, field)
    if not world.strict_database:
        column_rules = Schema(type=column_rules.type, **bounds(record).get(field.name, {}))
    if column_rules.maximum == LARGEST.get(field.type):
        column_rules = column_rules.replace(maximum=None)
    text = f"{record.name}.{field.name} takes no such value"
    because = Because(text=text, law="catalog", place=field.place or record.place)
    for said, value in _between(path, own, column_rules):
        yield path, value, said, because
    for said, value in _shapeless(path, own, column_rules.format):
        yield path, value, said, because


def _against_document(
    path: str, own: Schema, record: Record, field: Field, assignment: Assignment
) -> Iterator[Loose]:
    """A value of another kind that its document turns away when it is stored, where nobody looked before."""
    if not (own.type == "any" or own.unchecked) or not _validates(record):
        return
    rules = column_schema(record, field).replace(nullable=False)
    if not is_direct(assignment.origin) or rules.type in ("any", "boolean") or rules.format:
        return
    text = f"{record.name}.{field.name} takes no such value"
    because = Because(text=text, law="declared", place=field.place or record.place)
    for each in of_value(path, rules):
        yield path, each.value, each.words, because


def _validates(record: Record) -> bool:
    """Whether a document is held against its fields each time that it is stored."""
    mapper = shelf.folder("orms", record.orm)
    return mapper is not None and bool(mapper.about.data.get("validates"))


def _against_validator(
    path: str, own: Schema, record: Record, field: Field, assignment: Assignment
) -> Iterator[Loose]:
    """A text that the model's own validator turns away, and this schema does not."""
    if not field.pattern or own.pattern or own.format or not is_direct(assignment.origin):
        return
    text = f"{record.name}.{field.name} is validated by {field.pattern}"
    because = Because(text=text, place=field.place or record.place)
    for said, value in _between(path, own, Schema(type=own.type, pattern=field.pattern)):
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
    """A bound on creation that is missing on change, or the other way round. What exists only under some
    condition, a developer's tool, is no sibling of what is always there."""
    if endpoint.conditional:
        return
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
        for said, value in (*_between(path, own, rules), *_shapeless(path, own, other.format)):
            yield path, value, said, because


def _shapeless(path: str, own: Schema, form: str) -> Iterator[tuple[str, Value]]:
    """A text that has not the form which it should have, where `own` takes any text."""
    loose = not (own.format or own.pattern or own.enum or own.unchecked or own.any_of)
    if own.type == "string" and loose and form in NO_FORMAT and accepts(own, NO_FORMAT[form]):
        yield a(f"badly formed {words(path)}"), Literal(value=NO_FORMAT[form])


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


# --- a member that nobody stores --------------------------------------------------------------


def _unused(world: World, endpoint: Endpoint) -> list[Case]:
    """Members named like a column, taken in and stored nowhere, in a request that stores its others."""
    play = (
        scene(world, endpoint)
        if endpoint.body and endpoint.method in ("POST", "PUT", "PATCH")
        else None
    )
    main = main_effect(endpoint, play.record) if play else None
    record = world.project.record(main.record) if main else None
    if (
        play is None
        or main is None
        or record is None
        or not any(is_direct(e.origin) for e in main.values)
    ):
        return []
    known = {plain(each.origin.name) for effect in endpoint.effects for each in effect.values}
    written_fields = {each.field for each in main.values}
    values = []
    for name, value in play.sent.items():
        field = record.field(name)
        kept = (
            name in known
            or name in endpoint.dropped
            or name in written_fields
            or field is None
            or not _is_plain_field(world, field)
        )
        if field is not None and not kept:
            values.append((name, typed(field, value)))
    row = next(
        (
            e
            for e in stored(world, play, play.sent)
            if isinstance(e, Row) and e.record == record.name
        ),
        None,
    )
    if not values or row is None:
        return []
    expected = law.success(endpoint)
    said = listed([words(name) for name, _ in values])
    because = Because(
        text=f"{said} is declared in the body", place=endpoint.body.place if endpoint.body else None
    )
    steps = (
        *play.arrange,
        play.call,
        Status(codes=expected.codes),
        row.replace(values=tuple(values), matches=()),
    )
    title = f"keeps the {said} that is sent where it {deed(world, endpoint)}"
    return [
        draft(world, endpoint, title, steps, kind="lifecycle", column="edge", because=(because,))
    ]


def _is_plain_field(world: World, field: Field) -> bool:
    role = world.authentication.role_field if world.authentication else ""
    special = (
        field.primary_key or field.references or field.computed or field.version or field.on_update
    )
    return (
        not special
        and field.name != role
        and field.type in ("string", "text", "integer", "date", "bigint")
    )


# --- numbers and words that a column cannot be compared with -----------------------------------


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
    codes = tuple(sorted({play.endpoint.status, 400, *law.invalid(world, play.endpoint).codes}))
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
    enough = 1 if endpoint.method != "POST" else 2
    if endpoint.method == "POST" and not all(world.requirements(each) for each in beside):
        return []
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


def _open_to_strangers(world: World, endpoint: Endpoint) -> list[Case]:
    """An administrator's endpoint that nobody stands before, where a role of that name guards others."""
    guarded = [each for each in world.endpoints if _is_for_admins(world, each)]
    about_admin = ADMIN in endpoint.path.split("/")
    if not (guarded and about_admin and endpoint.effects) or endpoint.auth is not False:
        return []
    if _is_door(world, endpoint) or _unguarded(world, endpoint):
        return []
    expected = law.without_credentials(world, guarded[0])
    text = f"its path is an admin's, and {guarded[0].key} asks for one"
    because = Because(text=text, place=guarded[0].handler.place)
    title = f"turns away a stranger who {deed(world, endpoint)}"
    steps = nothing_changes(world, scene(world, endpoint), expected)
    return [draft(world, endpoint, title, steps, kind="auth", because=(because,))]


def _is_for_admins(world: World, endpoint: Endpoint) -> bool:
    return any(ADMIN in f"{each.field} {each.value}" for each in world.requirements(endpoint))


def _undeclared_role(world: World, endpoint: Endpoint) -> list[Case]:
    """An administrator's endpoint that declares a 403 which nothing in its code gives."""
    declares = any(each.status == 403 for each in endpoint.responses)
    gives = any(each.status == 403 for each in endpoint.refusals) or world.requirements(endpoint)
    privileged = any(world.requirements(each) for each in world.endpoints)
    about_admin = "admin" in endpoint.path or "admin" in endpoint.handler.file.rpartition("/")[2]
    if not (endpoint.auth and declares and privileged and about_admin) or gives:
        return []
    because = Because(text="403 is among the declared answers", place=endpoint.handler.place)
    return [_kept_out(world, endpoint, because)]


def _milder(world: World, endpoint: Endpoint) -> list[Case]:
    """A change of a row that any caller may make, where making such rows and the other change of the same
    row are for some; a deletion where making them is."""
    others = _other_writes(world, endpoint)
    beside = [each for each in others if world.requirements(each)]
    made = [each for each in others if each.method == "POST"]
    makes = any(each in beside for each in made)
    same = next((each for each in beside if each.path == endpoint.path), None)
    if same is None and endpoint.method == "DELETE" and all(each in beside for each in made):
        same = next(iter(made), None)
    keeps = {403} & {each.status for each in endpoint.refusals} or world.requirements(endpoint)
    if not (endpoint.auth and is_write(endpoint)) or keeps or same is None or not makes:
        return []
    if _is_owned(endpoint):
        return []
    if persona(world, world.requirements(same)) == plain_persona(world):
        return []
    asked = [same.key] if same not in made else []
    asking = [*asked, f"each creation of {a(words(_record(world, endpoint)))}"]
    text = f"{' and '.join(asking)} {'asks' if len(asking) == 1 else 'ask'} for a role"
    because = Because(text=text, place=same.handler.place)
    return [_kept_out(world, endpoint, because)]


def _is_owned(endpoint: Endpoint) -> bool:
    """Whether the row is looked up, or refused, by whose it is."""
    refused = any(each.condition == "owner" for each in endpoint.refusals)
    own = (each.origin.kind for effect in endpoint.effects for each in effect.where)
    return refused or "caller" in own


def _kept_out(world: World, endpoint: Endpoint, because: Because) -> Case:
    """A plain caller is turned away, and nothing changes."""
    play = scene(world, endpoint)
    steps = nothing_changes(world, play, Expected(codes=(403,), because=because))
    who = plain_persona(world).name.replace("_", " ")
    title = f"keeps {a(who)} out where it {deed(world, endpoint)}"
    return draft(world, endpoint, title, steps, kind="auth", because=(because,))


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
    if world.sign_in(endpoint) is not None or _is_of_a_door(world, endpoint):
        return True
    about_user = world.user is not None and _record(world, endpoint) == world.user.name
    return about_user or "webhook" in endpoint.path or bool(law.of(endpoint, "signature"))


def _is_of_a_door(world: World, endpoint: Endpoint) -> bool:
    """Whether it stores nothing, and is there for who comes, goes, or has forgotten the password."""
    words = {*deed(world, endpoint).split(), *snake(endpoint.path).split("_")}
    return not effects(endpoint, *WRITES) and bool(words & {"logs", "signs", "password"})


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
    if is_write(endpoint) and not _changes(endpoint, record):
        return []  # to like another's article, or to comment on it, is not to change it
    if endpoint.toothless is not None and is_write(endpoint):
        text = (
            f"{endpoint.toothless.name} decides about {a(words(record.name))} and turns nobody away"
        )
        told = Because(text=text, place=endpoint.toothless)
        return [
            _kept_to_its_owner(world, endpoint, record, Expected(codes=(403, 404), because=told))
        ]
    if (own := _own_list(world, endpoint, record)) is not None:
        text = f"{own.handler.name} lists only the caller's own"
        told = Because(text=text, place=own.handler.place)
        return [
            _kept_to_its_owner(world, endpoint, record, Expected(codes=(403, 404), because=told))
        ]
    checked, unchecked = _by_key(world, endpoint, record)
    if len(checked) < 1 or len(unchecked) > len(checked):
        return []
    found = owned(world, checked[0])
    kept = is_write(endpoint) or _lists_own(world, record) or needs_role_to_list(world, record)
    if found is None or not kept:
        return []
    return [_unowned_case(world, endpoint, record, found[1], checked[0])]


def _changes(endpoint: Endpoint, record: Record) -> bool:
    """Whether the endpoint writes the row itself, not only one that hangs on it."""
    written = effects(endpoint, "create", "update", "delete")
    return any(each.record == record.name and each.action != "create" for each in written)


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


def _own_list(world: World, endpoint: Endpoint, record: Record) -> Endpoint | None:
    """The list beside the one row that the endpoint shows, where it keeps to the caller as every list of such rows
    does but for those of other roles: who may see only their own there may see no other here."""
    lists = [
        each
        for each in world.endpoints
        if each.listing and each.listing.record == record.name
        if persona(world, world.requirements(each)) == plain_persona(world)
    ]
    kept = all(
        any(scope.origin.kind == "caller" and not scope.optional for scope in each.listing.scope)
        for each in lists
        if each.listing
    )
    beside = endpoint.path.rstrip("/").rpartition("/")[0]
    found = (each for each in lists if each.path.rstrip("/") == beside)
    return next(found, None) if kept and not is_write(endpoint) else None


def _lists_own(world: World, record: Record) -> bool:
    for each in world.endpoints:
        if each.listing and each.listing.record == record.name:
            return any(scope.origin.kind == "caller" for scope in each.listing.scope)
    return False


def _unowned_case(
    world: World, endpoint: Endpoint, record: Record, expected: Expected, witness: Endpoint
) -> Case:
    text = f"{witness.handler.name} keeps {words(record.name)} to its owner"
    because = Because(text=text, place=witness.handler.place)
    codes = tuple(sorted({*expected.codes, 403, 404}))
    return _kept_to_its_owner(world, endpoint, record, Expected(codes=codes, because=because))


def _kept_to_its_owner(
    world: World, endpoint: Endpoint, record: Record, expected: Expected
) -> Case:
    who = plain_persona(world)
    other = f"other_{who.name}"
    play = scene(world, endpoint, owner=other)
    user = world.user.name if world.user else ""
    play = play.before(Seed(record=user, name=other, values=who.values))
    steps = nothing_changes(world, play, expected)
    thing = words(record.name)
    verb = "refuses a caller who" if is_write(endpoint) else "hides from a caller what"
    title = f"{verb} {deed(world, endpoint)} of another"
    if not is_write(endpoint):
        title = f"hides another {who.name.replace('_', ' ')}'s {thing}"
    return draft(world, endpoint, title, steps, kind="auth", because=(expected.because,))


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
