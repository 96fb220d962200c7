"""Loads plug-ins as Fastify does, context inside context, and gathers every route with the hooks in front of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from comfrey.languages.javascript.environment import described
from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    Condition,
    Const,
    DictValue,
    Event,
    External,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.frameworks.fastify.autoload import Loaded, folder_plugins
from comfrey.stacks.frameworks.fastify.facts import METHODS, PHASES, data

SELF = (*METHODS, "all", "route", "register", "addHook", "decorate", "decorateRequest", "withTypeProvider",
        "after", "decorateReply", "setErrorHandler", "addSchema", "setValidatorCompiler", "ready")  # fmt: skip
MAX_DEPTH = 30
PARAMETER = re.compile(r":(\w+)(?:\((?:[^()]|\([^()]*\))*\))?\??")


@dataclass(eq=False)
class Context:
    """One encapsulation context: its own instance, prefix, hooks and error handlers."""

    instance: Instance
    prefix: str = ""
    hooks: list[tuple[str, Value]] = field(default_factory=list)
    rescues: list[Value] = field(default_factory=list)
    evidence: tuple[Place, ...] = ()
    depth: int = 0
    reparsed: bool = False
    """Whether a parser of the app's own reads JSON here."""
    seen: int = 0
    waiting: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Route:
    """One route; `options` are its route options, `context` is where it was registered."""

    method: str
    path: str
    handler: Value
    options: DictValue
    context: Context
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    place: Place | None = None

    @property
    def before(self) -> tuple[Value, ...]:
        """The functions that run before the handler: by phase, the context's before the route's own."""
        return self._in(PHASES)

    @property
    def before_input(self) -> tuple[Value, ...]:
        """Those of them that run before the schemas are asked
        (https://fastify.dev/docs/latest/Reference/Lifecycle/)."""
        return self._in(PHASES[: PHASES.index("preHandler")])

    def _in(self, phases: tuple[str, ...]) -> tuple[Value, ...]:
        found: list[Value] = []
        for phase in phases:
            hooks = [function for name, function in self.context.hooks if name == phase]
            found += [one for each in hooks for one in functions(each)]
            found += functions(self.options.get(phase))
        return tuple(found)


@dataclass
class Walk:
    """One app, loaded once."""

    codebase: Codebase
    unknowns: list[Unknown] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    request: dict[str, Value] = field(default_factory=dict)
    """Members that the project puts on every request."""
    root: Instance | None = None

    def app(self, app: Instance) -> list[Route]:
        """Every route of an app, plug-ins loaded in their order."""
        self.root = app
        self._load(Context(app, evidence=(app.place,) if app.place else ()))
        return self.routes

    def _load(self, context: Context) -> None:
        """Carries out what was done to an instance; plug-ins come when the code around them is through."""
        self._drain(context)
        while context.waiting:
            event = context.waiting.pop(0)
            self._register(event, context)
            later, context.waiting = context.waiting, []
            self._drain(context)
            context.waiting += later

    def _drain(self, context: Context) -> None:
        while fresh := self._events(context)[context.seen :]:
            context.seen += len(fresh)
            for event in fresh:
                self._done(event, context)

    def _events(self, context: Context) -> list[Event]:
        return [
            each
            for each in self.codebase.evaluator.events
            if owner_of(each.receiver) is context.instance
        ]

    def _done(self, event: Event, context: Context) -> None:
        name, args = event.name, event.args
        if name == "register":
            context.waiting.append(event)
        elif name == "addHook" and len(args) > 1:
            context.hooks.append((text_of(args[0]) or "", args[1]))
        elif name == "decorate" and len(args) > 1:
            name, value = text_of(args[0]) or "", args[1]
            if isinstance(value, FunctionValue) and value.name == "<anonymous>":
                value.name = name
            context.instance.fields[name] = value
        elif name == "decorateRequest" and len(args) > 1 and isinstance(args[1], FunctionValue):
            self.request[text_of(args[0]) or ""] = args[1]
        elif name == "setErrorHandler" and args:
            context.rescues.insert(0, args[0])
        elif name == "addContentTypeParser" and args:
            context.reparsed = context.reparsed or "application/json" in _said(args[0])
        elif name in METHODS or name == "all":
            self._shorthand(event, context)
        elif name == "route" and args and isinstance(args[0], DictValue):
            self._declared(event, args[0], context)

    # --- routes --------------------------------------------------------------

    def _shorthand(self, event: Event, context: Context) -> None:
        options = event.args[1] if len(event.args) > 2 else None
        handler = event.args[-1] if len(event.args) > 1 else None
        if isinstance(handler, DictValue):
            options, handler = handler, handler.get("handler")
        if handler is None:
            return
        given = options if isinstance(options, DictValue) else DictValue([])
        methods = ("GET",) if event.name == "all" else (event.name.upper(),)
        self._added(event, methods, text_of(event.args[0]), handler, given, context)

    def _declared(self, event: Event, options: DictValue, context: Context) -> None:
        said = plain(options.get("method"))
        methods = [said] if isinstance(said, str) else [e for e in said or [] if isinstance(e, str)]
        path = text_of(options.get("url") or options.get("path"))
        handler = options.get("handler")
        if handler is not None:
            upper = tuple(each.upper() for each in methods) or ("GET",)
            self._added(event, upper, path, handler, options, context)

    def _added(
        self,
        event: Event,
        methods: tuple[str, ...],
        path: str | None,
        handler: Value,
        options: DictValue,
        context: Context,
    ) -> None:
        if path is None:
            self.unknowns.append(
                Unknown(subject="path", reason="computed at run time", place=event.place)
            )
        spelled = spell(context.prefix, path if path is not None else "/{unknown}")
        if spelled in ("/{path}", "/*"):
            return
        for method in methods:
            self.routes.append(
                Route(
                    method,
                    spelled,
                    handler,
                    options,
                    context,
                    (*context.evidence, event.place),
                    event.conditions,
                    event.place,
                )
            )

    # --- plug-ins ------------------------------------------------------------

    def _register(self, event: Event, context: Context) -> None:
        if context.depth > MAX_DEPTH or not event.args:
            return
        options = event.args[1] if len(event.args) > 1 else DictValue([])
        self.plug(event.args[0], options, context, event.place)

    def plug(self, plugin: Value, options: Value, context: Context, place: Place | None) -> None:
        """Loads one plug-in: in a context of its own, unless it is wrapped so as to share this one."""
        plugin, shared = self._unwrapped(plugin)
        if isinstance(plugin, FunctionValue | BoundMethod):
            inner = context if shared else self._child(context, options, place)
            done = External("<done>")
            self.codebase.evaluator.call(plugin, (inner.instance, options, done))
            later, inner.waiting = inner.waiting, []
            self._load(inner)
            inner.waiting += later
            return
        name = dotted(plugin)
        if name in data()["autoload"] and isinstance(options, DictValue):
            for each in folder_plugins(self.codebase, options):
                self._loaded(each, context, place)
        settings = (
            described(self.codebase.evaluator, options) if name in data()["settings"] else None
        )
        if settings is not None:
            member = text_of(options.get("confKey")) if isinstance(options, DictValue) else None
            context.instance.fields[member or "config"] = settings
        for member, stands_for in data()["decorations"].get(name, {}).items():
            context.instance.fields[member] = External(stands_for)
        for member, stands_for in data()["tools"].get(name, {}).items():
            made = Instance(External(stands_for), (options,), place=place, symbolic=True)
            context.instance.fields[member] = made
        if name == "@fastify/bearer-auth" and _adds_hook(options):
            context.hooks.append(("onRequest", External(name)))

    def _loaded(self, each: Loaded, context: Context, place: Place | None) -> None:
        """What was found in a folder: a plug-in, or a folder with hooks of its own."""
        if each.hooks is not None:
            inner = self._child(context, DictValue([]), place)
            hooks, _ = self._unwrapped(each.hooks)
            if isinstance(hooks, FunctionValue | BoundMethod):
                given = (inner.instance, each.options, External("<done>"))
                self.codebase.evaluator.call(hooks, given)
                self._drain(inner)
        else:
            inner = context
        if each.plugin is not None:
            self.plug(each.plugin, self._configured(each, inner), inner, place)
        for below in each.below:
            self._loaded(below, inner, place)
        if each.hooks is not None:
            self._load(inner)

    def _configured(self, each: Loaded, context: Context) -> DictValue:
        """The options of a plug-in, with what its `autoConfig(instance)` gives."""
        if each.config is None:
            return each.options
        made = self.codebase.evaluator.call(each.config, (context.instance,))
        more = made.items if isinstance(made, DictValue) else []
        return DictValue([*each.options.items, *more])

    def _child(self, context: Context, options: Value, place: Place | None) -> Context:
        said = options.get("prefix") if isinstance(options, DictValue) else None
        made = Instance(
            context.instance.of, (), (), context.instance.place, dict(context.instance.fields)
        )
        return Context(
            made,
            join(context.prefix, text_of(said) or ""),
            list(context.hooks),
            list(context.rescues),
            (*context.evidence, *((place,) if place else ())),
            context.depth + 1,
            context.reparsed,
        )

    def _unwrapped(self, plugin: Value) -> tuple[Value, bool]:
        """The function of a plug-in, and whether it shares the context that it is registered in."""
        if isinstance(plugin, Choice):
            plugin = plugin.options[0]
        if isinstance(plugin, ModuleValue):
            found = self.codebase.evaluator.member(plugin.name, "default")
            return self._unwrapped(found) if found is not None else (plugin, False)
        if isinstance(plugin, DictValue) and plugin.get("default") is not None:
            return self._unwrapped(plugin.get("default") or plugin)
        wrapped = isinstance(plugin, Instance) and dotted(plugin) in data()["wrappers"]
        if wrapped and isinstance(plugin, Instance) and plugin.args:
            return self._unwrapped(plugin.args[0])[0], True
        return plugin, False


def _said(media: Value) -> list[str]:
    """The content types that a parser is for: one, or a list of them."""
    return [
        text_of(each) or "" for each in (media.items if isinstance(media, ListValue) else [media])
    ]


def _adds_hook(options: Value) -> bool:
    said = options.get("addHook") if isinstance(options, DictValue) else None
    return plain(said) is not False


def owner_of(value: Value | None) -> Value | None:
    """The instance that a chain of registrations began on."""
    while isinstance(value, Instance) and isinstance(value.of, BoundExternal):
        if value.of.name not in SELF:
            return value
        value = value.of.receiver
    return value


def functions(value: Value | None) -> list[Value]:
    """A hook, or several in a list; those that `fastify.auth([…])` combines stand for it."""
    if isinstance(value, ListValue):
        return [one for each in value.items for one in functions(each)]
    if isinstance(value, Instance) and dotted(value) == "@fastify/auth.auth" and value.args:
        return functions(value.args[0])[:1]
    if isinstance(value, BoundExternal):
        owner = owner_of(value.receiver)
        found = owner.fields.get(value.name) if isinstance(owner, Instance) else None
        return functions(found) if found is not None else [value]
    return [] if value is None or isinstance(value, Const) else [value]


def join(prefix: str, more: str) -> str:
    """A prefix below another one."""
    if not more:
        return prefix
    return prefix.rstrip("/") + ("" if more.startswith("/") else "/") + more


def spell(prefix: str, path: str) -> str:
    """A route's path with parameters as `{name}`, without a trailing slash."""
    whole = join(prefix, path) if path not in ("", "/") else (prefix or "/")
    whole = PARAMETER.sub(r"{\1}", whole)
    whole = re.sub(r"\*$", "{path}", whole)
    whole = re.sub(r"/{2,}", "/", whole if whole.startswith("/") else "/" + whole)
    return whole.rstrip("/") or "/"
