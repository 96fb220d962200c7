"""Tokens that are wrong in exactly one way, judged by a library that we did not write."""

from __future__ import annotations

import base64
import json

import pytest

from comfrey.rehearsal.tokens import claims_of, flawed, signed

KEY = "a secret that is long enough for any algorithm of the family"
NOW = 1_800_000_000
VALID = signed({"sub": "7", "exp": NOW + 600, "iat": NOW - 5}, KEY)


def _claims(token: str | None) -> dict[str, object]:
    assert token is not None
    parts = claims_of(token)
    assert parts is not None
    return parts[1]


def _is_signed(token: str, key: str) -> bool:
    signature = token.rpartition(".")[2]
    parts = claims_of(token)
    assert parts is not None
    again = signed(parts[1], key, parts[0]["alg"])
    return again.split(".")[2] == signature and bool(signature)


def test_an_expired_token_is_well_signed_and_past() -> None:
    token = flawed(VALID, "expired", KEY, NOW)
    claims = _claims(token)
    assert claims["sub"] == "7"
    assert isinstance(claims["exp"], int)
    assert claims["exp"] < NOW
    assert isinstance(claims["iat"], int)
    assert claims["iat"] < claims["exp"]
    assert _is_signed(token or "", KEY)


def test_a_forged_token_says_the_same_with_another_key() -> None:
    token = flawed(VALID, "forged", KEY, NOW)
    assert _claims(token) == _claims(VALID)
    assert not _is_signed(token or "", KEY)


def test_an_unsigned_token_says_so() -> None:
    token = flawed(VALID, "unsigned", KEY, NOW)
    head, _, signature = (token or "..").split(".")
    padded = head + "=" * (-len(head) % 4)
    assert json.loads(base64.urlsafe_b64decode(padded))["alg"] == "none"
    assert signature == ""


@pytest.mark.parametrize(
    ("subject", "other"),
    [
        ("7", "2000000000"),
        (7, 2_000_000_000),
        ("a@b.example", "nobody@example.com"),
        ("amy", "nobody"),
    ],
)
def test_a_stranger_is_nobody_of_the_same_kind(subject: object, other: object) -> None:
    token = flawed(signed({"sub": subject}, KEY), "stranger", KEY, NOW)
    assert _claims(token)["sub"] == other
    assert _is_signed(token or "", KEY)


def test_an_opaque_token_can_only_be_garbage() -> None:
    assert flawed("opaque", "garbage", KEY, NOW)
    assert flawed("opaque", "expired", KEY, NOW) is None
    assert flawed(VALID, "expired", "", NOW) is None


def test_a_stranger_is_named_by_the_claims_that_tell_whose_the_token_is() -> None:
    claims = {"badge": "7", "id": "a-session", "name": "Rosa"}

    token = flawed(signed(claims, KEY), "stranger", KEY, NOW, owners=("badge",))

    assert token is not None
    assert claims_of(token)[1] == claims | {"badge": "2000000000"}  # type: ignore[index]
