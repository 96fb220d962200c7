"""What a framework passes to a handler, in words that every reader understands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comfrey.model.place import Place
from comfrey.model.schema import Schema
from comfrey.source.value import Instance, Value


@dataclass(frozen=True, slots=True, eq=False)
class Keyed(Value):
    """What a function from outside the tree gives, by its first argument (`reflector.get("roles")`)."""

    give: Callable[[Value], Value]


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """One argument of a handler or of something that runs before it.

    `kind`: `call` (what `callee` gives, called with `below`), `input` (`location`, `wire` and `schema` say
    which; `wire` is "" for the whole), `credential` (what the caller showed), `caller` (their record), `strategy` (who passport's
    strategy says is calling: `callee`, called with `below`, gives the caller back or hands them over; for nobody the error
    `type` is thrown), `user` (the row of the caller, of the class `type`), `unknown` (what nobody here can tell; its annotation may).
    `member` is the member `wire` of the supply in `below`. `values` is the constant `type` itself; `group` is the keyword arguments `below` as one mapping, `list` the positional ones as one sequence.
    `request` is the one object that all functions of a route share, its parts by `below`; `reply` the other.
    `name` is the parameter that gets it, "" for what runs only for its effects. `loaded` marks an input that
    a validator hands over as a mapping of what was sent.
    """

    kind: str
    name: str = ""
    callee: Value | None = None
    below: tuple[Supply, ...] = ()
    location: str = ""
    wire: str = ""
    schema: Schema | None = None
    type: Value | None = None
    place: Place | None = None
    loaded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Rescue:
    """What the app answers to exceptions that no handler catches: `handler(request, exception)`. Where the
    framework asks one function after the other, `status` tells the answer to any exception instead, after the reply
    was given a status (None where it was not). `code` is what is answered where no function is asked."""

    exception: Value
    handler: Value
    status: Callable[[Value, int | None], int | None] | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One endpoint's way through the code: what runs before the handler, then the handler.

    `ambient` are names from outside the tree that stand for something while a request is answered
    (`flask.request`, `flask_login.current_user`), also what a call of them gives."""

    method: str
    path: str
    handler: Supply
    before: tuple[Supply, ...] = ()
    ambient: tuple[tuple[str, Supply], ...] = ()
    around: tuple[Supply, ...] = ()
    """What stands around the handler, the outermost first: each is given the way on as the argument `wire`, and gives
    back what it makes of the answer."""
    unseen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields that are taken out of each answer, by the name of their record's class."""
    rescues: tuple[Rescue, ...] = ()
    """What answers to its exceptions before the app's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Strategy:
    """How a package finds the caller: it calls `verify` with what was shown (the claims of a token where `tokens`,
    else these `fields` of the body) and a function that takes the caller; first with the request where `asks`."""

    name: str
    verify: Value
    tokens: bool = False
    fields: tuple[str, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """All that one app serves, and how it answers to exceptions."""

    app: Instance
    requests: tuple[Request, ...] = ()
    rescues: tuple[Rescue, ...] = ()
    paired: bool = False
    """Whether functions are given the request and the reply (`req`, `res`), and inputs are plain objects."""
    strategies: tuple[Strategy, ...] = ()
    returns: bool = False
    """Whether what such a function gives back is answered where nothing was sent."""
