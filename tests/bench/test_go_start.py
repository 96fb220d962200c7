"""What a Go program that ends at its start is said to have said."""

from __future__ import annotations

import runpy
from pathlib import Path

import comfrey.bench.runtimes.go as runtime
from comfrey.bench.runtimes.go.interpreter import ports
from comfrey.model.project import Project, Stack
from comfrey.model.service import Setting

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


def test_a_program_that_says_nothing_is_said_to_have_ended() -> None:
    started = runpy.run_path(str(CARRIED), run_name="carried")["started"]

    assert started("", 3)["message"] == "it ended with 3"


def test_the_port_stands_in_an_env_file_too(tmp_path: Path) -> None:
    lay = runpy.run_path(str(CARRIED), run_name="carried")["lay"]
    file = tmp_path / ".env"
    file.write_text("NAME=kiosk\nSERVER_PORT=8080\n")

    lay(str(file), {"SERVER_PORT": "4711", "-port": "4711"})
    lay(str(tmp_path / "none" / ".env"), {"SERVER_PORT": "4711"})

    assert file.read_text() == "NAME=kiosk\nSERVER_PORT=4711\n"


def test_only_the_app_itself_listens_where_it_is_asked() -> None:
    settings = (
        Setting(name="SERVER_ADDRESS", default="0.0.0.0:8080"),
        Setting(name="RPC_SERVER_ADDRESS", default="0.0.0.0:9090"),
        Setting(name="METRICS_PORT", default="9100"),
    )
    stack = Stack(language="go", framework="gin")
    project = Project(root=".", name="kiosk", stack=stack, settings=settings)

    assert ports(project) == (("SERVER_ADDRESS", "127.0.0.1:{port}"),)
