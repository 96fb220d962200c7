"""What no test can reach by signing in alone is said, and not tested."""

from __future__ import annotations

import pytest

from comfrey.planner import plan
from tests.planner import bookshop


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"withheld": "password_again"},
            "password_again answers whoever has done no more than sign in",
        ),
        (
            {"pressed": ("rename", "moor")},
            "which form is meant hangs on the button that was pressed: rename and moor",
        ),
    ],
)
def test_an_endpoint_that_is_kept_back_has_its_reason(
    changed: dict[str, object], reason: str
) -> None:
    key = "POST /api/v1/orders"
    others = [each for each in bookshop.PROJECT.endpoints if each.key != key]
    (order,) = [each for each in bookshop.PROJECT.endpoints if each.key == key]
    project = bookshop.PROJECT.replace(endpoints=(*others, order.replace(**changed)))

    found = plan(project)

    assert {each.reason for each in found.skipped if each.subject == key} == {reason}
    assert {each.kind for each in found.cases if each.subject == key} <= {"auth"}


def test_a_login_whose_user_is_not_known_is_only_answered() -> None:
    known = bookshop.PROJECT.authentication
    assert known is not None and known.login is not None
    (login,) = [each for each in bookshop.PROJECT.endpoints if each.key == known.login.endpoint]
    vague = login.replace(path="/kiosk/login", effects=(), refusals=())
    project = bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, vague))

    titles = [each.title for each in plan(project).cases if each.subject == vague.key]

    assert titles[0] == "answers a login"
    assert not any("right password" in each for each in titles)
