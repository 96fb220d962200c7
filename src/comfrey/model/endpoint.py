"""Endpoints: what the project serves, to whom, and what it promises."""

from __future__ import annotations

from comfrey.model.noun import Noun
from comfrey.model.origin import Assignment, Effect, Listing, Refusal
from comfrey.model.place import Place
from comfrey.model.schema import Schema


class Parameter(Noun, frozen=True, kw_only=True):
    """One input beside the body; `location` is `path query header cookie`."""

    name: str
    location: str
    schema: Schema
    required: bool = False
    attribute: str = ""
    lenient: bool = False
    """True when the code takes no notice of a value that does not fit."""
    unnamed: bool = False
    """True when the answer to a value that does not fit is not known to say which input it was."""
    place: Place | None = None


class Body(Noun, frozen=True, kw_only=True):
    """The request body. For forms and multipart the schema's properties are the fields.

    `media` is the content type that the source declares: `application/json`,
    `application/x-www-form-urlencoded`, `multipart/form-data`, or any other for raw bytes.
    """

    schema: Schema
    media: str = "application/json"
    required: bool = True
    max_bytes: int | None = None
    accepts: tuple[str, ...] = ()
    """Content types of a raw or file body that the code lets in, when it looks."""
    place: Place | None = None


class Response(Noun, frozen=True, kw_only=True):
    """One declared answer; `body` is None when nothing is promised about it."""

    status: int
    body: Schema | None = None
    media: str = "application/json"
    description: str = ""
    location: str = ""
    """Where a redirect leads, when it is always the same."""
    template: str = ""
    """What a page is rendered from, when it is always the same."""
    shows: str = ""
    """By what name a page is given the row that the path leads to."""
    place: Place | None = None


class Requirement(Noun, frozen=True, kw_only=True):
    """What the caller's record must hold: `role == "admin"`, `is_superuser is True`. A dotted field is one of a row
    that the caller's is linked to: `roles.name == "admin"`. The operator `unknown` says that more is asked than anyone
    can tell; `value` are the words by which it is asked."""

    field: str
    operator: str = "eq"
    value: str | bool | int | tuple[str, ...] | None = None
    status: int = 403
    place: Place | None = None


class Guard(Noun, frozen=True, kw_only=True):
    """Something that stands before a handler and asks who is calling.

    `scheme`: `bearer apikey basic session oauth2 redirect signature unknown` (`redirect` sends callers to sign
    in elsewhere). `status` is the declared
    answer to no credentials (None: the framework's convention). `carrier` is the header, cookie
    or query parameter that carries the credential, as `header:Authorization`.
    """

    scheme: str = "unknown"
    name: str = ""
    optional: bool = False
    carrier: str = ""
    prefix: str = ""
    wordless: bool = False
    """Whether it takes what stands behind any word for the token, `prefix` or not."""
    scopes: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """What it keeps even from a caller who is known: a row of the path that is not their own."""
    status: int | None = None
    key: str = ""
    """The setting whose value itself is the credential."""
    flaws: tuple[tuple[str, int], ...] = ()
    """The declared answer to each kind of credential that does not hold, where that is not `status`: of
    `garbage expired forged unsigned`, and of `revoked` where the app keeps tokens that no longer count."""
    stateless: bool = False
    """Whether it believes the token alone and looks for no user."""
    after_input: bool = False
    """Whether what a request carries is looked at before it: one that is not well made is refused as such."""
    after_row: bool = False
    """Whether the row in the path is looked up before it: one that is not there is missed first."""
    sign_in: str = ""
    """Where it sends callers who are not known, up to the path that they asked for: `/login/?next=`."""
    place: Place | None = None


class Handler(Noun, frozen=True, kw_only=True):
    """The function that answers. `external` when it lies outside the tree."""

    name: str
    file: str = ""
    line: int = 0
    end_line: int = 0
    external: bool = False
    asynchronous: bool = False

    @property
    def place(self) -> Place:
        return Place(file=self.file, line=self.line, end_line=self.end_line, name=self.name)


class ServiceUse(Noun, frozen=True, kw_only=True):
    """A call from an endpoint's handler (or what it calls) to an external service."""

    service: str
    call: str = ""
    guarded: bool = False
    """True when a failure of this call is handled in code."""
    settled: bool = False
    """True when all that the handler writes is committed before this call."""
    conditional: bool = False
    """True when it is asked only for one of the values that an input may have."""
    retried: tuple[str, ...] = ()
    """Failures after which the code surely asks again, as often as the call's `retries` says: `rate_limit`."""
    sends: tuple[Assignment, ...] = ()
    """Members of the request's body, by dotted name, whose source is known."""
    encoding: str = ""
    """How `sends` travel: `json`, or `form` (everything as text)."""
    key: str = ""
    """The queue or routing key of a message, where it is always the same."""
    answer: Schema | None = None
    """What the code reads of a good answer's document, None where it reads nothing that we understand."""
    place: Place | None = None


class IdleGuard(Noun, frozen=True, kw_only=True):
    """A check that stands in the handler's module, would refuse with `statuses`, and that nothing calls."""

    name: str
    statuses: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    place: Place | None = None


class Keyed(Noun, frozen=True, kw_only=True):
    """An input that the code looks up in a table of these `words`, asking nothing before; `location` is
    `query body form path`."""

    location: str
    name: str
    words: tuple[str, ...] = ()
    place: Place | None = None


class Note(Noun, frozen=True, kw_only=True):
    """What a function of the tree that writes for an endpoint says of itself: its docstring."""

    text: str
    place: Place | None = None


class Endpoint(Noun, frozen=True, kw_only=True):
    """One method on one path, with every prefix, parameters as `{name}`.

    `kind` is `http websocket graphql grpc`; only `http` is tested. `auth` is None when unknown.
    `roles` names what `guards` require, for people. `status` is the declared success status.
    """

    method: str
    path: str
    handler: Handler
    kind: str = "http"
    auth: bool | None = None
    optional_auth: bool = False
    roles: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    status: int = 200
    responses: tuple[Response, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    effects: tuple[Effect, ...] = ()
    listing: Listing | None = None
    touches: tuple[tuple[str, str], ...] = ()
    """(record, field) of the caller's row that the guards write before the handler runs (`User.last_seen`)."""
    invalid_status: int | None = None
    """The answer that the source declares for input that does not fit (None: the project's, else the convention's)."""
    unreadable_status: int | None = None
    """The answer to a body of which a member is of another type, where it is not `invalid_status`."""
    bounced_status: int | None = None
    """The answer that sends a visitor back to the form, where the code looks at what was typed and finds it wrong."""
    malformed_status: int | None = None
    """The answer to a key in the path that is not of its type, where it is not the framework's usual one."""
    any_method: bool | None = None
    """Whether its code carries out a request of whatever method; None where methods are told apart before it, or
    nothing says how it is meant. True of a GET: it carries out what is meant for forms."""
    withheld: str = ""
    """What answers in its place whoever has only signed in: a decorator that asks for a code, a password once more."""
    pressed: tuple[str, ...] = ()
    """The buttons by whose names the code tells which of its forms was sent, when it asks for nothing more of them."""
    swallows: str = ""
    """The record that a request writes, though its failure is caught and answered as a success."""
    toothless: Place | None = None
    """A check of the row that the guards make, and that turns nobody away whoever asks."""
    form_token: bool = False
    """Whether a form is refused unless it brings the token of the page that it was sent from."""
    unwell_status: int | None = None
    """What is answered where the machine itself is short of something that the endpoint measures (memory, disk)."""
    garbled_status: int | None = None
    """The answer to a body that is no JSON at all, where something in front of the handler reads it as such."""
    services: tuple[ServiceUse, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str = ""
    conditional: str = ""
    """The condition under which the route exists, when it stands under one (`ENVIRONMENT == "local"`)."""
    evidence: tuple[Place, ...] = ()
    idle: tuple[IdleGuard, ...] = ()
    keyed: tuple[Keyed, ...] = ()
    opens: bool = False
    """Whether its code looks into an uploaded file without asking whether there is one."""
    dropped: tuple[str, ...] = ()
    """Members of the body that its code takes out on purpose before it keeps the rest (`delete body.role`)."""
    notes: tuple[Note, ...] = ()

    @property
    def key(self) -> str:
        """`POST /orders`: how people and plans name this endpoint."""
        return f"{self.method} {self.path}"
