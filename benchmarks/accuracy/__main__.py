"""`python -m benchmarks.accuracy TRUTH_FOLDER --trees FOLDER [--only WORD]`

Scores `comfrey scan` against every truth file of a folder: one table, one last line of totals.

A truth file names a repository, a commit, a folder in it, and what is there: endpoints (`ANY` stands for
any method, parameters count as `{}`), `optional_endpoints` (neutral), models with fields, services. Trees are
looked for in FOLDER by the truth's name, the repository's name or `owner+name` (a git repository is checked
out at the commit, aside). One that is missing is said, and left out of the totals.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.accuracy.scores import COLUMNS, Scores, score

COMMAND = Path(sys.executable).with_name("comfrey")


def main(arguments: list[str]) -> int:
    """Prints the table; 0 when at least one tree was scored."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--only", default="", help="truth files whose name holds this word")
    options = parser.parse_args(arguments)
    total, missing = Scores(), []
    print(_row("project", COLUMNS))
    for file in sorted(options.truth.glob("*.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        if options.only not in truth["name"]:
            continue
        found = _scanned(truth, options.trees)
        if isinstance(found, str):
            missing.append(f"{truth['name']}: {found}")
            continue
        scores = score(truth, found)
        total += scores
        print(_row(truth["name"], scores.cells()))
    for line in missing:
        print(f"not scored, {line}")
    print(_row("total", total.cells()))
    return 0 if total.endpoints.found or total.endpoints.missed else 1


def _row(name: str, cells: tuple[str, ...]) -> str:
    return f"{name:34}" + "".join(f"{cell:>15}" for cell in cells)


def _scanned(truth: dict[str, Any], trees: Path) -> dict[str, Any] | str:
    """What `comfrey scan --json` says of the truth's tree, or why there is nothing to score."""
    owner, _, name = truth["repo"].partition("/")
    places = (truth["name"], name, f"{owner}+{name}/repo", f"{owner}+{name}")
    tree = next((trees / each for each in places if (trees / each).is_dir()), None)
    if tree is None:
        return f"no tree of {truth['repo']} in {trees}"
    with tempfile.TemporaryDirectory() as folder:
        checked = _checked_out(tree, truth["commit"], Path(folder) / "tree")
        if isinstance(checked, str):
            return checked
        return _scan(checked / truth.get("subdir", ""), truth.get("subdir", ""))


def _checked_out(tree: Path, commit: str, target: Path) -> Path | str:
    if not (tree / ".git").exists() and not (tree / "HEAD").exists():
        return tree
    for command in (
        ["git", "clone", "--quiet", "--shared", "--no-checkout", str(tree), str(target)],
        ["git", "-C", str(target), "checkout", "--quiet", commit],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
    return target


def _scan(tree: Path, subdir: str) -> dict[str, Any] | str:
    if not tree.is_dir():
        return f"no folder {subdir} in it"
    command = [str(COMMAND), "scan", "--json", str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["comfrey scan failed"])[-1]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
