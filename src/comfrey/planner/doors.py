"""Signing up, in, and in again after a change: journeys over the doors of a project."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.project import Login as Door
from comfrey.model.record import Field, Record
from comfrey.model.step import Call, Row, Status, Step
from comfrey.model.value import Literal, Mapping, Ref, Value, With, nested
from comfrey.planner import law
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import draft
from comfrey.planner.needs import BASIC, scene
from comfrey.planner.outcomes import is_direct, members
from comfrey.planner.scenes import NoScene, Scene
from comfrey.planner.wording import a, words
from comfrey.planner.world import World, answer_schema, bare, effects, is_write, plain

STORED_AS_SENT = "the stored name and password are the ones that were sent"


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """What an endpoint means for signing in afterwards, and for the caller's own privileges."""
    return [
        *_registered(world, endpoint),
        *_changed(world, endpoint),
        *_promoted(world, endpoint),
    ]


def _door(world: World) -> tuple[Endpoint, Door] | None:
    known = world.authentication
    if known is None or known.login is None or world.user is None or known.login.media == BASIC:
        return None
    found = next((e for e in world.endpoints if e.key == known.login.endpoint), None)
    return (found, known.login) if found else None


def _sign_in(world: World, name: str, identifier: Value, password: Value) -> Call | None:
    """The login request with these two, all else as it must be."""
    door = _door(world)
    if door is None or world.authentication is None:
        return None
    endpoint, login = door
    play = scene(world, endpoint)
    fields = dict(login.fields)
    by = fields.get("identifier", world.authentication.identifier)
    secret = fields.get("password", "password")
    known = {by: identifier, secret: password}
    if "." in by + secret:
        body = nested(tuple(known.items()))
    else:
        members = ((key, known.get(key, value)) for key, value in play.body.members)
        body = Mapping(members=tuple(members))
    return play.call.replace(name=name, body=body)


def _sent_for(world: World, play: Scene, field: str) -> Value | None:
    """The sent value that ends up in a field of the record of callers, hashed or as it is."""
    for effect in effects(play.endpoint, "create", "update"):
        if world.user is None or effect.record != world.user.name:
            continue
        for each in effect.values:
            if each.field == field and each.origin.kind in ("body", "form"):
                return play.sent.get(plain(each.origin.name))
    return None


def _registered(world: World, endpoint: Endpoint) -> list[Case]:
    """Whoever has signed up can sign in."""
    known = world.authentication
    is_door = (
        known is not None and known.register is not None and known.register.endpoint == endpoint.key
    )
    if known is None or not is_door:
        return []
    play = scene(world, endpoint)
    identifier = _sent_for(world, play, known.identifier)
    password = _sent_for(world, play, known.password)
    if identifier is None or password is None:
        return []
    return _signs_in(
        world, play, identifier, password, f"lets {_user(world)} in who has just registered"
    )


def _signs_in(
    world: World, play: Scene, identifier: Value, password: Value, title: str
) -> list[Case]:
    door = _door(world)
    again = _sign_in(world, "login", identifier, password)
    if door is None or again is None:
        return []
    steps: tuple[Step, ...] = (
        *play.arrange,
        play.call,
        again,
        Status(codes=law.success(play.endpoint).codes),
        Status(codes=law.success(door[0]).codes, of="login"),
    )
    because = Because(text=STORED_AS_SENT)
    return [
        draft(
            world,
            play.endpoint,
            title,
            steps,
            kind="lifecycle",
            column="edge",
            because=(because,),
            witnessed=play.sure,
        )
    ]


def _user(world: World) -> str:
    return a(words(world.user.name)) if world.user else "a user"


def _changed(world: World, endpoint: Endpoint) -> list[Case]:
    """After a caller has changed their password or name, the new one opens and the old one does not."""
    known = world.authentication
    if known is None or world.user is None or not endpoint.auth or _door(world) is None:
        return []
    changes = [e for e in effects(endpoint, "update") if e.record == world.user.name]
    own = [e for e in changes if any(w.origin.kind == "caller" for w in e.where)]
    if not own:
        return []
    play = scene(world, endpoint)
    if not play.caller:
        return []
    found = []
    identifier: Value = Ref(name=play.caller, path=(known.identifier,))
    fresh = _sent_for(world, play, known.password)
    renamed = _sent_for(world, play, known.identifier)
    if fresh is not None:
        both = renamed is not None and _goes_along(play, own[0], known.password, known.identifier)
        name = renamed if renamed is not None and both else identifier
        found += _new_password(world, play, own[0], name, fresh)
    if renamed is not None:
        body = _only(play, own[0], known.identifier)
        title = f"lets {_user(world)} in by a changed {words(known.identifier)}"
        both = fresh is not None and _goes_along(play, own[0], known.identifier, known.password)
        password = fresh if fresh is not None and both else _old(world)
        found += _signs_in(world, play.calling(body=body), renamed, password, title)
    return found


def _goes_along(play: Scene, effect: Effect, field: str, other: str) -> bool:
    """Whether a request that changes `field` must change the other as well."""
    names = {plain(each.origin.name) for each in effect.values if each.field == other}
    return any(name in names for name, _ in _only(play, effect, field).members)


def _old(world: World) -> Literal:
    return Literal(value=world.password)


def _only(play: Scene, effect: Effect, field: str) -> Mapping:
    """The body with what must be sent and the one member that changes `field`."""
    if not effect.partial:
        return play.body
    names = {plain(each.origin.name) for each in effect.values if each.field == field}
    schema = bare(play.endpoint.body.schema) if play.endpoint.body else None
    required = {each.name for each in schema.properties if each.required} if schema else set()
    kept = names | required
    return Mapping(members=tuple(pair for pair in play.body.members if pair[0] in kept))


def _new_password(
    world: World, play: Scene, effect: Effect, identifier: Value, fresh: Value
) -> list[Case]:
    known = world.authentication
    door = _door(world)
    if known is None or door is None:
        return []
    body = _only(play, effect, known.password)
    by_new = _sign_in(world, "with_new", identifier, fresh)
    by_old = _sign_in(world, "with_old", identifier, _old(world))
    if by_new is None or by_old is None:
        return []
    refusal = next(iter(law.of(door[0], "credentials")), None)
    wrong = (refusal.status,) if refusal else (400, 401)
    steps = (
        *play.arrange,
        play.call.replace(body=body),
        by_new,
        by_old,
        Status(codes=law.success(play.endpoint).codes),
        Status(codes=law.success(door[0]).codes, of="with_new"),
        Status(codes=wrong, of="with_old"),
    )
    because = Because(text="the new password replaces the old one", place=effect.place)
    return [
        draft(
            world,
            play.endpoint,
            f"lets {_user(world)} in by the new password and no more by the old one",
            steps,
            kind="lifecycle",
            column="edge",
            because=(because,),
            witnessed=play.sure,
        )
    ]


def _promoted(world: World, endpoint: Endpoint) -> list[Case]:
    """A privilege that the declared body does not hold is not taken from it."""
    known = world.authentication
    effect = next(
        (
            e
            for e in effects(endpoint, "create", "update")
            if world.user and e.record == world.user.name
        ),
        None,
    )
    if known is None or effect is None or world.user is None or endpoint.body is None:
        return []
    by_caller = effect.partial and any(each.origin.kind == "caller" for each in effect.where)
    if effect.action == "update" and not by_caller:
        return []
    field = world.user.field(known.role_field) if known.role_field else _flag(world.user)
    schema = bare(endpoint.body.schema)
    taken = {each.field for each in effect.values} | {each.name for each in schema.properties}
    text = f"{field.name} is no member of the declared body" if field else ""
    if (asked := _asked_for(world, endpoint, taken)) is not None:
        field, text = asked
    elif field is not None and field.name in taken:
        return []
    if field is None or "json" not in endpoint.body.media:
        return []
    value = _privilege(field) if schema.extra in ("", "strip") else None
    if value is None or field.default is None:
        return []
    try:
        play = scene(world, endpoint)
        return [_promotion(world, play, effect, world.user, field, value, text)]
    except (NoScene, LookupError):
        return []


def _asked_for(world: World, endpoint: Endpoint, taken: set[str]) -> tuple[Field, str] | None:
    """A flag in the body by which other endpoints tell whom they let in, and that anybody may raise here."""
    if world.user is None or world.requirements(endpoint):
        return None
    for each in world.endpoints:
        for wanted in world.requirements(each) if is_write(each) else ():
            field = world.user.field(wanted.field)
            raised = wanted.value is True and field is not None and field.name in taken
            if field is not None and raised and field.type == "boolean" and not field.default:
                return field, f"{each.key} lets in by {field.name}"
    return None


def _flag(user: Record) -> Field | None:
    return next(
        (e for e in user.fields if e.name in ("is_superuser", "is_admin", "is_staff")), None
    )


def _privilege(field: Field) -> Literal | None:
    if field.type == "boolean":
        return Literal(value=not field.default)
    return next((Literal(value=each) for each in field.enum if each != field.default), None)


def _promotion(
    world: World,
    play: Scene,
    effect: Effect,
    user: Record,
    field: Field,
    value: Literal,
    text: str,
) -> Case:
    key = user.primary_key[0].name
    if effect.action == "create":
        where = _created_by(world, play, effect, user, key)
    else:
        where = ((key, Ref(name=play.caller, path=(key,))),)
    body = With(base=play.body, path=Literal(value=field.name), value=value)
    expected = law.success(play.endpoint)
    steps = (
        *play.arrange,
        play.call.replace(body=body),
        Status(codes=expected.codes),
        Row(record=user.name, where=where, values=((field.name, Literal(value=field.default)),)),
    )
    because = Because(text=text, place=play.endpoint.handler.place)
    return draft(
        world,
        play.endpoint,
        f"ignores {a(_privilege_noun(field))} that is sent along where it {deed(world, play.endpoint)}",
        steps,
        kind="auth",
        because=(because,),
        witnessed=play.sure,
    )


def _privilege_noun(field: Field) -> str:
    flag = field.type == "boolean"
    return f"{words(field.name).removesuffix(' flag')} flag" if flag else words(field.name)


def _created_by(
    world: World, play: Scene, effect: Effect, user: Record, key: str
) -> tuple[tuple[str, Value], ...]:
    """The created row, by a unique value that was sent, else by the key in the answer."""
    for each in effect.values:
        field = user.field(each.field)
        value = play.sent.get(plain(each.origin.name)) if is_direct(each.origin) else None
        if field and field.unique and value is not None:
            return ((field.name, value),)
    path = members(answer_schema(play.endpoint))[key][0]
    return ((key, Ref(name="response", path=path)),)
