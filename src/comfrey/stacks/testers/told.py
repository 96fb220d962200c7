"""What the runner learns from a tester's own account of a run."""

from __future__ import annotations

import msgspec

from comfrey.model.exchange import Outcome


class Told(msgspec.Struct, frozen=True):
    """What one run said: outcomes in the order of running, and a problem or ""."""

    outcomes: tuple[Outcome, ...]
    problem: str = ""
