"""`python -m benchmarks.speed TREE … [--peer PATH_TO_code-discovery] [--runs N]`.

Times whole commands in child processes: user and system CPU seconds, the best of N runs. Prints
`--help`, a cold scan, a warm scan, and the peer on the same trees, with ratios.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

COMFREY = [sys.executable, "-m", "comfrey.cli"]
MILLION = 1_000_000


def cpu(argv: list[str], cwd: Path | None = None) -> float:
    """CPU seconds, user and system, of one command with its children."""
    environ = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, cwd=cwd, env=environ, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def best(runs: int, measure: Callable[[], float]) -> float:
    """The least of several measurements: the one least disturbed."""
    return min(measure() for _ in range(runs))


def lines_of(tree: Path) -> int:
    """Lines of all Python files below the tree."""
    return sum(path.read_bytes().count(b"\n") for path in tree.rglob("*.py") if path.is_file())


def cold(tree: Path) -> float:
    """One scan without anything remembered."""
    shutil.rmtree(tree / ".comfrey", ignore_errors=True)
    return cpu([*COMFREY, "scan", str(tree), "--json", "--quiet"])


def warm(tree: Path) -> float:
    """One scan of an unchanged tree."""
    return cpu([*COMFREY, "scan", str(tree), "--json", "--quiet"])


def peer(command: str, tree: Path) -> float:
    """One run of the peer, its output thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        argv = [
            command,
            "--repo-path",
            str(tree),
            "--dry-run",
            "--output",
            f"{folder}/openapi.yaml",
        ]
        return cpu(argv, Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description=__doc__)
    parser.add_argument("trees", nargs="*", type=Path)
    parser.add_argument("--peer", default=shutil.which("code-discovery"))
    parser.add_argument("--runs", type=int, default=3)
    words = parser.parse_args()
    print(
        f"comfrey --help: {best(words.runs, lambda: cpu([*COMFREY, '--help'])) * 1000:.0f} ms CPU"
    )
    print(
        f"{'tree':<28}{'lines':>9}{'cold s':>9}{'per M':>8}{'warm s':>9}{'peer s':>9}{'ratio':>8}"
    )
    for tree in words.trees:
        print(_line(tree, words.peer, words.runs), flush=True)


def _line(tree: Path, command: str | None, runs: int) -> str:
    lines = lines_of(tree)
    first = best(runs, lambda: cold(tree))
    second = best(runs, lambda: warm(tree))
    other = best(1, lambda: peer(command, tree)) if command else 0.0
    ratio = f"{other / first:8.1f}" if other else f"{'–':>8}"
    return (
        f"{tree.name:<28}{lines:>9}{first:>9.2f}{first * MILLION / max(lines, 1):>8.2f}"
        f"{second:>9.2f}{other:>9.2f}{ratio}"
    )


if __name__ == "__main__":
    main()
