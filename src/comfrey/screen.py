"""What a person sees while comfrey works: progress on standard error, results on standard output."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from comfrey.model.problem import Problem

MARK = "›"


class Screen:
    """One line per room as it starts and ends; what happens inside a room is shown only on a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live = sys.stderr.isatty() and not quiet

    def line(self, text: str) -> None:
        """One line of progress that stays."""
        if not self.quiet:
            self._wipe()
            print(text, file=sys.stderr, flush=True)  # noqa: T201

    def tell(self, text: str) -> None:
        """What happens just now; on a terminal it overwrites itself, elsewhere it is not shown."""
        if self.live:
            width = _width() - 4
            sys.stderr.write(f"\r\x1b[K  {MARK} {text.splitlines()[0][:width] if text else ''}")
            sys.stderr.flush()

    @contextmanager
    def room(self, name: str) -> Iterator[list[str]]:
        """Times a room: `read  0.4 s  23 endpoints`. The body may append words to the yielded list."""
        words: list[str] = []
        start = time.monotonic()
        self.tell(f"{name} …")
        yield words
        self.line(f"{name:<9} {time.monotonic() - start:6.1f} s  {' '.join(words)}".rstrip())

    def out(self, text: str) -> None:
        """A result, on standard output."""
        self._wipe()
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    def show(self, renderable: object) -> None:
        """A rich renderable on standard output; 120 columns wide where there is no terminal."""
        from rich.console import Console

        self._wipe()
        width = None if sys.stdout.isatty() else 120
        Console(width=width, highlight=False, soft_wrap=False).print(renderable)

    def problem(self, problem: Problem, *, as_json: bool = False) -> None:
        """The one clear sentence: what, where, what next; as JSON on standard output when asked."""
        self._wipe()
        if as_json:
            document = {
                "schema": 1,
                "error": {
                    "what": problem.what,
                    "where": str(problem.place) if problem.place else None,
                    "next": problem.next_step,
                    "code": problem.code,
                },
            }
            self.out(msgspec.json.encode(document).decode())
        print(f"comfrey: {problem}", file=sys.stderr, flush=True)  # noqa: T201

    def fault(self, error: BaseException) -> None:
        """A fault of ours: where it happened, and what to do with it."""
        import traceback

        self._wipe()
        print("".join(traceback.format_exception(error)), file=sys.stderr)  # noqa: T201
        text = f"comfrey: this is a fault of comfrey itself ({type(error).__name__}: {error})."
        print(f"{text} Please report it with the lines above.", file=sys.stderr)  # noqa: T201

    def _wipe(self) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[K")


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 24)).columns
