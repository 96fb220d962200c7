"""Comparing values: what two of them come to, as far as both are known, and the setting that the answer hangs on."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from comfrey.source.node import Constant, Expression
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    SettingValue,
    Text,
    Undefined,
    Value,
    text_of,
)

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


CERTAIN = (FunctionValue, BoundMethod, Partial, ClassValue, ListValue, DictValue)
EQUAL, UNEQUAL = ("==", "is"), ("!=", "is not")


def setting_of(value: Value) -> SettingValue | None:
    """The setting that a value depends on, if any."""
    match value:
        case SettingValue():
            return value
        case Const(setting=setting):
            return setting
        case Text(parts=parts):
            found = (setting_of(each) for each in parts if not isinstance(each, str))
            return next((each for each in found if each is not None), None)
    return None


def comparable(value: Value) -> tuple[Any] | None:
    """A plain Python object to compare with (wrapped: it may be None), or None when it is not known."""
    match value:
        case Const(value=inner):
            return (inner,)
        case SettingValue(default=default) if default is not None:
            return comparable(default)
        case SettingValue(fallback=str() as text):
            return (text,)
        case Text():
            text_value = text_of(value)
            return None if text_value is None or "{" in text_value else (text_value,)
        case Instance(fields={"value": inner}):
            return comparable(inner)
        case ListValue(items=items, open=False):
            inside = [comparable(each) for each in items]
            return None if None in inside else ([each[0] for each in inside if each],)
        case DictValue(items=pairs, open=False):
            keys = [comparable(key) for key, _ in pairs]
            return None if None in keys else ([each[0] for each in keys if each],)
    return None


ENVIRONMENTS = ("os.environ", "process.env")
MEMBER = {"in": False, "not in": True}
"""What `"DEV" in os.environ` comes to: a variable is not there until somebody sets it."""


def compared(sign: str, left: Value, right: Value) -> Value | None:
    """`left sign right`; None when it cannot be known."""
    if sign in ("is", "is not") and isinstance(left, Undefined):
        return Const(isinstance(right, Undefined) == (sign == "is"))
    if sign in MEMBER and isinstance(right, External) and right.name in ENVIRONMENTS:
        name = left.value if isinstance(left, Const) else None
        return Const(MEMBER[sign], SettingValue(name)) if isinstance(name, str) else None
    first, second = comparable(left), comparable(right)
    if first is None or second is None:
        return _compared_to_none(sign, left, right)
    try:
        setting = setting_of(left) or setting_of(right)
        return Const(bool(COMPARISONS[sign](first[0], second[0])), setting)
    except (TypeError, KeyError):
        return None


def _compared_to_none(sign: str, left: Value, right: Value) -> Value | None:
    """`x is None` is known of whatever is certainly an object."""
    none = isinstance(right, Const) and right.value is None
    certain = isinstance(left, CERTAIN) or (isinstance(left, Instance) and not left.symbolic)
    return Const(sign in UNEQUAL) if none and certain and sign in (*EQUAL, *UNEQUAL) else None


def missed(
    sign: str, first: Expression, left: Value, second: Expression, right: Value
) -> Value | None:
    """Whether something that is not there is like a setting, which holds something: it is not. None for all other
    comparisons; one with a written nothing asks whether the setting is set."""
    for node, own, other in ((first, left, right), (second, right, left)):
        nothing = isinstance(own, Const) and own.value is None and not isinstance(node, Constant)
        if nothing and isinstance(other, SettingValue) and other.default is None:
            setting = setting_of(left) or setting_of(right)
            return Const(sign in UNEQUAL, setting) if sign in (*EQUAL, *UNEQUAL) else None
    return None
