"""Plays every `spec.md` on the shelf: each is documentation and a test at once.

A `## heading` is one example. In it every fenced block whose info string names a file
(```` ```python app/main.py ````) is a file of the example's tree; the last block
(```` ```yaml ````, no file name) is what the reader must find. Blocks between the title and the
first `##` are files of every example in that `spec.md`; an example overrides them by name.

The expected block is matched against the first app's `Project`, as plain data:

- a mapping must match in the keys that it names; keys that it leaves out are free;
- where the project has a list of things, a mapping picks them by name: an endpoint by
  `POST /orders`, anything else by `name` (or `status`, `kind`, `field`, `action`, whatever it has);
  `null` says that no such thing is there;
- a list must match item for item, and a list of plain strings also matches a list of things by
  their names, in order;
- anything else must be equal.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import yaml

from comfrey import stacks
from comfrey.reader import read
from comfrey.source.tree import open_tree

FENCE = re.compile(r"^```(\w*)[ \t]*(\S*)\n(.*?)^```$", re.M | re.S)
SHELF = Path(stacks.__file__).parent
NAMES = ("name", "title", "status", "condition", "field", "action", "kind", "value", "line")


class Example(NamedTuple):
    title: str
    files: dict[str, str]
    expected: Any


def _examples(text: str) -> list[Example]:
    head, *sections = re.split(r"^## ", text, flags=re.M)
    shared = {name: body for _, name, body in FENCE.findall(head) if name}
    return [_example(section, shared) for section in sections]


def _example(section: str, shared: dict[str, str]) -> Example:
    title = section.splitlines()[0].strip()
    blocks = FENCE.findall(section)
    assert blocks, f"no blocks under {title!r}"
    language, name, expected = blocks[-1]
    assert language == "yaml" and not name, f"the last block under {title!r} is not what to find"
    files = shared | {name: body for _, name, body in blocks[:-1] if name}
    return Example(title, files, yaml.safe_load(expected))


def _collect() -> list[Any]:
    return [
        pytest.param(example, id=f"{spec.parent.name}: {example.title}")
        for spec in sorted(SHELF.glob("*/*/spec.md"))
        for example in _examples(spec.read_text(encoding="utf-8"))
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in msgspec.structs.fields(value)
        }
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _name(thing: Any) -> Any:
    if not isinstance(thing, dict):
        return thing
    if "method" in thing and "handler" in thing:
        return f"{thing['method']} {thing['path']}"
    return next((thing[key] for key in NAMES if thing.get(key)), None)


def _difference(expected: Any, found: Any, path: str = "") -> str:
    """What is wrong with `found`, in one line; "" when it matches."""
    if isinstance(expected, dict) and isinstance(found, list):
        return _pick(expected, found, path)
    if isinstance(expected, dict) and isinstance(found, dict):
        return _first(
            _difference(value, found[key], f"{path}/{key}")
            if key in found
            else f"{path}: no {key!r} among {sorted(found)}"
            for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(found, list):
        if expected and all(isinstance(each, str) for each in expected):
            found = [_name(each) for each in found]
        if len(expected) != len(found):
            return f"{path}: {len(found)} for {len(expected)}: {[_name(each) for each in found]}"
        return _first(
            _difference(left, right, f"{path}[{index}]")
            for index, (left, right) in enumerate(zip(expected, found, strict=True))
        )
    return "" if expected == found else f"{path}: {found!r} for {expected!r}"


def _pick(expected: dict[Any, Any], found: list[Any], path: str) -> str:
    things = {_name(each): each for each in found}
    for name, value in expected.items():
        if value is None and name in things:
            return f"{path}: {name!r} is there"
        if value is not None and name not in things:
            return f"{path}: no {name!r} among {list(things)}"
        if value is not None and (wrong := _difference(value, things[name], f"{path}/{name}")):
            return wrong
    return ""


def _first(lines: Any) -> str:
    return next((line for line in lines if line), "")


@pytest.mark.parametrize("example", _collect())
def test_the_reader_finds_what_the_spec_says(example: Example, tmp_path: Path) -> None:
    for name, text in example.files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    reading = read(open_tree(tmp_path))
    assert reading.apps, "no app found"
    assert not _difference(example.expected, _plain(reading.apps[0]))
