"""How the probe spells the patterns of a running Django: as the source is read."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from comfrey.bench.runtimes import python as runtime
from comfrey.stacks.frameworks.django.patterns import from_regex

CARRIED = Path(runtime.__file__).parent / "carried" / "probe.py"


@pytest.mark.parametrize(
    "pattern",
    [
        r"^old/(?P<year>\d{4})/$",
        r"^(quay|mole)",
        r"^(quay|(north|south) mole)/list$",
        r"^boats/(?:page-(?P<page>\d+)/)?$",
        r"^boats/(?:small)?list\.json$",
    ],
)
def test_a_regular_expression_is_the_same_path_there(pattern: str) -> None:
    spelled = runpy.run_path(str(CARRIED), run_name="carried")["spelled"]

    served = re.sub(r"<\w+>", "{}", spelled(pattern))

    assert served == re.sub(r"\{\w+\}", "{}", from_regex(pattern)[0])
