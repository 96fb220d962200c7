"""The one base of every noun: frozen, comparable, printable as JSON."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

N = TypeVar("N", bound="Noun")


class Noun(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A value that every room may pass on and none may change; it holds no cycle that needs collecting."""

    def replace(self: N, **changes: Any) -> N:
        """A copy with the named fields replaced."""
        return msgspec.structs.replace(self, **changes)


def to_json(noun: Any) -> bytes:
    """The noun as compact UTF-8 JSON, fields in the order of their definition."""
    return msgspec.json.encode(noun)


def from_json(data: bytes, kind: type[N]) -> N:
    """The noun that `data` spells; `msgspec.ValidationError` when it does not fit `kind`."""
    return msgspec.json.decode(data, type=kind)
