"""The settings that evaluated Go has read."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from comfrey.languages.dotenv import fallback
from comfrey.source.evaluate import Evaluator
from comfrey.source.value import Instance, SettingValue, Text, Value

CASTS = {"int": "int", "bool": "bool", "float64": "float", "Int": "int", "Bool": "bool"}
"""Types, and the ends of readers' names, that say what a text is read as."""


def setting(ev: Evaluator, name: str, default: Value | None = None, cast: str = "") -> SettingValue:
    known = fallback(ev.codebase, name) if default is None else None
    return noted(ev, SettingValue(name, default, None, "", cast, known))


_read_settings: WeakKeyDictionary[Evaluator, dict[str, SettingValue]] = WeakKeyDictionary()


def noted(ev: Evaluator, found: SettingValue) -> SettingValue:
    """Remembers the setting for `read_settings`; one that tells its place or its default outweighs one that
    does not."""
    known = _read_settings.setdefault(ev, {})
    before = known.get(found.name)
    telling = (found.place is not None) + (found.default is not None) + (found.cast != "")
    if before is None or telling >= (
        (before.place is not None) + (before.default is not None) + (before.cast != "")
    ):
        known[found.name] = found
    return found


def read_settings(ev: Evaluator) -> tuple[SettingValue, ...]:
    """Every setting that evaluated code has read, by name; `cast` is `required` where its tag asks for it."""
    for event in ev.events:
        for value in (*event.args, *(each for _, each in event.kwargs)):
            _handed_on(ev, value)
    return tuple(value for _, value in sorted(_read_settings.get(ev, {}).items()))


def _handed_on(ev: Evaluator, value: Value, depth: int = 0) -> None:
    """Notes settings with the default that they got on the way (`if port == "" { port = "80" }`)."""
    match value:
        case SettingValue(default=default) if default is not None:
            noted(ev, value)
        case Text(parts=parts):
            for part in parts:
                if isinstance(part, SettingValue) and part.default is not None:
                    noted(ev, part)
        case Instance(kwargs=kwargs, fields=fields) if depth < 3:
            for each in (*(v for _, v in kwargs), *fields.values()):
                _handed_on(ev, each, depth + 1)
