"""Which repairs a round may keep, by what was red before and is red after. Pure."""

from __future__ import annotations

from comfrey.model.exchange import Run
from comfrey.model.remedy import Repair


def decided(
    before: Run, after: Run, repairs: tuple[Repair, ...]
) -> tuple[tuple[Repair, ...], tuple[tuple[Repair, str], ...]]:
    """(kept, undone with the reason). A repair is kept if its tests turned green and every green one stayed."""
    if after.problem:
        return (), tuple((each, f"the tests no longer run: {after.problem}") for each in repairs)
    green = {each.test for each in after.green}
    broken = sorted({each.test for each in before.green} - green)
    if broken:
        return (), tuple((each, f"it broke {broken[0]}") for each in repairs)
    kept = tuple(each for each in repairs if green.issuperset(each.verdict.tests))
    return kept, tuple((each, "its tests stayed red") for each in repairs if each not in kept)
