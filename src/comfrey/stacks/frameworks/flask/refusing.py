"""How Flask's code answers by itself: `abort(404)`, `return {...}, 404`, `raise NotFound()`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    Expression,
    FunctionDef,
    Lambda,
    Name,
    Raise,
    Return,
    Statement,
    TupleOf,
    walk,
)
from comfrey.source.study import Study
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.frameworks.flask.facts import data, known, outside
from comfrey.stacks.statuses import number

NAMES = {
    "BadRequest": 400,
    "BadRequestKeyError": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "NotAcceptable": 406,
    "RequestTimeout": 408,
    "Conflict": 409,
    "Gone": 410,
    "PreconditionFailed": 412,
    "RequestEntityTooLarge": 413,
    "UnsupportedMediaType": 415,
    "UnprocessableEntity": 422,
    "Locked": 423,
    "TooManyRequests": 429,
    "InternalServerError": 500,
    "NotImplemented": 501,
    "BadGateway": 502,
    "ServiceUnavailable": 503,
    "GatewayTimeout": 504,
}
"""Werkzeug's exceptions (https://werkzeug.palletsprojects.com/exceptions/)."""
HTTP_ERRORS = ("werkzeug.exceptions.", "flask_restx.errors", "apiflask.", "flask_smorest.")
MEMBERS = ("code", "status_code", "http_status", "status")
HELPERS = 3
"""How many helpers of the tree an answer may go through."""


def abort_status(value: Value, codebase: Codebase) -> int | None:
    """The status of a call that ends the request: `abort(404)`, `ns.abort(404)`."""
    if not isinstance(value, Instance):
        return None
    name = called(value, codebase)
    if not name or known(data()["aborts"], name) is None:
        return None
    first = value.args[0] if value.args else value.kwarg("code")
    return number(first) or 500


def called(value: Instance, codebase: Codebase) -> str:
    """The dotted name of what a call outside the tree called."""
    of = value.of
    receiver = getattr(of, "receiver", None)
    if isinstance(receiver, Instance):
        return f"{outside(receiver, codebase)}.{getattr(of, 'name', '')}"
    return of.name if isinstance(of, External) else ""


def error_status(value: Value, codebase: Codebase, rescued: dict[str, int]) -> int | None:
    """The status of a raised value; None for an error that nothing is known to answer."""
    made = value.of if isinstance(value, Instance) else value
    names = codebase.ancestry(made)
    for name in names:
        if name in rescued:
            return rescued[name]
    instance = value if isinstance(value, Instance) else None
    if isinstance(made, External):
        if made.last in ("HTTPException", "HTTPError", "APIException"):
            return number(instance.argument(0, "status_code")) if instance else None
        return NAMES.get(made.last) if made.name.startswith("werkzeug.") else None
    if isinstance(made, ClassValue) and any(name.startswith(HTTP_ERRORS) for name in names):
        for word in MEMBERS:
            member = codebase.member(made, word)
            if member is not None and (status := number(member.value)):
                return status
        return next(
            (NAMES[n.rpartition(".")[2]] for n in names if n.rpartition(".")[2] in NAMES), None
        )
    return number(value)


def answered_status(value: Value) -> int | None:
    """The status of a returned value: `(body, 404)`, `make_response(body, 404)`, `Response(…, 404)`."""
    match value:
        case ListValue(kind="tuple", items=[_, second, *_]):
            return number(second)
        case Instance(of=External(name=name)) if name.endswith(("make_response", "Response")):
            return number(value.argument(1, "status"))
        case Instance(of=External(name=name)) if name.endswith(".redirect"):
            return number(value.argument(1, "code")) or 302
    return None


def refused_status(statements: Iterable[Statement], study: Study) -> int | None:
    """The status with which a block of code refuses, when that is the first thing that it answers."""
    for status, _ in answers(statements, study):
        return status if status >= 400 else None
    return None


def answers(statements: Iterable[Statement], study: Study) -> Iterator[tuple[int, Statement]]:
    """(status, statement) of everything by which the code answers, in order; nested functions left out."""
    for statement in statements:
        for node in walk(statement):
            match node:
                case Return(value=value) if value is not None:
                    yield _returned(value, study), node
                case Raise(value=value) if value is not None:
                    status = error_status(study.value(value), study.codebase, {})
                    if status is not None:
                        yield status, node
                case Call():
                    status = abort_status(study.value(node), study.codebase)
                    if status is not None:
                        yield status, statement


def _returned(value: Expression, study: Study) -> int:
    return told_status(value, study) or 200


def told_status(value: Expression, study: Study, depth: int = 0) -> int | None:
    """The one status that a returned expression says: `(body, 404)`, `make_response(body, 404)`, a response whose
    `status_code` was set, or what a helper of the tree makes of its arguments (`error(404, "no such page")`)."""
    match value:
        case TupleOf(items=(_, second, *_)):
            return number(study.value(second))
        case Name(name=name):
            return _set_status(name, study, depth)
        case Call():
            found = answered_status(study.value(value))
            callee = study.callee(value) if found is None and depth < HELPERS else None
            if isinstance(callee, FunctionValue) and callee.node is not study.function.node:
                return _helped(value, callee, study, depth)
            return found
    return None


def _set_status(name: str, study: Study, depth: int) -> int | None:
    """What a local response was given: by `response.status_code = 201`, else as it was made."""
    found: set[int | None] = set()
    made: list[Expression] = []
    for node in study.walk():
        if not isinstance(node, Assign) or node.value is None:
            continue
        for target in node.targets:
            match target:
                case Attribute(of=Name(name=owner), name="status_code" | "status"):
                    found |= {number(study.value(node.value))} if owner == name else set()
                case Name(name=local) if local == name:
                    made.append(node.value)
    if not found and len(made) == 1 and not isinstance(made[0], Name):
        found = {told_status(made[0], study, depth)}
    return found.pop() if len(found) == 1 else None


def _helped(call: Call, function: FunctionValue, study: Study, depth: int) -> int | None:
    """The one status that a helper answers with, given these arguments."""
    if isinstance(function.node, Lambda):
        return None
    args = tuple(study.value(each.value) for each in call.arguments if not each.name)
    kwargs = tuple((each.name, study.value(each.value)) for each in call.arguments if each.name)
    inner = Study.of_call(study.codebase, function, None, (args, kwargs))
    ends = (e.value for e in inner.walk() if isinstance(e, Return) and e.value is not None)
    told = {told_status(each, inner, depth + 1) for each in ends}
    told.discard(None)
    return told.pop() if len(told) == 1 else None


def listed(codebase: Codebase) -> Iterator[tuple[ClassValue, int]]:
    """(exception, status) of the table that Flask-RESTful is told: `Api(app, errors={"TooLate": {"status": 410}})`."""
    told: dict[str, int] = {}
    for event in codebase.evaluator.events:
        table = event.kwarg("errors") if event.name == "__init__" else None
        for key, said in table.items if isinstance(table, DictValue) else ():
            status = number(said.get("status")) if isinstance(said, DictValue) else None
            name = text_of(key)
            if name and status is not None:
                told[name] = status
    for kind in codebase.classes(tuple(each.encode() for each in told)) if told else ():
        if kind.name in told:
            yield kind, told[kind.name]


def handled(codebase: Codebase) -> dict[str, int]:
    """What error handlers answer, by the exception's name or the status as text."""
    found = {kind.qualified: status for kind, status in listed(codebase)}
    for event in codebase.evaluator.events:
        kind = event.argument(0, "code_or_exception") or event.argument(0, "exception")
        if event.name in ("errorhandler", "app_errorhandler"):
            function = event.target
        elif event.name == "register_error_handler":
            function = event.argument(1, "f")
        else:
            continue
        status = handler_status(function, codebase)
        if status is not None and kind is not None:
            found.update(dict.fromkeys(_names(kind), status))
    return found


def _names(kind: Value) -> tuple[str, ...]:
    if isinstance(kind, ClassValue):
        return (kind.qualified,)
    if isinstance(kind, External):
        return (kind.name,)
    return (str(kind.value),) if isinstance(kind, Const) else ()


def handler_status(function: Value | None, codebase: Codebase) -> int | None:
    """The one constant status that an error handler answers with."""
    if not isinstance(function, FunctionValue) or not isinstance(function.node, FunctionDef):
        return None
    study = Study(codebase, function)
    found: set[int | None] = set()
    for node in study.walk():
        if isinstance(node, Return) and node.value is not None:
            found.add(told_status(node.value, study))
    return found.pop() if len(found) == 1 else None
