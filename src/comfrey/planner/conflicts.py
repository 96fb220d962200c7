"""What stands against a request: a value that is taken, a row in a state that forbids it."""

from __future__ import annotations

from typing import Any

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect, Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Field, Record
from comfrey.model.step import Seed
from comfrey.model.value import Computed, Literal, Ref, With
from comfrey.planner import law
from comfrey.planner.builders import builder
from comfrey.planner.deeds import deed, infinitive, is_registration, noun, request_noun, thing
from comfrey.planner.drafts import draft, nothing_changes
from comfrey.planner.law import Expected
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import (
    schema_at,
    sent_value,
    typed,
)
from comfrey.planner.scenes import Scene
from comfrey.planner.states import must_match, refused_states
from comfrey.planner.wording import a, listed, words
from comfrey.planner.world import (
    World,
    effects,
    plain,
)


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """Each unique set that the request fills, each state that it is refused in."""
    return [
        *_duplicates(world, endpoint),
        *_states(world, endpoint),
        *_on_oneself(world, endpoint),
        *_stale(world, endpoint),
    ]


def _duplicates(world: World, endpoint: Endpoint) -> list[Case]:
    found = []
    for effect in effects(endpoint, "create", "update"):
        record = world.project.record(effect.record)
        if record is None or effect.many:
            continue
        for names in (*unique_sets(record), *_asked_first(endpoint, effect, record)):
            case = _duplicate(world, endpoint, effect, record, names)
            if case:
                found.append(case)
    return found


def _asked_first(endpoint: Endpoint, effect: Effect, record: Record) -> list[tuple[str, ...]]:
    """The fields that no constraint keeps apart, but whose value the code looks up, by nothing else, and refuses where
    some row has it."""
    if effect.action != "create":
        return []
    kept = {names[0] for names in unique_sets(record) if len(names) == 1}
    looked_up = {each.where[0] for each in effects(endpoint, "read") if len(each.where) == 1}
    return [
        (each.field,)
        for each in law.of(endpoint, "duplicate")
        if each.record == record.name and each.field not in kept and record.field(each.field)
        if any((e.field, e.origin) == (each.field, each.origin) for e in looked_up)
    ]


def unique_sets(record: Record) -> list[tuple[str, ...]]:
    """The sets of fields that no two rows share, keys that the database makes left out."""
    single = [(each.name,) for each in record.fields if each.unique and not each.primary_key]
    return [*single, *(each for each in record.unique if len(each) > 1)]


def _duplicate(
    world: World, endpoint: Endpoint, effect: Effect, record: Record, names: tuple[str, ...]
) -> Case | None:
    if (effect.action == "update" and len(names) > 1) or builder(world, record) is None:
        return None
    play = scene(world, endpoint)
    values = {each.field: sent_value(play, each, play.sent) for each in effect.values}
    if any(values.get(name) is None for name in names):
        return None
    fields = [record.field(name) for name in names]
    pairs = tuple((f.name, typed(f, v)) for f in fields if f and (v := values[f.name]) is not None)
    if not any(isinstance(value, Literal) for _, value in pairs) and len(names) == 1:
        return None
    expected = _duplicate_answer(world, endpoint, effect, names)
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
        witnessed=play.sure,
    )


def _duplicate_answer(
    world: World, endpoint: Endpoint, effect: Effect, names: tuple[str, ...]
) -> Expected | None:
    """What is said of a taken value; None where a row that is there already is simply used."""
    for each in law.of(endpoint, "duplicate"):
        named = {part.strip() for part in each.field.split(",") if part.strip()}
        if each.record in ("", effect.record) and (not named or named & {*names}):
            return law.refused(each, f"{listed(names)} taken")
    if _is_validated(endpoint, effect, names):
        status = law.invalid(world, endpoint)
        text = f"a validator asks whether the {listed(names)} is taken"
        return Expected(codes=status.codes, because=Because(text=text, law="convention"))
    record = world.project.record(effect.record)
    if effect.action == "create" and (effect.conditional or (record and record.joins)):
        return None  # Django's `add` leaves what belongs together already as it is
    unclear = {each.status for each in law.of(endpoint, "unknown")} & {400, 409, 422}
    usual = law.convention(world, "duplicate")
    unclear |= {usual} if isinstance(usual, int) else set()
    return law.rest(f"{listed(names)} taken is a conflict", *sorted({409, *unclear}))


def _is_validated(endpoint: Endpoint, effect: Effect, names: tuple[str, ...]) -> bool:
    """Whether a validator of the body looks for the value before it is stored."""
    members = (plain(each.origin.name) for each in effect.values if each.field in names)
    schemas = (schema_at(endpoint, each) for each in members)
    return any(each is not None and each.unique for each in schemas)


def _duplicate_title(
    world: World, endpoint: Endpoint, record: Record, names: tuple[str, ...]
) -> str:
    what = words(record.name)
    if len(names) == 1 and endpoint.method in ("PUT", "PATCH"):
        own = "one's own " if thing(world, endpoint).startswith("the caller") else ""
        to = f"{own}{words(names[0])}" if own else a(words(names[0]))
        return (
            f"refuses to change {to} into that of another {what}"
            if own
            else (f"refuses a change to {to} that another {what} has")
        )
    if len(names) == 1 and is_registration(world, endpoint):
        return f"refuses to register the same {words(names[0])} twice"
    if len(names) == 1:
        return f"refuses a second {what} with the same {words(names[0])}"
    owner = world.owner_field(record)
    rest = [each.removesuffix("_id") for each in names if not owner or each != owner.name]
    return f"refuses a second {what} of the same {listed([words(each) for each in rest])}"


def _measured(thing: str, field: Field, value: Any, refusal: Refusal) -> str:
    """A row in words whose number is refused: beside the time of day it has expired."""
    low = refusal.operator in ("lt", "le")
    if refusal.origin is not None and refusal.origin.kind == "now" and low:
        return a(f"expired {thing}")
    if refusal.operator in ("eq", "ne"):
        return f"{a(thing)} with a {words(field.name)} of {value}"
    return f"{a(thing)} with too {'little' if low else 'much'} {words(field.name)}"


def _states(world: World, endpoint: Endpoint) -> list[Case]:
    found = []
    for refusal in law.of(endpoint, "state"):
        record = world.project.record(refusal.record)
        field = record.field(refusal.field) if record else None
        if record and field and not must_match(refusal):
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
    if _is_looked_for(endpoint, record, field):
        missed = law.of(endpoint, "missing")
        codes = {*expected.codes, *(each.status for each in missed)}
        expected = expected.replace(codes=tuple(sorted(codes)))
    thing = words(record.name)
    verb = infinitive(deed(world, endpoint).partition(" ")[0])
    if field.enum or isinstance(value, str):
        state = f"{a(f'{words(str(value))} {thing}')}"
    elif isinstance(value, bool):
        state = (
            f"{a(thing)} that is {'' if value else 'not '}{words(field.name).removesuffix(' flag')}"
        )
    else:
        state = _measured(thing, field, value, refusal)
    same = record.name == play.record and noun(world, endpoint) == thing
    title = (
        f"refuses to {verb} {state}"
        if same
        else f"refuses {request_noun(world, endpoint)} for {state}"
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
            witnessed=play.sure,
        )
    ]


def _is_looked_for(endpoint: Endpoint, record: Record, field: Field) -> bool:
    """Whether rows are selected by the very state: those in another are not found."""
    names = {field.name, f"{record.name}.{field.name}"}
    return any(
        each.origin.kind == "constant" and each.field in names
        for effect in effects(endpoint, "read", "lock")
        for each in effect.where
    )


def _on_oneself(world: World, endpoint: Endpoint) -> list[Case]:
    """What a caller may do to others and not to their own row."""
    found = []
    for refusal in endpoint.refusals:
        key = world.user.field(refusal.field) if world.user else None
        by_caller = refusal.origin is not None and refusal.origin.kind == "caller"
        if refusal.condition != "state" or refusal.operator != "eq" or not by_caller:
            continue
        if world.user is None or refusal.record != world.user.name or key is None:
            continue
        play = scene(world, endpoint)
        own = tuple(
            (name, Ref(name=play.caller, path=value.path))
            if isinstance(value, Ref) and value.name == play.target
            else (name, value)
            for name, value in play.call.parameters
        )
        if not key.primary_key or not play.caller or own == play.call.parameters:
            continue
        expected = law.refused(refusal, "one's own row")
        verb = infinitive(deed(world, endpoint).partition(" ")[0])
        title = f"refuses to {verb} the caller's own {words(refusal.record)}"
        steps = nothing_changes(world, play.calling(parameters=own), expected)
        case = draft(
            world,
            endpoint,
            title,
            steps,
            kind="lifecycle",
            column="edge",
            because=(expected.because,),
            witnessed=play.sure,
        )
        found.append(case)
    return found


def _stale(world: World, endpoint: Endpoint) -> list[Case]:
    """A number that the request must have read from the row, and has not."""
    found = []
    for refusal in law.of(endpoint, "state"):
        record = world.project.record(refusal.record)
        field = record.field(refusal.field) if record else None
        if not must_match(refusal) or field is None or field.type not in ("integer", "bigint"):
            continue
        play = scene(world, endpoint)
        name = next((n for n, v in play.sent.items() if v == _held(play, refusal)), "")
        if not name or record is None:
            continue
        other = Computed(operation="add", of=(play.sent[name], Literal(value=1)))
        body = With(base=play.body, path=Literal(value=name), value=other)
        expected = law.refused(refusal, f"{field.name} is not the one that is stored")
        found.append(
            draft(
                world,
                endpoint,
                f"refuses {request_noun(world, endpoint)} for another {words(field.name)}",
                nothing_changes(world, play.calling(body=body), expected),
                kind="lifecycle",
                column="edge",
                because=(expected.because,),
                witnessed=play.sure,
            )
        )
    return found


def _held(play: Scene, refusal: Refusal) -> Ref:
    return Ref(name=play.rows.get(refusal.record, ""), path=(refusal.field,))
