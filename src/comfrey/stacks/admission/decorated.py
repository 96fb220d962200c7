"""What a decorator of the tree does with a caller who shows nothing: the wrapper that it makes is tried out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from comfrey.model.endpoint import Guard
from comfrey.model.place import Place
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.value import BoundMethod, FunctionValue, Value
from comfrey.stacks.admission.anonymous import Ending, Raised, Reading, endings, merged
from comfrey.stacks.admission.looking import named_in
from comfrey.stacks.admission.nobody import UNKNOWN, Request, Visit

HEADER = re.compile(r"(?:headers|META)(?:\.get\(|\[)\s*[\"'](\w[\w-]+)[\"']")
TURNED_AWAY = (401, 403)
REDIRECTS = (302, 303, 307)
SCHEMES = {"Bearer": "bearer", "Basic": "basic", "JWT": "bearer", "Token": "bearer"}


@dataclass
class Trial:
    """How to read a framework's answers: the status of a returned value, and that of a raised one."""

    codebase: Codebase
    answer: Callable[[Value], int | None]
    status: Callable[[Value], int | None]
    met: list[Guard] = field(default_factory=list)
    """Guards that a view has met in front of functions that it calls."""

    def reading(self, method: str) -> Reading:
        """A fresh reading of an anonymous request."""
        return Reading(
            self.codebase,
            lambda _: UNKNOWN,
            self.status,
            answer=self.answer,
            guarded=lambda function: self._guarded(function, method),
        )

    def _guarded(self, function: FunctionValue, method: str) -> Guard | None:
        found = (guard_of(each, method, self) for each in wrappers(function, self.codebase))
        guard = next((each for each in found if each is not None), None)
        self.met += [guard] if guard is not None else []
        return guard


def wrappers(function: FunctionValue, codebase: Codebase) -> tuple[FunctionValue, ...]:
    """What the tree's own decorators put around a function, outermost first."""
    result, found = function, list[FunctionValue]()
    for each in reversed(function.decorators):
        if not isinstance(each, FunctionValue | BoundMethod):
            continue
        made = codebase.evaluator.call(each, (result,))
        fresh = isinstance(made, FunctionValue) and made.node is not function.node
        if isinstance(made, FunctionValue) and fresh and not made.place.file.startswith(LIBRARY):
            inside = wrappers(made, codebase) if made.decorators else ()
            found = [*inside, made, *found]
            result = made
    return tuple(found)


def guard_of(wrapper: FunctionValue, method: str, trial: Trial) -> Guard | None:
    """The guard that a wrapper is; None where nobody is let through as well."""
    found = _endings(wrapper, method, trial)
    refused = next((each for each in found if _turned(each)), None)
    if refused is None:
        return None
    if all(each.raises for each in found) or tuple(_carriers(wrapper)):
        return _guard(wrapper, refused.status, refused.place)
    return None


def withholds(
    wrapper: FunctionValue, method: str, trial: Trial, receiver: Value | None = None
) -> bool:
    """Whether somebody who has only signed in is never let through, and shown another page instead."""
    found = _endings(wrapper, method, trial, receiver, Visit)
    given = [each.value for each in found if not each.raises]
    return bool(given) and all(e is not None and trial.answer(e) is not None for e in given)


def turns_away(
    function: FunctionValue, method: str, trial: Trial, receiver: Value, caller: Request
) -> Ending | None:
    """How a function ends for a caller whom it turns away in any case."""
    found = _endings(function, method, trial, receiver, caller)
    refused = next((each for each in found if _turned(each)), None)
    return refused if refused is not None and all(each.raises for each in found) else None


def own_guard(
    function: FunctionValue, method: str, trial: Trial, receiver: Value | None = None
) -> Guard | None:
    """The guard that a view itself is: it cannot end for a caller who shows nothing but by turning them away."""
    trial.met.clear()
    try:
        merged(_endings(function, method, trial, receiver))
    except Raised as raised:
        if trial.met and trial.met[-1].status == raised.status:
            return trial.met[-1]
        if raised.status in TURNED_AWAY:
            return _guard(function, raised.status, raised.place)
        known = raised.status in REDIRECTS and _endings(function, method, trial, receiver, Visit)
        if known and any(not each.raises for each in known):
            return _guard(function, raised.status, raised.place)
    return None


def _endings(
    function: FunctionValue,
    method: str,
    trial: Trial,
    receiver: Value | None = None,
    asks: type[Request] | Request = Request,
) -> tuple[Ending, ...]:
    names = [each.name for each in function.node.parameters if each.kind not in ("*", "**")]
    names = [each for each in names if each not in ("self", "cls")]
    request = asks if isinstance(asks, Request) else asks(method=method)
    bound: dict[str, Value] = {names[0]: request} if names else {}
    # What a wrapper stands for is no part of the trial.
    bound |= {
        name: UNKNOWN
        for name, value in (
            function.scope.names.items() if function.scope.kind == "function" else ()
        )
        if isinstance(value, FunctionValue) and value.scope is not function.scope
    }
    try:
        return endings(trial.reading(method), function, bound, receiver)
    except RecursionError:
        return ()


def _turned(ending: Ending) -> bool:
    return ending.raises and (ending.status in TURNED_AWAY or ending.status in REDIRECTS)


def _guard(function: FunctionValue, status: int | None, place: Place | None) -> Guard:
    name = function.qualified.rpartition(":")[2].partition(".")[0] or function.name
    carrier, prefix = next(_carriers(function), ("", ""))
    if not carrier and ".user" in function.node.text:
        carrier = "cookie:sessionid"
    return Guard(
        scheme=_scheme(carrier, prefix),
        name=name,
        carrier=carrier,
        prefix=prefix,
        status=status,
        place=place,
    )


def _carriers(function: FunctionValue) -> Iterator[tuple[str, str]]:
    for word in HEADER.findall(function.node.text):
        name = word.removeprefix("HTTP_").replace("_", "-").title() if "_" in word else word
        if name.lower() not in ("authorization", "content-type", "user-agent", "host"):
            yield f"header:{name}", ""
    for carrier, prefix in named_in(function.node.text):
        if carrier == "caller" or carrier.startswith("cookie:connect"):
            yield "cookie:sessionid", ""
        else:
            yield carrier, prefix


def _scheme(carrier: str, prefix: str) -> str:
    if carrier.startswith("cookie:"):
        return "session"
    if carrier == "header:Authorization":
        return SCHEMES.get(prefix, "bearer")
    return "apikey" if carrier else "unknown"
