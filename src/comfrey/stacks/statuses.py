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
    if isinstance(known, str) and known.isdecimal() and len(known) == 3:
        return int(known)
    return named_status(value.name) if isinstance(value, External) else None


def named_status(name: str) -> int | None:
    """The status that a dotted name spells, or None."""
    if match := re.search(r"\bHTTP_(\d{3})_", name):
        return int(match[1])
    owner, _, word = name.removesuffix(".value").rpartition(".")
    if owner.partition(".")[0] in ("http-status", "http-status-codes", "@nestjs/common"):
        return worded(word)
    if owner.endswith("HTTPStatus") and word in HTTPStatus.__members__:
        return int(HTTPStatus[word])
    return None


def worded(word: str) -> int | None:
    """The status that a phrase spells in any case: `NOT_FOUND`, `notFound`, `NotFoundError`, `NotFoundException`."""
    plain_word = re.sub(r"(?:Error|Exception)$", "", word).replace("_", "").lower()
    return WORDS.get(plain_word)


WORDS = {each.name.replace("_", "").lower(): int(each) for each in HTTPStatus} | {
    "badrequest": 400,
    "badimplementation": 500,
    "unprocessable": 422,
    "unprocessableentity": 422,
    "baddata": 422,
    "payloadtoolarge": 413,
    "requesttoolong": 413,
    "internalserver": 500,
    "internal": 500,
    "imateapot": 418,
    "unsupportedmediatype": 415,
    "movedpermanently": 301,
    "movedtemporarily": 302,
}
