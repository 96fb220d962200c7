"""Whose a row is, in the body of its change: an owner whom the creation takes from the caller is nobody's to name."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Field, Record
from comfrey.model.step import Row, Seed, Status
from comfrey.model.value import Literal, Ref, With
from comfrey.planner import law
from comfrey.planner.builders import persona, plain_persona
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import draft
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import is_direct
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, effects, plain, reference_of

REFUSED = (400, 403, 422)


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A change that names another owner, sent by a plain caller to a row of theirs: it stays theirs."""
    if not endpoint.auth or world.user is None or world.requirements(endpoint):
        return []
    for effect in effects(endpoint, "update"):
        record = world.project.record(effect.record)
        own = world.owner_field(record) if record else None
        member = _member(effect, own) if own else ""
        maker = _maker(world, record, own) if record and own and member else None
        if record is not None and own is not None and maker is not None:
            return _kept(world, endpoint, record, own, member, maker)
    return []


def _member(effect: Effect, own: Field) -> str:
    """The member of the body that is stored as the owner, or ""."""
    for each in effect.values:
        if each.field == own.name and each.origin.kind == "body" and is_direct(each.origin):
            return plain(each.origin.name)
    return ""


def _maker(world: World, record: Record, own: Field) -> Endpoint | None:
    """The endpoint that makes such rows and takes their owner from the caller."""
    for endpoint in world.endpoints:
        for effect in effects(endpoint, "create"):
            same = (each for each in effect.values if each.field == own.name)
            if effect.record == record.name and any(e.origin.kind == "caller" for e in same):
                return endpoint
    return None


def _kept(
    world: World, endpoint: Endpoint, record: Record, own: Field, member: str, maker: Endpoint
) -> list[Case]:
    play = scene(world, endpoint)
    who, user = plain_persona(world), world.user
    if play.record != record.name or len(record.primary_key) != 1 or user is None:
        return []
    if persona(world, world.requirements(maker)) != who or "." in member:
        return []
    other, key = f"other_{who.name}", reference_of(own)[1]
    body = With(base=play.body, path=Literal(value=member), value=Ref(name=other, path=(key,)))
    name = record.primary_key[0].name
    kept = Row(
        record=record.name,
        where=((name, Ref(name=play.target, path=(name,))),),
        values=((own.name, Ref(name=play.caller, path=(key,))),),
    )
    steps = (
        *play.arrange,
        Seed(record=user.name, name=other, values=who.values),
        play.call.replace(body=body),
        Status(codes=(*law.success(endpoint).codes, *REFUSED)),
        kept,
    )
    text = f"{maker.key} takes the {words(member)} from who is calling"
    because = Because(text=text, place=maker.handler.place)
    title = f"keeps {a(words(record.name))} with its {words(member)} where it {deed(world, endpoint)} for another"
    return [
        draft(
            world,
            endpoint,
            title,
            steps,
            kind="auth",
            because=(because,),
            witnessed=play.sure,
        )
    ]
