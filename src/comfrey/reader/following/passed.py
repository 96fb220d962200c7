"""The arguments of a call, and which parameter gets which."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.reader.following.value import Dump, Items, Mapping
from comfrey.source.node import FunctionDef, Lambda, Parameter
from comfrey.source.value import Const, DictValue, Value


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """`rest` is what `**rest` passes beyond the named ones."""

    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    rest: Value | None = None

    def named(self, name: str) -> Value | None:
        """The keyword argument of that name."""
        return next((value for key, value in self.kwargs if key == name), None)

    def at(self, position: int, name: str = "") -> Value | None:
        """The argument by keyword, else by position."""
        found = self.named(name) if name else None
        if found is not None or position >= len(self.args):
            return found
        return self.args[position]


def parameters(node: FunctionDef | Lambda, bound: bool) -> tuple[Parameter, ...]:
    """The parameters that a caller may pass; a bound method's first one left out."""
    found = node.parameters
    return found[1:] if bound and found else found


def fill(declared: tuple[Parameter, ...], passed: Passed) -> dict[str, Value]:
    """What each parameter gets from the call; defaults are not filled in."""
    names: dict[str, Value] = {}
    plain = [each for each in declared if each.kind in ("positional", "plain")]
    for each, value in zip(plain, passed.args, strict=False):
        names[each.name] = value
    known = {each.name for each in declared if each.kind not in ("*", "**")}
    extra = Mapping()
    for name, value in passed.kwargs:
        if name in known:
            names[name] = value
        else:
            extra.entries[name] = value
    if passed.rest is not None:
        extra.spreads.append(passed.rest)
    for each in declared:
        if each.kind == "**":
            names[each.name] = extra
        elif each.kind == "*" and len(passed.args) > len(plain):
            names[each.name] = Items(list(passed.args[len(plain) :]), kind="tuple")
    return names


def entry(rest: Value | None, name: str) -> Value | None:
    """What `**rest` surely passes as `name`."""
    match rest:
        case Mapping(entries=entries) if name in entries:
            return entries[name]
        case DictValue():
            return rest.get(name)
        case _:
            return None


def spread_sources(rest: Value | None) -> tuple[Value, ...]:
    """The inputs that `**rest` spreads, innermost first."""
    match rest:
        case Mapping(spreads=spreads):
            return tuple(inner for each in spreads for inner in spread_sources(each))
        case Dump():
            return (rest,)
        case None | Const():
            return ()
        case _:
            return (rest,)
