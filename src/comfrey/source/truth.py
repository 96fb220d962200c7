"""Whether a value counts as true."""

from __future__ import annotations

from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    SettingValue,
    Text,
    Value,
)


def truth(value: Value, hollow: bool = True) -> bool | None:
    """True or False, for settings by their default; None when it cannot be known. `hollow`: what is empty counts as
    false, as it does not in every language."""
    match value:
        case Const(value=inner):
            return bool(inner)
        case SettingValue(default=None, fallback=fallback):
            return bool(fallback) if fallback is not None else None
        case SettingValue(default=default) if default is not None:
            return truth(default, hollow)
        case ListValue(items=items, open=is_open) | DictValue(items=items, open=is_open):
            return True if items or not hollow else (None if is_open else False)
        case Text(parts=parts):
            return True if any(isinstance(each, str) for each in parts) else None
        case Instance(of=BoundExternal()):
            return None
        case Instance(of=External() as maker) if maker.last[:1].islower():
            return None
        case Instance(symbolic=symbolic):
            return None if symbolic else True
        case ClassValue() | FunctionValue() | BoundMethod() | ModuleValue():
            return True
        case Choice(options=options):
            found = {truth(each, hollow) for each in options}
            return found.pop() if len(found) == 1 else None
        case BoundExternal() | External():
            return None
    return None
