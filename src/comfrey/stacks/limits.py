"""Whether an app counts how often one address calls, and turns it away."""

from __future__ import annotations

from comfrey.model.project import Project
from comfrey.stacks import shelf


def is_limited(project: Project) -> bool:
    """True when a package that limits callers by address is among the dependencies."""
    runtime = shelf.folder("runtimes", "node")
    known = runtime.about.data.get("limiters", ()) if runtime else ()
    return any(each in project.stack.dependencies for each in known)
