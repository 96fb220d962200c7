"""The context, or the request and the writer, that Go's handlers are given; `[data.handling]` of a framework's
`about.toml` says what their methods mean."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from comfrey.languages.go.instances import embedded
from comfrey.languages.go.literals import tags
from comfrey.model.schema import Schema
from comfrey.reader.following import exchange
from comfrey.reader.following.condition import same
from comfrey.reader.following.exchange import SENT, _made, _Sent
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    All,
    Derived,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    Row,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

CONTEXT, WRITER, ASKED, ADDRESS, QUERY, NEXT = (
    "<context>",
    "<writer>",
    "<asked>",
    "<address>",
    "<values>",
    "<next>",
)
OWN = (CONTEXT, WRITER, ASKED, ADDRESS, QUERY)
LEFT = "left"
"""The kind of the list of errors that were left with a context."""
GIVEN = "<given>"
"""The field of a struct that says which part of the request has filled it."""
NONE = Const(None)
HEADERS = ("GetHeader", "Peek")


def exchange_of(known: dict[object, Value]) -> dict[str, Value]:
    """The context, request and writer of one request, made once: all answers are gathered in one place."""
    if exchange.REPLY not in known:
        sent: Value = Items()
        bag: Value = Mapping()
        writer = Instance(External(WRITER), fields={SENT: sent})
        asked = Instance(External(ASKED), fields={SENT: sent, "<bag>": bag})
        fields: dict[str, Value] = {SENT: sent, "<bag>": bag, "Request": asked, "Writer": writer}
        known[exchange.REPLY] = Instance(External(CONTEXT), fields=fields)
    context = known[exchange.REPLY]
    assert isinstance(context, Instance)
    return {
        "context": context,
        "request": context.fields["Request"],
        "writer": context.fields["Writer"],
        "params": Given("path"),
    }


def begun(machine: Machine, method: str, path: str, known: dict[object, Value]) -> None:
    """Makes the context of a request."""
    context = exchange_of(known)["context"]
    assert isinstance(context, Instance)
    context.fields["<method>"] = Const(method)
    asked = context.fields["Request"]
    assert isinstance(asked, Instance)
    asked.fields["Method"] = Const(method)
    asked.fields["URL"] = Instance(External(ADDRESS), fields={"Path": Const(path)})
    machine.context = context


def is_own(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.of, External) and value.of.name in OWN


def attribute(of: Instance, name: str) -> Value | None:
    """`c.Request`, `r.URL`, `r.Header`."""
    if name in of.fields:
        return of.fields[name]
    kind = of.of.name if isinstance(of.of, External) else ""
    if kind == ASKED and name == "URL":
        return Instance(External(ADDRESS))
    if kind == ASKED and name in ("Body", "Form", "PostForm", "MultipartForm"):
        return Given("body")
    if kind == ASKED and name == "Method":
        return Derived("method")
    return Method(of, name)


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method of the context, the request or the writer; None for any other."""
    if isinstance(of, Method) and isinstance(of.of, Instance) and is_own(of.of):
        if name == "Get":
            return _header(passed) if of.name == "Header" else None
        if name == "Values" and of.name == "Header":
            return Items([_header(passed)])
    first = passed.at(0)
    if isinstance(of, Given) and of.kind == "path" and name == "ByName":
        return Given("path", text_of(first) or "")
    if isinstance(first, Instance) and is_own(first) and len(passed.args) > 1:
        binds = machine.handling_words.get("binds", {})
        if name in binds:
            return filled(machine, binds[name], passed.args[1])
    if not isinstance(of, Instance) or not is_own(of):
        return None
    kind = of.of.name if isinstance(of.of, External) else ""
    if kind == CONTEXT:
        found = _on_context(machine, of, name, passed, at)
        if found is not None:
            return found
    if kind == ADDRESS and name == "Query":
        return Instance(External(QUERY))
    if kind == QUERY and name in ("Get", "Has"):
        return Given("query", text_of(passed.at(0)) or "")
    return _on_request(machine, of, name, passed, at)


def _on_context(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    said: dict[str, Any] = machine.handling_words
    if name in ("Request", "Response") and not passed.args:
        return of.fields["Request" if name == "Request" else "Writer"]
    if name in said.get("answers", {}):
        return _answered(machine, of, said["answers"][name], passed, at)
    if name in said.get("statuses", ()):
        return Instance(of.of, fields={**of.fields, "<status>": passed.at(0) or NONE})
    if name in said.get("binds", {}) and passed.args:
        return filled(machine, said["binds"][name], passed.args[0])
    if name in said.get("reads", {}) and passed.args:
        return _read(said["reads"][name], name, passed)
    if name in ("Set", "Locals") and len(passed.args) > 1:
        _bag(of).entries[_key(passed.args[0])] = passed.args[1]
        return NONE
    if name in said.get("values", ()) and passed.args:
        found = _bag(of).entries.get(
            _key(passed.args[0]), Given("claim", text_of(passed.args[0]) or "")
        )
        return (
            Items([found, Const(True)], kind="tuple")
            if name == "Get" and "goes_on" in said
            else found
        )
    if name in said.get("raises", ()) and passed.args:
        _left(machine, of, passed.args[0])
        return NONE
    if name in said.get("validates", ()):
        return Fault(Truth(Derived("invalid", passed.args)))
    if name in ("Next", "Abort", "Header", "Status", "SetCookie"):
        return NONE
    return None


def _left(machine: Machine, of: Instance, error: Value) -> None:
    """An error that is left with the context, as the functions further out answer it that look for such."""
    said = machine.handling_words
    last = Instance(External("<left>"), fields={"Err": error})
    for each in machine.rescues:
        of.fields[said["left"]] = Items([last], kind=LEFT)
        machine.call(each, (of,))
        of.fields.pop(said["left"], None)


def last_left(machine: Machine, of: Value, name: str) -> Value | None:
    """`c.Errors.Last()`: the error that was left last."""
    if isinstance(of, Items) and of.kind == LEFT and name == machine.handling_words.get("latest"):
        return of.items[-1]
    return None


def _bag(of: Instance) -> Mapping:
    found = of.fields.setdefault("<bag>", Mapping())
    assert isinstance(found, Mapping)
    return found


def _key(value: Value) -> str:
    """What makes two keys of a context the same: a text, a constant, an empty struct of one type."""
    match value:
        case Const(value=inner):
            return str(inner)
        case Instance(of=ClassValue() as kind):
            return kind.qualified
        case Instance(place=place) if place is not None:
            return f"{place.file}:{place.line}"
    return str(same(value))


def _on_request(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    first = passed.at(0)
    match name:
        case "Context" | "UserContext" | "WithContext" | "Clone":
            return first if name == "WithContext" and is_own(first or NONE) else of
        case "Value" if first is not None:
            return _bag(of).entries.get(_key(first), Given("claim", text_of(first) or ""))
        case "PathValue":
            return Given("path", text_of(first) or "")
        case "FormValue" | "PostFormValue":
            return Given("form" if name.startswith("Post") else "query", text_of(first) or "")
        case "FormFile":
            sent = Given("form", text_of(first) or "")
            return Items([sent, sent, NONE], kind="tuple")
        case "Cookie":
            return Items([Given("credential"), NONE], kind="tuple")
        case "BasicAuth":
            return Items(
                [Given("credential"), Given("credential"), Truth(Given("credential"))], kind="tuple"
            )
        case "WriteHeader":
            of.fields["<status>"] = first or NONE
            _send(machine, of, first, NONE, at)
            return NONE
        case "Write" | "WriteString":
            return Items([Derived("len"), NONE], kind="tuple")
        case "Header":
            return Method(of, "Header")
    return None


def _header(passed: Passed) -> Value:
    return exchange.header(text_of(passed.at(0)) or "")


def _read(location: str, name: str, passed: Passed) -> Value:
    wire = text_of(passed.at(0)) or ""
    if location == "header":
        found: Value = exchange.header(wire)
    elif location == "cookie":
        found = Given("credential")
    else:
        found = Given("form" if location == "file" else location, wire)
    several = (name.startswith("Get") and name != "GetHeader") or name in (
        "FormFile",
        "Cookie",
        "ParamsInt",
    )
    return Items([found, NONE], kind="tuple") if several else found


# --- structs that a part of the request fills -------------------------------------


def _in_columns(machine: Machine, row: Row, schema: Schema | None) -> Schema | None:
    """What a struct takes that stands for a table, each member with the column that it fills."""
    if schema is None:
        return None
    fields = (machine.field_name(row.record, each.attribute) for each in schema.properties)
    pairs = zip(schema.properties, fields, strict=True)
    return schema.replace(properties=tuple(e.replace(attribute=name) for e, name in pairs))


def filled(machine: Machine, location: str, target: Value) -> Value:
    """`c.ShouldBindJSON(&input)`: from here on the struct is what was sent."""
    where = _where(machine) if location == "any" else location
    kind = target.of if isinstance(target, Instance) else None
    if isinstance(kind, ClassValue) and not machine.codebase.members(kind, inherited=True):
        return External("io.EOF")  # whether anything comes after the one document that was sent
    if isinstance(target, Row):
        owner = machine.classes.get(target.record.name)
        known = machine.shapes.of(owner) if machine.shapes is not None and owner else None
        target.source = Given(where, "", _in_columns(machine, target, known), owner)
    elif isinstance(target, Instance) and isinstance(kind, ClassValue | Generic):
        schema = None
        if machine.shapes is not None:
            part = Generic(External("<part>"), (kind, Const(where)))
            schema = machine.shapes.of(kind if where == "body" else part)
        # What was set before is only a default.
        for each in schema.properties if schema is not None else ():
            target.fields.pop(each.attribute or each.name, None)
        target.fields[GIVEN] = Given(
            where, "", schema, kind if isinstance(kind, ClassValue) else None
        )
    return Fault(Truth(Derived("invalid", (Given(where),))))


def filled_outside(args: tuple[Value, ...]) -> None:
    """Structs that hold nothing yet and are handed to a function outside of the tree: what it leaves in them
    nobody knows, and it is not their zero values."""
    for each in args:
        if not isinstance(each, Instance) or not isinstance(each.of, ClassValue):
            continue
        if not (each.kwargs or each.args or each.fields or each.symbolic):
            each.fields[GIVEN] = Given("decoded", "", None, each.of)


def _where(machine: Machine) -> str:
    """What a binder fills a struct from that looks at the method."""
    method = machine.context.fields.get("<method>") if machine.context is not None else None
    return "query" if text_of(method) in ("GET", "DELETE", "HEAD") else "body"


def returned(machine: Machine, answer: Value, sent: Value | None) -> Value | None:
    """What was sent, and the errors that are given back for answers."""
    if isinstance(sent, Instance) and machine.context is not None:
        sent = _conditional(machine.context, sent)
    if not machine.handling_words.get("returns"):
        return sent
    ways = _ways((), answer)
    told = [(All(held), made) for held, each in ways if (made := _refusing(machine, each))]
    if not told:
        return sent
    if isinstance(sent, Either):
        return Either((*sent.options, *told))
    return Either(((All(()), sent), *told)) if sent is not None else Either(tuple(told))


def _conditional(context: Instance, sent: Value) -> Value:
    """The only answer that was sent, with what held then."""
    items = context.fields.get(SENT)
    last = items.items[-1] if isinstance(items, Items) and items.items else None
    if isinstance(last, _Sent) and last.value is sent and last.assumptions:
        return Either(((All(tuple(each.test for each in last.assumptions)), sent),))
    return sent


def _ways(
    held: tuple[Value, ...], value: Value, depth: int = 0
) -> list[tuple[tuple[Value, ...], Value]]:
    """Everything that a value may be, each with the conditions that lead there, innermost last."""
    if not isinstance(value, Either) or depth > 6:
        return [(held, value)]
    found: list[tuple[tuple[Value, ...], Value]] = []
    for test, each in value.options:
        parts = test.of if isinstance(test, All) else (test,)
        found += _ways((*held, *parts), each, depth + 1)
    return found


def _refusing(machine: Machine, value: Value) -> Value | None:
    """An error of the framework as the response that it is answered with."""
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return None
    at = machine.handling_words.get("errors", {}).get(value.of.name)
    status = value.args[at] if at is not None and 0 <= at < len(value.args) else value.kwarg("Code")
    if status is None:
        return None
    detail = value.args[-1] if value.args else NONE
    return Instance(
        External("Response"), (_shown(machine, detail),), (("status", status),), value.place
    )


def given_of(of: Value) -> Given | None:
    """The part of the request that has filled a struct."""
    if isinstance(of, Instance):
        found = of.fields.get(GIVEN)
        return found if isinstance(found, Given) else None
    return None


def converted(machine: Machine, kind: ClassValue, value: Value) -> Instance | None:
    """`(*Changes)(&input)`: what the request has filled, as another struct with the same fields."""
    given = given_of(value)
    own = machine.codebase.class_of(value)
    if given is None or own is None or own.node is kind.node or not isinstance(value, Instance):
        return None
    names = [
        [e.name for e in machine.codebase.members(each, inherited=True) if e.annotation]
        for each in (own, kind)
    ]
    if names[0] != names[1]:
        return None
    fields = {**value.fields, GIVEN: replace(given, of=kind)}
    return Instance(of=kind, fields=fields, place=value.place)


EMBEDDED = "<embedded>"
"""What a field is called that has no name of its own: its members stand in its place."""


# --- answers ------------------------------------------------------------------------


def _answered(
    machine: Machine, of: Instance, said: dict[str, Any], passed: Passed, at: n.Expression | None
) -> Value:
    status = passed.at(said["status"]) if said.get("status", -1) >= 0 else of.fields.get("<status>")
    if status is None:
        status = Const(said.get("code", 200))
    body = passed.at(said["body"]) if said.get("body", -1) >= 0 else NONE
    _send(machine, of, status, body or NONE, at)
    return NONE


def _send(
    machine: Machine, of: Instance, status: Value | None, body: Value, at: n.Expression | None
) -> None:
    if isinstance(status, Either):
        for test, each in status.options:
            with machine.assuming(test):
                _send(machine, of, each, body, at)
        return
    sent = of.fields.get(SENT)
    if isinstance(sent, Items):
        made = _made(status, _shown(machine, body), machine.place(at))
        sent.items.append(_Sent(tuple(machine.journal.assumptions), made))


def _shown(machine: Machine, body: Value, depth: int = 0) -> Value:
    """A mapping that is sent as the document that it is, and structs within it by their names on the wire."""
    if isinstance(body, DictValue):
        return Mapping(entries={text_of(k) or "": v for k, v in body.items})
    if isinstance(body, Instance) and (body.kwargs or body.fields) and GIVEN not in body.fields:
        named = on_the_wire(machine, body)
        entries = {**dict(body.kwargs), **body.fields}
        within = {k: v for k, v in entries.items() if named.get(k) == EMBEDDED}
        return Mapping(
            entries={
                named.get(k, k): _shown(machine, v, depth + 1)
                if isinstance(v, Instance) and depth < 4
                else v
                for k, v in entries.items()
                if named.get(k) not in ("-", EMBEDDED)
            },
            spreads=list(within.values()),
        )
    return body


def on_the_wire(machine: Machine, body: Instance) -> dict[str, str]:
    """The names that a struct's fields have in JSON."""
    kind = machine.codebase.class_of(body)
    found: dict[str, str] = {}
    for member in machine.codebase.members(kind) if kind is not None else ():
        if embedded(member):
            found[member.name] = EMBEDDED
        for mark in member.decorators:
            if isinstance(mark, n.Constant) and isinstance(mark.value, str):
                name = tags(mark.value).get("json", "").partition(",")[0]
                found[member.name] = name or found.get(member.name, member.name)
    return found


def unseen(machine: Machine) -> dict[str, frozenset[str]]:
    """The fields that each record keeps to itself in JSON (`json:"-"`), by the record's name."""
    found: dict[str, frozenset[str]] = {}
    for name, kind in machine.classes.items():
        wire = on_the_wire(machine, Instance(kind)) if kind is not None else {}
        kept = {each.replace("_", "").lower() for each, shown in wire.items() if shown == "-"}
        if kept:
            found[name] = frozenset(kept)
    return found


def by_function(
    machine: Machine, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`http.Error(w, text, status)`, `json.NewEncoder(w).Encode(v)`, `chi.URLParam(r, "id")`."""
    first = passed.at(0)
    own = first if isinstance(first, Instance) and is_own(first) else None
    if name == "net/http.Error" and own is not None:
        _send(machine, own, passed.at(2), passed.at(1) or NONE, at)
        return NONE
    if name == "net/http.NotFound" and own is not None:
        _send(machine, own, Const(404), NONE, at)
        return NONE
    if name.endswith((".URLParam",)) and len(passed.args) > 1:
        return Given("path", text_of(passed.args[1]) or "")
    if name.endswith(("gorilla/mux.Vars", "httprouter.ParamsFromContext")):
        return Given("path")
    if re.search(r"json[\w./-]*\.NewDecoder$", name) and first is not None:
        return Derived("decoder" if _is_sent(first) else "foreign", (first,))
    if re.search(r"json[\w./-]*\.NewEncoder$", name) and own is not None:
        return Derived("encoder", (own,))
    if re.search(r"json[\w./-]*\.Unmarshal$", name) and len(passed.args) > 1 and _is_sent(first):
        return filled(machine, "body", passed.args[1])
    if re.search(r"json[\w./-]*\.Unmarshal$", name) and len(passed.args) > 1 and first is not None:
        return _learnt(machine, Derived("foreign", (first,)), passed.args[1])
    if name in ("io.ReadAll", "io/ioutil.ReadAll") and _is_sent(first):
        return Items([Given("body"), NONE], kind="tuple")
    if name in ("net/http.MaxBytesReader", "io.LimitReader"):
        return next((e for e in passed.args if isinstance(e, Given)), None)
    if name == "context.WithValue" and own is not None and len(passed.args) > 2:
        _bag(own).entries[_key(passed.args[1])] = passed.args[2]
        return own
    return None


def _is_sent(value: Value | None) -> bool:
    return isinstance(value, Given) and value.kind in ("body", "form")


def _learnt(machine: Machine, source: Derived, target: Value) -> Value:
    """A struct that is filled with what somebody else has said: nobody knows its fields any more."""
    kind = machine.codebase.class_of(target)
    if isinstance(target, Instance) and kind is not None:
        for member in machine.codebase.members(kind):
            target.fields[member.name] = Derived("told", (source, Const(member.name)))
    return Derived("decoded", (source,))


def coded(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`decoder.Decode(&input)`, `encoder.Encode(body)`."""
    if not isinstance(of, Derived):
        return None
    if of.name == "decoder":
        if name == "Decode" and passed.args:
            return filled(machine, "body", passed.args[0])
        return of
    if of.name == "foreign" and name == "Decode" and passed.args:
        return _learnt(machine, of, passed.args[0])
    if of.name == "encoder" and name == "Encode":
        own = of.of[0]
        if isinstance(own, Instance):
            said = own.fields.pop("<status>", None)
            sent = own.fields.get(SENT)
            if said is not None and isinstance(sent, Items) and sent.items:
                sent.items.pop()
            _send(machine, own, said or Const(200), passed.at(0) or NONE, at)
        return NONE
    return None
