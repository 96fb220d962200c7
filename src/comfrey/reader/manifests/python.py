"""What a Python project declares about itself: its dependencies, package manager and tools."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from comfrey.model.place import Place
from comfrey.reader.manifests.manifest import Manifest, above, join, line_of, normal
from comfrey.source.tree import Tree

MANIFESTS = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "requirements*.txt",
    "requirement.txt",
    "*requirements.txt",
    "requirements/*.txt",
    "requirements/*.in",
    "environment.yml",
)
MANAGERS = (
    ("uv.lock", "uv"),
    ("poetry.lock", "poetry"),
    ("pdm.lock", "pdm"),
    ("Pipfile", "pipenv"),
    ("Pipfile.lock", "pipenv"),
    ("environment.yml", "conda"),
)
REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")
LOCKED = re.compile(r'^name = "([^"]+)"\nversion = "([^"]+)"', re.M)
QUOTED = re.compile(r"""["']([A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?[^"']*)["']""")


def roots(tree: Tree) -> tuple[str, ...]:
    """Folders that hold a manifest."""
    return tuple(
        _root(tree, file) for file in tree.files if _is_manifest(file) and _is_real(tree, file)
    )


def read(tree: Tree, root: str) -> Manifest:
    """The manifest of `root`; tools and the package manager also from the folders above it."""
    files = tuple(file for file in tree.files if _is_manifest(file) and _root(tree, file) == root)
    dependencies: dict[str, str] = {}
    places: dict[str, Place] = {}
    for file in files:
        text = tree.text(file).decode("utf-8", "replace")
        for name, specifier in _declared(file, text):
            key = normal(name)
            if specifier or key not in dependencies:
                dependencies[key] = specifier
            places.setdefault(key, Place(file=file, line=line_of(text, name), name=key))
    return Manifest(
        root=root,
        name=_name(tree, files),
        files=files,
        dependencies=dict(sorted(dependencies.items())),
        places=places,
        tools=_tools(tree, root),
        manager=_manager(tree, root, files),
        locked=_locked(tree, root),
    )


def _is_manifest(file: str) -> bool:
    path = PurePosixPath(file)
    tail = "/".join(path.parts[-2:])
    return any(
        fnmatch(tail, pattern) if "/" in pattern else fnmatch(path.name, pattern)
        for pattern in MANIFESTS
    )


def _is_real(tree: Tree, file: str) -> bool:
    """`setup.py` is also a common name for code that sets something up."""
    return not file.endswith("setup.py") or b"setup(" in tree.text(file)


def _root(tree: Tree, file: str) -> str:
    """The folder that imports start from: a manifest may lie inside of the package that it is about."""
    folder = PurePosixPath(file).parent
    if folder.name == "requirements":
        folder = folder.parent
    while folder.name and _is_package(tree, folder):
        folder = folder.parent
    return str(folder)


def _is_package(tree: Tree, folder: PurePosixPath) -> bool:
    """Whether code in the folder imports its own parts by the folder's name."""
    inside = tree.under(str(folder), ".py")
    twin = f"{folder}/{folder.name}"
    if any(file.startswith((f"{twin}/", f"{twin}.py")) for file in inside):
        return False
    word = re.escape(folder.name)
    own = re.compile(rf"^\s*(?:from|import) {word}(?:\.| import)".encode(), re.M)
    return any(own.search(tree.text(file)) for file in inside)


def _declared(file: str, text: str) -> Iterator[tuple[str, str]]:
    name = PurePosixPath(file).name
    if name == "pyproject.toml":
        yield from _from_pyproject(_toml(text))
    elif name == "Pipfile":
        data = _toml(text)
        for table in ("packages", "dev-packages"):
            yield from _from_table(data.get(table))
    elif name == "setup.cfg":
        yield from _from_setup_cfg(text)
    elif name == "setup.py":
        yield from _from_setup_py(text)
    elif name == "environment.yml":
        yield from _from_lines(re.findall(r"^\s*-\s+([A-Za-z0-9].*)$", text, re.M))
    else:
        yield from _from_lines(text.splitlines())


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _from_pyproject(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    project = data.get("project") or {}
    tool = data.get("tool") or {}
    yield from _from_lines(_strings(project.get("dependencies")))
    groups = [
        *(project.get("optional-dependencies") or {}).values(),
        *(data.get("dependency-groups") or {}).values(),
        *((tool.get("pdm") or {}).get("dev-dependencies") or {}).values(),
        (tool.get("uv") or {}).get("dev-dependencies") or [],
    ]
    for group in groups:
        yield from _from_lines(_strings(group))
    poetry = tool.get("poetry") or {}
    yield from _from_table(poetry.get("dependencies"))
    yield from _from_table(poetry.get("dev-dependencies"))
    for group in (poetry.get("group") or {}).values():
        yield from _from_table(group.get("dependencies"))


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _from_table(table: Any) -> Iterator[tuple[str, str]]:
    for name, value in (table or {}).items():
        if normal(name) == "python":
            continue
        specifier = value.get("version", "") if isinstance(value, dict) else value
        text = specifier if isinstance(specifier, str) else ""
        yield name, "" if text == "*" else text


def _from_lines(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.lstrip().startswith(("#", "-", "git+", "http")):
            continue
        if match := REQUIREMENT.match(line):
            yield match[1], match[2].strip().rstrip("\\").strip()


def _from_setup_cfg(text: str) -> Iterator[tuple[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if parser.has_option("options", "install_requires"):
        yield from _from_lines(parser["options"]["install_requires"].splitlines())
    if parser.has_section("options.extras_require"):
        for value in parser["options.extras_require"].values():
            yield from _from_lines(value.splitlines())


def _from_setup_py(text: str) -> Iterator[tuple[str, str]]:
    for block in re.findall(
        r"(?:requires|requirements|REQUIRE\w*)\s*=\s*[\[{](.*?)[\]}]", text, re.S
    ):
        yield from _from_lines(QUOTED.findall(block))


def _name(tree: Tree, files: tuple[str, ...]) -> str:
    for file in files:
        if file.endswith("pyproject.toml"):
            data = _toml(tree.text(file).decode("utf-8", "replace"))
            tool = data.get("tool") or {}
            name = (data.get("project") or {}).get("name") or (tool.get("poetry") or {}).get("name")
            if name:
                return str(name)
    return ""


def _tools(tree: Tree, root: str) -> dict[str, Any]:
    tools: dict[str, Any] = {}
    for folder in above(root):
        file = join(folder, "pyproject.toml")
        if file in tree.files:
            data = _toml(tree.text(file).decode("utf-8", "replace"))
            tools = {**(data.get("tool") or {}), **tools}
    return tools


def _locked(tree: Tree, root: str) -> dict[str, str]:
    for folder in above(root):
        for lock in ("uv.lock", "poetry.lock", "pdm.lock"):
            if tree.exists(join(folder, lock)):
                text = tree.root.joinpath(folder, lock).read_text("utf-8", "replace")
                return {normal(name): f"=={version}" for name, version in LOCKED.findall(text)}
    return {}


def _manager(tree: Tree, root: str, files: tuple[str, ...]) -> str:
    for folder in above(root):
        for lock, manager in MANAGERS:
            if tree.exists(join(folder, lock)):
                return manager
    tools = _tools(tree, root)
    declared = next((each for each in ("uv", "poetry", "pdm") if each in tools), "")
    return declared or ("pip" if files else "")
