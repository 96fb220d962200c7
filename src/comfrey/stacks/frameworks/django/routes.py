"""From URL patterns to routes: one method on one path, and the code behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Compare, Constant, Node, walk
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.django.facts import data, decorators, dotted, last, strings
from comfrey.stacks.frameworks.django.patterns import (
    Pattern,
    from_regex,
    joined,
    view_class,
    view_function,
    wrappers,
)
from comfrey.stacks.frameworks.django.routers import Spelled, spelled

VERBS = ("get", "post", "put", "patch", "delete")
RENDERS = re.compile(r"\b(render|TemplateResponse|render_to_string)\(")
WRITES = re.compile(r"\.(save|delete|create|update|get_or_create|update_or_create|add|remove)\(")
LIMITING = ("require_POST", "require_GET", "require_safe", "require_http_methods", "api_view")
COLLECTION = (("GET", "list"), ("POST", "create"))
MEMBER = (
    ("GET", "retrieve"),
    ("PUT", "update"),
    ("PATCH", "partial_update"),
    ("DELETE", "destroy"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One method on one path. `flavour`: `viewset api class function external`.

    `fields` are attributes that the configuration or an `@action` sets on the view; `guarded` is what
    the shelf says about a view from outside, None when it says nothing."""

    method: str
    path: str
    pattern: Pattern
    flavour: str
    view: ClassValue | None = None
    function: FunctionValue | None = None
    action: str = ""
    name: str = ""
    fields: tuple[tuple[str, Value], ...] = ()
    wrapped: tuple[tuple[str, Value], ...] = ()
    guarded: bool | None = None
    refused: bool = False
    """True when `http_method_names` turns the method away: the route is there and answers 405."""
    place: Place | None = None
    converters: tuple[tuple[str, str], ...] = field(default=())


def routes(pattern: Pattern, codebase: Codebase) -> Iterator[Route]:
    """Every route of a pattern."""
    if pattern.group:
        yield from _group(pattern, codebase)
        return
    kind, call = view_class(pattern.view)
    if isinstance(kind, ClassValue) and dotted(kind) in data()["packaged"]:
        yield from _external(pattern, dotted(kind))
    elif isinstance(kind, ClassValue):
        yield from _of_class(pattern, kind, call, codebase)
    elif isinstance(kind, External):
        yield from _external(pattern, kind.name)
    elif (function := view_function(pattern.view)) is not None:
        yield from _of_function(pattern, function)
    elif (name := dotted(pattern.view)) and name != "django.contrib.admin.site.urls":
        yield from _external(pattern, name)


# --- groups ------------------------------------------------------------------


def _group(pattern: Pattern, codebase: Codebase) -> Iterator[Route]:
    if isinstance(pattern.view, External):
        for method, path, guarded in data()["included"][pattern.view.name]:
            full = joined(pattern.path, path, True)
            yield Route(method, full, pattern, "external", guarded=guarded, name=pattern.view.name)
    elif isinstance(pattern.view, Instance):
        yield from router(pattern, pattern.view, codebase)


def router(pattern: Pattern, of: Instance, codebase: Codebase) -> Iterator[Route]:
    """What a DRF router makes of its registrations."""
    slash = "/" if _slash(of, codebase) else ""
    start = pattern.path + _nested(of, codebase)
    own = spelled(of, codebase)
    for prefix, viewset in registered(of, codebase):
        if own:
            yield from _spelled(pattern, start, prefix, slash, viewset, own, codebase)
        else:
            yield from _viewset(pattern, start + prefix, slash, viewset, codebase)


def _spelled(
    pattern: Pattern,
    start: str,
    prefix: str,
    slash: str,
    view: ClassValue,
    own: tuple[Spelled, ...],
    codebase: Codebase,
) -> Iterator[Route]:
    """A view set below a router whose class spells its routes: those of its actions that are there."""
    lookup = _lookup(view, codebase)
    for each in own:
        known = (*pattern.converters, *each.converters, (lookup, _lookup_kind(view, codebase)))
        for method, action in each.actions:
            if codebase.member(view, action) is not None:
                path = start + each.path(prefix, lookup, slash)
                yield _bound(method, path, pattern, view, action, codebase, (), known)
        for method, word, fields, action in _actions(view, codebase) if not each.actions else ():
            if _is_detail(fields) == each.detail:
                path = start + each.path(prefix, lookup, slash, word)
                yield _bound(method, path, pattern, view, action, codebase, fields, known)


def registered(of: Value, codebase: Codebase, depth: int = 4) -> Iterator[tuple[str, ClassValue]]:
    """(prefix, view set) of a router, those taken over from another's registry included."""
    for event in codebase.evaluator.on(of):
        if event.name != "register":
            continue
        prefix, viewset = event.argument(0, "prefix"), event.argument(1, "viewset")
        text = text_of(prefix)
        if text is not None and isinstance(viewset, ClassValue):
            yield from_regex(text)[0], viewset
    for event in codebase.evaluator.on(codebase.evaluator.bound(of, "registry")):
        other = event.args[0] if event.args else None
        if event.name == "extend" and depth and isinstance(other, BoundExternal):
            yield from registered(other.receiver, codebase, depth - 1)


def _slash(of: Instance, codebase: Codebase) -> bool:
    said = of.kwarg("trailing_slash")
    kind = codebase.class_of(of)
    if said is None and kind is not None:
        member = codebase.member(kind, "trailing_slash")
        said = member.value if member is not None else None
    return plain(said) not in (False, "", "/?")


def _nested(of: Instance, codebase: Codebase) -> str:
    """`domains/{domain_pk}/` for a router that hangs below another's prefix (drf-nested-routers)."""
    if not last(of).startswith("Nested"):
        return ""
    parent, prefix = of.argument(0, "parent_router"), text_of(of.argument(1, "parent_prefix"))
    lookup = text_of(of.kwarg("lookup")) or f"nested_{prefix}"
    if prefix is None or not isinstance(parent, Instance):
        return ""
    field_name = next(
        (
            _lookup(viewset, codebase)
            for own, viewset in registered(parent, codebase)
            if own == prefix
        ),
        "pk",
    )
    return f"{_nested(parent, codebase)}{prefix}/{{{lookup}_{field_name}}}/"


def _viewset(
    pattern: Pattern, start: str, slash: str, view: ClassValue, codebase: Codebase
) -> Iterator[Route]:
    root = start + slash if start.rpartition("/")[2] else start
    base = f"{start}/" if start.rpartition("/")[2] else start
    lookup = "{" + _lookup(view, codebase) + "}"
    kind = _lookup_kind(view, codebase)
    converters = (*pattern.converters, (_lookup(view, codebase), kind))
    extras = tuple(_actions(view, codebase))
    for method, path, fields, action in extras:
        if not _is_detail(fields):
            yield _bound(method, base + path + slash, pattern, view, action, codebase, fields)
    for method, action in COLLECTION:
        if codebase.member(view, action) is not None:
            yield _bound(method, root, pattern, view, action, codebase)
    for method, path, fields, action in extras:
        if _is_detail(fields):
            full = f"{base}{lookup}/{path}{slash}"
            yield _bound(method, full, pattern, view, action, codebase, fields, converters)
    for method, action in MEMBER:
        if codebase.member(view, action) is not None:
            full = base + lookup + slash
            yield _bound(method, full, pattern, view, action, codebase, (), converters)


def _is_detail(fields: tuple[tuple[str, Value], ...]) -> bool:
    return plain(dict(fields).get("detail")) is True


def _lookup(view: ClassValue, codebase: Codebase) -> str:
    for name in ("lookup_url_kwarg", "lookup_field"):
        member = codebase.member(view, name)
        found = text_of(member.value) if member is not None else None
        if found:
            return found
    return "pk"


def _lookup_kind(view: ClassValue, codebase: Codebase) -> str:
    for name in ("lookup_value_regex", "lookup_value_converter"):
        member = codebase.member(view, name)
        found = text_of(member.value) if member is not None else None
        if found:
            return found
    return "lookup"


def _actions(
    view: ClassValue, codebase: Codebase
) -> Iterator[tuple[str, str, tuple[tuple[str, Value], ...], str]]:
    """(method, path, attributes, action) of every `@action`, its `mapping`s included."""
    made: dict[str, tuple[str, tuple[tuple[str, Value], ...]]] = {}
    for member in codebase.members(view, inherited=True):
        function = member.value
        if not isinstance(function, FunctionValue):
            continue
        for name, value in decorators(function):
            kind = name.rpartition(".")[2]
            if not isinstance(value, Instance) or kind not in (
                "action",
                "detail_route",
                "list_route",
            ):
                continue
            fields = dict(value.kwargs)
            if kind != "action":
                fields["detail"] = Const(kind == "detail_route")
            path = from_regex(text_of(fields.get("url_path")) or member.name)[0]
            made[member.name] = (path, tuple(fields.items()))
            methods = value.argument(0, "methods")
            for method in [each.upper() for each in strings(methods)] or ["GET"]:
                yield method, path, tuple(fields.items()), member.name
        for value in function.decorators:
            mapped = _mapping(value)
            if mapped is not None and mapped[0] in made:
                path, kept = made[mapped[0]]
                yield mapped[1].upper(), path, kept, member.name


def _mapping(value: Value) -> tuple[str, str] | None:
    """`@favorite.mapping.delete` as (favorite, delete)."""
    inner = value.of if isinstance(value, Instance) else value
    match inner:
        case BoundExternal(
            receiver=BoundExternal(receiver=FunctionValue(name=name), name="mapping"), name=verb
        ):
            return name, verb
    return None


def _bound(
    method: str,
    path: str,
    pattern: Pattern,
    view: ClassValue,
    action: str,
    codebase: Codebase,
    fields: tuple[tuple[str, Value], ...] = (),
    converters: tuple[tuple[str, str], ...] | None = None,
) -> Route:
    member = codebase.member(view, action)
    function = member.value if member is not None else None
    return Route(
        method,
        path,
        pattern,
        "viewset",
        view,
        function if isinstance(function, FunctionValue) else None,
        action,
        f"{view.name}.{action}",
        tuple(pair for pair in fields if pair[0] not in ("detail", "methods", "url_path")),
        refused=method.lower() not in allowed(view, codebase),
        converters=pattern.converters if converters is None else converters,
    )


# --- classes -----------------------------------------------------------------


def allowed(view: ClassValue, codebase: Codebase) -> tuple[str, ...]:
    """`http_method_names`, which turns away what it does not hold."""
    member = codebase.member(view, "http_method_names")
    names = strings(member.value) if member is not None and member.value is not None else ()
    return tuple(each.lower() for each in names) or VERBS


def is_api(view: ClassValue, codebase: Codebase) -> bool:
    """Whether DRF answers: authentication, permissions and content negotiation stand before the view."""
    return any(each.endswith(":APIView") for each in codebase.ancestry(view))


def _of_class(
    pattern: Pattern, view: ClassValue, call: Instance | None, codebase: Codebase
) -> Iterator[Route]:
    fields = call.kwargs if call is not None else ()
    mapped = call.argument(0, "actions") if call is not None else None
    if isinstance(mapped, DictValue):
        kept = tuple(pair for pair in fields if pair[0] != "actions")
        for method, action in mapped.items:
            verb, name = text_of(method), text_of(action)
            if verb and name:
                yield _bound(verb.upper(), pattern.path, pattern, view, name, codebase, kept)
        return
    api = is_api(view, codebase)
    found = _methods(view, codebase)
    for verb in VERBS:
        if verb not in found:
            continue
        member = codebase.member(view, verb)
        function = member.value if member is not None else None
        yield Route(
            verb.upper(),
            pattern.path,
            pattern,
            "api" if api else "class",
            view,
            function if isinstance(function, FunctionValue) else None,
            verb,
            f"{view.name}.{verb}",
            fields,
            wrappers(pattern.view),
            refused=verb not in allowed(view, codebase),
            converters=pattern.converters,
        )


def _methods(view: ClassValue, codebase: Codebase) -> set[str]:
    own = {each for each in VERBS if codebase.member(view, each) is not None}
    for ancestor in codebase.external_ancestors(view):
        known = data()["packaged"].get(ancestor.name, {}).get("methods")
        own |= {each.lower() for each in known or data()["views"].get(ancestor.last, ())}
    return own


def _external(pattern: Pattern, name: str) -> Iterator[Route]:
    """A view from outside, used as it is."""
    known = data()["packaged"].get(name) or _by_last_name(name)
    short = name.rpartition(".")[2]
    methods = known["methods"] if known else data()["views"].get(short)
    if methods is None and (name.startswith("django.contrib.admin") or not name):
        return
    for method in methods or ("GET",):
        guarded = known["auth"] if known else False if methods else None
        yield Route(
            method, pattern.path, pattern, "external", name=short, guarded=guarded,
            wrapped=wrappers(pattern.view), converters=pattern.converters,
        )  # fmt: skip


def _by_last_name(name: str) -> dict[str, Any] | None:
    first, _, short = name.partition(".")
    for key, known in data()["packaged"].items():
        if key.partition(".")[0] == first and key.rpartition(".")[2] == short.rpartition(".")[2]:
            return dict(known)
    return None


# --- functions ---------------------------------------------------------------


def _of_function(pattern: Pattern, function: FunctionValue) -> Iterator[Route]:
    wrapped = (*wrappers(pattern.view), *decorators(function))
    names = {name.rpartition(".")[2]: value for name, value in wrapped}
    api = "api_view" in names
    for method in methods_of(function, names):
        yield Route(
            method,
            pattern.path,
            pattern,
            "api" if api else "function",
            None,
            function,
            "",
            function.name,
            wrapped=wrapped,
            converters=pattern.converters,
        )


def methods_of(function: FunctionValue, names: dict[str, Value]) -> tuple[str, ...]:
    """The methods that a function view answers: what decorators say, else what its code asks for."""
    for name in ("api_view", "require_http_methods"):
        made = names.get(name)
        if isinstance(made, Instance) and made.args:
            return tuple(e.upper() for e in strings(made.args[0]) if e.lower() in VERBS)
    if "api_view" in names or {"require_GET", "require_safe"} & names.keys():
        return ("GET",)
    if "require_POST" in names:
        return ("POST",)
    return asked(function)


def asked(function: FunctionValue) -> tuple[str, ...]:
    """By its comparisons of `request.method`, and whether it reads what a form sends."""
    text = function.node.text
    found: set[str] = set()
    negative = False
    for body in _nodes(function):
        if isinstance(body, Compare) and _is_method(body.first):
            for sign, operand in body.rest:
                found |= _named(operand)
                negative = negative or sign in ("!=", "not in")
    if not found:
        reads = re.search(r"request\.(POST|FILES|body)\b", text)
        page = RENDERS.search(text)
        if (reads and ("csrf_exempt" in text or not page)) or (
            not page and _is_done_by_form(function)
        ):
            return ("POST",)
        return ("GET", "POST") if reads else ("GET",)
    if not negative:
        found.add("GET")
    return tuple(each.upper() for each in VERBS if each.upper() in found)


def takes_any_method(route: Route) -> bool | None:
    """Whether a function view carries out a request of whatever method; None for views that are none, and for
    one that shows a page to whoever sends nothing."""
    if route.flavour != "function" or route.function is None:
        return None
    decorated = {name.rpartition(".")[2] for name, _ in route.wrapped}
    text = route.function.node.text
    if decorated & {*LIMITING} or "request.method" in text:
        return False
    return None if RENDERS.search(text) else True


def _is_done_by_form(function: FunctionValue) -> bool:
    """A view that changes rows and shows no page, among others that take a form alone."""
    if not WRITES.search(function.node.text):
        return False
    beside = (each for each in function.scope.names.values() if isinstance(each, FunctionValue))
    names = ({name.rpartition(".")[2] for name, _ in decorators(each)} for each in beside)
    return any("require_POST" in each for each in names)


def _nodes(function: FunctionValue) -> Iterator[Node]:
    body = getattr(function.node, "body", None)
    for statement in getattr(body, "statements", ()):
        yield from walk(statement)


def _is_method(node: Node) -> bool:
    return isinstance(node, Attribute) and node.name == "method"


def _named(node: Node) -> set[str]:
    return {
        each.value
        for each in walk(node)
        if isinstance(each, Constant) and isinstance(each.value, str) and each.value.isupper()
    }
