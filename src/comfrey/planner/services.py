"""External services: asked as the source says, and every way of failing answered as it says."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.model.endpoint import Endpoint, ServiceUse
from comfrey.model.origin import Refusal
from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.service import Service, ServiceCall
from comfrey.model.step import Remember, Sent, Status, Step, Stub, Unchanged
from comfrey.model.value import Literal
from comfrey.planner import law
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import BEFORE, column, draft
from comfrey.planner.needs import Scene, scene
from comfrey.planner.wording import snake
from comfrey.planner.world import WRITES, World, written

DOUBLED = ("http", "smtp", "s3", "amqp")
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
        found.append(_asked(world, play, service, use))
        found += _failures(world, play, service, use)
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
    return snake(service.name)


def _asked(world: World, play: Scene, service: Service, use: ServiceUse) -> Case:
    call = call_of(service, use)
    method, path, count = "", "", None
    if call is not None and service.protocol == "http":
        method = call.method
        path = call.path if call.path.startswith("/") and "{" not in call.path else ""
    if len([each for each in play.endpoint.services if each.service == service.name]) == 1:
        count = 1 if service.protocol in ("http", "smtp", "amqp") else None
    expected = law.success(play.endpoint)
    steps = (
        *play.arrange,
        play.call,
        Status(codes=expected.codes),
        Sent(service=service.name, count=count, method=method, path=path),
    )
    place = use.place or service.place
    because = Because(text=f"{play.endpoint.handler.name} calls {service.name}", place=place)
    return draft(
        world,
        play.endpoint,
        f"asks {service.name} once where it {deed(world, play.endpoint)}",
        steps,
        kind="service",
        column="success",
        group=_group(service),
        because=(because,),
        witnessed=play.sure,
    )


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
            found.append(_answered(world, play, service, kept, told))
        untold = [each for each in here if each not in declared]
        if untold:
            found.append(_survived(world, play, service, use, kept, untold))
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
    world: World, play: Scene, service: Service, kept: str, told: dict[str, Refusal]
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
    return _draft(world, play, service, kept, steps, variations, columns)


def _writes_nothing_before(endpoint: Endpoint, refusal: Refusal) -> bool:
    """True when the handler has only looked, or locked, before it gives this answer."""
    before = sorted(endpoint.effects, key=lambda each: each.order)[: refusal.effects_before]
    return refusal.status >= 400 and not any(each.action in WRITES for each in before)


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
    world: World, play: Scene, service: Service, use: ServiceUse, kept: str, kinds: list[str]
) -> Case:
    """Failures that nothing is said about: handled somehow, never an internal error."""
    status = Status(codes=(), other_than=(500,))
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
    after = (Unchanged(name=BEFORE),) if kept else ()
    return (*play.arrange, stub, *watch, play.call, status, *after)


TITLES = {
    "error": "answers for a failing {service} where it {deed}",
    "timeout": "does not wait for {service} for ever where it {deed}",
    "rate_limit": "answers for a busy {service} where it {deed}",
}


def _draft(
    world: World,
    play: Scene,
    service: Service,
    kept: str,
    steps: tuple[Step, ...],
    variations: tuple[Variation, ...],
    columns: tuple[str, ...],
) -> Case:
    title = TITLES[kept].format(service=service.name, deed=deed(world, play.endpoint))
    if any(isinstance(e, Status) and e.other_than for e in steps):
        title = title.replace("answers for", "survives")
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
