"""Several writes are one: when any of them fails none of them stands, and what is locked is had once."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect, Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Record
from comfrey.model.step import Fail, Remember, Rows, Status, Together, Unchanged
from comfrey.model.value import Literal
from comfrey.planner import law
from comfrey.planner.drafts import BEFORE, draft
from comfrey.planner.needs import Scene, scene
from comfrey.planner.wording import a, plural, words
from comfrey.planner.world import WRITES, World, effects, plain, written

OPERATIONS = {"create": "insert", "update": "update", "delete": "delete"}
SAID = {"create": "stored", "update": "changed", "delete": "removed"}


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A failure in every step of a handler that writes more than once; the race for what is scarce."""
    steps = _steps(world, endpoint)
    found: list[Case] = []
    if len(steps) > 1 and _belong_together(world, steps):
        play = scene(world, endpoint)
        found += [_failing(world, play, each) for each in steps if _happens(play, each)]
    return [*found, *_races(world, endpoint)]


def _steps(world: World, endpoint: Endpoint) -> list[Effect]:
    """The writes that surely happen, each table and operation once."""
    found: dict[tuple[str, str], Effect] = {}
    for each in effects(endpoint, *WRITES):
        if world.project.record(each.record) and not each.conditional:
            found.setdefault((each.record, each.action), each)
    return list(found.values())


def _happens(play: Scene, step: Effect) -> bool:
    """True when the step surely touches a row: it makes one, or changes one that the scene holds."""
    return step.action == "create" or step.record in play.rows


def _belong_together(world: World, steps: list[Effect]) -> bool:
    """True when the source says that the writes share a transaction, or one row cannot do without another."""
    if len({each.atomic for each in steps}) == 1 and steps[0].atomic:
        return True
    names = {each.record for each in steps}
    for name in names:
        record = world.project.record(name)
        for field in record.fields if record else ():
            target = field.references.partition(".")[0]
            if target in names and target != name:
                return True
    return False


def _failing(world: World, play: Scene, step: Effect) -> Case:
    records = tuple(each for each in written(play.endpoint) if world.project.record(each))
    because = Because(text="what is written together stands or falls together", place=step.place)
    steps = (
        *play.arrange,
        Remember(name=BEFORE, records=records),
        Fail(record=step.record, operation=OPERATIONS[step.action], nth=1),
        play.call,
        Status(codes=(), other_than=(play.endpoint.status,)),
        Unchanged(name=BEFORE),
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
    play = scene(world, endpoint, given={record.name: ((refusal.field, asked),)})
    made = world.project.record(created.record)
    if made is None or any(each.record == made.name for each in play.seeds):
        return None
    second = play.call.replace(name="second")
    steps = (
        *play.arrange,
        Together(calls=(play.call.replace(name="first"), second)),
        Rows(record=made.name, count=1),
    )
    because = Because(text=f"too little {refusal.field} is refused", place=refusal.place)
    what = words(refusal.field)
    return draft(
        world,
        endpoint,
        f"lets only one of two {plural(words(made.name))} at once have the last {what}",
        steps,
        kind="transaction",
        because=(because,),
        witnessed=play.sure,
    )
