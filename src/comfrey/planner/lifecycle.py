"""A whole life over HTTP: created, read, changed, read, deleted, and then missing."""

from __future__ import annotations

from dataclasses import replace

from comfrey.model.endpoint import Endpoint
from comfrey.model.plan import Case
from comfrey.model.record import Record
from comfrey.model.step import Body, Call, Login, Seed, Status, Step
from comfrey.model.value import Ref, Value
from comfrey.planner import law
from comfrey.planner.deeds import main_record
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import (
    echoes,
    members,
)
from comfrey.planner.scenes import NoScene, Scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import (
    World,
    answer_schema,
    effects,
    path_names,
    written,
)


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
        if method != "GET" and record.name not in (written(each) or (record.name,)):
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
        if (
            each.name == own.target
            or each.name in taken
            or _comes_along(world, play.endpoint, own, each)
        ):
            continue
        values = tuple((n, made if _leads_to(own, v) else v) for n, v in each.values)
        extra.append(each.replace(values=values))
    if any(isinstance(v, Ref) and v.name == own.target for _, v in own.sent.items()):
        return None, ()
    return own.call.replace(parameters=parameters, body=body), tuple(extra)


def _leads_to(own: Scene, value: Value) -> bool:
    """Whether it is the key of the row that the endpoint is called for: here the created one stands for it."""
    return isinstance(value, Ref) and value.name == own.target


def _comes_along(world: World, created: Endpoint, own: Scene, seed: Seed) -> bool:
    """Whether the request that created the row, or code by itself, has made such a row along with it."""
    record = world.project.record(seed.record)
    if any(each.record == seed.record for each in effects(created, "create")):
        return True
    keys = record.along.split(",") if record is not None and record.along else []
    return any(name in keys and _leads_to(own, value) for name, value in seed.values)


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
