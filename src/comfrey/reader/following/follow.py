"""Follows one request from its dependencies to the answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from comfrey.reader.following import exchange, promises, strategies, streams
from comfrey.reader.following.calls import run_pending
from comfrey.reader.following.condition import implied, negate, truth
from comfrey.reader.following.golang import contexts
from comfrey.reader.following.journal import REFUSED, Journal
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.merge import only
from comfrey.reader.following.value import (
    All,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Pending,
    Row,
    either,
)
from comfrey.source.node import FunctionDef
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    UnknownValue,
    Value,
    plain,
)
from comfrey.stacks.requests import Request, Supply

HANDED = ("handed context", "handed request", "handed writer", "handed params")
"""What Go's handlers are given."""
HEADERLESS = ("OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer", "OAuth2")


@dataclass(slots=True, eq=False)
class Followed:
    """What following a request told: the journal, where the handler's own acts begin, the answer."""

    request: Request
    journal: Journal
    starts: int
    answer: Value
    calls: dict[object, Value] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    """Dotted names of members of the body that code reads and no schema tells of."""
    early: Value | None = None
    """What functions before the handler answer on the reply."""


def follow(machine: Machine, request: Request) -> Followed:
    """Carries a request out."""
    machine.journal = Journal()
    machine.asked = set()
    machine.steps = 0
    known: dict[object, Value] = {}
    machine.ambient = {}
    machine.method = request.method
    machine.context = None
    if machine.goes:
        contexts.begun(machine, request.method, request.path, known)
        machine.rescues = _rescues(machine, request)
    for name, each in request.ambient:
        machine.ambient[name] = partial(supply, machine, each, known)
    for each in request.before:
        supply(machine, each, known)
    starts, sent, answer = _answered(machine, request, known)
    reply = known.get(exchange.REPLY)
    if isinstance(reply, Instance):
        look = exchange.returned if machine.returns else _only_sent
        told = look(reply, sent, answer)
        told = contexts.returned(machine, answer, told) if machine.goes else told
        answer = told or answer
    asked = frozenset(machine.asked)
    early = exchange.early(reply, sent) if isinstance(reply, Instance) else None
    return Followed(request, machine.journal, starts, answer, known, asked, early)


def _rescues(machine: Machine, request: Request) -> tuple[Value, ...]:
    """The functions before a handler that look for the errors which were left with the context."""
    word = machine.handling_words.get("left")
    return tuple(
        each.callee
        for each in request.before
        if word and each.callee is not None and f".{word}" in _text(each.callee)
    )


def _text(callee: Value) -> str:
    function = callee.function if isinstance(callee, BoundMethod) else callee
    return function.node.text if isinstance(function, FunctionValue) else ""


def _answered(
    machine: Machine, request: Request, known: dict[object, Value]
) -> tuple[int, int, Value]:
    """How many acts and answers there were before the handler's own, and what it gives back to the outermost of what
    stands around it."""
    names = _supplied(machine, request.handler, known)
    before: list[int] = []

    def handled() -> Value:
        reply = known.get(exchange.REPLY)
        sent = exchange.count(reply) if isinstance(reply, Instance) else 0
        before[:] = [len(machine.journal.acts), sent]
        return streams.brought(machine, _run(machine, request.handler.callee, names))

    way = streams.Way(handled)
    for each in reversed(request.around):
        way = streams.Way(partial(_surrounded, machine, each, known, way))
    answer = way.taken(machine)
    return before[0], before[1], answer


def _surrounded(
    machine: Machine, around: Supply, known: dict[object, Value], way: streams.Way
) -> Value:
    """What something around a handler makes of its answer."""
    names = _supplied(machine, around, known)
    found = streams.brought(machine, _run(machine, around.callee, names | {around.wire: way}))
    if way.answer is None:
        return way.taken(machine)  # it lets nobody on that we can see
    return found


def _only_sent(reply: Instance, start: int, _given: Value) -> Value | None:
    return exchange.answer(reply, start)


def supply(machine: Machine, wanted: Supply, known: dict[object, Value]) -> Value:
    """The value of one argument; what was called once for this request is not called again."""
    if wanted.kind == "input":
        given = Given(wanted.location, wanted.wire, wanted.schema, wanted.type)
        return Dump(given, sent_only=True) if wanted.loaded else given
    if wanted.kind == "member":
        return machine.attribute(supply(machine, wanted.below[0], known), wanted.wire, None)
    if wanted.kind in ("request", "reply"):
        return _paired(machine, wanted, known)
    if wanted.kind in HANDED:
        return contexts.exchange_of(known)[wanted.kind.removeprefix("handed ")]
    if wanted.kind == "group":
        return Mapping(entries=dict(_supplied(machine, wanted, known)))
    if wanted.kind == "values":
        return wanted.type or NONE
    if wanted.kind == "list":
        return Items([supply(machine, each, known) for each in wanted.below], kind="tuple")
    if wanted.kind == "object":
        return Instance(External("object"), symbolic=True)
    if wanted.kind == "credential":
        return _credential(wanted.callee)
    if wanted.kind == "caller":
        return Given("claim")
    if wanted.kind == "user":
        return _user(machine, wanted)
    key = _key(wanted.callee)
    if key not in known:
        below = _supplied(machine, wanted, known)
        find = _handed if wanted.kind == "strategy" else _run
        found = _one_caller(find(machine, wanted.callee, below))
        known[key] = _somebody(machine, found, wanted) if wanted.kind == "strategy" else found
    return known[key]


def _paired(machine: Machine, wanted: Supply, known: dict[object, Value]) -> Value:
    """The request object, or the reply: one and the same for all functions of a route."""
    key = exchange.REQUEST if wanted.kind == "request" else exchange.REPLY
    if key not in known:
        parts = _supplied(machine, wanted, known)
        whole = Instance(External(exchange.REQUEST), fields=parts)
        known[key] = whole if wanted.kind == "request" else exchange.reply(parts)
    return known[key]


def _user(machine: Machine, wanted: Supply) -> Value:
    """The caller's row, where the framework itself looks it up."""
    record = machine.record_of(wanted.type) if wanted.type is not None else None
    if record is None:
        return Given("claim")
    machine.user = record
    return Row(record, caller=True, certain=True)


def _supplied(machine: Machine, wanted: Supply, known: dict[object, Value]) -> dict[str, Value]:
    return {
        each.name: supply(machine, each, known) for each in wanted.below if each.kind != "unknown"
    }


def _one_caller(found: Value) -> Value:
    """However the caller's row was looked up, it is one and the same."""
    if not isinstance(found, Either):
        return found
    absent = [(t, e) for t, e in found.options if isinstance(e, Const) and not e.value]
    rows = [e for t, e in found.options if not (isinstance(e, Const) and not e.value)]
    rows = [only(each) for each in rows]
    callers = [each for row in rows for each in _callers(row)]
    if not callers or len({each.record.name for each in callers}) > 1:
        return found
    if any(not _callers(row) for row in rows):
        return found
    first = callers[0]
    if not absent:
        return first
    return either((*absent, (All(tuple(negate(t) for t, _ in absent)), first)))


def _callers(value: Value) -> list[Row]:
    """The rows of callers that a value may be."""
    match value:
        case Row(caller=True):
            return [value]
        case Either(options=options):
            inner = [_callers(each) for _, each in options if not isinstance(each, Const)]
            return [row for rows in inner for row in rows] if all(inner) else []
        case _:
            return []


def _key(callee: Value | None) -> object:
    match callee:
        case FunctionValue(node=node, scope=scope):
            return (id(node), id(scope))
        case BoundMethod(receiver=receiver, function=function):
            return (id(receiver), id(function.node))
        case _:
            return id(callee)


def _credential(scheme: Value | None) -> Value:
    """A bearer scheme gives the token itself, others an object that holds it."""
    name = getattr(getattr(scheme, "of", None), "last", "")
    may_lack = isinstance(scheme, Instance) and plain(scheme.kwarg("auto_error")) is False
    if name in HEADERLESS or name.startswith("APIKey"):
        return Given("credential", "optional" if may_lack else "")
    return Derived("credential", (Given("credential", "optional" if may_lack else ""),))


def _run(machine: Machine, callee: Value | None, names: dict[str, Value]) -> Value:
    match callee:
        case FunctionValue():
            return _function(machine, callee, None, names)
        case BoundMethod(receiver=receiver, function=function):
            return _function(machine, function, receiver, names)
        case ClassValue() | Generic(of=ClassValue()):
            return machine.call(callee, (), tuple(names.items()))
        case Instance(of=ClassValue() | Generic()):
            method = machine.attribute(callee, "__call__", None)
            return machine.call(method, (), tuple(names.items()))
        case Generic(of=External(), args=(provider, *_)):
            return machine.call(provider)
        case None:
            return UnknownValue("no function")
        case _:
            return machine.call(callee, (), tuple(names.items()))


def _function(
    machine: Machine, function: FunctionValue, receiver: Value | None, names: dict[str, Value]
) -> Value:
    if receiver is None and function.owner is not None and "self" in _first(function):
        receiver = Instance(of=function.owner, fields=dict(names), symbolic=True)
    node = function.node
    if isinstance(node, FunctionDef) and "yield" in node.text and ".commit(" in node.text:
        machine.journal.committing = True
    return run_pending(machine, Pending(function, receiver, tuple(names.items())))


def _handed(machine: Machine, verify: Value | None, names: dict[str, Value]) -> Value:
    """Whom a strategy's own function gives back, or hands to the function that takes the caller."""
    assert isinstance(verify, BoundMethod)
    done = promises.listener(strategies.DONE)
    last = [each.name for each in verify.function.node.parameters[1:] if each.name not in names]
    found = machine.force(_run(machine, verify, names | dict.fromkeys(last, done)))
    user = promises.told(done, position=1)
    return found if user is None else strategies.somebody(user)


def _somebody(machine: Machine, found: Value, wanted: Supply) -> Value:
    """Whom a strategy found; where it found nobody, the framework throws the error that it is known to throw."""
    lost = _nobody(machine, found) if wanted.type is not None else None
    if lost is None or wanted.type is None or wanted.place is None:
        return found
    with machine.assuming(lost):
        machine.journal.note("raise", wanted.type, wanted.place)
    machine.assume(negate(lost), REFUSED)
    user = strategies.somebody(found)
    return replace(user, certain=True) if isinstance(user, Row) else user


def _nobody(machine: Machine, found: Value) -> Value | None:
    """The condition under which nobody was found, and nothing was thrown for it."""
    match found:
        case Row(created=False, certain=False):
            lost = negate(truth(found))
            thrown = (act for act in machine.journal.acts if act.kind == "raise")
            known = (implied((lost,), (each.test for each in act.assumptions)) for act in thrown)
            return lost if all(known) else None
        case Either(options=options):
            tests = (test for test, each in options if isinstance(each, Const) and not each.value)
            return next(tests, None)
    return None


def _first(function: FunctionValue) -> tuple[str, ...]:
    return tuple(each.name for each in function.node.parameters[:1])


NONE = Const(None)
