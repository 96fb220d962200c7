"""Functions outside the tree, builtins, and the words that only Go's lowering has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.languages.go.instances import Nil
from comfrey.languages.go.names import MAPS
from comfrey.reader.following import library
from comfrey.reader.following.condition import negate
from comfrey.reader.following.element import element_of
from comfrey.reader.following.golang import addressed, builders, built, contexts, faults, kinds
from comfrey.reader.following.golang.chains import Outcome
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    AnyOf,
    Compare,
    Derived,
    Either,
    Failed,
    Given,
    Items,
    Mapping,
    Query,
    Row,
    RowField,
    Rows,
    Truth,
    Verified,
)
from comfrey.source import node as n
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
SAME = frozenset(
    [
        "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
        "float32", "float64", "bool", "any", "error",
    ]
)  # fmt: skip
NUMBERS = frozenset(["strconv.Atoi", "strconv.ParseInt", "strconv.ParseUint", "strconv.ParseFloat"])
TEXTS = {
    "strings.ToLower": "lower",
    "strings.ToUpper": "upper",
    "strings.TrimSpace": "strip",
    "strings.Trim": "strip",
    "strings.TrimPrefix": "same",
    "strings.TrimSuffix": "same",
    "strconv.Itoa": "same",
    "strconv.FormatInt": "same",
    "strconv.FormatUint": "same",
    "fmt.Sprint": "same",
    "html.EscapeString": "same",
}
PARSED = (
    "uuid.Parse",
    "uuid.FromString",
    "uuid.MustParse",
    "primitive.ObjectIDFromHex",
    "strconv.ParseBool",
)
COLLECTED = ("CollectRows", "CollectOneRow", "CollectExactlyOneRow")
BLANK = ("jwt.New", "jwt-go.New")
"""What makes a token whose claims are filled in afterwards."""
UNSIGNED = "<unsigned>"
CUT = ("strings.CutPrefix", "strings.CutSuffix", "strings.Cut")


def call(machine: Machine, name: str, passed: Passed, at: n.Expression | None) -> Value | None:
    """What such a call gives; None leaves it to the library."""
    args = passed.args
    part = addressed.cut_out(name, args)
    if part is not None:
        return part
    own = WORDS.get(name)
    if own is not None and args:
        return own(machine, passed, at)
    if (name in SAME or name == "list") and args:
        return args[0]
    if name in MAPS:
        keyed = [e.items for e in args if isinstance(e, Items) and e.kind == "keyed"]
        return Mapping(entries={str(getattr(k, "value", k)): v for k, v in keyed})
    if name in builders.BUILDERS and not args:
        return builders.begun(machine)
    short = name.rpartition("/")[2]
    found = builders.printed(machine, name, passed) or built.called(machine, name, passed)
    found = found or contexts.by_function(machine, name, passed, at)
    if found is not None:
        return found
    if name in ("strings.Contains", "strings.HasPrefix") and len(args) == 2:
        told = faults.tells(*args)
        if told is not None:
            return told
    if name == "reflect.DeepEqual" and len(args) == 2:
        return faults.compared("eq", *args)
    if name in ("errors.Is", "errors.As") and len(args) > 1:
        return _judged(machine, name, args, at)
    if name in NUMBERS and args:
        return Items([_number(args[0]), Fault(Truth(Derived("invalid", args[:1])))], kind="tuple")
    if name == "time.Parse" and len(args) > 1:
        return Items([args[1], Fault(Truth(Derived("invalid", args[1:])))], kind="tuple")
    if short in PARSED and args:
        return Items([args[0], Fault(Truth(Derived("invalid", args[:1])))], kind="tuple")
    if name in CUT and args:
        return Items([args[0], Truth(args[0])], kind="tuple")
    if name in TEXTS and args:
        word = TEXTS[name]
        return args[0] if word == "same" else Derived(word, args[:1])
    if (
        name == "fmt.Sprintf"
        and len(args) == 2
        and getattr(args[0], "value", "") in ("%v", "%s", "%d")
    ):
        return args[1]
    if short.rpartition(".")[2] in COLLECTED and args:
        return _collected(machine, short.rpartition(".")[2], args)
    if short == "slices.Contains" and len(args) == 2:
        return Compare("in", args[1], args[0])
    if name == "time.Now":
        return Derived("now")
    if short in BLANK:
        return Instance(External(UNSIGNED), fields={"Claims": Mapping()}, symbolic=False)
    verb = machine.meaning.token(short)
    if not verb:
        contexts.filled_outside(args)
        return None
    return _token(machine, verb, short, passed, at)


def _collected(machine: Machine, name: str, args: tuple[Value, ...]) -> Value:
    """`pgx.CollectRows(rows, …)`: the rows as structs, or the one that there should be."""
    given = args[0]
    if not isinstance(given, Outcome):
        return UnknownValue("rows of nothing known")
    found = given.found or NONE
    if name != "CollectRows" and isinstance(found, Rows):
        row = machine.store.fetched(found, "one")
        missing = Fault(negate(Truth(row)), row, given.fault.start, given.fault.end)
        return Items([row, missing], kind="tuple")
    return Items([found, given.fault], kind="tuple")


def _number(value: Value) -> Value:
    return value


# --- credentials ----------------------------------------------------------------------


def _token(
    machine: Machine, verb: str, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    start = len(machine.journal.acts)
    args = passed.args
    if verb == "verify":
        found = library.token(machine, "verify", Passed(tuple(reversed(args))), at, name)
        assert isinstance(found, Verified)
        return Fault(_denied(found))
    if verb == "compare":
        return library.token(machine, "compare", passed, at, name)
    if verb == "hash":
        made = library.token(machine, "hash", Passed(args[:1]), at, name)
        failed = Failed(("Exception",), start, len(machine.journal.acts))
        return Items([made, Fault(failed, None, start, len(machine.journal.acts))], kind="tuple")
    if verb == "encode":
        claims = args[-1] if args else NONE
        return Derived("unsigned", (_claims(machine, claims), Const("HS256")))
    return _decoded(machine, name, passed, at, start)


def _denied(found: Verified) -> Value:
    return negate(Truth(found))


def _claims(machine: Machine, value: Value) -> Value:
    """Claims as the names that they have in the token; registered ones stand in a struct that is embedded."""
    match value:
        case Instance(of=ClassValue(), kwargs=kwargs, fields=fields) if kwargs or fields:
            named = contexts.on_the_wire(machine, value)
            found: dict[str, Value] = {}
            for name, inner in {**dict(kwargs), **fields}.items():
                if named.get(name) == contexts.EMBEDDED:
                    within = _claims(machine, inner)
                    found |= within.entries if isinstance(within, Mapping) else {}
                else:
                    found[named.get(name, name)] = inner
            return Mapping(entries=found)
        case Instance(of=External(), kwargs=kwargs) if kwargs:
            return Mapping(entries={CLAIMS.get(name, name): inner for name, inner in kwargs})
        case DictValue(items=items):
            return Mapping(entries={str(getattr(k, "value", k)): v for k, v in items})
    return value


CLAIMS = {
    "Subject": "sub",
    "ExpiresAt": "exp",
    "IssuedAt": "iat",
    "NotBefore": "nbf",
    "Issuer": "iss",
    "Audience": "aud",
    "ID": "jti",
    "Id": "jti",
}


def signed(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`token.SignedString(secret)`; `user.ID.String()`, which often goes into one."""
    if isinstance(of, RowField) and name in ("String", "Hex"):
        return Derived("str", (of,))
    if isinstance(of, Instance) and isinstance(of.of, External) and of.of.name == UNSIGNED:
        of = Derived("unsigned", (_claims(machine, of.fields["Claims"]), Const("HS256")))
    if not (isinstance(of, Derived) and of.name == "unsigned"):
        return None
    if name != "SignedString":
        return of
    claims, algorithm = of.of
    secret = passed.at(0) or NONE
    made = library.token(
        machine, "encode", Passed((claims, secret, algorithm)), at, "jwt.NewWithClaims"
    )
    return Items([made, NONE], kind="tuple")


def _decoded(
    machine: Machine, name: str, passed: Passed, at: n.Expression | None, start: int
) -> Value:
    """`jwt.ParseWithClaims(token, &claims, key)`: the claims are what the token says."""
    claims = library.token(machine, "decode", Passed(passed.args[:1]), at, name)
    given = claims if isinstance(claims, Given) else Given("claim")
    for each in passed.args[1:]:
        if isinstance(each, Instance) and isinstance(each.of, ClassValue | External):
            each.fields[contexts.GIVEN] = given
    end = len(machine.journal.acts)
    failed = Failed(tuple(sorted(machine.meaning.failures)) or ("Exception",), start, end)
    token = Instance(External("<token>"), fields={"Claims": given, "Valid": Const(True)})
    return Items([token, Fault(failed, None, start, end)], kind="tuple")


# --- errors ------------------------------------------------------------------------------


def _judged(machine: Machine, name: str, args: tuple[Value, ...], at: n.Expression | None) -> Value:
    if name == "errors.Is":
        return faults.is_target(args[0], args[1])
    target = args[1]
    own = kinds.is_kind(machine, args[0], target)
    if own is not None:
        return own
    caught = faults.taken_as(args[0])
    if isinstance(target, Instance):
        target.fields["<caught>"] = caught
    return faults.of_driver(args[0])


# --- the lowering's own words ---------------------------------------------------------------


def _several(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    value = passed.args[1]
    if isinstance(value, Items) and value.kind == "tuple":
        return value
    if isinstance(value, Outcome):
        return Items([value, value.fault], kind="tuple")
    if isinstance(value, Either) and at is not None and _is_looked_up(at):
        there = AnyOf(tuple(test for test, _ in value.options))
        return Items([value, there], kind="tuple")
    if isinstance(value, Query):
        return Items([value, NONE], kind="tuple")
    return value


def _is_looked_up(at: n.Expression) -> bool:
    """Whether `value, ok` are what a table holds, and whether it does."""
    given = at.positional[-1] if isinstance(at, n.Call) and at.positional else None
    return isinstance(given, n.Subscript)


def _filled(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """A variable whose address is handed out: where a pointer to nothing was, what fills it makes a struct."""
    kind = passed.args[0].kind if isinstance(passed.args[0], Nil) else None
    if isinstance(kind, Generic) and getattr(kind.of, "last", "") == "Annotated":
        kind = kind.args[0]
    if isinstance(kind, ClassValue):
        return _zero(machine, Passed((kind,)), at)
    return UnknownValue("known only at run time")


def _zero(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    kind = passed.args[0]
    if isinstance(kind, Generic) and getattr(kind.of, "last", "") == "Annotated":
        return Nil(None, kind=kind)
    record = machine.record_of(kind) if isinstance(kind, ClassValue) else None
    if record is not None:
        return Row(record, created=True)
    if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.name == "list":
        inner = kind.args[0]
        if isinstance(inner, Generic) and getattr(inner.of, "name", "") == "typing.Annotated":
            inner = inner.args[0]
        held = machine.record_of(inner) if isinstance(inner, ClassValue) else None
        return Items(each=Row(held, created=True, each=True) if held is not None else None)
    if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.name == "dict":
        return Mapping()
    if isinstance(kind, ClassValue | Generic):
        return Instance(kind, place=machine.place(at), symbolic=False)
    if isinstance(kind, External) and kind.name in builders.BUILDERS:
        return builders.begun(machine)
    if isinstance(kind, External):
        return Instance(kind, place=machine.place(at))
    return UnknownValue("a zero value")


def _asserted(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """`x.(T)`."""
    value, kind = passed.args[0], passed.args[1] if len(passed.args) > 1 else NONE
    own = kinds.as_kind(machine, value, kind)
    if own is not None:
        return own
    if isinstance(value, UnknownValue | Derived) and isinstance(kind, ClassValue):
        record = machine.record_of(kind)
        return (
            Row(record, caller=True, certain=True)
            if record is not None
            else Instance(kind, symbolic=True)
        )
    return value


def _is(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """Whether `x.(T)` is one, as far as errors of the tree tell."""
    value, kind = passed.args[0], passed.args[1] if len(passed.args) > 1 else NONE
    told = any(isinstance(each, Instance) for _, each in kinds.ways(value))
    return (told and kinds.is_kind(machine, value, kind)) or UnknownValue("known only at run time")


def _appended(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    first, *more = passed.args
    if isinstance(first, Items):
        return Items(
            [*first.items, *more],
            first.each or (more[0] if machine.journal.loops and more else None),
        )
    if isinstance(first, ListValue):
        return Items([*first.items, *more], more[0] if machine.journal.loops and more else None)
    return Items(list(more), more[0] if machine.journal.loops and more else None)


def _length(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    first = passed.args[0]
    match first:
        case Rows():
            return Derived("count", (first,))
        case Items(items=[], each=Row(query=query, act=act)) if query is not None:
            return Derived("count", (Rows(query, act),))
        case Items(kind=addressed.PARTS | contexts.LEFT, items=items):
            return Const(len(items))
    return Derived("len", (first,))


def _pairs(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    first = passed.args[0]
    if isinstance(first, Items) and first.each is None and 0 < len(first.items) <= 8:
        return Items([Items([Const(i), each], kind="tuple") for i, each in enumerate(first.items)])
    return Derived("enumerate", (first,))


def _keys(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    return Derived("keys", passed.args[:1])


def _first(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    return passed.args[0]


def _new(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    return _zero(machine, passed, at)


def _made(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    kind = passed.args[0]
    is_map = isinstance(kind, Generic) and getattr(kind.of, "name", "") == "dict"
    if is_map:
        return Mapping()
    made = _zero(machine, passed, at)
    return made if isinstance(made, Items) else Items()


def _keyed(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    return Items(list(passed.args), kind="keyed")


def _second(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    return passed.args[-1]


def _unknown(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    return UnknownValue("known only at run time")


WORDS = {
    "<several>": _several,
    "<zero>": _zero,
    "<asserted>": _asserted,
    "<values>": _first,
    "<pairs>": _pairs,
    "<keys>": _keys,
    "<keyed>": _keyed,
    "<flag>": _second,
    "<filled>": _filled,
    "<slice>": _first,
    "<received>": _unknown,
    "<is>": _is,
    "new": _new,
    "make": _made,
    "append": _appended,
    "len": _length,
}
__all__ = ["RowField", "call", "element_of", "signed"]
