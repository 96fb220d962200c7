"""Who may call: the functions in front of a handler, tried out with a request that has nothing to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.model.endpoint import Guard, Requirement
from comfrey.model.origin import Refusal
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Compare, Expression
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    External,
    FunctionValue,
    Instance,
    ListValue,
    SettingValue,
    Value,
)
from comfrey.stacks.admission.callers import Asked, is_put_off, kept, required
from comfrey.stacks.admission.looking import (
    checks,
    function_of,
    is_wordless,
    named_in,
    prefix_in,
    texts_of,
)
from comfrey.stacks.admission.packaged import packaged, strategy
from comfrey.stacks.admission.passage import answered, likely, passage
from comfrey.stacks.admission.visits import Answer, Stage, Visitor

TURNED_AWAY = (401, 403)
REFUSING = (*TURNED_AWAY, 302, 303, 307)
OFFICIAL = ("canActivate", "use", "handle", "handler")
"""Methods that go by the name of their class."""
STRATEGY = re.compile(r"passport\s*\.\s*authenticate\(\s*\[?\s*[\"'](\w+)[\"']")


Carriers = tuple[tuple[str, str], ...]
"""Where credentials are looked for, each with its prefix."""


@dataclass(frozen=True)
class Access:
    """Who may call one route."""

    auth: bool = False
    optional: bool = False
    guards: tuple[Guard, ...] = ()


@dataclass
class Gates:
    """What one app's guards are read with; each function once."""

    codebase: Codebase
    stage: Stage
    _known: dict[tuple[int, int, int, str], Guard | None] = field(default_factory=dict)
    _required: dict[tuple[int, int, int, str], tuple[Requirement, ...]] = field(
        default_factory=dict
    )
    _around: dict[tuple[int, int, int], bool] = field(default_factory=dict)
    _kept: dict[tuple[int, int, int, str], tuple[Refusal, ...]] = field(default_factory=dict)

    def access(self, before: tuple[Value, ...], handler: Value, route: Asked) -> Access:
        """Who may call a route: what stands in front, in order, then the handler itself."""
        standing = (self._standing(at, before, route) for at in range(len(before)))
        found = [guard for guard in standing if guard is not None]
        if not [each for each in found if not each.optional]:
            own = self._own(handler, route, tuple(e for e in before if furnishes(e) or marks(e)))
            found += [own] if own is not None else []
        firm = tuple(dict.fromkeys(each for each in found if not each.optional))
        optional = tuple(each for each in found if each.optional)
        guards = firm or optional
        return Access(bool(firm), bool(optional) and not firm, _completed(guards, optional))

    def _standing(self, at: int, before: tuple[Value, ...], route: Asked) -> Guard | None:
        """The guard that one of the functions in front is, by itself or by what those before it leave on the request."""
        guard = self._with_roles(before[at], route)
        marked = () if guard is not None else tuple(filter(marks, before[:at]))
        return self._told_by(before[at], route, marked) if marked else guard

    def _told_by(self, function: Value, route: Asked, marked: tuple[Value, ...]) -> Guard | None:
        """A guard that looks for a mark only, and lets nobody by to whom the functions before it gave none:
        `if (!req.isAuthenticated) throw`."""
        inner = function_of(function)
        if inner is None or self.stage.passes is not None:
            return None
        around = f"{route.method} {route.path}" if self._looks_around(function, inner) else ""
        left = " ".join(str(identity(each)) for each in marked)
        key = (*identity(function), f"{around} {left}")
        if key not in self._known:
            found, carriers = self._passage(function, route, marked)
            refused = [e for e in found if _refuses(e) or _blames(e)]
            turned = carriers and refused and not any(each.kind == "pass" for each in found)
            self._known[key] = (
                guarding(self.codebase, function, refused[0], carriers) if turned else None
            )
        return self._known[key]

    def guard(self, function: Value, route: Asked) -> Guard | None:
        """The guard that a function is; None for one that lets everybody by."""
        inner = function_of(function)
        key = (*identity(function), "") if inner else (id(function), 0, 0, route.path)
        if inner is not None and self._looks_around(function, inner):
            key = (*key[:3], f"{route.method} {route.path}")
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._read(function, route)
        return self._known[key]

    def _looks_around(self, function: Value, inner: FunctionValue) -> bool:
        """Whether it matters for a guard which route is asked for."""
        key = identity(function)
        if key not in self._around:
            self._around[key] = self._asks_for_route(function, inner)
        return self._around[key]

    def _asks_for_route(self, function: Value, inner: FunctionValue) -> bool:
        if re.search(r"req(?:uest)?\.(?:path|url|method|params)", inner.node.text):
            return True
        words = ("Skipper", ".Path", ".FullPath", ".Method", ".URL", "RequestURI", "Param")
        texts = texts_of(function, self.codebase) if self.stage.passes is not None else ()
        return any(word in text for text in texts for word in words)

    def _read(self, function: Value, route: Asked) -> Guard | None:
        if isinstance(function, Choice):
            found = (self.guard(each, route) for each in function.options)
            return next((each for each in found if each is not None), None)
        if isinstance(function, Instance | External | BoundExternal):
            return packaged(function, self.codebase, route)
        return self._tried(function, route) if function_of(function) is not None else None

    def _passage(
        self, function: Value, route: Asked, furnished: tuple[Value, ...] = ()
    ) -> tuple[list[Answer], Carriers]:
        """What becomes of a request with nothing to show, and where the function looked for a credential."""
        names = tuple(re.findall(r"\{(\w+)\}", route.path))
        visitor = Visitor(
            path=route.path, method=route.method, parameters=names, furnished=furnished
        )
        found = likely(passage(self.stage, function, visitor))
        answers = [answered(self.stage, each) for each in found]
        if self.stage.passes is None:
            looking = (function, *furnished)
            return answers, tuple(r for each in looking for r in readers(each, self.codebase))
        return answers, tuple(_with_prefix(visitor.shown, function, self.codebase))

    def _tried(self, function: Value, route: Asked) -> Guard | None:
        found, carriers = self._passage(function, route)
        passed = [each for each in found if each.kind == "pass"]
        looks = any(each[0] != "caller" for each in carriers)
        strict = looks and not passed
        refused = [
            e for e in found if e.kind != "pass" and (_refuses(e) or (strict and _blames(e)))
        ]
        if refused and (carriers or refused[0].status in TURNED_AWAY) and not passed:
            return guarding(self.stage.codebase, function, refused[0], carriers)
        if refused and carriers and all(_follows(each, refused) for each in passed):
            return guarding(self.stage.codebase, function, refused[0], carriers)
        if strict and found and all(map(is_put_off, found)):
            return guarding(self.stage.codebase, function, found[0], carriers)
        optional = passed and not refused and looks
        if optional and (checks(function, self.codebase) or self._doubts(function, route)):
            return guarding(self.stage.codebase, function, passed[0], carriers, optional=True)
        return None

    def _doubts(self, function: Value, route: Asked) -> bool:
        """Whether a function that lets strangers by turns away some who show something: it looks that up."""
        if self.stage.passes is None:
            return False
        names = tuple(re.findall(r"\{(\w+)\}", route.path))
        visitor = Visitor(False, None, route.path, route.method, names)
        found = likely(passage(self.stage, function, visitor))
        return any(answered(self.stage, each).status == TURNED_AWAY[0] for each in found)

    def _own(self, handler: Value, route: Asked, furnished: tuple[Value, ...]) -> Guard | None:
        """A handler that turns an anonymous caller away by itself, whatever else is sent."""
        if function_of(handler) is None:
            return None
        found, carriers = self._passage(handler, route, furnished)
        always = len(found) == 1 and not found[0].conditions and any(map(marks, furnished))
        turned = [e for e in found if e.status in TURNED_AWAY or (always and _blames(e))]
        if found and carriers and turned == found:
            return guarding(self.stage.codebase, handler, found[0], carriers)
        return None

    def _with_roles(self, function: Value, route: Asked) -> Guard | None:
        guard = self.guard(function, route)
        if guard is not None and guard.optional:
            return guard
        asked, kept_back = self.requirements(function, route), self.kept(function, route)
        if guard is None and not asked and not kept_back:
            return None
        if guard is None:
            place = asked[0].place if asked else kept_back[0].place
            alone = not _looks_up(function, self.codebase)
            guard = Guard(name=name_of(function), place=place, stateless=alone)
        return guard.replace(requirements=asked, refusals=kept_back)

    def kept(self, function: Value, route: Asked) -> tuple[Refusal, ...]:
        """What the guard refuses a caller whom the path does not name."""
        inner = function_of(function)
        if inner is None:
            return ()
        key = (*identity(function), route.path)
        if key not in self._kept:
            self._kept[key] = tuple(kept(function, route, self.stage))
        return self._kept[key]

    def requirements(self, function: Value, route: Asked) -> tuple[Requirement, ...]:
        """What the caller's record must hold: callers of every role that the code names are tried out."""
        inner = function_of(function)
        if inner is None:
            return ()
        words = " ".join(map(str, getattr(route, "words", ())))
        place = f"{route.method} {route.path}" if self._looks_around(function, inner) else ""
        key = (*identity(function), f"{place} {words}")
        if key not in self._required:
            self._required[key] = tuple(dict.fromkeys(required(function, route, self.stage)))
        return self._required[key]


def identity(function: Value) -> tuple[int, int, int]:
    """What makes a function the same one: its text, what surrounds it, and an object made with arguments that it is a
    method of (`new RolesGuard("editor")`)."""
    inner = function_of(function)
    receiver = function.receiver if isinstance(function, BoundMethod) else None
    made = isinstance(receiver, Instance) and bool(receiver.args or receiver.kwargs)
    return id(inner and inner.node), id(inner and inner.scope), id(receiver) if made else 0


AUTHORIZATION = "header:Authorization"
LOOKUP = re.compile(
    r"(?:\b|_)(?:[fF]ind|[fF]etch|[lL]oad|[lL]ookup|[rR]etrieve|[sS]elect|[qQ]uery|[wW]here|[eE]xists|[cC]ount|[fF]irst\b|[tT]ake"
    r"|[sS]can|QueryRow|[gG]et(?!Token|Header|Bearer|Auth|Jwt|JWT|Secret|Env|Config|Cookie)[A-Z_]|[gG]et\(&|[bB]y[A-Z_]|[rR]evoked|[bB]lack|isBlack|isRevoked|isActive|[a-z]\w*(?:User|Account|Member|Session|By[A-Z])\w*)\w*"
    r"\s*(?:<[^<>()]*>)?\("
)
"""How code asks for something that is kept somewhere."""
EQUAL = ("==", "!=", "is", "is not")
AMONG = ("includes", "indexOf", "find", "some")
"""How a list of keys is asked for one."""
ALIKE = re.compile(r"(?:timingSafeEqual|ConstantTimeCompare|compare_digest)$")
"""Functions that compare two secrets without telling by their time how alike they are."""


def guarding(
    codebase: Codebase,
    function: Value,
    answer: Answer,
    carriers: tuple[tuple[str, str], ...],
    optional: bool = False,
) -> Guard:
    """A function of the tree as a guard, by what it answers and where it looks."""
    carrier, prefix = next((c for c in carriers if c[0] != "caller"), ("", ""))
    inner = function_of(function)
    bare = carrier == AUTHORIZATION and not prefix and inner is not None
    wordless = bare and is_wordless(function, codebase)
    prefix = "Bearer" if wordless else prefix
    return Guard(
        scheme=_scheme(carrier, prefix, carriers),
        name=name_of(function),
        optional=optional,
        carrier=carrier,
        prefix=prefix,
        wordless=wordless,
        key=key_of(codebase, inner) if carrier.startswith("header:") and inner is not None else "",
        status=answer.status if not optional and (_blames(answer) or _refuses(answer)) else None,
        stateless=inner is not None and not _looks_up(function, codebase),
        place=answer.place or (inner.place if inner is not None else None),
    )


def _looks_up(function: Value, codebase: Codebase) -> bool:
    """Whether a function, or what it calls, may ask anybody about what it was shown."""
    return any(LOOKUP.search(text) for text in texts_of(function, codebase))


def key_of(codebase: Codebase, function: FunctionValue) -> str:
    """The one setting with which a function compares what it is shown: `key !== process.env.API_KEY`,
    `subtle.ConstantTimeCompare([]byte(key), []byte(os.Getenv("API_KEY")))`."""
    study = Study(codebase, function)
    found: set[str] = set()
    for node in study.walk():
        sides: tuple[Expression, ...] = ()
        if isinstance(node, Compare) and len(node.rest) == 1 and node.rest[0][0] in EQUAL:
            sides = (node.first, node.rest[0][1])
        elif isinstance(node, Call) and ALIKE.search(node.function.text):
            sides = node.positional
        elif isinstance(node, Call) and isinstance(node.function, Attribute):
            sides = (node.function.of,) if node.function.name in AMONG else ()
        found |= {name for each in sides for name in _settings(study.value(each))}
    return found.pop() if len(found) == 1 else ""


def _settings(value: Value) -> Iterator[str]:
    """The setting that a value is, or is made of: `Buffer.from(process.env.API_KEY)`."""
    if isinstance(value, SettingValue):
        yield value.name
    elif isinstance(value, Instance | ListValue):
        held = value.args if isinstance(value, Instance) else value.items
        yield from (name for each in held for name in _settings(each))


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


FUNCTION = r"(?:async\b|function\b|\([^()]*\)\s*=>|\w+\s*=>)"
FLAG = r"(?:true|false|null|undefined)\b"


def furnishes(function: Value) -> bool:
    """Whether a function puts functions of its own on the request: `request.getUser = async () => …`."""
    return _assigns(function, FUNCTION)


def marks(function: Value) -> bool:
    """Whether a function leaves a flag on the request, for others to look at: `req.isAuthenticated = false`."""
    return _assigns(function, FLAG)


def _assigns(function: Value, what: str) -> bool:
    inner = function_of(function)
    names = [each.name for each in inner.node.parameters if each.name != "this"] if inner else []
    if inner is None or not names:
        return False
    assigned = rf"\b{re.escape(names[0])}\.\w+\s*=\s*{what}"
    return re.search(assigned, inner.node.text) is not None


def _refuses(answer: Answer) -> bool:
    failed = answer.kind == "error" or answer.error is not None
    return answer.status in REFUSING or (failed and answer.status is None)


def _blames(answer: Answer) -> bool:
    """Whether the answer says that the caller is at fault: some projects answer 400 where others answer 401."""
    return answer.status is not None and 400 <= answer.status < 500


def _follows(passed: Answer, refused: list[Answer]) -> bool:
    """Whether a step on stands under a condition, or after refusals: the credential was looked up and found."""
    return bool(passed.conditions) or any(each.conditions for each in refused)


def _with_prefix(
    shown: list[str], function: Value, codebase: Codebase
) -> Iterator[tuple[str, str]]:
    """Carriers with the prefix that the code takes off the `Authorization` header."""
    for carrier in dict.fromkeys(shown):
        prefix = ""
        if carrier.lower() == "header:authorization":
            carrier, prefix = "header:Authorization", prefix_in(function, codebase)
        yield carrier, prefix


def readers(function: Value, codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(carrier, prefix) of every place where a function, or what it calls, looks for a credential."""
    seen: set[tuple[str, str]] = set()
    for text in texts_of(function, codebase):
        for each in (*_by_strategy(text, codebase), *named_in(text)):
            if each not in seen:
                seen.add(each)
                yield each


def _by_strategy(text: str, codebase: Codebase) -> Iterator[tuple[str, str]]:
    """Where the passport strategy looks that a function names."""
    for match in STRATEGY.finditer(text):
        known = strategy(match[1], codebase)
        if known is not None:
            yield str(known["carrier"]), str(known["prefix"])


def _scheme(carrier: str, prefix: str, carriers: tuple[tuple[str, str], ...]) -> str:
    if carrier == "header:Authorization":
        return "basic" if prefix.lower() == "basic" else "bearer"
    if carrier.startswith("cookie:"):
        return "session"
    return "apikey" if carrier.startswith("header:") else ("bearer" if carriers else "unknown")


def name_of(value: Value) -> str:
    """The name by which people know a function: its own, else that of the function that makes it."""
    found = function_of(value)
    if found is None:
        return ""
    if found.name in OFFICIAL and found.owner is not None:
        return found.owner.name
    if found.name != "<anonymous>":
        return found.name
    outer = found.scope.qualified.rpartition(":")[2].rpartition(".")[2]
    return outer or found.name


def roles_of(guards: tuple[Guard, ...]) -> tuple[str, ...]:
    """What the guards require, for people."""
    found: list[str] = []
    for guard in guards:
        for each in guard.requirements:
            values = each.value if isinstance(each.value, tuple) else (each.value,)
            found += [str(v) if isinstance(v, str) else each.field for v in values]
    return tuple(dict.fromkeys(found))


__all__ = ["Access", "Gates", "Place", "guarding", "name_of", "readers", "roles_of"]
