"""Runs in the project's own interpreter, inside of the app's context: what shows that a caller is signed in."""

# mypy: ignore-errors

from types import SimpleNamespace


def session_of(held):
    """The cookie of a session that holds these members, signed as the app signs it."""
    from flask import current_app

    return current_app.session_interface.get_signing_serializer(current_app).dumps(held)


def token_of(told):
    """A token of Flask-JWT-Extended for this identity: a value, or the user's row."""
    from flask_jwt_extended import create_access_token

    identity = told["identity"]
    owner = SimpleNamespace(**identity) if isinstance(identity, dict) else identity
    return create_access_token(owner, fresh=True)


def token_key():
    """The key by which Flask-JWT-Extended signs."""
    from flask import current_app

    return current_app.config.get("JWT_SECRET_KEY") or current_app.secret_key
