"""Files that a request carries: which kinds a handler lets in, and one of such a kind."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.value import Data
from comfrey.planner import cast, law


def accepted_media(endpoint: Endpoint) -> tuple[str, ...]:
    """The content types that the handler lets in, when a refusal says so."""
    for each in law.of(endpoint, "media"):
        if each.operator == "not_in" and isinstance(each.value, tuple | list):
            return tuple(str(value) for value in each.value)
    return ()


def file_of(media: str) -> Data:
    kind = (
        media
        if media and "*" not in media and "multipart" not in media
        else "application/octet-stream"
    )
    suffix = kind.rpartition("/")[2].replace("plain", "txt").replace("octet-stream", "bin")
    return Data(
        head=cast.IMAGES.get(kind, "25504446"), size=64, media=kind, filename=f"harbour.{suffix}"
    )
