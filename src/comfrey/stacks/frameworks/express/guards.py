"""Who may call: the functions in front of a handler, tried out with a request that has nothing to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.model.endpoint import Guard, Requirement
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.expressions import comparable
from comfrey.source.node import FunctionDef
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    Value,
    plain,
)
from comfrey.stacks.callers import required
from comfrey.stacks.frameworks.express.facts import data
from comfrey.stacks.frameworks.express.routes import Layer, Route
from comfrey.stacks.passage import Answer, Stage, Visitor, answered, dotted, likely, passage

TURNED_AWAY = (401, 403)
REFUSING = (*TURNED_AWAY, 302, 303, 307)
MAX_DEPTH = 4
WORDS = {"bearer": "Bearer", "basic": "Basic", "token": "Token"}
READS = (
    (
        re.compile(r"headers\s*(?:\?\.|\.)\s*authorization|[\"']authorization[\"']", re.I),
        "header:Authorization",
    ),
    (re.compile(r"headers\s*(?:\?\.)?\[\s*[\"']([\w-]+)[\"']\s*\]"), "header:"),
    (re.compile(r"\.(?:get|header)\(\s*[\"']([\w-]+)[\"']\s*\)"), "header:"),
    (
        re.compile(
            r"[cC]ookies\s*(?:\?\.|\.)\s*(\w+)|[cC]ookies\s*(?:\?\.)?\[\s*[\"']([\w.-]+)[\"']"
        ),
        "cookie:",
    ),
    (re.compile(r"\.session\b|isAuthenticated\(|isUnauthenticated\("), "cookie:connect.sid"),
    (re.compile(r"\breq(?:uest)?\s*(?:\?\.|\.)\s*(?:user|auth|currentUser|userId)\b"), "caller"),
)
STRATEGY = re.compile(r"passport\s*\.\s*authenticate\(\s*\[?\s*[\"'](\w+)[\"']")
PREFIX = re.compile(r"[\"'`/^](Bearer|Token|JWT|Basic|ApiKey|Api-Key)\b", re.I)


@dataclass(frozen=True)
class Access:
    """Who may call one route."""

    auth: bool = False
    optional: bool = False
    guards: tuple[Guard, ...] = ()


@dataclass
class Context:
    """What one app's guards are read with; each function once."""

    codebase: Codebase
    stage: Stage
    _known: dict[tuple[int, int, str], Guard | None] = field(default_factory=dict)
    _required: dict[tuple[int, int, str], tuple[Requirement, ...]] = field(default_factory=dict)

    def guard(self, function: Value, route: Route) -> Guard | None:
        key = (id(_node(function)), id(_scope(function)) if _node(function) else id(function), "")
        if "path" in _text(function).lower() and "req.path" in _text(function):
            key = (*key[:2], route.path)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._read(function, route)
        return self._known[key]

    def _read(self, function: Value, route: Route) -> Guard | None:
        if isinstance(function, Choice):
            found = (self.guard(each, route) for each in function.options)
            return next((each for each in found if each is not None), None)
        if isinstance(function, Instance | External | BoundExternal):
            return packaged(function, self.codebase, route)
        if _node(function) is None:
            return None
        return self._tried(function, route)

    def _tried(self, function: Value, route: Route) -> Guard | None:
        visitor = Visitor(path=route.path, method=route.method, parameters=named(route.path))
        found = [answered(self.stage, e) for e in likely(passage(self.stage, function, visitor))]
        carriers = tuple(readers(function, self.codebase))
        refused = [each for each in found if each.kind != "pass" and _refuses(each)]
        passed = [each for each in found if each.kind == "pass"]
        if refused and (carriers or refused[0].status in TURNED_AWAY) and not passed:
            return self._guard(function, refused[0], carriers)
        if refused and carriers and all(_follows(each, refused) for each in passed):
            return self._guard(function, refused[0], carriers)
        if passed and not refused and any(each[0] != "caller" for each in carriers):
            checks = _checks(function, self.codebase)
            return self._guard(function, passed[0], carriers, optional=True) if checks else None
        return None

    def _guard(
        self,
        function: Value,
        answer: Answer,
        carriers: tuple[tuple[str, str], ...],
        optional: bool = False,
    ) -> Guard:
        carrier, prefix = next((c for c in carriers if c[0] != "caller"), ("", ""))
        return Guard(
            scheme=_scheme(carrier, prefix, carriers),
            name=_name(function),
            optional=optional,
            carrier=carrier,
            prefix=prefix,
            status=answer.status if answer.status in REFUSING and not optional else None,
            place=answer.place or _place(function),
        )

    def requirements(self, function: Value, route: Route) -> tuple[Requirement, ...]:
        """What the caller's record must hold: callers of every role that the code names are tried out."""
        key = (id(_node(function)), id(_scope(function)), route.path)
        if _node(function) is None:
            return ()
        if key not in self._required:
            self._required[key] = tuple(required(function, route, self.stage))
        return self._required[key]


def read_access(route: Route, context: Context) -> Access:
    """Who may call a route: the layers in front, then its own functions, the handler last."""
    before = [each.function for each in route.layers]
    steps = [*before, *route.functions[:-1]]
    found = [g for g in (_with_roles(each, route, context) for each in steps) if g is not None]
    handler = route.functions[-1]
    if not [each for each in found if not each.optional]:
        own = own_guard(handler, context, route)
        found += [own] if own is not None else []
    firm = tuple(dict.fromkeys(each for each in found if not each.optional))
    optional = tuple(each for each in found if each.optional)
    guards = firm or optional
    return Access(bool(firm), bool(optional) and not firm, _completed(guards, optional))


def _with_roles(function: Value, route: Route, context: Context) -> Guard | None:
    guard = context.guard(function, route)
    if guard is not None and guard.optional:
        return guard
    asked = context.requirements(function, route)
    if guard is None:
        place = asked[0].place if asked else None
        return Guard(name=_name(function), requirements=asked, place=place) if asked else None
    return guard.replace(requirements=asked)


def _completed(guards: tuple[Guard, ...], optional: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """A guard that only looks at `req.user` stands behind the one that put it there."""
    source = next((each for each in (*guards, *optional) if each.carrier), None)
    if source is None:
        return guards
    return tuple(
        each
        if each.carrier
        else each.replace(scheme=source.scheme, carrier=source.carrier, prefix=source.prefix)
        for each in guards
    )


def own_guard(handler: Value, context: Context, route: Route) -> Guard | None:
    """A handler that turns an anonymous caller away by itself, whatever else is sent."""
    carriers = tuple(readers(handler, context.codebase))
    if not carriers or _node(handler) is None:
        return None
    visitor = Visitor(path=route.path, method=route.method)
    found = [answered(context.stage, e) for e in likely(passage(context.stage, handler, visitor))]
    if found and all(each.status in TURNED_AWAY for each in found):
        return context._guard(handler, found[0], carriers)
    return None


def named(path: str) -> tuple[str, ...]:
    """The names of a path's parameters."""
    return tuple(re.findall(r"\{(\w+)\}", path))


def _refuses(answer: Answer) -> bool:
    return answer.status in REFUSING or (answer.kind == "error" and answer.status is None)


def _follows(passed: Answer, refused: list[Answer]) -> bool:
    """Whether a step on stands under a condition, or after refusals: the credential was looked up and found."""
    return bool(passed.conditions) or any(each.conditions for each in refused)


# --- what packages bring -----------------------------------------------------


def packaged(function: Value, codebase: Codebase, route: Route) -> Guard | None:
    """A guard that a package makes: express-jwt, passport."""
    name = dotted(function)
    if (
        name.removesuffix(".__init__").endswith("passport.authenticate")
        or name == "passport.authenticate"
    ):
        return _passport(function, codebase)
    if name.endswith(".unless") and isinstance(function, Instance):
        return _unless(function, codebase, route)
    known = data()["guards"].get(name)
    if known is None or not known["status"]:
        return None
    said = function.args[0] if isinstance(function, Instance) and function.args else None
    free = isinstance(said, DictValue) and plain(said.get("credentialsRequired")) is False
    place = function.place if isinstance(function, Instance) else None
    return _known_guard(name, known, place, optional=free)


def _known_guard(name: str, known: dict[str, object], place: Place | None, optional: bool) -> Guard:
    status = known["status"]
    return Guard(
        scheme=str(known["scheme"]),
        name=name,
        optional=optional,
        carrier=str(known["carrier"]),
        prefix=str(known["prefix"]),
        status=status if isinstance(status, int) and not optional else None,
        place=place,
    )


def _unless(function: Instance, codebase: Codebase, route: Route) -> Guard | None:
    """`guard.unless({ path: [...] })` lets those paths by."""
    assert isinstance(function.of, BoundExternal)
    said = function.args[0] if function.args else None
    listed = said.get("path") if isinstance(said, DictValue) else None
    for each in listed.items if isinstance(listed, ListValue) else [listed]:
        if each is not None and _excepts(each, route):
            return None
    return packaged(function.of.receiver, codebase, route)


def _excepts(value: Value, route: Route) -> bool:
    from comfrey.languages.javascript.strings import pattern_of

    if isinstance(value, DictValue):
        methods = plain(value.get("methods")) or plain(value.get("method")) or [route.method]
        allowed = [methods] if isinstance(methods, str) else methods
        url = value.get("url")
        return url is not None and route.method in allowed and _excepts(url, route)
    rule = pattern_of(value)
    if rule is not None:
        try:
            return re.search(rule[0], route.path) is not None
        except re.error:
            return False
    known = comparable(value)
    return known is not None and str(known[0]).rstrip("/") == route.path.rstrip("/")


def _passport(function: Value, codebase: Codebase) -> Guard | None:
    """`passport.authenticate("jwt", { session: false })`; strategies that read the body are logins."""
    args = function.args if isinstance(function, Instance) else ()
    said = plain(args[0]) if args else None
    names = [said] if isinstance(said, str) else [e for e in said or [] if isinstance(e, str)]
    place = function.place if isinstance(function, Instance) else None
    for name in names:
        known = strategy(name, codebase)
        if known is not None:
            return _known_guard("passport", known, place, optional="anonymous" in names)
    return None


def strategy(name: str, codebase: Codebase) -> dict[str, object] | None:
    """What a passport strategy reads, by its name and by how it is made (`passport.use(name, new JwtStrategy(…))`)."""
    made = _made_strategies(codebase).get(name)
    known: dict[str, object] | None = data()["strategies"].get(name)
    if made is None:
        return known
    package = dotted(made).partition(".")[0]
    kind = package.removeprefix("passport-").removeprefix("@")
    kind = {"http-bearer": "bearer", "http": "basic", "headerapikey": "headerapikey"}.get(
        kind, kind
    )
    if dotted(made).endswith("BearerStrategy"):
        kind = "bearer"
    known = data()["strategies"].get(kind, known)
    if known is None or kind != "jwt":
        return known
    carrier, prefix = _extractor(made)
    return {**known, "carrier": carrier, "prefix": prefix}


def _made_strategies(codebase: Codebase) -> dict[str, Instance]:
    found: dict[str, Instance] = {}
    for event in codebase.evaluator.events:
        if event.name not in ("use", "__init__") or not dotted(event.receiver).startswith(
            "passport"
        ):
            continue
        if not dotted(event.receiver).endswith(("passport", "passport.use")):
            continue
        made = [each for each in event.args if isinstance(each, Instance)]
        named = plain(event.args[0]) if len(event.args) > 1 else None
        for each in made:
            package = dotted(each).partition(".")[0].removeprefix("passport-")
            found.setdefault(named if isinstance(named, str) else package, each)
    return found


def _extractor(made: Instance) -> tuple[str, str]:
    """Where a JWT strategy looks for its token."""
    said = made.args[0] if made.args else None
    value = said.get("jwtFromRequest") if isinstance(said, DictValue) else None
    if isinstance(value, FunctionValue):
        carriers = [e for e in _named_in(value.node.text) if e[0] != "caller"]
        return carriers[0] if carriers else ("header:Authorization", "Bearer")
    word = dotted(value).rpartition(".")[2]
    first = plain(value.args[0]) if isinstance(value, Instance) and value.args else None
    if word in ("fromHeader",):
        return f"header:{first}", ""
    if word == "fromAuthHeaderWithScheme":
        return "header:Authorization", str(first)
    if word == "fromUrlQueryParameter":
        return f"query:{first}", ""
    if word == "fromExtractors" and isinstance(value, Instance):
        for each in value.args[0].items if isinstance(value.args[0], ListValue) else ():
            if isinstance(each, FunctionValue):
                carriers = [e for e in _named_in(each.node.text) if e[0] != "caller"]
                if carriers:
                    return carriers[0]
    return "header:Authorization", "Bearer"


# --- where a function looks --------------------------------------------------


def readers(function: Value, codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(carrier, prefix) of every place where a function, or what it calls, looks for a credential; the carrier is
    `caller` where it looks at what an earlier one found."""
    seen: set[tuple[str, str]] = set()
    for text in _texts(function, codebase):
        for each in (*_by_strategy(text, codebase), *_named_in(text)):
            if each not in seen:
                seen.add(each)
                yield each


def _by_strategy(text: str, codebase: Codebase) -> Iterator[tuple[str, str]]:
    """Where the passport strategy looks that a function names."""
    for match in STRATEGY.finditer(text):
        known = strategy(match[1], codebase)
        if known is not None:
            yield str(known["carrier"]), str(known["prefix"])


def _named_in(text: str) -> Iterator[tuple[str, str]]:
    for pattern, carrier in READS:
        match = pattern.search(text)
        if match is None:
            continue
        named = next((group for group in match.groups() if group), "")
        if carrier.endswith(":"):
            if named.lower() in ("authorization", "content-type", "host", "user-agent"):
                continue
            carrier += named
        prefix = PREFIX.search(text) if carrier == "header:Authorization" else None
        yield carrier, WORDS.get(prefix[1].lower(), prefix[1]) if prefix else ""


def _texts(function: Value, codebase: Codebase) -> Iterator[str]:
    """The texts of a function and of those of the tree that it calls, nearest first."""
    value = _function(function)
    if value is None:
        return
    waiting = [(value, 0)]
    seen: set[int] = set()
    while waiting:
        each, depth = waiting.pop(0)
        if id(each.node) in seen:
            continue
        seen.add(id(each.node))
        yield each.node.text
        outer = each.scope
        for inner in outer.names.values() if outer.kind == "function" else ():
            if isinstance(inner, FunctionValue) and inner.name in each.node.text:
                waiting.append((inner, depth + 1))
        if depth < MAX_DEPTH and isinstance(each.node, FunctionDef):
            waiting += [(callee, depth + 1) for callee in _called(each, codebase)]


def _called(function: FunctionValue, codebase: Codebase) -> Iterator[FunctionValue]:
    study = Study(codebase, function)
    for call in study.calls():
        callee = study.callee(call)
        inner = callee.function if isinstance(callee, BoundMethod) else callee
        if isinstance(inner, FunctionValue):
            yield inner


CHECKS = re.compile(
    r"\b(?:verify\w*|jwt\w*|decode\w*|authenticate|getUser\w*|findUnique|findOne\w*)\("
)


def _checks(function: Value, codebase: Codebase) -> bool:
    """Whether a function, or what it calls, checks a credential."""
    return any(CHECKS.search(text) for text in _texts(function, codebase))


def _scheme(carrier: str, prefix: str, carriers: tuple[tuple[str, str], ...]) -> str:
    if carrier == "header:Authorization":
        return "basic" if prefix.lower() == "basic" else "bearer"
    if carrier == "cookie:connect.sid":
        return "session"
    if carrier.startswith("cookie:"):
        return "session"
    return "apikey" if carrier.startswith("header:") else ("bearer" if carriers else "unknown")


def _function(value: Value) -> FunctionValue | None:
    match value:
        case FunctionValue():
            return value
        case BoundMethod(function=function):
            return function
        case Partial(function=function):
            return _function(function)
    return None


def _node(value: Value) -> object | None:
    found = _function(value)
    return found.node if found is not None else None


def _scope(value: Value) -> object | None:
    found = _function(value)
    return found.scope if found is not None else None


def _text(value: Value) -> str:
    found = _function(value)
    return found.node.text if found is not None else ""


def _name(value: Value) -> str:
    found = _function(value)
    if found is None:
        return ""
    if found.name != "<anonymous>":
        return found.name
    outer = found.scope.qualified.rpartition(":")[2].rpartition(".")[2]
    return outer or found.name


def _place(value: Value) -> Place | None:
    found = _function(value)
    return found.place if found is not None else None


__all__ = ["Access", "Context", "Layer", "read_access"]
