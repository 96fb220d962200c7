"""What a caller must be: functions in front of a handler, tried out with callers of every role that they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from comfrey.languages.javascript.generated import enumeration
from comfrey.model.endpoint import Requirement
from comfrey.model.origin import Origin, Refusal
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.comparing import comparable
from comfrey.source.node import Attribute, FunctionDef, Name, walk
from comfrey.source.scope import Deferred, Scope
from comfrey.source.value import (
    BoundMethod,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    Value,
)
from comfrey.stacks.admission.linked import Linked, chains, members, relations
from comfrey.stacks.admission.looking import functions_of, texts_of
from comfrey.stacks.admission.passage import CALLER_KEY, answered, likely, passage
from comfrey.stacks.admission.visits import Answer, Stage, Visitor

FIELD = re.compile(
    r"\b(?:user|account|member|caller|currentUser|auth|principal|admin|decoded|payload|claims)(?:[\"']\])?\s*(?:\?\.|!?\.)\s*(\w*(?:role|type|admin|permission|level|rank|staff|scope)\w*)",
    re.IGNORECASE,
)
TAKEN = re.compile(
    r"\{[^{}=]*?\b(\w*(?:role|type|admin|permission|level|rank|staff|scope)\w*)\b[^{}=]*\}"
    r"\s*=\s*(?:await\s+)?[\w.\[\"']*(?:user|account|caller|auth|decoded|payload|claims)\b",
    re.IGNORECASE,
)
"""The same, taken out of the caller: `const { role } = request.user`."""
MEMBER = re.compile(r"\.(\w*(?:Role|Admin|Permission|Type|Level|Rank|Staff|Scope)\w*)\b(?!\s*\()")
KEYED = re.compile(r"\"(\w*(?:role|admin|permission|level|scope)\w*)\"", re.IGNORECASE)
"""Members and keys of a caller that may decide what they may do."""
HELD = re.compile(
    r"\breq(?:uest)?\s*(?:\?\.|!?\.)\s*(?!(?:user|body|query|params|headers|cookies|session)\b)(\w+)\s*(?:\?\.|!?\.)\s*"
    r"(\w*(?:role|admin|permission|level|rank|staff|scope)\w*)\b(?!\s*\()",
    re.IGNORECASE,
)
"""The same, with the member of the request under which an earlier function has left what it knows of the caller."""
USER = "user"
FLAG = re.compile(r"^is[A-Z]|^(?:admin|staff)$")
OTHER = Const("<another>")
MAX_ROLES = 12
NOBODY = "nobody in particular"
"""A role that no code names: whoever lets it by asks for none."""


class Asked(Protocol):
    """A route as far as it matters here."""

    @property
    def path(self) -> str: ...

    @property
    def method(self) -> str: ...


def required(function: Value, route: Asked, stage: Stage) -> Iterator[Requirement]:
    """One requirement per field of the caller that decides whether the function lets by."""
    inner = _function(function)
    if inner is None:
        return
    if stage.passes is not None:
        yield from _of_fields(function, inner, route, stage)
        return
    text = "".join((*_texts(inner), *texts_of(function, stage.codebase)))
    for holder, name in dict.fromkeys((*((USER, e) for e in _fields(text)), *HELD.findall(text))):
        if FLAG.search(name):
            yield from _flagged(function, name, route, stage, holder)
        else:
            tried = partial(_holding, function, name, route, stage, holder)
            yield from _by_role(inner, name, tried, route, stage)
    for relation in (*relations(text), *chains(text)):
        for member in (each for each in members(text) if each not in relation.split(".")):
            tried = partial(_linked_to, function, relation, member, route, stage)
            found = list(_by_role(inner, f"{relation}.{member}", tried, route, stage))
            yield from found
            if found:
                return
    yield from _of_words(function, inner, text, route, stage)


def _fields(text: str) -> list[str]:
    return [*FIELD.findall(text), *TAKEN.findall(text)]


def _of_words(
    function: Value, inner: FunctionValue, text: str, route: Asked, stage: Stage
) -> Iterator[Requirement]:
    """Where a row that is looked up holds the words themselves: `user.roles.includes("admin")`."""
    for name in relations(text):
        tried = partial(_linked_to, function, name, "", route, stage)
        yield from _by_role(inner, name, tried, route, stage)


def _holding(
    function: Value, name: str, route: Asked, stage: Stage, holder: str, role: str
) -> tuple[Answer, ...]:
    return _tried(function, name, Const(role), route, stage, holder=holder)


def _linked_to(
    function: Value, relation: str, member: str, route: Asked, stage: Stage, role: str
) -> tuple[Answer, ...]:
    """What becomes of a caller whose row is linked to the row of a role."""
    linked = Linked(relation, member, role)
    parameters = tuple(re.findall(r"\{(\w+)\}", route.path))
    row = linked.row(CALLER_KEY)
    visitor = Visitor(False, row, route.path, route.method, parameters, linked=linked)
    return tuple(answered(stage, each) for each in likely(passage(stage, function, visitor)))


def kept(function: Value, route: Asked, stage: Stage) -> Iterator[Refusal]:
    """The refusal of a caller whom the path does not name; callers of some roles may be spared."""
    inner = _function(function)
    parameters = re.findall(r"\{(\w+)\}", route.path)
    if inner is None or len(parameters) != 1:
        return
    text = "".join(_texts(inner))
    if "params" not in text or "user" not in text.lower():
        return
    name = next((each for each in _fields(text) if not FLAG.search(each)), "role")
    spared, refusal = [], None
    for role in (NOBODY, *_roles(inner, route, stage)):
        own = _tried(function, name, Const(role), route, stage, CALLER_KEY)
        if not own or not all(each.kind == "pass" for each in own):
            continue
        other = _tried(function, name, Const(role), route, stage, OTHER)
        refused = next((each for each in other if each.status in (401, 403, 404)), None)
        if other and all(each.kind == "pass" for each in other):
            if role == NOBODY:
                return
            spared.append(role)
        elif refused is not None and not any(each.kind == "pass" for each in other):
            refusal = refused
    if refusal is not None:
        yield Refusal(
            status=refusal.status or 403,
            condition="owner",
            origin=Origin(kind="path", name=parameters[0]),
            unless=tuple((name, "eq", each) for each in spared),
            place=_place(refusal, inner),
        )


def _roles(inner: FunctionValue, route: Asked, stage: Stage) -> list[str]:
    """What may be a role by the words of the function and of those that it calls: first what the route itself
    names, then the function's own."""
    asked, own = getattr(route, "words", ()), set(_words(inner, stage.codebase))
    around = functions_of(inner, stage.codebase)
    named = own.union(*(_words(each, stage.codebase) for each in around))
    roles = sorted({*asked, *named}, key=lambda each: (each not in asked, each not in own, each))
    return roles[:MAX_ROLES]


def _of_fields(
    function: Value, inner: FunctionValue, route: Asked, stage: Stage
) -> Iterator[Requirement]:
    """Where a function may let by under conditions that say nothing of the caller: what counts is who gets by that
    a caller of no role does not."""
    texts = "\n".join(texts_of(function, stage.codebase))
    candidates: list[str] | None = None
    seen: set[str] = set()
    for name in dict.fromkeys(MEMBER.findall(texts) + KEYED.findall(texts)):
        field = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        if field in seen:
            continue
        seen.add(field)
        flag = FLAG.search(name[:1].lower() + name[1:])
        without = _tried(function, field, Const(False if flag else NOBODY), route, stage)
        refused = sorted(
            (e for e in without if e.status in (401, 403)), key=lambda e: -(e.status or 0)
        )
        if not refused or any(each.kind == "pass" for each in without):
            continue
        if candidates is None:
            candidates = _candidates(function, inner, route, stage)
        roles: list[str | bool] = [True] if flag else [*candidates]
        allowed = [
            role
            for role in roles
            if any(e.kind == "pass" for e in _tried(function, field, Const(role), route, stage))
        ]
        if allowed:
            place, status = _place(refused[0], inner), refused[0].status or 403
            named = tuple(str(each) for each in allowed)
            value = allowed[0] if len(allowed) == 1 else named
            operator = "eq" if len(allowed) == 1 else "in"
            yield Requirement(
                field=field, operator=operator, value=value, status=status, place=place
            )


def _candidates(function: Value, inner: FunctionValue, route: Asked, stage: Stage) -> list[str]:
    """Texts that may be roles, also those that constants of other packages stand for."""
    asked = getattr(route, "words", ())
    found = {*asked, *_words(inner, stage.codebase), *_constants(function, stage.codebase)}
    return sorted(found, key=lambda each: (each not in asked, each))[: 2 * MAX_ROLES]


def _constants(function: Value, codebase: Codebase) -> Iterator[str]:
    for each in functions_of(function, codebase):
        node = each.node
        for part in node.body.statements if isinstance(node, FunctionDef) else ():
            for inner in walk(part):
                if isinstance(inner, Attribute | Name):
                    known = comparable(codebase.value(inner, each.scope))
                    if known and isinstance(known[0], str) and 1 < len(known[0]) <= 30:
                        yield known[0]


def _by_role(
    inner: FunctionValue,
    name: str,
    tried: Callable[[str], tuple[Answer, ...]],
    route: Asked,
    stage: Stage,
) -> Iterator[Requirement]:
    allowed: list[str] = []
    refusal: Answer | None = None
    nobody = tried(NOBODY)
    if nobody and all(each.kind == "pass" for each in nobody):
        return
    open_to_all = any(each.kind == "pass" for each in nobody)
    for role in (*_roles(inner, route, stage), NOBODY):
        found = nobody if role == NOBODY else tried(role)
        refused = [each for each in found if each.status in (401, 403) or is_put_off(each)]
        passed = [each for each in found if each.kind == "pass"]
        # Where nobody in particular gets by for certain, whoever may get by is asked for something.
        if passed and (len(passed) == len(found) or not open_to_all):
            allowed.append(role)
        elif refused and not passed:
            refusal = max(refused, key=lambda each: each.status or 0)
    if refusal is None or not allowed:
        return
    value = allowed[0] if len(allowed) == 1 else tuple(allowed)
    operator = "eq" if len(allowed) == 1 else "in"
    place = _place(refusal, inner)
    status = 403 if is_put_off(refusal) else refusal.status or 403
    yield Requirement(field=name, operator=operator, value=value, status=status, place=place)


def is_put_off(answer: Answer) -> bool:
    """Whether a caller is let no further by a plain answer in JSON, whose status nobody chose: `return res.json(…)`."""
    plain = answer.kind == "answer" and answer.status in (None, 200)
    return plain and answer.media == "application/json" and answer.body is not None


def _flagged(
    function: Value, name: str, route: Asked, stage: Stage, holder: str
) -> Iterator[Requirement]:
    without = _tried(function, name, Const(False), route, stage, holder=holder)
    given = _tried(function, name, Const(True), route, stage, holder=holder)
    refused = next((each for each in without if each.status in (401, 403)), None)
    passed = any(each.kind == "pass" for each in given) and not any(
        each.kind == "pass" for each in without
    )
    if refused is not None and passed:
        place = _place(refused, _function(function))
        yield Requirement(field=name, value=True, status=refused.status or 403, place=place)


def _place(answer: Answer, function: FunctionValue | None) -> Place | None:
    return answer.place or (function.place if function is not None else None)


def _tried(
    function: Value,
    name: str,
    value: Value,
    route: Asked,
    stage: Stage,
    named: Value | None = None,
    holder: str = USER,
) -> tuple[Answer, ...]:
    parameters = tuple(re.findall(r"\{(\w+)\}", route.path))
    user = DictValue(
        [(Const("id"), CALLER_KEY), (Const("_id"), CALLER_KEY), (Const(name), value)], None, True
    )
    visitor = Visitor(False, user, route.path, route.method, parameters, named=named, holder=holder)
    return tuple(answered(stage, each) for each in likely(passage(stage, function, visitor)))


def _function(value: Value) -> FunctionValue | None:
    match value:
        case FunctionValue():
            return value
        case BoundMethod(function=function):
            return function
        case Partial(function=function):
            return _function(function)
    return None


def _texts(function: FunctionValue) -> Iterator[str]:
    """The function's text, and of what stands beside it and is called by name."""
    yield function.node.text
    for _, value in _mentioned(function):
        if isinstance(value, FunctionValue) and value.node is not function.node:
            yield value.node.text


def _mentioned(function: FunctionValue) -> Iterator[tuple[str, Value]]:
    """The names that a function uses, and what they stand for around it."""
    node = function.node
    body = node.body.statements if isinstance(node, FunctionDef) else (node.body,)
    names = {e.name for part in body for e in walk(part) if isinstance(e, Name)}
    names |= set(re.findall(r"\b[A-Za-z_]\w*\b", node.text))
    scope: Scope | None = function.scope
    while scope is not None:
        for name in sorted(names & set(scope.names)):
            value = scope.names[name]
            forced = value.force() if isinstance(value, Deferred) else value
            if forced is not None:
                yield name, forced
        scope = scope.parent


def _words(function: FunctionValue, codebase: Codebase, depth: int = 0) -> Iterator[str]:
    """Texts that may be roles: what the function compares with, and what the tables that it uses hold."""
    if depth > 2:
        return
    yield from (
        a or b for a, b in re.findall(r"\"([\w:-]{2,30})\"|'([\w:-]{2,30})'", function.node.text)
    )
    for _, value in _mentioned(function):
        if isinstance(value, FunctionValue):
            if value.node is not function.node:
                yield from _words(value, codebase, depth + 1)
        else:
            yield from _held(value, codebase)


def _held(value: Value, codebase: Codebase, depth: int = 0) -> Iterator[str]:
    if depth > 2:
        return
    match value:
        case Const(value=str() as text) if 1 < len(text) <= 30:
            yield text
        case ListValue(items=items):
            for each in items:
                yield from _held(each, codebase, depth + 1)
        case DictValue(items=pairs):
            for key, each in pairs:
                known = comparable(key)
                yield from [known[0]] if known and isinstance(known[0], str) else []
                yield from _held(each, codebase, depth + 1)
        case External():
            held = enumeration(codebase.evaluator, value)
            yield from _held(held, codebase, depth) if held is not None else ()
        case (
            Instance(fields={"<items>": ListValue() as inner})
            | Instance(args=(ListValue() as inner,))
        ):
            yield from _held(inner, codebase, depth)
