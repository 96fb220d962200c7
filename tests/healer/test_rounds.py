"""What a round keeps, by what was red and is red."""

from __future__ import annotations

from comfrey.healer.rounds import decided
from comfrey.healing import over
from comfrey.model.exchange import Outcome, Run
from comfrey.model.remedy import APP_BUG, Repair, Verdict


def _run(**outcomes: str) -> Run:
    found = tuple(Outcome(test=test, status=status) for test, status in outcomes.items())
    return Run(command=("pytest",), outcomes=found)


def _repair(*tests: str) -> Repair:
    return Repair(verdict=Verdict(kind=APP_BUG, tests=tests, cause="x"), recipe="r", summary="s")


def test_a_repair_is_kept_when_all_its_tests_turn_green() -> None:
    one, other = _repair("a"), _repair("b", "c")
    before = _run(a="failed", b="failed", c="failed", d="passed")
    kept, undone = decided(
        before, _run(a="passed", b="passed", c="failed", d="passed"), (one, other)
    )
    assert kept == (one,)
    assert undone == ((other, "its tests stayed red"),)


def test_nothing_is_kept_that_turns_a_green_test_red() -> None:
    repair = _repair("a")
    kept, undone = decided(_run(a="failed", d="passed"), _run(a="passed", d="failed"), (repair,))
    assert kept == ()
    assert undone == ((repair, "it broke d"),)


def test_a_test_that_vanished_is_not_green() -> None:
    repair = _repair("a")
    assert decided(_run(a="failed"), _run(), (repair,))[0] == ()


def test_a_green_test_that_vanished_counts_as_broken() -> None:
    repair = _repair("a")
    kept, undone = decided(_run(a="failed", d="passed"), _run(a="passed"), (repair,))
    assert kept == ()
    assert undone[0][1] == "it broke d"


def test_a_run_that_could_not_run_keeps_nothing() -> None:
    repair = _repair("a")
    broken = Run(command=("pytest",), problem="SyntaxError")
    assert decided(_run(a="failed"), broken, (repair,))[0] == ()


def test_a_partial_run_takes_nothing_from_the_tests_beside() -> None:
    before = _run(mended="failed", beside="passed")
    both = over(before, _run(mended="passed", beside="skipped", new="passed"))
    assert both == _run(mended="passed", beside="passed", new="passed")
