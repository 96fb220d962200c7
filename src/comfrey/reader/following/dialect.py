"""What a framework's own names mean inside a handler, as its `about.toml` says under `[data.dialect]`."""

from __future__ import annotations

from msgspec import field

from comfrey.model.noun import Noun
from comfrey.stacks import shelf


class Dialect(Noun, frozen=True, kw_only=True):
    """`bags` are attributes of the request and the inputs that they hold; `aborts` functions that end a
    request with the status that they are given first, and the keyword of their message; `same` functions
    that answer with what they are given (`jsonify`); `loads` methods of a validator's object that give
    what was sent; `itself` methods by which the surroundings of a call give its request,
    `replies` those by which they give its reply;
    `claims` methods of the request that check its token and give what it says."""

    bags: dict[str, str] = field(default_factory=dict)
    aborts: dict[str, str] = field(default_factory=dict)
    same: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    itself: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    """Classes whose objects take by themselves what was sent."""
    absent: str = ""
    """The end of the names of queries that answer 404 by themselves."""


def dialect(framework: str) -> Dialect:
    """The dialect of a framework."""
    found = shelf.folder("frameworks", framework)
    said = found.about.data if found is not None else {}
    made = dict(said.get("dialect", {}))
    return Dialect(
        bags=made.get("bags", {}),
        aborts=said.get("aborts", {}),
        same=tuple(made.get("same", ())),
        loads=tuple(made.get("loads", ())),
        itself=tuple(made.get("itself", ())),
        replies=tuple(made.get("replies", ())),
        claims=tuple(made.get("claims", ())),
        forms=tuple(said.get("forms", ())),
        absent=str(made.get("absent", "")),
    )
