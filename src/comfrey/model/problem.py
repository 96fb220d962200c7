"""Problems that end a walk with one clear sentence and a documented exit code."""

from __future__ import annotations

from comfrey.model.place import Place

EXIT_OK = 0
EXIT_RED = 1
"""Tests are red after healing."""
EXIT_USAGE = 2
"""A wrong word on the command line or in comfrey.toml."""
EXIT_NO_PROJECT = 3
"""Nothing here that comfrey can read."""
EXIT_BENCH = 4
"""The bench could not be stood up: environment, database, migration or app."""
EXIT_REFUSED = 5
"""Refused for safety: a database that is not a test's, an unfenced run without trust."""
EXIT_WRITE = 6
"""The tree or the disk would not take the files."""
EXIT_INTERNAL = 70
"""A fault of comfrey itself (EX_SOFTWARE of sysexits.h)."""
EXIT_INTERRUPTED = 130


class Problem(Exception):
    """What went wrong, where, and what to do next."""

    def __init__(
        self, what: str, *, next_step: str = "", place: Place | None = None, code: int = EXIT_BENCH
    ) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.place = place
        self.code = code

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        then = f" {self.next_step}" if self.next_step else ""
        return f"{self.what}{where}.{then}"
