"""The steps of a case: the small language that planners speak, testers write and rehearsal plays.

Arrange: `Seed Login Stub Fail Remember`. Act: `Call Together Repeat Wait`, and on the project's own
models `Save Change Remove Ask Refused`. Assert: `Status Header Body Row Rows Unchanged Sent Logged`.
"""

from __future__ import annotations

from comfrey.model.noun import Noun
from comfrey.model.value import Literal, Value

# --- arrange -----------------------------------------------------------------


class Seed(Noun, frozen=True, kw_only=True, tag="seed"):
    """A committed row of `record` bound to `name`. `values` are the fields that matter to the case;
    the plan's `Builder` of the record supplies the rest, parents included. What is called as one of the builder's
    `links` holds a list of what the linked rows are told apart by: `roles` is `["admin"]`."""

    record: str
    name: str
    values: tuple[tuple[str, Value], ...] = ()


class Login(Noun, frozen=True, kw_only=True, tag="login"):
    """A credential of the user row `user`, bound to `name`.

    `flaw`: "" (valid), `garbage`, `expired`, `forged` (signed with another key), `unsigned`
    (algorithm none), `stranger` (well signed, of a user that does not exist), `scheme` (wrong scheme word).
    `none` is said by a `Call` without `login`."""

    name: str
    user: str = ""
    flaw: str | Value = ""
    kept: bool = False
    """Whether one and the same credential goes with every request that names it."""


class Stub(Noun, frozen=True, kw_only=True, tag="stub"):
    """The double of `service` answers `call` so, from now on.

    `kind`: `ok` or a failure (`status500 timeout shape rate_limit network declined`), `times` how often
    before it answers well again (0: always). `status` and `body` refine an answer."""

    service: str
    call: str = ""
    kind: str | Value = "ok"
    times: int = 0
    status: int = 0
    body: Value | None = None


class Fail(Noun, frozen=True, kw_only=True, tag="fail"):
    """From now on the database refuses the `nth` `operation` (`insert update delete`) on the record's
    table, by a temporary trigger that the case's end removes."""

    record: str
    operation: str = "insert"
    nth: int = 1


class Remember(Noun, frozen=True, kw_only=True, tag="remember"):
    """Binds `name` to all rows of the records as they stand now, for a later `Unchanged`."""

    name: str
    records: tuple[str, ...]


# --- act ---------------------------------------------------------------------


class Call(Noun, frozen=True, kw_only=True, tag="call"):
    """One HTTP request; its answer is bound to `name`. `path` keeps its `{name}` parameters.

    `method` and `path` may be a `Column` (the access table). A `parameters` or `query` pair whose value
    is `Missing` is left out; a query value that is a list is sent once per item.

    `body` is sent as `media`. `login` names a `Login` (or a `Column` over such names) whose credential
    goes along; "" sends none. `astray`: as another site's page would send it, without the token of a form
    (all other calls are spared the question for it)."""

    method: str | Value
    path: str | Value
    name: str = "response"
    parameters: tuple[tuple[str, Value], ...] = ()
    query: tuple[tuple[str, Value], ...] = ()
    query_of: Value | None = None
    """A whole `Mapping` (or a `Column`, or a `With` over one) of query parameters beside `query`."""
    headers: tuple[tuple[str, Value], ...] = ()
    cookies: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    media: str = "application/json"
    login: str | Value = ""
    astray: bool = False


class Together(Noun, frozen=True, kw_only=True, tag="together"):
    """The calls at the same time; the answers are bound as a list to `name`."""

    calls: tuple[Call, ...]
    name: str = "responses"


class Repeat(Noun, frozen=True, kw_only=True, tag="repeat"):
    """The call `times` times in a row; the last answer is bound."""

    call: Call
    times: int


class Wait(Noun, frozen=True, kw_only=True, tag="wait"):
    """At most `seconds` until the following assertion holds (background work)."""

    seconds: float


class Save(Noun, frozen=True, kw_only=True, tag="save"):
    """Through the project's model: a new object with exactly `values`, flushed, bound to `name`."""

    record: str
    name: str
    values: tuple[tuple[str, Value], ...]


class Change(Noun, frozen=True, kw_only=True, tag="change"):
    """Through the model: set `values` on the bound row and flush."""

    name: str
    record: str
    values: tuple[tuple[str, Value], ...]


class Remove(Noun, frozen=True, kw_only=True, tag="remove"):
    """Through the model: delete the bound row and flush."""

    name: str
    record: str


class Ask(Noun, frozen=True, kw_only=True, tag="ask"):
    """Through the model: rows of `record` where all fields equal, in order; bound to `name`.

    `form`: `one all count sum:FIELD`, `join` names a relation to follow."""

    record: str
    name: str
    where: tuple[tuple[str, Value], ...] = ()
    form: str = "all"
    order: tuple[tuple[str, bool], ...] = ()
    offset: int | None = None
    limit: int | None = None
    join: str = ""


class Refused(Noun, frozen=True, kw_only=True, tag="refused"):
    """The step within is refused by the database (`kind`: `unique foreign_key not_null check stale`)."""

    step: Save | Change | Remove
    kind: str
    names: str = ""
    """The column or constraint that the refusal must name, when the catalog knows it."""


# --- assert ------------------------------------------------------------------


class Status(Noun, frozen=True, kw_only=True, tag="status"):
    """The answer's status is one of `codes` (one, unless several are equally declared).

    With empty `codes` it is any that `other_than` does not name (a dropped connection is never well)."""

    codes: tuple[int, ...] | Value
    other_than: tuple[int, ...] = ()
    of: str = "response"


class Header(Noun, frozen=True, kw_only=True, tag="header"):
    """The answer's header matches."""

    name: str
    match: str = "equals"
    value: Value = Literal(value="")
    of: str = "response"


class Body(Noun, frozen=True, kw_only=True, tag="body"):
    """What holds at `path` (keys and indexes; () the whole) of the answer's JSON.

    `match`: `equals`, `approximately`, `present`, `absent`, `null`, `type` (value: a JSON type),
    `length`, `contains`, `matches` (a regular expression), `ids` (the list's `key` members equal `value`
    in this order), `set` (likewise in any order), `keys` (exactly these members), `names_field` (a validation
    error whose location ends in `value`, a dotted text), `not_text` (the text does not occur anywhere), `sorted`."""

    path: tuple[str | int, ...] = ()
    match: str = "equals"
    value: Value = Literal(value=None)
    key: str = ""
    of: str = "response"


class Page(Noun, frozen=True, kw_only=True, tag="page"):
    """The page was rendered from `template`, and was given the row called `row` under the name `shows`; each
    only where it is told."""

    template: str = ""
    shows: str = ""
    row: str = ""
    of: str = "response"


class Row(Noun, frozen=True, kw_only=True, tag="row"):
    """Read on a second connection: exactly one row of `record` matches `where` and holds `values`.

    `absent` says that none does. `matches` are (field, matcher, value) beyond equality:
    `hash_of` (verifies, is not the text itself), `null`, `not_null`, `recent`, `not`."""

    record: str
    where: tuple[tuple[str, Value], ...]
    values: tuple[tuple[str, Value], ...] = ()
    matches: tuple[tuple[str, str, Value], ...] = ()
    absent: bool = False


class Rows(Noun, frozen=True, kw_only=True, tag="rows"):
    """`count` rows of `record` match `where`."""

    record: str
    count: int | Value
    where: tuple[tuple[str, Value], ...] = ()


class Unchanged(Noun, frozen=True, kw_only=True, tag="unchanged"):
    """All rows remembered as `name` stand as they did; `but` lists (record, field) that may differ."""

    name: str
    but: tuple[tuple[str, str], ...] = ()


class Sent(Noun, frozen=True, kw_only=True, tag="sent"):
    """The double of `service` was asked `count` times (for `call`), and the last request held this.

    `headers` and `body` are partial: each named member matches (`body` of a form is its fields; of a
    mail: `to subject text`). `method` and `path` are exact when given. `header_present` and
    `same_header` (equal over all requests, e.g. an idempotency key) name headers."""

    service: str
    count: int | Value | None = None
    call: str = ""
    method: str = ""
    path: str | Value = ""
    headers: tuple[tuple[str, Value], ...] = ()
    header_present: tuple[str, ...] = ()
    same_header: tuple[str, ...] = ()
    body: tuple[tuple[str, Value], ...] = ()


class Logged(Noun, frozen=True, kw_only=True, tag="logged"):
    """The app's log has a record at `level` or above that contains `text`."""

    level: str = "ERROR"
    text: str = ""


class Expect(Noun, frozen=True, kw_only=True, tag="expect"):
    """On the bound result of a model step: `match` at `path`, as in `Body` (fields by attribute)."""

    name: str
    path: tuple[str | int, ...] = ()
    match: str = "equals"
    value: Value = Literal(value=None)
    key: str = ""


Step = (
    Seed
    | Login
    | Stub
    | Fail
    | Remember
    | Call
    | Together
    | Repeat
    | Wait
    | Save
    | Change
    | Remove
    | Ask
    | Refused
    | Status
    | Header
    | Body
    | Page
    | Row
    | Rows
    | Unchanged
    | Sent
    | Logged
    | Expect
)
