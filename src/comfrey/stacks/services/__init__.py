"""External products as data: one folder, one product, its `about.toml` read as a `Product`."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from comfrey.model.noun import Noun
from comfrey.stacks import shelf

FAILURES = ("status500", "timeout", "shape", "rate_limit", "network")
"""The bad answers that every double can give; a product may add its own (`declined`)."""
SECURING = re.compile(
    r"(^|_)(TLS|SSL|STARTTLS|USE_TLS|USE_SSL|SECURE|SSL_TLS)$|VALIDATE_CERTS?$|VERIFY(_SSL|_TLS)?$",
    re.I,
)
"""Settings that ask for a secure channel, which no double on the loopback speaks."""


class Library(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to reach the product from one language.

    `imports` are dotted module prefixes; the longest match over all products wins. Where several
    products share an import, `argument` is the constructor's first argument that selects this one
    (`boto3.client("s3")`) and `members` are names of which the call's dotted path must hold one.
    `exceptions` maps a failure kind (or `any`) to the classes that the library raises for it.
    """

    language: str
    package: str
    imports: tuple[str, ...]
    argument: str = ""
    members: tuple[str, ...] = ()
    exceptions: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    parameters: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """What stands where among the arguments of an operation of this library's, by its last name."""


class Environment(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variables that betray the product: prefixes, and the exact names of its key and address."""

    prefixes: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    base_url: tuple[str, ...] = ()


class Call(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation as code writes it, the request that it becomes, and one good answer.

    `operations` end the dotted path in the source (`Charge.create` matches `stripe.Charge.create`);
    `path` holds `{name}` parameters; `answer` is JSON text, or plain text for another `answers` type.
    """

    name: str
    operations: tuple[str, ...] = ()
    method: str = ""
    path: str = ""
    sends: str = "application/json"
    status: int = 200
    answers: str = "application/json"
    answer: str = ""

    @property
    def body(self) -> Any:
        """The good answer as a value: parsed JSON, or the text itself."""
        return json.loads(self.answer) if self.answer and "json" in self.answers else self.answer


class Failure(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bad answer. `drop` closes the connection unanswered, `seconds` holds the answer back."""

    status: int = 0
    answer: str = ""
    answers: str = "application/json"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    drop: bool = False
    seconds: float = 0.0


class Client(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a general HTTP client is used, for products that have no library of their own.

    `constructors` make a client object (`base_url` names the argument that says where it calls);
    `verbs` are methods and functions that send; `request` is the one whose first argument is the method.
    """

    constructors: tuple[str, ...] = ()
    base_url: str = ""
    timeout: tuple[str, ...] = ()
    has_timeout: bool = False
    """True when calls time out without being told to."""
    verbs: tuple[str, ...] = ("get", "post", "put", "patch", "delete", "head", "options")
    request: tuple[str, ...] = ("request",)
    owners: tuple[str, ...] = ()
    """What may stand between the package and a verb, where methods of other things are called alike."""
    contextual: tuple[str, ...] = ()
    """Those of `request` that take something else before the method."""


class Product(shelf.About, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One external product. `protocol` is what a double must speak: http smtp s3 amqp redis kafka sdk."""

    key: str = ""
    kind: str
    protocol: str = "http"
    docs: str = ""
    hosts: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    """Last names of the library that are plain data, whose construction reaches nobody (`Message`)."""
    libraries: tuple[Library, ...] = ()
    environment: Environment = Environment()
    calls: tuple[Call, ...] = ()
    failures: dict[str, Failure] = msgspec.field(default_factory=dict)
    client: Client | None = None
    parameters: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """What stands where among the arguments of a function or constructor, by its last name."""

    def failure(self, kind: str) -> Failure:
        """This product's bad answer of that kind, else its protocol's."""
        return self.failures.get(kind) or protocol_failures(self.protocol)[kind]

    def call(self, operation: str) -> Call | None:
        """The call whose operation ends the dotted `operation`, the longest match first."""
        matches = [
            (len(each), call)
            for call in self.calls
            for each in call.operations
            if operation == each or operation.endswith("." + each)
        ]
        return max(matches, key=lambda match: match[0])[1] if matches else None


About = Product
"""The shelf reads every folder of a kind as what the kind's package calls `About`."""


@cache
def products() -> tuple[Product, ...]:
    """Every product of the shelf, by folder name."""
    found = ((each.key, each.about) for each in shelf.folders("services"))
    return tuple(about.replace(key=key) for key, about in found if isinstance(about, Product))


@cache
def product(key: str) -> Product | None:
    """The product in the folder called `key`, or None."""
    return next((each for each in products() if each.key == key), None)


@cache
def protocol_failures(protocol: str) -> dict[str, Failure]:
    """The five bad answers of a protocol; those of `http` where it has none of its own."""
    text = (Path(__file__).parent / "failures.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return msgspec.convert(table.get(protocol, table["http"]), dict[str, Failure])
