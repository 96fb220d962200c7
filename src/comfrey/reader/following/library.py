"""Functions from outside the tree: builtins, runners, the ORM's and the auth libraries'."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from comfrey.reader.following import (
    abilities,
    containers,
    exchange,
    perform,
    promises,
    reading,
    streams,
)
from comfrey.reader.following.asking import mapped
from comfrey.reader.following.condition import negate, truth
from comfrey.reader.following.element import listed
from comfrey.reader.following.journal import REFUSED, SESSION
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Answer,
    AnyColumn,
    Caught,
    Closure,
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Pending,
    Query,
    Row,
    RowField,
    Rows,
    Session,
    Shaped,
    Verified,
)
from comfrey.reader.following.within import inside
from comfrey.source import node as n
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    Text,
    UnknownValue,
    Value,
)
from comfrey.stacks.admission.packaged import is_passport

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
NEVER = "typing.Never"
ABORTED = "werkzeug.exceptions.HTTPException"
RUNNERS = {"run_in_threadpool", "to_thread", "run_sync", "run_in_executor", "iterate_in_threadpool"}
GATHERERS = {"gather", "create_task", "ensure_future", "wait_for", "shield"}
SAME = {"str", "int", "float", "bool", "cast", "deepcopy", "copy", "SecretStr", "quote", "UUID"}
RANDOM = {"uuid4", "uuid1", "token_urlsafe", "token_hex", "randint", "choice", "uuid7"}
CLOCK = {"now", "utcnow", "today", "time"}
ERRORS = ("http-errors",)
"""Packages that are a function which makes an error to be thrown."""
CHECKED = ("joi.attempt", "@hapi/joi.attempt", "Object.freeze", "Object.seal")
"""Functions that give what they are given, where it passes."""
PARSING = ("JSON.parse", "json.loads", "orjson.loads", "ujson.loads", "simplejson.loads")
LISTING = ("Object.entries", "Object.keys", "Object.values")
TOGETHER = ("Promise.all", "Promise.allSettled")
DUMPERS = {"jsonable_encoder", "asdict", "vars"}


def call(machine: Machine, name: str, passed: Passed, at: n.Expression | None) -> Value:
    """A call of something outside the tree, by its dotted name."""
    last = name.rpartition(".")[2]
    if machine.goes:
        from comfrey.reader.following.golang import words  # its words need the library

        own = words.call(machine, name, passed, at)
        if own is not None:
            return own
    if last in ("Decimal", "fromisoformat"):
        reading.taken_for(machine, passed.at(0), name)
    verb = machine.meaning.token(name)
    if verb:
        return token(machine, verb, passed, at, name)
    verb = machine.meaning.function(name)
    if verb:
        return machine.store.function(verb, last, passed, at)
    if last in machine.meaning.makers and isinstance(passed.at(0), ClassValue):
        return machine.delegates.repository(passed.args[0])
    if isinstance(passed.at(0), Caught) and last.startswith("is") and last.endswith("Error"):
        return Const(
            True
        )  # `axios.isAxiosError(error)`: its own errors are those that are told apart
    if name in PARSING and len(whole := inside(passed.at(0) or NONE, (Given, Answer))) == 1:
        return whole[0]
    if name == "JSON.stringify" and passed.args:
        return Derived("stringify", passed.args[:1])
    if name == exchange.NEXT:
        return exchange.step(machine, passed, at)
    if is_passport(External(name)):
        return Instance(External(name), passed.args, passed.kwargs, machine.place(at))
    if name == promises.REJECT:
        return promises.rejected(machine, passed, at)
    if name == "Promise" and (made := promises.made(machine, passed)) is not None:
        return made
    if name.removesuffix(".default") in ERRORS:
        return Instance(External(name), passed.args, passed.kwargs, machine.place(at))
    if (ability := abilities.made(machine, name, passed)) is not None:
        return ability
    if "." not in name:
        return _builtin(machine, name, passed, at)
    if name in LISTING and (known := listed(name, passed.at(0))) is not None:
        return known
    if name == "Object.assign" and passed.args:
        return _assigned(machine, passed, at)
    if name in machine.ambient:
        return machine.surrounding(name)
    if name in machine.dialect.aborts:
        return aborted(machine, name, passed, at)
    if (stream := streams.function(machine, name, passed, at)) is not None:
        return stream
    if name in machine.dialect.same:
        return _answered(passed)
    if last in RUNNERS:
        return run(machine, passed, at)
    if last in machine.meaning.transactions and passed.args:
        return machine.delegates.transaction(External(name), passed, at)
    if name in (*CHECKED, "Promise.resolve") and passed.args:
        return passed.args[0]
    if last in GATHERERS:
        return _gathered(machine, passed)
    if name in TOGETHER and isinstance(first := passed.at(0), Items):
        return Items([machine.force(each) for each in first.items], first.each)
    if last in RANDOM:
        return Derived("random")
    if last in CLOCK and name.startswith(("datetime", "time", "arrow", "pendulum")):
        return Derived("now")
    if last in DUMPERS:
        return _dumped(passed.at(0))
    if last in ("paginate", "apaginate") and name.startswith("fastapi_pagination"):
        return machine.store.paginated(passed, at)
    if last in SAME and passed.args:
        return passed.args[-1]
    for each in (*passed.args, *(value for _, value in passed.kwargs)):
        machine.force(each)
    if last.endswith(("sessionmaker", "scoped_session")) or last in ("Session", "AsyncSession"):
        return Session()
    if last[:1].isupper():
        return Instance(External(name), passed.args, passed.kwargs, machine.place(at))
    parts = (*passed.args, *(value for _, value in passed.kwargs))
    done = promises.carried_out(machine, last, passed)
    return done if done is not None else Derived(last, (External(name), *parts))


def aborted(machine: Machine, name: str, passed: Passed, at: n.Expression | None) -> Value:
    """`abort(404)` raises what the framework answers with this status."""
    said = passed.named(machine.dialect.aborts[name]) or passed.at(1)
    code = passed.at(0, "code") or NONE
    made = Instance(External(ABORTED), (code, *((said,) if said else ())), place=machine.place(at))
    machine.journal.note("raise", made, machine.place(at))
    return External(NEVER)


def required(machine: Machine, row: Value, passed: Passed, at: n.Expression | None) -> Value:
    """`query.first_or_404()`: no row is answered 404 then and there."""
    said = passed.named("description")
    with machine.assuming(negate(truth(row))):
        made = Instance(
            External(ABORTED), (Const(404), *((said,) if said else ())), place=machine.place(at)
        )
        machine.journal.note("raise", made, machine.place(at))
    machine.assume(truth(row), REFUSED)
    return row


def _answered(passed: Passed) -> Value:
    """`jsonify(…)` answers with what it is given."""
    if passed.args and not passed.kwargs:
        return passed.args[0] if len(passed.args) == 1 else Items(list(passed.args))
    return Mapping(entries=dict(passed.kwargs), spreads=[passed.rest] if passed.rest else [])


def _assigned(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """`Object.assign(row, changes)`."""
    of, *more = passed.args
    if isinstance(of, Given) and of.schema is not None:
        of = Shaped(of)
    for each in more:
        if isinstance(of, Shaped) and isinstance(each, Mapping):
            of.fields.update(each.entries)
        elif isinstance(of, Row):
            sent = Dump(each, True) if isinstance(each, Given) else each
            containers.write_all(machine, of, sent, at)
        elif isinstance(of, Mapping):
            of.entries.update(each.entries if isinstance(each, Mapping) else {})
            of.spreads.extend(each.spreads if isinstance(each, Mapping) else [each])
    return of


def _dumped(value: Value | None) -> Value:
    return Dump(value) if isinstance(value, Given | Row) else value or NONE


def run(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """`run_in_threadpool(function, *args)` and its like call the function."""
    args = passed.args
    if args and isinstance(args[0], Const):
        args = args[1:]
    if not args:
        return NONE
    return machine.call(args[0], args[1:], passed.kwargs, at)


def _gathered(machine: Machine, passed: Passed) -> Value:
    done = [machine.force(each) for each in passed.args]
    return done[0] if len(done) == 1 else Items(done)


def token(machine: Machine, verb: str, passed: Passed, at: n.Expression | None, name: str) -> Value:
    """Hashing, checking, minting and reading of credentials."""
    if passed.args and isinstance(passed.args[-1], Closure):
        return _handed(machine, verb, passed, at, name)
    place = machine.place(at)
    args = (*passed.args, *(value for _, value in passed.kwargs))
    if verb == "compare" and (again := _hashed(args)) is not None:
        verb, args = "verify", again
    match verb:
        case "hash":
            hashed = Derived("hash", args)
            machine.journal.note("hash", hashed, place, field=_spelt(at), mode=name)
            return hashed
        case "verify":
            verified = Verified("password", args)
            machine.journal.note("verify", verified, place, field=_spelt(at), mode=name)
            return verified
        case "compare":
            return Verified("signature", args)
        case "enter":
            machine.journal.note("cookie", passed.at(0) or NONE, place, field=SESSION)
            return Const(True)
        case "encode":
            found = Derived("token", args)
            said = Items(_signed(name, args) if machine.paired else list(args))
            whose = machine.meaning.subject(name)
            if whose:
                said = Items([Mapping(entries={whose: passed.at(0, whose) or NONE})])
            machine.journal.note(
                "mint", found, place, field=_spelt(at), value=said, node=at, mode=name
            )
            return found
        case _:
            machine.journal.note("decode", Derived("claims", args), place)
            return Given("claim") if _shown(args) else Derived("decoded", args[:1])


def _handed(
    machine: Machine, verb: str, passed: Passed, at: n.Expression | None, name: str
) -> Value:
    """`scrypt(password, salt, 32, (error, key) => …)`: the function is given what was worked out."""
    found = token(machine, verb, Passed(passed.args[:-1], passed.kwargs), at, name)
    machine.call(passed.args[-1], (NONE, found), (), at)
    return found


def _hashed(args: tuple[Value, ...]) -> tuple[Value, ...] | None:
    """What is really compared where one side was hashed just now: what was hashed, and the other side."""
    fresh = next((e for e in args if isinstance(e, Derived) and e.name == "hash" and e.of), None)
    if fresh is None:
        return None
    return (fresh.of[0], *(each for each in args if each is not fresh))


KEYS = ("secret", "privateKey", "key")
"""Where options of signing hold the key."""


def _signed(name: str, args: tuple[Value, ...]) -> list[Value]:
    """`sign(payload, key, { subject, algorithm })`: the claims together, and what they are signed with."""
    payload, *rest = args
    options = _options(rest)
    claims = dict(payload.entries) if isinstance(payload, Mapping) else {}
    for word, claim in (("subject", "sub"), ("issuer", "iss"), ("audience", "aud")):
        if word in options:
            claims[claim] = options[word]
    keys = [each for each in rest if not isinstance(each, Mapping | DictValue)]
    keys += [options[word] for word in KEYS if word in options]
    return [Mapping(entries=claims), *keys, options.get("algorithm", Const("HS256"))]


def _options(rest: list[Value]) -> dict[Any, Value]:
    """The options of a signature, those of the call before those that its library was set up with."""
    found: dict[Any, Value] = {}
    for each in reversed(rest):
        options = mapped(each)
        if isinstance(options, Mapping):
            inner = mapped(options.entries.get("signOptions") or options.entries.get("sign"))
            found |= inner.entries if isinstance(inner, Mapping) else {}
            found |= options.entries
    return found


def _shown(args: tuple[Value, ...]) -> bool:
    """Whether a token is what the caller showed, and none that a body or a path brought."""
    found = [each for part in args[:1] for each in inside(part, (Given,))]
    kinds = {each.kind for each in found if isinstance(each, Given)}
    return not kinds & {"body", "form", "path", "query"}


def _spelt(at: n.Expression | None) -> str:
    """How the function of a call is written."""
    return at.function.text if isinstance(at, n.Call) else ""


CASTS = {"String": "text", "Number": "number", "parseInt": "number", "parseFloat": "number"}


def _made_of(name: str, value: Value) -> Value:
    """The same value; of a stored one it is kept what kind was made of it."""
    if isinstance(value, RowField) and name in CASTS:
        return replace(value, cast=CASTS[name])
    return value


def _builtin(machine: Machine, name: str, passed: Passed, at: n.Expression | None) -> Value:
    first = passed.at(0)
    match name:
        case "getattr" if first is not None:
            return _getattr(machine, first, passed, at)
        case "setattr":
            _setattr(machine, passed, at)
            return NONE
        case "String" | "Number" | "parseInt" | "parseFloat" | "BigInt" | "Boolean" if (
            first is not None
        ):
            return _made_of(name, first)
        case "isinstance" if first is not None:
            return _isinstance(machine, first, passed.at(1))
        case "typeof" if first is not None and (kind := _type_name(first)):
            return Const(kind)
        case "in" if len(passed.args) == 2:
            return _has_member(passed.args[0], passed.args[1])
        case "URLSearchParams" if first is not None:
            return Derived("form", (first,))
        case "Date" if first is not None:
            return _dated(first, passed)
        case "instanceof" if first is not None:
            return _instanceof(machine, first, passed.at(1))
        case "hasattr":
            return Derived("hasattr", passed.args)
        case "bool" if first is not None:
            reading.taken_for(machine, first, name)
            return truth(first)
        case "dict":
            return _dict(passed)
        case "list" | "tuple" | "set" | "sorted" | "reversed" | "iter" | "next" | "frozenset":
            if first is None:
                return Items()
            if isinstance(first, Query) and machine.meaning.iterates:
                rows = machine.store.rows(first, at)
                machine.store.fetched(rows, "many")
                return rows
            return machine.store.taken(first) if name == "next" else first
        case "str" if isinstance(first, RowField):
            return Derived("str", (first,))
        case "str" | "int" | "float" if first is not None:
            reading.taken_for(machine, first, name)
            return _kind(name, first)
        case "any" | "all" if isinstance(first, Items) and first.each is not None:
            return truth(first.each)
        case "len" if isinstance(first, Rows | Row):
            return Derived("count", (first,))
        case _:
            return _rest(machine, name, passed, at)


def _rest(machine: Machine, name: str, passed: Passed, at: n.Expression | None) -> Value:
    for each in passed.args:
        machine.force(each)
    if name[:1].isupper() or name.endswith(("Error", "Exception")):
        return Instance(External(name), passed.args, passed.kwargs, machine.place(at))
    return Derived(name, passed.args)


def _kind(name: str, value: Value) -> Value:
    if isinstance(value, Const) and value.value is not None:
        try:
            return Const({"str": str, "int": int, "float": float}[name](value.value))
        except (TypeError, ValueError):
            return value
    return value


def _dict(passed: Passed) -> Value:
    first = passed.at(0)
    found = Mapping(entries=dict(passed.kwargs))
    if isinstance(first, Mapping):
        found.entries = {**first.entries, **found.entries}
        found.spreads.extend(first.spreads)
    elif isinstance(first, Dump | Given):
        found.spreads.append(first if isinstance(first, Dump) else Dump(first))
    return found


def _getattr(machine: Machine, of: Value, passed: Passed, at: n.Expression | None) -> Value:
    name = passed.at(1)
    if isinstance(name, Const) and isinstance(name.value, str):
        return machine.attribute(of, name.value, at)
    record = machine.record_of(of)
    if record is not None and name is not None:
        return AnyColumn(record, name)
    if isinstance(of, Given):
        return Derived("member", (Dump(of),))
    return Derived("attribute", (of,))


def _setattr(machine: Machine, passed: Passed, at: n.Expression | None) -> None:
    of, name, value = passed.at(0), passed.at(1), passed.at(2)
    if of is None or value is None or at is None:
        return
    if isinstance(name, Const) and isinstance(name.value, str):
        machine.set(of, name.value, value, at)
    elif isinstance(of, Row) and isinstance(value, Derived) and value.name == "member":
        containers.write_all(machine, of, value.of[0], at)
    elif isinstance(of, Either):
        for test, each in of.options:
            with machine.assuming(test):
                _setattr(machine, Passed((each, *passed.args[1:]), passed.kwargs), at)


def _isinstance(machine: Machine, of: Value, kind: Value | None) -> Value:
    plain = isinstance(kind, External) and kind.name in ("dict", "list", "str", "int")
    if plain and isinstance(kind, External):
        if isinstance(of, Mapping | Dump | Items | Const):
            return Const(_is_plain(of, kind.name))
        if (isinstance(of, Given) and of.of is not None) or isinstance(of, Row | Instance):
            return Const(False)
    if isinstance(kind, ClassValue) and isinstance(of, Instance | Row):
        return Derived("isinstance", (of, kind))
    return Derived("isinstance", (of,))


def _dated(value: Value, passed: Passed) -> Value:
    """`new Date(x)` is that moment; of a day and a time of day, the beginning or the end of the day."""
    if not isinstance(value, Text):
        return value
    given = [each for each in value.parts if not isinstance(each, str)]
    rest = "".join(each for each in value.parts if isinstance(each, str))
    edge = {"T00:00": "time.min", "T23:59": "time.max"}.get(rest[:6])
    if len(given) != 1 or edge is None:
        return Derived("Date", passed.args)
    return Derived("combine", (given[0], External(edge)))


def _type_name(of: Value) -> str:
    """What `typeof` says of something that was put together or found here; "" where nobody can tell."""
    match of:
        case Mapping() | Items() | Rows() | Row(certain=True) | Row(created=True):
            return "object"
        case Const(value=bool()):
            return "boolean"
        case Const(value=str(), setting=None):
            return "string"
        case _:
            return ""


def _has_member(name: Value, of: Value) -> Value:
    """`"total" in answer`: an object that was put together here has what it was given, a row what is stored."""
    known = name.value if isinstance(name, Const) else None
    match of:
        case Mapping():
            return Compare("in", name, of)
        case Items() | Rows():
            return Const(False)
        case Row(record=record) if isinstance(known, str) and not of.fields:
            here = record.field(known) or any(each.name == known for each in record.relations)
            return Const(bool(here))
        case _:
            return Derived("in", (name, of))


def _instanceof(machine: Machine, of: Value, kind: Value | None) -> Value:
    """`error instanceof Class`, of what a `catch` was given or of an object."""
    names = machine.class_names(kind) if kind is not None else ()
    if isinstance(of, Caught) and names:
        return perform.is_one(machine, of, names)
    return _isinstance(machine, of, kind)


def _is_plain(of: Value, name: str) -> bool:
    if isinstance(of, Const):
        return type(of.value).__name__ == name
    return name == "list" if isinstance(of, Items) else name == "dict"


def spread_items(value: Value) -> tuple[Value, ...]:
    """What `*value` passes."""
    match value:
        case Items(items=items) | ListValue(items=items):
            return tuple(items)
        case UnknownValue():
            return ()
        case _:
            return (value,)


def is_enum(machine: Machine, of: ClassValue) -> bool:
    """Whether the class is an enumeration."""
    return any(each.endswith("Enum") for each in machine.codebase.ancestry(of))


def plain(value: Value | None) -> Any:
    """A constant's value."""
    return value.value if isinstance(value, Const) else None


__all__ = ["Pending", "call", "is_enum", "plain", "run", "spread_items", "token"]
