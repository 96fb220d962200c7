"""The surroundings of a call in NestJS, which guards, filters and decorators are given, and its exceptions."""

from __future__ import annotations

from comfrey.source.value import ClassValue, Const, External, Instance, ListValue, Value
from comfrey.stacks.statuses import number, worded

CONTEXT = External("<context>")


def of_context(context: Instance, name: str) -> Value | None:
    """`context.switchToHttp().getRequest()` and its like."""
    if name in ("switchToHttp", "getContext"):
        return context
    if name == "getRequest":
        return context.fields["request"]
    if name == "getResponse":
        return context.fields["response"]
    if name == "getType":
        return Const("http")
    if name in ("getArgs", "getArgByIndex"):
        return (
            ListValue([context.fields["request"]])
            if name == "getArgs"
            else context.fields["request"]
        )
    return External(f"<context>.{name}") if name in ("getHandler", "getClass") else None


def status_of(error: Value) -> int | None:
    """The status of NestJS's exceptions, and of classes of the tree that come from them."""
    if not isinstance(error, Instance):
        return None
    names = [error.of.name] if isinstance(error.of, External) else []
    if isinstance(error.of, ClassValue):
        names = _ancestors(error.of)
    for name in names:
        last = name.rpartition(".")[2]
        if last == "HttpException" and len(error.args) > 1:
            return number(error.args[1])
        known = worded(last) if last.endswith("Exception") else None
        if known is not None:
            return known
    return None


def _ancestors(of: ClassValue) -> list[str]:
    found: list[str] = []
    for base in of.node.arguments:
        found.append(base.value.text)
    return found
