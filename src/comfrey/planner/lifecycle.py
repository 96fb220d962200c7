"""Missing rows, duplicates, rows in a wrong state, single-field changes, and a life from creation to deletion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect, Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Field, Record
from comfrey.model.step import Body, Call, Login, Row, Seed, Status, Step
from comfrey.model.value import Literal, Mapping, Ref, Value, With
from comfrey.planner import cast, law
from comfrey.planner.deeds import deed, is_action, main_record, noun
from comfrey.planner.drafts import column, draft, nothing_changes
from comfrey.planner.law import Expected
from comfrey.planner.needs import NoScene, Scene, refused_states, scene
from comfrey.planner.outcomes import (
    echoes,
    is_direct,
    members,
    sent_value,
    typed,
)
from comfrey.planner.wording import a, listed, plural, words
from comfrey.planner.world import (
    World,
    answer_schema,
    conditions,
    effects,
    path_names,
    plain,
)

__all__ = ["cases", "lives"]


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """What an endpoint does about missing rows, duplicates, states and single fields."""
    return [
        *_missing_path(world, endpoint),
        *_missing_reference(world, endpoint),
        *_duplicates(world, endpoint),
        *_states(world, endpoint),
        *_single_changes(world, endpoint),
        *_twice_deleted(world, endpoint),
        *_referenced(world, endpoint),
    ]


# --- missing rows ----------------------------------------------------------------


def _missing_path(world: World, endpoint: Endpoint) -> list[Case]:
    names = path_names(endpoint.path)
    if not names:
        return []
    play = scene(world, endpoint)
    found = []
    for name in names:
        key = world.path_key(endpoint, name)
        expected = _missing_answer(world, endpoint, key[0], name) if key else None
        if key and expected and (missing := absent_key(key[1])) is not None:
            found.append(_no_row(world, play, name, key[0], missing, expected))
    return found


def absent_key(field: Field) -> Value | None:
    """A well-formed key that no row has."""
    if field.type in ("integer", "bigint"):
        return Literal(value=cast.MISSING_NUMBER)
    if field.type == "smallint":
        return Literal(value=32_000)
    if field.type == "uuid":
        return Literal(value=cast.MISSING_UUID)
    if field.type in ("string", "text"):
        return Literal(value="no-such-one")
    return None


def _missing_answer(world: World, endpoint: Endpoint, record: Record, name: str) -> Expected | None:
    declared = law.missing(endpoint, record.name, origin="path", name=name)
    if declared:
        return declared
    if name != path_names(endpoint.path)[-1]:
        return None
    for each in law.of(endpoint, "unknown"):
        if each.status == 404:
            return law.refused(each, f"no such {words(record.name)}")
    if any(each.status == 404 for each in endpoint.responses):
        because = Because(text="404 is among the declared answers", place=endpoint.handler.place)
        return Expected(codes=(404,), because=because)
    for effect, condition in conditions(endpoint):
        by_path = condition.origin.kind == "path" and condition.origin.name == name
        if (
            by_path
            and effect.record == record.name
            and effect.action in ("read", "update", "delete", "lock")
        ):
            return law.rest(f"no such {words(record.name)} is answered 404", 404)
    return None


def _no_row(
    world: World, play: Scene, name: str, record: Record, missing: Value, expected: Expected
) -> Case:
    parameters = tuple(
        (key, missing if key == name else value) for key, value in play.call.parameters
    )
    endpoint = play.endpoint
    title = _absence(world, endpoint, words(record.name))
    return draft(
        world,
        endpoint,
        title,
        nothing_changes(world, play.calling(parameters=parameters), expected),
        kind="lifecycle",
        column="edge",
        because=(expected.because,),
    )


PLAIN_VERBS = {"POST": "add to", "PUT": "replace", "PATCH": "change", "DELETE": "delete"}


def _absence(world: World, endpoint: Endpoint, what: str) -> str:
    """The title for a row in the path that is not there."""
    own = noun(world, endpoint)
    ends = endpoint.path.rstrip("/").endswith("}")
    if endpoint.method == "GET":
        if ends and own == what:
            return f"says that {a(what)} is missing"
        return f"finds no {plural(own)} of {a(what)} that is not there"
    if is_action(world, endpoint):
        verb = _infinitive(deed(world, endpoint).partition(" ")[0])
        thing = deed(world, endpoint).partition(" ")[2]
        of = "" if thing in (a(what), what) else f"{thing} of "
        return f"refuses to {verb} {of}{a(what)} that is not there"
    if own != what:
        return f"refuses {a(own)} of {a(what)} that is not there"
    return f"refuses to {PLAIN_VERBS[endpoint.method]} {a(what)} that is not there"


def _infinitive(third_person: str) -> str:
    if third_person.endswith("ies"):
        return f"{third_person[:-3]}y"
    if third_person.endswith(("ses", "xes", "ches", "shes", "zes")):
        return third_person[:-2] if not third_person.endswith("ses") else third_person[:-1]
    return third_person[:-1]


def _missing_reference(world: World, endpoint: Endpoint) -> list[Case]:
    """A body that names a row which is not there."""
    if endpoint.body is None:
        return []
    play = scene(world, endpoint)
    found = []
    for path, value in play.sent.items():
        key = world.body_key(endpoint, path)
        if key is None or not isinstance(value, Ref) or (missing := absent_key(key[1])) is None:
            continue
        expected = _reference_answer(world, endpoint, key[0], path)
        if expected is None:
            continue
        body = With(base=play.body, path=Literal(value=path), value=missing)
        found.append(
            draft(
                world,
                endpoint,
                f"refuses {_thing(world, endpoint)} with {a(words(key[0].name))} that is not there",
                nothing_changes(world, play.calling(body=body), expected),
                kind="lifecycle",
                column="edge",
                because=(expected.because,),
            )
        )
    return found


def _thing(world: World, endpoint: Endpoint) -> str:
    if is_action(world, endpoint):
        return (
            f"to {_infinitive(deed(world, endpoint).partition(' ')[0])} {a(noun(world, endpoint))}"
        )
    change = "a change of " if endpoint.method in ("PUT", "PATCH") else ""
    return f"{change}{a(noun(world, endpoint))}"


def _reference_answer(
    world: World, endpoint: Endpoint, record: Record, path: str
) -> Expected | None:
    declared = law.missing(endpoint, record.name, origin="body", name=path)
    if declared:
        return declared
    if not world.strict_database:
        return None
    for effect in effects(endpoint, "create", "update"):
        target = world.project.record(effect.record)
        for each in effect.values:
            field = target.field(each.field) if target else None
            if (
                field
                and field.references
                and is_direct(each.origin)
                and plain(each.origin.name) == plain(path)
            ):
                because = Because(
                    text=f"{field.name} references {field.references}",
                    law="catalog",
                    place=field.place,
                )
                return Expected(codes=(400, 404, 409, 422), because=because)
    return None


# --- duplicates -------------------------------------------------------------------


def _duplicates(world: World, endpoint: Endpoint) -> list[Case]:
    found = []
    for effect in effects(endpoint, "create", "update"):
        record = world.project.record(effect.record)
        if record is None or effect.many:
            continue
        for names in unique_sets(record):
            case = _duplicate(world, endpoint, effect, record, names)
            if case:
                found.append(case)
    return found


def unique_sets(record: Record) -> list[tuple[str, ...]]:
    """The sets of fields that no two rows share, keys that the database makes left out."""
    single = [(each.name,) for each in record.fields if each.unique and not each.primary_key]
    return [*single, *(each for each in record.unique if len(each) > 1)]


def _duplicate(
    world: World, endpoint: Endpoint, effect: Effect, record: Record, names: tuple[str, ...]
) -> Case | None:
    if effect.action == "update" and len(names) > 1:
        return None
    play = scene(world, endpoint)
    values = {each.field: sent_value(play, each, play.sent) for each in effect.values}
    if any(values.get(name) is None for name in names):
        return None
    fields = [record.field(name) for name in names]
    pairs = tuple((f.name, typed(f, v)) for f in fields if f and (v := values[f.name]) is not None)
    if not any(isinstance(value, Literal) for _, value in pairs) and len(names) == 1:
        return None
    expected = _duplicate_answer(world, endpoint, record, names)
    if expected is None:
        return None
    other = Seed(
        record=record.name, name=f"other_{words(record.name).replace(' ', '_')}", values=pairs
    )
    if other.name in {each.name for each in play.seeds}:
        other = other.replace(name=f"earlier_{words(record.name).replace(' ', '_')}")
    return draft(
        world,
        endpoint,
        _duplicate_title(world, endpoint, record, names),
        nothing_changes(world, play.with_seeds(other), expected),
        kind="lifecycle",
        column="edge",
        because=(expected.because,),
    )


def _duplicate_answer(
    world: World, endpoint: Endpoint, record: Record, names: tuple[str, ...]
) -> Expected | None:
    for each in law.of(endpoint, "duplicate"):
        named = {part.strip() for part in each.field.split(",") if part.strip()}
        if each.record in ("", record.name) and (not named or named & {*names}):
            return law.refused(each, f"{listed(names)} taken")
    unclear = {each.status for each in law.of(endpoint, "unknown")} & {400, 409, 422}
    return law.rest(f"{listed(names)} taken is a conflict", *sorted({409, *unclear}))


def _duplicate_title(
    world: World, endpoint: Endpoint, record: Record, names: tuple[str, ...]
) -> str:
    what = words(record.name)
    if len(names) == 1:
        change = "a change to" if endpoint.method in ("PUT", "PATCH") else f"a second {what} with"
        return (
            f"refuses {change} the same {words(names[0])}"
            if change[2] == "s"
            else (f"refuses {change} {a(words(names[0]))} that another {what} has")
        )
    owner = world.owner_field(record)
    rest = [each.removesuffix("_id") for each in names if not owner or each != owner.name]
    return f"refuses a second {what} of the same {listed([words(each) for each in rest])}"


# --- states ------------------------------------------------------------------------


def _states(world: World, endpoint: Endpoint) -> list[Case]:
    found = []
    for refusal in law.of(endpoint, "state"):
        record = world.project.record(refusal.record)
        field = record.field(refusal.field) if record else None
        if record and field:
            for value in refused_states(record, field, refusal)[: 3 if field.enum else 1]:
                found += _in_state(world, endpoint, record, field, value, refusal)
    return found


def _in_state(
    world: World, endpoint: Endpoint, record: Record, field: Field, value: Any, refusal: Refusal
) -> list[Case]:
    pairs = ((field.name, Literal(value=value)),)
    play = scene(world, endpoint, given={record.name: pairs})
    if record.name not in {each.record for each in play.seeds}:
        return []
    expected = law.refused(refusal, f"{field.name} is {value}")
    thing = words(record.name)
    verb = _infinitive(deed(world, endpoint).partition(" ")[0])
    if field.enum or isinstance(value, str):
        state = f"{a(f'{words(str(value))} {thing}')}"
    elif isinstance(value, bool):
        state = (
            f"{a(thing)} that is {'' if value else 'not '}{words(field.name).removeprefix('is ')}"
        )
    else:
        state = f"{a(thing)} with too little {words(field.name)}"
    same = record.name == play.record and noun(world, endpoint) == thing
    title = (
        f"refuses to {verb} {state}" if same else f"refuses {_thing(world, endpoint)} for {state}"
    )
    return [
        draft(
            world,
            endpoint,
            title,
            nothing_changes(world, play, expected),
            kind="lifecycle",
            column="edge",
            because=(expected.because,),
        )
    ]


# --- single changes ------------------------------------------------------------------


def _single_changes(world: World, endpoint: Endpoint) -> list[Case]:
    """A partial update changes only what was sent: one row of the table per field."""
    effect = next((e for e in effects(endpoint, "update") if e.partial and not e.many), None)
    record = world.project.record(effect.record) if effect else None
    if effect is None or record is None or len(record.primary_key) != 1:
        return []
    play = scene(world, endpoint)
    row = play.target if play.record == record.name else play.caller
    changes = _changes(play, effect, record)
    if not row or not changes or not (play.record == record.name or record is world.user):
        return []
    key = record.primary_key[0].name
    stored = tuple((name, column(name)) for name in changes)
    expected = law.success(endpoint)
    steps: tuple[Step, ...] = (
        *play.arrange,
        play.call.replace(body=column("changes")),
        Status(codes=expected.codes),
        Row(record=record.name, where=((key, Ref(name=row, path=(key,))),), values=stored),
    )
    variations = tuple(_only(world, play, name, changes, row, record) for name in changes)
    owner = "the caller" if record is world.user else a(words(record.name))
    return [
        draft(
            world,
            endpoint,
            f"changes only the field of {owner} that was sent",
            steps,
            kind="lifecycle",
            column="edge",
            because=(
                Because(text="only the members that were sent are written", place=effect.place),
            ),
            variations=variations,
            columns=("changes", *changes),
            witnessed=play.sure,
        )
    ]


def _changes(play: Scene, effect: Effect, record: Record) -> dict[str, tuple[str, Value]]:
    """By stored field: the body member that changes it, and its new value."""
    found = {}
    for each in effect.values:
        field = record.field(each.field)
        value = sent_value(play, each, play.sent) if is_direct(each.origin) else None
        if field and value is not None and "." not in plain(each.origin.name):
            found[field.name] = (plain(each.origin.name), typed(field, value))
    return found


def _only(
    world: World,
    play: Scene,
    name: str,
    changes: dict[str, tuple[str, Value]],
    row: str,
    record: Record,
) -> Variation:
    member, value = changes[name]
    sent = play.sent[member]
    cells: list[tuple[str, Value]] = [("changes", Mapping(members=((member, sent),)))]
    for each in changes:
        kept = Ref(name=row, path=(each,))
        cells.append((each, value if each == name else kept))
    return Variation(id=f"the {words(name)}", cells=tuple(cells))


# --- deleting ------------------------------------------------------------------------


def _twice_deleted(world: World, endpoint: Endpoint) -> list[Case]:
    if endpoint.method != "DELETE" or not path_names(endpoint.path):
        return []
    name = path_names(endpoint.path)[-1]
    key = world.path_key(endpoint, name)
    expected = _missing_answer(world, endpoint, key[0], name) if key else None
    removes = key and any(each.record == key[0].name for each in effects(endpoint, "delete"))
    if key is None or expected is None or not removes:
        return []
    play = scene(world, endpoint)
    steps = (
        *play.arrange,
        play.call.replace(name="first"),
        play.call,
        Status(codes=law.success(endpoint).codes, of="first"),
        Status(codes=expected.codes),
    )
    return [
        draft(
            world,
            endpoint,
            f"has no {words(key[0].name)} left to delete a second time",
            steps,
            kind="lifecycle",
            column="edge",
            because=(expected.because,),
        )
    ]


def _referenced(world: World, endpoint: Endpoint) -> list[Case]:
    """A row that others depend on stays, or takes them along, as declared."""
    if endpoint.method != "DELETE" or not effects(endpoint, "delete"):
        return []
    play = scene(world, endpoint)
    record = world.project.record(play.record)
    if record is None:
        return []
    found = []
    for child, field, on_delete in children(world, record):
        seed = Seed(
            record=child.name,
            name=words(child.name).replace(" ", "_"),
            values=((field.name, Ref(name=play.target, path=(record.primary_key[0].name,))),),
        )
        if seed.name in {each.name for each in play.seeds}:
            continue
        case = _with_child(world, play.with_seeds(seed), record, child, on_delete)
        if case:
            found.append(case)
    return found


def children(world: World, record: Record) -> list[tuple[Record, Field, str]]:
    """The records whose rows point at `record`, by which field, and what ON DELETE says."""
    found = []
    for child in world.project.records:
        for field in child.fields:
            if field.references.startswith(f"{record.name}.") and child.name != record.name:
                relation = next((e for e in child.relations if e.field == field.name), None)
                found.append((child, field, relation.on_delete if relation else ""))
    return found


def _with_child(
    world: World, play: Scene, record: Record, child: Record, on_delete: str
) -> Case | None:
    declared = [
        each for each in law.of(play.endpoint, "referenced") if each.record in ("", child.name)
    ]
    what, others = words(record.name), words(child.name)
    if declared:
        expected = law.refused(declared[0], f"{a(others)} depends on it")
        steps = nothing_changes(world, play, expected)
        title = f"refuses to delete {a(what)} that {a(others)} depends on"
    elif on_delete == "cascade" and len(child.primary_key) == 1:
        expected = law.success(play.endpoint)
        key = child.primary_key[0].name
        seed = play.seeds[-1].name
        gone = Row(record=child.name, where=((key, Ref(name=seed, path=(key,))),), absent=True)
        steps = (*play.arrange, play.call, Status(codes=expected.codes), gone)
        title = f"deletes the {others} together with {a(what)}"
    elif (
        on_delete in ("restrict", "no_action")
        and world.strict_database
        and _is_plain(play.endpoint)
    ):
        expected = law.rest(f"{a(others)} depends on it", 400, 409, 422)
        steps = nothing_changes(world, play, expected)
        title = f"refuses to delete {a(what)} that {a(others)} depends on"
    else:
        return None
    return draft(
        world,
        play.endpoint,
        title,
        steps,
        kind="lifecycle",
        column="edge",
        because=(expected.because,),
        witnessed=play.sure,
    )


def _is_plain(endpoint: Endpoint) -> bool:
    """True when the handler only deletes this one row and refuses nothing that we do not understand."""
    return len(effects(endpoint, "create", "update", "delete")) == 1 and not law.of(
        endpoint, "unknown"
    )


# --- a whole life ----------------------------------------------------------------------


def lives(world: World) -> list[Case]:
    """Per record: created, read, changed, read, deleted, and then missing, over HTTP alone."""
    found = []
    for record in world.project.records:
        case = _life(world, record)
        if case:
            found.append(case)
    return found


def _life(world: World, record: Record) -> Case | None:
    create = _that(world, record, "POST", by_key=False)
    read = _that(world, record, "GET", by_key=True)
    update = _that(world, record, "PATCH", by_key=True) or _that(world, record, "PUT", by_key=True)
    delete = _that(world, record, "DELETE", by_key=True)
    if create is None or read is None or not (update or delete):
        return None
    key = record.primary_key[0] if len(record.primary_key) == 1 else None
    answer = members(answer_schema(create))
    if key is None or key.name not in answer:
        return None
    try:
        return _told(world, record, (create, read, update, delete), answer[key.name][0])
    except NoScene:
        return None


def _that(world: World, record: Record, method: str, *, by_key: bool) -> Endpoint | None:
    """The one endpoint with this method for this record, whose path ends in the record's key or has none."""
    for each in world.endpoints:
        names = path_names(each.path)
        ends = each.path.rstrip("/").endswith("}")
        if each.method != method or main_record(world, each) != record or ends != by_key:
            continue
        key = world.path_key(each, names[-1]) if names else None
        if by_key and (key is None or key[0] != record or not key[1].primary_key or len(names) > 1):
            continue
        if method == "POST" and not any(e.record == record.name for e in effects(each, "create")):
            continue
        return each
    return None


Four = tuple[Endpoint, Endpoint, Endpoint | None, Endpoint | None]


def _told(world: World, record: Record, four: Four, where: tuple[str | int, ...]) -> Case | None:
    create, read, update, delete = four
    play = scene(world, create)
    made = Ref(name="created", path=where)
    steps: list[Step] = [*play.arrange, play.call.replace(name="created")]
    steps.append(Status(codes=law.success(create).codes, of="created"))
    logins = {each.name for each in steps if isinstance(each, Login)}
    calls = [(read, "read", play.sent), (update, "updated", None), (delete, "deleted", None)]
    for endpoint, name, sent in calls:
        if endpoint is None:
            continue
        call, extra = _follow(world, endpoint, play, made)
        if call is None or (call.login and call.login not in logins):
            return None
        steps += [
            *extra,
            call.replace(name=name),
            Status(codes=law.success(endpoint).codes, of=name),
        ]
        if sent is not None:
            steps += _reads_back(world, read, create, play, sent, name)
        if name == "updated":
            steps += _read_again(world, read, endpoint, play, made, call)
    if delete is not None:
        expected = law.missing(read, record.name, origin="path", name=path_names(read.path)[-1])
        codes = expected.codes if expected else (404,)
        call, _ = _follow(world, read, play, made)
        if call is None:
            return None
        steps += [call.replace(name="gone"), Status(codes=codes, of="gone")]
    return Case(
        id="",
        title=f"keeps {a(words(record.name))} from its creation to {'its deletion' if delete else 'a change'}",
        kind="lifecycle",
        column="edge",
        subject=create.key,
        group=world.group(create),
        steps=tuple(steps),
        because=(law.success(create).because,),
        witnessed=play.sure,
    )


def _follow(
    world: World, endpoint: Endpoint, play: Scene, made: Ref
) -> tuple[Call | None, tuple[Step, ...]]:
    """The endpoint's request for the created row by the same caller, and what it newly needs."""
    own = scene(world, endpoint)
    if own.caller not in ("", play.caller):
        return None, ()
    names = path_names(endpoint.path)
    parameters = tuple(
        (name, made if name == names[-1] else value) for name, value in own.call.parameters
    )
    taken = {each.name for each in play.seeds}
    extra = []
    body = own.call.body
    for each in own.seeds:
        if each.name == own.target or each.name in taken:
            continue
        extra.append(each)
    if any(isinstance(v, Ref) and v.name == own.target for _, v in own.sent.items()):
        return None, ()
    return own.call.replace(parameters=parameters, body=body), tuple(extra)


def _reads_back(
    world: World, read: Endpoint, create: Endpoint, play: Scene, sent: dict[str, Value], name: str
) -> list[Step]:
    """The sent members in the answer of the reading endpoint."""
    shown = replace(play, endpoint=create.replace(responses=read.responses, status=read.status))
    steps = echoes(world, shown, sent)
    return [each.replace(of=name) for each in steps if isinstance(each, Body)]


def _read_again(
    world: World, read: Endpoint, update: Endpoint, play: Scene, made: Ref, call: Call
) -> list[Step]:
    own = scene(world, update)
    again, _ = _follow(world, read, play, made)
    if again is None:
        return []
    checks = _reads_back(world, read, update, own, own.sent, "read_again")
    return [again.replace(name="read_again"), *checks]
