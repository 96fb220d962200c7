"""The environment variables of the project's processes, and the interpreter that runs them."""

from __future__ import annotations

import os

from comfrey.bench.fence import WEAK, fence_kind
from comfrey.bench.prepared import Prepared
from comfrey.bench.probe import CARRIED
from comfrey.model.project import Project


def base_environ(project: Project, prepared: Prepared) -> dict[str, str]:
    """What every process of the project gets, whatever its settings are: nothing of the user's own."""
    tree = prepared.workbench.tree
    folder = tree / project.root
    weak = fence_kind() == WEAK
    paths = [CARRIED / "guard"] if weak else []
    paths += [folder, folder / "src", tree, prepared.environment.overlay]
    home = prepared.workbench.home
    return {
        "PATH": os.pathsep.join(
            [str(prepared.environment.folder / "bin"), os.defpath, "/usr/local/bin"]
        ),
        "HOME": str(home),
        "TMPDIR": str(prepared.workbench.folder("tmp")),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "VIRTUAL_ENV": str(prepared.environment.folder),
        "PYTHONPATH": os.pathsep.join(str(path) for path in dict.fromkeys(paths) if path.is_dir()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONHASHSEED": "0",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


def runtime(prepared: Prepared) -> str:
    """The project's interpreter by name: `Python 3.11.7`."""
    config = prepared.environment.folder / "pyvenv.cfg"
    lines: dict[str, str] = {}
    for line in config.read_text().splitlines():
        name, _, value = line.partition("=")
        lines[name.strip()] = value.strip()
    return f"Python {lines.get('version_info') or lines.get('version') or ''}".strip()
