"""The folder's own data, and the few questions about names that every file here asks."""

from __future__ import annotations

import re
from typing import Any

from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant, Expression
from comfrey.source.scope import Scope
from comfrey.source.value import External, Generic, Instance, ListValue, Value, plain
from comfrey.stacks.shelf import folder

CREDENTIAL = re.compile(
    r"auth|token|jwt|api[-_]?key|secret|credential|session|signature|bearer|password|access[-_]?key",
    re.IGNORECASE,
)
ACCESS = re.compile(
    r"auth|token|jwt|current|user|login|permission|require|admin|role|api[-_]?key|verify|protect|guard",
    re.IGNORECASE,
)


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("frameworks", "fastapi")
    assert found is not None
    return found.about.data


def last(value: Value | None) -> str:
    """The last word of an external name, "" for anything else."""
    return value.last if isinstance(value, External) else ""


def is_ours(value: Value | None, *words: str) -> bool:
    """Whether a value was made by one of FastAPI's (or Starlette's) own names."""
    made = value.of if isinstance(value, Instance) else value
    return (
        isinstance(made, External)
        and made.last in words
        and made.name.partition(".")[0] in ("fastapi", "starlette")
    )


def items(value: Value | None) -> tuple[Value, ...]:
    """The members of a literal sequence."""
    return tuple(value.items) if isinstance(value, ListValue) else ()


def strings(value: Value | None) -> tuple[str, ...]:
    """The constant strings of a literal sequence."""
    return tuple(each for each in map(plain, items(value)) if isinstance(each, str))


def unwrapped(type: Value) -> tuple[Value, tuple[Value, ...]]:  # noqa: A002
    """`Annotated[X, a, b]` as X and (a, b), nested ones flattened; any other type with ()."""
    if isinstance(type, Generic) and last(type.of) == "Annotated":
        inner, metadata = unwrapped(type.args[0])
        return inner, (*metadata, *type.args[1:])
    return type, ()


def evaluated(expression: Expression | None, scope: Scope, codebase: Codebase) -> Value | None:
    """What a default or an annotation comes to; calls in it are followed (`Depends(authorizer())`)."""
    if expression is None:
        return None
    if isinstance(expression, Constant) and isinstance(expression.value, str):
        return codebase.type_of(expression, scope)
    return codebase.evaluator.value(expression, scope)
