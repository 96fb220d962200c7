"""Statuses as code spells them."""

from __future__ import annotations

import re
from http import HTTPStatus

from comfrey.source.value import External, Value, plain


def number(value: Value | None) -> int | None:
    """A status: a number, `status.HTTP_404_NOT_FOUND`, `HTTPStatus.NOT_FOUND`."""
    known = plain(value)
    if isinstance(known, int) and not isinstance(known, bool):
        return known
    return named_status(value.name) if isinstance(value, External) else None


def named_status(name: str) -> int | None:
    """The status that a dotted name spells, or None."""
    if match := re.search(r"\bHTTP_(\d{3})_", name):
        return int(match[1])
    owner, _, word = name.removesuffix(".value").rpartition(".")
    if owner.endswith("HTTPStatus") and word in HTTPStatus.__members__:
        return int(HTTPStatus[word])
    return None
