"""`python -m benchmarks.faults [APP …] [--bugs FOLDER | --operators N] [--only NAME …] [--regression | --discovery [--focused]]`.

Regression: the suite written for the clean app is run on each fault, all on one bench; it must go red, and
stay green on harmless edits. Discovery: a whole walk over each faulty copy; the bug must be found, and
fixed where a recipe exists. The faults are the app's own (`bugs/`), or `N` that the operators plant,
chosen by `--seed` alone before any suite is written. One table and one line of totals.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults.mutants import chosen, endpoints, kept, mutants
from benchmarks.faults.planted import Fault, copied, faults_of, planted
from benchmarks.faults.standing import STARTS, Caught, regression

APPS = Path(__file__).resolve().parents[2] / "apps"
COMFREY = [sys.executable, "-m", "comfrey.cli"]


@dataclass(frozen=True)
class Score:
    """How one fault fared; None where it was not asked."""

    app: str
    fault: Fault
    caught: bool | None
    found: bool | None
    fixed: bool | None
    seconds: float
    detail: str = ""


def main() -> int:
    words = _words()
    scores: list[Score] = []
    print(f"{'app':<22}{'fault':<34}{'regression':<12}{'found':<8}{'fixed':<8}{'s':>6}  detail")
    for app in words.apps or sorted(path.parent for path in APPS.glob("*/bugs")):
        for score in _scored(Path(app), words):
            scores.append(score)
            print(_line(score), flush=True)
    print(_totals(scores))
    return 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument(
        "apps", nargs="*", help="app folders (default: every app with planted faults)"
    )
    parser.add_argument("--bugs", help="a folder of patches outside the app")
    parser.add_argument("--operators", type=int, default=0, help="how many faults to make instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", help="a new folder for the patches that the operators make (later: --bugs FOLDER)"
    )
    parser.add_argument("--walked", help="a tree with a suite in it, to spare the clean walk")
    parser.add_argument("--only", nargs="*", default=[], help="names of faults")
    parser.add_argument(
        "--focused", action="store_true", help="in discovery, walk only what the fault breaks"
    )
    parser.add_argument("--regression", action="store_true")
    parser.add_argument("--discovery", action="store_true")
    words = parser.parse_args()
    if not words.regression and not words.discovery:
        words.regression = words.discovery = True
    return words


def _scored(app: Path, words: argparse.Namespace) -> Iterator[Score]:
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        faults = [
            each
            for each in _faults(app, words, Path(scratch))
            if not words.only or each.name in words.only
        ]
        caught = _regression(app, words, faults, Path(scratch)) if words.regression else {}
        for fault in faults:
            yield _score(app, fault, words, caught.get(fault.name), Path(scratch))


def _faults(app: Path, words: argparse.Namespace, scratch: Path) -> tuple[Fault, ...]:
    if not words.operators:
        return faults_of(Path(words.bugs) if words.bugs else app / "bugs")
    clean = copied(app, scratch / "source")
    taken = chosen(mutants(clean), words.operators, words.seed)
    return kept(taken, endpoints(clean), Path(words.keep or scratch / "patches"))


def _regression(
    app: Path, words: argparse.Namespace, faults: list[Fault], scratch: Path
) -> dict[str, Caught]:
    """The suite is written for a clean copy, or stands already in the tree that `--walked` names."""
    clean = Path(words.walked) if words.walked else copied(app, scratch / "clean")
    if not words.walked:
        _, report = _comfrey(clean)
        print(f"{app.name:<22}{'(clean)':<34}{_summary(report)}", flush=True)
    found: dict[str, Caught] = {}
    for each in regression(clean, faults, _tell):
        known = found.get(each.fault)
        found[each.fault] = known if known and known.test else each
    return found


def _tell(caught: Caught) -> None:
    said = f"{caught.red} red" if caught.fault == STARTS else caught.test or "missed"
    print(f"  {caught.seconds:6.1f} s  {caught.fault}: {caught.problem or said}", file=sys.stderr)


def _score(
    app: Path, fault: Fault, words: argparse.Namespace, caught: Caught | None, scratch: Path
) -> Score:
    start, detail = time.monotonic(), []
    red = found = fixed = None
    if caught is not None:
        red = None if caught.problem else bool(caught.test)
        detail.append(caught.problem or caught.test)
    if words.discovery:
        tree = copied(app, scratch / "discovery")
        planted(fault, tree)
        _, report = _comfrey(tree, fault.subject if words.focused else "")
        found, fixed, why = _discovered(report, fault)
        detail.append(why)
    seconds = time.monotonic() - start + (caught.seconds if caught else 0)
    return Score(app.name, fault, red, found, fixed, seconds, "; ".join(filter(None, detail)))


def _comfrey(tree: Path, focus: str = "") -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*COMFREY, str(tree), *filter(None, (focus,)), "--json", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"error": done.stderr.strip() or done.stdout[-300:]}


def _summary(report: dict[str, Any]) -> str:
    return str(report.get("summary") or report.get("error"))


def _discovered(report: dict[str, Any], fault: Fault) -> tuple[bool, bool, str]:
    if "history" not in report:
        return False, False, f"did not run: {_summary(report)}"
    history = report["history"]
    repairs = [repair for each in history.get("rounds", ()) for repair in each.get("kept", ())]
    fixed = [repair["verdict"] for repair in repairs if repair.get("edits")]
    bugs = [each for each in history.get("unresolved", ()) if each["kind"] == "APP BUG"]
    if fault.harmless:
        alarms = [verdict["cause"] for verdict in fixed + bugs]
        return bool(alarms), False, "; ".join(alarms)[:120]
    hits = [verdict for verdict in fixed + bugs if _about(verdict, fault)]
    was_fixed = any(_about(verdict, fault) for verdict in fixed)
    return bool(hits), was_fixed, hits[0]["cause"][:100] if hits else ""


def _about(verdict: dict[str, Any], fault: Fault) -> bool:
    return (
        fault.subject in verdict.get("subject", "") or verdict.get("subject", "?") in fault.subject
    )


def _line(score: Score) -> str:
    columns = (_mark(score.caught), _mark(score.found), _mark(score.fixed))
    return (
        f"{score.app:<22}{score.fault.name:<34}{columns[0]:<12}{columns[1]:<8}{columns[2]:<8}"
        f"{score.seconds:6.1f}  {score.detail}{_judged(score.fault)}"
    )


def _judged(fault: Fault) -> str:
    return f" (unobservable: {fault.unobservable})" if fault.unobservable else ""


def _mark(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: "–"}[answer]


def _totals(scores: list[Score]) -> str:
    faults = [score for score in scores if not score.fault.harmless]
    harmless = [score for score in scores if score.fault.harmless]
    witnessed = [score for score in faults if score.fault.witness]
    alarms = sum(bool(score.caught) or bool(score.found) for score in harmless)
    return (
        f"total: regression {sum(bool(s.caught) for s in faults)}/{len(faults)} "
        f"({sum(bool(s.fault.unobservable) for s in faults)} judged unobservable), "
        f"found {sum(bool(s.found) for s in faults)}/{len(faults)} "
        f"({sum(bool(s.found) for s in witnessed)}/{len(witnessed)} of those with a witness), "
        f"fixed {sum(bool(s.fixed) for s in faults)}, "
        f"false alarms {alarms}/{len(harmless)}"
    )


if __name__ == "__main__":
    sys.exit(main())
