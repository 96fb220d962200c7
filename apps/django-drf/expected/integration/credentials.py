"""Credentials of test users: valid ones, and flawed ones that the app must refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

from shop.models import User

KEY = api_settings.SIGNING_KEY
ALGORITHM = "HS256"
STRANGER = User(id=2_000_000_000)


def auth_headers(user: User | None = None, flaw: str = "") -> dict[str, str]:
    """The headers that `user` sends; `flaw` spoils them in one way."""
    if flaw == "none":
        return {}
    scheme = "Basic" if flaw == "scheme" else "Bearer"
    return {"Authorization": f"{scheme} {token(user, flaw)}"}


def token(user: User | None = None, flaw: str = "") -> str:
    """The user's token; `flaw` is garbage, expired, forged, unsigned or stranger."""
    if flaw == "garbage":
        return "not-a-token"
    owner = STRANGER if user is None or flaw == "stranger" else user
    valid = str(AccessToken.for_user(user=owner))
    claims = jwt.decode(valid, options={"verify_signature": False})
    match flaw:
        case "expired":
            claims["exp"] = datetime.now(UTC) - timedelta(hours=1)
            return signed(claims, KEY)
        case "forged":
            return signed(claims, "the key of quite another application")
        case "unsigned":
            return jwt.encode(claims, None, algorithm="none")
    return valid


def signed(claims: dict[str, Any], key: str) -> str:
    return jwt.encode(claims, key, algorithm=ALGORITHM)
