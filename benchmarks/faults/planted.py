"""The faults of one app: `bugs/NN-name.patch` with `NN-name.expect`, and harmless `same-NN.patch`."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LEFT_BEHIND = ("bugs", "expected", ".comfrey", "__pycache__", ".venv")


@dataclass(frozen=True)
class Fault:
    """One patch. `subject` is the endpoint or record that it breaks, "" for a harmless edit."""

    name: str
    patch: Path
    subject: str = ""
    witness: str = ""

    @property
    def harmless(self) -> bool:
        return not self.subject


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Every patch below `folder`, in order of name."""
    return tuple(_fault(patch) for patch in sorted(folder.glob("*.patch")))


def _fault(patch: Path) -> Fault:
    expect = patch.with_suffix(".expect")
    if not expect.exists():
        return Fault(name=patch.stem, patch=patch)
    subject, _, rest = expect.read_text().strip().splitlines()[0].partition(";")
    words = rest.strip()
    witness = words.removeprefix("witness:").strip() if words.startswith("witness:") else ""
    return Fault(name=patch.stem, patch=patch, subject=subject.strip(), witness=witness)


def copied(app: Path, to: Path) -> Path:
    """The app as its author would check it out, at `to`."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(app, to, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
    return to


def planted(fault: Fault, tree: Path) -> None:
    """Applies the fault's patch to the tree; `RuntimeError` when it does not fit."""
    done = subprocess.run(
        ["patch", "-p1", "--quiet", "--no-backup-if-mismatch", "-i", str(fault.patch.resolve())],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{fault.name} does not apply: {done.stdout.strip()}")
