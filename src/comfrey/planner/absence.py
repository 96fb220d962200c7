"""Rows that are not there: named by the path or by the body."""

from __future__ import annotations

from dataclasses import replace

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Because
from comfrey.model.plan import Case, Persona
from comfrey.model.record import Field, Record
from comfrey.model.value import Literal, Ref, Value, With
from comfrey.planner import cast, law
from comfrey.planner.builders import personas
from comfrey.planner.deeds import deed, infinitive, is_action, noun, request_noun, ties
from comfrey.planner.drafts import draft, nothing_changes
from comfrey.planner.holders import behind
from comfrey.planner.law import Expected
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import (
    is_direct,
)
from comfrey.planner.scenes import Scene
from comfrey.planner.wording import a, plural, words
from comfrey.planner.world import (
    World,
    answer_schema,
    conditions,
    effects,
    path_names,
    plain,
    replaces_or_creates,
    same_input,
)


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """A key in the path and each reference in the body that no row has."""
    return [
        *_missing_path(world, endpoint),
        *_untied(world, endpoint),
        *_missing_reference(world, endpoint),
    ]


def _missing_path(world: World, endpoint: Endpoint) -> list[Case]:
    names = path_names(endpoint.path)
    if not names:
        return []
    play = scene(world, endpoint)
    found = []
    for name in names:
        key = world.path_key(endpoint, name)
        expected = missing_answer(world, endpoint, key[0], name) if key else None
        if key and expected and (missing := absent_key(key[1])) is not None:
            spared = spared_caller(world, endpoint, key[0], name)
            if spared is not None:
                who, expected = spared
                play = scene(world, endpoint, caller=who)
            found.append(_no_row(world, play, name, key[0], missing, expected))
    return found


def spared_caller(
    world: World, endpoint: Endpoint, record: Record, name: str
) -> tuple[Persona, Expected] | None:
    """A caller whom an earlier owner's check lets pass, so that the row's absence surely speaks."""
    declared = law.missing(endpoint, record.name, origin="path", name=name)
    checks = [each for each in endpoint.refusals if each.condition == "owner"]
    if declared is None or not law.earlier_owner(endpoint) or not all(e.unless for e in checks):
        return None
    for who in personas(world):
        held = {(field, value.value) for field, value in who.values if isinstance(value, Literal)}
        if all(any((f, v) in held and o == "eq" for f, o, v in e.unless) for e in checks):
            return who, declared
    return None


def absent_key(field: Field) -> Value | None:
    """A well-formed key that no row has."""
    if field.type in ("integer", "bigint"):
        return Literal(value=cast.MISSING_NUMBER)
    if field.type == "smallint":
        return Literal(value=32_000)
    if field.type == "uuid":
        return Literal(value=cast.MISSING_UUID)
    if field.type == "reference":
        return Literal(value=cast.MISSING_OBJECT)
    if field.type in ("string", "text"):
        addressed = "mail" in field.name.lower()
        return Literal(value=cast.MISSING_MAIL if addressed else "no-such-one")
    return None


def missing_answer(world: World, endpoint: Endpoint, record: Record, name: str) -> Expected | None:
    """The answer when the path parameter `name` has no row of `record`; None when nothing tells."""
    looked_up = [record.name, *(one for one, to in behind(endpoint).items() if to == record.name)]
    said = (law.missing(endpoint, each, origin="path", name=name) for each in looked_up)
    declared = next((each for each in said if each is not None), None)
    if declared:
        codes = tuple(sorted({*declared.codes, *law.earlier_owner(endpoint)}))
        return declared.replace(codes=codes)
    if replaces_or_creates(endpoint, record.name):
        return None
    if _is_demanded(endpoint, record, "path", name):
        return law.rest(f"no such {words(record.name)} is answered 404", 404)
    if name != path_names(endpoint.path)[-1]:
        return None
    for each in law.of(endpoint, "unknown"):
        if each.status == 404:
            return law.refused(each, f"no such {words(record.name)}")
    if any(each.status == 404 for each in endpoint.responses):
        because = Because(text="404 is among the declared answers", place=endpoint.handler.place)
        return Expected(codes=(404,), because=because)
    if not _must_be_there(world, endpoint, record, name):
        return None
    for effect, condition in conditions(endpoint):
        by_path = condition.origin.kind == "path" and condition.origin.name == name
        if (
            by_path
            and effect.record == record.name
            and effect.action in ("read", "update", "delete", "lock")
        ):
            return law.rest(f"no such {words(record.name)} is answered 404", 404)
    return None


def _is_demanded(endpoint: Endpoint, record: Record, origin: str, name: str) -> bool:
    """True when the code cannot go on without the row that an input names, and nothing answers for that."""
    return any(
        effect.demanded
        and not effect.conditional
        and effect.record == record.name
        and condition.operator == "eq"
        and not condition.optional
        and same_input(condition.origin, origin, name)
        for effect, condition in conditions(endpoint)
    )


def _must_be_there(world: World, endpoint: Endpoint, record: Record, name: str) -> bool:
    """True when REST alone asks for a 404: the path ends in the primary key, and no null is promised."""
    key = world.path_key(endpoint, name)
    answer = answer_schema(endpoint)
    ends = endpoint.path.rstrip("/").endswith(f"{{{name}}}") and endpoint.method != "POST"
    nullable = answer is not None and answer.nullable
    return ends and key is not None and key[1].primary_key and not nullable


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
        witnessed=play.sure,
    )


PLAIN_VERBS = {"POST": "add to", "PUT": "replace", "PATCH": "change", "DELETE": "delete"}


def _absence(world: World, endpoint: Endpoint, what: str) -> str:
    """The title for a row in the path that is not there."""
    own = noun(world, endpoint)
    if endpoint.method == "GET":
        if own == what:
            return f"says that {a(what)} is missing"
        return f"finds no {plural(own)} of {a(what)} that is not there"
    if is_action(world, endpoint):
        verb = infinitive(deed(world, endpoint).partition(" ")[0])
        thing = deed(world, endpoint).partition(" ")[2]
        of = "" if thing in (a(what), what) else f"{thing} of "
        return f"refuses to {verb} {of}{a(what)} that is not there"
    if (tied := ties(world, endpoint)) is not None and own != what:
        return f"refuses to {infinitive(tied.partition(' ')[0])} {tied.partition(' ')[2]} that is not there"
    if own != what:
        return f"refuses {a(own)} of {a(what)} that is not there"
    return f"refuses to {PLAIN_VERBS[endpoint.method]} {a(what)} that is not there"


def _untied(world: World, endpoint: Endpoint) -> list[Case]:
    """Two rows that are both there and do not belong together, where the code asks whether they do."""
    found = []
    for refusal in law.of(endpoint, "missing"):
        record = world.project.record(refusal.record)
        if record is None or not record.joins:
            continue
        play = scene(world, endpoint)
        seeds = tuple(each for each in play.seeds if each.record != record.name)
        if seeds == play.seeds:
            continue
        expected = law.refused(refusal, f"no such {words(record.name)}")
        verb, _, what = deed(world, endpoint).partition(" ")
        found.append(
            draft(
                world,
                endpoint,
                f"refuses to {infinitive(verb)} {what} where the two do not belong together",
                nothing_changes(world, replace(play, seeds=seeds), expected),
                kind="lifecycle",
                column="edge",
                because=(expected.because,),
                witnessed=play.sure,
            )
        )
    return found


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
                f"refuses {request_noun(world, endpoint)} with {a(_role(path, key[0]))} that is not there",
                nothing_changes(world, play.calling(body=body), expected),
                kind="lifecycle",
                column="edge",
                because=(expected.because,),
                witnessed=play.sure,
            )
        )
    return found


def _role(path: str, record: Record) -> str:
    """What a row is to the one that names it: `parent_id` of a category names its parent."""
    named = words(path).removesuffix(" id")
    return named if words(path).endswith(" id") and named else words(record.name)


def _reference_answer(
    world: World, endpoint: Endpoint, record: Record, path: str
) -> Expected | None:
    declared = law.missing(endpoint, record.name, origin="body", name=path)
    if declared:
        return declared
    if _is_demanded(endpoint, record, "body", path):
        return law.rest(f"a body that names no {words(record.name)} is refused", 400, 404, 409, 422)
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
                shown = endpoint.invalid_status if endpoint.invalid_status == 200 else None
                codes = (shown,) if shown else (400, 404, 409, 422)  # a page shows its form again
                return Expected(codes=codes, because=because)
    return None
