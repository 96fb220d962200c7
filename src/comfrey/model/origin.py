"""Where a value in a handler comes from, and what a handler does to records with it."""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.place import Place


class Origin(Noun, frozen=True, kw_only=True):
    """The source of one value inside a handler.

    `kind`: `body path query header cookie form file` (an input, `name` is its dotted wire name),
    `caller` (the authenticated user, `name` its field), `constant` (`value`), `row` (a field of
    another record, `name` is `Record.field`), `now`, `random`, `derived` (computed in code), `unknown`.
    `via` lists the calls between source and use, innermost first (`hash_password`, `lower`).
    """

    kind: str
    name: str = ""
    value: Any = None
    via: tuple[str, ...] = ()
    operation: str = ""
    """Of a `derived` value that is plain arithmetic: `add sub mul` over `of`."""
    of: tuple[Origin, ...] = ()


class Filter(Noun, frozen=True, kw_only=True):
    """A condition on rows: `field operator origin`.

    `operator`: `eq ne lt le gt ge in contains icontains startswith is_null not_null`.
    `optional` when the condition applies only if the input was sent.
    """

    field: str
    operator: str = "eq"
    origin: Origin
    optional: bool = False
    others: tuple[str, ...] = ()
    """Further fields of which any may fulfil the condition (a search over several)."""
    place: Place | None = None


class Assignment(Noun, frozen=True, kw_only=True):
    """A column that a handler writes, and from what."""

    field: str
    origin: Origin


class Effect(Noun, frozen=True, kw_only=True):
    """What a handler does to one record.

    `action`: `create read list update delete count lock`. `where` selects the rows, `values` are
    the columns written. `partial` marks an update that writes only the fields that were sent.
    `many` marks bulk forms. `order` counts effects within the handler; `atomic` groups those that
    share one transaction (0: each on its own).
    """

    action: str
    record: str
    where: tuple[Filter, ...] = ()
    values: tuple[Assignment, ...] = ()
    partial: bool = False
    many: bool = False
    conditional: bool = False
    demanded: bool = False
    """True where no such row raises then and there what nobody handles (`Book.objects.get(id=…)`)."""
    order: int = 0
    atomic: int = 0
    when: tuple[Filter, ...] = ()
    """What a conditional effect waits for, when all of it is told: stored fields (`Record.field`) against
    constants. Empty when it is not conditional, or hangs on something else."""
    through: tuple[Place, ...] = ()
    """The functions of the tree that lead there, the handler (or what runs before it) first."""
    place: Place | None = None


class Refusal(Noun, frozen=True, kw_only=True):
    """An answer that the source gives on purpose for one condition.

    `condition`: `missing` (no row of `record` for `origin`), `duplicate` (`record.field` taken),
    `owner` (caller does not own `record`), `role`, `credentials`, `inactive`, `state` (a row's
    field has or lacks a value: `field`, `operator`, `value`), `stock` is no special case but a `state`,
    `referenced` (rows of `record` depend on it by `field`), `invalid` (an input rule in code),
    `service` (`service` failed: `failure` in status500 timeout shape rate_limit network declined),
    `too_large`, `media`, `signature`, `unknown`. `field operator value` is what is *refused*
    (`role ne admin`); the fields of a composite key are joined by commas.
    """

    status: int
    condition: str = "unknown"
    record: str = ""
    field: str = ""
    operator: str = ""
    value: Any = None
    origin: Origin | None = None
    service: str = ""
    failure: str = ""
    detail: str = ""
    unless: tuple[tuple[str, str, Any], ...] = ()
    """Callers who are spared: (field, operator, value) of their record, `("role", "eq", "admin")`."""
    effects_before: int = 0
    """How many of the handler's effects happen before this answer."""
    late: bool = False
    """True when the handler itself gives it: the request's form has been checked by then."""
    place: Place | None = None


class Sort(Noun, frozen=True, kw_only=True):
    """One accepted value of a sort parameter and the order it promises."""

    value: str
    field: str
    descending: bool = False


class Listing(Noun, frozen=True, kw_only=True):
    """What a list endpoint promises.

    `style`: `page` (page number and size), `offset` (offset and limit), `cursor`, or "" for all.
    `items` and `total` are dotted paths in the answer; `items == ""` is a bare array.
    `order` is the default order. `scope` holds the conditions that always apply.
    """

    record: str
    style: str = ""
    page: str = ""
    size: str = ""
    default_size: int | None = None
    maximum_size: int | None = None
    first_page: int = 1
    items: str = ""
    total: str = ""
    cursor: str = ""
    filters: tuple[Filter, ...] = ()
    scope: tuple[Filter, ...] = ()
    sort: str = ""
    sorts: tuple[Sort, ...] = ()
    order: tuple[Sort, ...] = ()
    place: Place | None = None
