"""Walks URL configurations: every pattern with its whole path and what answers there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    UnknownValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.django.facts import data, dotted, items, last

CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
DEEP = 12


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A path without its leading slash, `{name}` for parameters; `view` is what the project put there.

    `converters` are (parameter, kind): `int uuid slug str path` or a regular expression. `routers`
    stands for a whole group of routes that something else makes (a DRF router, a ninja API)."""

    path: str
    view: Value | None
    place: Place | None
    converters: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Place, ...] = ()
    group: bool = False
    name: str = ""
    """What the address is called, with the namespaces that it stands in: `shop:shelf-list`."""
    space: str = ""
    spaced: bool = False
    """True where an `include` has given the namespace, so that the configuration's own does not count."""


class Walk:
    """One walk over all that the root configuration includes."""

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self.unknowns: list[Unknown] = []

    def configuration(self, module: str, above: Pattern, depth: int = 0) -> Iterator[Pattern]:
        """All patterns of the module `module`."""
        if depth > DEEP:
            return
        found = self.codebase.evaluator.member(module, "urlpatterns")
        own = text_of(self.codebase.evaluator.member(module, "app_name"))
        if own and not above.spaced:
            above = replace(above, space=f"{above.space}{own}:", spaced=True)
        if found is None or isinstance(found, External):
            if self.codebase.graph.canonical(module) is None:
                yield from self._packaged(module, above)
            return
        yield from self.patterns(found, above, depth)

    def _packaged(self, module: str, above: Pattern) -> Iterator[Pattern]:
        """The configuration of a package, where the shelf knows it."""
        if module in data()["included"]:
            yield Pattern(above.path, External(module), above.place, above.converters, group=True)
        else:
            reason = f"{module} is outside of the tree"
            self.unknowns.append(Unknown(subject=above.path, reason=reason, place=above.place))

    def patterns(self, found: Value, above: Pattern, depth: int) -> Iterator[Pattern]:
        """The patterns of a list, or of what stands for one."""
        match found:
            case ListValue(items=inner, spreads=spreads):
                for each in inner:
                    yield from self._pattern(each, above, depth)
                for each in spreads:
                    yield from self.patterns(each, above, depth)
            case Choice(options=options):
                for each in options:
                    yield from self.patterns(each, above, depth)
            case BoundExternal(receiver=Instance(), name="urls" | "get_urls"):
                yield Pattern(
                    above.path, found.receiver, above.place, above.converters, above.evidence, True
                )
            case Instance() if last(found) in ("i18n_patterns", "format_suffix_patterns"):
                below = self._in_language(found, above) if last(found) == "i18n_patterns" else above
                for each in found.args:
                    inside = isinstance(each, ListValue)
                    yield from (self.patterns if inside else self._pattern)(each, below, depth)
            case Instance() if last(found) in ("path", "re_path", "url"):
                yield from self._pattern(found, above, depth)

    def _in_language(self, made: Instance, above: Pattern) -> Pattern:
        """Under the project's own language: `/en/books/`."""
        if plain(made.kwarg("prefix_default_language")) is False:
            return above
        said = text_of(self.codebase.resolve("django.conf", "settings.LANGUAGE_CODE"))
        return replace(above, path=f"{above.path}{(said or 'en-us').lower()}/")

    def _pattern(self, found: Value, above: Pattern, depth: int) -> Iterator[Pattern]:
        match found:
            case Choice(options=options):
                for each in options:
                    yield from self._pattern(each, above, depth)
            case Instance() if last(found) in data()["paths"]:
                yield from self._entry(found, above, depth)
            case UnknownValue(reason=reason, place=place):
                self.unknowns.append(Unknown(subject=above.path, reason=reason, place=place))
            case _:
                yield from self.patterns(found, above, depth)

    def _entry(self, made: Instance, above: Pattern, depth: int) -> Iterator[Pattern]:
        route, converters = spelled(made)
        view = made.argument(1, "view")
        here = Pattern(
            joined(above.path, route, bool(above.evidence)),
            view,
            made.place,
            (*above.converters, *converters),
            (*above.evidence, made.place) if made.place else above.evidence,
            name=f"{above.space}{text_of(made.kwarg('name')) or ''}",
            space=above.space,
        )
        if isinstance(view, Choice):
            view = view.options[0]
        if isinstance(view, Instance) and last(view) == "include":
            given = text_of(view.argument(1, "namespace"))
            if given:
                here = replace(here, space=f"{here.space}{given}:", spaced=True)
            yield from self._included(view.argument(0, "arg"), here, depth + 1)
        elif isinstance(view, ListValue) and view.kind == "tuple" and view.items:
            yield from self._included(view, here, depth + 1)
        elif isinstance(view, BoundExternal) and view.name == "urls":
            yield from self.patterns(view, here, depth + 1)
        else:
            yield here

    def _included(self, what: Value | None, here: Pattern, depth: int) -> Iterator[Pattern]:
        match what:
            case ModuleValue(name=name) | External(name=name):
                yield from self.configuration(name, here, depth)
            case ListValue(kind="tuple", items=[first, *_]) if not _is_entry(first):
                yield from self._included(first, here, depth)
            case Const(value=str() as name):
                yield from self.configuration(name, here, depth)
            case Choice(options=options):
                yield from self._included(options[0], here, depth)
            case None | UnknownValue():
                reason = "what is included here is not known"
                self.unknowns.append(Unknown(subject=here.path, reason=reason, place=here.place))
            case _ if (text := text_of(what)) is not None:
                yield from self.configuration(text, here, depth)
            case _:
                yield from self.patterns(what, here, depth)


def _is_entry(value: Value) -> bool:
    return isinstance(value, Instance) and last(value) in data()["paths"]


def spelled(made: Instance) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The route of a `path(…)` or `re_path(…)` with `{name}` for its parameters, and their kinds."""
    first = made.argument(0, "route") or made.argument(0, "regex")
    if isinstance(first, Instance) and last(first).startswith("gettext"):
        first = first.args[0] if first.args else None
    found = text_of(first)
    text = "{unknown}" if found is None else found
    if last(made) == "path":
        return converted(text)
    return from_regex(text)


def converted(route: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """`users/<int:id>` as `users/{id}` and (("id", "int"),)."""
    kinds = tuple((name, kind or "str") for kind, name in CONVERTED.findall(route))
    return CONVERTED.sub(r"{\2}", route), kinds


def from_regex(pattern: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """`^users/(?P<pk>\\d+)/$` as `users/{pk}/` and (("pk", r"\\d+"),)."""
    text = pattern.removeprefix("^").removesuffix("\\Z").removesuffix("$")
    kinds: list[tuple[str, str]] = []
    out, position = "", 0
    while position < len(text):
        if text.startswith("(?:", position) and (end := closing(text, position)) > 0:
            optional = text[end + 1 : end + 2] in ("?", "*")
            out += "" if optional else from_regex(text[position + 3 : end])[0]
            position = end + (2 if optional else 1)
        elif text[position] == "(" and (end := closing(text, position)) > 0:
            name, inner = _group(text[position + 1 : end], len(kinds))
            kinds.append((name, inner))
            out += "{" + name + "}"
            position = end + 1
        elif text[position] == "\\" and position + 1 < len(text):
            out += text[position + 1]
            position += 2
        elif text[position] == "?" or text[position] in "^$":
            position += 1
        else:
            out += text[position]
            position += 1
    return out, tuple(kinds)


def _group(inside: str, count: int) -> tuple[str, str]:
    named = re.match(r"\?P<(\w+)>", inside)
    if named:
        return named[1], inside[named.end() :]
    return f"arg{count}", inside


def closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` is closed; -1 when it is not."""
    depth, position = 0, start
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            position += 1
        elif sign == "[":
            position = text.find("]", position + 2)
            if position < 0:
                return -1
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    return -1


def joined(above: str, route: str, inside: bool) -> str:
    """Prefixes are put together as they stand: Django adds no slash."""
    return above + route


def view_class(view: Value | None) -> tuple[ClassValue | External | None, Instance | None]:
    """The class of `View.as_view(…)` and the call, through decorators around it (`csrf_exempt(…)`)."""
    match view:
        case Choice(options=options):
            return view_class(options[0])
        case Instance(of=BoundExternal(receiver=kind, name="as_view" | "as_asgi")):
            return (kind, view) if isinstance(kind, ClassValue | External) else (None, view)
        case Instance(of=External(name=name)) if name.endswith(".as_view"):
            return External(name.removesuffix(".as_view")), view
        case Instance(args=(inner, *_)):
            return view_class(inner)
    return None, None


def wrappers(view: Value | None) -> tuple[tuple[str, Value], ...]:
    """(dotted name, value) of what is put around a view in a configuration, outermost first."""
    found: list[tuple[str, Value]] = []
    while isinstance(view, Instance) and view_class(view)[1] is not view and view.args:
        maker = view.of if isinstance(view.of, Instance) else view
        found.append((dotted(maker), maker))
        view = view.args[0]
    return tuple(found)


def view_function(view: Value | None) -> FunctionValue | None:
    """The function behind a view, through decorators."""
    match view:
        case FunctionValue():
            return view
        case Choice(options=options):
            return next((f for f in map(view_function, options) if f is not None), None)
        case Instance(args=(inner, *_)) if not isinstance(view.of, BoundExternal):
            return view_function(inner)
    return None


__all__ = ["Pattern", "Walk", "items", "view_class", "view_function", "wrappers"]
