"""What a Python project says that it needs: arguments for an installer, from any of its manifests."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comfrey.model.place import Place
from comfrey.model.problem import Problem
from comfrey.source.tree import as_utf8

TEST_GROUP = re.compile(r"dev|tests?|testing|ci", re.IGNORECASE)
OWN_SOURCES = {"editable", "virtual", "directory", "git"}
"""Where a locked package comes from that no index has."""
REQUIREMENT_FILES = (
    "requirements*.txt",
    "requirement.txt",
    "requirements/*.txt",
    "*requirements.txt",
)


@dataclass(frozen=True)
class Wanted:
    """`required` and `development` are requirement lines; `pins` are a lock file's exact versions.

    `files` are the manifests that were read, `name` the distribution that the project itself is."""

    required: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    requires_python: str = ""
    name: str = ""
    version: str = ""
    files: tuple[Path, ...] = ()


@dataclass
class _Collected:
    required: list[str] = field(default_factory=list)
    development: list[str] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


def wanted(root: Path, tree: Path) -> Wanted:
    """Reads the manifests of `root`, or of the nearest folder above it that has any, up to `tree`."""
    for folder in (root, *root.parents):
        found = _Collected()
        for read in (_pyproject, _locks, _requirement_files, _pipfile, _setup_cfg):
            read(folder, found)
        if folder == root and not (found.required or found.pins):
            _in_packages(folder, found)
        if found.required or found.pins or folder == tree or not folder.is_relative_to(tree):
            break
    return Wanted(
        required=tuple(dict.fromkeys(found.required)),
        development=tuple(dict.fromkeys(found.development)),
        pins=tuple(dict.fromkeys(found.pins)),
        files=tuple(found.files),
        **found.words,
    )


def _in_packages(folder: Path, found: _Collected) -> None:
    """The requirements that lie inside of the app's package: `app/requirements.txt`."""
    for file in sorted(folder.glob("*/requirements.txt")):
        found.required.extend(_requirement_lines(file, found))


def canonical(name: str) -> str:
    """A distribution's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(line: str) -> str:
    """The distribution that a requirement line names: `uvicorn[standard]>=0.30` is `uvicorn`."""
    match = re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)
    return canonical(match[1]) if match else ""


def _pyproject(folder: Path, found: _Collected) -> None:
    data = _toml(folder / "pyproject.toml", found)
    project = data.get("project", {})
    found.required += project.get("dependencies", [])
    for name, lines in project.get("optional-dependencies", {}).items():
        if TEST_GROUP.fullmatch(name):
            found.development += lines
    for name, lines in data.get("dependency-groups", {}).items():
        if TEST_GROUP.fullmatch(name):
            found.development += [line for line in lines if isinstance(line, str)]
    tool = data.get("tool", {})
    found.development += tool.get("uv", {}).get("dev-dependencies", [])
    for lines in tool.get("pdm", {}).get("dev-dependencies", {}).values():
        found.development += lines
    _poetry(tool.get("poetry", {}), found)
    for word, key in (
        ("requires_python", "requires-python"),
        ("name", "name"),
        ("version", "version"),
    ):
        if isinstance(project.get(key), str):
            found.words[word] = project[key]


def _poetry(poetry: dict[str, Any], found: _Collected) -> None:
    dependencies = dict(poetry.get("dependencies", {}))
    python = dependencies.pop("python", "")
    if isinstance(python, str) and python:
        found.words["requires_python"] = _caret(python)
    for word in ("name", "version"):
        if isinstance(poetry.get(word), str):
            found.words[word] = poetry[word]
    found.required += _poetry_lines(dependencies)
    groups = [poetry.get("dev-dependencies", {})]
    groups += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    for group in groups:
        found.development += _poetry_lines(group)


def _poetry_lines(dependencies: dict[str, Any]) -> list[str]:
    lines = []
    for name, said in dependencies.items():
        said = said[0] if isinstance(said, list) and said else said
        said = {"version": said} if isinstance(said, str) else said
        if not isinstance(said, dict) or said.get("optional") or "path" in said:
            continue
        extras = f"[{','.join(said['extras'])}]" if said.get("extras") else ""
        source = f" @ git+{said['git']}" if "git" in said else _caret(said.get("version", "*"))
        lines.append(f"{name}{extras}{source}")
    return lines


def _caret(version: str) -> str:
    """Poetry's `^1.2` and `~1.2` as the standard spells them; bare versions are exact."""
    clauses = []
    for clause in filter(None, (part.strip() for part in version.split(","))):
        if clause == "*":
            continue
        match = re.match(r"([\^~])\s*(\d+(?:\.\d+)*)", clause)
        clauses.append(_range(match[1], match[2]) if match else re.sub(r"^(?=\d)", "==", clause))
    return ",".join(clauses)


def _range(sign: str, version: str) -> str:
    parts = [int(part) for part in version.split(".")]
    kept = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    kept = kept if sign == "^" else min(1, len(parts) - 1)
    upper = [*parts[:kept], parts[kept] + 1]
    return f">={version},<{'.'.join(map(str, upper))}"


def _locks(folder: Path, found: _Collected) -> None:
    """The versions of lock files. What is locked differently for different Pythons or systems is left open."""
    for name in ("uv.lock", "poetry.lock", "pdm.lock"):
        versions: dict[str, set[str]] = {}
        for package in _toml(folder / name, found).get("package", []):
            source = package.get("source", {})
            if isinstance(source, dict) and OWN_SOURCES & set(source):
                continue
            if package.get("version"):
                versions.setdefault(package["name"], set()).add(package["version"])
        found.pins += [f"{each}=={said.pop()}" for each, said in versions.items() if len(said) == 1]


def _requirement_files(folder: Path, found: _Collected) -> None:
    files = sorted({file for pattern in REQUIREMENT_FILES for file in folder.glob(pattern)})
    for file in files:
        lines = _requirement_lines(file, found)
        test_only = re.search(r"dev|test|ci\b|lint|doc", file.stem, re.IGNORECASE)
        (found.development if test_only else found.required).extend(lines)


def _requirement_lines(file: Path, found: _Collected) -> list[str]:
    found.files.append(file)
    lines = []
    text = re.sub(r"\\\n", " ", as_utf8(file.read_bytes()).decode("utf-8", "replace"))
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", re.sub(r"\s--hash=\S+", "", line)).strip()
        included = re.match(r"(?:-r|--requirement)[ =]*(\S+)", line)
        if included and (other := file.parent / included[1]).is_file() and other not in found.files:
            lines += _requirement_lines(other, found)
        elif line and not line.startswith(("-", ".", "/")):
            lines.append(line)
    return lines


def _pipfile(folder: Path, found: _Collected) -> None:
    data = _toml(folder / "Pipfile", found)
    found.required += _poetry_lines(data.get("packages", {}))
    found.development += _poetry_lines(data.get("dev-packages", {}))
    lock = folder / "Pipfile.lock"
    if lock.is_file():
        locked = json.loads(lock.read_text())
        for group in ("default", "develop"):
            for name, said in locked.get(group, {}).items():
                found.pins += [f"{name}{said['version']}"] if said.get("version") else []


def _setup_cfg(folder: Path, found: _Collected) -> None:
    import configparser

    file = folder / "setup.cfg"
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    if not parser.read(file):
        return
    lines = parser.get("options", "install_requires", fallback="").splitlines()
    found.required += [line.strip() for line in lines if line.strip()]
    found.files.append(file)


def _toml(file: Path, found: _Collected) -> dict[str, Any]:
    if not file.is_file():
        return {}
    found.files.append(file)
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem(
            f"{file.name} is no valid TOML: {error}", place=Place(file=file.name)
        ) from error
