"""What NestJS' container hands to a class: a client is made as the module that provides the class says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.languages.javascript import providers
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Expression
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
)


@dataclass(frozen=True)
class Client:
    """A class of a package that a module of the package makes, by `register` or `registerAsync`."""

    kind: str
    module: str
    shared: bool = False
    """Whether one registration serves the whole app."""

    @property
    def needle(self) -> bytes:
        return self.module.rpartition(".")[2].encode()


CLIENTS = {
    "HttpService": Client("@nestjs/axios.HttpService", "@nestjs/axios.HttpModule"),
    "JwtService": Client("@nestjs/jwt.JwtService", "@nestjs/jwt.JwtModule", shared=True),
}
CONSTRUCTOR = "__init__"


def field(ev: Evaluator, of: ClassValue, name: str) -> Value | None:
    """A member of type `HttpService`, with the options of `HttpModule.register({…})`; a member whose token a
    module binds to another class."""
    made = _constructor(ev, of)
    for each in made.node.parameters if made is not None else ():
        if each.name == name and made is not None:
            provided = providers.bound(ev, each, made.scope)
            if provided is not None:
                return provided
    kind = _type(ev, of, name)
    client = CLIENTS.get(kind.last) if isinstance(kind, External) else None
    if kind is None or client is None or not ev.codebase.is_a(kind, client.kind):
        return None
    return Instance(External(client.kind), _options(ev, of, client), symbolic=True)


def _constructor(ev: Evaluator, of: ClassValue) -> FunctionValue | None:
    made = ev.codebase.member(of, CONSTRUCTOR)
    return made.value if made is not None and isinstance(made.value, FunctionValue) else None


def _type(ev: Evaluator, of: ClassValue, name: str) -> Value | None:
    """The type of a member that is written so, or of the constructor's parameter of that name."""
    member = ev.codebase.member(of, name)
    if member is not None and member.annotation is not None:
        return _client(ev, member.annotation, member.owner.scope)
    constructor = _constructor(ev, of)
    for each in constructor.node.parameters if constructor is not None else ():
        if constructor is not None and each.name == name and each.annotation is not None:
            return _client(ev, each.annotation, constructor.scope)
    return None


def _client(ev: Evaluator, annotation: Expression, scope: Scope) -> Value | None:
    known = annotation.text.rpartition(".")[2] in CLIENTS
    return ev.codebase.type_of(annotation, scope) if known else None


def _options(ev: Evaluator, of: ClassValue, client: Client) -> tuple[Value, ...]:
    """The options of the module that provides the class, else of the one registration that all share."""
    modules = [
        said for each in ev.codebase.classes((client.needle,)) for said in _declared(ev, each)
    ]
    for said in modules:
        if any(_is(each, of) for each in _listed(said, "providers", "controllers")):
            own = tuple(_said(ev, said, client))
            return own or (_shared(ev, modules, client) if client.shared else ())
    return _shared(ev, modules, client) if client.shared else ()


def _shared(ev: Evaluator, modules: list[DictValue], client: Client) -> tuple[Value, ...]:
    found = (tuple(_said(ev, said, client)) for said in modules)
    return next((each for each in found if each), ())


def _is(value: Value, of: ClassValue) -> bool:
    return isinstance(value, ClassValue) and value.node is of.node


def _declared(ev: Evaluator, module: ClassValue) -> Iterator[DictValue]:
    """What `@Module({…})` says of a class."""
    for each in module.node.decorators:
        made = ev.codebase.value(each, module.scope)
        if isinstance(made, Instance) and made.args and isinstance(made.args[0], DictValue):
            yield made.args[0]


def _listed(said: DictValue, *names: str) -> Iterator[Value]:
    for name in names:
        listed = said.get(name)
        yield from listed.items if isinstance(listed, ListValue) else ()


def _said(ev: Evaluator, module: DictValue, client: Client) -> Iterator[Value]:
    """The options that the client's module is registered with among a module's imports."""
    for each in _listed(module, "imports"):
        if isinstance(each, Instance) and each.args:
            name = _called(each)
            if name == f"{client.module}.register":
                yield each.args[0]
            elif name == f"{client.module}.registerAsync":
                yield produced(ev, each.args[0])


def _called(made: Instance) -> str:
    of = made.of
    if isinstance(of, BoundExternal) and isinstance(of.receiver, External):
        return f"{of.receiver.name}.{of.name}"
    return of.name if isinstance(of, External) else ""


def produced(ev: Evaluator, said: Value) -> Value:
    """What `useFactory` gives, called with what `inject` names; else what was said itself."""
    factory = said.get("useFactory") if isinstance(said, DictValue) else None
    if not isinstance(factory, FunctionValue) or not isinstance(said, DictValue):
        return said
    tokens = _listed(said, "inject")
    return ev.call(factory, tuple(Instance(each, symbolic=True) for each in tokens))
