"""Type parameters of functions: what a call says, else what its arguments are
(https://go.dev/ref/spec#Type_inference)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node as Raw

from comfrey.languages.go import types
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Assign, Constant, Expression, Name, Span
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.languages.go.expressions import ExpressionLowering

Args = tuple[Value, ...]
TYPE = "<type>"
"""The argument that a generic function's type is."""
PLAIN = ("pointer_type", "parenthesized_type")


# --- lowering ------------------------------------------------------------------


def openings(
    lowering: ExpressionLowering, span: Span, names: tuple[str, ...], listed: Raw | None
) -> Iterator[Assign]:
    """Statements that set the type parameters: the first by the call where it says so, each by the first argument
    whose type tells it."""
    said = Name(span, TYPE)
    for index, name in enumerate(names):
        found = _by_arguments(lowering, span, name, listed)
        if index == 0:
            value = lowering.special(span, "<told>", said, found) if found is not None else said
            yield Assign(span, (Name(span, name),), value)
        elif found is not None:
            yield Assign(span, (Name(span, name),), found)


def _by_arguments(
    lowering: ExpressionLowering, span: Span, name: str, listed: Raw | None
) -> Expression | None:
    for each in lowering.inside(listed):
        kind = each.child_by_field_name("type")
        given = each.child_by_field_name("name")
        if kind is None or given is None:
            continue
        argument = Name(span, lowering.raw_text(given))
        bare = _bare(lowering, kind)
        if lowering.raw_text(bare) == name:
            return lowering.special(span, "<type of>", argument)
        if bare.type == "generic_type":
            at = _place_in(lowering, bare.child_by_field_name("type_arguments"), name)
            asked = bare.child_by_field_name("type")
            if at is not None and asked is not None:
                kind_of = types.lowered(lowering, asked)
                return lowering.special(span, "<asked by>", argument, kind_of, Constant(span, at))
        if bare.type == "function_type":
            for word, part in (("<taken by>", "parameters"), ("<given by>", "result")):
                at = _position(lowering, bare.child_by_field_name(part), name)
                if at is not None:
                    return lowering.special(span, word, argument, Constant(span, at))
    return None


def _bare(lowering: ExpressionLowering, kind: Raw) -> Raw:
    while kind.type in PLAIN and lowering.inside(kind):
        kind = lowering.inside(kind)[0]
    return kind


def _position(lowering: ExpressionLowering, listed: Raw | None, name: str) -> int | None:
    """Where a type stands among parameters or results."""
    if listed is None:
        return None
    if listed.type != "parameter_list":
        return 0 if lowering.raw_text(_bare(lowering, listed)) == name else None
    kinds = [each.child_by_field_name("type") for each in lowering.inside(listed)]
    texts = [lowering.raw_text(_bare(lowering, each)) if each else "" for each in kinds]
    return texts.index(name) if name in texts else None


def _place_in(lowering: ExpressionLowering, listed: Raw | None, name: str) -> int | None:
    """Where a type stands among the arguments of a generic type."""
    texts = [lowering.raw_text(each) for each in lowering.inside(listed)]
    return texts.index(name) if name in texts else None


# --- evaluating ------------------------------------------------------------------


def told(ev: Evaluator, args: Args) -> Value:
    """The type that the call says, else the one that is inferred."""
    return args[1] if len(args) > 1 and isinstance(args[0], UnknownValue) else args[0]


def type_of(ev: Evaluator, args: Args) -> Value:
    """The type of an argument."""
    value = args[0]
    return value.of if isinstance(value, Instance) else UnknownValue("a type")


def taken_by(ev: Evaluator, args: Args) -> Value:
    """The type of a parameter of a function that is handed over."""
    function, skipped = _function(args[0])
    at = _index(args)
    parameters = function.node.parameters[skipped:] if function is not None else ()
    if function is None or at >= len(parameters):
        return UnknownValue("a type")
    annotation = parameters[at].annotation
    if annotation is None:
        return UnknownValue("a type")
    return _pointed(ev.codebase.type_of(annotation, function.scope))


def given_by(ev: Evaluator, args: Args) -> Value:
    """The type of a result of a function that is handed over."""
    function, _ = _function(args[0])
    returns = getattr(function.node, "returns", None) if function is not None else None
    if function is None or returns is None:
        return UnknownValue("a type")
    kind = ev.codebase.type_of(returns, function.scope)
    if isinstance(kind, Generic) and kind.of == External("tuple"):
        at = _index(args)
        return _pointed(kind.args[at]) if at < len(kind.args) else UnknownValue("a type")
    return _pointed(kind)


def asked_by(ev: Evaluator, args: Args) -> Value:
    """The type that an argument's own methods have where those of a generic interface name a parameter of it:
    `Handle[In any](h Handler[In])`, where the `Serve` of `h` takes a `*SignUp`."""
    argument, interface = args[0], args[1]
    at = comparable(args[2])
    names = interface.node.type_parameters if isinstance(interface, ClassValue) else ()
    if at is None or not isinstance(interface, ClassValue) or int(at[0]) >= len(names):
        return UnknownValue("a type")
    for member in ev.codebase.members(interface):
        wanted = member.value.node.parameters[1:] if isinstance(member.value, FunctionValue) else ()
        for index, each in enumerate(wanted):
            text = each.annotation.text if each.annotation is not None else ""
            if text.lstrip("*") == names[int(at[0])]:
                own = ev.codebase.method(argument, member.name)
                if isinstance(own, BoundMethod):
                    return taken_by(ev, (own, Const(index)))
    return UnknownValue("a type")


def _function(value: Value) -> tuple[FunctionValue | None, int]:
    if isinstance(value, BoundMethod):
        return value.function, 1
    return (value, 0) if isinstance(value, FunctionValue) else (None, 0)


def _index(args: Args) -> int:
    known = comparable(args[1]) if len(args) > 1 else None
    return int(known[0]) if known else 0


def _pointed(kind: Value) -> Value:
    """What a pointer points to."""
    if isinstance(kind, Generic) and getattr(kind.of, "last", "") == "Annotated" and kind.args:
        return kind.args[0]
    return kind


KNOWN: dict[str, Callable[[Evaluator, Args], Value]] = {
    "<told>": told,
    "<type of>": type_of,
    "<taken by>": taken_by,
    "<given by>": given_by,
    "<asked by>": asked_by,
}
