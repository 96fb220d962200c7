"""`comfrey.toml` is laid over what was read; what it cannot mean is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Project, Stack
from comfrey.reader.configuration import configured, read_configuration

PROJECT = Project(
    root=".",
    name="ferry",
    stack=Stack(language="python", framework="fastapi"),
    endpoints=(
        Endpoint(method="GET", path="/trips", handler=Handler(name="trips")),
        Endpoint(method="POST", path="/reindex", handler=Handler(name="reindex")),
    ),
)


def test_every_key_is_laid_over_the_project(tmp_path: Path) -> None:
    (tmp_path / "comfrey.toml").write_text(
        'app = "ferry.main:create_app()"\n'
        'python = "env/bin/python"\n'
        'migrate = "ferry migrate"\n'
        'tests = "checks"\n'
        'ignore = ["POST /reindex"]\n'
        "[environment]\n"
        'TIDE = "high"\n'
    )

    project = configured(PROJECT, read_configuration(tmp_path))

    application = project.application
    assert (application.module, application.variable, application.factory) == (
        "ferry.main",
        "create_app",
        True,
    )
    assert (project.interpreter, project.migrate) == ("env/bin/python", "ferry migrate")
    assert project.tests.folder == "checks"
    assert project.environment == (("TIDE", "high"),)
    assert [each.key for each in project.endpoints] == ["GET /trips"]


def test_without_a_file_nothing_changes(tmp_path: Path) -> None:
    assert configured(PROJECT, read_configuration(tmp_path)) == PROJECT


@pytest.mark.parametrize(
    ("text", "line"),
    [("tests = 3\n", 1), ("# a\n\napp = = 1\n", 3), ('# a\nmigrat = "x"\n', 2)],
    ids=["a wrong type", "no TOML", "an unknown key"],
)
def test_what_it_cannot_mean_is_refused(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "comfrey.toml").write_text(text)

    with pytest.raises(Problem) as caught:
        read_configuration(tmp_path)

    assert caught.value.code == EXIT_USAGE
    assert caught.value.place is not None
    assert caught.value.place.line == line
