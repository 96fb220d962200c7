"""Where a suite goes: beside the project's own tests, never among them."""

from __future__ import annotations

import pytest

from comfrey.model.project import Project, Stack, TestSuite
from comfrey.stacks.testers.layout import layout


@pytest.mark.parametrize(
    ("folder", "files", "expected"),
    [
        ("", (), "tests/integration"),
        ("tests", ("tests/unit/test_price.py",), "tests/integration"),
        ("tests", ("tests/integration/test_price.py",), "tests/api"),
        ("tests", ("tests/integration/a.test.js", "tests/api/b.test.js"), "tests/endpoints"),
        ("tests/integration", ("tests/integration/test_price.py",), "tests/api"),
        ("src/tests", ("src/tests/test_price.py",), "src/tests/integration"),
    ],
)
def test_a_suite_has_a_folder_of_its_own(
    folder: str, files: tuple[str, ...], expected: str
) -> None:
    project = Project(
        root=".",
        name="shop",
        stack=Stack(language="python", framework="flask"),
        tests=TestSuite(folder=folder, files=files),
    )
    assert layout(project).folder == expected
