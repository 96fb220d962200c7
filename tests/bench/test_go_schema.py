"""How a Go project's papers say that its schema is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.runtimes.go import commands

SAID = (
    ("Makefile", "migrate:\n\tgo run main.go --migrate\n", ("go", "run", "main.go", "--migrate")),
    ("README.md", "```\ngo run ./cmd/migrate up\n```\n", ("go", "run", "./cmd/migrate", "up")),
    ("README.md", "`go run cmd/migrate/main.go`", ("go", "run", "cmd/migrate/main.go")),
    ("README.md", "go run main.go\n", ()),
    ("README.md", "go run ./cmd/migrate down\n", ()),
    ("Makefile", "new:\n\tgo run main.go migrate create $(name)\n", ()),
    ("README.md", "go run ./cmd/elsewhere --migrate\n", ()),
)


@pytest.mark.parametrize(("paper", "text", "expected"), SAID)
def test_the_command_is_taken_from_the_papers(
    tmp_path: Path, paper: str, text: str, expected: tuple[str, ...]
) -> None:
    (tmp_path / "cmd" / "migrate").mkdir(parents=True)
    (tmp_path / "cmd" / "migrate" / "main.go").touch()
    (tmp_path / "main.go").touch()
    (tmp_path / paper).write_text(text)

    assert commands.schema(tmp_path) == expected


def test_what_machines_run_counts_before_what_people_read(tmp_path: Path) -> None:
    (tmp_path / "main.go").touch()
    (tmp_path / "README.md").write_text("go run main.go migrate --verbose\n")
    (tmp_path / "Makefile").write_text("up:\n\tgo run main.go migrate\n")

    assert commands.schema(tmp_path) == ("go", "run", "main.go", "migrate")
