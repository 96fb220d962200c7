"""The environment variables of the project's processes: nothing of the user's own."""

from __future__ import annotations

from comfrey.bench import mongod, runtimes
from comfrey.bench.fence import WEAK, fence_kind
from comfrey.bench.mongod import Mongod
from comfrey.bench.prepared import Prepared
from comfrey.model.project import Project


def base_environ(project: Project, prepared: Prepared) -> dict[str, str]:
    """What every process of the project gets, whatever its settings are."""
    tree = prepared.workbench.tree
    weak = fence_kind() == WEAK
    return {
        "HOME": str(prepared.workbench.home),
        "TMPDIR": str(prepared.workbench.folder("tmp")),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "NO_PROXY": "*",
        "no_proxy": "*",
        **runtimes.of(project).environ(project, prepared.environment, tree, weak=weak),
        **_memory_server(project, prepared),
    }


def _memory_server(project: Project, prepared: Prepared) -> dict[str, str]:
    """A MongoDB for those of the project's own tests that bring one in memory."""
    asked = any(each.startswith("mongodb-memory-server") for each in project.stack.dependencies)
    if not asked or not isinstance(prepared.binaries, Mongod) or prepared.data is None:
        return {}
    return mongod.memory_server(prepared.binaries, prepared.data)
