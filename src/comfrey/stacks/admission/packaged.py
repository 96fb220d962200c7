"""Guards that packages bring: what `about.toml` of the shelf's auth folders says of them, and passport's strategies."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from comfrey.languages.javascript.strings import pattern_of
from comfrey.model.endpoint import Guard
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.comparing import comparable
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks import shelf
from comfrey.stacks.admission.callers import Asked
from comfrey.stacks.admission.looking import named_in
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.requests import Strategy


@cache
def table(name: str, language: str = "javascript") -> dict[str, Any]:
    """One table of all auth folders of a language: `guards` by call, `strategies` by name."""
    found: dict[str, Any] = {}
    for folder in shelf.folders("auth"):
        if folder.about.language == language:
            found |= folder.about.data.get(name, {})
    return found


def packaged(function: Value, codebase: Codebase, route: Asked) -> Guard | None:
    """A guard that a package makes: express-jwt, passport."""
    name = dotted(function)
    if is_passport(function):
        return passport(function, codebase)
    if name.endswith(".unless") and isinstance(function, Instance):
        return _unless(function, codebase, route)
    known = table("guards", codebase.language.name).get(name.removesuffix(".__call__"))
    if known is None or not known["status"]:
        return None
    said = function.args[0] if isinstance(function, Instance) and function.args else None
    free = isinstance(said, DictValue) and plain(said.get("credentialsRequired")) is False
    place = function.place if isinstance(function, Instance) else None
    getter = said.get("getToken") if isinstance(said, DictValue) else None
    if isinstance(getter, FunctionValue):
        found = [each for each in named_in(getter.node.text) if each[0] != "caller"]
        if found:
            known = {**known, "carrier": found[0][0], "prefix": found[0][1]}
    return _known_guard(name, known, place, optional=free)


def _known_guard(name: str, known: dict[str, object], place: Place | None, optional: bool) -> Guard:
    status = known["status"]
    return Guard(
        scheme=str(known["scheme"]),
        name=name,
        optional=optional,
        carrier=str(known["carrier"]),
        prefix=str(known["prefix"]),
        status=status if isinstance(status, int) and not optional else None,
        stateless="claims" in known,
        place=place,
    )


def _unless(function: Instance, codebase: Codebase, route: Asked) -> Guard | None:
    """`guard.unless({ path: [...] })` lets those paths by."""
    assert isinstance(function.of, BoundExternal)
    said = function.args[0] if function.args else None
    listed = said.get("path") if isinstance(said, DictValue) else None
    for each in listed.items if isinstance(listed, ListValue) else [listed]:
        if each is not None and _excepts(each, route):
            return None
    return packaged(function.of.receiver, codebase, route)


def _excepts(value: Value, route: Asked) -> bool:
    if isinstance(value, DictValue):
        methods = plain(value.get("methods")) or plain(value.get("method")) or [route.method]
        allowed = [methods] if isinstance(methods, str) else methods
        url = value.get("url")
        return url is not None and route.method in allowed and _excepts(url, route)
    rule = pattern_of(value)
    if rule is not None:
        try:
            return re.search(rule[0], route.path) is not None
        except re.error:
            return False
    known = comparable(value)
    return known is not None and str(known[0]).rstrip("/") == route.path.rstrip("/")


def claims_of(function: Value, language: str) -> str:
    """The member of the request under which a package's guard puts what a token says (`req.auth`); "" for none."""
    name = dotted(function).removesuffix(".__call__")
    known = table("guards", language).get(name)
    word = str(known.get("claims", "")) if known else ""
    said = function.args[0] if word and isinstance(function, Instance) and function.args else None
    options = said if isinstance(said, DictValue) else DictValue([])
    named = (plain(options.get(each)) for each in PROPERTIES if options.get(each) is not None)
    return next((each for each in named if isinstance(each, str)), word)


PROPERTIES = ("requestProperty", "userProperty")
"""Options of express-jwt that name the member."""


def is_passport(function: Value) -> bool:
    """Whether it is what `passport.authenticate(…)` made."""
    return dotted(function).removesuffix(".__init__").endswith("passport.authenticate")


def names_of(function: Value) -> tuple[str, ...]:
    """The strategies that a `passport.authenticate(…)` names."""
    args = function.args if isinstance(function, Instance) else ()
    said = plain(args[0]) if args else None
    every = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return tuple(each for each in every if isinstance(each, str))


def passport(function: Value, codebase: Codebase) -> Guard | None:
    """`passport.authenticate("jwt", { session: false })`; strategies that read the body are logins."""
    names = names_of(function)
    place = function.place if isinstance(function, Instance) else None
    for name in names:
        known = strategy(name, codebase)
        if known is not None:
            return _known_guard("passport", known, place, optional="anonymous" in names)
    return None


def strategy(name: str, codebase: Codebase) -> dict[str, object] | None:
    """What a passport strategy reads, by its name and by how it is made (`passport.use(name, new JwtStrategy(…))`)."""
    made = made_strategies(codebase).get(name)
    known: dict[str, object] | None = table("strategies").get(name)
    if made is None:
        return known
    package = dotted(made).partition(".")[0]
    kind = package.removeprefix("passport-").removeprefix("@")
    kind = {"http-bearer": "bearer", "http": "basic", "headerapikey": "headerapikey"}.get(
        kind, kind
    )
    if dotted(made).endswith("BearerStrategy"):
        kind = "bearer"
    known = table("strategies").get(kind, known)
    if known is None or kind != "jwt":
        return known
    carrier, prefix = _extractor(made)
    return {**known, "carrier": carrier, "prefix": prefix}


def made_strategies(codebase: Codebase) -> dict[str, Instance]:
    found: dict[str, Instance] = {}
    for event in codebase.evaluator.events:
        if event.name not in ("use", "__init__") or not dotted(event.receiver).startswith(
            "passport"
        ):
            continue
        if not dotted(event.receiver).endswith(("passport", "passport.use")):
            continue
        made = [each for each in event.args if isinstance(each, Instance)]
        named = plain(event.args[0]) if len(event.args) > 1 else None
        for each in made:
            package = dotted(each).partition(".")[0].removeprefix("passport-")
            found.setdefault(named if isinstance(named, str) else package, each)
    return found


def verifiers(codebase: Codebase) -> tuple[Strategy, ...]:
    """The functions of the tree that tell a passport strategy who is calling."""
    found = (_verifier(name, made) for name, made in made_strategies(codebase).items())
    return tuple(each for each in found if each is not None)


def _verifier(name: str, made: Instance) -> Strategy | None:
    verify = next((e for e in made.args if isinstance(e, FunctionValue | BoundMethod)), None)
    if verify is None:
        return None
    options = made.args[0] if isinstance(made.args[0], DictValue) else DictValue([])
    package = dotted(made).partition(".")[0]
    fields = tuple(
        str(plain(options.get(f"{each}Field") or Const(each))) for each in ("username", "password")
    )
    return Strategy(
        name,
        verify,
        tokens="jwt" in package,
        fields=fields if "local" in package else (),
        asks=plain(options.get("passReqToCallback")) is True,
    )


def _extractor(made: Instance) -> tuple[str, str]:
    """Where a JWT strategy looks for its token."""
    said = made.args[0] if made.args else None
    value = said.get("jwtFromRequest") if isinstance(said, DictValue) else None
    if isinstance(value, FunctionValue):
        carriers = [e for e in named_in(value.node.text) if e[0] != "caller"]
        return carriers[0] if carriers else ("header:Authorization", "Bearer")
    word = dotted(value).rpartition(".")[2]
    first = plain(value.args[0]) if isinstance(value, Instance) and value.args else None
    if word in ("fromHeader",):
        return f"header:{first}", ""
    if word == "fromAuthHeaderWithScheme":
        return "header:Authorization", str(first)
    if word == "fromUrlQueryParameter":
        return f"query:{first}", ""
    if word == "fromExtractors" and isinstance(value, Instance):
        for each in value.args[0].items if isinstance(value.args[0], ListValue) else ():
            if isinstance(each, FunctionValue):
                carriers = [e for e in named_in(each.node.text) if e[0] != "caller"]
                if carriers:
                    return carriers[0]
    return "header:Authorization", "Bearer"
