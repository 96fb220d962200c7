"""Query parameters that DRF's paginators and filter backends read: pages, django-filter, search, ordering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.model.endpoint import Parameter
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.django.access import Gate
from comfrey.stacks.frameworks.django.facts import items, last, setting, strings
from comfrey.stacks.frameworks.django.routes import Route

PAGES = ("PageNumberPagination", "LimitOffsetPagination", "CursorPagination")
KINDS = {
    "NumberFilter": "integer",
    "BooleanFilter": "boolean",
    "CharFilter": "string",
    "ChoiceFilter": "string",
    "DateFilter": "date",
    "DateTimeFilter": "date-time",
    "UUIDFilter": "uuid",
    "ModelChoiceFilter": "integer",
}


def paginator(route: Route, gate: Gate) -> Value | None:
    """The view's `pagination_class`, else that of the settings; None without one."""
    member = gate.codebase.member(route.view, "pagination_class") if route.view else None
    kind = member.value if member is not None else None
    if member is None and route.flavour in ("viewset", "api") and route.view is not None:
        name = text_of(_told(gate, "DEFAULT_PAGINATION_CLASS"))
        kind = gate.named(name) if name else None
    return kind if isinstance(kind, ClassValue | External) else None


def page_size(kind: Value, gate: Gate) -> Value | None:
    """The default size of a page."""
    member = gate.codebase.member(kind, "page_size") if isinstance(kind, ClassValue) else None
    own = member.value if member is not None else None
    return own if isinstance(plain(own), int) else _told(gate, "PAGE_SIZE")


def _told(gate: Gate, name: str) -> Value | None:
    framework = setting(gate.codebase, gate.settings, "REST_FRAMEWORK")
    return framework.get(name) if isinstance(framework, DictValue) else None


def page_parameters(route: Route, gate: Gate) -> Iterator[Parameter]:
    """`page` and its like, by the names that the paginator gives them."""
    kind = paginator(route, gate)
    if not isinstance(kind, ClassValue):
        return
    ancestry = {each.rpartition(":")[2] for each in gate.codebase.ancestry(kind)}

    def said(name: str) -> Any:
        member = gate.codebase.member(kind, name)
        return plain(member.value) if member is not None and member.value is not None else None

    if "PageNumberPagination" in ancestry:
        size = plain(page_size(kind, gate))
        yield _whole(said("page_query_param"), 1, kind)
        if said("page_size_query_param"):
            yield _whole(said("page_size_query_param"), size, kind)
    elif "LimitOffsetPagination" in ancestry:
        default = said("default_limit") or plain(_told(gate, "PAGE_SIZE"))
        yield _whole(said("limit_query_param"), default, kind)
        yield _whole(said("offset_query_param"), 0, kind)


def _whole(name: str, default: int | None, kind: ClassValue) -> Parameter:
    # What is no page is answered 404, and what is no size is overlooked: neither is refused as invalid.
    schema = Schema(has_default=default is not None, default=default)
    return Parameter(name=name, location="query", schema=schema, attribute=name, place=kind.place)


def filter_pairs(route: Route, gate: Gate) -> Iterator[tuple[Parameter, str]]:
    """(parameter, lookup) of the view's `filterset_class` or `filterset_fields`."""
    view = route.view
    if view is None or not _filters(view, gate):
        return
    member = gate.codebase.member(view, "filterset_class")
    kind = member.value if member is not None else None
    if isinstance(kind, ClassValue):
        for each in gate.codebase.members(kind, inherited=True):
            word = last(each.value)
            known = word.endswith("Filter") and word != "OrderingFilter"
            if isinstance(each.value, Instance) and known:
                yield _filter(gate.codebase, each.name, each.value)
        return
    member = gate.codebase.member(view, "filterset_fields")
    for name in strings(member.value) if member is not None and member.value is not None else ():
        yield Parameter(name=name, location="query", schema=Schema(), attribute=name), name


def default_order(route: Route, gate: Gate) -> Value | None:
    """The view's own `ordering`, which `OrderingFilter` goes by where nobody asks for another."""
    view = route.view
    if view is None or not is_list(route) or not _filters(view, gate, "OrderingFilter"):
        return None
    member = gate.codebase.member(view, "ordering")
    said = member.value if member is not None else None
    text = text_of(said)
    return ListValue([Const(text)]) if text else said if isinstance(said, ListValue) else None


def _filters(view: ClassValue, gate: Gate, name: str = "DjangoFilter") -> bool:
    """Whether django-filter, or the one of that name, stands among the view's filter backends."""
    member = gate.codebase.member(view, "filter_backends")
    named = (
        items(member.value) if member is not None else items(_told(gate, "DEFAULT_FILTER_BACKENDS"))
    )
    return any(name in (text_of(each) or last(each)) for each in named)


def _filter(codebase: Codebase, name: str, made: Instance) -> tuple[Parameter, str]:
    column = text_of(made.argument(0, "field_name")) or name
    lookup = text_of(made.argument(1, "lookup_expr")) or "exact"
    kind = KINDS.get(last(made), "string")
    whole = kind in ("integer", "boolean", "string")
    # What is neither true nor false is none at all, and filters nothing (`NullBooleanField`).
    schema = Schema(type=kind) if whole else Schema(type="string", format=kind)
    enum = _choices(codebase, made.kwarg("choices"))
    parameter = Parameter(
        name=name,
        location="query",
        schema=schema.replace(enum=enum, converts=kind == "boolean"),
        attribute=name,
        place=made.place,
    )
    return parameter, column if lookup == "exact" else f"{column}__{lookup}"


def _choices(codebase: Codebase, value: Value | None) -> tuple[Any, ...]:
    """The values of `choices=Status.choices` or of a list of pairs."""
    kind = value.receiver if isinstance(value, BoundExternal) and value.name == "choices" else None
    if isinstance(kind, ClassValue):
        members = [e for e in codebase.enumerated(kind) or [] if isinstance(e, Instance)]
        return tuple(plain(each.fields.get("value")) for each in members)
    found = [plain(each) for each in items(value)]
    return tuple(each[0] for each in found if isinstance(each, list) and each)


def is_list(route: Route) -> bool:
    """Whether the route lists: a view set's `list`, or a generic view that says so."""
    if route.method != "GET" or route.function is None or route.view is None:
        return False
    return route.action == "list" or "self.list(" in route.function.node.text
