"""Security schemes: the framework's own classes, and what packages put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from comfrey.model.endpoint import Guard, Requirement
from comfrey.source.codebase import Codebase
from comfrey.source.value import BoundExternal, External, Instance, Value, plain, text_of
from comfrey.stacks.frameworks.fastapi.facts import data

VERSION = re.compile(r"(\d+)\.(\d+)")


def known_scheme(of: Value, codebase: Codebase, version: str) -> tuple[Guard, bool] | None:
    """The guard that an object is, and whether it turns anonymous requests away by itself."""
    if not isinstance(of, Instance):
        return None
    facts = security(of, codebase)
    if facts is None:
        return None
    word, known = facts
    status = known["status"] or _forbidden(version)
    automatic = (
        plain(of.kwarg("auto_error")) is not False and plain(of.kwarg("optional")) is not True
    )
    guard = Guard(
        scheme=known["scheme"],
        name=word,
        carrier=_carrier(known["carrier"], of),
        prefix=known["prefix"],
        status=status,
        requirements=tuple(flags(of)),
        place=of.place,
    )
    return guard, automatic


def security(of: Instance, codebase: Codebase) -> tuple[str, dict[str, Any]] | None:
    """What the shelf knows of a security object, by the word that it is known by."""
    for name in _names(of, codebase):
        word = name.rpartition(".")[2]
        if name.startswith("fastapi.") and word in data()["security"]:
            return word, data()["security"][word]
        for key, known in data()["guards"].items():
            if _same(key, name):
                return word, known
    return None


def _names(of: Instance, codebase: Codebase) -> tuple[str, ...]:
    """The external names that an object goes by: its class's ancestors, or the method that made it."""
    if isinstance(of.of, BoundExternal):
        receiver = of.of.receiver
        inner = codebase.ancestry(receiver) if isinstance(receiver, Instance) else ()
        return tuple(f"{name}.{of.of.name}" for name in inner)
    return codebase.ancestry(of)


def _same(key: str, name: str) -> bool:
    """Same package and same last words: packages re-export their names."""
    size = 2 if key.rpartition(".")[2][:1].islower() else 1
    one, other = key.split("."), name.split(".")
    return one[0] == other[0] and one[-size:] == other[-size:]


def _carrier(carrier: str, of: Instance) -> str:
    if ":" in carrier:
        return carrier
    return f"{carrier}:{text_of(of.kwarg('name')) or ''}"


def flags(of: Instance) -> Iterator[Requirement]:
    """`current_user(active=True, superuser=True)` of fastapi-users."""
    for name, status in (("active", 401), ("verified", 403), ("superuser", 403)):
        if plain(of.kwarg(name)) is True:
            yield Requirement(field=f"is_{name}", value=True, status=status, place=of.place)


def _forbidden(version: str) -> int | None:
    """What HTTPBearer and API keys answer in the declared version; None when it leaves that open."""
    match = VERSION.search(version)
    if match is None:
        return None
    since = tuple(data()["unauthorized_since"])
    if (int(match[1]), int(match[2])) >= since:
        return 401
    exact = version.lstrip().startswith(("==", "~=", "^", "~")) or version[:1].isdigit()
    return 403 if exact else None


def has_guards(of: External) -> bool:
    """Whether a package's class turns callers away by its methods (`Authorize.jwt_required()`)."""
    return any(_same(key.rpartition(".")[0], of.name) for key in data()["guards"])
