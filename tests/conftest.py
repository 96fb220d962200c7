"""What holds for every test: on CI nothing may be skipped for want of a tool; elsewhere it is said."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # no test fails because its machine is busy

REQUIRED = os.environ.get("COMFREY_REQUIRE_ALL") == "1"


TOGETHER = re.compile(r"tests/apps/test_golden\.py.*\[(.+)\]$|(tests/cli/test_bad_input\.py)")
"""Tests that share what one worker makes: by the sample app, or by file."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Sends tests that belong together to one worker, and every other by itself."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            found = TOGETHER.search(nodeid)
            return next(filter(None, found.groups())) if found else nodeid

    return Together(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """With COMFREY_REQUIRE_ALL=1 a test that would be skipped for its condition fails instead."""
    for mark in item.iter_markers("skipif"):
        if REQUIRED and mark.args and mark.args[0]:
            pytest.fail(f"required here, and missing: {mark.kwargs.get('reason', '')}")
