"""A file as named blocks, taken apart by the tester that writes files of its kind."""

from __future__ import annotations

from typing import Protocol, cast

from comfrey.stacks.testers import for_file, provided

PREAMBLE = ""
"""The name of what stands before the first function or test."""


class Blocks(Protocol):
    """What a tester's `blocks.py` offers; `FRAME` names the blocks that tests cannot stand without."""

    FRAME: tuple[str, ...]

    def split(self, text: str) -> dict[str, str]:
        """Name → source, in order; `SyntaxError` when the text does not parse."""

    def join(self, blocks: dict[str, str]) -> str:
        """The file of the blocks."""

    def imports(self, preamble: str) -> list[str]:
        """The import statements of a preamble, each as it is written."""

    def holds(self, text: str, test: str) -> bool:
        """Whether the test that the runner calls so still stands in the text."""


def blocks_of(path: str) -> Blocks:
    """What takes the file at `path` apart; `LookupError` when no tester writes such files."""
    tester = for_file(path)
    if tester is None:
        raise LookupError(f"no test framework on the shelf writes files like {path}")
    return cast(Blocks, provided(tester, "blocks"))
