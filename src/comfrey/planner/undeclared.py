"""A member that the body does not declare, where the validation is told to drop such."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.record import Field, Record
from comfrey.model.step import Rows, Status
from comfrey.model.value import Literal, With
from comfrey.planner import law
from comfrey.planner.absence import absent_key
from comfrey.planner.drafts import draft
from comfrey.planner.needs import scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, bare, effects


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """The key of what is created is the database's to give."""
    if endpoint.body is None or bare(endpoint.body.schema).extra != "strip":
        return []
    made = [each for each in effects(endpoint, "create") if not each.conditional]
    record = world.project.record(made[0].record) if made else None
    key = _given_key(record) if record else None
    sent = absent_key(key) if key else None
    if record is None or key is None or sent is None:
        return []
    if bare(endpoint.body.schema).property(key.name):
        return []
    play = scene(world, endpoint)
    expected = law.success(endpoint)
    steps = (
        *play.arrange,
        play.call.replace(body=With(base=play.body, path=Literal(value=key.name), value=sent)),
        Status(codes=expected.codes),
        Rows(record=record.name, count=0, where=((key.name, sent),)),
    )
    text = f"{key.name} is no member of the declared body, and others are dropped"
    return [
        draft(
            world,
            endpoint,
            f"gives {a(words(record.name))} a key of its own, whatever key is sent",
            steps,
            kind="validation",
            because=(expected.because, Because(text=text, place=endpoint.handler.place)),
            witnessed=play.sure,
        )
    ]


def _given_key(record: Record) -> Field | None:
    """The one key that is made when a row is stored."""
    key = record.primary_key[0] if len(record.primary_key) == 1 else None
    return key if key and key.default_from in ("auto", "database", "code") else None
