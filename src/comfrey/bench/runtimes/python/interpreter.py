"""The project's interpreter: what it is called, and the variables by which it finds things."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from comfrey.bench.environment import Environment
from comfrey.bench.site import Site
from comfrey.model.project import Project

OURS = "comfrey_settings"
"""The settings module that the bench lays beside the project's."""
CARRIED = Path(__file__).parent / "carried"


def environ(
    project: Project, environment: Environment, tree: Path, *, weak: bool
) -> dict[str, str]:
    """The variables by which Python finds the project and its packages, and nothing of the user's."""
    folder = tree / project.root
    paths = [CARRIED / "guard"] if weak else []
    sources = [] if (folder / "src" / "__init__.py").exists() else [folder / "src"]
    told = _settings(project)
    if told:
        paths.append(CARRIED / "settings")
    paths.append(CARRIED / "session")
    paths += [_home(project, tree), folder, *sources, tree, environment.overlay]
    return {
        **told,
        "PATH": os.pathsep.join([str(environment.folder / "bin"), os.defpath, "/usr/local/bin"]),
        "VIRTUAL_ENV": str(environment.folder),
        "PYTHONPATH": os.pathsep.join(str(path) for path in dict.fromkeys(paths) if path.is_dir()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONHASHSEED": "0",
    }


def _settings(project: Project) -> dict[str, str]:
    """What our settings module is told of the project's."""
    application = project.application
    if not application.settings:
        return {}
    return {
        "DJANGO_SETTINGS_MODULE": OURS,
        "COMFREY_SETTINGS": application.settings,
        "COMFREY_ADJUSTED": " ".join(application.adjusted),
    }


def _home(project: Project, tree: Path) -> Path:
    """Where `manage.py` lies, from which a Django project is run."""
    return (tree / project.root / project.migrations).parent if is_django(project) else tree


def is_django(project: Project) -> bool:
    """Whether the project is told its settings by a module's name."""
    return bool(project.application.settings) and project.migrations.endswith("manage.py")


def title(environment: Environment) -> str:
    """The project's interpreter by name: `Python 3.11.7`."""
    config = environment.folder / "pyvenv.cfg"
    lines: dict[str, str] = {}
    for line in config.read_text().splitlines():
        name, _, value = line.partition("=")
        lines[name.strip()] = value.strip()
    return f"Python {lines.get('version_info') or lines.get('version') or ''}".strip()


def expression(site: Site) -> str:
    """`module:variable`, or `module:factory()`; "" when the source does not say which it is."""
    application = site.project.application
    if not application.module:
        return ""
    return f"{application.module}:{application.variable}{'()' if application.factory else ''}"


def serving(site: Site, status: Path, port: int) -> list[str]:
    """The command that serves the app."""
    app = expression(site)
    return [site.program, "-u", str(CARRIED / "serve.py"), str(status), str(port), app]


def talking(site: Site) -> list[str]:
    """The command that answers questions about the project."""
    return [site.program, "-u", str(CARRIED / "probe.py")]


def lay(environment: Environment, origin: Path, tree: Path) -> None:
    """Nothing: packages are found by the interpreter itself."""


def learnt(site: Site, port: str) -> tuple[tuple[str, Any], ...]:
    """Nothing: a written suite imports the app."""
    return ()
