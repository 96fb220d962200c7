"""The packages of a day gone by: what a project asked for without a version meant those that there were then."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from comfrey.bench import process

MANIFESTS = (
    "pyproject.toml",
    "requirements*.txt",
    "requirement.txt",
    "requirements/*.txt",
    "setup.py",
    "setup.cfg",
    "Pipfile",
)
OUTGROWN = re.compile(
    r"cannot import name|has no attribute|unexpected keyword argument|Pydantic(Import|User|Schema\w*)Error"
    r"|Can't instantiate abstract class|No module named .\w+\.|NoInspectionAvailable|ArgumentError|is not a valid pydantic field type"
)
"""How code speaks that meets a package which is younger than itself."""
YOUNG = timedelta(days=60)
"""Within this time hardly anything can have been outgrown."""
QUIET = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
)


def last_said(root: Path) -> str:
    """The day after the manifests of the app at `root` were last committed, as `2023-05-17`; "" where git does not
    tell, or it is not long ago."""
    git = shutil.which("git")
    if git is None:
        return ""
    done = process.run(
        [git, *QUIET, "--no-pager", "log", "-1", "--format=%ct", "--", *MANIFESTS],
        cwd=root,
        environ={"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"},
        timeout=10,
    )
    stamp = done.text.strip()
    if done.exit or not stamp.isdigit():
        return ""
    said = datetime.fromtimestamp(int(stamp), UTC)
    return "" if datetime.now(UTC) - said < YOUNG else (said + timedelta(days=1)).date().isoformat()


def is_outgrown(error: str) -> bool:
    """Whether an error reads as if a package had moved on since the code was written."""
    return OUTGROWN.search(error) is not None
