"""What a cached list shows after a write: the new state, where the project forgets its cache on writing.

A cache that is only left to expire is a choice; that one write of a record empties it is the witness that
every write of the record must.
"""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, ServiceUse
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Record
from comfrey.model.step import Body, Call, Status, Step
from comfrey.model.value import Literal, Sequence, Value
from comfrey.planner import law
from comfrey.planner.deeds import main_record
from comfrey.planner.drafts import draft
from comfrey.planner.listing import item_schema
from comfrey.planner.needs import scene
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import plural, words
from comfrey.planner.world import World, effects, written

CACHE = "cache"
SAYS = {
    "create": "shows the new {one} in the {many} that were asked for before",
    "update": "shows the changed {one} in the {many} that were asked for before",
    "delete": "shows no deleted {one} in the {many} that were asked for before",
}


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """One case per list that a cache keeps and that this write must renew."""
    record = main_record(world, endpoint)
    if endpoint.method == "GET" or record is None or written(endpoint) != (record.name,):
        return []
    lists = (each for each in world.endpoints if _is_kept(world, each, record))
    found = (_case(world, endpoint, each, record) for each in lists)
    return [each for each in found if each is not None]


def _is_kept(world: World, endpoint: Endpoint, record: Record) -> bool:
    listing = endpoint.listing
    if listing is None or listing.record != record.name or endpoint.method != "GET":
        return False
    narrowed = listing.scope or any(not each.optional for each in listing.filters)
    return not narrowed and bool(_cached(world, endpoint))


def _cached(world: World, endpoint: Endpoint) -> list[ServiceUse]:
    kinds = {each.name: each.kind for each in world.project.services}
    return [each for each in endpoint.services if kinds.get(each.service) == CACHE]


def _witness(world: World, shown: Endpoint, record: Record) -> ServiceUse | None:
    """Where a write of the record reaches the cache that keeps the list."""
    kept = {each.service for each in _cached(world, shown)}
    for each in world.endpoints:
        if each.method != "GET" and record.name in written(each):
            for use in _cached(world, each):
                if use.service in kept:
                    return use
    return None


def _case(world: World, endpoint: Endpoint, shown: Endpoint, record: Record) -> Case | None:
    witness, play = _witness(world, shown, record), scene(world, endpoint)
    asked = _asked(world, shown, play)
    action = next((each for each in SAYS if effects(endpoint, each)), "")
    looks = _looks(shown, play, record, action)
    if witness is None or asked is None or looks is None or not _is_alone(world, play, record):
        return None
    seen = Status(codes=law.success(shown).codes, of="before")
    steps: tuple[Step, ...] = (
        *play.arrange,
        asked.replace(name="before"),
        play.call,
        asked.replace(name="after"),
        seen,
        Status(codes=law.success(endpoint).codes),
        looks,
    )
    because = Because(
        text=f"a write of {plural(words(record.name))} empties the cache", place=witness.place
    )
    return draft(
        world,
        endpoint,
        SAYS[action].format(one=words(record.name), many=plural(words(record.name))),
        steps,
        kind="lifecycle",
        column="edge",
        because=(because,),
    )


def _asked(world: World, shown: Endpoint, play: Scene) -> Call | None:
    """The request for the list, by the same caller or by nobody; None where it needs rows of its own."""
    own = scene(world, shown)
    needed = {each.name for each in own.seeds} - {own.caller}
    if needed or own.call.parameters or own.caller not in ("", play.caller):
        return None
    return own.call


def _is_alone(world: World, play: Scene, record: Record) -> bool:
    """Whether the written row is the only one of its record."""
    tables = world.facts.tables if world.facts else ()
    held = any(each.name == record.table and each.rows for each in tables)
    others = [each for each in play.seeds if each.record == record.name]
    is_user = world.user is not None and world.user.name == record.name
    return not held and not is_user and all(each.name == play.target for each in others)


def _looks(shown: Endpoint, play: Scene, record: Record, action: str) -> Body | None:
    """What the list must hold after the write."""
    listing = shown.listing
    assert listing is not None
    path = tuple(listing.items.split(".")) if listing.items else ()
    if action == "delete":
        return Body(path=path, match="length", value=Literal(value=0), of="after")
    told = _told(shown, play, record)
    if told is None:
        return None
    name, value = told
    return Body(path=path, match="set", key=name, value=Sequence(items=(value,)), of="after")


def _told(shown: Endpoint, play: Scene, record: Record) -> tuple[str, Value] | None:
    """A text that is sent and that the list shows under the same name."""
    item = item_schema(shown, shown.listing) if shown.listing else None
    for name, value in play.sent.items():
        field = record.field(name)
        if item is None or field is None or item.property(name) is None:
            continue
        if field.type in ("string", "text") and isinstance(value, Literal):
            return name, value
    return None
