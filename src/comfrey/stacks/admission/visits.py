"""Who asks, what the app's functions are tried out with, and what they answer: the nouns of a passage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from comfrey.model.place import Place
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import Arguments, Condition, Value
from comfrey.stacks.admission.linked import Linked


@dataclass(frozen=True)
class Answer:
    """One thing that may happen: `kind` is `answer`, `pass` (to the next function) or `error`. `status` is None
    where it cannot be told, and that which the reply was given before an error; `body` what is sent, `error` what is
    thrown or passed on."""

    kind: str
    status: int | None = None
    body: Value | None = None
    error: Value | None = None
    conditions: tuple[Condition, ...] = ()
    place: Place | None = None
    media: str = "application/json"


@dataclass(frozen=True)
class Taken:
    """A part of the request that is put through a schema; `member` where only that member of the schema is meant
    (`schema.parse({ body: req.body })`), `without` the members that the code adds itself (`{ id, ...req.body }`)."""

    location: str
    schema: Value
    member: str = ""
    place: Place | None = None
    without: tuple[str, ...] = ()


@dataclass
class Visitor:
    """Who asks. `anonymous` has nothing to show; `user` is what earlier functions have put on the request."""

    anonymous: bool = True
    user: Value | None = None
    path: str = ""
    method: str = ""
    parameters: tuple[str, ...] | None = None
    """Names of the path's parameters; None where any may be there."""
    linked: Linked | None = None
    """By what role the caller's row is found, where roles are rows of their own."""
    holder: str = "user"
    """The member of the request that `user` is put under."""
    named: Value | None = None
    """What every parameter of the path holds; None where that is not known."""
    invalid: bool = False
    """What is sent does not pass any validation."""
    readable: bool = False
    """What is sent can be read all the same: it only breaks rules that are asked for afterwards."""
    unfit: tuple[str, ...] | None = None
    """The names whose values are not of the kind that the code makes of them, all others are; None: not known."""
    request: Value | None = None
    """The request that the function was called with."""
    parts: dict[str, Value] = field(default_factory=dict)
    """`body query params headers cookies` of the request, each an object of its own."""
    taken: list[Taken] = field(default_factory=list)
    """What was put through a schema on the way."""
    read: dict[str, dict[str, Schema]] = field(default_factory=dict)
    """Names that were read without one, by location, and what is known of their values."""
    cuts: bool = False
    """Whether the code cut a part out of the address itself; known where the framework's `passes` notes it."""
    shown: list[str] = field(default_factory=list)
    """Where the code looked for a credential: `header:X-Key`, `cookie:sid`, `caller` for what an earlier function put
    on the request; known where the framework's `passes` notes it."""
    collected: bool = False
    """Whether it was asked what the rules of fields, told apart from any schema, have to say of the request."""
    validated: list[Value] = field(default_factory=list)
    """Types of which an object was put through a validator."""
    signing: list[Value] = field(default_factory=list)
    """Each `passport.authenticate(…)` that the code called with the request."""
    furnished: tuple[Value, ...] = ()
    """Functions that put members of their own on the request before."""
    tried: dict[tuple[object, ...], list[Answer]] = field(default_factory=dict)
    """What became of others who asked for the same, by what they sent: nothing of it changes."""


@dataclass
class Stage:
    """One framework's words: what its reply objects say, how its errors are answered."""

    codebase: Codebase
    rescues: tuple[Value, ...] = ()
    """Functions that answer to errors, `(error, request, reply, next)`, in order."""
    returns: bool = False
    """True where what a function gives back is the answer, and giving nothing lets the request by."""
    sends_errors: bool = False
    """True where an error that is sent is answered as one that is thrown."""
    enter: Callable[[Value, tuple[Value, ...]], Value] | None = None
    """How a function is called with `(request, reply, next)`, where that is not simply so."""
    meets: Callable[[Visitor, Value, Arguments], Value | None] | None = None
    """What only the framework knows about a call outside the tree."""
    extra: tuple[tuple[str, Value], ...] = ()
    """Members that the project puts on every request."""
    passes: Callable[[Stage, Value, Visitor], tuple[Answer, ...]] | None = None
    """How a function is tried out, where it is not given a request, a reply and a next step."""
    known: dict[object, Answer | None] = field(default_factory=dict)
    """Answers to errors, by their kind."""
    errors: Callable[[Value], int | None] = field(default=lambda error: None)
    """The status that an error from outside the tree carries."""
