"""What the name alone of a member says: the caller's own password, a new one, the same again, a text."""

from __future__ import annotations

import re

from comfrey.model.endpoint import Endpoint
from comfrey.planner.wording import snake
from comfrey.planner.world import bare

SECRET = re.compile(r"passw(?:or)?d")
ALWAYS_TEXT = re.compile(rf"{SECRET.pattern}|(?:^|_)e?mail$|user_?name$")
"""What is a text wherever it is asked for. A signed-in caller may mean a row by it, but for a password."""
PRESENT = ("currentpassword", "oldpassword", "passwordcurrent", "passwordold", "presentpassword")
"""How a body calls the password that its caller has."""
AGAIN = {
    "password_confirm": "password",
    "confirm_password": "password",
    "password2": "password",
    "password_confirmation": "password",
    "new_password2": "new_password1",
    "confirm_new_password": "new_password",
    "new_password_confirm": "new_password",
    "new_password_confirmation": "new_password",
}
"""What is typed a second time, to be sure."""


def is_present(name: str, endpoint: Endpoint) -> bool:
    """Whether a member is the password that the caller has; beside a new one the plain one is."""
    return name.replace("_", "") in PRESENT or (name == "password" and _asks_for_new(endpoint))


def is_text(name: str, endpoint: Endpoint) -> bool:
    """Whether a member of which nothing but the name is known is a text."""
    return bool((SECRET if endpoint.auth else ALWAYS_TEXT).search(name))


def _asks_for_new(endpoint: Endpoint) -> bool:
    members = bare(endpoint.body.schema).properties if endpoint.body else ()
    return bool(endpoint.auth) and any(snake(each.name).startswith("new_pass") for each in members)
