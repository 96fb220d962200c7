"""The project's own style: its formatter's line length and import order, through ruff."""

from __future__ import annotations

import subprocess

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from comfrey.model.project import Project

DEFAULT_LENGTH = 88


def formatted(text: str, project: Project, packages: tuple[str, ...]) -> str:
    """`text` with unused imports dropped, the rest sorted, and laid out as the project's code is.

    A text that does not parse comes back as it is: the run will say so.
    """
    length = str(project.stack.line_length or DEFAULT_LENGTH)
    known = "[" + ", ".join(f'"{each}"' for each in packages) + "]"
    fixed = _ruff(
        text,
        "check",
        "--fix-only",
        "--select=I,F401,UP034,SIM300",
        f"--config=line-length={length}",
        f"--config=lint.isort.known-first-party={known}",
        "--config=lint.isort.split-on-trailing-comma=false",
    )
    return _ruff(fixed, "format", f"--config=line-length={length}")


def _ruff(text: str, verb: str, *options: str) -> str:
    command = [find_ruff_bin(), verb, "--isolated", "--quiet", "--target-version=py311"]
    done = subprocess.run(
        [*command, *options, "--stdin-filename=tests/integration/test_file.py", "-"],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    return done.stdout.decode() or text
