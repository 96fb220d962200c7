"""Structs that a package fills with settings, field by field, as their tags say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from comfrey.languages.go.literals import tags
from comfrey.languages.go.settings import CASTS, noted, setting
from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Constant, Expression
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    Generic,
    Instance,
    SettingValue,
    Value,
)

Tags = dict[str, str]
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z0-9]+|[A-Z]+")
DEPTH = 4


@dataclass(frozen=True)
class Words:
    """How a package reads tags: by `key`, whose text is a dotted key that `named` turns into a setting; without,
    it is the variable itself. `spelled` takes the field's name where no tag tells one."""

    key: str
    named: Callable[[Evaluator, str, str], Value] | None = None
    spelled: bool = False

    def name(self, said: Tags, field: str, before: str) -> str:
        """The variable or key of a field; "" where it has none."""
        text = said.get(self.key, "").partition(",")[0].strip()
        if not self.spelled:
            return before + text if text else ""
        words = WORD.findall(field) if said.get("split_words") == "true" else [field]
        own = (text or "_".join(words)).upper()
        return f"{before.upper()}_{own}" if before else own

    def below(self, said: Tags, field: str, before: str) -> str:
        """What stands before the names within a struct of its own."""
        if self.spelled:
            return self.name(said, field, before)
        if self.named is not None:
            text = said.get(self.key, "").partition(",")[0]
            return f"{before}{text}." if text else before
        options = dict(each.strip().partition("=")[::2] for each in said.get("env", "").split(","))
        told = said.get("envPrefix", said.get("env-prefix", options.get("prefix", "")))
        return before + told


TAGGED = Words("env")
SPELLED = Words("envconfig", spelled=True)


def fill(ev: Evaluator, value: Value, words: Words, before: str = "") -> None:
    """Sets the fields of a struct to the settings that their tags name."""
    kind = ev.codebase.class_of(value)
    if kind is None or not isinstance(value, Instance):
        return
    for member in ev.codebase.members(kind):
        found = _member(ev, kind, member.name, words, before)
        if found is not None:
            value.fields[member.name] = found


def _member(
    ev: Evaluator, kind: ClassValue, name: str, words: Words, before: str, depth: int = 0
) -> Value | None:
    """The setting that a field is; for a struct within, its own."""
    member = ev.codebase.own_member(kind, name)
    if member is None or member.annotation is None or depth > DEPTH:
        return None
    said: Tags = {}
    for mark in member.decorators:
        if isinstance(mark, Constant) and isinstance(mark.value, str):
            said |= tags(mark.value)
    inner = ev.codebase.type_of(member.annotation, ev.codebase.body_of(kind))
    if (
        isinstance(inner, Generic)
        and isinstance(inner.of, External)
        and inner.of.last == "Annotated"
    ):
        inner = inner.args[0]
    if isinstance(inner, ClassValue) and _has_fields(ev.codebase, inner):
        embedded = words.spelled and _is_embedded(member.annotation)
        below = before if embedded else words.below(said, name, before)
        made = Instance(inner, (), (), member.place)
        for each in ev.codebase.members(inner):
            found = _member(ev, inner, each.name, words, below, depth + 1)
            if found is not None:
                made.fields[each.name] = found
        return made
    key = "" if said.get("ignored") == "true" else words.name(said, name, before)
    if not key:
        return None
    cast = CASTS.get(getattr(inner, "name", ""), "")
    known = words.named(ev, key, cast) if words.named else _told(ev, key, said, cast)
    return (
        noted(ev, replace(known, place=member.place)) if isinstance(known, SettingValue) else known
    )


def _told(ev: Evaluator, variable: str, said: Tags, cast: str) -> SettingValue:
    """The variable with the default of its tags, and `required` for its cast where they ask for it."""
    options = dict(each.strip().partition("=")[::2] for each in said.get("env", "").split(",")[1:])
    known = {**options, **said}
    default = next((known[k] for k in ("envDefault", "default", "env-default") if k in known), None)
    found = setting(ev, variable, Const(default) if default is not None else None, cast)
    asked = {"required", "notEmpty"} & options.keys() or "true" in (
        said.get("required"),
        said.get("env-required"),
    )
    return replace(found, cast="required") if asked else found


def _is_embedded(annotation: Expression) -> bool:
    """Whether a field has no name of its own: nothing stands before its type."""
    span = annotation.span
    line = span.source.data[: span.start].rpartition(b"\n")[2]
    return not line.strip(b" \t*")


def _has_fields(codebase: Codebase, kind: ClassValue) -> bool:
    return any(member.annotation is not None for member in codebase.members(kind))
