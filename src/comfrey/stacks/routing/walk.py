"""Follows what was registered on routers to every route that an app serves, with what stands in front of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    Condition,
    Const,
    Event,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.routing.handlers import CALLABLE, flat, layered, wrapped
from comfrey.stacks.routing.paths import joined, parted, spelled
from comfrey.stacks.routing.words import Words

MAX_DEPTH = 12
STRIPPED = "net/http.StripPrefix"
SERVING = ("net/http.ListenAndServe", "net/http.Serve")


@dataclass(frozen=True)
class Route:
    """One registration: `method` is "" where it takes any. `layers` stand in front of the handler, outermost first."""

    method: str
    path: str
    handler: Value
    layers: tuple[Value, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Mounted:
    """Another router below a prefix."""

    router: Value | Board
    prefix: str
    layers: tuple[Value, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass
class Board:
    """A router's own list of what was registered on it and on its groups."""

    entries: list[Route | Mounted | Draft] = field(default_factory=list)
    layers: list[Value] = field(default_factory=list)


@dataclass
class Standing:
    """A router, or a group of one: its prefix on the board, and what stands in front so far."""

    board: Board
    prefix: str = ""
    layers: list[Value] = field(default_factory=list)
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass
class Draft:
    """A route that is described step by step (`r.Path(p).Methods(m).Handler(h)`)."""

    standing: Standing
    path: str = ""
    methods: tuple[str, ...] = ()
    handler: Value | None = None
    event: Event | None = None


@dataclass
class Walk:
    """All that was registered in one codebase."""

    codebase: Codebase
    words: Words
    unknowns: list[Unknown] = field(default_factory=list)
    missing: list[Value] = field(default_factory=list)
    _standings: dict[int, Standing] = field(default_factory=dict)
    _drafts: dict[int, Draft] = field(default_factory=dict)
    _kept: list[Value] = field(default_factory=list)
    default: Instance | None = None
    """The router that the package itself keeps."""
    read: int = 0
    """How many events were read."""

    def is_mounted(self, value: Instance) -> bool:
        """Whether a router stands below another one."""
        return any(
            isinstance(entry, Mounted) and entry.router is value
            for standing in self._standings.values()
            for entry in standing.board.entries
        )

    def gather(self) -> None:
        """Reads all events, in the program's order; what reading one leaves is read next."""
        evaluator = self.codebase.evaluator
        waiting = list(reversed(evaluator.events))
        while waiting:
            began = len(evaluator.events)
            self._read(waiting.pop())
            waiting += reversed(evaluator.events[began:])
        self.read = len(evaluator.events)

    # --- events --------------------------------------------------------------

    def _read(self, event: Event) -> None:
        if isinstance(event.receiver, External):
            word = self.words.globals.get(event.receiver.name)
            if word is not None:
                self._registered(replace(event, name=word), self._of_package())
            return
        draft = self._drafts.get(id(event.receiver))
        if draft is not None and event.name in self.words.chains:
            self._described(event, draft)
            return
        standing = self.standing(event.receiver)
        if standing is not None:
            self._registered(event, standing)

    def _of_package(self) -> Standing:
        if self.default is None:
            self.default = Instance(External("net/http.DefaultServeMux"))
        found = self.standing(self.default, known=True)
        assert found is not None
        return found

    def standing(self, value: Value | None, known: bool = False) -> Standing | None:
        """Where a router stands; None for what is none."""
        if isinstance(value, Choice):
            value = value.options[0]
        if isinstance(value, Instance) and self._is_package_mux(value):
            value = self.default = self.default or value
        if not isinstance(value, Instance):
            if isinstance(value, External) and value.name == "net/http.DefaultServeMux":
                return self._of_package()
            return None
        if id(value) in self._standings:
            return self._standings[id(value)]
        if known or self.is_router(value):
            self._kept.append(value)
            board = Board()
            found = Standing(board, layers=board.layers)
            if value.place is not None:
                found.evidence = (value.place,)
            self._standings[id(value)] = found
            return found
        return None

    def _is_package_mux(self, value: Instance) -> bool:
        return dotted(value) == "net/http.DefaultServeMux"

    def is_router(self, value: Value) -> bool:
        """Whether a value is a router that the tree made."""
        if not isinstance(value, Instance) or isinstance(value.of, BoundExternal):
            return False
        return dotted(value) in (*self.words.apps, *self.words.routers)

    def _registered(self, event: Event, standing: Standing) -> None:
        words, name, args = self.words, event.name, event.args
        if name in words.callbacks and any(isinstance(each, CALLABLE) for each in args[-1:]):
            self._called_back(event, standing)
        elif name in words.groups:
            self._grouped(event, standing)
        elif name in words.uses:
            self._used(event, standing)
        elif name in words.mounts:
            self._mounted(event, standing)
        elif name in words.verbs:
            self._verb(event, standing, (words.verbs[name],), args)
        elif name in words.named and len(args) > 1 and text_of(args[0]) is not None:
            self._verb(event, standing, ((text_of(args[0]) or "").upper(),), args[1:])
        elif name in words.several and len(args) > 2:
            listed = args[0].items if isinstance(args[0], ListValue) else []
            methods = tuple((text_of(each) or "").upper() for each in listed)
            self._verb(event, standing, methods, args[1:])
        elif name in words.patterns and len(args) > 1:
            self._pattern(event, standing)
        elif name in words.chains:
            draft = Draft(standing)
            standing.board.entries.append(draft)
            self._described(event, draft)
        elif name in words.missing:
            self.missing += flat(args)
        elif name in words.same and isinstance(event.result, Instance):
            self._kept.append(event.result)
            self._standings[id(event.result)] = standing

    # --- groups and middleware -------------------------------------------------

    def _below(
        self, event: Event, standing: Standing, prefix: str, more: tuple[Value, ...]
    ) -> Standing:
        return Standing(
            standing.board,
            joined(standing.prefix, prefix, self.words.slash),
            [*standing.layers, *self._layers(more)],
            (*standing.evidence, *event.chain, event.place),
            (*standing.conditions, *event.conditions),
        )

    def _layers(self, given: tuple[Value, ...]) -> list[Value]:
        functions = [each for each in flat(given) if not isinstance(each, Const)]
        if not self.words.wraps:
            return functions
        return [wrapped(each, self.codebase) for each in functions]

    def _grouped(self, event: Event, standing: Standing) -> None:
        prefix, rest = self._prefix(event)
        if isinstance(event.result, Instance):
            self._kept.append(event.result)
            made = self._own_board if self.words.whole else self._below
            self._standings[id(event.result)] = made(event, standing, prefix, rest)

    def _own_board(
        self, event: Event, standing: Standing, prefix: str, rest: tuple[Value, ...]
    ) -> Standing:
        """A group whose middleware, also what it is given later, stands before its routes alone."""
        board = Board(layers=self._layers(rest))
        mounted = Mounted(
            board,
            joined(standing.prefix, prefix, self.words.slash),
            self._own_layers(standing),
            (*standing.evidence, *event.chain, event.place),
            (*standing.conditions, *event.conditions),
        )
        standing.board.entries.append(mounted)
        return Standing(board, "", board.layers)

    def _prefix(self, event: Event) -> tuple[str, tuple[Value, ...]]:
        text = text_of(event.args[0]) if event.args else None
        if text is None:
            return "", event.args
        return text, event.args[1:]

    def _called_back(self, event: Event, standing: Standing) -> None:
        """`r.Route("/books", func(r chi.Router) { … })`."""
        prefix, _ = self._prefix(event)
        function = next(each for each in event.args if isinstance(each, CALLABLE))
        below = Instance(External("<router>"), place=event.place)
        self._kept.append(below)
        self._standings[id(below)] = self._own_board(event, standing, prefix, ())
        self.codebase.evaluator.call(function, (below,))

    def _used(self, event: Event, standing: Standing) -> None:
        """`r.Use(mw)`, which gives the router back."""
        standing.layers += self._layers(event.args)
        self._same(event, standing)

    def _same(self, event: Event, standing: Standing) -> None:
        if isinstance(event.result, Instance):
            self._kept.append(event.result)
            self._standings.setdefault(id(event.result), standing)

    def _mounted(self, event: Event, standing: Standing) -> None:
        if len(event.args) < 2:
            return
        prefix = text_of(event.args[0]) or "{unknown}"
        self._mount(event, standing, prefix, event.args[-1])

    def _mount(self, event: Event, standing: Standing, prefix: str, target: Value) -> None:
        around, inner = layered(target, self.codebase)
        standing.board.entries.append(
            Mounted(
                inner,
                joined(standing.prefix, prefix, self.words.slash),
                (*self._own_layers(standing), *around),
                (*standing.evidence, *event.chain, event.place),
                (*standing.conditions, *event.conditions),
            )
        )

    def _own_layers(self, standing: Standing) -> tuple[Value, ...]:
        """What stands in front at this moment, where that is not settled by the board at the end."""
        return () if self.words.whole else tuple(standing.layers)

    # --- routes --------------------------------------------------------------

    def _verb(
        self, event: Event, standing: Standing, methods: tuple[str, ...], args: tuple[Value, ...]
    ) -> None:
        if not args:
            return
        path = text_of(args[0])
        functions = [f for f in flat(args[1:]) if not isinstance(f, Const)]
        if path is None:
            path = "/{unknown}"
            reason = "computed at run time"
            self.unknowns.append(Unknown(subject="path", reason=reason, place=event.place))
        if not functions:
            return
        first = self.words.handler == "first"
        handler = functions[0] if first else functions[-1]
        before = self._layers(tuple(functions[1:] if first else functions[:-1]))
        for method in methods:
            self._route(event, standing, method, path, handler, before)
        self._same(event, standing)

    def _route(
        self,
        event: Event,
        standing: Standing,
        method: str,
        path: str,
        handler: Value,
        before: list[Value],
    ) -> None:
        around, inner = layered(handler, self.codebase)
        route = Route(
            method,
            joined(standing.prefix, path, self.words.slash),
            inner,
            (*self._own_layers(standing), *before, *around),
            (*standing.evidence, *event.chain, event.place),
            (*standing.conditions, *event.conditions),
            event.place,
        )
        standing.board.entries.append(route)

    def _pattern(self, event: Event, standing: Standing) -> None:
        """`mux.Handle("GET /books/{id}", handler)`; a router as handler is mounted."""
        text = text_of(event.args[0])
        if text is None:
            return
        method, path = parted(text)
        target = event.args[1]
        strip, around, inner = self._stripped(target)
        if self.standing(inner) is not None:
            prefix = strip.rstrip("/") if strip is not None else ""
            self._mount_as(event, standing, prefix, around, inner)
            return
        if self.words.chains and isinstance(event.result, Instance):
            draft = Draft(standing, path, (), target, event)
            standing.board.entries.append(draft)
            self._follow(event, draft)
            return
        self._route(event, standing, method, path, target, [])

    def _stripped(self, target: Value) -> tuple[str | None, tuple[Value, ...], Value]:
        """The prefix that is taken off before a handler, what stands around it, and the handler."""
        around, inner = layered(target, self.codebase)
        if isinstance(inner, Instance) and dotted(inner) == STRIPPED and len(inner.args) > 1:
            more, innermost = layered(inner.args[1], self.codebase)
            return text_of(inner.args[0]) or "", (*around, *more), innermost
        return None, around, inner

    def _mount_as(
        self, event: Event, standing: Standing, prefix: str, around: tuple[Value, ...], inner: Value
    ) -> None:
        standing.board.entries.append(
            Mounted(
                inner,
                standing.prefix + prefix,
                (*self._own_layers(standing), *around),
                (*standing.evidence, *event.chain, event.place),
                (*standing.conditions, *event.conditions),
            )
        )

    # --- routes described step by step -----------------------------------------

    def _follow(self, event: Event, draft: Draft) -> None:
        if isinstance(event.result, Instance):
            self._kept.append(event.result)
            self._drafts[id(event.result)] = draft

    def _described(self, event: Event, draft: Draft) -> None:
        args = event.args
        if event.name in ("Path", "PathPrefix") and args:
            draft.path += text_of(args[0]) or "{unknown}"
        elif event.name == "Methods":
            draft.methods += tuple((text_of(each) or "").upper() for each in flat(args))
        elif event.name in ("HandlerFunc", "Handler") and args:
            draft.handler, draft.event = args[0], event
        elif event.name in ("HandleFunc", "Handle") and len(args) > 1:
            draft.path += text_of(args[0]) or "{unknown}"
            draft.handler, draft.event = args[1], event
        elif event.name == "Subrouter":
            if isinstance(event.result, Instance):
                self._kept.append(event.result)
                if draft in draft.standing.board.entries:
                    draft.standing.board.entries.remove(draft)
                below = self._own_board(event, draft.standing, draft.path, ())
                self._standings[id(event.result)] = below
            return
        self._follow(event, draft)

    def _drafted(self, draft: Draft) -> Iterator[Route | Mounted]:
        if draft.handler is None or draft.event is None:
            return
        strip, around, inner = self._stripped(draft.handler)
        standing, event = draft.standing, draft.event
        if self.standing(inner) is not None:
            prefix = strip.rstrip("/") if strip is not None else draft.path
            yield Mounted(inner, standing.prefix + prefix, around, (event.place,), event.conditions)
            return
        if strip is not None:
            return
        for method in draft.methods or ("",):
            yield Route(
                method,
                joined(standing.prefix, draft.path, self.words.slash),
                inner,
                around,
                (*standing.evidence, *event.chain, event.place),
                (*standing.conditions, *event.conditions),
                event.place,
            )

    # --- the result ------------------------------------------------------------

    def routes(self, app: Value) -> Iterator[Route]:
        """Every route that an app serves, in the order of registration."""
        standing = self.standing(app, known=True)
        if standing is not None:
            whole = Mounted(standing.board, "", self._around(standing))
            yield from self._listed(standing.board, whole, ())

    def _around(self, standing: Standing) -> tuple[Value, ...]:
        """What is wrapped around a router as a whole where it is served: `http.Server{Handler: logged(router)}`."""
        for event in list(self.codebase.evaluator.events) if self.words.wraps else ():
            served = _served(event)
            around, inner = layered(served, self.codebase) if served is not None else ((), None)
            if around and inner is not None and self.standing(inner) is standing:
                return around
        return ()

    def _listed(self, board: Board, at: Mounted, above: tuple[int, ...]) -> Iterator[Route]:
        if id(board) in above or len(above) > MAX_DEPTH:
            return
        own = tuple(board.layers) if self.words.whole else ()
        for entry in board.entries:
            found = self._drafted(entry) if isinstance(entry, Draft) else (entry,)
            for each in found:
                placed = replace(
                    each,
                    layers=(*at.layers, *own, *each.layers),
                    evidence=tuple(dict.fromkeys((*at.evidence, *each.evidence))),
                    conditions=(*at.conditions, *each.conditions),
                )
                if isinstance(placed, Route):
                    whole = (
                        joined(at.prefix, placed.path, self.words.slash)
                        if at.prefix
                        else placed.path
                    )
                    for path in spelled(whole or "/", self.words.syntax):
                        yield replace(placed, path=path)
                else:
                    yield from self._inside(placed, at, (*above, id(board)))

    def _inside(self, mounted: Mounted, at: Mounted, above: tuple[int, ...]) -> Iterator[Route]:
        below = replace(mounted, prefix=at.prefix + mounted.prefix.rstrip("/"))
        if isinstance(mounted.router, Board):
            yield from self._listed(mounted.router, below, above)
        elif (standing := self.standing(mounted.router)) is not None:
            yield from self._listed(standing.board, below, above)


def _served(event: Event) -> Value | None:
    """The handler that a program serves."""
    if isinstance(event.result, Instance) and dotted(event.result) == "net/http.Server":
        return event.result.kwarg("Handler")
    called = event.receiver.name if isinstance(event.receiver, External) else ""
    if called in SERVING and len(event.args) > 1:
        return event.args[1]
    return None


__all__ = ["BoundMethod", "FunctionValue", "Route", "Walk"]
