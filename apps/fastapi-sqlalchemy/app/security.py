import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import jwt
from pwdlib import PasswordHash
from starlette.concurrency import run_in_threadpool

from app.settings import settings

ALGORITHM = "HS256"

password_hash = PasswordHash.recommended()
# Checked when the e-mail is unknown, so that the answer takes as long as for a known one.
NOBODY = password_hash.hash("nobody's password")


async def hash_password(password: str) -> str:
    return await run_in_threadpool(password_hash.hash, password)


async def verify_password(password: str, hashed: str | None) -> bool:
    matches = await run_in_threadpool(password_hash.verify, password, hashed or NOBODY)
    return matches and hashed is not None


def create_token(user_id: int) -> str:
    expires = datetime.now(UTC) + timedelta(seconds=settings.token_ttl_seconds)
    return jwt.encode(
        {"sub": str(user_id), "exp": expires},
        settings.jwt_secret.get_secret_value(),
        algorithm=ALGORITHM,
    )


def read_token(token: str) -> int | None:
    """The id of the user whom the token was given to, None if it is not (or no longer) ours."""
    try:
        claims = jwt.decode(
            token,
            settings.jwt_secret.get_secret_value(),
            algorithms=[ALGORITHM],
            options={"require": ["sub", "exp"]},
        )
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None


def is_signed(body: bytes, signature: str) -> bool:
    secret = settings.payment_webhook_secret.get_secret_value()
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
