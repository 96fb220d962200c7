"""Who may do what: no credential, a bad one, the wrong role, another's row, a wrong password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.model.endpoint import Endpoint, Requirement
from comfrey.model.origin import Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import Call, Header, Login, Seed, Status, Step
from comfrey.model.value import Column, Literal, Ref, Value, With
from comfrey.planner import cast, law
from comfrey.planner.builders import persona, plain_persona, told_apart
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import column, draft, is_page, nothing_changes
from comfrey.planner.flaws import Flaw
from comfrey.planner.holders import holders
from comfrey.planner.law import Expected
from comfrey.planner.needs import RENEWAL, scene
from comfrey.planner.scenes import NoScene, headers_of, keys_of, sign_in, signs_in_elsewhere
from comfrey.planner.validation import rows, well_formed
from comfrey.planner.wording import a, listed, singular, words
from comfrey.planner.world import (
    WRITES,
    World,
    addressed,
    conditions,
    effects,
    is_write,
    parameters,
    path_names,
)

ACCESS = "access"
BROAD = ("garbage", "expired", "forged")
FEW = 3
DEEP = ("unsigned", "stranger", "scheme")
SAID = {
    "garbage": "a garbled token",
    "expired": "an expired token",
    "forged": "a token signed with another key",
    "unsigned": "an unsigned token",
    "stranger": "a token of nobody",
    "scheme": "the wrong scheme",
}


# --- the access tables ---------------------------------------------------------


def access(world: World) -> list[Case]:
    """All protected endpoints × no credential, × bad credentials, × the wrong role."""
    guarded = [
        each
        for each in world.endpoints
        if each.auth and guards_first(each) and not signs_in_elsewhere(each)
    ]
    alike: dict[tuple[tuple[str, Value], ...], list[Endpoint]] = {}
    for each in guarded:
        alike.setdefault(addressed(each), []).append(each)
    return [
        _with_headers(case, headers)
        for headers, those in alike.items()
        for case in _access(world, those)
    ]


def _access(world: World, guarded: list[Endpoint]) -> list[Case]:
    found = []
    sent = [each for each in guarded if _sign_in(world, each)]
    rest = [each for each in guarded if each not in sent]
    if rest:
        found.append(_anonymous(world, rest))
    if sent:
        found.append(_sent_to_sign_in(world, sent))
    if world.user and world.authentication and guarded:
        found += _bad_tokens(world, guarded)
        found += _wrong_roles(world, guarded)
    return found


def _with_headers(case: Case, headers: tuple[tuple[str, Value], ...]) -> Case:
    """The table asked with the headers by which its endpoints are found."""
    if not headers:
        return case
    said = listed(
        [f"{name} {value.value}" for name, value in headers if isinstance(value, Literal)]
    )
    steps = tuple(e.replace(headers=headers) if isinstance(e, Call) else e for e in case.steps)
    return case.replace(title=f"{case.title}, asked with {said}", steps=steps)


def guards_first(endpoint: Endpoint) -> bool:
    """True when no dependency looks a row up, which might speak before the guard does, and no schema either."""
    guard = law.main_guard(endpoint)
    if guard is not None and guard.after_input and _asks_for_input(endpoint):
        return False
    if guard is not None and guard.after_row:
        return False
    for each in law.of(endpoint, "missing"):
        inside = each.place is None or "dep" not in each.place.file.rpartition("/")[2]
        if each.origin and each.origin.kind == "path" and not inside:
            return False
    return not law.of(endpoint, "signature")


def speaks_late(endpoint: Endpoint, condition: str) -> bool:
    """True when only the handler itself refuses for this condition: a request that is not well made is
    refused as such before."""
    found = law.of(endpoint, condition)
    return _asks_for_input(endpoint) and bool(found) and all(each.late for each in found)


def _asks_for_input(endpoint: Endpoint) -> bool:
    """Whether a request without a body and a query is not well made."""
    return (endpoint.body is not None and endpoint.body.required) or any(
        each.required and each.location != "path" for each in endpoint.parameters
    )


def literal_path(world: World, endpoint: Endpoint) -> str:
    """The path with well-formed stand-ins for its parameters."""
    path = endpoint.path
    for each in parameters(endpoint, "path"):
        path = path.replace(f"{{{each.name}}}", well_formed(world, endpoint, each))
    return path


def _anonymous(world: World, guarded: list[Endpoint]) -> Case:
    steps = (_table_call(),)
    variations = []
    for each in guarded:
        expected = law.without_credentials(world, each)
        variations.append(_row(world, each, expected, ()))
    return _table(world, "turns away a caller without credentials", steps, variations, ())


def _sign_in(world: World, endpoint: Endpoint) -> str:
    """The address to which a caller who is not known is sent, "" where that is not told."""
    guard = law.main_guard(endpoint)
    path = literal_path(world, endpoint)
    plainly = all(each.isalnum() or each in "/-_." for each in path)
    return f"{guard.sign_in}{path}" if guard and guard.sign_in and plainly else ""


def _sent_to_sign_in(world: World, guarded: list[Endpoint]) -> Case:
    variations = []
    for each in guarded:
        expected = law.without_credentials(world, each)
        where = (("location", Literal(value=_sign_in(world, each))),)
        variations.append(_row(world, each, expected, where))
    title = "sends a caller who is not signed in to the page for that"
    made = _table(world, title, (_table_call(),), variations, ("location",))
    return made.replace(steps=(*made.steps, Header(name="Location", value=column("location"))))


def _table_call(login: str = "") -> Call:
    return Call(method=column("method"), path=column("path"), login=login)


def _row(
    world: World,
    endpoint: Endpoint,
    expected: Expected,
    extra: tuple[tuple[str, Value], ...],
    said: str = "",
) -> Variation:
    cells: tuple[tuple[str, Value], ...] = (
        ("method", Literal(value=endpoint.method)),
        ("path", Literal(value=literal_path(world, endpoint))),
        *extra,
        ("status", Literal(value=_one_or_all(expected.codes))),
    )
    label = f"{endpoint.key} with {said}" if said else endpoint.key
    return Variation(id=label, cells=cells, because=(expected.because,), subject=endpoint.key)


def _one_or_all(codes: tuple[int, ...]) -> int | list[int]:
    return codes[0] if len(codes) == 1 else list(codes)


def _table(
    world: World,
    title: str,
    steps: Iterable[Step],
    variations: list[Variation],
    columns: tuple[str, ...],
) -> Case:
    """A table over endpoints; the status is a column only where the rows differ in it."""
    answers = {_codes(each) for each in variations}
    if len(answers) == 1:
        status = Status(codes=next(iter(answers)))
        variations = [each.replace(cells=each.cells[:-1]) for each in variations]
    else:
        status = Status(codes=Column(name="status"))
        columns = (*columns, "status")
    return Case(
        id="",
        title=title,
        kind="auth",
        column="auth",
        subject=variations[0].subject,
        group=ACCESS,
        steps=(*steps, status),
        variations=tuple(variations),
        columns=("method", "path", *columns),
    )


def _codes(row: Variation) -> tuple[int, ...]:
    value = row.cells[-1][1]
    codes = value.value if isinstance(value, Literal) else ()
    return (codes,) if isinstance(codes, int) else tuple(codes)


def _bad_tokens(world: World, guarded: list[Endpoint]) -> list[Case]:
    who = plain_persona(world)
    if world.user is None or not _is_bearer(world):
        return []
    flaws = list(_flaws(world, guarded))
    variations = [
        _row(world, each, expected, (("flaw", Literal(value=flaw)),), SAID[flaw])
        for each, flaw, expected in flaws
    ]
    if not variations:
        return []
    steps = (
        Seed(record=world.user.name, name=who.name, values=who.values),
        Login(name=headers_of(who.name), user=who.name, flaw=column("flaw")),
        _table_call(headers_of(who.name)),
    )
    return [_table(world, "turns away a token that does not hold", steps, variations, ("flaw",))]


def _is_bearer(world: World) -> bool:
    known = world.authentication
    shown = known is not None and known.scheme in ("bearer", "oauth2", "") and bool(known.prefix)
    return shown and world.has_credentials


def _flaws(world: World, guarded: list[Endpoint]) -> Iterator[tuple[Endpoint, str, Expected]]:
    """Each endpoint with the plain flaws; the rarer ones once per guard, which is one function."""
    broad = _flaws_of(world)
    deep = DEEP if len(broad) > 1 else ()
    met: set[tuple[str, ...]] = set()
    for endpoint in guarded:
        if speaks_late(endpoint, "credentials") or world.asks_apart(endpoint):
            continue
        guard = tuple(each.name for each in endpoint.guards if not each.optional)
        fresh = guard not in met
        met.add(guard)
        for flaw in (*broad, *(deep if fresh else ())):
            if flaw == "stranger" and (law.asks_no_user(world, endpoint) or _renews(endpoint)):
                continue
            if flaw == "scheme" and any(each.wordless for each in endpoint.guards):
                continue
            yield endpoint, flaw, _answer(world, endpoint, flaw)


def _renews(endpoint: Endpoint) -> bool:
    """Whether no token lets in here but one that renews others, which no test makes of nobody."""
    return any(each.scheme == RENEWAL for each in endpoint.guards)


def _flaws_of(world: World) -> tuple[str, ...]:
    """The plain flaws that a token of this project can have."""
    known = world.authentication
    return BROAD if known is not None and known.algorithm else BROAD[:1]


def _answer(world: World, endpoint: Endpoint, flaw: str) -> Expected:
    if flaw == "stranger":
        return law.stranger(world, endpoint)
    if flaw == "scheme":
        return law.without_credentials(world, endpoint)
    return law.bad_token(world, endpoint, flaw)


def _wrong_roles(world: World, guarded: list[Endpoint]) -> list[Case]:
    """Callers whose row lacks what the guard asks for; their happy twin has it."""
    who = plain_persona(world)
    user = world.user
    variations = []
    for each in guarded:
        if speaks_late(each, "role") or world.asks_apart(each):
            continue
        if (lacking := _lacking(world, each)) is not None:
            because = _only(lacking)
            variations.append(
                _row(world, each, Expected(codes=(lacking.status,), because=because), ())
            )
    if not variations or user is None:
        return []
    steps = (
        Seed(record=user.name, name=who.name, values=who.values),
        sign_in(who.name),
        _table_call(headers_of(who.name)),
    )
    name = who.name.replace("_", " ")
    return [_table(world, f"keeps {a(name)} from what others may do", steps, variations, ())]


def _lacking(world: World, endpoint: Endpoint) -> Requirement | None:
    """The requirement that a plain caller does not meet, beyond being active."""
    wanted = persona(world, world.requirements(endpoint))
    if wanted == plain_persona(world):
        return None
    names = {name for name, _ in wanted.values}
    return next((each for each in world.requirements(endpoint) if each.field in names), None)


# --- per endpoint ----------------------------------------------------------------


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """Another's row, an inactive caller, a wrong password."""
    found = []
    if endpoint.auth and world.user:
        if not guards_first(endpoint) or _answers_alike(endpoint):
            found.append(_alone(world, endpoint))
        found += _late_tokens(world, endpoint)
        found += _late_role(world, endpoint)
        found += _another(world, endpoint)
        found += _inactive(world, endpoint)
    found += _astray(world, endpoint)
    if _is_login(world, endpoint):
        found += _wrong_logins(world, endpoint)
    return found


def _answers_alike(endpoint: Endpoint) -> bool:
    """Whether only the rows tell a caller who was kept out from one who was let in: both are sent elsewhere."""
    guard = law.main_guard(endpoint)
    alike = guard is not None and guard.status is not None and guard.status == endpoint.status
    return alike and is_write(endpoint)


def _alone(world: World, endpoint: Endpoint) -> Case:
    """An endpoint that may look a row up first is asked for one that is there."""
    expected = law.without_credentials(world, endpoint)
    play = scene(world, endpoint)
    shown = dict(keys_of(endpoint))
    headers = tuple(each for each in play.call.headers if each[0] not in shown)
    steps = nothing_changes(world, play.calling(login="", headers=headers), expected)
    title = f"turns away a caller without credentials who {deed(world, endpoint)}"
    because = (expected.because,)
    return draft(world, endpoint, title, steps, kind="auth", because=because)


def _late_tokens(world: World, endpoint: Endpoint) -> list[Case]:
    """Bad tokens beside a request that is well made, where the handler itself looks at the token."""
    flaws = list(_flaws_of(world)) if speaks_late(endpoint, "credentials") else []
    if not flaws or not _is_bearer(world) or not guards_first(endpoint):
        return []
    expected = law.bad_token(world, endpoint, "")
    play = scene(world, endpoint)
    login = Login(name=headers_of(play.caller), user=play.caller, flaw=column("flaw"))
    steps = [
        login if isinstance(each, Login) else each
        for each in nothing_changes(world, play, expected)
    ]
    variations = tuple(
        Variation(id=SAID[flaw], cells=(("flaw", Literal(value=flaw)),)) for flaw in flaws
    )
    title = f"turns away a token that does not hold where it {deed(world, endpoint)}"
    return [
        draft(
            world,
            endpoint,
            title,
            steps,
            kind="auth",
            because=(expected.because,),
            variations=variations,
            columns=("flaw",),
        )
    ]


def _only(lacking: Requirement) -> Because:
    """Who alone may: `only callers whose isAdmin is set may`, `only callers of the role admin may`."""
    field, value = lacking.field, lacking.value
    if isinstance(value, bool):
        who = f"whose {field} is {'set' if value else 'not set'}"
    else:
        every = value if isinstance(value, tuple) else (value,)
        linked = field.split(".")[-2:-1]  # `roles.permissions.name` is about a permission
        named = singular(linked[0]) if linked else field
        who = f"of the {named} {' or '.join(map(str, every))}"
    return Because(text=f"only callers {who} may", place=lacking.place)


def _late_role(world: World, endpoint: Endpoint) -> list[Case]:
    """A caller of the wrong role with a request that is well made, where the handler itself looks at the role."""
    lacking = _lacking(world, endpoint) if speaks_late(endpoint, "role") else None
    if lacking is None:
        return []
    who = plain_persona(world)
    because = _only(lacking)
    play = scene(world, endpoint, caller=who)
    steps = nothing_changes(world, play, Expected(codes=(lacking.status,), because=because))
    title = f"keeps {a(who.name.replace('_', ' '))} out where it {deed(world, endpoint)}"
    return [draft(world, endpoint, title, steps, kind="auth", because=(because,))]


def _is_login(world: World, endpoint: Endpoint) -> bool:
    return world.sign_in(endpoint) is not None


def _another(world: World, endpoint: Endpoint) -> list[Case]:
    """A second user is refused what belongs to the first, and nothing changes."""
    kept = owned(world, endpoint)
    if kept is None:
        return []
    record, expected = kept
    who = plain_persona(world)
    other = f"other_{who.name}"
    if persona(world, world.requirements(endpoint)) != who:
        return []
    if record is world.user and path_names(endpoint.path):
        return [_another_caller(world, endpoint, record, expected)]
    if world.owner_field(record) is None and not set(holders(endpoint)):
        return []
    play = scene(world, endpoint, owner=other)
    play = play.before(Seed(record=_user(world), name=other, values=who.values))
    steps = nothing_changes(world, play, expected)
    return [
        draft(
            world,
            endpoint,
            f"{_keeps(endpoint)} {_from_another(world, endpoint, record)}",
            steps,
            kind="auth",
            because=(expected.because,),
        )
    ]


def _another_caller(world: World, endpoint: Endpoint, record: Record, expected: Expected) -> Case:
    """The row in the path is another caller's own."""
    who = plain_persona(world)
    other = f"other_{who.name}"
    play = scene(world, endpoint)
    *before, (name, _) = play.call.parameters
    named = world.path_key(endpoint, name)
    field = named[1] if named and named[0] == record else record.primary_key[0]
    key = Ref(name=other, path=(field.name,))
    values = (*who.values, *told_apart(world, endpoint, record))
    play = play.with_seeds(Seed(record=record.name, name=other, values=values))
    steps = nothing_changes(world, play.calling(parameters=(*before, (name, key))), expected)
    what = who.name.replace("_", " ")
    title = f"refuses {a(what)} who {deed(world, endpoint)} other than themselves"
    if not is_write(endpoint):
        title = f"hides another {what}"
    because = (expected.because,)
    return draft(world, endpoint, title, steps, kind="auth", because=because, witnessed=play.sure)


def _user(world: World) -> str:
    return world.user.name if world.user else ""


def _keeps(endpoint: Endpoint) -> str:
    return "refuses" if is_write(endpoint) else "hides"


def _from_another(world: World, endpoint: Endpoint, record: Record) -> str:
    owner = plain_persona(world).name.replace("_", " ")
    thing = words(record.name)
    if not is_write(endpoint):
        return f"another {owner}'s {thing}"
    return f"{a(owner)} who {deed(world, endpoint)} of another"


def owned(world: World, endpoint: Endpoint) -> tuple[Record, Expected] | None:
    """The record that the endpoint keeps to its owner, and the answer to others; None when it does not."""
    for refusal in law.of(endpoint, "owner"):
        record = (
            world.project.record(refusal.record) if refusal.record else _target(world, endpoint)
        )
        if record:
            told = law.refused(refusal, f"{words(record.name)} of another: {refusal.detail}")
            scoped = _scoped(world, endpoint)
            missed = scoped[1].codes if scoped is not None else ()
            return record, told.replace(codes=tuple(sorted({*told.codes, *missed})))
    return _scoped(world, endpoint)


def _scoped(world: World, endpoint: Endpoint) -> tuple[Record, Expected] | None:
    """A row selected by path *and* caller: another's is as good as missing."""
    for effect, condition in conditions(endpoint):
        record = world.project.record(effect.record)
        own = _held_by(world, record, condition.field) if record else None
        paths = any(each.origin.kind == "path" for each in effect.where)
        if record and own and condition.origin.kind == "caller" and paths:
            expected = law.missing(endpoint, record.name, origin="path", name="")
            missing = expected or law.rest("another's row is as good as missing", 404)
            found = next(iter(law.of(endpoint, "missing", record.name)), None)
            return record, law.refused(found) if found else missing
    return None


def _held_by(world: World, record: Record, name: str) -> Field | None:
    """The field of the name that says whose a row is, in itself or in the row it hangs on (`Profile.user_id`)."""
    holder, _, field = name.rpartition(".")
    above = world.project.record(holder) if holder else record
    own = world.owner_field(above) if above else None
    tied = above is record or any(
        each.references.startswith(f"{holder}.") for each in record.fields
    )
    return own if own is not None and own.name == field and tied else None


def _target(world: World, endpoint: Endpoint) -> Record | None:
    try:
        return world.project.record(scene(world, endpoint).record)
    except NoScene:
        return None


def _inactive(world: World, endpoint: Endpoint) -> list[Case]:
    """One case per guard would repeat itself, so only the first endpoint that declares it has one."""
    refusals = law.of(endpoint, "inactive")
    known = world.authentication
    first = next((each for each in world.endpoints if law.of(each, "inactive") and each.auth), None)
    if not refusals or known is None or not known.active or first is not endpoint:
        return []
    flags = dict(known.active)
    field = next((each.field for each in refusals if each.field in flags), known.active[0][0])
    given = ((field, Literal(value=not flags[field])),)
    play = scene(world, endpoint, given={_user(world): given})
    why = "an inactive caller is turned away"
    expected = law.refused(refusals[0], why)
    if law.convention(world, "inactive") == field:  # whoever tells the caller looks at it first
        asked = law.without_credentials(world, endpoint)
        expected = asked.replace(because=asked.because.replace(text=why))
    steps = nothing_changes(world, play, expected)
    who = plain_persona(world).name.replace("_", " ")
    return [
        draft(
            world,
            endpoint,
            f"turns away {a(f'inactive {who}')}",
            steps,
            kind="auth",
            group=ACCESS,
            because=(expected.because,),
        )
    ]


def _astray(world: World, endpoint: Endpoint) -> list[Case]:
    """A form that another site's page sends lacks its token. One middleware asks for it everywhere, so that a few
    endpoints stand for all: the first of each record that a form changes."""
    chosen: dict[str, Endpoint] = {}
    for each in world.endpoints:
        touched = next((e.record for e in effects(each, *WRITES)), "")
        if each.form_token and touched and each.auth is not None:
            chosen.setdefault(touched, each)
    status = law.convention(world, "form_token")
    if endpoint not in [*chosen.values()][:FEW] or not isinstance(status, int):
        return []
    play = scene(world, endpoint)
    play = play.calling(astray=True)
    why = "a form without the token of its page is turned away"
    because = Because(text=why, law="convention", place=endpoint.handler.place)
    expected = Expected(codes=(status,), because=because)
    return [
        draft(
            world,
            endpoint,
            f"refuses a form without its token that {deed(world, endpoint)}",
            nothing_changes(world, play, expected),
            kind="auth",
            column="auth",
            group=ACCESS,
            because=(because,),
            witnessed=play.sure,
        )
    ]


def _wrong_logins(world: World, endpoint: Endpoint) -> list[Case]:
    """A wrong password and an unknown name get the same answer."""
    known, login = world.authentication, world.sign_in(endpoint)
    play = scene(world, endpoint)
    refusal, shown = _wrong_credentials(endpoint), _shown_again(world, endpoint)
    unclear = refusal is None and shown is None and is_page(endpoint)
    if known is None or login is None or unclear:
        return []
    fields = dict(login.fields)
    name = fields.get("identifier", known.identifier)
    password = fields.get("password", "password")
    expected = (
        law.refused(refusal, "the password or the name is wrong")
        if refusal
        else shown or law.rest("wrong credentials are turned away", 400, 401)
    )
    unknown = cast.pick(known.identifier, _text(known.identifier), nth=1)
    wrong = (
        ("a wrong password", password, Literal(value=world.wrong_password)),
        (f"an unknown {words(name)}", name, Literal(value=unknown)),
    )
    flaws = [
        Flaw(path=path, words=said, value=value, rule="credentials") for said, path, value in wrong
    ]
    varied = play.calling(body=With(base=play.body, path=column("field"), value=column("value")))
    told = _told_apart(endpoint, known.identifier)
    steps = (
        *varied.arrange,
        varied.call,
        Status(codes=column("status") if told else expected.codes),
    )
    title = f"refuses a wrong password and an unknown name{'' if told else ' alike'}"
    variations = (
        tuple(
            each.replace(cells=(*each.cells, ("status", Literal(value=status))))
            for each, status in zip(rows(flaws, {}), told, strict=True)
        )
        if told
        else rows(flaws, {})
    )
    return [
        draft(
            world,
            endpoint,
            title,
            steps,
            kind="auth",
            because=(expected.because,),
            variations=variations,
            columns=("field", "value", "status") if told else ("field", "value"),
        )
    ]


def _told_apart(endpoint: Endpoint, identifier: str) -> tuple[int, ...]:
    """The statuses of a wrong password and of an unknown name, where the code answers them differently."""
    said = law.of(endpoint, "credentials")
    unknown = next((each.status for each in said if each.field == identifier), 0)
    wrong = next((each.status for each in said if not each.field), unknown)
    return (wrong, unknown) if unknown and wrong != unknown else ()


def _wrong_credentials(endpoint: Endpoint) -> Refusal | None:
    """What is answered to a wrong login; where the code only says that nothing else led to an answer, that."""
    found = next(iter(law.of(endpoint, "credentials")), None)
    rest = [e for e in law.of(endpoint, "unknown") if e.status in (400, 401, 403, 404, 422)]
    return found or (rest[0] if len({each.status for each in rest}) == 1 else None)


def _shown_again(world: World, endpoint: Endpoint) -> law.Expected | None:
    """What a form of the framework's own, which looks at credentials itself, answers to wrong ones."""
    form, status = law.convention(world, "login_form"), endpoint.invalid_status
    if not form or status is None or endpoint.body is None or endpoint.body.schema.name != form:
        return None
    because = Because(text=f"{form} finds wrong credentials, and is shown again", law="convention")
    return law.Expected(codes=(status,), because=because)


def _text(name: str) -> Schema:
    return Schema(type="string", format="email" if "mail" in name else "")
