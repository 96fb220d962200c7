"""Routers of DRF whose class spells its routes itself: `routes = [Route(url=…, mapping={"get": "list"}, …)]`.

Source: https://www.django-rest-framework.org/api-guide/routers/#custom-routers.
"""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.source.codebase import Codebase
from comfrey.source.value import Const, DictValue, Instance, ListValue, Value, plain, text_of
from comfrey.stacks.frameworks.django.facts import dotted
from comfrey.stacks.frameworks.django.patterns import from_regex

ROUTE = "rest_framework.routers.Route"
DYNAMIC = "rest_framework.routers.DynamicRoute"
FIELDS = ("prefix", "lookup", "trailing_slash", "url_path")


@dataclass(frozen=True)
class Spelled:
    """One entry of `routes`: its URL with the router's own words in `<…>`, and the actions by their method; those
    of `@action` stand where there is none."""

    url: str
    converters: tuple[tuple[str, str], ...]
    actions: tuple[tuple[str, str], ...]
    detail: bool

    def path(self, prefix: str, lookup: str, slash: str, action: str = "") -> str:
        """The path below the router; `lookup` is a parameter's name."""
        words = (prefix, "{" + lookup + "}", slash, action)
        text = self.url
        for name, word in zip(FIELDS, words, strict=True):
            text = text.replace(f"<{name}>", word)
        return text.removeprefix("/") if not prefix else text


def spelled(of: Instance, codebase: Codebase) -> tuple[Spelled, ...]:
    """The routes that the router's class spells; none where it keeps DRF's, or where one cannot be read."""
    kind = codebase.class_of(of)
    member = codebase.member(kind, "routes") if kind is not None else None
    listed = member.value if member is not None else None
    entries = [_entry(each) for each in listed.items] if isinstance(listed, ListValue) else []
    known = [each for each in entries if each is not None]
    return tuple(known) if len(known) == len(entries) else ()


def _entry(value: Value) -> Spelled | None:
    if not isinstance(value, Instance) or dotted(value) not in (ROUTE, DYNAMIC):
        return None
    url, mapping = text_of(value.argument(0, "url")), value.argument(1, "mapping")
    dynamic = dotted(value) == DYNAMIC
    if url is None or (not dynamic and not isinstance(mapping, DictValue)):
        return None
    for name in FIELDS:
        url = url.replace("{" + name + "}", f"<{name}>")
    path, converters = from_regex(url)
    detail = plain(value.argument(2 if dynamic else 3, "detail")) is True
    pairs = mapping.items if isinstance(mapping, DictValue) else []
    actions = tuple(
        (str(key.value).upper(), action)
        for key, each in pairs
        if isinstance(key, Const) and (action := text_of(each)) is not None
    )
    return Spelled(path, converters, () if dynamic else actions, detail)
