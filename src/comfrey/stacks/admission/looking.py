"""Where functions look for a credential: headers, cookies, the session, what an earlier function found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef
from comfrey.source.study import Study
from comfrey.source.value import BoundMethod, FunctionValue, Partial, Value

MAX_DEPTH = 4
WORDS = {"bearer": "Bearer", "basic": "Basic", "token": "Token"}
FASTIFY = re.compile(r"jwtVerify\s*(?:<[^()]*>\s*)?\(")
"""`request.jwtVerify()` of @fastify/jwt: a bearer token."""
READS = (
    (
        re.compile(
            r"headers\s*(?:\?\.|\.)\s*authorization|[\"']authorization[\"']"
            r"|\{[^{}=]*\bauthorization\b[^{}=]*\}\s*=\s*[\w.]*headers\b",
            re.I,
        ),
        "header:Authorization",
    ),
    (re.compile(r"headers\s*(?:\?\.)?\[\s*[\"']([\w-]+)[\"']\s*\]"), "header:"),
    (
        re.compile(
            r"(?<!onfig)(?<!onfigService)(?<!onfigService!)\.(?:get|header)\(\s*[\"']([\w-]+)[\"']\s*\)"
        ),
        "header:",
    ),
    (
        re.compile(
            r"[cC]ookies\s*(?:\?\.|\.)\s*(\w+)|[cC]ookies\s*(?:\?\.)?\[\s*[\"']([\w.-]+)[\"']"
            r"|\{\s*(\w+)\s*(?::\s*\w+\s*)?\}\s*=\s*[\w.]*[cC]ookies\b"
        ),
        "cookie:",
    ),
    (FASTIFY, "header:Authorization"),
    (re.compile(r"\.session\b|isAuthenticated\(|isUnauthenticated\("), "cookie:connect.sid"),
    (
        re.compile(
            r"\breq(?:uest)?\s*(?:\?\.|\.)\s*(?:user|auth|currentUser|userId)\b|\blocals\s*\.\s*\w*(?:user|auth)\w*",
            re.I,
        ),
        "caller",
    ),
)
PREFIX = re.compile(
    r"(?:(?<!\w:)[\"'`^]|(?<![\w.-])/)(Bearer|Token|JWT|Basic|ApiKey|Api-Key)\b(?![-/.]|\s*=|\s+(?:in|is|like)\s)",
    re.I,
)
"""The word before a credential; not the column of a condition, `"token = ?"`, nor a member's name, `json:"token"`."""

SPLIT = re.compile(
    r"""\.split\(\s*(?:" "|' '|` `)\s*\)\s*\[\s*1\s*\]"""
    r"""|\[\s*\w*\s*,\s*\w+\s*\]\s*=[^;\n]*\.split\(\s*(?:" "|' '|` `)"""
    r"""|\bstrings\.(?:SplitN?\([^;\n]{1,80}?,\s*" "|Fields\()"""
)
"""Takes what stands behind a scheme's word, whichever it is."""


def named_in(text: str) -> Iterator[tuple[str, str]]:
    """(carrier, prefix) of every place where a text looks for a credential; the carrier is `caller` where it looks
    at what an earlier function found."""
    for pattern, carrier in READS:
        match = pattern.search(text)
        if match is None:
            continue
        named = next((group for group in match.groups() if group), "")
        if carrier.endswith(":"):
            if named.lower() in ("authorization", "content-type", "host", "user-agent"):
                continue
            carrier += named
        prefix = PREFIX.search(text) if carrier == "header:Authorization" else None
        if pattern is FASTIFY:
            yield carrier, "Bearer"
            continue
        yield carrier, WORDS.get(prefix[1].lower(), prefix[1]) if prefix else ""


def texts_of(function: Value, codebase: Codebase) -> Iterator[str]:
    """The texts of a function and of those of the tree that it calls, nearest first."""
    for each in functions_of(function, codebase):
        yield each.node.text


def functions_of(function: Value, codebase: Codebase) -> Iterator[FunctionValue]:
    """A function and those of the tree that it calls, nearest first."""
    value = function_of(function)
    if value is None:
        return
    waiting = [(value, 0)]
    seen: set[int] = set()
    while waiting:
        each, depth = waiting.pop(0)
        if id(each.node) in seen:
            continue
        seen.add(id(each.node))
        yield each
        outer = each.scope
        for inner in outer.names.values() if outer.kind == "function" else ():
            if isinstance(inner, FunctionValue) and inner.name in each.node.text:
                waiting.append((inner, depth + 1))
        if depth < MAX_DEPTH and isinstance(each.node, FunctionDef):
            waiting += [(callee, depth + 1) for callee in _called(each, codebase)]


def _called(function: FunctionValue, codebase: Codebase) -> tuple[FunctionValue, ...]:
    """The functions of the tree that one calls itself: looked up once, a guard stands before many routes."""
    known = _callees.setdefault(codebase, {})
    if function not in known:
        study = Study(codebase, function)
        callees = (study.callee(call) for call in study.calls())
        inner = (each.function if isinstance(each, BoundMethod) else each for each in callees)
        known[function] = tuple(each for each in inner if isinstance(each, FunctionValue))
    return known[function]


_callees: WeakKeyDictionary[Codebase, dict[FunctionValue, tuple[FunctionValue, ...]]] = (
    WeakKeyDictionary()
)


def prefix_in(function: Value, codebase: Codebase) -> str:
    """The scheme that a function, or what it calls, takes off the `Authorization` header; what stands beside the
    functions in their files comes last."""
    for text in texts_of(function, codebase):
        found = PREFIX.search(text)
        if found:
            return WORDS.get(found[1].lower(), found[1])
    inner = function_of(function)
    found = PREFIX.search(codebase.tree.string(inner.place.file)) if inner is not None else None
    return WORDS.get(found[1].lower(), found[1]) if found else ""


def is_wordless(function: Value, codebase: Codebase) -> bool:
    """Whether a function, or what it asks for the header, takes the token from behind any word."""
    inner = function_of(function)
    own = inner is not None and SPLIT.search(inner.node.text) is not None
    return own or any("uthorization" in e and SPLIT.search(e) for e in texts_of(function, codebase))


CHECKS = re.compile(
    r"\b(?:verify\w*|jwt\w*|decode\w*|authenticate|getUser\w*|findUnique|findOne\w*)\("
)


def checks(function: Value, codebase: Codebase) -> bool:
    """Whether a function, or what it calls, checks a credential."""
    return any(CHECKS.search(text) for text in texts_of(function, codebase))


def function_of(value: Value) -> FunctionValue | None:
    match value:
        case FunctionValue():
            return value
        case BoundMethod(function=function):
            return function
        case Partial(function=function):
            return function_of(function)
    return None
