"""Methods of values that the tree does not define."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.reader.following import (
    abilities,
    arrays,
    containers,
    exchange,
    forms,
    golang,
    joined,
    later,
    library,
    managers,
    promises,
    reading,
    spoken,
    streams,
    tabled,
)
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.store import directed
from comfrey.reader.following.value import (
    Answer,
    AnyColumn,
    Column,
    Compare,
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Query,
    Row,
    Rows,
    Session,
    Shaped,
    Super,
    either,
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
    ModuleValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
)
from comfrey.stacks.requests import Keyed

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
DUMPS = {"model_dump", "dict", "dump", "to_dict", "asdict", "model_dump_json", "json"}
VALIDATING = {"model_validate", "parse_obj", "model_validate_json", "parse_raw", "validate"}
READS = {"body", "json", "form", "stream", "get_json", "get_data"}
PLAIN = {
    "get_secret_value", "encode", "decode", "strip", "model_copy", "copy", "isoformat", "__str__",
    "value", "hex",
}  # fmt: skip


def call(machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None) -> Value:
    """`of.name(…)`."""
    if name == "__init__" and isinstance(made := passed.at(0), Row):
        return machine.store.filled(made, Passed(passed.args[1:], passed.kwargs, passed.rest))
    if machine.goes and (own := golang.method(machine, of, name, passed, at)) is not None:
        return own
    asked = _session(machine, of, name, passed, at)
    if asked is None:
        asked = exchange.call(machine, of, name, passed, at)
    if asked is None and machine.meaning.verbs["spoken"]:
        asked = spoken.call(machine, of, name, passed, at)
    if asked is None and machine.meaning.verbs["tabled"]:
        asked = tabled.call(machine, of, name, passed, at)
    if asked is None:
        asked = machine.delegates.call(of, name, passed, at)
    if asked is None:
        asked = arrays.call(machine, of, name, passed, at)
    if asked is None:
        asked = streams.call(machine, of, name, passed, at)
    if asked is None:
        asked = promises.call(machine, of, name, passed, at)
    if asked is None:
        asked = abilities.call(machine, of, name, passed, at)
    if asked is not None:
        return asked
    match of:
        case Query():
            found = machine.store.method(of, name, passed, at)
            absent = machine.dialect.absent
            if found is not None and absent and name.endswith(absent):
                return library.required(machine, found, passed, at)
            if found is None:
                found = managers.call(machine, of, name, passed, at)
            return found if found is not None else Derived(name, (of, *passed.args))
        case Rows():
            return _result(machine, of, name, passed, at)
        case Column() | AnyColumn():
            return _column(machine, of, name, passed)
        case ClassValue() | Generic():
            return _class(machine, of, name, passed, at)
        case Row():
            return _row(machine, of, name, passed, at)
        case Answer():
            return _answer(machine, of, name, passed, at)
        case Derived() if name == "get" and (read := reading.member(machine, of, passed.at(0))):
            return Derived("[]", (read, *passed.args))
        case Either(options=options):
            ways = [(t, e) for t, e in options if not (isinstance(e, Const) and e.value is None)]
            return either(tuple((t, call(machine, e, name, passed, at)) for t, e in ways))
        case Mapping() | Dump() | Items() | DictValue() | ListValue():
            return containers.call(machine, of, name, passed, at)
        case Shaped(of=inner, fields=fields):
            found = call(machine, inner, name, passed, at)
            if fields and name in DUMPS and isinstance(found, Mapping):
                left = _names(passed.named("exclude"))
                found.entries.update({k: v for k, v in fields.items() if k not in left})
            return found
        case Super(receiver=receiver):
            return _above(machine, receiver, name, passed, at)
        case Instance() if (told := forms.call(machine, of, name, passed, at)) is not None:
            return told
        case Instance():
            return _instance(machine, of, name, passed, at)
        case _:
            return _other(machine, of, name, passed, at)


# --- sessions ------------------------------------------------------------------

OPAQUE = (Session, UnknownValue, Derived)


def _session(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A session is known by what it is given: `x.execute(select(…))`, `x.add(row)`, `x.commit()`."""
    verb = machine.meaning.verb("session", name)
    opaque = isinstance(of, OPAQUE) or (
        isinstance(of, Instance) and not isinstance(of.of, ClassValue)
    )
    rows = isinstance(of, Derived) and of.name == "relation"  # which takes rows in, too
    if not verb or rows or not (opaque or isinstance(of, Instance)):
        return None
    first = passed.at(0)
    match verb:
        case "execute" | "scalar":
            fits = isinstance(first, Query) or isinstance(of, Session)
        case "get" | "get_required":
            fits = machine.store.is_record(first)
        case "query":
            fits = machine.store.is_record(first) or isinstance(first, Column)
        case "add" | "delete":
            fits = isinstance(first, Row)
        case "add_all":
            fits = isinstance(first, Items)
        case "begin":
            fits = not passed.args
        case _:
            fits = not passed.args or isinstance(first, Row)
    return machine.store.session(verb, passed, at) if fits else None


def _result(
    machine: Machine, of: Rows, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    match machine.meaning.verb("result", name):
        case "one":
            return machine.store.fetched(of, "one")
        case "required":
            found = machine.store.fetched(of, "one", certain=True)
            if not of.query.computes:
                machine.journal.note("needs", found, machine.place(at))
            return found
        case "many":
            machine.store.fetched(of, "many")
            return of
        case "same":
            return of
        case _:
            return Derived(name, (of, *passed.args))


# --- columns -------------------------------------------------------------------


def _column(machine: Machine, of: Column | AnyColumn, name: str, passed: Passed) -> Value:
    verb, first = machine.meaning.verb("column", name), passed.at(0) or NONE
    match verb:
        case "descending" | "ascending":
            if isinstance(of, AnyColumn):
                return AnyColumn(of.record, of.name, verb == "descending")
            return directed(of, verb == "descending")
        case "ilike":
            return Compare("icontains", of, unwrapped(first))
        case "like":
            return Compare("contains", of, unwrapped(first))
        case "in" | "not_in" | "eq" | "ne" | "icontains" | "contains" | "startswith":
            return Compare(verb, of, first)
        case "between":
            low, high = passed.at(0) or NONE, passed.at(1) or NONE
            return machine.both(Compare("ge", of, low), Compare("le", of, high))
        case "same":
            return of
        case _:
            return Derived(name, (of, *passed.args))


def unwrapped(pattern: Value) -> Value:
    """The text inside `f"%{q}%"`."""
    match pattern:
        case Text(parts=parts):
            inner = [each for each in parts if not isinstance(each, str) and not _percent(each)]
            return inner[0] if len(inner) == 1 else pattern
        case Derived(name="+", of=of):
            inner = [each for each in of if not _percent(each)]
            return unwrapped(inner[0]) if len(inner) == 1 else pattern
        case _:
            return pattern


def _percent(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str) and not value.value.strip("%")


# --- records -------------------------------------------------------------------


def _class(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    kind = of.of if isinstance(of, Generic) else of
    record = machine.record_of(kind)
    verb = machine.meaning.verb("record", name) if record else ""
    if record is None or not verb:
        return _schema(machine, of, name, passed)
    query = Query(record, place=machine.place(at))
    match verb:
        case "make":
            return _made(machine, Row(record, created=True), passed)
        case "create":
            row = Row(record, created=True, source=passed.rest, fields=dict(passed.kwargs))
            return machine.store.write("add", row, at)
        case "filter":
            return machine.store.narrowed(query, passed)
        case "all":
            return machine.store.rows(query, at) if machine.meaning.eager else query
        case "one" | "required":
            rows = machine.store.rows(machine.store.narrowed(query, passed), at)
            return machine.store.fetched(rows, "one", verb == "required")
        case "get" | "get_required":
            return machine.store.get(record, passed.at(0), False, at, verb == "get_required")
        case "exists":
            rows = machine.store.rows(machine.store.narrowed(query, passed), at)
            return machine.store.fetched(rows, "one")
        case "select":
            return query
        case "update_all" | "delete_all":
            return Query(record, verb.removesuffix("_all"), place=machine.place(at))
        case "add_all":
            for item in containers.items(passed.at(0)):
                machine.store.write("add", item, at)
            return NONE
        case _:
            return Derived(name, passed.args)


def _made(machine: Machine, row: Row, passed: Passed) -> Row:
    """`Model.model_validate(body, update={…})`."""
    row.source = passed.at(0)
    extra = passed.named("update")
    if isinstance(extra, Mapping):
        row.fields.update(extra.entries)
    return row


def _schema(machine: Machine, of: Value, name: str, passed: Passed) -> Value:
    """A class method of a schema: `UserOut.model_validate(user)` is that user, in another shape."""
    if name in VALIDATING:
        reading.taken_as(machine, passed.at(0), of)
    if name in ("model_validate", "from_orm", "parse_obj", "validate", "model_construct"):
        found = passed.at(0)
        if isinstance(found, Row | Shaped):
            return Shaped(found)
        if isinstance(found, Given | Either):
            return found
        if isinstance(found, Dump):
            return found.of
        return Derived("validated", tuple(e for e in (found,) if e))
    return Derived(name, passed.args)


def _row(machine: Machine, of: Row, name: str, passed: Passed, at: n.Expression | None) -> Value:
    verb = machine.meaning.verb("row", name)
    match verb:
        case "update":
            containers.change_row(machine, of, machine.store.named(of.record, passed), at)
            return machine.delegates.settled(of, passed, at)
        case "save":
            return machine.delegates.saved(of, passed, at)
        case "same":
            return of
        case "add":
            if of.created and not of.saved:
                return machine.store.write("add", of, at)
            machine.store.committed(at)
            later.heard(machine, of, at, created=False)
            return of
        case "delete":
            machine.store.write("delete", of, at)
            return machine.delegates.settled(of, passed, at)
        case "raise" | "lower":
            return machine.delegates.shifted(of, verb, passed, at)
        case _ if name in DUMPS:
            return Mapping(spreads=[Dump(of)])
        case "" if machine.delegates.linked(of, name, passed, at):
            return of
        case "" if name == "get" and isinstance(passed.at(0), Const):
            return machine.attribute(of, str(library.plain(passed.at(0))), at)
        case _:
            return Derived(name, (of, *passed.args))


# --- everything else -------------------------------------------------------------


def _above(
    machine: Machine, receiver: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    """A method of the class outside the tree that a class of the tree extends."""
    if name == "__init__" and isinstance(receiver, Row):
        return machine.store.filled(receiver, passed)
    if name == "__init__" and isinstance(receiver, Instance):
        names = ("status_code", "detail", "headers")
        receiver.fields.update(zip(names, passed.args, strict=False))
        receiver.fields.update(passed.kwargs)
        return NONE
    if name == "__call__":
        return Derived("credential", (Given("credential"),))
    if name == "logIn" and machine.paired:
        return exchange.signed_in(machine, passed.at(0), at)
    if isinstance(receiver, Instance):
        return _instance(machine, receiver, name, passed, at)
    if isinstance(receiver, Query):
        return machine.store.method(receiver, name, passed, at) or receiver
    if isinstance(receiver, Row) and machine.meaning.verb("row", name):
        return _row(machine, receiver, name, passed, at)
    return Derived(name, passed.args)


def _answer(
    machine: Machine, of: Answer, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    if name == "raise_for_status":
        machine.journal.note(
            "service",
            Answer(of.service, of.call, "status", of.act),
            machine.place(at),
            field="status",
        )
        return of
    read = reading.member(machine, of, passed.at(0)) if name == "get" else None
    path = read.path if read else None
    return Answer(of.service, of.call, f"{of.part}.{name}()".lstrip("."), of.act, path)


def _instance(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    if isinstance(of.of, ClassValue):
        inherited = [e.name for e in machine.codebase.external_ancestors(of.of)]
        repository = any(e.rpartition(".")[2] in machine.meaning.repositories for e in inherited)
    else:
        inner = of.of.of if isinstance(of.of, Generic) else of.of
        inherited = [inner.name] if isinstance(inner, External) else []
        repository = any(e.rpartition(".")[2] in machine.meaning.repositories for e in inherited)
    if repository:
        return containers.repository(machine, of, name, passed, at)
    if (statement := joined.statement(machine, of, name, at)) is not None:
        return statement
    configured = _configured(machine, of, name, passed)
    if configured is not None:
        return configured
    owned = _owned(machine, of, name, passed, at)
    if owned is not None:
        return owned
    if name in machine.dialect.loads and passed.args:
        loaded = _loaded(machine, of, passed)
        if loaded is not None:
            return loaded
    for parent in inherited:
        if f"{parent}.{name}" in machine.ambient:
            around = machine.surrounding(f"{parent}.{name}")
            return around.give(passed.at(0) or NONE) if isinstance(around, Keyed) else around
        if f"{parent}.{name}" in machine.dialect.aborts:
            return library.aborted(machine, f"{parent}.{name}", passed, at)
        dotted = f"{parent.rpartition('.')[2]}.{name}"
        verb = machine.meaning.token(dotted)
        if verb:
            given = Passed((*passed.args, *of.args), passed.kwargs)
            return library.token(machine, verb, given, at, dotted)
    if name in DUMPS:
        return passed.args[0] if passed.args else Mapping(entries=dict(of.fields))
    if name == "set_cookie":
        machine.journal.note(
            "cookie",
            passed.at(1, "value") or NONE,
            machine.place(at),
            field=str(library.plain(passed.at(0, "key")) or ""),
        )
        return NONE
    if name == "add_task":
        return library.run(machine, passed, at)
    for each in passed.args:
        machine.force(each)
    if name in ("utcnow", "now", "today", "time"):
        return Derived("now")
    done = promises.carried_out(machine, name, passed)
    if done is not None:
        return done
    return Derived(name, (of, *passed.args, *(value for _, value in passed.kwargs)))


def _configured(machine: Machine, of: Instance, name: str, passed: Passed) -> Value | None:
    """A setting that a configuration service gives by its name (`config.get("JWT_SECRET")`)."""
    if not passed.args or not all(isinstance(each, Const) for each in passed.args):
        return None
    evaluator = machine.codebase.evaluator
    with evaluator.quietly():
        found = machine.codebase.language.method(evaluator, of, name, (passed.args, ()), None)
    return found if isinstance(found, SettingValue | Const | DictValue) else None


def _owned(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`db.select(User)`, `db.get_or_404(User, id)`: functions of the ORM on an extension's object."""
    if machine.meaning.owners.isdisjoint(machine.codebase.ancestry(of)):
        return None
    first = passed.at(0)
    match machine.meaning.verb("owner", name):
        case "get_or_404" if isinstance(first, ClassValue):
            row = machine.store.session("get", Passed(passed.args[:2]), at)
            return library.required(machine, row, passed, at)
        case "one_or_404" if isinstance(first, Query):
            return library.required(machine, machine.store.execute(first, "one", at), passed, at)
        case "paginate" if isinstance(first, Query):
            return machine.store.paged(first, passed, at)
    verb = machine.meaning.verb("functions", name)
    return machine.store.function(verb, name, passed, at) if verb else None


def _loaded(machine: Machine, of: Instance, passed: Passed) -> Value | None:
    """`schema.load(request.get_json())` gives what was sent, under the schema's names."""
    given = passed.at(0)
    inner = given.of if isinstance(given, Dump) else given
    if not isinstance(inner, Given) or machine.shapes is None:
        return None
    schema = machine.shapes.of(of)
    if not schema.properties:
        return None
    return Dump(Given(inner.kind, inner.name, schema), sent_only=True)


def _other(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    if isinstance(of, Given):
        return _given(machine, of, name, passed, at)
    if isinstance(of, Const) and isinstance(of.value, str):
        return containers.text(of.value, name, passed)
    if isinstance(of, Derived) and of.name == "related" and name == "contains":
        return joined.contains(machine, of, passed) or Derived(name, (of, *passed.args))
    if isinstance(of, Derived) and of.name == "relation":
        if name in ("append", "add", "extend"):
            return machine.store.attached(of, passed, at)
        if (tied := joined.call(machine, of, name, passed, at)) is not None:
            return tied
    if isinstance(of, ModuleValue):
        return Derived(name, passed.args)
    if name in ("items", "values", "keys"):
        return Derived(name, (of,))
    for each in passed.args:
        machine.force(each)
    if name == "equals" and machine.paired and len(passed.args) == 1:
        return Compare("eq", of, passed.args[0])
    if (isinstance(of, Derived) and of.name in ("hash", "token")) or name in PLAIN:
        return of if name in PLAIN else Derived(name, (of,))
    done = promises.carried_out(machine, name, passed)
    if done is not None:
        return done
    return Derived(name, (of, *passed.args, *(value for _, value in passed.kwargs)))


def _given(
    machine: Machine, of: Given, name: str, passed: Passed, at: n.Expression | None
) -> Value:
    if of.kind == "request":
        return Given("body") if name in READS else Derived(name, (of,))
    if name in DUMPS:
        sent = passed.named("exclude_unset") or passed.named("exclude_none")
        keeps = isinstance(sent, Const) and bool(sent.value)
        left, kept = _names(passed.named("exclude")), _names(passed.named("include"))
        return Mapping(spreads=[Dump(of, keeps, left, kept)])
    if name == "get" and isinstance(passed.at(0), Const):
        key = str(library.plain(passed.at(0)))
        wire = f"{of.name}.{key}".lstrip(".") if of.kind in ("body", "claim") else key
        return Given(of.kind, wire)
    if name in PLAIN or of.kind == "credential":
        return of
    if name in ("items", "values", "keys"):
        return Derived(name, (of,))
    return Derived(name, (of, *passed.args))


def _names(value: Value | None) -> tuple[str, ...]:
    found = containers.items(value)
    if isinstance(value, Mapping):
        return tuple(str(each) for each in value.entries)
    return tuple(str(each.value) for each in found if isinstance(each, Const))
