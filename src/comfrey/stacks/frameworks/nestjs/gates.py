"""Guards of NestJS, tried out: what `canActivate` says to a request, with the metadata of the route at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from comfrey.model.endpoint import Guard, Requirement
from comfrey.source.codebase import Codebase
from comfrey.source.probe import Thrown, reason_of
from comfrey.source.study import Study
from comfrey.source.truth import truth
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    Undefined,
    Value,
)
from comfrey.stacks.admission.callers import Asked
from comfrey.stacks.admission.gates import TURNED_AWAY, Access, Gates, key_of
from comfrey.stacks.admission.looking import functions_of, named_in, texts_of
from comfrey.stacks.admission.packaged import table
from comfrey.stacks.admission.passage import CALLER_KEY, answered, dotted, likely, passage
from comfrey.stacks.admission.visits import Stage, Visitor
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.context import CONTEXT, of_context, status_of
from comfrey.stacks.frameworks.nestjs.filters import Filters
from comfrey.stacks.frameworks.nestjs.routes import Route
from comfrey.stacks.frameworks.nestjs.strategies import (
    AUTH_GUARD,
    Strategy,
    is_door,
    kept,
    strategy_name,
    strategy_of,
)

REFLECTED = ("getAllAndOverride", "getAllAndMerge", "get", "getAll")
NONE = Const(None)
RENEWAL, RENEWING = "renewal", re.compile(r"refresh|renew|(?:^|[-_])rt$", re.I)
"""The scheme of a token that only renews others, and how the strategies for one are called."""
CALLING = re.compile(r"\buser\b")
"""How guards speak of who is calling."""
UNKNOWN = "unknown"
"""How a requirement compares where that is not known."""
SESSION = "cookie:connect.sid"
EXTRACTOR = re.compile(r"ExtractJwt\s*\.\s*(\w+)\(\s*(?:[\"']([\w-]+)[\"'])?")


@dataclass
class Standing:
    """The gates of one route: its metadata decides what its guards say."""

    codebase: Codebase
    route: Route

    def access(self) -> Access:
        """Who may call the route: middleware first, then guards, global ones first."""
        gates = self._gates(marks.metadata(self.route.marks))
        before = [
            f for f in (self._function(each) for each in self.route.middleware) if f is not None
        ]
        first = self._passing().access(tuple(before), NONE, self.route)
        guards = tuple(
            f for f in (self.function_of(each) for each in self.route.guards) if f is not None
        )
        second = gates.access(guards, NONE, self.route)
        both = tuple(self._completed(each) for each in (*first.guards, *second.guards))
        firm = first.auth or second.auth
        counting = tuple(each for each in both if not firm or not each.optional)
        return Access(firm, (first.optional or second.optional) and not firm, counting)

    def _passing(self) -> Gates:
        """The gates for middleware, which knows nothing of metadata: the same for all routes."""
        if self.codebase not in _passing:
            _passing[self.codebase] = Gates(self.codebase, Stage(self.codebase, errors=status_of))
        return _passing[self.codebase]

    def _gates(self, words: dict[object, Value]) -> NestGates:
        """The gates for guards under that metadata, the same for all routes that say the same."""
        known = _known.setdefault(self.codebase, {})
        told = tuple((key, _told(each)) for key, each in words.items())
        if any(each is None for _, each in told):
            return self._opened(words)
        if told not in known:
            known[told] = self._opened(words)
        return known[told]

    def _opened(self, words: dict[object, Value]) -> NestGates:
        heard: list[bool | None] = []
        gates = NestGates(self.codebase, self.staged(words, heard))
        gates.plain, gates.heard = self.staged({}, heard), heard
        return gates

    def staged(self, words: dict[object, Value], heard: list[bool | None]) -> Stage:
        """The route's guards under metadata: its own, or none. `heard` are their verdicts, None for one that hangs on
        what is not known here."""
        return Stage(
            self.codebase,
            enter=lambda function, given: self._enter(function, given, heard),
            meets=lambda visitor, called, given: self._meets(words, visitor, called, given),
            returns=True,
            errors=self._status,
        )

    def _status(self, error: Value) -> int | None:
        """What the app answers to an error of a guard."""
        return Filters(self.codebase, self.route.rescues).status(error)

    def _function(self, middleware: Value) -> Value | None:
        """Middleware as a function: a class's `use`, or the function itself."""
        if isinstance(middleware, ClassValue):
            return self.codebase.method(middleware, "use")
        return middleware

    def function_of(self, guard: Value) -> Value | None:
        """A guard as a function: its `canActivate`, of its class or of passport's. None for what is a door and no
        guard before one: passport's strategy that signs in by a name and a password of the body."""
        if self.codebase.is_a(guard, AUTH_GUARD) and is_door(self.codebase, guard):
            return None
        made = Instance(guard, symbolic=True) if isinstance(guard, ClassValue) else guard
        own = own_of(self.codebase, made)
        if own is not None:
            return own
        if self.codebase.is_a(guard, AUTH_GUARD):
            return BoundExternal(made, "canActivate")
        return None

    # --- trying out ----------------------------------------------------------

    def _enter(self, function: Value, given: tuple[Value, ...], heard: list[bool | None]) -> Value:
        """Calls `canActivate(context)`: a false answer is a refusal, a true one lets by."""
        request, reply, _ = given
        ev = self.codebase.evaluator
        if isinstance(function, BoundExternal):
            result = self._by_passport(function.receiver, request)
        else:
            context = Instance(CONTEXT, fields={"request": request, "response": reply})
            result = ev.call(function, (context,))
        reason = reason_of(result)
        if reason is not None:
            raise Thrown(reason)
        heard.append(truth(result))
        if heard[-1] is False:
            raise Thrown(Instance(External("@nestjs/common.ForbiddenException")))
        return NONE

    def _meets(
        self, words: dict[object, Value], visitor: Visitor, called: Value, given: Arguments
    ) -> Value | None:
        name, args = dotted(called), given[0]
        last = name.rpartition(".")[2] or (called.name if isinstance(called, BoundExternal) else "")
        receiver = called.receiver if isinstance(called, BoundExternal) else None
        if isinstance(receiver, Instance) and receiver.of is CONTEXT:
            return of_context(receiver, last)
        if last in REFLECTED and self._is_reflector(receiver) and args:
            return words.get(marks.key_of(args[0]), Undefined())
        if last == "canActivate" and self.codebase.is_a(receiver or NONE, AUTH_GUARD):
            if visitor.anonymous:
                return self._by_passport(receiver, visitor.request)
            return Const(True)
        if (
            last == "handleRequest"
            and len(args) > 1
            and self.codebase.is_a(receiver or NONE, AUTH_GUARD)
        ):
            return _left_to_passport(args[0], args[1])
        return None

    def _is_reflector(self, value: Value | None) -> bool:
        return value is not None and self.codebase.is_a(value, "@nestjs/core.Reflector")

    def _by_passport(self, guard: Value | None, request: Value | None) -> Value:
        """What passport's guard does with nobody: `handleRequest` has the last word."""
        own = self.codebase.method(guard, "handleRequest") if guard is not None else None
        if own is None:
            raise Thrown(Instance(External("@nestjs/common.UnauthorizedException")))
        message = Instance(External("Error"), (Const("No auth token"),))
        self.codebase.evaluator.call(own, (NONE, Const(False), message))
        return Const(True)

    def _key(self, strategy: Strategy) -> str:
        """The setting with which the function that a strategy is made with, or one that it asks, compares a key."""
        made = self.codebase.method(strategy.kind, "__init__")
        study = Study(self.codebase, made.function) if made is not None else None
        handed = (
            (study.value(e) for call in study.calls() for e in call.positional) if study else ()
        )
        functions = (each for one in handed for each in functions_of(one, self.codebase))
        return next((key for each in functions if (key := key_of(self.codebase, each))), "")

    # --- passport ------------------------------------------------------------

    def _behind(self, guard: Value) -> Iterator[Value]:
        """The guards that a guard is handed by the container, to which it may leave the matter."""
        made = Instance(guard, symbolic=True) if isinstance(guard, ClassValue) else guard
        constructor = self.codebase.method(made, "__init__") if isinstance(made, Instance) else None
        inner = constructor.function if isinstance(constructor, BoundMethod) else None
        with self.codebase.evaluator.quietly():
            for each in inner.node.parameters if inner is not None else ():
                held = self.codebase.evaluator.attribute(made, each.name)
                if self.codebase.is_a(held, AUTH_GUARD):
                    yield held

    def _completed(self, guard: Guard) -> Guard:
        """Where a guard's passport strategy looks; where none is asked, in the session that passport keeps."""
        if guard.carrier and guard.scheme != "unknown":
            return guard
        every = [e for own in self.route.guards for e in (own, *self._behind(own))]
        for each in sorted(every, key=lambda one: _called(one) != guard.name):
            name = strategy_name(self.codebase, each)
            if name:
                made = strategy_of(self.codebase, each)
                known = table("strategies").get(made.kin if made is not None else name)
                shown = made.header if made is not None else None
                carrier, prefix = shown or _carrier(self.codebase, name, known)
                scheme = str(known["scheme"]) if known else "bearer"
                scheme = RENEWAL if RENEWING.search(name) else scheme
                key = guard.key or (self._key(made) if made is not None and shown else "")
                return guard.replace(scheme=scheme, carrier=carrier, prefix=prefix, key=key)
        if not guard.carrier and kept(self.codebase) is not None:
            return guard.replace(scheme="session", carrier=SESSION)
        return guard


def _called(guard: Value) -> str:
    """The name of a guard's class."""
    kind = guard.of if isinstance(guard, Instance) else guard
    return kind.name if isinstance(kind, ClassValue) else ""


def _left_to_passport(error: Value, user: Value) -> Value:
    """What passport's own `handleRequest` does (https://github.com/nestjs/passport/blob/master/lib/auth.guard.ts)."""
    if truth(error) is True:
        raise Thrown(error)
    if truth(user) is False:
        raise Thrown(Instance(External("@nestjs/common.UnauthorizedException")))
    return user


def own_of(codebase: Codebase, guard: Value) -> Value | None:
    """`canActivate` of a guard of the tree; None where it leaves that to passport."""
    made = Instance(guard, symbolic=True) if isinstance(guard, ClassValue) else guard
    return codebase.method(made, "canActivate") if isinstance(made, Instance) else None


class NestGates(Gates):
    """Gates where passport's own `canActivate` is tried out like any other. `plain` is the stage without the
    route's metadata, `heard` what guards said on either."""

    plain: Stage | None = None
    heard: list[bool | None]

    def requirements(self, function: Value, route: Asked) -> tuple[Requirement, ...]:
        """What a guard asks of a caller; where only the route's metadata makes it ask, and what it comes to hangs on
        rows that are not known here, that it asks something."""
        found = super().requirements(function, route)
        words = _asked(route)
        if found or not words or self.plain is None or not isinstance(function, BoundMethod):
            return found
        texts = texts_of(function, self.codebase)
        if not any(CALLING.search(each) for each in texts):
            return found
        bare, whole = (self._verdicts(each, function, route) for each in (self.plain, self.stage))
        if None not in bare and (whole - bare) & {None, *TURNED_AWAY}:
            return (Requirement(field="", operator=UNKNOWN, value=words),)
        return found

    def _verdicts(self, stage: Stage, function: Value, route: Asked) -> set[bool | int | None]:
        """What a guard says of a caller who is known, and the statuses by which it turns some of them away."""
        self.heard.clear()
        user = DictValue([(Const("id"), CALLER_KEY)], None, True)
        told = passage(stage, function, Visitor(False, user, route.path, route.method))
        some = (answered(stage, each).status for each in told if each.conditions)
        return {*self.heard, *(each for each in some if each in TURNED_AWAY)}

    def _read(self, function: Value, route: Asked) -> Guard | None:
        if isinstance(function, BoundExternal) and isinstance(function.receiver, Instance):
            found = self._tried(function, route)
            kind = function.receiver.of
            name = kind.name if isinstance(kind, ClassValue) else "AuthGuard"
            return found.replace(name=name) if found is not None else self._optional(function, name)
        return super()._read(function, route)

    def _tried(self, function: Value, route: Asked) -> Guard | None:
        """A guard that lets nobody by only because of the route's metadata is none here (`@Public()`)."""
        found = super()._tried(function, route)
        if found is not None and found.optional and self.plain is not None:
            told = likely(passage(self.plain, function, Visitor(path=route.path)))
            if any(each.kind != "pass" for each in told):
                return None
        return found

    def _optional(self, function: BoundExternal, name: str) -> Guard:
        """A passport guard that lets nobody by as well."""
        return Guard(scheme="bearer", name=name, optional=True)


def _asked(route: Asked) -> tuple[str, ...]:
    """The words of a route's metadata by which something may be asked of a caller: `("books", "read")` of
    `{ module: "books", action: "read" }`; none where functions stand among them, which look at the request."""
    values = marks.metadata(route.marks).values() if isinstance(route, Route) else ()
    if any(_told(each) is None for each in values):
        return ()
    return tuple(dict.fromkeys(word for each in values for word in _words(each)))


def _words(value: Value) -> Iterator[str]:
    match value:
        case Const(value=str() as text):
            yield text
        case Instance(fields={"value": inner}):
            yield from _words(inner)
        case ListValue(items=items):
            yield from (word for each in items for word in _words(each))
        case DictValue(items=pairs):
            yield from (word for _, each in pairs for word in _words(each))


_known: WeakKeyDictionary[Codebase, dict[object, NestGates]] = WeakKeyDictionary()
"""By what the metadata of routes says."""
_passing: WeakKeyDictionary[Codebase, Gates] = WeakKeyDictionary()


def _told(value: Value) -> object | None:
    """What a value says, to compare; None where it is more than constants."""
    match value:
        case Const(value=inner):
            return (inner,)
        case External(name=name):
            return name
        case Instance(fields={"value": inner}):
            return _told(inner)
        case ListValue(items=items, open=False):
            inside = tuple(_told(each) for each in items)
            return None if None in inside else inside
        case DictValue(items=pairs, open=False):
            both = tuple((_told(key), _told(each)) for key, each in pairs)
            return None if any(None in pair for pair in both) else both
    return None


def _carrier(codebase: Codebase, name: str, known: dict[str, object] | None) -> tuple[str, str]:
    """Where the strategy of that name looks for its credential, by the class that makes it."""
    for kind in codebase.classes((b"PassportStrategy",)):
        text = kind.node.text
        if "PassportStrategy(" not in text or not _is_named(text, name):
            continue
        if "fromAuthHeaderAsBearerToken" in text:
            return "header:Authorization", "Bearer"
        found = [
            each for each in named_in(text) if each[0] not in ("caller", "header:Authorization")
        ]
        match = EXTRACTOR.search(text)
        if match and match[1] == "fromHeader":
            return f"header:{match[2]}", ""
        if match and match[1] == "fromAuthHeaderWithScheme":
            return "header:Authorization", match[2]
        if found and (match is None or match[1] == "fromExtractors"):
            return found[0]
        break
    if known is None:
        return "header:Authorization", "Bearer"
    return str(known["carrier"]), str(known["prefix"])


def _is_named(text: str, name: str) -> bool:
    match = re.search(r"PassportStrategy\(\s*\w+(?:\s*,\s*([^)\s]+))?", text)
    said = match[1] if match else None
    return said is None or said.strip("\"'`") == name or not said.startswith(("'", '"', "`"))


__all__ = ["Standing", "own_of"]
