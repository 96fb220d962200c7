"""Runs in the project's own interpreter: the cookie of a Flask session, signed as the app signs it."""

# mypy: ignore-errors


def session_of(held):
    """The cookie of a session that holds these members."""
    from flask import current_app

    return current_app.session_interface.get_signing_serializer(current_app).dumps(held)
