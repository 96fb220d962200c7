"""What a Go program that ends at its start is said to have said."""

from __future__ import annotations

import runpy
from pathlib import Path

import comfrey.bench.runtimes.go as runtime

CARRIED = Path(runtime.__file__).parent / "carried" / "serve.py"
ZAPPED = """\
2026-01-02T03:04:05Z  FATAL  cmd/main.go:31  the mail key is not set
main.main
\t/srv/shop/cmd/main.go:31
runtime.main
\t/usr/local/go/src/runtime/proc.go:290
exit status 1
"""


def test_a_stack_below_the_last_word_is_not_the_last_word() -> None:
    started = runpy.run_path(str(CARRIED), run_name="carried")["started"]

    assert started(ZAPPED, 1)["message"].endswith("the mail key is not set")


def test_a_panic_says_its_own_word() -> None:
    started = runpy.run_path(str(CARRIED), run_name="carried")["started"]

    assert started("panic: no database\n\ngoroutine 1 [running]:\n", 2)["message"] == "no database"
