"""The package installer, kept on a short lead: a scrubbed home, wheels first, scripts by name."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.process import Finished
from comfrey.bench.runtimes import STANDS_IN
from comfrey.bench.runtimes.python.stand_ins import StandIn, stand_in
from comfrey.bench.wire import Tell
from comfrey.model.problem import Problem

PASSED_ON = re.compile(
    r"UV_.*|SSL_.*|LANG|LC_ALL|TMPDIR|PATH|NETRC|REQUESTS_CA_BUNDLE|(https?|all|no)_proxy",
    re.IGNORECASE,
)
FROM_PIP = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}
LIMIT = 600.0
NO_WHEEL = re.compile(r"no-build|no usable wheels|building .* disabled")

TOO_OLD = re.compile(r"current Python version \([\d.]+\) does not satisfy Python(>=[\d.]+)")
UNBUILT = re.compile(r"Failed to build `?([A-Za-z0-9][\w.-]*)==([\w.]+)")
MOST_LOOSENED = 4
"""Pins that are let go because their versions neither have a wheel for this Python nor can be built."""


@dataclass(frozen=True)
class Installer:
    """uv with a cache of our own. `cache` is the user's cache folder for comfrey."""

    cache: Path
    tell: Tell

    def make(self, folder: Path, requires_python: str) -> str:
        """A virtual environment with a Python that the project accepts; where there is none, with our
        own, and a word on that."""
        wanted = suitable(requires_python)
        if not self._venv(folder, wanted):
            return ""
        if wanted == ours() or self._venv(folder, ours()):
            raise Problem(
                f"No virtual environment could be made in {folder.parent}",
                next_step="Check that the folder can be written and has space.",
            )
        here = ".".join(map(str, sys.version_info[:3]))
        word = f"Python {here} {STANDS_IN} {requires_python}, which is not here"
        self.tell(word)
        return word

    def _venv(self, folder: Path, python: str) -> bool:
        """Whether making the environment failed."""
        return self._uv("venv", "--quiet", "--clear", "--python", python, str(folder)).exit != 0

    def install(self, python: Path, lines: Iterable[str], pins: Iterable[str] = ()) -> None:
        """Installs the requirement lines under the exact versions of `pins`; `Problem` when it cannot."""
        self._attempt(["--python", str(python)], tuple(lines), tuple(pins))

    def turn_back(self, python: Path, lines: Iterable[str], day: str) -> None:
        """Installs the requirement lines as on `day` (`2023-05-17`), in place of what is there."""
        where = ["--python", str(python), "--reinstall", "--exclude-newer", day]
        self._attempt(where, tuple(lines), ())

    def overlay(
        self, python: Path, folder: Path, lines: Iterable[str], pins: Iterable[str]
    ) -> None:
        """Installs into `folder` what an environment lacks, without touching the environment."""
        where = ["--python", str(python), "--target", str(folder)]
        self._attempt(where, tuple(lines), tuple(pins))

    def _attempt(self, where: list[str], lines: tuple[str, ...], pins: tuple[str, ...]) -> None:
        if not lines:
            return
        last = self._wheels_first(where, lines, pins)
        if last.exit and pins:
            self.tell("The lock file's versions cannot be installed here; trying without it")
            last = self._wheels_first(where, lines, ())
        loosened: list[str] = []
        standing: list[StandIn] = []
        while last.exit and (stuck := UNBUILT.search(last.text)) and len(loosened) < MOST_LOOSENED:
            name, version = stuck.groups()
            other = stand_in(name)
            if other is not None and other not in standing:
                self.tell(f"{name} {version} cannot be built here; {other.adds} stands in")
                standing.append(other)
                lines = other.instead(lines)
                loosened.append(other.override)
            else:
                self.tell(f"{name} {version} cannot be built here; a later version stands in")
                loosened.append(f"{name}>{version}")
            last = self._pip(where, lines, (), overrides=tuple(loosened))
        if not last.exit:
            for each in standing:
                each.put(_site(where))
            return
        raise Problem(
            f"The project's dependencies could not be installed: {_said(last.text, loosened)}",
            next_step="Install them into .venv yourself; comfrey will use it.",
        )

    def _wheels_first(
        self, where: list[str], lines: tuple[str, ...], pins: tuple[str, ...]
    ) -> Finished:
        """Wheels alone; build scripts only where there is no wheel."""
        last = self._pip(where, lines, pins, "--no-build")
        if last.exit and NO_WHEEL.search(last.text):
            self.tell("Some packages have no wheel: their own build scripts run now")
            last = self._pip(where, lines, pins)
        return last

    def _pip(
        self,
        where: list[str],
        lines: tuple[str, ...],
        pins: tuple[str, ...],
        *more: str,
        overrides: tuple[str, ...] = (),
    ) -> Finished:
        """One call of `pip install`; `overrides` stand in for whatever else is asked of their packages."""
        files = self.cache / "requirements"
        files.mkdir(parents=True, exist_ok=True)
        told = {"-r": lines, "-c": pins, "--override": overrides}
        made = {word: files / f"{os.getpid()}.{word.strip('-')}" for word in told if told[word]}
        for word, file in made.items():
            file.write_text("\n".join(told[word]) + "\n")
        try:
            words = [each for word, file in made.items() for each in (word, str(file))]
            return self._uv("pip", "install", "--quiet", *where, *more, *words)
        finally:
            for file in made.values():
                file.unlink()

    def _uv(self, *words: str) -> Finished:
        home = self.cache / "home"
        home.mkdir(parents=True, exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        for theirs, ours in FROM_PIP.items():
            if os.environ.get(theirs):
                environ.setdefault(ours, os.environ[theirs])
        environ |= {
            "PATH": searched(environ.get("PATH", os.defpath)),
            "HOME": str(home),
            "UV_CACHE_DIR": str(self.cache / "uv"),
            "UV_NO_CONFIG": "1",
            "UV_NO_PROGRESS": "1",
            "UV_COMPILE_BYTECODE": "1",
        }
        done = process.run([uv(), *words], cwd=home, environ=environ, timeout=LIMIT)
        if done.timed_out:
            raise Problem(f"Installing dependencies took longer than {LIMIT / 60:.0f} minutes")
        return done


def _site(where: list[str]) -> Path:
    """The folder that packages went into."""
    told = dict(zip(where[::2], where[1::2], strict=False))
    if "--target" in told:
        return Path(told["--target"])
    return next(Path(told["--python"]).parents[1].glob("lib/python*/site-packages"))


def uv() -> str:
    """The uv binary: the one that came with comfrey, or the one on the PATH."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise Problem("uv was not found", next_step="Run `pip install uv`.")
    return found


def searched(path: str) -> str:
    """Where Pythons are looked for: instead of pyenv's shims, which start only what its user has chosen, all that it
    keeps."""
    folders: list[str] = []
    for each in path.split(os.pathsep):
        home = Path(each).parent
        if Path(each).name == "shims" and (home / "versions").is_dir():
            folders += sorted(map(str, home.glob("versions/*/bin")), reverse=True)
        else:
            folders.append(each)
    return os.pathsep.join(folders)


def interpreter(environment: Path) -> Path:
    return environment / "bin" / "python"


def newer_python(complaint: str) -> str:
    """The Python that packages ask for where ours is too old for them: `>=3.12`; "" where that is not the complaint."""
    found = TOO_OLD.search(complaint)
    return found[1] if found else ""


def suitable(requires_python: str) -> str:
    """Our own interpreter if the project accepts it, otherwise what it asks for."""
    mine = ".".join(map(str, sys.version_info[:3]))
    return ours() if not requires_python or accepts(requires_python, mine) else requires_python


def ours() -> str:
    """The interpreter that comfrey itself runs on."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")


def accepts(specifier: str, version: str) -> bool:
    """Whether a Python version satisfies `>=3.10,<4`; a clause that we cannot read is satisfied."""
    mine = _numbers(version)
    for clause in specifier.split(","):
        match = re.match(r"\s*(>=|<=|==|!=|~=|>|<)?\s*v?(\d+(?:\.\d+)*)", clause)
        if match and not _satisfies(mine, match[1] or "==", _numbers(match[2])):
            return False
    return True


def _satisfies(mine: tuple[int, ...], operator: str, theirs: tuple[int, ...]) -> bool:
    cut = mine[: len(theirs)]
    return {
        ">=": mine >= theirs,
        "<=": cut <= theirs,
        "==": cut == theirs,
        "!=": cut != theirs,
        ">": cut > theirs,
        "<": mine < theirs,
        "~=": mine >= theirs and mine[: len(theirs) - 1] == theirs[:-1],
    }[operator]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _said(text: str, loosened: list[str]) -> str:
    """The installer's complaint; of a package that no version of can be built, only that."""
    for each in loosened:
        name, _, version = each.partition(">")
        if re.search(rf"require {re.escape(name)}>{re.escape(version)}", text):
            return f"{name} {version} has no wheel and cannot be built here: what it is built with is missing"
    return reason(text)


def reason(text: str) -> str:
    """The installer's complaint on one line."""
    lines = [re.sub(r"^[\s×╰─▶│├·]+", "", line) for line in text.splitlines()]
    said = " ".join(line for line in lines if line and not line.startswith(("hint", "warning")))
    return said[:400] or "it did not say why"
