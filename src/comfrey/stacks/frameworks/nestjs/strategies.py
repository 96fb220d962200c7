"""Passport's strategies in a Nest project: the name by which guards ask for each, and what it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from comfrey.source.codebase import Codebase
from comfrey.source.value import BoundMethod, ClassValue, Instance, Value, plain, text_of
from comfrey.stacks.admission.passage import dotted

MAKER = "PassportStrategy"
AUTH_GUARD = "@nestjs/passport.AuthGuard"
SERIALIZER = "@nestjs/passport.PassportSerializer"
LOCAL = "passport-local"
"""The package of the strategy that signs in by a name and a password of the body."""
DEFAULT = re.compile(r"defaultStrategy\s*:\s*\[?\s*[\"']([\w-]+)")
KEYED = "headerapikey"
HEADER = re.compile(r"\bheader\s*:\s*[\"']([\w-]+)[\"']\s*,\s*prefix\s*:\s*[\"']([^\"']*)")
FIELD = re.compile(r"\b(username|password)Field\s*:\s*[\"'](\w+)[\"']")


@dataclass(frozen=True, eq=False)
class Strategy:
    """One strategy: `name` is what guards call it, `package` where it comes from, `validate` what finds the caller."""

    name: str
    package: str
    kind: ClassValue
    validate: BoundMethod | None

    @property
    def kin(self) -> str:
        """What its package calls such strategies, whatever this one is called."""
        return self.package.removeprefix("passport-") or self.name

    @property
    def header(self) -> tuple[str, str] | None:
        """The header that holds a key, and the word before it, where the strategy is made with them."""
        told = HEADER.search(self.kind.node.text) if self.kin == KEYED else None
        return (f"header:{told[1]}", told[2].strip()) if told else None

    @property
    def fields(self) -> tuple[str, str]:
        """The members of the body that hold the name and the password."""
        told = dict(FIELD.findall(self.kind.node.text))
        return told.get("username", "username"), told.get("password", "password")


def strategies(codebase: Codebase) -> tuple[Strategy, ...]:
    """Every strategy of the project."""
    if codebase not in _known:
        _known[codebase] = tuple(
            _strategy(codebase, kind, made)
            for kind in codebase.classes((MAKER.encode(),))
            for made in codebase.bases(kind)
            if isinstance(made, Instance) and dotted(made).endswith(MAKER) and made.args
        )
    return _known[codebase]


_known: WeakKeyDictionary[Codebase, tuple[Strategy, ...]] = WeakKeyDictionary()


def _strategy(codebase: Codebase, kind: ClassValue, made: Instance) -> Strategy:
    package = dotted(made.args[0]).rpartition(".")[0].partition(".")[0]
    said = text_of(made.args[1]) if len(made.args) > 1 else None
    found = codebase.method(kind, "validate")
    return Strategy(
        name=said or package.removeprefix("passport-"),
        package=package,
        kind=kind,
        validate=found if isinstance(found, BoundMethod) else None,
    )


def strategy_name(codebase: Codebase, guard: Value) -> str:
    """The strategy that a guard names: `AuthGuard("jwt")`, a class that extends it, or an object of that class."""
    made: Value | None = guard
    kind = guard.of if isinstance(guard, Instance) else guard
    if isinstance(kind, ClassValue):
        bases = [
            b for k in codebase.mro(kind) if isinstance(k, ClassValue) for b in codebase.bases(k)
        ]
        made = next((b for b in bases if isinstance(b, Instance) and dotted(b) == AUTH_GUARD), None)
    if not isinstance(made, Instance) or dotted(made) != AUTH_GUARD:
        return ""
    if not made.args:
        return _by_default(codebase)
    known = plain(made.args[0])
    return str(known[0] if isinstance(known, list) and known else known or "")


def _by_default(codebase: Codebase) -> str:
    """The strategy of guards that name none: `PassportModule.register({ defaultStrategy: "jwt" })`."""
    files = sorted(codebase.tree.holding((b"defaultStrategy",), codebase.language.suffixes))
    found = (DEFAULT.search(codebase.tree.string(each)) for each in files)
    return next((each[1] for each in found if each), "")


def strategy_of(codebase: Codebase, guard: Value) -> Strategy | None:
    """The strategy that a guard asks for; None for a guard that asks for none of the project's."""
    name = strategy_name(codebase, guard)
    return next((each for each in strategies(codebase) if name and each.name == name), None)


def is_door(codebase: Codebase, guard: Value) -> bool:
    """Whether a guard signs callers in by what they send, and turns nobody away for what they do not show."""
    known = strategy_of(codebase, guard)
    if known is not None:
        return known.package == LOCAL
    return f"passport-{strategy_name(codebase, guard)}" == LOCAL


def door_of(codebase: Codebase, guards: tuple[Value, ...]) -> Strategy | None:
    """The strategy by which a route signs callers in."""
    found = (strategy_of(codebase, each) for each in guards if is_door(codebase, each))
    return next((each for each in found if each is not None), None)


def kept(codebase: Codebase) -> BoundMethod | None:
    """What finds a session's user again: `deserializeUser` of the project's serializer."""
    for kind in codebase.classes((b"PassportSerializer",)):
        if codebase.is_a(kind, SERIALIZER):
            found = codebase.method(kind, "deserializeUser")
            if isinstance(found, BoundMethod):
                return found
    return None
