"""Where a Flask app's configuration says that its documents are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.languages.python.configuration import configuration
from comfrey.model.project import DatabaseHook
from comfrey.source.codebase import Codebase
from comfrey.source.value import Choice, DictValue, ListValue, SettingValue, Value, text_of
from comfrey.stacks.addresses import parts

WHOLE = ("URI", "URL", "CONNECTION", "DSN")
"""What a setting of a whole address is called; one of a host alone may stand under the same key."""
PARTS = {
    "host": "host",
    "port": "port",
    "db": "name",
    "name": "name",
    "username": "user",
    "password": "password",
}


def configured(codebase: Codebase, data: dict[str, Any]) -> DatabaseHook | None:
    """The settings behind `MONGODB_SETTINGS = {"host": …}` or `MONGODB_HOST`; None where none is read."""
    known = configuration(codebase)
    tables = [known[name] for name in data["settings"] if name in known]
    said = {key: value for each in tables for key, value in _told(each)}
    for name, value in known.items():
        word = name.removeprefix("MONGODB_").lower()
        if name.startswith("MONGODB_") and word in PARTS:
            said.setdefault(word, value)
    host = next((known[name] for name in data["addresses"] if name in known), said.get("host"))
    whole = _whole(host)
    pairs = () if whole else parts(host) or tuple(_parts(said))
    if not (whole or pairs):
        return None
    place = host.place if isinstance(host, SettingValue) else None
    return DatabaseHook(
        url_setting=whole, url_parts=pairs, driver="pymongo", dialect="mongodb", place=place
    )


def _told(value: Value) -> Iterator[tuple[str, Value]]:
    """The pairs of a dictionary, or of the first of several."""
    if isinstance(value, ListValue) and value.items:
        value = value.items[0]
    if isinstance(value, Choice):
        value = next((each for each in value.options if isinstance(each, DictValue)), value)
    for key, each in value.items if isinstance(value, DictValue) else ():
        name = text_of(key)
        if name:
            yield name.lower(), each


def _setting(value: Value | None) -> SettingValue | None:
    if isinstance(value, Choice):
        return next((found for each in value.options if (found := _setting(each))), None)
    return value if isinstance(value, SettingValue) else None


def _whole(value: Value | None) -> str:
    """The setting that holds the whole address."""
    setting = _setting(value)
    if setting is None:
        return ""
    named = any(word in setting.name.upper() for word in WHOLE)
    return setting.name if named or "://" in (text_of(setting) or "") else ""


def _parts(said: dict[str, Value]) -> Iterator[tuple[str, str]]:
    for word, part in PARTS.items():
        setting = _setting(said.get(word))
        if setting is not None:
            yield part, setting.name
