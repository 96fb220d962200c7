"""How Vitest is run: the command, and the lines that the carried reporter writes meanwhile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from comfrey.stacks import shelf
from comfrey.stacks.testers.asked import Asked, Command
from comfrey.stacks.testers.vitest.coverage import included, measured

NAMED = 40
"""So many tests are asked for by name; more, by their files."""
PRETTIER = ("bin/prettier.cjs", "bin-prettier.js")
OPTIONS = ("--reporter=verbose", "--no-file-parallelism")
TELLING = re.compile(
    r"(?:Error|ERR|Startup|Cannot find|Failed)[^\n]*|The \"[^\"\n]+\" package is missing[^\n]*"
    r"|npm error request[^\n]*"
)


def command(asked: Asked) -> Command:
    """The command for a run, with its reporter laid into the run's folder."""
    reporter = asked.folder / "outcomes.mjs"
    shutil.copy(shelf.HERE / "testers/vitest/reporter.mjs", reporter)
    told = asked.folder / "outcomes.jsonl"
    files, names = chosen(asked.targets)
    options = [*OPTIONS, f"--reporter={reporter}", "--includeTaskLocation", *names]
    if asked.seed:
        options += ["--sequence.shuffle.tests=true", f"--sequence.seed={asked.seed}"]
    if asked.bail:
        options.append("--bail=1")
    if asked.measured and package(asked.root, "@vitest/coverage-v8"):
        options += _coverage(asked)
    program = package(asked.root, "vitest")
    start = [str(asked.program), str(program / "vitest.mjs")] if program else ["npx", "vitest"]
    return Command(
        argv=(*start, "run", *files, *options),
        told=told,
        shown=("npx", "vitest", "run", *files, *OPTIONS),
        environ={"OUTCOMES_FILE": str(told), "NO_COLOR": "1", "CI": "1"},
    )


def chosen(targets: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The files to run, and options that choose tests by name where only some were asked for."""
    files = list(dict.fromkeys(each.partition(" > ")[0] for each in targets))
    full = [each.partition(" > ")[2].replace(" > ", " ") for each in targets if " > " in each]
    if not full or len(full) > NAMED:
        return files, []
    return files, ["-t", "|".join(f"^{re.escape(each)}$".replace("\\ ", " ") for each in full)]


def package(root: Path, name: str) -> Path | None:
    """The folder of a package as an app at `root` finds it."""
    for folder in (root, *root.parents):
        found = folder / "node_modules" / name
        if found.is_dir():
            return found
    return None


def covered(asked: Asked, ask: Callable[[list[str]], str]) -> tuple[tuple[str, float], ...]:
    """(`line` or `branch`, percent) of the last measured run; empty when nothing was measured."""
    return measured(asked.folder / "coverage" / "coverage-summary.json")


def formatting(asked: Asked) -> tuple[str, ...] | None:
    """The command that lays out the targets as the project's own Prettier does; None without one."""
    home = package(asked.root, "prettier")
    if asked.project.stack.formatter != "prettier" or home is None:
        return None
    script = next((each for each in PRETTIER if (home / each).is_file()), None)
    if script is None:
        return None
    options = ("--write", "--ignore-path=/dev/null", "--log-level=silent")
    return (str(asked.program), str(home / script), *options, *asked.targets)


def complaint(text: str) -> str:
    """The tester's own first word on why it could not run."""
    found = TELLING.search(re.sub(r"\x1b\[[0-9;]*m", "", text))
    return found[0].strip() if found else ""


def _coverage(asked: Asked) -> list[str]:
    return [
        "--coverage.enabled=true",
        "--coverage.provider=v8",
        "--coverage.reporter=json-summary",
        "--coverage.reportOnFailure=true",
        f"--coverage.reportsDirectory={asked.folder / 'coverage'}",
        *(f"--coverage.include={each}" for each in included(asked.project)),
        "--coverage.thresholds.lines=0",
    ]
