"""What holds for every test: on CI nothing may be skipped for want of a tool; elsewhere it is said."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # no test fails because its machine is busy

REQUIRED = os.environ.get("COMFREY_REQUIRE_ALL") == "1"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """With COMFREY_REQUIRE_ALL=1 a test that would be skipped for its condition fails instead."""
    for mark in item.iter_markers("skipif"):
        if REQUIRED and mark.args and mark.args[0]:
            pytest.fail(f"required here, and missing: {mark.kwargs.get('reason', '')}")
