"""Several writes are one: when any of them fails none of them stands, and what is locked is had once."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect, Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Record
from comfrey.model.step import Fail, Remember, Row, Rows, Status, Together, Unchanged
from comfrey.model.value import Literal, Ref
from comfrey.planner import law
from comfrey.planner.drafts import BEFORE, draft
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import happens
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import a, plural, words
from comfrey.planner.world import WRITES, World, effects, main_effect, plain, written

OPERATIONS = {"create": "insert", "update": "update", "delete": "delete"}
SERVED = 2
"""For how many of four requests at once there is enough: the first of all may come through before the
others have a connection, so only the later ones surely meet."""
SAID = {"create": "stored", "update": "changed", "delete": "removed"}


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A failure in every step of a handler that writes more than once; the race for what is scarce."""
    found: list[Case] = []
    if len(effects(endpoint, *WRITES)) > 1:
        play = scene(world, endpoint)
        steps = _steps(world, play)
        if len(steps) > 1 and _belong_together(world, steps):
            found += [_failing(world, play, each) for each in steps if _happens(world, play, each)]
    if not found and endpoint.swallows:
        found += _claimed(world, scene(world, endpoint))
    return [*found, *_races(world, endpoint)]


def _claimed(world: World, play: Scene) -> list[Case]:
    """A write that fails is not answered as if it had been done, where the code catches what went wrong."""
    step = main_effect(play.endpoint, play.record)
    if step is None or step.record != play.endpoint.swallows or not _happens(world, play, step):
        return []
    because = Because(text="what could not be done is not answered as done", place=step.place)
    steps = (
        *play.arrange,
        Fail(record=step.record, operation=OPERATIONS[step.action], nth=1),
        play.call,
        Status(codes=(), other_than=(play.endpoint.status,)),
    )
    thing = a(words(step.record))
    return [
        draft(
            world,
            play.endpoint,
            f"claims no success when {thing} cannot be {SAID[step.action]}",
            steps,
            kind="transaction",
            because=(because,),
            witnessed=play.sure,
        )
    ]


def _steps(world: World, play: Scene) -> list[Effect]:
    """The writes that surely happen, each table and operation once."""
    found: dict[tuple[str, str], Effect] = {}
    for each in effects(play.endpoint, *WRITES):
        if world.project.record(each.record) and happens(world, play, each):
            found.setdefault((each.record, each.action), each)
    return list(found.values())


def _happens(world: World, play: Scene, step: Effect) -> bool:
    """True when the step surely touches a row: it makes one, or changes one that the scene holds. No
    document database can be told to keep a document."""
    if step.action == "delete" and _is_document(world, step.record):
        return False
    return step.action == "create" or step.record in play.rows


def _belong_together(world: World, steps: list[Effect]) -> bool:
    """True when the source says that the writes share a transaction, or one row cannot do without another."""
    if len({each.atomic for each in steps}) == 1 and steps[0].atomic:
        return True
    names = {each.record for each in steps}
    if any(_is_document(world, name) for name in names):
        return False
    for name in names:
        record = world.project.record(name)
        for field in record.fields if record else ():
            target = field.references.partition(".")[0]
            if target in names and target != name:
                return True
    return False


def _is_document(world: World, name: str) -> bool:
    """Documents stand each for itself: only a transaction that the source opens joins them."""
    record = world.project.record(name)
    return record is not None and record.store == "document"


def _failing(world: World, play: Scene, step: Effect) -> Case:
    records = tuple(each for each in written(play.endpoint) if world.project.record(each))
    because = Because(text="what is written together stands or falls together", place=step.place)
    steps = (
        *play.arrange,
        Remember(name=BEFORE, records=records),
        Fail(record=step.record, operation=OPERATIONS[step.action], nth=1),
        play.call,
        Status(codes=(), other_than=(play.endpoint.status,)),
        Unchanged(name=BEFORE, but=play.endpoint.touches),
    )
    thing = a(words(step.record))
    return draft(
        world,
        play.endpoint,
        f"leaves nothing behind when {thing} cannot be {SAID[step.action]}",
        steps,
        kind="transaction",
        because=(because,),
        witnessed=play.sure,
    )


def _races(world: World, endpoint: Endpoint) -> list[Case]:
    """Two requests at once for what only suffices for one: however it is guarded, one may have it."""
    created = next((each for each in effects(endpoint, "create") if not each.many), None)
    found = []
    for refusal in law.of(endpoint, "state"):
        record = world.project.record(refusal.record)
        if created and record and refusal.operator == "lt":
            case = _race(world, endpoint, record, refusal, created)
            if case:
                found.append(case)
    return found


def _race(
    world: World, endpoint: Endpoint, record: Record, refusal: Refusal, created: Effect
) -> Case | None:
    name = plain(refusal.origin.name) if refusal.origin else ""
    asked = next((v for key, v in scene(world, endpoint).sent.items() if plain(key) == name), None)
    if not isinstance(asked, Literal) or record.field(refusal.field) is None:
        return None
    if not isinstance(asked.value, int) or isinstance(asked.value, bool):
        return None
    enough = Literal(value=asked.value * SERVED)
    play = scene(world, endpoint, given={record.name: ((refusal.field, enough),)})
    made = world.project.record(created.record)
    if made is None or any(each.record == made.name for each in play.seeds):
        return None
    calls = tuple(play.call.replace(name=name) for name in ("first", "second", "third", "fourth"))
    left = _left(world, play, endpoint, record, refusal)
    steps = (*play.arrange, Together(calls=calls), Rows(record=made.name, count=SERVED), *left)
    because = Because(text=f"too little {refusal.field} is refused", place=refusal.place)
    what = words(refusal.field)
    return draft(
        world,
        endpoint,
        f"lets only two of four {plural(words(made.name))} at once have the last {what}",
        steps,
        kind="transaction",
        because=(because,),
        witnessed=play.sure,
    )


def _left(
    world: World, play: Scene, endpoint: Endpoint, record: Record, refusal: Refusal
) -> tuple[Row, ...]:
    """Nothing is left of what each request takes its part of."""
    takes = any(
        value.field == refusal.field and value.origin.operation == "sub"
        for each in effects(endpoint, "update")
        if each.record == record.name
        for value in each.values
    )
    key = record.primary_key[0].name if len(record.primary_key) == 1 else ""
    seed = play.rows.get(record.name, "")
    if not takes or not key or not seed:
        return ()
    where = ((key, Ref(name=seed, path=(key,))),)
    nothing = ((refusal.field, Literal(value=0)),)
    return (Row(record=record.name, where=where, values=nothing),)
