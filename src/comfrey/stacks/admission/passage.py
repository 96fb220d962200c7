"""A request's way through functions that take the request and the reply: what each of them answers, or lets by.

A function is tried out (`source.probe`) with a request made of values. `Visitor` says who asks: nobody, with every
header, cookie and session empty, or somebody of whom nothing is known.
"""

from __future__ import annotations

import re
from dataclasses import replace

from comfrey.source.comparing import comparable
from comfrey.source.probe import THROWN, Probe, Thrown, probing, reason_of
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    Event,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    UnknownValue,
    Value,
)
from comfrey.stacks.admission.visits import Answer, Stage, Taken, Visitor
from comfrey.stacks.statuses import number, worded

REQUEST, NEXT = External("<request>"), External("<next>")
NONE, NO = Const(None), Const(False)
CALLER_KEY = Const("<the caller>")
UNKNOWN = UnknownValue("depends on the request")
BAGS = ("headers", "cookies", "signedCookies", "session")
PARTS = ("body", "params", "query")
INPUTS = ("files", "file", "url", "path", "originalUrl", "method", "ip", "log", "app",
          "baseUrl", "hostname", "protocol", "route", "server", "id", "raw", "routeOptions", "socket")  # fmt: skip
PART = {name: External(f"<request>.{name}") for name in (*PARTS, *BAGS)}
PARSING = frozenset(
    [
        "parse",
        "parseAsync",
        "safeParse",
        "safeParseAsync",
        "validate",
        "validateAsync",
        "validateSync",
        "attempt",
        "assert",
        "cast",
        "isValid",
        "decode",
        "Parse",
        "Check",
        "Decode",
        "validateOrReject",
    ]
)
"""Methods that put a value through a schema, by their last name."""
TRANSFORMING = re.compile(r"class-transformer\.plainTo(?:Instance|Class)(?:FromExist)?")
"""What makes an object of a class of plain values and checks nothing
(https://github.com/typestack/class-transformer)."""
VALIDATING = re.compile(r"class-validator\.validate(?:Sync|OrReject)?")
"""What checks an object by its class's decorators (https://github.com/typestack/class-validator)."""
ASKING = (
    "get",
    "header",
    "isAuthenticated",
    "isUnauthenticated",
    "accepts",
    "is",
    "jwtVerify",
    "login",
    "logIn",
)
FINAL = frozenset(
    [
        "json",
        "send",
        "end",
        "sendStatus",
        "jsonp",
        "redirect",
        "render",
        "sendFile",
        "download",
        "write",
    ]
)
CODES = ("status", "code", "writeHead", "statusCode")
VERIFYING = frozenset(
    [
        "verify",
        "jwtVerify",
        "verifyIdToken",
        "verifyToken",
        "verifySessionCookie",
        "verifyAsync",
        "verifyAccessToken",
        "getUser",
        "verifyJwt",
        "jwtDecrypt",
        "authenticateRequest",
        "introspect",
    ]
)
"""Methods that check a credential, by their last name."""
DECODING = VERIFYING - {"getUser"}
"""Those of them that give what a token says of the caller."""
HTTP_ERRORS = ("http-errors", "createError")
"""Makers of errors that carry a status, by the start of their name."""
ERROR = re.compile(r"^_?e(?:rr|rror)?\d?$", re.IGNORECASE)
"""What a callback calls the error that it is given first."""
ERRORS = {
    "zod": "ZodError",
    "joi": "ValidationError",
    "@hapi/joi": "ValidationError",
    "yup": "ValidationError",
    "superstruct": "StructError",
    "class-validator": "ValidationError",
}
"""What validators throw, by their package."""
ITERATING = ("map", "forEach", "filter", "find", "some", "every", "flatMap", "reduce", "findIndex")
"""Methods whose callback is given an item, whatever it is called: `error.errors.map((err) => err.message)`."""
CALLABLE = (FunctionValue, BoundMethod, Partial)


def request_of(visitor: Visitor, extra: tuple[tuple[str, Value], ...] = ()) -> DictValue:
    """The request as a value that functions may read and change."""
    items: list[tuple[Value, Value]] = [(Const(name), UNKNOWN) for name in INPUTS]
    for name in (*PARTS, *BAGS):
        empty = visitor.anonymous and name in BAGS
        part: Value = DictValue([]) if empty else Instance(PART[name], symbolic=True)
        visitor.parts[name] = part
        items.append((Const(name), part))
    items += [(Const(name), External(f"<request>.{name}")) for name in ASKING]
    if visitor.path:
        items += [(Const(name), Const(visitor.path)) for name in ("path", "url", "originalUrl")]
    if visitor.method:
        items.append((Const("method"), Const(visitor.method)))
    if visitor.parameters is not None:
        known: list[tuple[Value, Value]] = [
            (Const(name), visitor.named or UNKNOWN) for name in visitor.parameters
        ]
        visitor.parts["params"] = DictValue(known)
        items.append((Const("params"), visitor.parts["params"]))
    if visitor.user is not None:
        items.append((Const(visitor.holder), visitor.user))
    items += [(Const(name), value) for name, value in extra]
    return DictValue(items, None, not visitor.anonymous)


def passage(
    stage: Stage, function: Value, visitor: Visitor, *more: Value, code: int | None = None
) -> tuple[Answer, ...]:
    """All that may happen when the function is called with `(request, reply, next)`; `more` come first. `code` is
    the status that the reply has so far."""
    if stage.passes is not None:
        return stage.passes(stage, function, visitor)
    kept: dict[str, Value] = {"locals": DictValue([], None, not visitor.anonymous)}
    if code is not None:
        kept["statusCode"] = Const(code)
    reply, ev = Instance(External("<reply>"), fields=kept), stage.codebase.evaluator
    probe = Probe(meets=lambda called, given: _meets(stage, visitor, called, given))
    thrown: Value | None = None
    with probing(ev, probe):
        try:
            request = request_of(visitor, stage.extra)
            visitor.request = request
            for each in visitor.furnished:
                ev.call(each, (request, reply, NEXT))
            probe.events.clear()
            given = (*more, request, reply, NEXT)
            result = stage.enter(function, given) if stage.enter else ev.call(function, given)
            thrown = reason_of(result)
        except Thrown as error:
            thrown, result = error.value, NONE
    found = [
        _coded(each, probe.events[:at], reply)
        for at, event in enumerate(probe.events)
        for each in _told(stage, event, reply)
    ]
    if thrown is not None:
        found.append(_coded(Answer("error", error=thrown), probe.events, reply))
    elif stage.returns and len(_parameters(function)) < 3:
        found += _given_back(probe, result, reply, found)
    return tuple(found)


def _coded(answer: Answer, before: list[Event], reply: Instance) -> Answer:
    """An error with the status that the reply was given on the way to it: `res.status(404); throw new Error(…)`."""
    if answer.kind != "error":
        return answer
    for event in reversed(before):
        on_the_way = answer.conditions[: len(event.conditions)] == event.conditions
        if (
            event.name == "status"
            and event.args
            and on_the_way
            and _chain(event.receiver, reply)[1]
        ):
            return replace(answer, status=number(event.args[0]))
    return answer


def _given_back(probe: Probe, result: Value, reply: Instance, found: list[Answer]) -> list[Answer]:
    """What a function's result says where results are answers."""
    if any(each.kind != "pass" and not each.conditions for each in found):
        return []
    if any(each.kind == "pass" for each in found):
        return []
    if _is_nothing(result) or _chain(result, reply)[1]:
        return [Answer("pass")] if _is_nothing(result) else []
    codes = [e for e in probe.events if e.name in CODES and e.args and _chain(e.receiver, reply)[1]]
    status = number(codes[-1].args[0]) if codes and not codes[-1].conditions else 200
    said = [
        Answer("answer", number(e.args[0]), result, None, e.conditions, e.place)
        for e in codes
        if e.conditions
    ]
    return [*said, Answer("answer", status, result)]


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def answered(stage: Stage, answer: Answer) -> Answer:
    """An error as the answer that the app gives to it."""
    if answer.kind != "error":
        return answer
    own = status_of_error(stage, answer.error)
    key = (_class_of(answer.error), own, answer.status)
    if key not in stage.known:
        stage.known[key] = _rescued(stage, answer.error or UNKNOWN, own, answer.status)
    told = stage.known[key]
    if told is None:
        return replace(answer, status=own or answer.status)
    return replace(answer, kind="answer", status=told.status, body=told.body)


def _rescued(stage: Stage, error: Value, own: int | None, code: int | None) -> Answer | None:
    """What the first function that answers to errors makes of one, after the reply was given `code`."""
    error = _furnished(error, own)
    for rescue in stage.rescues:
        visitor = Visitor(anonymous=False)
        said = likely(passage(stage, rescue, visitor, error, code=200 if code is None else code))
        told = [e for e in said if e.kind == "answer"]
        if told:
            best = next((e for e in told if own is not None and e.status == own), told[-1])
            status = best.status or own
            if best.body is error and best.status in (None, 200):
                status = own or 500
            return replace(best, status=status)
    return None


def _furnished(error: Value, status: int | None) -> Value:
    """An error of a package with the members that such errors have by convention."""
    if status is None or not isinstance(error, Instance) or isinstance(error.of, ClassValue):
        return error
    known: dict[str, int | bool] = {"statusCode": status}
    if _is_http_error(error):
        known |= {"status": status, "expose": status < 500}
    fields = {name: Const(value) for name, value in known.items()}
    message = next(
        (e for e in error.args if isinstance(e, Const) and isinstance(e.value, str)), UNKNOWN
    )
    return replace(error, fields={**fields, "message": message, **error.fields})


def _is_http_error(error: Value) -> bool:
    return isinstance(error, Instance) and dotted(error.of).startswith(HTTP_ERRORS)


def _class_of(error: Value | None) -> object:
    """What errors of one kind have in common: their class, and what a class from outside was made with."""
    if not isinstance(error, Instance):
        return None
    if isinstance(error.of, ClassValue):
        told = {**{str(n): each for n, each in enumerate(error.args)}, **error.fields}
        known = ((name, comparable(each)) for name, each in sorted(told.items()))
        return (id(error.of.node), *((name, str(each)) for name, each in known if each is not None))
    return (dotted(error), *(comparable(each) and str(comparable(each)) for each in error.args[:1]))


def _denied(answer: Answer) -> bool:
    return any(each.decided is False for each in answer.conditions)


def likely(found: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """What may happen, without what stands under a condition that does not hold."""
    return tuple(each for each in found if not _denied(each))


# --- what the code meets -----------------------------------------------------


def _meets(stage: Stage, visitor: Visitor, called: Value, given: Arguments) -> Value | None:
    """What calls outside the tree come to."""
    if stage.meets is not None:
        own = stage.meets(visitor, called, given)
        if own is not None:
            return own
    args = given[0]
    name = dotted(called)
    if name == "<request>.body.toString":
        return visitor.parts.get("body")
    if name.startswith("<request>."):
        asked = _asked(name.rpartition(".")[2], visitor)
        done = next((e for e in args if isinstance(e, CALLABLE)), None)
        if asked is UNKNOWN and done is not None:
            stage.codebase.evaluator.call(done, (NONE,))  # `req.logIn(user, done)`
        return asked
    last = name.rpartition(".")[2]
    if name == "JSON.parse" and args and args[0] is visitor.parts.get("body"):
        return args[0]
    if last == "isHttpError" and name.startswith(HTTP_ERRORS) and isinstance(args[0], Instance):
        return Const(_is_http_error(args[0]))
    if name.startswith("passport.authenticate") and last == "__call__":
        return _passport(stage, visitor, called)
    if VALIDATING.fullmatch(name):
        return _checked(visitor, last)
    if TRANSFORMING.fullmatch(name) and len(args) > 1:
        found = list(_sent(visitor, args[0], args[1]))
        visitor.taken += found
        return args[1] if found else None
    if last in PARSING:
        parsed = _parsed(visitor, called, last, args)
        if parsed is not None:
            return parsed
    if name.endswith("validationResult") or last in ("isEmpty", "array", "mapped", "throw"):
        return _collected(visitor, name, last)
    if visitor.linked is not None and (row := visitor.linked.found(name, CALLER_KEY)) is not None:
        callback = next((each for each in args if isinstance(each, CALLABLE)), None)
        return row if callback is None else stage.codebase.evaluator.call(callback, (NONE, row))
    if last in VERIFYING and visitor.anonymous:
        return _refuted(stage, args)
    if last in DECODING and visitor.user is not None:
        return _claimed(stage, visitor.user, args)
    if not name.startswith(("<", "console", "Promise", "passport.authenticate")):
        for each in args:
            if isinstance(each, CALLABLE):
                names, each_of = _parameters(each), last in ITERATING
                unknown = tuple(
                    NONE if ERROR.match(name) and not each_of else UNKNOWN for name in names
                )
                stage.codebase.evaluator.call(each, unknown)
    return None


def _parsed(visitor: Visitor, called: Value, word: str, args: tuple[Value, ...]) -> Value | None:
    """`schema.parse(req.body)`: noted, and what comes of it."""
    schema = called.receiver if isinstance(called, BoundExternal) else None
    given, *rest = args or (None,)
    if schema is None or (isinstance(schema, External) and len(args) > 1):
        schema, given, *rest = args if len(args) > 1 else (None, None)
        if any(given is None or args[0] is each for each in visitor.parts.values()):
            schema, given = given, schema
        if isinstance(schema, DictValue):
            schema = Instance(External(f"{dotted(called).rpartition('.')[0]}.compile"), (schema,))
    if schema is None or given is None:
        return None
    if rest and isinstance(rest[0], DictValue) and "joi" in dotted(schema).lower():
        schema = Instance(BoundExternal(schema, "options"), (rest[0],))
    found = list(_sent(visitor, schema, given))
    if not found:
        return None
    visitor.taken += found
    return _outcome(visitor, word, given, _invalid(schema))


def _checked(visitor: Visitor, word: str) -> Value:
    """What class-validator finds wrong with an object: a list, or a promise that is rejected with one."""
    wrong = ListValue([Instance(External("class-validator.ValidationError"))])
    if word == "validateOrReject":
        if visitor.invalid:
            raise Thrown(wrong)
        return NONE
    if visitor.invalid:
        return wrong
    return UNKNOWN if visitor.unfit is None else ListValue([])


def _sent(visitor: Visitor, schema: Value, given: Value) -> list[Taken]:
    """The parts of the request that a value is or holds."""
    for location, part in visitor.parts.items():
        if given is part:
            return [Taken(location, schema, place=getattr(schema, "place", None))]
    if isinstance(given, DictValue):
        held = [(comparable(key), value) for key, value in given.items]
        spread = [name for name, part in visitor.parts.items() if part in given.spreads]
        if spread:
            names = tuple(str(key[0]) for key, _ in held if key is not None)
            place = getattr(schema, "place", None)
            return [Taken(each, schema, place=place, without=names) for each in spread[:1]]
        return [
            Taken(location, schema, str(key[0]), getattr(schema, "place", None))
            for key, value in held
            for location, part in visitor.parts.items()
            if key is not None and (value is part or (location == key[0] and given.open))
        ]
    return []


def _invalid(schema: Value) -> Instance:
    """The error by which a schema refuses."""
    package = dotted(schema).partition(".")[0]
    name = ERRORS.get(package, "Error")
    return Instance(External(f"{package}.{name}"), (), (), None, {"name": Const(name)})


def _outcome(visitor: Visitor, word: str, given: Value, error: Instance) -> Value:
    """What a validation gives: the value, or an object that tells how it went."""
    if word in ("safeParse", "safeParseAsync", "validate", "isValid", "Check"):
        if word in ("isValid", "Check"):
            return _passing(visitor)
        fits = UNKNOWN if visitor.unfit is None else NONE
        wrong: Value = error if visitor.invalid else fits
        right = _passing(visitor)
        items: list[tuple[Value, Value]] = [
            (Const("success"), right),
            (Const("error"), wrong),
            (Const("data"), given),
            (Const("value"), given),
        ]
        return DictValue(items, None, True)
    if visitor.invalid:
        raise Thrown(error)
    return given


def _passing(visitor: Visitor) -> Value:
    """Whether what was sent is valid."""
    if visitor.invalid:
        return NO
    return UNKNOWN if visitor.unfit is None else Const(True)


def _collected(visitor: Visitor, name: str, word: str) -> Value | None:
    """express-validator's `validationResult(req).isEmpty()`."""
    if name.endswith("validationResult"):
        visitor.collected = True
        return Instance(External("<validated>"), symbolic=True)
    if not name.startswith("<validated>"):
        return None
    if word == "isEmpty":
        return _passing(visitor)
    if word == "throw" and visitor.invalid:
        raise Thrown(Instance(External("<invalid>")))
    return UNKNOWN


def _parameters(value: Value) -> tuple[str, ...]:
    if isinstance(value, Partial):
        return ()
    function = value.function if isinstance(value, BoundMethod) else value
    if not isinstance(function, FunctionValue):
        return ()
    names = tuple(each.name for each in function.node.parameters)
    return names[1:] if isinstance(value, BoundMethod) else names


def _asked(name: str, visitor: Visitor) -> Value | None:
    if name in ("accepts", "is", "login", "logIn"):
        return UNKNOWN
    if not visitor.anonymous:
        return UNKNOWN
    if name == "jwtVerify":
        raise Thrown(Instance(External("@fastify/jwt.AuthorizationError")))
    return Const(name == "isUnauthenticated") if name.startswith("is") else NONE


def _passport(stage: Stage, visitor: Visitor, called: Value) -> Value | None:
    """`passport.authenticate(strategy, options, callback)(request, reply, next)`."""
    made = called.receiver if isinstance(called, BoundExternal) else called
    callbacks = (
        [e for e in made.args if isinstance(e, CALLABLE)] if isinstance(made, Instance) else []
    )
    visitor.signing.append(made)
    if callbacks and (visitor.anonymous or visitor.invalid):
        message = Instance(External("Error"), (Const("No auth token"),))
        return stage.codebase.evaluator.call(callbacks[0], (NONE, NO, message))
    if callbacks:
        user = visitor.user or UNKNOWN
        return stage.codebase.evaluator.call(callbacks[0], (NONE, user, NONE))
    if visitor.anonymous:
        raise Thrown(Instance(External("passport.AuthenticationError")))
    return None


def _refuted(stage: Stage, args: tuple[Value, ...]) -> Value:
    """A credential that nobody has shown is refused: by an error, or a callback that gets one."""
    error = Instance(External("jsonwebtoken.JsonWebTokenError"))
    callback = next((each for each in args if isinstance(each, CALLABLE)), None)
    if callback is None:
        raise Thrown(error)
    return stage.codebase.evaluator.call(callback, (error, NONE))


def _claimed(stage: Stage, user: Value, args: tuple[Value, ...]) -> Value:
    """What the caller's own token says of them; a callback gets it after the error."""
    callback = next((each for each in args if isinstance(each, CALLABLE)), None)
    return user if callback is None else stage.codebase.evaluator.call(callback, (NONE, user))


def dotted(value: Value | None) -> str:
    """The name by which something from outside the tree is called: `jsonwebtoken.verify`."""
    match value:
        case External(name=name):
            return name
        case BoundExternal(receiver=receiver, name=name):
            return f"{dotted(receiver)}.{name}"
        case Instance(of=of):
            return dotted(of)
    return ""


# --- what it did -------------------------------------------------------------


def _told(stage: Stage, event: Event, reply: Instance) -> list[Answer]:
    """What one event says: an answer, a step on, an error."""
    if event.receiver is NEXT:
        return [_passed(event)]
    if event.receiver is THROWN:
        return [
            Answer("error", error=event.args[0], conditions=event.conditions, place=event.place)
        ]
    status, is_reply = _chain(event.receiver, reply)
    if not is_reply:
        return []
    if stage.sends_errors and event.name == "send" and _is_error(stage, event.args):
        return [_passed(event)]
    if event.name in FINAL:
        return [_final(event, status)]
    worded_status = worded(event.name)
    if worded_status is not None and event.name not in CODES:
        body = event.args[0] if event.args else None
        return [Answer("answer", worded_status, body, None, event.conditions, event.place)]
    return []


def _is_error(stage: Stage, args: tuple[Value, ...]) -> bool:
    sent = args[0] if args else None
    if not isinstance(sent, Instance):
        return False
    return dotted(sent).endswith("Error") or stage.codebase.is_a(sent.of, "Error")


def _passed(event: Event) -> Answer:
    error = event.args[0] if event.args else NONE
    known = comparable(error)
    if known is not None and known[0] in (None, "route", "router"):
        return Answer("pass", conditions=event.conditions, place=event.place)
    return Answer("error", error=error, conditions=event.conditions, place=event.place)


def _final(event: Event, status: int | None) -> Answer:
    body = event.args[0] if event.args else None
    if event.name == "sendStatus":
        status, body = number(body), None
    elif event.name == "redirect":
        first = number(body)
        status = first if first is not None else 302
        body = None
    elif event.name in ("json", "jsonp", "send") and len(event.args) == 2:
        status, body = number(event.args[0]), event.args[1]
    media = "application/json" if event.name in ("json", "jsonp", "send") else "text/html"
    return Answer("answer", status, body, None, event.conditions, event.place, media)


def _chain(receiver: Value, reply: Instance) -> tuple[int | None, bool]:
    """The status that a reply has so far, and whether it is the reply at all."""
    said: Value | None = None
    while isinstance(receiver, Instance) and isinstance(receiver.of, BoundExternal):
        if receiver.of.name in CODES and receiver.args and said is None:
            said = receiver.args[0]
        receiver = receiver.of.receiver
    if receiver is not reply:
        return None, False
    if said is None:
        said = reply.fields.get("statusCode")
    return (200 if said is None else number(said)), True


def status_of_error(stage: Stage, error: Value | None) -> int | None:
    """The status that an error carries: its `status` or `statusCode`, or what its class is known for."""
    if not isinstance(error, Instance):
        return None
    for name in ("statusCode", "status", "httpStatus", "code", "statusCodeValue"):
        if isinstance(error.of, External) and name not in error.fields:
            continue
        found = stage.codebase.evaluator.attribute(error, name)
        known = number(found)
        if known is not None and 100 <= known < 600:
            return known
    own = stage.errors(error)
    if own is not None:
        return own
    named = re.search(r"_([45]\d\d)$", getattr(error.of, "name", ""))
    if named:
        return int(named[1])
    name = dotted(error.of)
    package = name.partition(".")[0]
    maker = error.of.receiver if isinstance(error.of, BoundExternal) else None
    if package == "@fastify/error" and isinstance(maker, Instance) and len(maker.args) > 2:
        return number(maker.args[2])
    if package in HTTP_ERRORS or name.endswith("httpErrors"):
        first = number(error.args[0]) if error.args else None
        return first or worded(name.rpartition(".")[2])
    return None
