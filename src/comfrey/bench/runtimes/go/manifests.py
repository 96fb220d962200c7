"""What a Go module says of itself: its path, its requirements, the version of Go, its main packages."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from comfrey.source.ignore import FOLDERS

REQUIREMENT = re.compile(
    r"^\s*(?:require\s+)?([\w.-]+\.[\w.-]+/[^\s]+|[\w.-]+\.[a-z]+)\s+(v\S+)", re.M
)
PACKAGE = re.compile(r"^package\s+(\w+)", re.M)
IMPORT = re.compile(r'^(?:import\s+)?\s*(?:[\w.]+\s+)?"([^"\n]+)"', re.M)
SERVING = re.compile(
    r"\bListenAndServe(?:TLS)?\(|\.Run\(|\.Start(?:Server|TLS)?\(|\.Listen\(|http\.Serve\(|RunServer\("
)
EXPERIMENT = re.compile(r"\bGOEXPERIMENT\s*(?::=|=|:)\s*[\"']?([\w,]+)")
MAIN = re.compile(r"^func main\(\)", re.M)
IGNORED = re.compile(r"^//(?:go:build|\s*\+build)\s+ignore\b", re.M)
TOOLS = re.compile(r"(?:^|/)(?:migrat\w*|seed\w*|tools?|scripts?|examples?|gen\w*|worker|cron|cli|mock\w*)(?:/|$)")  # fmt: skip
SERVERS = re.compile(r"(?:^|/)(?:server|api|app|web|http|rest|main|service|serve)(?:/|$)")


@dataclass(frozen=True)
class Module:
    """`folder` holds `go.mod`; `required` maps module paths to versions."""

    folder: Path
    path: str
    go: str
    required: dict[str, str]
    text: str

    @property
    def vendored(self) -> bool:
        return (self.folder / "vendor" / "modules.txt").is_file()


def module(root: Path, tree: Path) -> Module | None:
    """The module that `root` lies in, not looked for above `tree`."""
    for folder in (root, *root.parents):
        file = folder / "go.mod"
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            path = re.search(r"^module\s+\"?([^\s\"]+)", text, re.M)
            go = re.search(r"^go\s+(\S+)", text, re.M)
            required = dict(REQUIREMENT.findall(text))
            return Module(folder, path[1] if path else "", go[1] if go else "", required, text)
        if folder == tree:
            break
    return None


def experiments(found: Module) -> dict[str, str]:
    """What the project's own build files switch on in Go beside its language version."""
    for pattern in (
        "Dockerfile*",
        "*Dockerfile",
        "Makefile",
        "[Jj]ustfile",
        "Taskfile.y*ml",
        ".github/workflows/*.y*ml",
    ):
        for file in sorted(found.folder.glob(pattern)):
            said = EXPERIMENT.search(file.read_text(encoding="utf-8", errors="replace"))
            if said:
                return {"GOEXPERIMENT": said[1]}
    return {}


def entry(found: Module, root: Path) -> str:
    """The folder of the main package that serves, relative to the module ("." for the module itself); ""
    when none does."""
    candidates = [(_rank(each, found, root), each) for each in _mains(found.folder)]
    serving = sorted((rank, each) for rank, each in candidates if rank is not None)
    return serving[0][1] if serving else ""


def _rank(folder: str, found: Module, root: Path) -> tuple[int, ...] | None:
    """How likely the folder is the server, least first; None when it never listens."""
    texts = reach(folder, found)
    listens = any(SERVING.search(text) for text in texts)
    if not listens:
        return None
    path = found.folder / folder
    outside = not path.resolve().is_relative_to(root.resolve())
    web = any('"net/http"' in text or "/gin" in text or "/echo" in text for text in texts)
    return (
        int(outside),
        int(not web),
        int(bool(TOOLS.search(folder))),
        int(not SERVERS.search(folder) and folder != "."),
        len(Path(folder).parts),
        -len(texts),
    )


def reach(folder: str, found: Module) -> list[str]:
    """The texts of the package and of all packages of the module that it imports."""
    return [text for texts in reached(folder, found).values() for text in texts]


def reached(folder: str, found: Module) -> dict[str, list[str]]:
    """The package in the folder and all packages of the module that it imports: folder → texts of its files."""
    seen: dict[str, list[str]] = {}
    waiting = [folder]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        files = sorted((found.folder / name).glob("*.go"))
        seen[name] = [
            file.read_text(encoding="utf-8", errors="replace")
            for file in files
            if not file.name.endswith("_test.go")
        ]
        waiting += [
            each.removeprefix(f"{found.path}/")
            for text in seen[name]
            for each in IMPORT.findall(text)
            if each.startswith(f"{found.path}/")
        ]
    return seen


def _mains(top: Path) -> list[str]:
    """The folders with a main package, nested modules left out."""
    found = []
    for folder, names, files in os.walk(top):
        here = Path(folder)
        names[:] = sorted(
            name
            for name in names
            if name not in FOLDERS
            and name not in ("vendor", "testdata")
            and not name.startswith((".", "_"))
            and not (here / name / "go.mod").is_file()
        )
        if any(_is_main(here / each) for each in sorted(files) if each.endswith(".go")):
            found.append(here.relative_to(top).as_posix())
    return found


def _is_main(file: Path) -> bool:
    if file.name.endswith("_test.go"):
        return False
    text = file.read_text(encoding="utf-8", errors="replace")
    package = PACKAGE.search(text)
    return bool(package and package[1] == "main" and MAIN.search(text) and not IGNORED.search(text))
