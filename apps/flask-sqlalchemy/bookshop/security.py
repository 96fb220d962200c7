import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import jwt
from flask import abort, current_app, g, request
from werkzeug.security import check_password_hash, generate_password_hash

from bookshop.extensions import db
from bookshop.models import Role, User

ALGORITHM = "HS256"


def hash_password(password: str) -> str:
    return generate_password_hash(password)


def verify_password(password: str, hashed: str) -> bool:
    return check_password_hash(hashed, password)


def create_token(user_id: int) -> str:
    expires = datetime.now(UTC) + timedelta(seconds=current_app.config["TOKEN_TTL_SECONDS"])
    return jwt.encode(
        {"sub": str(user_id), "exp": expires}, current_app.config["JWT_SECRET"], algorithm=ALGORITHM
    )


def read_token(token: str) -> int | None:
    """The id of the user whom the token was given to, None if it is not (or no longer) ours."""
    try:
        claims = jwt.decode(
            token,
            current_app.config["JWT_SECRET"],
            algorithms=[ALGORITHM],
            options={"require": ["sub", "exp"]},
        )
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None


def login_required(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            abort(401, "Sign in first")
        user_id = read_token(token)
        user = db.session.get(User, user_id) if user_id is not None else None
        if user is None:
            abort(401, "Sign in first")
        g.user = user
        return view(*args, **kwargs)

    return guarded


def admin_required(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    @login_required
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.user.role != Role.ADMIN:
            abort(403, "This is for administrators")
        return view(*args, **kwargs)

    return guarded


def is_signed(body: bytes, signature: str) -> bool:
    secret = current_app.config["PAYMENT_WEBHOOK_SECRET"]
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
