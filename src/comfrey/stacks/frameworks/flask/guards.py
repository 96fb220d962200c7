"""Guards: decorators, wrappers and `before_request` functions that ask who is calling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from comfrey.languages.python.configuration import configuration
from comfrey.model.endpoint import Guard, Requirement
from comfrey.model.noun import Noun
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Compare,
    Constant,
    Expression,
    If,
    Name,
    Subscript,
    Try,
    walk,
)
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundMethod,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.anonymous import Ending, Raised, Reading, endings, merged
from comfrey.stacks.admission.nobody import NONE, UNKNOWN, Anonymous, Empty, Request
from comfrey.stacks.frameworks.flask.facts import CREDENTIAL, flaws, guards, known, outside, strings
from comfrey.stacks.frameworks.flask.refusing import (
    abort_status,
    answered_status,
    called,
    error_status,
    handler_status,
)
from comfrey.stacks.frameworks.flask.routes import Route
from comfrey.stacks.frameworks.flask.views import Mark, View, wrapped

TURNED_AWAY = (401, 403)
WRONG = 400
"""What some guards answer to a request without the header that they look for."""
REDIRECTS = (302, 303, 307)
BAGS = {"headers": "header", "cookies": "cookie", "session": "session", "args": "query"}


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
    handlers: dict[str, int] = field(default_factory=dict)
    _readers: dict[int, tuple[Guard, ...]] = field(default_factory=dict)

    def reading(self) -> Reading:
        """A reading of an anonymous request."""
        return Reading(
            self.codebase,
            lambda receiver: _scheme(receiver, self.codebase),
            lambda value: error_status(value, self.codebase, self.handlers),
            outside=lambda value: _nobody(value, self.codebase),
            answer=answered_status,
            raises=lambda made: _refuses(made, self),
        )

    def readers(self, function: FunctionValue) -> tuple[Guard, ...]:
        """Where a function, and those that it calls, look for a credential."""
        key = id(function.node)
        if key not in self._readers:
            self._readers[key] = ()
            self._readers[key] = tuple(dict.fromkeys(_readers(function, self)))
        return self._readers[key]


def read_access(route: Route, view: View, method: str, context: Context) -> Access:
    """Who may call one method of a route."""
    found = [each for each in (_marked(mark, context) for mark in view.marks) if each is not None]
    optional = [each for each in found if each.optional]
    firm = [each for each in found if not each.optional]
    if not firm:
        gate = _gated(route, method, context)
        firm += [gate] if gate is not None else []
    if not firm:
        found_at = (_wrapper(each, view, context) for each in view.wrappers)
        firm += [each for each in found_at if each][:1]
    if not firm and (own := _own(route, view, method, context)) is not None:
        firm.append(own)
    if not firm:
        shown = optional or _lenient(view, context)
        return Access(auth=False, optional=bool(shown), guards=tuple(shown))
    requirements = tuple(_requirements(view, context))
    first = firm[0].replace(requirements=requirements)
    distinct = {(each.scheme, each.carrier): each for each in reversed((first, *firm[1:]))}
    roles = tuple(dict.fromkeys(str(e.value) for e in requirements if isinstance(e.value, str)))
    roles = tuple(dict.fromkeys((*roles, *first.scopes)))
    return Access(auth=True, guards=tuple(distinct.values())[::-1], roles=roles)


def _lenient(view: View, context: Context) -> list[Guard]:
    """A wrapper that looks for a credential and lets everyone through."""
    found = [g for each in view.wrappers for g in context.readers(each)]
    shown = [each for each in found if each.scheme != "session"]
    return [each.replace(optional=True) for each in shown[:1]]


# --- decorators of packages --------------------------------------------------------


def _marked(mark: Mark, context: Context) -> Guard | None:
    """The guard that a package's decorator puts before a view."""
    if mark.name == "apifairy.authenticate" or mark.name.endswith("FlaskApp.auth_required"):
        inner = mark.argument(0, "auth")
        return _authenticated(inner, mark, context) if inner is not None else None
    if mark.name.endswith(("APIFlask.auth_required", "APIBlueprint.auth_required")):
        inner = mark.argument(0, "auth")
        return _authenticated(inner, mark, context) if inner is not None else None
    entry = known(guards(), mark.name)
    if entry is None:
        return None
    if mark.receiver is not None and mark.name.endswith(".login_required"):
        return _authenticated(mark.receiver, mark, context)
    return _guard(entry, mark, context)


def _guard(entry: dict[str, Any], mark: Mark, context: Context) -> Guard:
    optional = bool(entry.get("optional")) or plain(mark.argument(99, "optional")) is True
    scopes = _roles(mark) if entry.get("roles") else ()
    renews = plain(mark.argument(99, "refresh")) is True or mark.name.endswith(
        "refresh_token_required"
    )
    return Guard(
        scheme=RENEWAL if renews else str(entry["scheme"]),
        name=mark.name.rpartition(".")[2],
        carrier=_configured(entry, "carrier", context),
        prefix=_configured(entry, "prefix", context),
        optional=optional,
        scopes=scopes,
        status=_status(entry, context),
        flaws=_flaws(entry, context) if _is_in_headers(mark) else (),
        place=mark.place,
    )


def _configured(entry: dict[str, Any], part: str, context: Context) -> str:
    """Where the package looks, and for which word, as the app's configuration says, else by default."""
    name = entry.get("configured", {}).get(part, "")
    said = text_of(configuration(context.codebase).get(name)) if name else None
    if said is None:
        return str(entry.get(part, ""))
    return f"header:{said}" if part == "carrier" else said


RENEWAL = "renewal"
"""What lets nobody in but with the token that only renews others."""


def _roles(mark: Mark) -> tuple[str, ...]:
    found = [plain(each) for each in mark.args]
    return tuple(each for each in found if isinstance(each, str))


def _is_in_headers(mark: Mark) -> bool:
    """Whether a token in a header is looked at: some routes take theirs from a cookie alone."""
    where = mark.argument(99, "locations")
    return where is None or plain(where) == "headers" or "headers" in strings(where)


def _flaws(entry: dict[str, Any], context: Context) -> tuple[tuple[str, int], ...]:
    """The answer to each kind of credential that does not hold: a loader's of the app, else the package's."""
    told_by = flaws(entry["flaws"]) if "flaws" in entry else {}
    return tuple(
        (flaw, _loaded((told["loader"],), context) or int(told["status"]))
        for flaw, told in told_by.items()
        if "asks" not in told or _is_asked(told["asks"], context)
    )


def _is_asked(loaders: list[str], context: Context) -> bool:
    """Whether the app has given a manager the function that says which credentials no longer count."""
    return any(each.name in loaders for each in context.codebase.evaluator.events)


def _loaded(loaders: Iterable[str], context: Context) -> int | None:
    """What a function answers that the app has given to a manager for this."""
    for event in context.codebase.evaluator.events:
        if event.name in loaders and isinstance(event.receiver, Instance):
            status = handler_status(event.target or event.argument(0, "callback"), context.codebase)
            if status is not None:
                return status
    return None


def _status(entry: dict[str, Any], context: Context) -> int:
    """The answer to nobody: what a manager's own loader says, else the package's."""
    loaded = _loaded(entry.get("loaders", ()), context)
    if loaded is not None:
        return loaded
    if entry.get("page"):
        for event in context.codebase.evaluator.events:
            setting = event.name == "__setattr__" and plain(event.argument(0, "")) == entry["page"]
            if setting and is_manager(event.receiver, context.codebase):
                return 302
    return int(entry["status"])


def is_manager(value: Value, codebase: Codebase) -> bool:
    """Whether this is Flask-Login's manager."""
    return isinstance(value, Instance) and codebase.is_a(
        value, "flask_login.LoginManager", "flask_login.login_manager.LoginManager"
    )


def _authenticated(auth: Value, mark: Mark, context: Context) -> Guard | None:
    """flask-httpauth's objects say by themselves what they take."""
    if not isinstance(auth, Instance):
        return None
    name = outside(auth, context.codebase)
    word = name.rpartition(".")[2]
    if word == "MultiAuth":
        main = auth.argument(0, "main_auth")
        return _authenticated(main, mark, context) if main is not None else None
    entry = known(guards(), f"{name}.login_required")
    if entry is None:
        return None
    guard = _guard(entry, mark, context)
    header = plain(auth.kwarg("header"))
    scheme = plain(auth.argument(0, "scheme"))
    if isinstance(header, str):
        guard = guard.replace(scheme="apikey", carrier=f"header:{header}", prefix="")
    elif isinstance(scheme, str) and word == "HTTPTokenAuth":
        guard = guard.replace(prefix=scheme)
    role = plain(mark.argument(99, "role"))
    roles = (role,) if isinstance(role, str) else tuple(
        each for each in role or () if isinstance(each, str)
    )  # fmt: skip
    return guard.replace(scopes=roles, status=_told(auth, context) or guard.status)


def _told(auth: Instance, context: Context) -> int | None:
    """The status of `@auth.error_handler`."""
    for event in context.codebase.evaluator.on(auth):
        if event.name == "error_handler" and event.target is not None:
            return handler_status(event.target, context.codebase)
    return None


# --- the tree's own ----------------------------------------------------------------


def _gated(route: Route, method: str, context: Context) -> Guard | None:
    """A `before_request` function that answers an anonymous request for this rule by itself."""
    for function in gates(route, context.codebase):
        found = _endings(function, route, method, {}, context)
        if not found or not all(each.raises for each in found):
            continue
        first = found[0]
        if _turned(first.status) or (first.status == WRONG and context.readers(function)):
            return _guarding(function, first.status, first.place, context)
    return None


def gates(route: Route, codebase: Codebase) -> Iterator[FunctionValue]:
    """What runs before every request of the app or a blueprint that the route lies in."""
    for event in codebase.evaluator.events:
        if event.name == "before_request":
            if not any(event.receiver is each for each in route.owners):
                continue
        elif event.name != "before_app_request":
            continue
        function = event.target or event.argument(0, "f")
        if isinstance(function, FunctionValue):
            yield function


def _wrapper(wrapper: FunctionValue, view: View, context: Context) -> Guard | None:
    """A decorator of the tree that turns an anonymous caller away."""
    inner = wrapped(wrapper)
    bound: dict[str, Value] = {
        name: UNKNOWN for name, value in wrapper.scope.names.items() if value is inner
    }
    try:
        merged(_endings(wrapper, None, "", bound, context))
    except Raised as raised:
        if _turned(raised.status) or (raised.status is None and context.readers(wrapper)):
            return _guarding(wrapper, raised.status, raised.place, context)
        return None
    return _doubtful(wrapper, bound, context)


def _doubtful(wrapper: FunctionValue, bound: dict[str, Value], context: Context) -> Guard | None:
    """A wrapper that reads a credential and has a 401 among its endings: a guard, too deep to follow."""
    readers = context.readers(wrapper)
    found = _endings(wrapper, None, "", bound, context)
    refused = [each for each in found if each.raises and each.status in TURNED_AWAY]
    if not readers or not refused:
        return None
    return _guarding(wrapper, refused[0].status, refused[0].place, context)


def _own(route: Route, view: View, method: str, context: Context) -> Guard | None:
    """The view itself turns away only with the statuses that say so."""
    try:
        merged(_endings(view.function, route, method, {}, context))
    except Raised as raised:
        readers = context.readers(view.function) if _turned(raised.status) else ()
        sent = raised.status in REDIRECTS
        if readers and (not sent or _is_kept_from(view.function, raised.place, context)):
            return readers[0].replace(status=raised.status, place=raised.place)
    return None


def _is_kept_from(function: FunctionValue, place: Place | None, context: Context) -> bool:
    """Whether a redirect stands behind a question for the caller (`if not current_user…: return redirect(…)`):
    one that ends a view may as well be its good answer."""
    study = Study(context.codebase, function)
    asking = (each for each in study.walk() if isinstance(each, If) and _asks(each.test, study))
    lines = (e.place.line for each in asking for e in (*each.body, *each.otherwise))
    return place is not None and place.line in lines


def _asks(test: Expression, study: Study) -> bool:
    return any(_carried(each, study) is not None for each in walk(test))


def _turned(status: int | None) -> bool:
    return status in TURNED_AWAY or status in REDIRECTS


def _guarding(
    function: FunctionValue, status: int | None, place: Place | None, context: Context
) -> Guard:
    inner = wrapped(function)
    name = function.qualified.rpartition(":")[2].partition(".")[0] if inner else function.name
    for each in context.readers(function):
        told = _told_by_package(function, context)
        return each.replace(status=status or each.status, name=name, flaws=told)
    return Guard(scheme="unknown", name=name, status=status, place=place)


def _endings(
    function: FunctionValue,
    route: Route | None,
    method: str,
    bound: dict[str, Value],
    context: Context,
) -> tuple[Ending, ...]:
    reading = context.reading()
    request = Request(route.path if route else "", method, route.endpoint if route else "")
    before = reading.outside
    reading.outside = lambda value: request if _is_request(value) else before(value)
    try:
        return endings(reading, function, dict(bound))
    except RecursionError:
        return ()


def _is_request(value: Value) -> bool:
    return isinstance(value, External) and value.name in (
        "flask.request", "flask.globals.request", "apiflask.request"
    )  # fmt: skip


def _nobody(value: Value, codebase: Codebase) -> Value:
    """What Flask's globals hold for an anonymous request."""
    if isinstance(value, External):
        if value.name in ("flask.session", "flask.globals.session"):
            return Empty()
        if value.name in ("flask.g", "flask.globals.g"):
            return Anonymous()
        if value.last in ("current_user", "current_identity"):
            return Anonymous()
    if isinstance(value, Instance):
        name = called(value, codebase)
        if name.rpartition(".")[2] in ("get_jwt_identity", "get_current_user", "current_user"):
            return NONE
    return value


def _scheme(receiver: Value | None, codebase: Codebase) -> Value:
    if isinstance(receiver, Instance):
        word = called(receiver, codebase)
        if word.endswith(".current_user"):
            return NONE
        status = abort_status(receiver, codebase)
        if status is not None:
            raise Raised(status, receiver.place, known=True, name="HTTPException")
    return UNKNOWN


def _refuses(made: Instance, context: Context) -> int | None:
    """`abort(401)`, or `verify_jwt_in_request()` without a token."""
    status = abort_status(made, context.codebase)
    if status is not None:
        return status
    name = called(made, context.codebase)
    if name.endswith(f".{VERIFIES}") and plain(made.kwarg("optional")) is not True:
        return _status(guards()[VERIFIED], context)
    return None


VERIFIES = "verify_jwt_in_request"
VERIFIED = "flask_jwt_extended.jwt_required"
"""The decorator that does what that function does."""


def _told_by_package(function: FunctionValue, context: Context) -> tuple[tuple[str, int], ...]:
    """What the package answers to tokens that do not hold, where a function of the tree has it look at them and
    catches nothing."""
    nodes = list(Study(context.codebase, function).walk())
    caught = {id(e) for each in nodes if isinstance(each, Try) and each.catches for e in walk(each)}
    asks = any(
        isinstance(each, Call) and each.function.text == VERIFIES and id(each) not in caught
        for each in nodes
    )
    return _flaws(guards()[VERIFIED], context) if asks else ()


# --- what carries the credential ---------------------------------------------------


def _readers(function: FunctionValue, context: Context, depth: int = 0) -> Iterator[Guard]:
    if isinstance(function.node.text, str) and depth <= 3:
        study = Study(context.codebase, function)
        skip = id(wrapped(function)) if wrapped(function) is not None else 0
        for node in study.walk():
            carried = _carried(node, study)
            if carried is not None:
                yield carried.replace(name=function.name, place=function.place)
        for call in study.calls():
            callee = study.callee(call)
            inner = callee.function if isinstance(callee, BoundMethod) else callee
            if isinstance(inner, FunctionValue) and id(inner) != skip:
                yield from _readers(inner, context, depth + 1)


def _carried(node: object, study: Study) -> Guard | None:
    match node:
        case Call(function=Attribute(of=of, name="get" | "pop"), arguments=(key, *_)):
            return _bag(of, key.value, study)
        case Subscript(of=of, index=index):
            return _bag(of, index, study)
        case Compare(first=first, rest=((("in" | "not in"), of),)):
            return _bag(of, first, study)
        case Attribute(name="authorization", of=Name(name="request")):
            return Guard(scheme="basic", carrier="header:Authorization", prefix="Basic")
        case Call(function=Name(name=name)) if name in (
            VERIFIES, "get_jwt_identity", "get_jwt"
        ):  # fmt: skip
            return Guard(
                scheme="bearer", carrier="header:Authorization", prefix="Bearer", status=401
            )
        case Name(name="current_user"):
            if getattr(study.value(node), "name", "") == "flask_login.current_user":
                return Guard(scheme="session", carrier="cookie:session", status=401)
        case Attribute(of=Name(name="g"), name=name) if CREDENTIAL.search(name):
            return Guard(scheme="session", carrier="cookie:session")
    return None


def _bag(of: Expression, key: Expression, study: Study) -> Guard | None:
    if not isinstance(key, Constant) or not isinstance(key.value, str):
        return None
    name = key.value
    match of:
        case Attribute(name=word, of=Name(name="request")) if word in BAGS:
            where = BAGS[word]
        case Name(name="session"):
            where = "session"
        case _:
            return None
    if where != "session" and not CREDENTIAL.search(name):
        return None
    if where == "session":
        return (
            Guard(scheme="session", carrier="cookie:session") if CREDENTIAL.search(name) else None
        )
    bearer = name.lower() == "authorization"
    scheme = "bearer" if bearer else "session" if where == "cookie" else "apikey"
    return Guard(
        scheme=scheme,
        carrier=f"{where}:{'Authorization' if bearer else name}",
        prefix="Bearer" if bearer else "",
    )


# --- requirements ------------------------------------------------------------------


def _requirements(view: View, context: Context) -> Iterator[Requirement]:
    """`role="admin"` of a package's decorator."""
    for mark in view.marks:
        role = plain(mark.argument(99, "role"))
        roles = role if isinstance(role, list) else [role]
        for each in roles:
            if isinstance(each, str):
                yield Requirement(field="role", value=each, place=mark.place)
