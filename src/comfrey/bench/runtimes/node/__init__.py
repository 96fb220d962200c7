"""JavaScript and TypeScript projects on the bench."""

from comfrey.bench.runtimes.node.environment import lay, mendable, prepare, repair
from comfrey.bench.runtimes.node.interpreter import (
    environ,
    expression,
    learnt,
    serving,
    talking,
    title,
)
from comfrey.bench.runtimes.node.migrations import migrate

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
