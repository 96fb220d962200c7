"""The wheel carries every file that the package reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    done = subprocess.run([*build, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())

    expected = {
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "comfrey").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert len(expected) > 500
    assert expected <= names, sorted(expected - names)[:5]
