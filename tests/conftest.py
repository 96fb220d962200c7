"""What holds for every test: on CI nothing may be skipped for want of a tool; elsewhere it is said."""

from __future__ import annotations

import os

import pytest

REQUIRED = os.environ.get("COMFREY_REQUIRE_ALL") == "1"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With COMFREY_REQUIRE_ALL=1 a skip whose condition holds becomes a failing test."""
    if not REQUIRED:
        return
    for item in items:
        for mark in item.iter_markers("skipif"):
            if mark.args and mark.args[0]:
                reason = mark.kwargs.get("reason", "a tool is missing")
                item.add_marker(pytest.mark.usefixtures("everything_is_required"))
                item.user_properties.append(("missing", reason))
        item.own_markers = [mark for mark in item.own_markers if mark.name != "skipif"]


@pytest.fixture
def everything_is_required(request: pytest.FixtureRequest) -> None:
    """Fails a test that would be skipped on a contributor's machine."""
    missing = dict(request.node.user_properties).get("missing", "")
    pytest.fail(f"required here, and missing: {missing}")
