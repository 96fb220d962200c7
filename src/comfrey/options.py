"""What the command line asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`path` is the folder to walk, `focus` the words that narrow it; see `comfrey --help`."""

    path: str = "."
    focus: tuple[str, ...] = ()
    as_json: bool = False
    openapi: bool = False
    report_format: str = "terminal"
    database_url: str | None = None
    trust: bool = False
    keep_going: bool = False
    fix_app: bool = True
    dry_run: bool = False
