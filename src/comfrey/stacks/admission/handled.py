"""A request's way through Go's handlers: functions that are given one context, or a writer and a request.

What a framework's methods mean stands in its `about.toml`; what the standard library's mean stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import msgspec

from comfrey.languages.go.names import HANDLERS
from comfrey.model.schema import Schema
from comfrey.source.comparing import comparable
from comfrey.source.node import FunctionDef
from comfrey.source.probe import Probe, Thrown, probing
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Partial,
    Value,
    choice,
    text_of,
)
from comfrey.stacks.admission.cutting import PARAMETER, cut
from comfrey.stacks.admission.errors import carried, error, raised, returned
from comfrey.stacks.admission.passage import NONE, UNKNOWN, dotted, likely
from comfrey.stacks.admission.told import after, chain, stopped, told
from comfrey.stacks.admission.visits import Answer, Stage, Taken, Visitor

CONTEXT, REQUEST, WRITER = External("<context>"), External("<request>"), External("<writer>")
ADDRESS = External("<address>")
OWN = (CONTEXT, REQUEST, WRITER, ADDRESS)
END = External("io.EOF")
"""What reading gives where nothing is left."""
VARS = External("<vars>")
"""The parameters of the path, all at once."""
CARRIED = External("<carried>")
"""A part of the request on its way through the code: where it came from, and its name."""
PLAIN_HEADERS = frozenset(
    [
        "content-type",
        "accept",
        "origin",
        "user-agent",
        "x-request-id",
        "x-forwarded-for",
        "x-real-ip",
        "host",
        "accept-language",
        "content-length",
        "if-none-match",
        "if-match",
        "idempotency-key",
        "x-forwarded-proto",
        "referer",
        "access-control-request-method",
    ]
)
HEADER = re.compile(r"\.(?:Header\.(?:Get|Values)|GetHeader|GetReqHeaders)$")
VERIFYING = re.compile(
    r"(?:jwt|jws|jose|paseto|oidc|oauth2|token|auth)[\w./-]*\.(?:\w+\.)*(?:Parse\w*|Verify\w*|Validate\w*|Decrypt|Decode|ParseFromRequest)$",
    re.IGNORECASE,
)
DECODED = re.compile(
    r"(?:json|xml|yaml|jsoniter|sonic|encoding)[\w./-]*\.(?:NewDecoder\.Decode|Unmarshal\w*|UnmarshalRead)$|/binding\.\w+\.Bind(?:Body)?$"
)
CHECKED = re.compile(
    r"(?:validator|validate)[\w./-]*\.(?:\w+\.)*(?:Struct|StructCtx|Validate|Var|StructExcept|StructPartial)$",
    re.I,
)
INTEGERS = ("strconv.Atoi", "strconv.ParseInt", "strconv.ParseUint")
DAYS = ("2006-01-02", "time.DateOnly")
CASTS: dict[str, dict[str, Any]] = {
    **{name: {"type": "integer"} for name in INTEGERS},
    "strconv.ParseFloat": {"type": "number"},
    "strconv.ParseBool": {"type": "boolean"},
    "github.com/google/uuid.Parse": {"type": "string", "format": "uuid"},
    "github.com/gofrs/uuid.FromString": {"type": "string", "format": "uuid"},
    "github.com/satori/go.uuid.FromString": {"type": "string", "format": "uuid"},
    "go.mongodb.org/mongo-driver/bson/primitive.ObjectIDFromHex": {"pattern": "^[0-9a-fA-F]{24}$"},
    "time.Parse": {"type": "string", "format": "date-time"},
}
FILE = Schema(type="string", format="binary")
UPLOADED = "multipart.FileHeader"
PARTS = {"path": "params", "header": "headers", "form": "body"}
"""What intake calls the parts of a request."""
COLON = re.compile(r"\{(\w+)\}")
CALLABLE = (FunctionValue, BoundMethod, Partial)


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a method of the context answers: where its status and body stand among the arguments."""

    status: int = -1
    body: int = -1
    code: int = 200
    """The status where no argument says it."""
    media: str = "application/json"
    stops: bool = False


class Manner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a framework's handlers take and answer. `given` are the kinds of a handler's arguments."""

    given: tuple[str, ...] = ("context",)
    answers: dict[str, Saying] = msgspec.field(default_factory=dict)
    statuses: tuple[str, ...] = ()
    """Methods that set the status of what is answered later."""
    stops: tuple[str, ...] = ()
    """Methods after which nothing further is asked."""
    raises: tuple[str, ...] = ()
    """Methods that leave an error with the context, for a function further out to answer."""
    left: str = ""
    """The member of the context that holds the errors which were left with it."""
    latest: str = ""
    """The method of that member which gives the last of them."""
    nexts: tuple[str, ...] = ()
    goes_on: bool = False
    """True where a function that merely ends lets the request by."""
    returns: bool = False
    """True where an error that is given back is the answer."""
    rescue: str = ""
    """What the function is set as that answers errors which are given back: of the app, or of the options it is made with."""
    errors: dict[str, int] = msgspec.field(default_factory=dict)
    """Functions and values outside the tree that are errors with a status: where it stands (-1: by their name)."""
    reads: dict[str, str] = msgspec.field(default_factory=dict)
    """Methods that read one part by its name, by where it is: `path query form file header cookie`."""
    binds: dict[str, str] = msgspec.field(default_factory=dict)
    """Methods that fill a struct, by where from: `body query path header form any`."""
    values: tuple[str, ...] = ()
    """Methods that give what an earlier function has put on the request."""
    validates: tuple[str, ...] = ()
    checked: bool = False
    """True where filling a struct also checks it."""
    unhandled: int = 500


@dataclass
class Handled:
    """One trial of one function."""

    manner: Manner
    stage: Stage
    visitor: Visitor
    context: Instance = field(default_factory=lambda: Instance(CONTEXT, symbolic=False))
    request: Instance = field(default_factory=lambda: Instance(REQUEST))
    writer: Instance = field(default_factory=lambda: Instance(WRITER))
    raised: ListValue | None = None
    """The errors that were left with the context before."""
    depth: int = 0
    way: list[Value] = field(default_factory=list)
    """The address, and what the code has cut out of it."""

    def surround(self) -> None:
        """Puts the request and the writer where the context keeps them."""
        self.way = [Const(self.visitor.path)]
        address = Instance(ADDRESS, fields={"Path": self.way[0]})
        if self.visitor.method:
            self.request.fields["Method"] = Const(self.visitor.method)
        if self.visitor.path:
            self.request.fields["URL"] = address
        self.context.fields |= {
            "Request": self.request,
            "Response": self.writer,
            "Writer": self.writer,
        }
        if self.raised is not None:
            self.context.fields[self.manner.left] = self.raised

    # --- what the code meets ---------------------------------------------------

    def meets(self, called: Value, given: Arguments) -> Value | None:
        """What a call outside the tree comes to."""
        name, args = dotted(called), given[0]
        if isinstance(called, BoundExternal) and called.receiver is self.raised:
            return self.raised.items[-1] if called.name == self.manner.latest else None
        own = self._own(called, name, args)
        if own is not None:
            return own
        sort = _sort(name)
        if sort == "decoded":
            return self._decoded(called, args)
        if sort == "checked":
            return self._checked(args)
        if name in CASTS and args:
            return self._dated(args) if name == "time.Parse" else self._cast(name, args[0])
        if sort == "verifying":
            return self._verified(args)
        if "sessions" in name and name.endswith(".Get") and not name.endswith("store.Get"):
            self.visitor.shown.append("cookie:session")
            return NONE if self.visitor.anonymous else self._user(args)
        if self.visitor.user is not None:
            self._filled(args)
        return self._carried_out(name, args)

    def knows(self, name: str, args: tuple[Value, ...]) -> Value | None:
        """What the code cuts out of the address: `strings.TrimPrefix(r.URL.Path, "/books/")`."""
        if not args or not any(args[0] is each for each in self.way):
            return None
        more = [comparable(each) for each in args[1:]]
        whole = text_of(args[0])
        if whole is None or None in more:
            return None
        found = cut(name, whole, tuple(each[0] for each in more if each))
        if found is None:
            return None
        self.visitor.cuts = True
        if name == "strings.CutPrefix":
            return ListValue([self._part(str(found)), Const(found != whole)], "tuple")
        if isinstance(found, str):
            return self._part(found)
        return ListValue([self._part(each) for each in found])

    def _part(self, text: str) -> Value:
        """A part of the address, which may be cut further; a parameter's is some text or other, not an empty one."""
        named = PARAMETER.fullmatch(text)
        if named:
            self._read("path", (Const(named[1]),), "PathValue")
        self.way.append(Const(text))
        return self.way[-1]

    def _carried_out(self, name: str, args: tuple[Value, ...]) -> Value | None:
        """A function that is handed over is carried out: `db.Transaction(func(tx *gorm.DB) error { … })`."""
        work = [each for each in args if isinstance(each, CALLABLE)]
        if not work or name.startswith("<") or name in HANDLERS or self.depth > 2:
            return None
        self.depth += 1
        found = self.stage.codebase.evaluator.call(work[-1])
        self.depth -= 1
        return choice((found, UNKNOWN))

    def _own(self, called: Value, name: str, args: tuple[Value, ...]) -> Value | None:
        """A call on what the handler was given."""
        owner, path = chain(called)
        last = name.rpartition(".")[2]
        if last in self.manner.binds and len(args) > 1 and args[0] is self.context:
            return self._bound(self.manner.binds[last], args[1])
        if owner is None or owner.of not in OWN:
            return self._asked_of_request(called, name, last, args)
        if last == "__call__":
            return owner
        if owner.of is CONTEXT and path == (last,):
            found = self._on_context(last, args)
            if found is not None:
                return found
        return self._on_request(name, last, path, args)

    def _on_context(self, last: str, args: tuple[Value, ...]) -> Value | None:
        manner = self.manner
        if last in manner.binds and args:
            target = args[-1] if last.endswith(("Body", "Into")) else args[0]
            return self._bound(manner.binds[last], target)
        if last in manner.validates:
            return self._checked(args)
        if last in manner.reads and args:
            return self._read(manner.reads[last], args, last)
        if last in manner.values:
            return self._value(last, args)
        if last in ("Path", "FullPath") and not args:
            return Const(COLON.sub(r":\1", self.visitor.path))
        return None

    def _on_request(
        self, name: str, last: str, path: tuple[str, ...], args: tuple[Value, ...]
    ) -> Value | None:
        """`r.Header.Get("X")`, `r.URL.Query().Get("x")`, `r.PathValue("id")`, `r.Context().Value(key)`."""
        if HEADER.search(name) and args:
            return self._read("header", args, last)
        if last == "Cookie" and args and "Request" in (*path, "Request"):
            return self._read("cookie", args, last)
        if last == "BasicAuth":
            return self._basic()
        if last == "Get" and "Query" in path and args:
            return self._read("query", args, last)
        if last == "Has" and "Query" in path and args:
            return self._is_sent_by(args[0])
        if last in ("FormValue", "PostFormValue") and args:
            return self._read("form" if last.startswith("Post") else "query", args, last)
        if last == "PathValue" and args:
            return self._read("path", args, last)
        if last == "FormFile" and args:
            return ListValue([UNKNOWN, self._read("file", args, last) or UNKNOWN, UNKNOWN], "tuple")
        if (last == "Value" and "Context" in path) or name.endswith("Context.Value"):
            return self._value(last, args)
        return None

    def _asked_of_request(
        self, called: Value, name: str, last: str, args: tuple[Value, ...]
    ) -> Value | None:
        """Functions that are given the request: `chi.URLParam(r, "id")`, `mux.Vars(r)`."""
        if last in ("URLParam", "URLParamFromCtx") and len(args) > 1:
            return self._read("path", args[1:], last)
        if name.endswith(("gorilla/mux.Vars", "httprouter.ParamsFromContext")):
            return Instance(VARS, symbolic=True)
        if last == "ByName" and args and owner_is(called, VARS):
            return self._read("path", args, last)
        if last in ("Value",) and args and name.startswith("context."):
            return self._value(last, args)
        return None

    # --- parts of the request --------------------------------------------------

    def _read(self, location: str, args: tuple[Value, ...], word: str) -> Value | None:
        known = comparable(args[0])
        wire = str(known[0]) if known and isinstance(known[0], str) else ""
        if location in ("header", "cookie"):
            return self._shown(location, wire, word)
        if location == "file":
            location, word = "form", "FormFile"
        if wire:
            given = comparable(args[1]) if word.startswith("Default") and len(args) > 1 else None
            told = Schema(has_default=True, default=given[0]) if given else _typed(word)
            told = FILE if word == "FormFile" else told
            self.note(location, wire, told)
        return Instance(CARRIED, (Const(location), Const(wire)), symbolic=True)

    def _shown(self, location: str, wire: str, word: str) -> Value:
        """A header or cookie: nobody has one to show."""
        if wire and (location == "cookie" or wire.lower() not in PLAIN_HEADERS):
            self.visitor.shown.append(f"{location}:{wire}")
        if location == "header":
            hidden = self.visitor.anonymous and wire.lower() not in PLAIN_HEADERS
            nobody: Value = NONE if word == "Values" else Const("")
            return nobody if hidden else UNKNOWN
        several = word in ("Cookie",)
        if self.visitor.anonymous:
            nothing: Value = Const("") if self.manner.given[0] == "context" else NONE
            return ListValue([nothing, error()], "tuple") if several else Const("")
        return ListValue([UNKNOWN, NONE], "tuple") if several else UNKNOWN

    def _basic(self) -> Value:
        self.visitor.shown.append("header:Authorization")
        if self.visitor.anonymous:
            return ListValue([Const(""), Const(""), Const(False)], "tuple")
        return ListValue([UNKNOWN, UNKNOWN, Const(True)], "tuple")

    def note(self, location: str, wire: str, schema: Schema) -> None:
        """Notes that a part of the request is read by its name."""
        known = self.visitor.read.setdefault(location, {})
        old = known.get(wire)
        if old is None or old.type == "any":
            known[wire] = _defaulted(schema, old) if old is not None else schema

    def _is_sent_by(self, name: Value) -> Value:
        """Whether a parameter of the query is there."""
        known = text_of(name)
        return Const(True) if known and known in (self.visitor.unfit or ()) else UNKNOWN

    def _dated(self, args: tuple[Value, ...]) -> Value | None:
        """`time.Parse(time.DateOnly, text)`: a text of the query that is a day."""
        layout, value = args[0], args[-1]
        spelled = text_of(layout) or getattr(layout, "name", "")
        given = isinstance(value, Instance) and value.of is CARRIED
        if given and isinstance(value, Instance) and spelled in DAYS:
            location, wire = text_of(value.args[0]) or "", text_of(value.args[1]) or ""
            if wire and location == "query":
                self.note(location, wire, Schema(type="string", format="date"))
        return self._cast("time.Parse", value)

    def _cast(self, name: str, value: Value) -> Value | None:
        named = PARAMETER.fullmatch(text_of(value) or "")
        if named and any(value is each for each in self.way):
            value = Instance(CARRIED, (Const("path"), Const(named[1])), symbolic=True)
        if isinstance(value, Instance) and value.of is CARRIED:
            location, wire = text_of(value.args[0]) or "", text_of(value.args[1]) or ""
            if wire:
                said = CASTS[name]
                if name == "time.Parse":
                    said = {"type": "string"}
                self.note(location, wire, Schema(**said))
            return ListValue([value, self._misfit(wire)], "tuple")
        if isinstance(value, Const) and isinstance(value.value, str) and not value.value:
            return ListValue([Const(0), error()], "tuple")
        return None

    def _misfit(self, wire: str) -> Value:
        """The error of a conversion, or of a validation."""
        if self.visitor.invalid:
            return error()
        if self.visitor.unfit is None:
            return UNKNOWN
        return error() if wire in self.visitor.unfit else NONE

    def _decoded(self, called: Value, args: tuple[Value, ...]) -> Value | None:
        """`json.NewDecoder(r.Body).Decode(&v)`, `json.Unmarshal(data, &v)`."""
        made = called.receiver if isinstance(called, BoundExternal) else None
        source = made if isinstance(made, Instance) else args[0] if args else None
        return self._bound("body", args[-1]) if args and self._is_sent(source) else None

    def _is_sent(self, value: Value | None, depth: int = 0) -> bool:
        """Whether a value comes from the request: its body, read or wrapped in whatever way."""
        if value is None or depth > 6:
            return False
        owner, _ = chain(value)
        if owner is self.context or owner is self.request:
            return True
        if not isinstance(owner, Instance):
            return False
        chained = value.args if isinstance(value, Instance) else ()
        return any(self._is_sent(each, depth + 1) for each in (*owner.args, *chained))

    def _bound(self, location: str, target: Value) -> Value:
        kind = target.of if isinstance(target, Instance) else None
        if location == "body" and isinstance(kind, ClassValue) and not self._members(kind):
            return END  # whether anything comes after the one document that was sent
        schema: Value | None = kind if isinstance(kind, ClassValue | Generic) else None
        if schema is not None and isinstance(target, Instance):
            where = location if location != "any" else self._any()
            where = "form" if where == "body" and self._holds_files(kind) else where
            self._take(where, schema, target)
            if location == "any":
                self._take("path", schema, target)
            target.symbolic = True
        return NONE if self.visitor.readable else self._misfit("")

    def _members(self, kind: ClassValue) -> tuple[object, ...]:
        return self.stage.codebase.members(kind, inherited=True)

    def _holds_files(self, kind: Value | None) -> bool:
        """Whether a struct takes files: what fills it is no JSON."""
        own = kind if isinstance(kind, ClassValue) else None
        members = self.stage.codebase.members(own) if own is not None else ()
        return any(UPLOADED in e.annotation.text for e in members if e.annotation is not None)

    def _any(self) -> str:
        """Where a binder that looks at the method finds most."""
        return "query" if self.visitor.method in ("GET", "DELETE", "HEAD") else "body"

    def _take(self, location: str, kind: Value, target: Value) -> None:
        """Notes a struct that a part of the request fills; only the body's goes by its own name."""
        part = Generic(External("<part>"), (kind, Const(location), target))
        schema = kind if location == "body" else part
        place = getattr(target, "place", None)
        self.visitor.taken.append(Taken(PARTS.get(location, location), schema, place=place))

    def _checked(self, args: tuple[Value, ...]) -> Value:
        for each in args:
            kind = each.of if isinstance(each, Instance) else None
            if isinstance(kind, ClassValue):
                self.visitor.validated.append(kind)
        return self._misfit("")

    # --- who is calling ----------------------------------------------------------

    def _verified(self, args: tuple[Value, ...]) -> Value | None:
        """A credential that nobody has shown is refused; what stands in the body was sent."""
        shown = args[0] if args else None
        if (
            isinstance(shown, Instance)
            and isinstance(shown.of, External)
            and shown.of.name == "string"
        ):
            return None
        if not self.visitor.shown:
            self.visitor.shown.append("header:Authorization")
        if self.visitor.anonymous:
            return ListValue([NONE, error()], "tuple")
        user = self.visitor.user
        fields: dict[str, Value] = {"Valid": Const(True)}
        if user is not None:
            self._filled(args)
            fields["Claims"] = next(
                (e for e in args[1:] if isinstance(e, Instance) and e.fields), user
            )
        token = Instance(External("<token>"), fields=fields, symbolic=True)
        return ListValue([token, UNKNOWN if user is None else NONE], "tuple")

    def _value(self, last: str, args: tuple[Value, ...]) -> Value:
        """What an earlier function has put on the request."""
        several = last == "Get" and self.manner.goes_on
        self.visitor.shown.append("caller")
        if self.visitor.anonymous:
            return ListValue([NONE, Const(False)], "tuple") if several else NONE
        found = self._user(args)
        return ListValue([found, Const(True)], "tuple") if several else found

    def _user(self, args: tuple[Value, ...]) -> Value:
        user = self.visitor.user
        if not isinstance(user, DictValue):
            return UNKNOWN
        known = comparable(args[-1]) if args else None
        wire = str(known[0]).lower() if known else ""
        for key, value in user.items:
            name = text_of(key) or ""
            if wire and name.lower() not in ("id", "_id") and _alike(name, wire):
                return value
        return user

    def _filled(self, args: tuple[Value, ...]) -> None:
        """A record of the caller that is loaded has the role that is tried out."""
        user = self.visitor.user
        if not isinstance(user, DictValue):
            return
        for each in args:
            kind = self.stage.codebase.class_of(each) if isinstance(each, Instance) else None
            if kind is None or not isinstance(each, Instance):
                continue
            for member in self.stage.codebase.members(kind, inherited=True):
                for key, value in user.items:
                    name = text_of(key) or ""
                    if name not in ("id", "_id") and _alike(name, member.name):
                        each.fields[member.name] = value


@cache
def _sort(name: str) -> str:
    """What a function outside the tree is known for by its name: `decoded checked verifying`, or ""."""
    for sort, words in (("decoded", DECODED), ("checked", CHECKED), ("verifying", VERIFYING)):
        if words.search(name):
            return sort
    return ""


def owner_is(called: Value, kind: External) -> bool:
    """Whether a method is called on an object of that kind."""
    owner = chain(called)[0]
    return owner is not None and owner.of is kind


def _alike(one: str, other: str) -> bool:
    first, second = (each.replace("_", "").replace("-", "").lower() for each in (one, other))
    return first == second or (len(first) > 3 and second.endswith(first))


def _typed(word: str) -> Schema:
    """A reader whose name says the type: `QueryInt`, `ParamsInt`, `QueryBool`."""
    for ending, kind in (("Int", "integer"), ("Bool", "boolean"), ("Float", "number")):
        if word.endswith(ending):
            return Schema(type=kind)
    return Schema()


def _defaulted(schema: Schema, before: Schema) -> Schema:
    """The schema of a part with the default that it was read with (`c.DefaultQuery("page", "1")`), of its type."""
    if not before.has_default or schema.has_default:
        return schema
    default = before.default
    if schema.type == "integer":
        text = str(default)
        if not text.lstrip("-").isdigit():
            return schema
        default = int(text)
    return schema.replace(has_default=True, default=default)


# --- trying out ------------------------------------------------------------------


def passing(manner: Manner) -> Callable[[Stage, Value, Visitor], tuple[Answer, ...]]:
    """The way through functions of one framework."""

    def passes(stage: Stage, function: Value, visitor: Visitor) -> tuple[Answer, ...]:
        return tried_out(manner, stage, function, visitor)

    return passes


def tried_out(
    manner: Manner,
    stage: Stage,
    function: Value,
    visitor: Visitor,
    left: ListValue | None = None,
    failed: Value | None = None,
) -> tuple[Answer, ...]:
    """All that may happen when the function is called with what the framework gives it; `left` are errors that
    others have left with the context, `failed` the one that it is asked to answer."""
    trial = Handled(manner, stage, visitor, raised=left)
    probe = Probe(meets=trial.meets, knows=trial.knows)
    ev = stage.codebase.evaluator
    kinds: dict[str, Value] = {
        "context": trial.context,
        "request": trial.request,
        "writer": trial.writer,
        "error": failed or UNKNOWN,
        "params": Instance(VARS, symbolic=True),
    }
    given = tuple(kinds[each] for each in kinds_of(manner, function))
    trial.surround()
    with probing(ev, probe):
        result: Value = NONE
        ended = False
        try:
            result = ev.call(function, given)
        except Thrown:
            ended = True
    found = [_rescued(trial, each) for each in told(trial, probe.events)]
    if manner.returns and not ended:
        rescue = partial(_answered, trial) if failed is None else None
        found += returned(result, manner.unhandled, manner.errors, rescue)
    final = [each for each in found if each.kind == "answer" or each.kind == "pass"]
    if (
        manner.goes_on
        and not ended
        and not stopped(probe.events, trial)
        and not any(e.kind == "pass" for e in found)
    ):
        found.append(Answer("pass", conditions=after(probe.events, trial)))
    if ended and not final:
        found.append(Answer("error", error=error()))
    return tuple(found)


def _rescued(trial: Handled, answer: Answer) -> Answer:
    """An error that was left with the context as the first function that answers such errors answers it."""
    if answer.kind != "raised" or answer.error is None:
        return answer
    own = carried(answer.error)
    for rescue in trial.stage.rescues if trial.raised is None else ():
        visitor = Visitor(False, None, trial.visitor.path, trial.visitor.method)
        said = likely(tried_out(trial.manner, trial.stage, rescue, visitor, raised(answer.error)))
        answers = [e for e in said if e.kind == "answer"]
        if answers and (own is None or all(e.status is not None for e in answers)):
            return replace(answer, kind="answer", status=answers[0].status, body=answers[0].body)
    return replace(answer, kind="answer", status=own)


def _answered(trial: Handled, failed: Value) -> Answer | None:
    """What the app's own function for errors answers to one of the tree's own kinds; None: it has no such function.
    Those of the framework say their status themselves."""
    manner, stage = trial.manner, trial.stage
    own = isinstance(failed, Instance) and isinstance(failed.of, ClassValue)
    if not manner.rescue or not own:
        return None
    for rescue in stage.rescues:
        visitor = Visitor(False, None, trial.visitor.path, trial.visitor.method)
        said = likely(tried_out(manner, stage, rescue, visitor, failed=failed))
        known = [each for each in said if each.kind == "answer" and each.status is not None]
        if len({each.status for each in known}) == 1:
            return known[0]
    return None


def kinds_of(manner: Manner, function: Value) -> tuple[str, ...]:
    """The kinds of a function's arguments, by their types where they tell."""
    inner = function.function if isinstance(function, BoundMethod) else function
    if isinstance(inner, FunctionValue) and isinstance(inner.node, FunctionDef):
        listed = (
            inner.node.parameters[1:]
            if isinstance(function, BoundMethod)
            else inner.node.parameters
        )
        texts = [each.annotation.text if each.annotation else "" for each in listed]
        kinds = [_kind(text) for text in texts]
        if any(kinds):
            return tuple(each or "context" for each in kinds)
    return manner.given


def _kind(text: str) -> str:
    if text.endswith("ResponseWriter"):
        return "writer"
    if text.endswith("http.Request"):
        return "request"
    if text == "error":
        return "error"
    if text.endswith("httprouter.Params"):
        return "params"
    if text.endswith(("gin.Context", "echo.Context", "fiber.Ctx")):
        return "context"
    return ""
