"""What is known to go wrong between packages, told from the error's text and from what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.environment import Environment
from comfrey.bench.runtimes.python.environment import mendable

SPLIT = "AttributeError: module 'sqlalchemy' has no attribute '__all__'. Did you mean: '__file__'?"


@pytest.mark.parametrize(("version", "known"), [("2.5.1", True), ("3.1.1", False)])
def test_a_package_that_is_too_old_for_another(tmp_path: Path, version: str, known: bool) -> None:
    packages = (("flask-sqlalchemy", version), ("sqlalchemy", "2.0.44"))
    environment = Environment(
        program=tmp_path / "python", folder=tmp_path, own=True, overlay=tmp_path, versions=packages
    )
    assert mendable(environment, SPLIT) is known
