"""The faults of one app: `bugs/NN-name.patch` with `NN-name.expect`, and harmless `same-NN.patch`."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LEFT_BEHIND = ("bugs", "expected", ".comfrey", "__pycache__", ".venv")
TOUCHED = re.compile(rb"^\+\+\+ b/(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """One patch. `subject` is the endpoint or record that it breaks, "" for a harmless edit.

    `unobservable` is why a person judged, after the fact, that no caller can tell it from the original."""

    name: str
    patch: Path
    subject: str = ""
    witness: str = ""
    unobservable: str = ""
    text: bytes = b""
    """The patch itself: behind a bench's fence its file is out of sight."""

    @property
    def harmless(self) -> bool:
        return not self.subject


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Every patch below `folder`, in order of name."""
    return tuple(_fault(patch) for patch in sorted(folder.glob("*.patch")))


def _fault(patch: Path) -> Fault:
    expect = patch.with_suffix(".expect")
    if not expect.exists():
        return Fault(name=patch.stem, patch=patch, text=patch.read_bytes())
    subject, _, rest = expect.read_text().strip().splitlines()[0].partition(";")
    words = rest.strip()
    return Fault(
        name=patch.stem,
        patch=patch,
        subject=subject.strip(),
        witness=_after("witness:", words),
        unobservable=_after("unobservable:", words),
        text=patch.read_bytes(),
    )


def _after(word: str, words: str) -> str:
    return words.removeprefix(word).strip() if words.startswith(word) else ""


def copied(app: Path, to: Path) -> Path:
    """The app as its author would check it out, at `to`."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(app, to, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
    return to


def planted(fault: Fault, tree: Path) -> dict[str, bytes]:
    """Applies the fault's patch to the tree and returns what its files held before.

    `RuntimeError` when it does not fit; then nothing has changed."""
    text = fault.text or fault.patch.read_bytes()
    names = sorted({name.decode() for name in TOUCHED.findall(text)})
    before = {name: (tree / name).read_bytes() for name in names if (tree / name).is_file()}
    done = subprocess.run(
        ["patch", "-p1", "--quiet", "--forward", "--no-backup-if-mismatch", "--reject-file=-"],
        cwd=tree,
        input=text,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lifted(before, tree)
        said = " ".join((done.stdout + done.stderr).decode(errors="replace").split())
        raise RuntimeError(f"{fault.name} does not apply: {said[:200]}")
    return before


def lifted(before: dict[str, bytes], tree: Path) -> None:
    """Brings the files back to what `planted` found there."""
    for name, held in before.items():
        if (tree / name).read_bytes() != held:
            (tree / name).write_bytes(held)
