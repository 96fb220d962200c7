"""What a Node project says of itself: `package.json`, its lock file, its workspaces."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from comfrey.model.place import Place
from comfrey.model.problem import Problem

LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
COMPILERS = ("tsx", "ts-node", "@babel/register", "@babel/node", "@babel/cli", "babel-node", "esm")
STARTS = ("start", "start:dev", "dev", "start:prod", "serve", "server", "develop")
SCRIPT = re.compile(r"(?:^|\s)([\w@./-]+\.(?:[cm]?[jt]s))(?=\s|$|['\"])")
BUILT = re.compile(r"^(?:\./)?(?:dist|build|lib|out|\.build)/(?:src/)?")


@dataclass(frozen=True)
class Manifest:
    """`folder` holds the app's `package.json`, `top` the lock file and the workspaces' roof (or `folder`)."""

    folder: Path
    top: Path
    data: dict[str, Any] = field(default_factory=dict)
    manager: str = "npm"
    lock: str = ""

    @property
    def required(self) -> dict[str, str]:
        return dict(self.data.get("dependencies") or {})

    @property
    def declared(self) -> dict[str, str]:
        """All dependencies by name, development ones too."""
        kinds = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
        return {name: said for kind in kinds for name, said in (self.data.get(kind) or {}).items()}

    @property
    def scripts(self) -> dict[str, str]:
        return dict(self.data.get("scripts") or {})

    @cached_property
    def options(self) -> dict[str, Any]:
        """The compiler options of `tsconfig.json`, with those of the files that it extends."""
        return _options(self.folder / "tsconfig.json", self.folder)

    @property
    def compiled(self) -> bool:
        """Whether Node cannot run the source as it is."""
        typed = (self.folder / "tsconfig.json").is_file() or "typescript" in self.declared
        return typed or any(name in self.declared for name in COMPILERS)

    @property
    def decorated(self) -> bool:
        """Whether decorators must keep types at run time, which needs TypeScript's own compiler."""
        return bool(self.options.get("emitDecoratorMetadata"))

    def entries(self) -> tuple[str, ...]:
        """Files that start the server, likeliest first, in the source where the script names a built one."""
        said = [self.scripts.get(name, "") for name in STARTS]
        named = [file for script in said for file in SCRIPT.findall(script)]
        main = self.data.get("main")
        named += [main] if isinstance(main, str) else []
        found = (self._source(name) for name in named)
        return tuple(dict.fromkeys(name for name in found if name))

    def _source(self, name: str) -> str:
        plain = name.removeprefix("./")
        built = BUILT.sub("", plain)
        stems = [plain, f"src/{built}", built, f"server/{built}", f"app/{built}"]
        if built == plain:
            stems = [plain]
        endings = (".ts", ".mts", ".js", ".mjs", ".cjs")
        for stem in stems:
            bare = re.sub(r"\.[cm]?[jt]s$", "", stem)
            tried = [stem, *(bare + ending for ending in endings)]
            for each in tried:
                if (self.folder / each).is_file() and not BUILT.match(each):
                    return each
        return ""


def manifest(folder: Path, tree: Path) -> Manifest:
    """Reads the app's `package.json` and finds its lock file, in its folder or above it, up to `tree`."""
    data = _json(folder / "package.json", tree)
    for top in (folder, *folder.parents):
        for lock, manager in LOCKS.items():
            if (top / lock).is_file():
                return Manifest(folder, top, data, manager, lock)
        if top == tree or not top.is_relative_to(tree):
            break
    said = str(data.get("packageManager") or "npm").partition("@")[0]
    return Manifest(folder, folder, data, said if said in LOCKS.values() else "npm")


def members(top: Path) -> tuple[Path, ...]:
    """The `package.json` files of a workspace, its roof's first; only the roof's where there is none."""
    patterns = _patterns(top)
    found = {
        file
        for pattern in patterns
        for file in top.glob(f"{pattern.strip('/')}/package.json")
        if "node_modules" not in file.parts
    }
    return (top / "package.json", *sorted(found))


def _patterns(top: Path) -> list[str]:
    said = _json(top / "package.json", top).get("workspaces") or []
    said = said.get("packages", []) if isinstance(said, dict) else said
    pnpm = top / "pnpm-workspace.yaml"
    if pnpm.is_file():
        import yaml

        said = [*said, *((yaml.safe_load(pnpm.read_text()) or {}).get("packages") or [])]
    return [str(each) for each in said if not str(each).startswith("!")]


def _json(file: Path, tree: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        name = file.relative_to(tree).as_posix() if file.is_relative_to(tree) else file.name
        raise Problem(f"{file.name} is no valid JSON: {error}", place=Place(file=name)) from error
    return data if isinstance(data, dict) else {}


def _options(file: Path, folder: Path, depth: int = 0) -> dict[str, Any]:
    if not file.is_file() or depth > 5:
        return {}
    try:
        data = json.loads(plain_json(file.read_text(encoding="utf-8-sig")))
    except ValueError:
        return {}
    extended = data.get("extends") or []
    extended = [extended] if isinstance(extended, str) else extended
    found: dict[str, Any] = {}
    for name in extended:
        base = file.parent / name if str(name).startswith(".") else folder / "node_modules" / name
        base = base if base.suffix == ".json" else base.with_name(f"{base.name}.json")
        found |= _options(base, folder, depth + 1)
    return found | dict(data.get("compilerOptions") or {})


def plain_json(text: str) -> str:
    """JSON without the comments and last commas that `tsconfig.json` may have."""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', r"\1", text, flags=re.S)
    return re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', r"\1", bare)
