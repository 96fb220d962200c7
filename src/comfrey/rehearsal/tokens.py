"""Valid and flawed bearer tokens. Signatures follow RFC 7515 with the HMAC algorithms of RFC 7518."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import uuid
from typing import Any

GARBAGE = "not.a.token"
OBJECT_ID = re.compile(r"[0-9a-f]{24}")
EXPIRED_SINCE = 3600
DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def signed(claims: dict[str, Any], key: str, algorithm: str = "HS256") -> str:
    """A compact JWS over the claims; algorithm `none` has an empty signature."""
    head = _part({"alg": algorithm, "typ": "JWT"})
    text = f"{head}.{_part(claims)}"
    if algorithm == "none":
        return f"{text}."
    digest = hmac.new(key.encode(), text.encode(), DIGESTS[algorithm]).digest()
    return f"{text}.{_base64(digest)}"


def claims_of(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and claims of a compact JWS without looking at its signature, or None."""
    try:
        head, body, _ = token.split(".")
        return _read(head), _read(body)
    except ValueError:
        return None


CUSTOMARY = ("sub", "user_id", "userId", "id", "_id", "email")
"""Claims that tell whose a token is, where nothing says which does."""


def flawed(token: str, flaw: str, key: str, now: int, owners: tuple[str, ...] = ()) -> str | None:
    """The valid `token` made wrong in one way; None when it cannot be (an opaque token, no key).

    `flaw`: `garbage expired forged unsigned stranger`; see `model.step.Login`. `owners` are the claims that tell
    whose the token is; where none of them is there, those that tell it by custom.
    """
    if flaw == "garbage":
        return GARBAGE
    parts = claims_of(token)
    if parts is None:
        return None
    head, claims = parts
    algorithm = str(head.get("alg", "HS256"))
    if flaw == "unsigned":
        return signed(claims, "", "none")
    if flaw == "forged":
        other = "another key, long enough for every algorithm that signs with a shared secret"
        return signed(claims, other, algorithm if algorithm in DIGESTS else "HS256")
    if not key or algorithm not in DIGESTS:
        return None
    changed = _expired(claims, now) if flaw == "expired" else _stranger(claims, owners)
    return signed(changed, key, algorithm)


def _expired(claims: dict[str, Any], now: int) -> dict[str, Any]:
    past = {"exp": now - EXPIRED_SINCE}
    for name in ("iat", "nbf"):
        if name in claims:
            past[name] = now - 2 * EXPIRED_SINCE
    return claims | past


def _stranger(claims: dict[str, Any], owners: tuple[str, ...]) -> dict[str, Any]:
    """The same claims about a user who does not exist."""
    told = [name for name in owners if name in claims]
    customary = [name for name in CUSTOMARY if name in claims]
    names = told or customary[:1] or ["sub"]
    return claims | {name: other(claims.get(name)) for name in names}


def other(subject: Any) -> Any:
    """Another key of the same kind, which no row has."""
    if isinstance(subject, int):
        return 2_000_000_000
    text = str(subject)
    if text.isdigit():
        return "2000000000"
    if "@" in text:
        return "nobody@example.com"
    if OBJECT_ID.fullmatch(text):
        return "f" * len(text)
    return str(uuid.UUID(int=0xFFFF_FFFF)) if _is_uuid(text) else "nobody"


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _part(document: dict[str, Any]) -> str:
    return _base64(json.dumps(document, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(part: str) -> dict[str, Any]:
    document = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(document, dict):
        raise ValueError("a part of a JWS is an object")
    return document
