"""An app's modules: from the root through their imports, each with its controllers, guards, prefix and middleware."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Choice,
    ClassValue,
    DictValue,
    Event,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks

GLOBAL = {
    "APP_GUARD": "guards",
    "APP_PIPE": "pipes",
    "APP_FILTER": "filters",
    "APP_INTERCEPTOR": "interceptors",
}


@dataclass
class Passing:
    """`consumer.apply(f).exclude(…).forRoutes(…)`."""

    functions: tuple[Value, ...]
    targets: tuple[Value, ...]
    excluded: tuple[Value, ...] = ()


@dataclass
class Modules:
    """All modules of an app."""

    codebase: Codebase
    controllers: list[tuple[ClassValue, str]] = field(default_factory=list)
    """(controller, prefix of its module by RouterModule)."""
    guards: list[Value] = field(default_factory=list)
    pipes: list[Value] = field(default_factory=list)
    filters: list[Value] = field(default_factory=list)
    interceptors: list[Value] = field(default_factory=list)
    middleware: list[Passing] = field(default_factory=list)
    prefixes: dict[int, str] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _modules: list[tuple[ClassValue, DictValue]] = field(default_factory=list)

    def load(self, root: Value) -> None:
        """Everything below the root module."""
        self._enter(root)
        for module, said in self._modules:
            prefix = self.prefixes.get(id(module.node), "")
            for controller in self._classes(said.get("controllers")):
                if all(controller is not each for each, _ in self.controllers):
                    self.controllers.append((controller, prefix))
            self._provided(said.get("providers"))
            self._configured(module)

    def _enter(self, value: Value | None) -> None:
        match value:
            case ClassValue():
                if id(value.node) not in self._seen:
                    self._seen.add(id(value.node))
                    said = self._said(value)
                    self._modules.append((value, said))
                    self._imported(said)
            case DictValue() if isinstance(module := value.get("module"), ClassValue):
                self._enter(module)
                self._modules.append((module, value))
                self._imported(value)
            case Choice(options=options):
                for each in options:
                    self._enter(each)
            case Instance() if dotted(value).endswith("RouterModule.register"):
                self._routed(value.args[0] if value.args else None, "")
            case Instance() if dotted(value).endswith("forwardRef") and value.args:
                self._enter(self._called(value.args[0]))
            case FunctionValue():
                self._enter(self._called(value))

    def _imported(self, said: DictValue) -> None:
        listed = said.get("imports")
        for each in listed.items if isinstance(listed, ListValue) else ():
            self._enter(each)

    def _called(self, value: Value) -> Value | None:
        return self.codebase.evaluator.call(value) if isinstance(value, FunctionValue) else value

    def _said(self, module: ClassValue) -> DictValue:
        mark = marks.first(marks.of_class(self.codebase, module), "Module")
        said = mark.args[0] if mark is not None and mark.args else None
        return said if isinstance(said, DictValue) else DictValue([])

    def _routed(self, listed: Value | None, above: str) -> None:
        """`RouterModule.register([{ path, module, children }])`."""
        for each in listed.items if isinstance(listed, ListValue) else ():
            if isinstance(each, ClassValue):
                self.prefixes[id(each.node)] = above
            if not isinstance(each, DictValue):
                continue
            path = f"{above}/{(text_of(each.get('path')) or '').strip('/')}".rstrip("/")
            module = each.get("module")
            if isinstance(module, ClassValue):
                self.prefixes[id(module.node)] = path
            self._routed(each.get("children"), path)

    def _classes(self, listed: Value | None) -> Iterator[ClassValue]:
        for each in listed.items if isinstance(listed, ListValue) else ():
            if isinstance(each, ClassValue):
                yield each

    def _provided(self, listed: Value | None) -> None:
        """`{ provide: APP_GUARD, useClass: AuthGuard }`."""
        for each in listed.items if isinstance(listed, ListValue) else ():
            token = each.get("provide") if isinstance(each, DictValue) else None
            if not isinstance(token, External) or token.last not in GLOBAL:
                continue
            assert isinstance(each, DictValue)
            value = each.get("useClass") or each.get("useExisting") or each.get("useValue")
            if value is None and isinstance(factory := each.get("useFactory"), FunctionValue):
                value = self.codebase.evaluator.call(factory)
            if value is not None:
                getattr(self, GLOBAL[token.last]).append(value)

    def _configured(self, module: ClassValue) -> None:
        """What a module's `configure(consumer)` puts in front of routes."""
        member = self.codebase.member(module, "configure")
        if member is None or not isinstance(member.value, FunctionValue):
            return
        consumer = Instance(External("<consumer>"))
        began = len(self.codebase.evaluator.events)
        receiver = Instance(module, symbolic=True)
        self.codebase.evaluator.call(BoundMethod(receiver, member.value), (consumer,))
        for event in self.codebase.evaluator.events[began:]:
            if event.name == "forRoutes":
                self.middleware.append(_passing(event))


def _passing(event: Event) -> Passing:
    """One step of the consumer's chain: after `forRoutes` it may go on with another `apply`."""
    functions: tuple[Value, ...] = ()
    excluded: tuple[Value, ...] = ()
    value: Value = event.receiver
    while isinstance(value, Instance) and hasattr(value.of, "receiver"):
        word = getattr(value.of, "name", "")
        if word == "apply":
            functions = _flat(value.args)
            break  # what stands before it belongs to routes of its own
        if word == "exclude":
            excluded += _flat(value.args)
        value = value.of.receiver
    return Passing(functions, _flat(event.args), excluded)


def _flat(args: tuple[Value, ...]) -> tuple[Value, ...]:
    found: list[Value] = []
    for each in args:
        found += _flat(tuple(each.items)) if isinstance(each, ListValue) else [each]
    return tuple(found)


__all__ = ["Modules", "Passing", "plain"]
