"""The workbench, its fence, and everything real that stands on it."""

from __future__ import annotations

from comfrey.bench.fence import fence_kind, run_fenced
from comfrey.bench.opening import on_bench, open_bench
from comfrey.bench.options import BenchOptions
from comfrey.bench.prepared import Prepared, prepare
from comfrey.bench.standing import Bench

__all__ = [
    "Bench",
    "BenchOptions",
    "Prepared",
    "fence_kind",
    "on_bench",
    "open_bench",
    "prepare",
    "run_fenced",
]
