"""Carrying out statements: branches apart, loops once, failures to where they are caught."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.model.place import Place
from comfrey.reader.following.attribute import poured
from comfrey.reader.following.catching import reason
from comfrey.reader.following.condition import decide, negate, truth
from comfrey.reader.following.element import element_of, literal_items
from comfrey.reader.following.express import combine, spread
from comfrey.reader.following.frame import LOOP, RAISE, REFUSAL, RETURN, Frame
from comfrey.reader.following.golang.faults import is_failure
from comfrey.reader.following.journal import (
    ANY,
    REFUSED,
    RETURNED,
    SESSION,
    UNDER,
    Assumption,
    Journal,
)
from comfrey.reader.following.merge import merge_names, narrow, only
from comfrey.reader.following.value import (
    AnyOf,
    Caught,
    Closure,
    Compare,
    Derived,
    Either,
    Failed,
    Given,
    Items,
    Mapping,
    Row,
    RowField,
    Shaped,
    Truth,
)
from comfrey.reader.following.within import inside
from comfrey.source import node as n
from comfrey.source.statements import declared
from comfrey.source.value import Const, External, FunctionValue, Instance, Value
from comfrey.stacks.statuses import number

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)


def block(machine: Machine, frame: Frame, statements: tuple[n.Statement, ...]) -> None:
    """Carries out the statements until this path ends."""
    for each in statements:
        if frame.dead or machine.exhausted():
            return
        statement(machine, frame, each)


def statement(machine: Machine, frame: Frame, node: n.Statement) -> None:
    """Carries out one statement."""
    match node:
        case n.Evaluate(value=expression):
            machine.value(frame, expression)
        case n.Assign():
            _assign(machine, frame, node)
        case n.Return(value=expression):
            found = machine.value(frame, expression) if expression else NONE
            if frame.dead == RAISE:
                return
            frame.returns.append((tuple(machine.journal.assumptions[frame.base :]), found))
            refused = refuses(found) or (machine.goes and gives_up(machine, node, found))
            frame.dead = REFUSAL if refused else RETURN
        case n.Raise():
            _raise(machine, frame, node)
        case n.If(test=test, body=body, otherwise=otherwise):
            branch(machine, frame, truth(machine.value(frame, test)), body, otherwise)
        case n.For():
            _for(machine, frame, node)
        case n.While(test=test, body=body):
            machine.value(frame, test)
            machine.journal.loops += machine.goes
            _loop(machine, frame, body)
            machine.journal.loops -= machine.goes
        case n.With():
            _with(machine, frame, node)
        case n.Try():
            _try(machine, frame, node)
        case _:
            _rest(machine, frame, node)


def gives_up(machine: Machine, node: n.Return, found: Value) -> bool:
    """Whether a `return` of Go's ends for what went wrong: it gives an error back, or nothing after a refusal, or
    nothing of all that would still be done."""
    known = is_failure(found)
    if known is not None or node.value is not None:
        return bool(known) or _is_shown(machine, found)
    sent = machine.last_sent()
    return sent is None or refuses(sent)


def _is_shown(machine: Machine, found: Value) -> bool:
    """Whether what is given back last is an error of which a test around it says that it is there."""
    last = found.items[-1] if isinstance(found, Items) and found.items else found
    calling = machine.journal.calls[-1] if machine.journal.calls else None
    node = calling.function.node if calling is not None else None
    gives = node.returns.text if isinstance(node, n.FunctionDef) and node.returns else ""
    tests = (each.test for each in machine.journal.assumptions if each.how == UNDER)
    return gives.rstrip(")").endswith("error") and any(
        isinstance(each, Compare) and each.operator == "ne" and each.left is last for each in tests
    )


def refuses(answer: Value) -> bool:
    """Whether a returned value is an answer of 400 or above made by hand."""
    match answer:
        case Items(kind="tuple", items=[_, Const(value=int() as status), *_]):
            return 400 <= status < 600
        case Instance(of=External(name=name)) if name.endswith("make_response"):
            said = getattr(answer.argument(1, "status"), "value", None)
            return isinstance(said, int) and said >= 400
        case Instance(of=External(name=name)) if name.endswith("Response"):
            answered = number(answer.kwarg("status"))
            return answered is not None and answered >= 400
    return False


def _rest(machine: Machine, frame: Frame, node: n.Statement) -> None:
    match node:
        case n.Match():
            _match(machine, frame, node.subject, node.cases)
        case n.FunctionDef(name=name):
            made = FunctionValue(name=name, node=node, scope=frame.scope)
            frame.names[name] = Closure(made, frame.visible(), frame)
        case n.Import():
            machine.import_into(frame, node)
        case n.Delete(targets=targets):
            for target in targets:
                _delete(machine, frame, target)
        case n.Pass(kind="break" | "continue"):
            frame.dead = LOOP
        case n.Assert(test=test):
            machine.assume(truth(machine.value(frame, test)), REFUSED)


# --- assignment ----------------------------------------------------------------


def _assign(machine: Machine, frame: Frame, node: n.Assign) -> None:
    if node.value is None:
        return
    found = machine.value(frame, node.value)
    if node.annotation is not None and isinstance(found, Derived):
        found = machine.typed(found, node.annotation, frame.scope)
    if not node.declares or node.operator:
        _borrowed(frame, node.targets)
    for target in node.targets:
        if node.operator:
            _augment(machine, frame, target, node.operator, found)
        else:
            bind(machine, frame, target, found)


def _borrowed(frame: Frame, targets: tuple[n.Expression, ...]) -> None:
    """Names of the enclosing function among those that an assignment declares nothing new by."""
    for each in targets:
        if isinstance(each, n.Name):
            frame.borrow(each.name)
        elif isinstance(each, n.TupleOf):
            _borrowed(frame, each.items)


def _augment(
    machine: Machine, frame: Frame, target: n.Expression, operator: str, found: Value
) -> None:
    before = machine.value(frame, target)
    if isinstance(before, Items) and operator == "+":
        before.items.extend(found.items if isinstance(found, Items) else [found])
    elif isinstance(before, Mapping) and operator == "|":
        spread(before, found)
    else:
        bind(machine, frame, target, combine(operator, before, found))


def bind(machine: Machine, frame: Frame, target: n.Expression, found: Value) -> None:
    """Gives a value to a name, an attribute, an item or several of them."""
    match target:
        case n.Name(name=name):
            frame.names[name] = found
        case n.Attribute(of=of, name=name):
            holder = machine.value(frame, of)
            if isinstance(holder, Given) and holder.schema is not None and isinstance(of, n.Name):
                holder = frame.names[of.name] = Shaped(holder)
            set_attribute(machine, holder, name, found, target)
        case n.Subscript(of=of, index=index):
            container = machine.value(frame, of)
            set_item(machine, container, machine.value(frame, index), found, target)
        case n.TupleOf(items=items) | n.ListOf(items=items):
            _unpack(machine, frame, items, found)
        case n.Starred(value=inner):
            bind(machine, frame, inner, found)
        case n.DictOf(items=members):
            _unfold(machine, frame, members, found)
        case n.Fallback(target=inner, default=default):
            bind(machine, frame, inner, _or_default(machine, frame, found, default))


def _unfold(
    machine: Machine,
    frame: Frame,
    members: tuple[tuple[n.Expression | None, n.Expression], ...],
    found: Value,
) -> None:
    """`const { a, b: c, ...rest } = found`."""
    taken: list[str] = []
    for key, target in members:
        if key is None:
            bind(machine, frame, target, machine.rest(found, tuple(taken)))
            continue
        name = machine.value(frame, key)
        if isinstance(name, Const) and isinstance(name.value, str):
            taken.append(name.value)
            bind(machine, frame, target, machine.member(found, name.value, target))
        else:
            bind(machine, frame, target, Derived("member", (found, name)))


def _or_default(machine: Machine, frame: Frame, found: Value, default: n.Expression) -> Value:
    """What is bound where a default stands by."""
    if isinstance(found, Const):
        return machine.value(frame, default) if found.value is None else found
    return found


def _unpack(
    machine: Machine, frame: Frame, targets: tuple[n.Expression, ...], found: Value
) -> None:
    known = literal_items(found)
    for position, target in enumerate(targets):
        if known and len(known) == len(targets):
            bind(machine, frame, target, known[position])
        else:
            bind(machine, frame, target, machine.part(found, position))


def set_attribute(machine: Machine, of: Value, name: str, found: Value, at: n.Expression) -> None:
    """`of.name = found`; on a stored row it is an act."""
    match of:
        case Either():
            one = only(of)
            if one is not of:
                set_attribute(machine, one, name, found, at)
        case Shaped(fields=fields):
            fields[name] = found
        case Row() if (setter := machine.setter(of, name)) is not None:
            machine.call(setter, (found,), at=at)
        case Row():
            name = machine.field_name(of.record, name)
            name, found = machine.store.column(of.record, name, found)
            if _is_left_empty(machine, of, name, found):
                return
            of.fields[name] = _by_itself(machine, of, name) or found
            tracked = of.record.orm not in machine.meaning.untracked
            if not of.created and stored(of, name) and tracked:
                machine.journal.note("set", of, at.place, field=name, value=found)
        case Instance(fields=fields):
            kept = fields.get(name)
            fields[name] = kept if kept is not None and _cleaned(kept, found) else found
        case Mapping() if name == "status_code":
            of.status = found
        case Mapping(entries=entries):
            entries[name] = found
        case Given(kind="claim") if machine.paired and _is_session(at):
            machine.journal.note("cookie", found, at.place, field=ANY)


def _is_left_empty(machine: Machine, of: Row, name: str, found: Value) -> bool:
    """Whether a new row gets nothing on the one way, where the other gave it something: `else: self.secret = None`."""
    empty = isinstance(found, Const) and found.value is None and of.created and name in of.fields
    return empty and any(each.how == UNDER for each in machine.journal.assumptions)


def _by_itself(machine: Machine, of: Row, name: str) -> Value | None:
    """What a row that is not stored yet holds in a field that only its own state makes it set (`if not self.slug`):
    what it was given, else what is not told; None where nothing of it is asked."""
    asked = (
        isinstance(each, RowField) and each.row is of
        for assumed in machine.journal.assumptions
        if of.created and not of.saved and assumed.how == UNDER
        for each in inside(assumed.test, (RowField,))
    )
    if not any(asked):
        return None
    poured_in = poured(of.record, of.source, name) if of.source is not None else None
    return of.fields.get(name) or poured_in or Derived("own")


def _cleaned(kept: Value, found: Value) -> bool:
    """Whether a part of the request is put back as it was, but for what cleaning changed (`req.body = clean(req.body)`)."""
    if not isinstance(kept, Given) or kept.name or not isinstance(found, Derived | Either):
        return False
    made_of = inside(found, (Given,))
    return bool(made_of) and all(each == kept for each in made_of)


def _is_session(at: n.Expression) -> bool:
    """Whether what is set is a member of the request's session, which the caller is given a cookie for."""
    return isinstance(at, n.Attribute) and at.of.text.rpartition(".")[2] == "session"


def stored(of: Row, name: str) -> bool:
    """Whether an attribute is a part of the row, and no passing thought."""
    return of.record.field(name) is not None or any(e.name == name for e in of.record.relations)


def set_item(machine: Machine, of: Value, index: Value, found: Value, at: n.Expression) -> None:
    """`of[index] = found`."""
    match of, index:
        case Given(kind="claim", name=""), Const(value=str() as name):
            machine.journal.note("cookie", found, at.place, field=SESSION, mode=name)
        case Mapping(), Const(value=name):
            of.entries[name] = found
        case Row(), Const(value=str() as name):
            set_attribute(machine, of, name, found, at)


def _delete(machine: Machine, frame: Frame, target: n.Expression) -> None:
    match target:
        case n.Subscript(of=of, index=index):
            container = machine.value(frame, of)
            machine.without(container, machine.value(frame, index), frame, of)
        case n.Attribute(of=of, name=name):
            machine.without(machine.value(frame, of), Const(name), frame, of)
        case n.Name(name=name):
            frame.names.pop(name, None)


# --- branches ------------------------------------------------------------------


def branch(
    machine: Machine,
    frame: Frame,
    test: Value,
    then: tuple[n.Statement, ...],
    otherwise: tuple[n.Statement, ...],
) -> None:
    """Both sides, each under its condition; what follows knows which side could go on."""
    known = decide(test)
    if known is not None:
        _own_block(machine, frame, then if known else otherwise)
        return
    assumptions = machine.journal.assumptions
    before, mark = dict(frame.names), len(assumptions)
    machine.assume(test)
    narrow(frame.names, test)
    _own_block(machine, frame, then)
    kept, died, after = assumptions[mark:], frame.dead, frame.names
    del assumptions[mark:]
    frame.dead, frame.names = "", before
    machine.assume(negate(test))
    narrow(frame.names, negate(test))
    _own_block(machine, frame, otherwise)
    left = assumptions[mark:]
    del assumptions[mark:]
    _join(machine, frame, test, (died, after, kept), left)


def _own_block(machine: Machine, frame: Frame, statements: tuple[n.Statement, ...]) -> None:
    """Carries out a branch; what it hides of the names around it is there again afterwards."""
    names = declared(statements) if machine.codebase.language.shadows else frozenset()
    hidden = {name: frame.names[name] for name in names if name in frame.names}
    block(machine, frame, statements)
    frame.names.update(hidden)


def _join(
    machine: Machine,
    frame: Frame,
    test: Value,
    first: tuple[str, dict[str, Value], list[Assumption]],
    left: list[Assumption],
) -> None:
    died, after, kept = first
    if died and frame.dead:
        frame.dead = died if died == frame.dead else RETURN
    elif died:
        machine.assume(negate(test), REFUSED if died in (RAISE, REFUSAL) else RETURNED)
        machine.journal.assumptions.extend(left[1:])
    elif frame.dead:
        how = REFUSED if frame.dead in (RAISE, REFUSAL) else RETURNED
        frame.dead, frame.names = "", after
        machine.assume(test, how)
        machine.journal.assumptions.extend(kept[1:])
    else:
        frame.names = merge_names(test, after, frame.names)


def _match(
    machine: Machine, frame: Frame, subject: n.Expression, cases: tuple[n.Case, ...]
) -> None:
    _cases(machine, frame, machine.value(frame, subject), cases)


def _cases(machine: Machine, frame: Frame, subject: Value, cases: tuple[n.Case, ...]) -> None:
    if not cases:
        return
    first, *others = cases
    if isinstance(first.pattern, n.Name):
        if first.pattern.name != "_":
            frame.names[first.pattern.name] = subject
        block(machine, frame, first.body)
        return
    test = Compare("eq", subject, machine.value(frame, first.pattern))
    mark, before = len(machine.journal.assumptions), dict(frame.names)
    machine.assume(test)
    block(machine, frame, first.body)
    died, after = frame.dead, frame.names
    del machine.journal.assumptions[mark:]
    frame.dead, frame.names = "", before
    machine.assume(negate(test))
    _cases(machine, frame, subject, tuple(others))
    left = machine.journal.assumptions[mark:]
    del machine.journal.assumptions[mark:]
    _join(machine, frame, test, (died, after, []), left)


# --- loops ---------------------------------------------------------------------


def _for(machine: Machine, frame: Frame, node: n.For) -> None:
    source = machine.value(frame, node.source)
    known = literal_items(source)
    if known is not None:
        for item in known:
            bind(machine, frame, node.target, item)
            block(machine, frame, node.body)
            if frame.dead == LOOP:
                frame.dead = ""
        return
    bind(machine, frame, node.target, element_of(machine, source))
    machine.journal.loops += 1
    _loop(machine, frame, node.body)
    machine.journal.loops -= 1


def _loop(machine: Machine, frame: Frame, body: tuple[n.Statement, ...]) -> None:
    block(machine, frame, body)
    frame.dead = ""


# --- blocks --------------------------------------------------------------------


def _with(machine: Machine, frame: Frame, node: n.With) -> None:
    commits = False
    for item in node.items:
        entered, begins = machine.enter(frame, item.value)
        commits = commits or begins
        if item.target is not None:
            bind(machine, frame, item.target, entered)
    machine.delegates.transactions += commits
    block(machine, frame, node.body)
    machine.delegates.transactions -= commits
    if commits and frame.dead != RAISE:
        machine.journal.note("commit", NONE, node.place)


def _try(machine: Machine, frame: Frame, node: n.Try) -> None:
    journal = machine.journal
    start, mark = len(journal.acts), len(journal.assumptions)
    kinds = [machine.exception_names(frame, catch) for catch in node.catches]
    journal.tries.append(tuple(each for group in kinds for each in group))
    block(machine, frame, node.body)
    journal.tries.pop()
    ends = len(journal.acts)
    if not frame.dead:
        block(machine, frame, node.otherwise)
    ways = [(frame.dead, frame.names)]
    kept = journal.assumptions[mark:]
    taken: tuple[str, ...] = ()
    for catch, names in zip(node.catches, kinds, strict=True):
        del journal.assumptions[mark:]
        settled = caught_within(machine, start, ends)
        test = caught(machine, names, taken, (start, ends, mark))
        taken += names
        machine.assume(test)
        frame.dead, frame.names = "", dict(ways[0][1])
        if catch.name:
            frame.names[catch.name] = _thrown(catch, names, (start, ends, mark), settled)
        machine.handling.append(names)
        journal.causes.append(_cause(journal, test, start, ends))
        block(machine, frame, catch.body)
        journal.causes.pop()
        machine.handling.pop()
        ways.append((frame.dead, frame.names))
        kept = kept if frame.dead else _after(ways[0][0], test, kept)
    del journal.assumptions[mark:]
    journal.assumptions.extend(kept)
    _reunite(frame, ways)
    if node.final:
        dead, frame.dead = frame.dead, ""
        block(machine, frame, node.final)
        frame.dead = frame.dead or dead


def _thrown(
    catch: n.Catch, names: tuple[str, ...], span: tuple[int, int, int], settled: set[int]
) -> Value:
    """What a handler is given: where it names no class, anything that went wrong."""
    return Instance(of=External(names[0])) if catch.kinds and names else Caught(*span, settled)


def caught_within(machine: Machine, start: int, end: int) -> set[int]:
    """The failures among the acts `start:end` that were met where they happened: they go no further."""
    acts = machine.journal.acts[start:end]
    return {act.number for act in acts if act.kind == "raise" and act.caught}


def is_one(machine: Machine, caught: Caught, names: tuple[str, ...]) -> Value:
    """The condition that what was caught is one of these classes."""
    acts = machine.journal.acts[caught.start : caught.end]
    every = [act for act in acts if act.kind == "raise" and machine.catches(names, act.subject)]
    hits = [act for act in every if act.number not in caught.claimed] or every
    caught.claimed |= {act.number for act in hits}
    tests = [reason(act, caught.mark) for act in hits]
    outside = tuple(each for each in names if ":" not in each)
    if outside:
        tests.append(Failed(outside, caught.start, caught.end))
    if not tests:
        return Const(False)  # the project's own, which nothing here throws
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _rethrown(machine: Machine, caught: Caught, place: Place) -> None:
    """What the body of a `catch` did not tell apart goes on as it came."""
    machine.journal.note("reraise", caught, place)
    for act in machine.journal.acts[caught.start : caught.end]:
        if act.kind == "raise" and act.number not in caught.claimed:
            act.caught = False


def _cause(journal: Journal, test: Value, start: int, ends: int) -> int:
    """The number of the act that went wrong: what raised, the service that failed, or the last."""
    inner = [a.number for a in journal.acts[start:ends] if a.kind in ("raise", "service")]
    return min(inner, default=ends)


def _after(died: str, test: Value, kept: list[Assumption]) -> list[Assumption]:
    """What holds after a `try` whose body answered, or failed and was caught."""
    return [Assumption(test, RETURNED)] if died else kept


def _reunite(frame: Frame, ways: list[tuple[str, dict[str, Value]]]) -> None:
    alive = [names for dead, names in ways if not dead]
    if not alive:
        frame.dead = ways[0][0]
        return
    frame.dead, frame.names = "", alive[0]
    for names in alive[1:]:
        frame.names = merge_names(Truth(Derived("failed")), names, frame.names)


def caught(
    machine: Machine, names: tuple[str, ...], taken: tuple[str, ...], span: tuple[int, int, int]
) -> Value:
    """The condition that something of these `names`, and of none `taken` before, went wrong in the acts of `span`,
    which go no further."""
    start, ends, mark = span
    tests: list[Value] = []
    for act in machine.journal.acts[start:ends]:
        goes_on = act.kind == "raise" and not act.caught and not act.handed_over
        if goes_on and machine.catches(names, act.subject):
            act.caught = True
            tests.append(reason(act, mark))
    outside = tuple(each for each in names if ":" not in each)
    if outside or not tests:
        tests.append(Failed(outside or names, start, ends, taken))
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _raise(machine: Machine, frame: Frame, node: n.Raise) -> None:
    frame.dead = RAISE
    if node.value is None:
        kinds = machine.handling[-1] if machine.handling else ()
        machine.journal.note("reraise", External(kinds[0] if kinds else "Exception"), node.place)
        return
    found = machine.value(frame, node.value)
    thrown_as(machine, found, node.place)


def thrown_as(machine: Machine, found: Value, place: Place) -> None:
    """Each of several exceptions is raised under its own condition."""
    match found:
        case Caught():
            _rethrown(machine, found, place)
        case Either(options=options):
            for test, each in options:
                with machine.assuming(test):
                    thrown_as(machine, each, place)
        case _:
            machine.journal.note("raise", machine.as_exception(found), place)
