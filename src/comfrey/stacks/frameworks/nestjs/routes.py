"""Controllers' routes: prefix, version and path, with the guards, pipes and middleware in front of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.facts import data
from comfrey.stacks.frameworks.nestjs.modules import Modules, Passing
from comfrey.stacks.statuses import number

NEUTRAL = "VERSION_NEUTRAL"
PARAMETER = re.compile(r":(\w+)(?:\((?:[^()]|\([^()]*\))*\))?\??")


@dataclass(frozen=True)
class Route:
    """One method of a controller on one path."""

    method: str
    path: str
    controller: ClassValue
    function: FunctionValue
    marks: tuple[Value, ...]
    """The method's decorators, then the class's."""
    guards: tuple[Value, ...] = ()
    middleware: tuple[Value, ...] = ()
    pipes: tuple[Value, ...] = ()
    place: Place | None = None
    header: tuple[str, str] | None = None
    """The header that names the version, and what it holds."""
    rescues: tuple[Value, ...] = ()
    """The filters that answer to its errors, the one that is asked first in front."""
    interceptors: tuple[Value, ...] = ()
    """What stands around the method, the outermost first."""

    @property
    def words(self) -> tuple[str, ...]:
        """Texts among the route's metadata: what `@Roles("admin")` names."""
        found: list[str] = []
        for value in marks.metadata(self.marks).values():
            known = plain(value)
            several = known if isinstance(known, list) else [known]
            found += [each for each in several if isinstance(each, str)]
        return tuple(dict.fromkeys(found))

    @property
    def handler(self) -> BoundMethod:
        return BoundMethod(Instance(self.controller, symbolic=True), self.function)


@dataclass
class Walk:
    """One app. `said` are its own settings: prefix, versions, global guards and pipes."""

    codebase: Codebase
    app: Instance
    modules: Modules
    prefix: str = ""
    excluded: tuple[Value, ...] = ()
    versioned: bool = False
    mark: str = "v"
    header: tuple[str, str] | None = None
    """The header that carries versions, and what stands in front of them there."""
    default: tuple[str, ...] = ()
    guards: list[Value] = field(default_factory=list)
    pipes: list[Value] = field(default_factory=list)
    filters: list[Value] = field(default_factory=list)
    interceptors: list[Value] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)

    def routes(self) -> Iterator[Route]:
        """Every route of every controller, in order."""
        self._settings()
        if self.app.args:
            self.modules.load(self.app.args[0])
        for controller, prefix in self.modules.controllers:
            yield from self._controller(controller, prefix)

    @property
    def rescues(self) -> tuple[Value, ...]:
        """The filters that answer to errors of every route, the one that is asked first in front."""
        return (*reversed(self.filters), *reversed(self.modules.filters))

    def _settings(self) -> None:
        for event in self.codebase.evaluator.on(self.app):
            args = event.args
            match event.name:
                case "setGlobalPrefix" if args:
                    self.prefix = text_of(args[0]) or ""
                    said = (
                        args[1].get("exclude")
                        if len(args) > 1 and isinstance(args[1], DictValue)
                        else None
                    )
                    self.excluded = tuple(said.items) if isinstance(said, ListValue) else ()
                case "enableVersioning":
                    self._versioning(args[0] if args else None)
                case "useGlobalGuards":
                    self.guards += args
                case "useGlobalPipes":
                    self.pipes += args
                case "useGlobalFilters":
                    self.filters += args
                case "useGlobalInterceptors":
                    self.interceptors += args

    def _versioning(self, said: Value | None) -> None:
        options = said if isinstance(said, DictValue) else DictValue([])
        kind = dotted(options.get("type")).rpartition(".")[2]
        self.versioned = kind in ("", "URI")
        mark = plain(options.get("prefix"))
        self.mark = "" if mark is False else (mark if isinstance(mark, str) else "v")
        if kind == "HEADER":
            self.header = (text_of(options.get("header")) or "", "")
        elif kind == "MEDIA_TYPE":
            self.header = ("Accept", f"application/json;{text_of(options.get('key')) or ''}")
        self.default = versions(options.get("defaultVersion")) or ()

    # --- controllers ---------------------------------------------------------

    def _controller(self, controller: ClassValue, prefix: str) -> Iterator[Route]:
        own = marks.of_class(self.codebase, controller)
        mark = marks.first(own, "Controller")
        said = mark.args[0] if mark is not None and mark.args else None
        named = said.get("path") if isinstance(said, DictValue) else said
        version = versions(said.get("version")) if isinstance(said, DictValue) else None
        version = _version(own) or version
        for member in self.codebase.members(controller, inherited=True):
            if isinstance(member.value, FunctionValue):
                for path in paths(named):
                    yield from self._method(
                        controller, own, f"{prefix}/{path}", version, member.value
                    )

    def _method(
        self,
        controller: ClassValue,
        own: tuple[Value, ...],
        base: str,
        version: tuple[str, ...] | None,
        function: FunctionValue,
    ) -> Iterator[Route]:
        found = marks.of_function(self.codebase, function)
        for mark in marks.named(found, *data()["methods"]):
            if not dotted(mark).startswith("@nestjs/"):
                continue
            method = data()["methods"][dotted(mark).rpartition(".")[2]]
            known = _version(found) or version or self.default
            for path in paths(mark.args[0] if mark.args else None):
                for whole in self._whole(f"{base}/{path}", known, method):
                    route = self._route(method, whole, controller, function, (*found, *own))
                    yield replace(route, header=self._said(known))

    def _whole(self, path: str, known: tuple[str, ...], method: str) -> Iterator[str]:
        prefix = "" if self._is_excluded(path, method) else self.prefix.strip("/")
        for version in known if self.versioned and known else ("",):
            number = f"/{self.mark}{version}" if version and version != NEUTRAL else ""
            yield spell(f"/{prefix}{number}/{path}")

    def _said(self, known: tuple[str, ...]) -> tuple[str, str] | None:
        """The header by which a request asks for a version of these; none for what every version has."""
        if self.header is None or not self.header[0] or not known or NEUTRAL in known:
            return None
        name, before = self.header
        return name, f"{before}{known[0]}"

    def _is_excluded(self, path: str, method: str) -> bool:
        for each in self.excluded:
            named = each.get("path") if isinstance(each, DictValue) else each
            wanted = (text_of(named) or "").strip("/")
            if _covers(wanted, spell(path).strip("/")) or wanted == path.strip("/"):
                word = (
                    dotted(each.get("method")).rpartition(".")[2]
                    if isinstance(each, DictValue)
                    else ""
                )
                if word in ("", "ALL", method):
                    return True
        return False

    def _route(
        self,
        method: str,
        path: str,
        controller: ClassValue,
        function: FunctionValue,
        found: tuple[Value, ...],
    ) -> Route:
        guards = [*self.guards, *self.modules.guards, *reversed(list(used(found, "UseGuards")))]
        return Route(
            method,
            path,
            controller,
            function,
            found,
            tuple(guards),
            tuple(
                f
                for p in self.modules.middleware
                for f in self._passed(p, controller, path, method)
            ),
            (*self.pipes, *self.modules.pipes, *used(found, "UsePipes")),
            function.place,
            rescues=(*used(found, "UseFilters"), *self.rescues),
            interceptors=(
                *self.interceptors,
                *self.modules.interceptors,
                *reversed(list(used(found, "UseInterceptors"))),
            ),
        )

    def _passed(
        self, passing: Passing, controller: ClassValue, path: str, method: str
    ) -> tuple[Value, ...]:
        """Middleware that stands in front of a route."""
        if any(self._meant(each, controller, path, method) for each in passing.excluded):
            return ()
        if any(self._meant(each, controller, path, method) for each in passing.targets):
            return passing.functions
        return ()

    def _meant(self, target: Value, controller: ClassValue, path: str, method: str) -> bool:
        if isinstance(target, ClassValue):
            return target.node is controller.node
        named = target.get("path") if isinstance(target, DictValue) else target
        said = (text_of(named) or "").strip("/")
        if isinstance(target, DictValue):
            word = dotted(target.get("method")).rpartition(".")[2]
            if word not in ("", "ALL", method):
                return False
        if said in ("*", "(.*)", "{*splat}", "*path", "*splat"):
            return True
        if not isinstance(named, Const) and not said:
            return False
        wanted = spell(f"/{self.prefix.strip('/')}/{said}")
        return _covers(wanted, path)


WILD = re.compile(r"\\\{path\\\}|\\\(\\\.\\\*\\\)|\\\{\\\*\w*\\\}|\\\*")


def _covers(wanted: str, path: str) -> bool:
    """Whether a path of the configuration, with wildcards of any of Nest's versions, means a route's."""
    return re.fullmatch(WILD.sub(".*", re.escape(wanted)), path) is not None


def used(found: tuple[Value, ...], name: str) -> Iterator[Value]:
    """The arguments of `UseGuards(…)`, `UsePipes(…)`, innermost decorator first."""
    for mark in marks.named(found, name):
        yield from reversed(mark.args)


def success(route: Route) -> int:
    """`@HttpCode`, `@Redirect`, else 201 for a POST and 200 for all others."""
    code = marks.first(route.marks, "HttpCode")
    said = number(code.args[0]) if code is not None and code.args else None
    if said is not None:
        return said
    redirect = marks.first(route.marks, "Redirect")
    if redirect is not None:
        return (number(redirect.args[1]) if len(redirect.args) > 1 else None) or 302
    return 201 if route.method == "POST" else 200


def paths(value: Value | None) -> tuple[str, ...]:
    """The paths of a decorator: one, several, or the empty one."""
    if isinstance(value, ListValue):
        return tuple(text_of(each) or "" for each in value.items)
    return ((text_of(value) or "") if value is not None else "",)


def versions(value: Value | None) -> tuple[str, ...] | None:
    """Versions as texts; None where none is said."""
    if value is None:
        return None
    listed = value.items if isinstance(value, ListValue) else [value]
    found = [NEUTRAL if dotted(each).endswith(NEUTRAL) else text_of(each) for each in listed]
    return tuple(each for each in found if each) or None


def _version(found: tuple[Value, ...]) -> tuple[str, ...] | None:
    mark = marks.first(found, "Version")
    return versions(mark.args[0]) if mark is not None and mark.args else None


def spell(path: str) -> str:
    """A path with parameters as `{name}`, without doubled or trailing slashes."""
    whole = PARAMETER.sub(r"{\1}", path)
    whole = (
        re.sub(r"\{?/?\*\w*\}?$", "/{path}", whole) if whole.rstrip("}").endswith("*") else whole
    )
    whole = re.sub(r"/\*\w+", "/{path}", whole)
    return re.sub(r"/{2,}", "/", "/" + whole).rstrip("/") or "/"
