"""A scene: the rows, the caller and the request with which an endpoint succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from typing import Any

from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Authentication
from comfrey.model.step import Call, Login, Seed, Step, Stub
from comfrey.model.value import Mapping, Sequence, Value, Variable

Pairs = tuple[tuple[str, Value], ...]


class NoScene(Exception):
    """The source does not tell how to make this endpoint succeed; the text says what is missing."""


@dataclass(frozen=True)
class Scene:
    """Rows, caller and an accepted request. `rows` maps a record to the seed that stands for it."""

    endpoint: Endpoint
    call: Call
    seeds: tuple[Seed, ...] = ()
    caller: str = ""
    rows: MappingOf[str, str] = field(default_factory=dict)
    target: str = ""
    record: str = ""
    """The record of the row that the last path parameter names (bound to `target`)."""
    answers: tuple[Stub, ...] = ()
    """What services answer that the request reaches, where no product says so."""
    sure: bool = True
    """False when a rule in code, not understood, may refuse what we send."""

    @property
    def arrange(self) -> tuple[Step, ...]:
        login = (sign_in(self.caller),) if self.caller and self.call.login else ()
        return (*self.seeds, *login, *self.answers)

    @property
    def body(self) -> Mapping:
        return self.call.body if isinstance(self.call.body, Mapping) else Mapping()

    @property
    def sent(self) -> dict[str, Value]:
        """The scalar members of the body by dotted name, indexes included."""
        return dict(leaves(self.body))

    def calling(self, **changes: Any) -> Scene:
        """The scene with its request changed."""
        return replace(self, call=self.call.replace(**changes))

    def before(self, *seeds: Seed) -> Scene:
        """The scene with rows that the others refer to."""
        return replace(self, seeds=(*seeds, *self.seeds))

    def with_seeds(self, *seeds: Seed) -> Scene:
        return replace(self, seeds=(*self.seeds, *seeds))


def signs_in_elsewhere(endpoint: Endpoint) -> bool:
    """Whether a guard sends every caller to another site first."""
    return any(each.scheme == "redirect" for each in endpoint.guards)


def keys_of(endpoint: Endpoint) -> Pairs:
    """The headers in which a caller shows a key that the app's settings hold."""
    return tuple(
        (each.carrier.partition(":")[2], Variable(name=each.key))
        for each in endpoint.guards
        if each.key and not each.optional
    )


def asks_for_a_key(endpoint: Endpoint, known: Authentication | None) -> bool:
    """Whether a guard beside the usual one looks for a key in a header of its own, which nobody can tell."""
    carrier = known.carrier if known is not None else ""
    guards = (each for each in endpoint.guards if not each.optional and not each.key)
    return any(each.scheme == "apikey" and each.carrier != carrier for each in guards)


def sign_in(user: str) -> Login:
    """The valid credential of the user row `user`."""
    return Login(name=headers_of(user), user=user)


def headers_of(user: str) -> str:
    return f"{user}_headers"


def leaves(value: Value, head: str = "") -> Iterator[tuple[str, Value]]:
    """The scalars inside a body by dotted name."""
    if isinstance(value, Mapping):
        for name, each in value.members:
            yield from leaves(each, f"{head}{name}.")
    elif isinstance(value, Sequence):
        for at, each in enumerate(value.items):
            yield from leaves(each, f"{head}{at}.")
    else:
        yield head.rstrip("."), value
