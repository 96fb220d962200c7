"""What the file says that a program's configuration is read from: YAML, TOML, JSON, INI, or lines as in `.env`."""

from __future__ import annotations

import configparser
import json
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from comfrey.languages.dotenv import entries
from comfrey.source.codebase import Codebase


def _ini(text: str) -> Any:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(f"[<top>]\n{text}")
    found: dict[str, Any] = {each: dict(parser[each]) for each in parser.sections()}
    return found.pop("<top>", {}) | found


READERS: dict[str, Callable[[str], Any]] = {
    "yaml": yaml.safe_load,
    "yml": yaml.safe_load,
    "toml": tomllib.loads,
    "json": json.loads,
    "ini": _ini,
    "env": lambda text: dict(entries(text)),
}


def told(codebase: Codebase, names: tuple[str, ...]) -> dict[str, str]:
    """The values by their dotted keys in small letters, of the first file of the tree that is called so, with or
    without its ending; empty where there is none that can be read."""
    files = sorted(codebase.tree.under(codebase.root), key=lambda each: (each.count("/"), each))
    for file in files:
        base = file.rpartition("/")[2]
        stem, _, kind = base.rpartition(".")
        if kind in READERS and (base in names or stem in names):
            try:
                return dict(_flat(READERS[kind](codebase.tree.string(file))))
            except (ValueError, configparser.Error, yaml.YAMLError):
                return {}
    return {}


def _flat(value: Any, before: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{before}.{key}".lstrip(".").lower())
    elif isinstance(value, bool):
        yield before, str(value).lower()
    elif isinstance(value, str | int | float):
        yield before, str(value)
