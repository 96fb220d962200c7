"""What a schema makes of the spelling of a text: an e-mail in capitals and a name among spaces are the same."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Record
from comfrey.model.step import Status, Step
from comfrey.model.value import Computed, Literal, Ref, Value, With
from comfrey.planner import law
from comfrey.planner.drafts import column, draft
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import is_direct, schema_at, stored
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, main_effect, plain


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """Texts that the schema lowers or strips, spelt otherwise, are stored alike and found alike."""
    known = world.authentication
    if known and known.login and known.login.endpoint == endpoint.key:
        return _found(world, endpoint)
    main = main_effect(endpoint)
    record = world.project.record(main.record) if main else None
    if main is None or record is None or main.many or endpoint.body is None:
        return []
    play = scene(world, endpoint)
    kept = {plain(each.origin.name) for each in main.values if is_direct(each.origin)}
    rows = [row for name in play.sent if plain(name) in kept for row in _otherwise(play, name)]
    proof = stored(world, play, play.sent)
    return [_stored_alike(world, play, record, rows, proof)] if rows and proof else []


def _otherwise(play: Scene, name: str) -> list[Variation]:
    """Other spellings of a sent text that its schema undoes."""
    schema, value = schema_at(play.endpoint, plain(name)), play.sent[name]
    text = value.value if isinstance(value, Literal) else None
    if schema is None or not isinstance(text, str) or schema.pattern or schema.enum:
        return []
    spelt = {}
    if "lower" in schema.transform and text.upper() != text:
        spelt[f"{a(words(name))} in capitals"] = text.upper()
    if "strip" in schema.transform:
        spelt[f"{a(words(name))} among spaces"] = f"  {text} "
    return [
        Variation(
            id=said,
            cells=(("field", Literal(value=name)), ("written", Literal(value=written))),
            because=(Because(text=f"{words(name)} is tidied by its schema", place=schema.place),),
        )
        for said, written in spelt.items()
    ]


def _stored_alike(
    world: World, play: Scene, record: Record, rows: list[Variation], proof: tuple[Step, ...]
) -> Case:
    body = With(base=play.body, path=column("field"), value=column("written"))
    expected = law.success(play.endpoint)
    change = "a change of " if play.endpoint.method in ("PUT", "PATCH") else ""
    return draft(
        world,
        play.endpoint,
        f"stores {change}{a(words(record.name))} tidily however it is written",
        (*play.arrange, play.call.replace(body=body), Status(codes=expected.codes), *proof),
        kind="validation",
        because=(expected.because,),
        variations=tuple(rows),
        columns=("field", "written"),
        witnessed=play.sure,
    )


def _found(world: World, endpoint: Endpoint) -> list[Case]:
    """Whoever signs in may write the name that is stored in small letters as they like."""
    known = world.authentication
    play = scene(world, endpoint)
    if known is None or known.login is None or world.user is None:
        return []
    name = dict(known.login.fields).get("identifier", known.identifier)
    schema, value = schema_at(endpoint, name), play.sent.get(name)
    if schema is None or "lower" not in schema.transform or not isinstance(value, Ref):
        return []
    loud: Value = Computed(operation="upper", of=(value,))
    body = With(base=play.body, path=Literal(value=name), value=loud)
    expected = law.success(endpoint)
    return [
        draft(
            world,
            endpoint,
            f"lets a {words(world.user.name)} in whose {words(name)} is written in capitals",
            (*play.arrange, play.call.replace(body=body), Status(codes=expected.codes)),
            kind="auth",
            because=(Because(text=f"{words(name)} is lowered", place=schema.place),),
            witnessed=play.sure,
        )
    ]
