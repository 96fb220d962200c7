"""Invalid input is refused, valid input just inside each bound is not, and nothing is written meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from comfrey.model.endpoint import Endpoint, Parameter
from comfrey.model.place import Because, Place
from comfrey.model.plan import Case, Variation
from comfrey.model.schema import Property, Schema
from comfrey.model.step import Status, Step
from comfrey.model.value import Column, Data, Literal, Mapping, Missing, Repeated, Value, With
from comfrey.planner import cast, law
from comfrey.planner.acceptance import accepts
from comfrey.planner.builders import persona
from comfrey.planner.checks import column_schema
from comfrey.planner.deeds import deed, is_action, is_registration, noun, thing
from comfrey.planner.drafts import column, draft, names, nothing_changes
from comfrey.planner.flaws import Flaw, accepted, odd, of_value, plain_value, refused
from comfrey.planner.law import Expected
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import is_direct
from comfrey.planner.scenes import NoScene, Scene, keys_of
from comfrey.planner.wording import a, snake
from comfrey.planner.world import (
    World,
    addressed,
    bare,
    effects,
    parameters,
    plain,
    properties,
    written,
)

ROLES = (
    "create",
    "update",
    "in",
    "input",
    "request",
    "schema",
    "payload",
    "base",
    "model",
    "body",
    "dto",
    "data",
    "params",
    "patch",
    "new",
    "form",
    "register",
    "signup",
    "params",
)


PASSWORD = "password"
DOORS = ("login", "signin", "sign-in")
"""What comes first in the name of a form that lets somebody in, whoever that is."""
PARTICLE = re.compile(r"(?<![a-z])(sign|log)_(in|up|out)(?![a-z])")
"""Verbs of two words, which stay together: `SignInInput` is of a sign-in."""


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """The tables of refused and accepted bodies and query parameters."""
    found: list[Case] = []
    play = scene(world, endpoint)
    if endpoint.body and play.body.members:
        found += _bodies(world, play)
    if isinstance(play.call.body, Data):
        found += _raw(world, play, play.call.body)
    found += _queries(world, play)
    return found


# --- bodies -----------------------------------------------------------------


def _bodies(world: World, play: Scene) -> list[Case]:
    schema = bare(play.endpoint.body.schema) if play.endpoint.body else Schema()
    expected = law.invalid(world, play.endpoint)
    found = []
    wrong = tuple(each for each in refused(schema, play.body) if _can_say(play.endpoint, each))
    back = tuple(each for each in wrong if _is_sent_back(play.endpoint, each))
    wrong = tuple(each for each in wrong if each not in back)
    if back and written(play.endpoint):
        found.append(_sent_back(world, play, back, _places(schema)))
    if wrong:
        named = names(world, column("field"), play.endpoint)
        steps = nothing_changes(world, varied(play), expected, *named)
        found.append(
            draft(
                world,
                play.endpoint,
                f"refuses {subject(world, play.endpoint)}",
                steps,
                kind="validation",
                because=(expected.because,),
                variations=rows(wrong, _places(schema)),
                columns=("field", "value"),
            )
        )
    found += _borne(world, play, schema)
    left_open = play.endpoint.body is not None and not play.endpoint.body.required
    told = not (left_open and play.call.media == "multipart/form-data")
    if told and any(each.required for each in properties(schema)):
        found.append(_empty(world, play))
    return [*found, *_edges(world, play, schema)]


def _borne(world: World, play: Scene, schema: Schema) -> list[Case]:
    """Values of a type that no rule speaks of: any answer but an error."""
    flaws = [each for each in odd(schema) if _can_say(play.endpoint, each)]
    if not flaws:
        return []
    strange = varied(play)
    steps = (*strange.arrange, strange.call, Status(codes=(), other_than=(500,)))
    return [
        draft(
            world,
            play.endpoint,
            f"bears with values of another type where it {deed(world, play.endpoint)}",
            steps,
            kind="validation",
            because=(Because(text="no input is an internal error", law="rest"),),
            variations=rows(flaws, _places(schema)),
            columns=("field", "value"),
        )
    ]


def _is_sent_back(endpoint: Endpoint, flaw: Flaw) -> bool:
    """Whether the code itself finds the value wrong and redirects; what was not sent at all is another matter."""
    return endpoint.bounced_status is not None and not isinstance(flaw.value, Missing)


def _sent_back(
    world: World, play: Scene, flaws: tuple[Flaw, ...], places: dict[str, Place]
) -> Case:
    """Values that send the visitor back, as an accepted form does, but with nothing stored."""
    status = play.endpoint.bounced_status or 0
    because = Because(
        text=f"what is typed wrong is sent back with {status}", place=play.endpoint.handler.place
    )
    return draft(
        world,
        play.endpoint,
        f"sends back {subject(world, play.endpoint)}",
        nothing_changes(world, varied(play), Expected(codes=(status,), because=because)),
        kind="validation",
        because=(because,),
        variations=rows(flaws, places),
        columns=("field", "value"),
    )


def _can_say(endpoint: Endpoint, flaw: Flaw) -> bool:
    """A form carries texts only: no null, no object, and an empty text counts as none. What cannot be read
    is left to those endpoints that answer it as they answer a broken rule."""
    if flaw.rule in ("type", "format") and endpoint.unreadable_status is not None:
        return False
    if endpoint.body is None or "json" in endpoint.body.media:
        return True
    if "multipart" in endpoint.body.media:
        return False
    is_text = isinstance(flaw.value, Repeated | Missing)
    if endpoint.bounced_status is not None and flaw.value == Literal(value=""):
        return True
    return is_text or (isinstance(flaw.value, Literal) and bool(flaw.value.value))


def varied(play: Scene) -> Scene:
    """The scene with one member of its body from the table's row."""
    body = With(base=play.body, path=column("field"), value=column("value"))
    return play.calling(body=body)


def rows(flaws: Iterable[Flaw], places: dict[str, Place]) -> tuple[Variation, ...]:
    """One row per flaw: the member's path, its value, and the declaration that it runs against."""
    found: dict[str, Variation] = {}
    for each in flaws:
        cells: tuple[tuple[str, Value], ...] = (
            ("field", Literal(value=each.path)),
            ("value", each.value),
        )
        place = places.get(each.path.partition(".")[0])
        because = Because(text=f"{each.path}: {each.rule}", place=place)
        label = each.words if each.words not in found else f"{each.words} ({each.path})"
        found.setdefault(label, Variation(id=label, cells=cells, because=(because,)))
    return tuple(found.values())


def _places(schema: Schema) -> dict[str, Place]:
    found = {}
    for each in properties(schema):
        place = each.place or each.schema.place or schema.place
        if place:
            found[each.name] = place
    return found


def subject(world: World, endpoint: Endpoint) -> str:
    """What is invalid, in words: `an invalid book`, `an invalid change of a book`, `an invalid payment`."""
    record = noun(world, endpoint)
    if is_action(world, endpoint) or deed(world, endpoint) == "logs in":
        return a(f"invalid {body_noun(endpoint) or 'request'}")
    if is_registration(world, endpoint):
        return "an invalid registration"
    if endpoint.method in ("PATCH", "PUT"):
        return f"an invalid change of {thing(world, endpoint)}"
    return a(f"invalid {record}")


def body_noun(endpoint: Endpoint) -> str:
    """The body's declared class as a noun: `PaymentRequest` → `payment`, `LoginUser` → `login`."""
    name = bare(endpoint.body.schema).name if endpoint.body else ""
    if endpoint.body and "password" in {each.name for each in properties(endpoint.body.schema)}:
        name = name if not name.startswith("Body_") else "credentials"
    spelled = PARTICLE.sub(r"\1-\2", snake(name.partition("[")[0]))
    kept = [each for each in spelled.split("_") if each not in ROLES]
    if not kept or kept[0] in ("body", "credentials"):
        return "request" if not kept else kept[0]
    return kept[0] if kept[0] in DOORS else " ".join(kept)


def _empty(world: World, play: Scene) -> Case:
    expected = law.invalid(world, play.endpoint)
    what = _thing(world, play.endpoint)
    return draft(
        world,
        play.endpoint,
        f"refuses {a(f'empty {what}')}",
        nothing_changes(world, play.calling(body=Mapping()), expected),
        kind="validation",
        because=(expected.because,),
    )


def _edges(world: World, play: Scene, schema: Schema) -> list[Case]:
    flaws = [
        each
        for each in accepted(schema, play.body)
        if _is_free(world, play, each)
        and _can_say(play.endpoint, each)
        and _can_be_kept(world, play, each)
    ]
    if not flaws or not play.sure:
        return []
    expected = law.success(play.endpoint)
    edge = varied(play)
    steps = (*edge.arrange, edge.call, Status(codes=expected.codes))
    return [
        draft(
            world,
            play.endpoint,
            f"accepts {a(_thing(world, play.endpoint))} at the edge of its rules",
            steps,
            kind="validation",
            because=(expected.because,),
            variations=rows(flaws, _places(schema)),
            columns=("field", "value"),
        )
    ]


def _thing(world: World, endpoint: Endpoint) -> str:
    if is_action(world, endpoint) or deed(world, endpoint) == "logs in":
        return body_noun(endpoint) or "request"
    if is_registration(world, endpoint):
        return "registration"
    if endpoint.method in ("PATCH", "PUT"):
        return f"change of {thing(world, endpoint)}"
    return noun(world, endpoint)


def _is_free(world: World, play: Scene, flaw: Flaw) -> bool:
    """True when any value inside the bounds will do: no reference, no input to a state or a login."""
    if world.body_key(play.endpoint, flaw.path):
        return False
    if world.sign_in(play.endpoint) or _is_one_of_several_secrets(play.endpoint, flaw.path):
        return False
    states = law.of(play.endpoint, "state") + law.of(play.endpoint, "invalid")
    inputs = {law.tail(each.origin.name) for each in states if each.origin}
    return law.tail(flaw.path) not in inputs and not law.of(play.endpoint, "invalid")


def _is_one_of_several_secrets(endpoint: Endpoint, path: str) -> bool:
    """Whether a password must be the caller's own, or what another member says again."""
    schema = bare(endpoint.body.schema) if endpoint.body else Schema()
    secrets = [each.name for each in schema.properties if PASSWORD in each.name.lower()]
    return PASSWORD in path.lower() and len(secrets) > 1


def _can_be_kept(world: World, play: Scene, flaw: Flaw) -> bool:
    """False for a value that the schema lets in and its column does not: `witnesses` speaks of it."""
    for effect in effects(play.endpoint, "create", "update"):
        record = world.project.record(effect.record)
        for each in effect.values if record else ():
            same = each.origin.kind == "body" and plain(each.origin.name) == plain(flaw.path)
            field = record.field(each.field) if record and same else None
            if record and field and is_direct(each.origin) and not isinstance(flaw.value, Missing):
                rules, value = column_schema(record, field), plain_value(flaw.value)
                bounded = rules.type in ("integer", "string") and not rules.format
                if bounded and isinstance(value, int | str) and not accepts(rules, value):
                    return False
    return True


# --- raw bodies -----------------------------------------------------------------


def _raw(world: World, play: Scene, accepted_body: Data) -> list[Case]:
    """A file that is too large by one byte, the largest that is not, and one of another kind."""
    endpoint = play.endpoint
    found: list[Case] = []
    large = next(iter(law.of(endpoint, "too_large")), None)
    limit = endpoint.body.max_bytes if endpoint.body else None
    if large and limit is None and large.operator == "gt" and isinstance(large.value, int):
        limit = large.value
    if large and limit:
        expected = law.refused(large, f"more than {limit} bytes")
        body = accepted_body.replace(size=limit + 1)
        steps = nothing_changes(world, play.calling(body=body), expected)
        title = f"refuses {a(noun(world, endpoint))} file of more than {limit} bytes"
        found.append(_raw_case(world, play, title, steps, expected))
        best = law.success(endpoint)
        full = play.calling(body=accepted_body.replace(size=limit))
        steps = (*full.arrange, full.call, Status(codes=best.codes))
        title = f"accepts {a(noun(world, endpoint))} file of exactly {limit} bytes"
        found.append(_raw_case(world, play, title, steps, best))
    media = next(iter(law.of(endpoint, "media")), None)
    if media:
        expected = law.refused(media, "another content type")
        other = Data(head="616d626572", size=5, media="text/plain", filename="harbour.txt")
        steps = nothing_changes(world, play.calling(body=other, media="text/plain"), expected)
        title = f"refuses {a(noun(world, endpoint))} file of another kind"
        found.append(_raw_case(world, play, title, steps, expected))
    return found


def _raw_case(
    world: World, play: Scene, title: str, steps: tuple[Step, ...], expected: law.Expected
) -> Case:
    because = (expected.because,)
    return draft(world, play.endpoint, title, steps, kind="validation", because=because)


def _asked_for(world: World, endpoint: Endpoint) -> str:
    return deed(world, endpoint).partition(" ")[2] or noun(world, endpoint)


# --- query parameters --------------------------------------------------------


def _queries(world: World, play: Scene) -> list[Case]:
    flaws = [each for one in parameters(play.endpoint, "query") if not one.lenient
             for each in _query_flaws(one)]  # fmt: skip
    if not flaws:
        return []
    expected = law.invalid(world, play.endpoint)
    control = Mapping(members=play.call.query)
    query = With(base=control, path=column("field"), value=column("value"))
    wrong = play.calling(query=(), query_of=query)
    unnamed = any(each.unnamed for each in parameters(play.endpoint, "query"))
    named = () if unnamed else names(world, column("field"))
    steps = nothing_changes(world, wrong, expected, *named)
    places = {e.name: e.place for e in parameters(play.endpoint, "query") if e.place}
    return [
        draft(
            world,
            play.endpoint,
            f"refuses an invalid query where it {deed(world, play.endpoint)}"
            if play.endpoint.method != "GET"
            else f"refuses an invalid query for {_asked_for(world, play.endpoint)}",
            steps,
            kind="validation",
            because=(expected.because,),
            variations=rows(flaws, places),
            columns=("field", "value"),
        )
    ]


def _query_flaws(parameter: Parameter) -> list[Flaw]:
    """What a query can get wrong: texts are all it can carry, and a list is one text after another."""
    schema = bare(parameter.schema)
    if schema.type in ("array", "object") or schema.properties:
        return []
    flaws = [
        each for each in of_value(parameter.name, schema) if not isinstance(each.value, Mapping)
    ]
    if parameter.required:
        missing = refused(Schema(properties=(_as_property(parameter),)), Mapping())
        flaws += [each for each in missing if each.rule == "required"]
    return flaws


def _as_property(parameter: Parameter) -> Property:
    return Property(name=parameter.name, schema=parameter.schema, required=True)


# --- path parameters --------------------------------------------------------


def of_paths(world: World) -> list[Case]:
    """Per resource one table: keys in the path that are not of the declared type."""
    tables: dict[tuple[object, ...], list[tuple[Endpoint, Parameter]]] = {}
    for endpoint in world.endpoints:
        for each in parameters(endpoint, "path"):
            if _bad_key(world, endpoint, each) and _can_call(world, endpoint):
                who = (
                    persona(world, world.requirements(endpoint)).name
                    if endpoint.auth and world.user
                    else ""
                )
                codes = _malformed(world, endpoint, each).codes
                key = (world.group(endpoint), who, codes, addressed(endpoint), keys_of(endpoint))
                tables.setdefault(key, []).append((endpoint, each))
    return [_path_table(world, str(who), found) for (_, who, *_), found in tables.items()]


def _can_call(world: World, endpoint: Endpoint) -> bool:
    try:
        scene(world, endpoint)
    except NoScene:
        return False
    return True


def _bad_key(world: World, endpoint: Endpoint, parameter: Parameter) -> str:
    schema = bare(parameter.schema)
    if schema.type in ("integer", "number"):
        return "not-a-number"
    if schema.format == "uuid":
        return "not-a-uuid"
    return "not-an-id" if _is_reference(world, endpoint, parameter) else ""


def _is_reference(world: World, endpoint: Endpoint, parameter: Parameter) -> bool:
    """Whether the parameter names a document by its id, which no database looks up by any text."""
    key = world.path_key(endpoint, parameter.name)
    return key is not None and key[1].type == "reference"


def _malformed(world: World, endpoint: Endpoint, parameter: Parameter) -> Expected:
    """The answer to a key that is not of its type; a document's id may be looked at by the database alone."""
    schema = bare(parameter.schema)
    if not _is_reference(world, endpoint, parameter) or schema.format == "uuid":
        return law.malformed(world, endpoint)
    owners = {each.status for each in law.of(endpoint, "owner")}
    if schema.pattern or schema.checks:
        expected = law.invalid(world, endpoint)
        return expected.replace(codes=tuple(sorted({*expected.codes, *owners})))
    return law.rest("a malformed id names nothing", *sorted({400, 404, 422, *owners}))


def _path_table(world: World, who: str, found: list[tuple[Endpoint, Parameter]]) -> Case:
    first, declared = found[0]
    play = scene(world, first)
    wanted = persona(world, world.requirements(first)).values if first.auth and world.user else ()
    by_others = any("." in name for name, _ in wanted)  # through rows that the scene seeds as well
    seeds = tuple(each for each in play.seeds if by_others or each.name == play.caller)
    expected = _malformed(world, first, declared)
    named = not _is_reference(world, first, declared)
    named = named and not any(parameter.unnamed for _, parameter in found)
    call = play.call.replace(
        method=Column(name="method"),
        path=Column(name="path"),
        parameters=(),
        query=(),
        headers=(*addressed(first), *keys_of(first)),
        body=None,
        media="application/json",
    )
    bare_play = replace(play, seeds=seeds, call=call)
    variations = tuple(_path_row(world, each, parameter, named) for each, parameter in found)
    suffix = f" from {a(who.replace('_', ' '))}" if who else ""
    return draft(
        world,
        first,
        f"refuses a malformed key in the path{suffix}",
        (
            *bare_play.arrange,
            call,
            Status(codes=expected.codes),
            *(names(world, column("parameter")) if named else ()),
        ),
        kind="validation",
        because=(expected.because,),
        variations=tuple(dict.fromkeys(variations)),
        columns=("method", "path", "parameter") if named else ("method", "path"),
    )


def _path_row(world: World, endpoint: Endpoint, parameter: Parameter, named: bool) -> Variation:
    path = endpoint.path
    for each in parameters(endpoint, "path"):
        stand_in = (
            _bad_key(world, endpoint, each)
            if each.name == parameter.name
            else well_formed(world, endpoint, each)
        )
        path = path.replace(f"{{{each.name}}}", stand_in)
    cells: tuple[tuple[str, Value], ...] = (
        ("method", Literal(value=endpoint.method)),
        ("path", Literal(value=path)),
    )
    if named:
        cells = (*cells, ("parameter", Literal(value=parameter.name)))
    because = Because(text=f"{parameter.name} is declared", place=parameter.place)
    return Variation(id=endpoint.key, cells=cells, because=(because,), subject=endpoint.key)


def well_formed(world: World, endpoint: Endpoint, parameter: Parameter) -> str:
    """A well-formed key that names nothing in particular."""
    if _is_reference(world, endpoint, parameter):
        return cast.MISSING_OBJECT
    schema = bare(parameter.schema)
    if schema.enum:
        return str(schema.enum[0])
    if schema.format == "uuid":
        return "6f1c2d3e-4b5a-4c6d-8e7f-000000000001"
    return "1" if schema.type in ("integer", "number", "any") else "amber"
