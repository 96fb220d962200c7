"""Go modules on the bench."""

from comfrey.bench.runtimes.go.environment import lay, mendable, prepare, repair
from comfrey.bench.runtimes.go.interpreter import (
    environ,
    expression,
    learnt,
    serving,
    talking,
    title,
)
from comfrey.bench.runtimes.go.migrations import migrate

__all__ = [
    "environ",
    "expression",
    "lay",
    "learnt",
    "mendable",
    "migrate",
    "prepare",
    "repair",
    "serving",
    "talking",
    "title",
]
