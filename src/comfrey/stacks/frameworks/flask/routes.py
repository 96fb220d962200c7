"""Follows an app's blueprints, namespaces and APIs to every rule that it serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    Condition,
    Const,
    Event,
    FunctionValue,
    Instance,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.flask.facts import data, strings

METHODS = ("get", "post", "put", "patch", "delete", "options", "head")
RULE = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
MAX_DEPTH = 12


@dataclass(frozen=True)
class Route:
    """One rule. `target` is what answers: a function, or a class with one method per HTTP method.

    `owners` are the app and the blueprints that a request passes, outermost first."""

    methods: tuple[str, ...]
    path: str
    rule: str
    target: Value | None
    arguments: dict[str, Value] = field(default_factory=dict)
    owners: tuple[Instance, ...] = ()
    endpoint: str = ""
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Standing:
    """Where the walk stands: the prefix so far, and what is above."""

    prefix: str = ""
    owners: tuple[Instance, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()


class Walk:
    """One app, walked once. `unknowns` are registrations that could not be followed."""

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self.unknowns: list[Unknown] = []

    def app(self, app: Instance) -> Iterator[Route]:
        """Every route of the app, in the order of registration."""
        place = (app.place,) if app.place else ()
        yield from self._below(app, Standing(owners=(app,), evidence=place))

    def _below(self, owner: Instance, here: Standing) -> Iterator[Route]:
        if len(here.owners) > MAX_DEPTH:
            return
        for event in self.codebase.evaluator.events:
            if event.receiver is owner:
                yield from self._registered(event, here)
            elif self._binds(event, owner):
                yield from self._bound(event, here)

    def _registered(self, event: Event, here: Standing) -> Iterator[Route]:
        match event.name:
            case "route" | "get" | "post" | "put" | "patch" | "delete":
                if event.target is not None:
                    yield from self._decorated(event, here)
            case "add_url_rule":
                target = event.argument(2, "view_func")
                if target is not None:
                    yield self._route(event, here, event.argument(0, "rule"), target)
            case "add_resource":
                yield from self._resource(event, here)
            case "register_blueprint" | "register_api":
                yield from self._mounted(event, here)
            case "add_namespace":
                yield from self._namespace(event.argument(0, "ns"), event, here)
            case "namespace":
                yield from self._namespace(event.result, event, here)

    # --- rules -------------------------------------------------------------------

    def _decorated(self, event: Event, here: Standing) -> Iterator[Route]:
        rules = event.args or tuple(each for each in (event.kwarg("rule"),) if each)
        for rule in rules:
            assert event.target is not None
            yield self._route(event, here, rule, event.target)

    def _resource(self, event: Event, here: Standing) -> Iterator[Route]:
        target = event.argument(0, "resource")
        for rule in event.args[1:] if target is not None else ():
            assert target is not None
            yield self._route(event, here, rule, target)

    def _route(self, event: Event, here: Standing, rule: Value | None, target: Value) -> Route:
        known = text_of(rule)
        if known is None:
            self.unknowns.append(
                Unknown(subject="rule", reason="computed at run time", place=event.place)
            )
            known = "/<unknown>"
        whole = joined(here.prefix, known)
        name = plain(event.kwarg("endpoint"))
        if event.name == "add_url_rule":
            name = plain(event.argument(1, "endpoint"))
        return Route(
            methods=_methods(event, target, self.codebase),
            path=spelt(whole),
            rule=whole,
            target=target,
            arguments=dict(event.kwargs),
            owners=here.owners,
            endpoint=_endpoint(here.owners, name, target),
            evidence=(*here.evidence, *event.chain, event.place),
            conditions=(*here.conditions, *event.conditions),
            place=event.place,
        )

    # --- what is below -----------------------------------------------------------

    def _mounted(self, event: Event, here: Standing) -> Iterator[Route]:
        for blueprint in _options(event.argument(0, "blueprint")):
            if not isinstance(blueprint, Instance):
                reason = "the blueprint that is registered here is not known"
                self.unknowns.append(
                    Unknown(subject=here.prefix or "/", reason=reason, place=event.place)
                )
                continue
            below = replace(
                here,
                prefix=joined(here.prefix, self._prefix(blueprint, event.kwarg("url_prefix"))),
                owners=(*here.owners, blueprint),
                evidence=(*here.evidence, *event.chain, event.place),
                conditions=(*here.conditions, *event.conditions),
            )
            yield from self._below(blueprint, below)

    def _prefix(self, blueprint: Instance, said: Value | None) -> str:
        """The prefix that the registration gives, else the blueprint's own."""
        if said is not None and not (isinstance(said, Const) and said.value is None):
            return text_of(said) or ""
        for event in reversed(self.codebase.evaluator.on(blueprint)):
            if event.name in ("__init__", "super.__init__") and event.kwarg("url_prefix"):
                return text_of(event.kwarg("url_prefix")) or ""
        return text_of(blueprint.kwarg("url_prefix") or blueprint.fields.get("url_prefix")) or ""

    def _binds(self, event: Event, owner: Instance) -> bool:
        """Whether an `Api(owner)` or `api.init_app(owner)` stands here."""
        made = event.result if event.name == "__init__" else event.receiver
        if event.name not in ("__init__", "init_app") or not isinstance(made, Instance):
            return False
        if not any(value is owner for value in (*event.args, *(v for _, v in event.kwargs))):
            return False
        return self.codebase.is_a(made, *data()["apis"])

    def _bound(self, event: Event, here: Standing) -> Iterator[Route]:
        api = event.result if event.name == "__init__" else event.receiver
        assert isinstance(api, Instance)
        prefix = text_of(api.kwarg("prefix")) or ""
        below = replace(here, prefix=joined(here.prefix, prefix), owners=(*here.owners, api))
        yield from self._below(api, below)

    def _namespace(self, namespace: Value | None, event: Event, here: Standing) -> Iterator[Route]:
        """flask-restx: a namespace lies at the path that is given, else at its own, else at its name."""
        if not isinstance(namespace, Instance):
            return
        said = event.kwarg("path") if event.name == "namespace" else event.argument(1, "path")
        own = namespace.kwarg("path")
        name = text_of(namespace.argument(0, "name")) or ""
        path = text_of(said) if said is not None else text_of(own) if own is not None else None
        below = replace(
            here,
            prefix=joined(here.prefix, path if path is not None else f"/{name}"),
            owners=(*here.owners, namespace),
            evidence=(*here.evidence, *event.chain, event.place),
        )
        yield from self._below(namespace, below)


def joined(prefix: str, rule: str) -> str:
    """A rule below a prefix, as Flask joins them."""
    if not rule:
        return prefix
    if not prefix.strip("/"):
        return rule if rule.startswith("/") else f"/{rule}"
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}"


def spelt(rule: str) -> str:
    """`/users/<int:id>` as `/users/{id}`."""
    return RULE.sub(r"{\3}", rule)


def view_class(target: Value | None) -> ClassValue | None:
    """The class of `UserView.as_view("users")`, or a class that stands for itself."""
    match target:
        case ClassValue():
            return target
        case Instance(of=BoundExternal(receiver=ClassValue() as kind, name="as_view")):
            return kind
    return None


def _methods(event: Event, target: Value, codebase: Codebase) -> tuple[str, ...]:
    if event.name in METHODS:
        return (event.name.upper(),)
    named = strings(event.kwarg("methods"))
    kind = view_class(_innermost(target))
    if not named and kind is not None:
        own = codebase.member(kind, "methods")
        named = strings(own.value) if own is not None else ()
        if not named:
            members = ((each, codebase.member(kind, each)) for each in METHODS)
            named = tuple(
                name for name, member in members
                if member is not None and isinstance(member.value, FunctionValue)
            )  # fmt: skip
    methods = dict.fromkeys(each.upper() for each in named) or {"GET": None}
    return tuple(each for each in methods if each not in ("HEAD", "OPTIONS"))


def _innermost(target: Value) -> Value:
    """What a decorator of a package was put around."""
    while isinstance(target, Instance) and not isinstance(target.of, BoundExternal | ClassValue):
        inner = next((e for e in target.args if isinstance(e, FunctionValue | Instance)), None)
        if inner is None:
            break
        target = inner
    return target


def _endpoint(owners: tuple[Instance, ...], said: object, target: Value) -> str:
    """Flask's own name of a rule: the blueprint's name, a dot, the view's."""
    name = said if isinstance(said, str) else getattr(target, "name", "")
    blueprints = [text_of(each.argument(0, "name")) or "" for each in owners[1:]]
    return ".".join(each for each in (*blueprints, str(name)) if each)


def _options(value: Value | None) -> tuple[Value | None, ...]:
    return value.options if isinstance(value, Choice) else (value,)
