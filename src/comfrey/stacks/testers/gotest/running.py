"""How `go test` is run: the command, and the lines of its own account."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

from comfrey.stacks import shelf
from comfrey.stacks.testers.asked import Asked, Command

LAID = "zz_coverage_of_the_bench.go"
ASSEMBLED = "app_test.go"
"""The file of a suite that puts the app together."""
PROFILE = "coverage.txt"
NAMED = 40
"""So many tests are asked for by name; more, by their packages."""
OPTIONS = ("-v", "-count=1")
TELLING = re.compile(r"[^\n]*(?:\.go:\d+:\d+: [^\n]*|cannot find [^\n]*|no required module[^\n]*|FAIL[^\n]*setup failed[^\n]*|left alone[^\n]*)")  # fmt: skip


def command(asked: Asked) -> Command:
    """The command for a run; its JSON goes into the run's folder."""
    told = asked.folder / "outcomes.jsonl"
    packages, names = chosen(asked.targets)
    options = [*OPTIONS, "-p", "1", "-timeout", "20m", *names]
    if asked.seed:
        options.append(f"-shuffle={asked.seed}")
    if asked.bail:
        options.append("-failfast")
    environ = {"OUTCOMES_FILE": str(told)}
    if asked.measured and _is_assembled(asked, packages):
        reached = dict(asked.environ).get("COMFREY_PACKAGES", "")
        options += [f"-coverprofile={asked.folder / PROFILE}", f"-coverpkg={reached}"]
    elif asked.measured:
        folder = asked.folder / "coverage"
        folder.mkdir(exist_ok=True)
        environ["GOCOVERDIR"] = str(folder)
        _flush_at_the_end(asked)
    line = shlex.join([str(asked.program), "test", "-json", *options, *packages])
    return Command(
        argv=("sh", "-c", f"{line} > {shlex.quote(str(told))}"),
        told=told,
        shown=("go", "test", *OPTIONS, *packages),
        environ=environ,
    )


def chosen(targets: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The packages to run, and options that choose tests by name where only some were asked for."""
    packages = list(dict.fromkeys(package(each.partition("::")[0]) for each in targets))
    full = [each.partition("::")[2] for each in targets if "::" in each]
    if not full or len(full) > NAMED:
        return packages, []
    tests = dict.fromkeys(re.escape(each.partition("/")[0]) for each in full)
    return packages, ["-run", f"^({'|'.join(tests)})$"]


def package(path: str) -> str:
    """The pattern of a folder, or of a file's folder: `./tests/integration/...`."""
    folder = path.rstrip("/")
    if folder.endswith(".go"):
        folder = folder.rpartition("/")[0]
        return f"./{folder}" if folder else "."
    return f"./{folder}/..." if folder not in ("", ".", "tests") else "./..."


def covered(asked: Asked, ask: Callable[[list[str]], str]) -> tuple[tuple[str, float], ...]:
    """(`line`, percent) of the last measured run: Go counts statements."""
    folder, profile = asked.folder / "coverage", asked.folder / PROFILE
    if profile.is_file():
        return _percent(profile)
    if not any(folder.glob("covcounters.*")):
        return ()
    ask([str(asked.program), "tool", "covdata", "textfmt", f"-i={folder}", f"-o={profile}"])
    return _percent(profile)


def _percent(profile: Path) -> tuple[tuple[str, float], ...]:
    if not profile.is_file():
        return ()
    hit: dict[str, tuple[int, bool]] = {}
    for line in profile.read_text().splitlines()[1:]:
        where, count, times = line.rsplit(" ", 2)
        if LAID in where:
            continue
        was = hit.get(where, (0, False))[1]
        hit[where] = (int(count), was or times != "0")
    total = sum(count for count, _ in hit.values())
    reached = sum(count for count, was in hit.values() if was)
    return (("line", round(100 * reached / total, 1)),) if total else ()


def formatting(asked: Asked) -> tuple[str, ...] | None:
    """gofmt of the Go that runs the project."""
    gofmt = asked.program.parent / "gofmt"
    return (str(gofmt), "-w", *asked.targets) if gofmt.is_file() else None


def complaint(text: str) -> str:
    """The tester's own first word on why it could not run."""
    found = TELLING.search(text)
    return found[0].strip() if found else ""


def _is_assembled(asked: Asked, packages: list[str]) -> bool:
    """Whether the suite has the app in its own process."""
    folders = [asked.root / each.removesuffix("/...") for each in packages]
    return any((each / ASSEMBLED).is_file() for each in folders)


def _flush_at_the_end(asked: Asked) -> None:
    """A program that does not end by itself writes no coverage: one more file on the bench lets its main
    package do so when it is told to end."""
    entry = dict(asked.environ).get("COMFREY_ENTRY", "")
    if entry and Path(entry).is_dir():
        shutil.copy(shelf.HERE / "testers/gotest/coverage.go.txt", Path(entry) / LAID)
