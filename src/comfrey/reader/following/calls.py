"""Calls: functions of the tree are entered, all others mean what the shelf says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.languages.go.instances import implementation
from comfrey.model.service import Service
from comfrey.reader.following import (
    forms,
    golang,
    later,
    library,
    mails,
    messages,
    methods,
    promises,
    reading,
    strategies,
    tabled,
)
from comfrey.reader.following.attribute import attribute
from comfrey.reader.following.frame import RAISE, Frame
from comfrey.reader.following.golang import contexts, entities, faults, kinds
from comfrey.reader.following.golang.chains import Outcome
from comfrey.reader.following.journal import REFUSED, Assumption, Calling
from comfrey.reader.following.passed import Passed, entry, fill, parameters, spread_sources
from comfrey.reader.following.value import (
    All,
    Answer,
    Closure,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    Pending,
    Query,
    Row,
    Super,
    either,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    Partial,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

CALLED = "__call__"
MAX_DEPTH = 14
NEVER = "typing.Never"
NONE = Const(None)
MATCHING = External("errors.As")
LISTENERS = (promises.RESOLVE, strategies.DONE)


def call_node(machine: Machine, frame: Frame, node: n.Call) -> Value:
    """A call as written: function and arguments are worked out, then it is made."""
    if isinstance(node.function, n.Name) and node.function.name == "super":
        owner = frame.function.owner if frame.function else None
        return Super(frame.receiver or NONE, owner)
    matching = faults.is_matching(node)
    function = MATCHING if matching else machine.value(frame, node.function)
    passed = _arguments(machine, frame, node)
    hit = _service(machine, node)
    found = call(machine, function, passed, node, frame)
    if matching and len(passed.args) > 1:
        error, target = passed.args[:2]
        taken = kinds.as_kind(machine, error, target) or faults.taken_as(error)
        _fill(machine, frame, node.arguments[1].value, taken)
    if isinstance(found, Outcome) and found.fill is not None and node.arguments:
        _fill(machine, frame, node.arguments[0].value, found.fill)
    if isinstance(found, External) and found.name == NEVER:
        frame.dead = frame.dead or RAISE
    if hit is not None:
        number = _note_service(machine, node, hit, passed, function)
        return Answer(hit[0].name, hit[1], "", number, cached=_is_cache(machine, node))
    return found


def _fill(machine: Machine, frame: Frame, target: n.Expression, found: Value) -> None:
    """The variable whose address was given holds what was found; in a row's field it changes nothing that is stored."""
    bare = n.Name(target.span, target.name) if isinstance(target, n.Walrus) else target
    holder = machine.value(frame, bare.of) if isinstance(bare, n.Attribute) else None
    if isinstance(bare, n.Attribute) and isinstance(holder, Row):
        holder.fields[machine.field_name(holder.record, bare.name)] = found
    elif isinstance(bare, n.Name | n.Attribute):
        machine.bind(frame, bare, found)


def _arguments(machine: Machine, frame: Frame, node: n.Call) -> Passed:
    args: list[Value] = []
    kwargs: list[tuple[str, Value]] = []
    rest = Mapping()
    for each in node.arguments:
        value = machine.value(frame, each.value)
        if each.spread == "**":
            _spread(value, kwargs, rest)
        elif each.spread == "*":
            args.extend(library.spread_items(value))
        elif each.name:
            kwargs.append((each.name, value))
        else:
            args.append(value)
    return Passed(tuple(args), tuple(kwargs), rest if rest.spreads else None)


def _spread(value: Value, kwargs: list[tuple[str, Value]], rest: Mapping) -> None:
    if isinstance(value, Mapping):
        kwargs.extend((str(name), item) for name, item in value.entries.items())
        rest.spreads.extend(value.spreads)
    else:
        rest.spreads.append(value)


def _service(machine: Machine, node: n.Call) -> tuple[Service, str] | None:
    found = machine.services.get((node.span.source.path, node.span.line))
    if found is not None and _is_operation(node, found[1].operation):
        return found[0], found[1].operation
    return None


def _is_operation(node: n.Call, operation: str) -> bool:
    """Whether it is this call on the line that calls out, and not one inside its arguments."""
    spelt = node.function.text.replace("\n", "").replace(" ", "")
    passed = any(each.text == operation for each in node.positional)
    return passed or not operation or operation.rpartition(".")[2] == spelt.rpartition(".")[2]


def _is_cache(machine: Machine, node: n.Call) -> bool:
    found = machine.services.get((node.span.source.path, node.span.line))
    return found is not None and found[0].kind == "cache"


def _note_service(
    machine: Machine, node: n.Call, hit: tuple[Service, str], passed: Passed, function: Value
) -> int:
    service, operation = hit
    answer = Answer(service.name, operation)
    told = mails.of(function, passed) or messages.of(service, operation, passed)
    sent = told or Mapping(entries=dict(passed.kwargs) or _body(passed))
    return machine.journal.note("service", answer, node.place, field=operation, value=sent).number


def _body(passed: Passed) -> dict[str, Value]:
    """What a client of JavaScript is told to send: an option of the call, or what stands behind the address."""
    options = [each for each in passed.args if isinstance(each, Mapping)]
    told = (each.entries.get(word) for each in options for word in ("body", "data", "json", "form"))
    body = next((each for each in told if each is not None), None)
    if body is None and len(passed.args) > 1:
        body = passed.args[1]
    match body:
        case Derived(name="stringify", of=(inner, *_)):
            return {"json": inner}
        case Derived(name="form", of=(inner, *_)):
            return {"data": inner}
        case Mapping():
            return {"json": body}
        case _:
            return {}


def call(
    machine: Machine,
    function: Value,
    passed: Passed,
    at: n.Expression | None,
    frame: Frame | None = None,
) -> Value:
    """Calls whatever can be called; asynchronous functions of the tree give a `Pending`."""
    statement = tabled.begun(machine, function, passed, at)
    if statement is not None:
        return statement
    done = later.carried_out(machine, function, passed, at)
    if done is not None:
        return done
    match function:
        case FunctionValue():
            made = entities.begun(machine, function, None, passed, at)
            return made or _enter(machine, function, None, passed, at, {})
        case Closure(function=inner, names=names, home=home):
            return _enter(machine, inner, None, passed, at, _shared(names, home), home)
        case BoundMethod(receiver=receiver, function=inner):
            outside = entities.begun(machine, inner, receiver, passed, at)
            if outside is None:
                outside = _on_interface(machine, receiver, inner, passed, at)
            if outside is not None:
                return outside
            return _enter(machine, inner, receiver, passed, at, {})
        case ClassValue() | Generic():
            return _construct(machine, function, passed, at)
        case Partial(function=inner, args=args, kwargs=kwargs):
            more = Passed((*args, *passed.args), (*kwargs, *passed.kwargs), passed.rest)
            return call(machine, inner, more, at, frame)
        case External(name=name):
            return library.call(machine, name, passed, at)
        case Answer(service=service, call=asked, part=part, act=act) if part:
            head, _, name = part.rpartition(".")
            return methods.call(machine, Answer(service, asked, head, act), name, passed, at)
        case Method(of=of, name=name):
            return methods.call(machine, of, name, passed, at)
        case BoundExternal(receiver=receiver, name=name):
            return methods.call(machine, receiver, name, passed, at)
        case Either(options=options):
            return either(
                tuple((t, machine.force(call(machine, f, passed, at, frame))) for t, f in options)
            )
        case Instance(
            of=External(name=name), args=(ClassValue() | FunctionValue() as made, *rest)
        ) if name.startswith("dependency_injector."):
            return _provided(machine, made, tuple(rest), function.kwargs, at)
        case Instance(of=ClassValue()):
            return call(machine, attribute(machine, function, "__call__", at), passed, at, frame)
        case Instance(of=External(name=name)) if name in LISTENERS:
            promises.heard(machine, function, passed)
            return NONE
        case Instance() if strategies.is_strategy(function):
            return strategies.enter(machine, function, passed, at)
        case Answer(part=part) if part.rpartition(".")[2] in promises.METHODS:
            return promises.settled(machine, function, passed, at)
        case Instance() if (row := machine.delegates.made(function, passed)) is not None:
            return row
        case Given(kind="claim" | "credential", name=""):
            return function  # `get_jwt_identity()`: what the surroundings give
        case Query() if machine.meaning.verb("query", CALLED):
            return methods.call(machine, function, CALLED, passed, at)
        case _:
            return Derived("call", (function, *passed.args, *(v for _, v in passed.kwargs)))


def _on_interface(
    machine: Machine,
    receiver: Value,
    function: FunctionValue,
    passed: Passed,
    at: n.Expression | None,
) -> Value | None:
    """A method that an interface of Go only names: what it means where it is given SQL (sqlc's `DBTX`), else that of
    the one type that has them all; None for any other."""
    first = function.node.parameters[:1]
    if not machine.goes or not first or first[0].name != "<receiver>":
        return None
    found = golang.method(machine, receiver, function.name, passed, at)
    kind = machine.codebase.class_of(receiver)
    made = implementation(machine.codebase.evaluator, kind) if kind is not None else None
    if found is not None or made is None:
        return found
    method = machine.codebase.member(made, function.name)
    if method is None or not isinstance(method.value, FunctionValue):
        return None
    real = BoundMethod(Instance(made, symbolic=True, place=machine.place(at)), method.value)
    return call(machine, real, passed, at)


def _shared(names: dict[str, Value], home: Frame | None) -> dict[str, Value]:
    """What a function sees of the one around it: what it saw when it was defined, and what closures changed since."""
    if home is None:
        return names
    return names | {each: home.names[each] for each in home.changed if each in home.names}


def _provided(
    machine: Machine,
    made: Value,
    args: tuple[Value, ...],
    kwargs: tuple[tuple[str, Value], ...],
    at: n.Expression | None,
) -> Value:
    """A provider of a container makes its object, and first what that is made of."""
    given = tuple(_made(machine, each, at) for each in args)
    named = tuple((name, _made(machine, each, at)) for name, each in kwargs)
    return machine.call(made, given, named, at)


def _made(machine: Machine, part: Value, at: n.Expression | None) -> Value:
    is_provider = isinstance(part, Instance) and isinstance(part.of, External)
    return machine.call(part, at=at) if is_provider else part


def _enter(
    machine: Machine,
    function: FunctionValue,
    receiver: Value | None,
    passed: Passed,
    at: n.Expression | None,
    outer: dict[str, Value],
    home: Frame | None = None,
) -> Value:
    passed = _laid_out(machine, function, receiver, passed)
    names = fill(parameters(function.node, receiver is not None), passed)
    for each in parameters(function.node, receiver is not None):
        if each.name not in names:
            found = entry(passed.rest, each.name)
            names.update({each.name: found} if found else {})
    if passed.rest is not None:
        _fill_from_spread(machine, function, receiver is not None, passed.rest, names)
    pending = Pending(function, receiver, tuple(names.items()), outer, machine.place(at), home)
    return pending if function.asynchronous else run_pending(machine, pending)


def _laid_out(
    machine: Machine, function: FunctionValue, receiver: Value | None, passed: Passed
) -> Passed:
    """`deleted(db.Exec(…))`: the results of one call are the arguments of another."""
    if not machine.goes or len(passed.args) != 1:
        return passed
    wanted = len(parameters(function.node, receiver is not None))
    lone = passed.args[0]
    if isinstance(lone, Outcome) and wanted == 2:
        return Passed((lone, lone.fault), passed.kwargs)
    if isinstance(lone, Items) and lone.kind == "tuple" and len(lone.items) == wanted > 1:
        return Passed(tuple(lone.items), passed.kwargs)
    return passed


def _fill_from_spread(
    machine: Machine, function: FunctionValue, bound: bool, rest: Value, names: dict[str, Value]
) -> None:
    """`create_user(**body.dict())`: each parameter gets the input's attribute of its name."""
    for each in parameters(function.node, bound):
        if each.name in names or each.kind in ("*", "**"):
            continue
        for source in spread_sources(rest):
            if isinstance(source, Dump) and each.name not in source.without:
                names[each.name] = machine.attribute(source.of, each.name, None)


def run_pending(machine: Machine, pending: Pending) -> Value:
    """Carries the function out."""
    function, node = pending.function, pending.function.node
    if machine.depth >= MAX_DEPTH or machine.active.count(id(node)) > 1 or machine.exhausted():
        return UnknownValue("too deep to follow", pending.place)
    frame = Frame(
        scope=function.scope,
        names=dict(pending.arguments),
        function=function,
        receiver=pending.receiver,
        outer=pending.outer,
        home=pending.home,
        base=len(machine.journal.assumptions),
    )
    if pending.receiver is not None and node.parameters:
        frame.names[node.parameters[0].name] = pending.receiver
    _defaults(machine, frame, node)
    united = _is_transaction(machine, function)
    machine.delegates.transactions += united
    machine.depth += 1
    machine.active.append(id(node))
    calling = Calling(function, dict(pending.arguments))
    machine.journal.calls.append(calling)
    mark = len(machine.journal.assumptions)
    if isinstance(node, n.Lambda):
        found = machine.force(machine.value(frame, node.body))
    else:
        machine.perform(frame, node.body.statements)
        frame.give_back()
        found = _result(machine, frame)
        if machine.paired and function.asynchronous:
            found = machine.force(found)
        found = machine.as_annotated(found, function)
        _decorators(machine, function)
    calling.answer = found
    machine.active.pop()
    machine.journal.calls.pop()
    machine.depth -= 1
    machine.delegates.transactions -= united
    if united:
        machine.journal.note("commit", NONE, function.place)
    del machine.journal.assumptions[mark:]
    return found


def _defaults(machine: Machine, frame: Frame, node: n.FunctionDef | n.Lambda) -> None:
    for each in node.parameters:
        if each.name in frame.names:
            continue
        default = each.default
        if default is not None and not _is_left_open(default, machine, frame):
            frame.names[each.name] = machine.codebase.value(default, frame.scope)
        elif each.annotation is not None:
            frame.names[each.name] = machine.codebase.some(each.annotation, frame.scope)
        else:
            frame.names[each.name] = UnknownValue("not passed", each.place, each.name)


def _is_left_open(default: n.Expression, machine: Machine, frame: Frame) -> bool:
    """Whether a default only says that a framework will pass something."""
    found = machine.codebase.value(default, frame.scope)
    return isinstance(found, Instance) and getattr(found.of, "last", "") in ("Depends", "Security")


def _result(machine: Machine, frame: Frame) -> Value:
    if frame.yielded is not None:
        return frame.yielded
    ways = list(frame.returns)
    if not frame.dead:
        ways.append((tuple(machine.journal.assumptions[frame.base :]), NONE))
    if not ways:
        return External(NEVER)
    if len(ways) == 1:
        return ways[0][1]
    if machine.goes:
        ways = [
            (tuple(a for a in held if a.how != REFUSED or _is_flagged(value)), value)
            for held, value in ways
        ]
    return either(tuple((_under(assumptions), value) for assumptions, value in ways))


def _is_flagged(value: Value) -> bool:
    """Whether a plain yes or no stands among several results: what led to it is what it tells."""
    return (
        isinstance(value, Items)
        and value.kind == "tuple"
        and any(isinstance(e, Const) and isinstance(e.value, bool) for e in value.items)
    )


def _under(assumptions: tuple[Assumption, ...]) -> Value:
    return All(tuple(each.test for each in assumptions))


def _decorators(machine: Machine, function: FunctionValue) -> None:
    """A decorator of the tree that commits around its function."""
    for each in function.decorators:
        inner = each.of if isinstance(each, Instance) else each
        node = inner.node if isinstance(inner, ClassValue | FunctionValue) else None
        if node is not None and ".commit(" in node.text:
            machine.journal.note("commit", NONE, function.place)


def _is_transaction(machine: Machine, function: FunctionValue) -> bool:
    """Whether a decorator of the ORM puts the whole function into one transaction."""
    made = (each.of if isinstance(each, Instance) else each for each in function.decorators)
    return any(
        isinstance(each, External) and machine.meaning.function(each.name) == "begin"
        for each in made
    )


# --- objects -------------------------------------------------------------------


def _construct(
    machine: Machine, of: ClassValue | Generic, passed: Passed, at: n.Expression | None
) -> Value:
    kind = of.of if isinstance(of, Generic) else of
    if not isinstance(kind, ClassValue):
        return library.call(machine, getattr(kind, "name", ""), passed, at)
    if machine.goes and len(passed.args) == 1:
        converted = contexts.converted(machine, kind, passed.args[0])
        if converted is not None:
            return converted
    record = machine.record_of(kind)
    if record is not None and len(passed.args) == 1 and isinstance(passed.args[0], Mapping):
        return machine.delegates.asking.row(record, passed.args[0])
    method = machine.codebase.member(kind, "__init__")
    own = method.value if method is not None and isinstance(method.value, FunctionValue) else None
    if record is not None and own is not None and not machine.paired:
        row = Row(record, created=True)
        machine.force(_enter(machine, own, row, passed, at, {}))
        return row
    if record is not None and (passed.args == () or passed.kwargs or passed.rest):
        return machine.store.made(record, passed)
    made = Instance(of=of, args=passed.args, kwargs=passed.kwargs, place=machine.place(at))
    if library.is_enum(machine, kind) and passed.args:
        return passed.args[0]
    forms.bind(machine, made, passed)
    if own is not None:
        machine.force(_enter(machine, own, made, passed, at, {}))
        return made
    _fields(machine, made, kind, passed)
    return made


def _fields(machine: Machine, made: Instance, kind: ClassValue, passed: Passed) -> None:
    """Dataclasses and schemas: the arguments are the fields."""
    for source in spread_sources(passed.rest):
        reading.taken_as(machine, source, kind)
    names = [e.name for e in machine.codebase.members(kind, inherited=True) if e.annotation]
    made.fields.update(zip(names, passed.args, strict=False))
    made.fields.update(passed.kwargs)
    for source in spread_sources(passed.rest):
        for name in names:
            if name not in made.fields and isinstance(source, Dump | Given):
                of = source.of if isinstance(source, Dump) else source
                if not (isinstance(source, Dump) and name in source.without):
                    made.fields[name] = machine.attribute(of, name, None)
