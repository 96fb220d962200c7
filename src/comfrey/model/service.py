"""External services: what the project talks to, through what, and from where."""

from __future__ import annotations

from comfrey.model.noun import Noun
from comfrey.model.place import Place


class ServiceCall(Noun, frozen=True, kw_only=True):
    """One place in the source that calls out.

    `method` and `path` are the HTTP request when it is one and known (`path` may hold `{}`);
    `operation` is the client's call as written (`stripe.Charge.create`).
    """

    file: str
    line: int
    operation: str = ""
    method: str = ""
    path: str = ""
    function: str = ""
    """The in-tree function that holds the call, as `module:qualname`."""
    timeout: bool | None = None
    retries: int | None = None
    """How often it is tried in all."""
    headers: tuple[str, ...] = ()
    """Names of headers that the code puts on the request, its client's included."""
    handled: tuple[str, ...] = ()
    """Exceptions that the code around the call handles."""
    settles: bool = False
    """True when every status is an answer to the client, and none an error."""


class Service(Noun, frozen=True, kw_only=True):
    """One external product. `kind`: http queue email payment auth storage search sms push ai cache …

    `name` is the product (`Stripe`) or, for a plain HTTP client, what the project's own words call
    it. `settings` are the environment variables that configure it; `base_url` names the one (or
    the literal) that says where it is, `secret` the one that holds its key.
    """

    kind: str
    name: str
    library: str
    key: str = ""
    """The shelf folder that knows it."""
    protocol: str = "http"
    """What a double must speak: http smtp s3 amqp redis kafka sdk."""
    calls: tuple[ServiceCall, ...] = ()
    settings: tuple[str, ...] = ()
    base_url: str = ""
    secret: str = ""
    module: str = ""
    place: Place | None = None


class Setting(Noun, frozen=True, kw_only=True):
    """A setting read from the environment.

    `name` is the environment variable, `attribute` where code reads it
    (`app.settings:settings.database_url`). `secret` marks what must never be printed.
    `purpose`: "" or `database_url database_file database_host database_port database_name database_user
    database_password service_url secret_key token_secret private_key_file public_key_file environment`.
    """

    name: str
    required: bool = False
    default: str | None = None
    type: str = "string"
    attribute: str = ""
    example: str = ""
    """The value that `.env.example` and its like give."""
    secret: bool = False
    purpose: str = ""
    choices: tuple[str, ...] = ()
    holder: str = ""
    """The one object that reads it, when a module makes it as it is imported (`app.settings:settings`)."""
    place: Place | None = None
