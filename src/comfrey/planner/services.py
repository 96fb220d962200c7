"""External services: asked as the source says, and every way of failing answered as it says."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.model.endpoint import Endpoint, ServiceUse
from comfrey.model.origin import Effect, Origin, Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.service import Service, ServiceCall
from comfrey.model.step import Fail, Remember, Sent, Status, Step, Stub, Unchanged
from comfrey.model.value import Computed, Literal, Value
from comfrey.planner import law
from comfrey.planner.deeds import deed, doing
from comfrey.planner.drafts import BEFORE, column, draft
from comfrey.planner.needs import scene
from comfrey.planner.outcomes import happens, told_value
from comfrey.planner.scenes import Scene
from comfrey.planner.states import holds
from comfrey.planner.wording import a, snake, words
from comfrey.planner.world import WRITES, World, effects, written

DOUBLED = ("http", "smtp", "s3", "amqp")
TELLING = ("http", "smtp", "amqp")
"""Protocols whose doubles tell what a request held."""
SILENT = ("cache", "monitoring", "analytics", "database")
TOLD = ("email", "queue", "sms", "push")
COLUMNS = {"timeout": "timeout", "rate_limit": "rate_limit"}
KINDS = ("status500", "shape", "network", "timeout", "rate_limit")
BY_STATUS = {
    502: ("status500", "shape", "network"),
    503: ("rate_limit",),
    504: ("timeout",),
}
"""What each answer of a gateway is declared for (RFC 9110, 15.6.3 to 15.6.5)."""
GROUPS = {"email": "mail", "queue": "messages", "payment": "payments", "storage": "storage"}
KNOWN_AS = {
    "email": "mail server",
    "queue": "message queue",
    "payment": "payment service",
    "storage": "file storage",
    "search": "search service",
    "sms": "text message service",
    "push": "push service",
}
UNDONE = {"create": "stored", "update": "changed", "delete": "removed"}
OPERATIONS = {"create": "insert", "update": "update", "delete": "delete"}
SAID = {
    "status500": "an internal error",
    "timeout": "no answer in time",
    "shape": "an answer of another shape",
    "rate_limit": "too many requests",
    "network": "a broken connection",
    "declined": "a refusal",
}


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """Per service that the endpoint reaches: the good request, then each failure."""
    found: list[Case] = []
    seen: set[str] = set()
    for use in endpoint.services:
        service = next((e for e in world.project.services if e.name == use.service), None)
        if service is None or service.name in seen or not _has_double(service):
            continue
        seen.add(service.name)
        play = scene(world, endpoint)
        if not use.conditional:
            found.append(_asked(world, play, service, use))
        found += _retries(world, play, service, use)
        found += _failures(world, play, service, use)
        found += _after_commit(world, play, service, use)
    return found


def _has_double(service: Service) -> bool:
    return service.protocol in DOUBLED and service.kind not in SILENT


def call_of(service: Service, use: ServiceUse) -> ServiceCall | None:
    """The call site that the endpoint reaches: by operation, else by its place, else the only one."""
    for each in service.calls:
        if use.place and (each.file, each.line) == (use.place.file, use.place.line):
            return each
    for each in service.calls:
        if use.call and (each.operation == use.call or each.operation.endswith(f".{use.call}")):
            return each
    return service.calls[0] if len(service.calls) == 1 else None


def _group(service: Service) -> str:
    return GROUPS.get(service.kind, snake(service.name))


def _asked(world: World, play: Scene, service: Service, use: ServiceUse) -> Case:
    call = call_of(service, use)
    method, path, count = "", "", None
    if call is not None and service.protocol == "http":
        method = call.method
        path = call.path if call.path.startswith("/") and "{" not in call.path else ""
    elif service.protocol == "amqp":
        path = use.key
    if len([each for each in play.endpoint.services if each.service == service.name]) == 1:
        count = 1 if service.protocol in TELLING else None
    expected = law.success(play.endpoint)
    sent = Sent(
        service=service.name,
        count=count,
        method=method,
        path=path,
        header_present=call.headers if call and service.protocol == "http" else (),
        body=_sent_members(world, play, use) if service.protocol in TELLING else (),
    )
    steps = (*play.arrange, play.call, Status(codes=expected.codes), sent)
    place = use.place or service.place
    because = Because(text=f"{play.endpoint.handler.name} calls {service.name}", place=place)
    return draft(
        world,
        play.endpoint,
        f"{_asks(service)} {_while(world, play.endpoint)}",
        steps,
        kind="service",
        column="success",
        group=_group(service),
        because=(because,),
        witnessed=play.sure,
    )


def _asks(service: Service) -> str:
    done = {
        "email": "sends one mail",
        "queue": "publishes one message",
        "storage": "stores one file",
    }
    return done.get(service.kind, f"asks {called(service)} once")


def _sent_members(world: World, play: Scene, use: ServiceUse) -> tuple[tuple[str, Value], ...]:
    """The members of the request whose values the scene knows; as text in a form."""
    found: list[tuple[str, Value]] = []
    for each in use.sends:
        value = told_value(world, play, each.origin)
        if value is None or "." in each.field:
            continue
        if use.encoding == "form" and not _is_text(world, each.origin, value):
            value = Computed(operation="str", of=(value,))
        found.append((each.field, value))
    return tuple(found[:4])


def _is_text(world: World, origin: Origin, value: Value) -> bool:
    if isinstance(value, Literal):
        return isinstance(value.value, str)
    record, _, name = origin.name.partition(".")
    holder = world.project.record(record)
    field = holder.field(name) if holder else None
    return field is not None and field.type in ("string", "text", "enum")


def _retries(world: World, play: Scene, service: Service, use: ServiceUse) -> list[Case]:
    """What is tried again comes through when the service has answered badly only once."""
    call = call_of(service, use)
    if call is None or (call.retries or 0) < 2 or "rate_limit" not in use.retried:
        return []
    sent = Sent(service=service.name, count=2, same_header=_same(call))
    stub = Stub(service=service.name, kind="rate_limit", times=1)
    expected = law.success(play.endpoint)
    steps = (*play.arrange, stub, play.call, Status(codes=expected.codes), sent)
    why = Because(text=f"too many requests are tried {call.retries} times", place=use.place)
    title = f"tries {called(service)} again after too many requests {_while(world, play.endpoint)}"
    return [
        draft(
            world,
            play.endpoint,
            title,
            steps,
            kind="service",
            column="rate_limit",
            group=_group(service),
            because=(why, expected.because),
            witnessed=play.sure,
        )
    ]


def _same(call: ServiceCall) -> tuple[str, ...]:
    """Headers that by their meaning stay as they are when a request is repeated."""
    return tuple(each for each in call.headers if "idempotency" in each.lower())


def _after_commit(world: World, play: Scene, service: Service, use: ServiceUse) -> list[Case]:
    """What is sent once all is committed is not sent when the commit fails."""
    writes = [e for e in effects(play.endpoint, *WRITES) if happens(world, play, e)]
    step = writes[-1] if writes else None
    touched = step is not None and (step.action == "create" or step.record in play.rows)
    witness = None if use.settled else _told_late(world, play.endpoint, use)
    due = use.settled or witness is not None
    if not due or service.kind not in TOLD or step is None or not touched:
        return []
    records = tuple(each for each in written(play.endpoint) if world.project.record(each))
    steps = (
        *play.arrange,
        Remember(name=BEFORE, records=records),
        Fail(record=step.record, operation=OPERATIONS[step.action]),
        play.call,
        Status(codes=(), other_than=(play.endpoint.status,)),
        Sent(service=service.name, count=0),
        Unchanged(name=BEFORE, but=play.endpoint.touches),
    )
    nothing = {"email": "sends no mail", "queue": "publishes nothing"}
    said = nothing.get(service.kind, f"does not ask {called(service)}")
    return [
        draft(
            world,
            play.endpoint,
            f"{said} when {a(words(step.record))} cannot be {UNDONE[step.action]}",
            steps,
            kind="service",
            column="success",
            group=_group(service),
            because=(_late(use, witness),),
            witnessed=play.sure,
        )
    ]


def _late(use: ServiceUse, witness: Endpoint | None) -> Because:
    if witness is None:
        return Because(text="it is asked after the commit", place=use.place)
    text = f"{witness.handler.name} tells it only after the commit"
    return Because(text=text, place=witness.handler.place)


def _told_late(world: World, endpoint: Endpoint, use: ServiceUse) -> Endpoint | None:
    """A witness that people and queues are told of what is committed: all other endpoints that write and
    tell do so, and this one in all else."""
    told = {each.name for each in world.project.services if each.kind in TOLD}
    others = [
        (each, other)
        for each in world.endpoints
        if effects(each, *WRITES)
        for other in each.services
        if other.service in told and other != use
    ]
    late = [each for each, other in others if other.settled]
    return late[0] if len(late) > 1 and len(late) == len(others) else None


def _failures(world: World, play: Scene, service: Service, use: ServiceUse) -> list[Case]:
    declared = {each.failure: each for each in _declared(play.endpoint, service)}
    call = call_of(service, use)
    kinds = [each for each in KINDS if _can_wait(each, call, declared)]
    if "declined" in declared and service.kind == "payment":
        kinds.append("declined")
    found = []
    for kept in ("error", "timeout", "rate_limit"):
        here = [each for each in kinds if COLUMNS.get(each, "error") == kept]
        told = {each: declared[each] for each in here if each in declared}
        if told:
            found.append(_answered(world, play, service, use, kept, told))
        untold = [each for each in here if each not in declared]
        if untold:
            refuses = service.kind == "payment" and any(e.status >= 400 for e in declared.values())
            found.append(_survived(world, play, service, use, kept, untold, refuses=refuses))
    return found


def _can_wait(kind: str, call: ServiceCall | None, declared: dict[str, Refusal]) -> bool:
    """A timeout is tried only where the code has one: without, the test would wait as long as the app."""
    return kind != "timeout" or kind in declared or (call is not None and call.timeout is True)


def _declared(endpoint: Endpoint, service: Service) -> Iterable[Refusal]:
    yield from _spared(endpoint, service)
    for each in law.of(endpoint, "service"):
        if each.service in ("", service.name):
            for failure in (each.failure,) if each.failure else KINDS:
                yield each.replace(failure=failure)


def _spared(endpoint: Endpoint, service: Service) -> Iterable[Refusal]:
    """Answers that the route declares for a failing service and that its code never gives.

    Only where it is plain which service is meant: the one that others are declared for, or the only one."""
    about = {each.service for each in law.of(endpoint, "service")}
    if (about or {each.service for each in endpoint.services}) != {service.name}:
        return
    given = {each.status for each in endpoint.refusals}
    for status in sorted({each.status for each in endpoint.responses} - given):
        for failure in BY_STATUS.get(status, ()):
            yield Refusal(
                status=status,
                condition="service",
                service=service.name,
                failure=failure,
                place=endpoint.handler.place,
            )


def _answered(
    world: World,
    play: Scene,
    service: Service,
    use: ServiceUse,
    kept: str,
    told: dict[str, Refusal],
) -> Case:
    """Failures with an answer written for them, and nothing stored."""
    statuses = {each.status for each in told.values()}
    status = Status(codes=tuple(statuses) if len(statuses) == 1 else column("status"))
    early = all(_writes_nothing_before(play.endpoint, each) for each in told.values())
    variations = tuple(_row(kind, each, len(statuses) > 1) for kind, each in told.items())
    columns = ("failure", "status") if len(statuses) > 1 else ("failure",)
    stub = Stub(service=service.name, kind=column("failure"))
    steps = _played(world, play, stub, status, early)
    if early:
        steps = (*steps, *_unreached(world, play, service))
    call = call_of(service, use)
    if call and call.retries and {*told} <= {*use.retried}:
        again = Sent(service=service.name, count=call.retries, same_header=_same(call))
        steps = (*steps, again)
    return _draft(world, play, service, kept, steps, variations, columns)


def _writes_nothing_before(endpoint: Endpoint, refusal: Refusal) -> bool:
    """True when the handler has only looked, or locked, before it gives this answer."""
    before = sorted(endpoint.effects, key=lambda each: each.order)[: refusal.effects_before]
    writes = [each for each in before if each.action in WRITES]
    return refusal.status >= 400 and all(_bars_itself(endpoint, each) for each in writes)


def _bars_itself(endpoint: Endpoint, effect: Effect) -> bool:
    """True for a change into a state that the endpoint itself refuses: a request that was answered as
    failed could then never be made again."""
    same = [each for each in effects(endpoint, *WRITES) if each.record == effect.record]
    if effect.action != "update" or len(same) != 1:
        return False
    states = [each for each in law.of(endpoint, "state", effect.record) if each.record]
    return any(
        state.field == each.field and holds(state, each.origin.value) is True
        for state in states
        for each in effect.values
        if each.origin.kind == "constant"
    )


def _unreached(world: World, play: Scene, service: Service) -> tuple[Step, ...]:
    """Mail and messages that the source sends only after this service has answered well."""
    order = [each.service for each in play.endpoint.services]
    later = dict.fromkeys(order[order.index(service.name) + 1 :])
    found = (e for e in world.project.services if e.name in later and e.name != service.name)
    return tuple(
        Sent(service=each.name, count=0)
        for each in found
        if each.kind in TOLD and _has_double(each)
    )


def _row(kind: str, refusal: Refusal, with_status: bool) -> Variation:
    because = Because(text=f"{SAID[kind]} is answered {refusal.status}", place=refusal.place)
    cells = [("failure", Literal(value=kind))]
    if with_status:
        cells.append(("status", Literal(value=refusal.status)))
    return Variation(id=SAID[kind], cells=tuple(cells), because=(because,))


def _survived(
    world: World,
    play: Scene,
    service: Service,
    use: ServiceUse,
    kept: str,
    kinds: list[str],
    *,
    refuses: bool = False,
) -> Case:
    """Failures that nothing is said about: handled somehow, never an internal error; where another failure of a
    payment is refused (`refuses`), this one is no success either."""
    well = (play.endpoint.status,) if refuses else ()
    status = Status(codes=(), other_than=(*well, 500))
    stub = Stub(service=service.name, kind=column("failure"))
    rows = tuple(
        Variation(
            id=SAID[each],
            cells=(("failure", Literal(value=each)),),
            because=(
                Because(text="a failing service is no internal error", law="rest", place=use.place),
            ),
        )
        for each in kinds
    )
    return _draft(
        world, play, service, kept, _played(world, play, stub, status, False), rows, ("failure",)
    )


def _played(
    world: World, play: Scene, stub: Stub, status: Status, unchanged: bool
) -> tuple[Step, ...]:
    records = tuple(each for each in written(play.endpoint) if world.project.record(each))
    kept = bool(records) and unchanged
    watch = (Remember(name=BEFORE, records=records),) if kept else ()
    after = (Unchanged(name=BEFORE, but=play.endpoint.touches),) if kept else ()
    return (*play.arrange, stub, *watch, play.call, status, *after)


TITLES = {
    "error": "reports a failing {service} {while_it}",
    "timeout": "does not wait for ever for {the} {while_it}",
    "rate_limit": "reports a busy {service} {while_it}",
}


def _while(world: World, endpoint: Endpoint) -> str:
    return f"while {doing(deed(world, endpoint))}"


def called(service: Service) -> str:
    """The service in words, with its article."""
    return f"the {_noun(service)}"


def _noun(service: Service) -> str:
    own = service.name if service.name.isupper() else words(service.name)
    if any(own.endswith(each) for each in ("service", "server", "api", "API")):
        return own
    return KNOWN_AS.get(service.kind, f"{own} service")


def _draft(
    world: World,
    play: Scene,
    service: Service,
    kept: str,
    steps: tuple[Step, ...],
    variations: tuple[Variation, ...],
    columns: tuple[str, ...],
) -> Case:
    title = TITLES[kept].format(
        service=_noun(service), the=called(service), while_it=_while(world, play.endpoint)
    )
    if any(isinstance(e, Status) and e.other_than == (500,) for e in steps):
        title = title.replace("reports", "survives", 1)
    return draft(
        world,
        play.endpoint,
        title,
        steps,
        kind="service",
        column=kept,
        group=_group(service),
        variations=variations,
        columns=columns,
        witnessed=play.sure,
    )
