"""The request and the reply of frameworks whose functions are given both: `(req, res, next)`.

What a handler sends is its answer; `next(error)` raises. The request is one object for all functions of a route, so
that what a guard puts on it is there for the handler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.model.place import Place
from comfrey.reader.following import reading
from comfrey.reader.following.catching import reason, thrown
from comfrey.reader.following.condition import truth
from comfrey.reader.following.journal import ANY, Act, Assumption
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    All,
    Answer,
    Caught,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    Row,
)
from comfrey.source import node as n
from comfrey.source.value import Const, DictValue, External, Instance, Value, text_of
from comfrey.stacks.statuses import number, worded

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

APP, KEPT = "<app>", "<kept>"
"""The app as a request shows it, and what it was set."""
REQUEST, REPLY, NEXT = "<request>", "<reply>", "<next>"
SENT, CODED = "<sent>", "<coded>"
NEVER = "typing.Never"
NONE = Const(None)
DEEPEST = 3
"""How often an error may be thrown again."""
CODES = ("status", "code", "writeHead")
FINAL = ("json", "send", "end", "jsonp", "render", "sendFile", "download", "redirect", "sendStatus")
SAME = ("set", "header", "setHeader", "type", "vary", "location", "links", "append", "attachment",
        "format", "removeHeader", "clearCookie", "contentType")  # fmt: skip
DONE = ("headersSent", "writableEnded", "writableFinished", "finished", "sent")
"""What a reply says once it was sent: code asks to be safe."""
HEADERS = ("get", "header")
SIGNING = ("login", "logIn")
"""Methods by which passport puts a user on the request and in its session."""
CHECKING = ("safeParse", "safeParseAsync", "spa", "validate")
"""Methods of a validator that say whether a value passes, and hand it over."""
PARSING = ("parse", "parseAsync", "validateAsync", "validateSync", "attempt", "assert", "cast")


def reply(told: dict[str, Value] | None = None) -> Instance:
    """The reply object of one request; `SENT` gathers what is sent, and when, `locals` what functions hand on. `told`
    are members that the framework sets before."""
    fresh: dict[str, Value] = dict.fromkeys(DONE, Const(False))
    kept = {SENT: Items(), CODED: Items(), "locals": Mapping()}
    return Instance(External(REPLY), fields={**fresh, **kept, **(told or {})})


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method of the request, of the reply, or of a validator that is given a part of the request."""
    if isinstance(of, Instance) and isinstance(of.of, External):
        if of.of.name == REPLY:
            return _replied(machine, of, name, passed, at)
        if of.of.name == REQUEST:
            return _asked(machine, of, name, passed, at)
        if of.of.name == APP and name == "get":
            settings, key = of.fields.get(KEPT), passed.at(0)
            found = settings.get(text_of(key) or "") if isinstance(settings, DictValue) else None
            return found or Derived(name, (of,))
    if machine.paired and passed.args and not isinstance(of, Row):
        return _checked(machine, of, name, passed)
    return None


def step(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """`next()` lets the request by, `next(error)` does not."""
    error = passed.at(0)
    if error is None or (isinstance(error, Const) and error.value in (None, "route", "router")):
        return NONE
    _raised(machine, error, at)
    return External(NEVER)


def _raised(machine: Machine, error: Value, at: n.Expression | None) -> None:
    """Each of several errors under its own condition."""
    if not isinstance(error, Either):
        thrown, place = machine.as_exception(error), machine.place(at)
        machine.journal.note("raise", thrown, place, tries=(), handed_over=True)
        return
    for test, each in error.options:
        with machine.assuming(test):
            _raised(machine, each, at)


# --- the reply ---------------------------------------------------------------


def _replied(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    if name in CODES:
        _note_code(machine, of, passed.at(0))
        return Instance(of.of, fields={**of.fields, "status": passed.at(0) or NONE})
    if name == "cookie":
        value = passed.at(1) or NONE
        field = getattr(passed.at(0), "value", "")
        machine.journal.note("cookie", value, machine.place(at), field=str(field or ""))
        return of
    word = worded(name) if name not in FINAL else None
    if word is not None:
        of = Instance(of.of, fields={**of.fields, "status": Const(word)})
    elif name not in FINAL:
        return of if name in SAME else Derived(name, (of,))
    status = of.fields.get("status")
    body = passed.at(0) or NONE
    if name == "sendStatus":
        status, body = body, NONE
    if name == "redirect":
        status, body = Const(302), NONE
    sent = of.fields[SENT]
    if isinstance(sent, Items):
        _send(machine, sent, status, body, machine.place(at))
    return of


def _send(machine: Machine, sent: Items, status: Value | None, body: Value, place: Place) -> None:
    """Puts an answer to those that were sent, each of several statuses under its own condition, and that of each
    error that says its own: `res.status(error.statusCode || 500)`."""
    told = _of_error(status)
    if told is not None:
        for act, mark, own in _brought(machine, *told):
            with machine.assuming(reason(act, mark)):
                _send(machine, sent, Const(own), body, act.place or place)
    elif isinstance(status, Either):
        for test, each in status.options:
            with machine.assuming(test):
                _send(machine, sent, each, _under(test, body), place)
        return
    made = _made(status, body, place)
    good = status is None or (isinstance(status, Const) and made is body)
    sent.items.append(_Sent(tuple(machine.journal.assumptions), made, good))


def _brought(
    machine: Machine, caught: Caught, name: str, depth: int = DEEPEST
) -> Iterator[tuple[Act, int, int]]:
    """(what threw it, since when conditions count, status) of each error that says its own, also where it was thrown
    again as another one: `throw new Problem(error.message, error.statusCode || 400)`."""
    for act in tuple(thrown(machine, caught)):
        told = machine.attribute(act.subject, name, None)
        own, inner = number(told), _of_error(told)
        if own is not None or (inner is not None and depth):
            caught.claimed.add(act.number)
        if own is not None:
            yield act, caught.mark, own
        elif inner is not None and depth:
            yield from _brought(machine, *inner, depth - 1)


def _of_error(status: Value | None) -> tuple[Caught, str] | None:
    """Whatever went wrong, and its member that a status is unless it has none."""
    ways = [each for _, each in status.options] if isinstance(status, Either) else [status]
    for each in ways:
        if isinstance(each, Method) and isinstance(each.of, Caught):
            return each.of, each.name
    return None


def _under(test: Value, body: Value) -> Value:
    """A body as it is where a condition holds that told its parts apart: `{ data: result.data }`."""
    if isinstance(body, Either):
        return next((each for other, each in body.options if other is test), body)
    if isinstance(body, Mapping) and body.entries:
        return replace(body, entries={k: _under(test, each) for k, each in body.entries.items()})
    return body


class _Code(Value):
    """A status that the reply was given, what held then, and how many acts were done before."""

    __slots__ = ("number", "status", "tests")

    def __init__(self, tests: tuple[Value, ...], number: int, status: Value) -> None:
        self.tests = tests
        self.number = number
        self.status = status


def _note_code(machine: Machine, of: Instance, status: Value | None) -> None:
    coded = of.fields.get(CODED)
    if isinstance(coded, Items) and status is not None:
        tests = tuple(each.test for each in machine.journal.assumptions)
        coded.items.append(_Code(tests, len(machine.journal.acts), status))


def code_before(said: Value | None, act: Act) -> int | None:
    """The status that the reply had when something was done: `res.status(404); throw new Error(…)`."""
    coded = said.fields.get(CODED) if isinstance(said, Instance) else None
    held = {id(each.test) for each in act.assumptions}
    codes = (
        [each for each in coded.items if isinstance(each, _Code)]
        if isinstance(coded, Items)
        else []
    )
    ways = [e for e in codes if e.number <= act.number and all(id(t) in held for t in e.tests)]
    last = ways[-1].status if ways else None
    return last.value if isinstance(last, Const) and isinstance(last.value, int) else None


class _Sent(Value):
    """One answer, and what held when it was sent; `good` where it surely says that all went well."""

    __slots__ = ("assumptions", "good", "value")

    def __init__(
        self, assumptions: tuple[Assumption, ...], value: Value, good: bool = False
    ) -> None:
        self.assumptions = assumptions
        self.value = value
        self.good = good


def _made(status: Value | None, body: Value, place: Place) -> Value:
    """A body as it is; one that goes with a refusal as a response of that status."""
    known = status.value if isinstance(status, Const) else None
    if isinstance(known, int) and known >= 400:
        named = (("status", Const(known)),)
        return Instance(External("Response"), (body,), named, place)
    return body


def answer(said: Instance, start: int) -> Value | None:
    """All that was sent on the reply, each under its conditions; None where nothing was."""
    found = _sent(said)[start:]
    if not found:
        return None
    return found[0].value if len(found) == 1 else _conditional(found)


def early(said: Instance, count: int) -> Either:
    """The first `count` answers, which functions before the handler sent, each under its conditions."""
    return _conditional(_sent(said)[:count])


def good(said: Instance) -> list[tuple[Value, ...]]:
    """The conditions of each answer that surely says that all went well."""
    return [tuple(a.test for a in e.assumptions) for e in _sent(said) if e.good]


def _sent(said: Instance) -> list[_Sent]:
    sent = said.fields.get(SENT)
    items = sent.items if isinstance(sent, Items) else []
    return [each for each in items if isinstance(each, _Sent)]


def _conditional(found: list[_Sent]) -> Either:
    return Either(tuple((All(tuple(a.test for a in e.assumptions)), e.value) for e in found))


def returned(said: Instance, start: int, given: Value) -> Value | None:
    """Where what a handler gives back is an answer too: all that was sent, or else that."""
    told = answer(said, start)
    ways = given.options if isinstance(given, Either) else ()
    rest = tuple((test, each) for test, each in ways if not _says_nothing(each))
    if told is None or not rest:
        return told
    return Either((*_conditional(_sent(said)[start:]).options, *rest))


def _says_nothing(value: Value) -> bool:
    """Whether a handler that gives this back has answered by its reply, or not yet."""
    if isinstance(value, Instance) and isinstance(value.of, External):
        return value.of.name == REPLY
    return isinstance(value, Derived | Method) or (isinstance(value, Const) and value.value is None)


def count(said: Instance) -> int:
    """How many answers were sent so far."""
    sent = said.fields.get(SENT)
    return len(sent.items) if isinstance(sent, Items) else 0


# --- the request -------------------------------------------------------------


def signed_in(machine: Machine, of: Value | None, at: n.Expression | None) -> Value:
    """Passport keeps who is on the request in its session, which the caller is given a cookie for."""
    user = of.fields.get("user") if isinstance(of, Instance) else None
    machine.journal.note("cookie", user or NONE, machine.place(at), field=ANY)
    return NONE


def _asked(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    first = passed.at(0)
    if name in machine.dialect.itself:
        return of
    if name in machine.dialect.replies:
        return of.fields.get("res", NONE)
    if name in machine.dialect.claims:
        of.fields["user"] = Given("claim")
        return of.fields["user"]
    if name in SIGNING and first is not None:
        of.fields["user"] = first
        return signed_in(machine, of, at)
    if name in HEADERS and isinstance(first, Const):
        return header(str(first.value))
    if name in ("isAuthenticated", "isUnauthenticated"):
        user = of.fields.get("user", Given("claim"))
        return truth(user)
    return Derived(name, (Given("header"), *passed.args))


def header(name: str) -> Given:
    """A header by its name; the one that carries a credential is that credential."""
    return Given("credential") if name.lower() == "authorization" else Given("header", name)


def member(of: Given, name: str) -> Value:
    """A member of a part of the request that no schema tells of."""
    if of.kind == "header":
        return header(name)
    if of.kind in ("path", "query", "cookie") or not of.name:
        return Given(of.kind, name)
    return Given(of.kind, f"{of.name}.{name}")


# --- validators --------------------------------------------------------------


def _checked(machine: Machine, of: Value, name: str, passed: Passed) -> Value | None:
    """`schema.parse(req.body)` gives what it is given, `safeParse` also whether it passed."""
    if name not in (*PARSING, *CHECKING) or not _is_outside(of):
        return None
    given = next((each for each in passed.args if _is_input(each)), passed.args[0])
    if not _is_input(given):
        return None
    if isinstance(given, Answer):
        reading.taken_as(machine, given, of)
    if name in PARSING:
        return given
    right: Value = Derived("valid", (given,))
    if isinstance(given, Answer):
        right = Answer(given.service, given.call, "valid", given.act)
    wrong = Derived("invalid", (given,))
    return Mapping(entries={"success": right, "data": given, "value": given, "error": wrong})


def _is_input(value: Value) -> bool:
    if isinstance(value, Dump):
        return _is_input(value.of)
    if isinstance(value, Mapping):
        parts = [*value.entries.values(), *value.spreads]
        return bool(parts) and all(_is_input(each) for each in parts)
    return isinstance(value, Given | Answer)


def _is_outside(of: Value) -> bool:
    """Whether a receiver is made by a package: a schema, or the validator itself."""
    if isinstance(of, Method):
        return _is_outside(of.of)
    return isinstance(of, Instance | External | DictValue | Derived)
