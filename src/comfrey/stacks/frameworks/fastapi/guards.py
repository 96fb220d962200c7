"""Guards: what stands before a handler and asks who is calling."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from comfrey.model.endpoint import Guard, Requirement
from comfrey.model.noun import Noun
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Expression,
)
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
    plain,
)
from comfrey.stacks.admission.anonymous import (
    Ending,
    Raised,
    Reading,
    endings,
    merged,
)
from comfrey.stacks.admission.nobody import NONE, UNKNOWN, Request, is_none
from comfrey.stacks.frameworks.fastapi.carriers import reader, readers, wire
from comfrey.stacks.frameworks.fastapi.dependencies import Ask, Dependency
from comfrey.stacks.frameworks.fastapi.facts import ACCESS, CREDENTIAL, data
from comfrey.stacks.frameworks.fastapi.middleware import backends, gatekeepers
from comfrey.stacks.frameworks.fastapi.requirements import read_requirements, roles_of
from comfrey.stacks.frameworks.fastapi.routes import Route
from comfrey.stacks.frameworks.fastapi.schemes import flags, has_guards, known_scheme
from comfrey.stacks.frameworks.fastapi.statuses import status_of_error

TURNED_AWAY = (401, 403)
FORMS = ("Body", "Form", "File")


class Access(Noun, frozen=True, kw_only=True):
    """Who may call: `auth` is None when it cannot be known."""

    auth: bool | None = False
    optional: bool = False
    guards: tuple[Guard, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass
class Context:
    """What every route of one app shares."""

    codebase: Codebase
    version: str = ""
    handlers: dict[str, int] = field(default_factory=dict)
    gates: dict[tuple[int, ...], tuple[Value, ...]] = field(default_factory=dict)
    """The middlewares in front of the routes of these apps."""


@dataclass
class _Seen:
    """What was met while the dependencies of one route were read."""

    schemes: list[Guard] = field(default_factory=list)
    readers: list[Guard] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    unknown: bool = False
    doubtful: Raised | None = None
    """A guard that may turn the request away, by code that could not be followed to its end."""


def read_access(
    dependencies: tuple[Dependency, ...],
    context: Context,
    route: Route,
) -> Access:
    """Who may call a route that runs these dependencies, the last of which is the handler."""
    seen = _Seen()
    turned = _gate(route, seen, context)
    for dependency in dependencies[:-1]:
        turned = turned or _ending(dependency, seen, context)
    turned = turned or _handler(dependencies[-1], seen, context) or seen.doubtful
    for dependency in dependencies:
        _requirements(dependency, seen, context, handler=dependency is dependencies[-1])
    if turned is not None and not seen.schemes and not seen.readers:
        for function in backends(route.apps, context.codebase):
            seen.readers += readers(Dependency(function, spelling=function.name))
    return _access(seen, turned)


def _gate(route: Route, seen: _Seen, context: Context) -> Raised | None:
    """A middleware that answers an anonymous request for this path by itself."""
    key = tuple(id(app) for app in route.apps)
    if key not in context.gates:
        context.gates[key] = gatekeepers(route.apps, context.codebase)
    for gate in context.gates[key]:
        receiver = gate.receiver if isinstance(gate, BoundMethod) else None
        dependency = Dependency(gate, receiver=receiver, spelling="middleware")
        function = dependency.function
        names = [each.name for each in function.node.parameters] if function else []
        names = [each for each in names if each != "self"]
        bound: dict[str, Value] = {names[0]: Request(route.path, route.methods[0])} if names else {}
        found = _endings(dependency, bound, seen, context)
        if found and all(each.raises and each.status in TURNED_AWAY for each in found):
            seen.readers += readers(dependency)
            return Raised(found[0].status, found[0].place, True, "Unauthorized")
    return None


def _access(seen: _Seen, turned: Raised | None) -> Access:
    guards = seen.schemes or (seen.readers if turned else [])
    is_guard = turned is not None and _is_refusal(turned, bool(guards))
    if turned is not None and is_guard and not guards:
        guards = [Guard(scheme="unknown", place=turned.place)]
    if not guards:
        return Access(auth=None if seen.unknown else False)
    first = guards[0].replace(
        requirements=tuple(dict.fromkeys(seen.requirements)),
        scopes=tuple(dict.fromkeys((*guards[0].scopes, *seen.scopes))),
        status=turned.status if turned is not None and turned.status else guards[0].status,
    )
    shown = tuple(each.replace(optional=not is_guard) for each in (first, *guards[1:]))
    return Access(
        auth=True if is_guard else None if seen.unknown else False,
        optional=not is_guard,
        guards=_distinct(shown),
        roles=roles_of(first.requirements, first.scopes),
    )


def _is_refusal(turned: Raised, guarded: bool) -> bool:
    """Whether an ending says "who are you?" rather than that something else is amiss."""
    if turned.status is None:
        return bool(ACCESS.search(turned.name)) or (guarded and not turned.known)
    return turned.status in TURNED_AWAY or (guarded and 400 <= turned.status < 500)


def _distinct(guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
    found: dict[tuple[str, str], Guard] = {}
    for guard in guards:
        found.setdefault((guard.scheme, guard.carrier), guard)
    return tuple(found.values())


# --- what a request without credentials meets --------------------------------


def _ending(dependency: Dependency, seen: _Seen, context: Context) -> Raised | None:
    try:
        _value(dependency, seen, context)
    except Raised as raised:
        return raised
    return None


def _handler(handler: Dependency, seen: _Seen, context: Context) -> Raised | None:
    """The handler itself turns away only with the statuses that say so."""
    bound: dict[str, Value] = {}
    try:
        for each in handler.below:
            bound[each.name] = _value(each, seen, context)
        for ask in handler.asks:
            bound[ask.name] = _asked(ask, handler, seen, guarding=False)
    except Raised as raised:
        return raised
    found = list(readers(handler))
    if (decorated := _required(handler)) is not None:
        seen.readers += found
        return decorated
    try:
        merged(_endings(handler, bound, seen, context))
    except Raised as raised:
        if raised.status not in TURNED_AWAY:
            return None
        seen.readers += found
        return raised
    return None


def _required(handler: Dependency) -> Raised | None:
    """Starlette's `@requires("authenticated")`, which answers 403."""
    function = handler.function
    for each in function.decorators if function is not None else ():
        made = each.of if isinstance(each, Instance) else each
        if isinstance(made, External) and made.name == "starlette.authentication.requires":
            status = plain(each.kwarg("status_code")) if isinstance(each, Instance) else None
            code = status if isinstance(status, int) else 403
            return Raised(code, handler.place, True, "Unauthorized")
    return None


def _value(dependency: Dependency, seen: _Seen, context: Context) -> Value:
    """What a dependency gives for an anonymous request; `Raised` when it turns it away."""
    seen.scopes += dependency.scopes
    known = _scheme(dependency, context)
    if known is not None:
        guard, automatic = known
        own = list(readers(dependency, scheme=True)) if dependency.function is not None else []
        seen.schemes += own or [guard]
        if dependency.function is None:
            if automatic:
                raise Raised(guard.status, guard.place, True, "Unauthorized")
            return NONE
    bound: dict[str, Value] = {}
    for each in dependency.below:
        bound[each.name] = _value(each, seen, context)
    for ask in dependency.asks:
        bound[ask.name] = _asked(ask, dependency, seen, guarding=True)
    if isinstance(dependency.callee, External) and has_guards(dependency.callee):
        return Instance(dependency.callee, symbolic=True)
    if _is_unknown(dependency):
        seen.unknown = True
        return UNKNOWN
    seen.readers += readers(dependency)
    found = _endings(dependency, bound, seen, context)
    if seen.doubtful is None:
        seen.doubtful = _doubtful(dependency, found)
    return merged(found)


def _doubtful(dependency: Dependency, found: tuple[Ending, ...]) -> Raised | None:
    """A 401 among the endings of a guard that takes the request and tolerates nobody."""
    function = dependency.function
    refused = [each for each in found if each.raises and each.status == 401]
    if function is None or not refused or any(each.word in FORMS for each in dependency.asks):
        return None
    takes_request = any(
        _is_request(each.name, each.annotation) for each in function.node.parameters
    )
    tolerant = any(not each.raises and is_none(each.value) for each in found)
    if (
        tolerant
        or not takes_request
        or not ACCESS.search(f"{dependency.spelling} {dependency.name}")
    ):
        return None
    return Raised(401, refused[0].place, known=True, name=refused[0].name)


def _endings(
    dependency: Dependency, bound: dict[str, Value], seen: _Seen, context: Context
) -> tuple[Ending, ...]:
    function = dependency.function
    if function is None:
        return (Ending(raises=False, value=UNKNOWN),)
    for parameter in function.node.parameters:
        if parameter.name not in bound and _is_request(parameter.name, parameter.annotation):
            bound[parameter.name] = Request()
    reading = Reading(
        context.codebase,
        _caller(context, seen),
        lambda value: status_of_error(value, context.codebase, context.handlers),
        outside=_parted,
    )
    return endings(reading, function, bound, dependency.receiver)


def _parted(made: Value) -> Value:
    """What FastAPI's `get_authorization_scheme_param` makes of no header: two empty texts."""
    match made:
        case Instance(of=External(last="get_authorization_scheme_param"), args=(header,)):
            return ListValue([Const(""), Const("")], "tuple") if is_none(header) else UNKNOWN
    return made


def _caller(context: Context, seen: _Seen) -> Callable[[Value | None], Value]:
    def scheme(receiver: Value | None) -> Value:
        found = (
            known_scheme(receiver, context.codebase, context.version)
            if receiver is not None
            else None
        )
        if found is None:
            return UNKNOWN
        guard, automatic = found
        seen.readers.append(guard)
        if automatic:
            raise Raised(guard.status, guard.place, True, "Unauthorized")
        return NONE

    return scheme


def _is_request(name: str, annotation: Expression | None) -> bool:
    if annotation is None:
        return name == "request"
    return annotation.text.rpartition(".")[2] in ("Request", "HTTPConnection", "WebSocket")


def _asked(ask: Ask, dependency: Dependency, seen: _Seen, *, guarding: bool) -> Value:
    """What an anonymous request gives for an input."""
    if ask.word not in ("Header", "Cookie", "Query"):
        return UNKNOWN
    credential = bool(CREDENTIAL.search(wire(ask)))
    if ask.word == "Query" and not (guarding and credential):
        return UNKNOWN
    default = ask.default
    if default is ask.marker and ask.marker is not None:
        default = ask.marker.argument(0, "default")
    required = default is None or (isinstance(default, Const) and default.value is Ellipsis)
    if credential and guarding:
        seen.readers.append(reader(ask, dependency, 422 if required else None))
    if required:
        if credential and guarding and ask.word != "Query":
            raise Raised(422, ask.place, known=True)
        return UNKNOWN
    return default if isinstance(default, Const) else UNKNOWN


def _is_unknown(dependency: Dependency) -> bool:
    """Whether a dependency that looks like a guard could not be followed."""
    callee = dependency.callee
    opaque = isinstance(callee, UnknownValue | External | BoundExternal) or (
        isinstance(callee, Instance) and not isinstance(callee.of, ClassValue | Generic)
    )
    words = f"{dependency.spelling} {dependency.name} {getattr(callee, 'spelling', '')}"
    return opaque and not _is_form(callee) and bool(ACCESS.search(words))


def _is_form(callee: Value) -> bool:
    return isinstance(callee, External) and callee.last in data()["forms"]


def _scheme(dependency: Dependency, context: Context) -> tuple[Guard, bool] | None:
    of = dependency.receiver if dependency.receiver is not None else dependency.callee
    return known_scheme(of, context.codebase, context.version)


# --- requirements ------------------------------------------------------------


def _requirements(dependency: Dependency, seen: _Seen, context: Context, *, handler: bool) -> None:
    for each in _run(dependency, handler=handler):
        seen.requirements += read_requirements(each, context.codebase, context.handlers)
        of = each.receiver if each.receiver is not None else each.callee
        if isinstance(of, Instance):
            seen.requirements += flags(of) if isinstance(of.of, BoundExternal) else ()


def _run(dependency: Dependency, *, handler: bool) -> Iterable[Dependency]:
    """Everything below; a handler's own refusals are not its guard's."""
    every = tuple(dependency.walk())
    return every[:-1] if handler else every
