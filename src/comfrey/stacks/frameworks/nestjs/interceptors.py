"""Interceptors of NestJS: what stands around a route's method, and what class-transformer takes out of its answer."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.decorators import laid_out
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    Value,
    plain,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.routes import Route

SERIALIZER = "ClassSerializerInterceptor"
PACKAGE = "class-transformer"
SHAPING = ("Exclude", "Expose", "Transform")
INWARD = "toClassOnly"
Unseen = tuple[tuple[str, tuple[str, ...]], ...]


def surrounding(route: Route, codebase: Codebase) -> Iterator[BoundMethod]:
    """`intercept` of each of a route's interceptors that the project wrote, the outermost first."""
    for each in route.interceptors:
        made = Instance(each, symbolic=True) if isinstance(each, ClassValue) else each
        method = codebase.method(made, "intercept") if isinstance(made, Instance) else None
        if isinstance(method, BoundMethod):
            yield method


def unseen(route: Route, codebase: Codebase) -> Unseen:
    """The fields of each class that its answers need not show as they are stored, where class-transformer goes over
    them (https://docs.nestjs.com/techniques/serialization)."""
    if not any(_serializes(each, codebase) for each in route.interceptors):
        return ()
    chosen = _shows_chosen(route)
    found = []
    for kind in codebase.classes((PACKAGE.encode(),)):
        own = _own(marks.of_class(codebase, kind))
        closed = chosen or any(_word(each) == "Exclude" for each in own)
        members = codebase.members(kind, inherited=True)
        kept = [each.name for each in members if _is_kept(each, codebase, closed)]
        found.append((kind.name, tuple(kept)))
    return tuple((name, kept) for name, kept in found if kept)


def _serializes(interceptor: Value, codebase: Codebase) -> bool:
    names = (dotted(interceptor), *codebase.ancestry(interceptor))
    return any(each.rpartition(".")[2] == SERIALIZER for each in names)


def _shows_chosen(route: Route) -> bool:
    """`@SerializeOptions({ strategy: 'excludeAll' })`."""
    mark = marks.first(route.marks, "SerializeOptions")
    said = mark.args[0] if mark is not None and mark.args else None
    return isinstance(said, DictValue) and plain(said.get("strategy")) == "excludeAll"


def _is_kept(member: Member, codebase: Codebase, closed: bool) -> bool:
    """Whether a field is left out, renamed, changed, or shown to some alone."""
    if isinstance(member.value, FunctionValue):
        return False
    scope = codebase.body_of(member.owner)
    own = _own(tuple(laid_out([codebase.value(each, scope) for each in member.decorators])))
    bare = any(_word(each) == "Expose" and not _options(each) for each in own)
    return (closed and not bare) or any(
        _word(each) != "Expose" or bool(_options(each)) for each in own
    )


def _own(found: tuple[Value, ...]) -> list[Value]:
    """The decorators by which class-transformer is told what to do on the way out."""
    return [each for each in found if _word(each) in SHAPING and not _is_inward(each)]


def _word(mark: Value) -> str:
    package, _, word = dotted(mark).rpartition(".")
    return word if package.startswith(PACKAGE) else ""


def _options(mark: Value) -> tuple[Value, ...]:
    return mark.args if isinstance(mark, Instance) else ()


def _is_inward(mark: Value) -> bool:
    return any(
        isinstance(each, DictValue) and plain(each.get(INWARD)) is True for each in _options(mark)
    )
