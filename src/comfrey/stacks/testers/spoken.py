"""What the doubles of a suite say: the good and the bad answers that the shelf knows for a service."""

from __future__ import annotations

import json
from typing import Any

from comfrey.model.service import Service
from comfrey.stacks.services import Product, product, products, protocol_failures

DECLINED = (402, {"error": {"message": "declined"}})
STATUS_KINDS = ("status500", "shape", "rate_limit", "declined")


def product_of(service: Service) -> Product | None:
    """The product that the shelf knows for the service: by its name, else by the paths it is asked for."""
    known = product(service.key) if service.key else None
    if known and known.calls:
        return known
    paths = {each.path for each in service.calls if each.path}
    shaped = (each for each in products() if any(_same(call.path, paths) for call in each.calls))
    return next(shaped, known)


def _same(path: str, paths: set[str]) -> bool:
    return bool(path) and any(each == path for each in paths)


def good_answers(service: Service) -> list[tuple[str, str, int, Any]]:
    """(method, path, status, document) of each call whose good answer the shelf knows."""
    known = product_of(service)
    found = {}
    for call in service.calls:
        for each in known.calls if known else ():
            if each.path == call.path and each.method in (call.method, ""):
                found[call.method, call.path] = (each.status, each.body)
    return [(*key, *answer) for key, answer in sorted(found.items())]


def bad_answers(service: Service, known: Product | None) -> list[tuple[str, int, Any]]:
    """(kind, status, document) of each failure that is an answer."""
    found = []
    for kind in STATUS_KINDS:
        try:
            spoken = known if known is not None and known.protocol == "http" else None
            failure = spoken.failure(kind) if spoken else protocol_failures("http")[kind]
        except KeyError:
            found.append((kind, *DECLINED))
            continue
        found.append((kind, failure.status, _document(failure.answer, failure.answers)))
    return found


def _document(answer: str, media: str) -> Any:
    return json.loads(answer) if "json" in media and answer else {}
