"""Python projects on the bench."""

from comfrey.bench.runtimes.python.environment import mendable, prepare, repair
from comfrey.bench.runtimes.python.interpreter import (
    environ,
    expression,
    lay,
    learnt,
    serving,
    talking,
    title,
)
from comfrey.bench.runtimes.python.migrations import migrate

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
