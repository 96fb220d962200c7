"""What each app of a tree is built from: framework, ORMs, databases, tools, each with its evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

import yaml

from comfrey.languages.javascript.packages import Packages
from comfrey.languages.open import language_of
from comfrey.model.place import Place
from comfrey.model.project import Stack
from comfrey.reader.manifests import Manifest, above, join, normal
from comfrey.reader.manifests.javascript import METADATA
from comfrey.source.tree import Tree
from comfrey.stacks import shelf
from comfrey.stacks.shelf import Folder

ADDRESS = re.compile(rb"\b([a-z][a-z0-9]*(?:\+[a-z0-9]+)?)://")
IMAGE = re.compile(rb"^\s*image:\s*[\"']?([\w./-]+)", re.M)
ADDRESSED = (".py", ".env", ".toml", ".ini", ".cfg", ".yml", ".yaml", ".json", ".md")


class Evidence:
    """Everything that one root says about its parts, gathered once and asked by shelf folders. `lenders` are the
    manifests of the tree's other packages that this one depends on, directly or through one of them."""

    def __init__(
        self,
        tree: Tree,
        manifest: Manifest,
        sources: tuple[str, ...],
        lenders: tuple[Manifest, ...] = (),
    ) -> None:
        self.tree = tree
        self.manifest = manifest
        self.sources = sources
        self.lenders = lenders
        self._imports: dict[str, Place] | None = None
        self._schemes: dict[str, Place] | None = None
        self._images: dict[str, Place] | None = None

    def of(self, folder: Folder, *, weak: bool = True) -> Place | None:
        """The first evidence of `folder`; with `weak` also what only its kin would leave."""
        betrays = folder.about.betrays
        return (
            self._declared(betrays.dependencies)
            or self._imported(betrays.imports)
            or (self._file(betrays.files) if weak else None)
            or (self._addressed(betrays.urls) if weak else None)
            or (self._imaged(betrays.images) if weak else None)
        )

    def lent(self, folder: Folder) -> Place | None:
        """The first evidence of `folder`, its own or what a package of the tree that it depends on declares."""
        names = folder.about.betrays.dependencies
        lent = (_declared(each, names) for each in self.lenders)
        return self.of(folder) or next((place for place in lent if place), None)

    def _declared(self, names: Iterable[str]) -> Place | None:
        return _declared(self.manifest, names)

    def _imported(self, names: Iterable[str]) -> Place | None:
        return next((self.imports[name] for name in names if name in self.imports), None)

    def _file(self, patterns: Iterable[str]) -> Place | None:
        found = (self.tree.first(join(self.manifest.root, pattern)) for pattern in patterns)
        return next((Place(file=file) for file in found if file), None)

    def _addressed(self, schemes: Iterable[str]) -> Place | None:
        return next((self.schemes[each] for each in schemes if each in self.schemes), None)

    def _imaged(self, images: Iterable[str]) -> Place | None:
        return next((self.images[each] for each in images if each in self.images), None)

    @property
    def imports(self) -> dict[str, Place]:
        """Names that the root's sources import, and every package above them."""
        if self._imports is None:
            self._imports = {}
            language = language_of(self.manifest.language)
            for file in self.sources:
                for name in language.packages(self.tree.text(file)):
                    if name not in self._imports:
                        self._imports[name] = Place(file=file, name=name)
        return self._imports

    @property
    def schemes(self) -> dict[str, Place]:
        """Schemes of addresses in sources, environment examples and configuration, best evidence first."""
        if self._schemes is None:
            files = [*self._configurations(), *(each for each in self.sources)]
            self._schemes = self._found(ADDRESS, files)
        return self._schemes

    @property
    def images(self) -> dict[str, Place]:
        """Names of container images in compose files at the root or above."""
        if self._images is None:
            files = [file for file in self._configurations() if file.endswith((".yml", ".yaml"))]
            self._images = {
                name.rpartition("/")[2]: place for name, place in self._found(IMAGE, files).items()
            }
        return self._images

    def _found(self, pattern: re.Pattern[bytes], files: Iterable[str]) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for file in files:
            data = self.tree.text(file)
            for match in pattern.finditer(data):
                name = match[1].decode()
                if name not in found:
                    line = data.count(b"\n", 0, match.start(1)) + 1
                    found[name] = Place(file=file, line=line, name=name)
        return found

    def _configurations(self) -> list[str]:
        folders = set(above(self.manifest.root))
        return [
            file
            for file in self.tree.files
            if str(PurePosixPath(file).parent) in folders and _configures(PurePosixPath(file).name)
        ]


def _declared(manifest: Manifest, names: Iterable[str]) -> Place | None:
    places = manifest.places
    return next((places[normal(name)] for name in names if normal(name) in places), None)


def _configures(name: str) -> bool:
    return (
        name.startswith((".env", "env.", "docker-compose", "compose"))
        or name.endswith(".env")
        or name in ("alembic.ini", "settings.toml", "config.toml")
    )


def frameworks(evidence: Evidence) -> tuple[Folder, ...]:
    """The web frameworks in evidence, the main one first; those that live in another are read with it."""
    language = evidence.manifest.language
    found = _ranked("frameworks", language, evidence.of)
    return tuple(each for each in found if not each.about.extends)


def detect_stack(evidence: Evidence, framework: Folder) -> Stack:
    """The stack of one app whose framework is known; ORM, databases and tools by what betrays them."""
    manifest = evidence.manifest
    orms = _most_special(_accompanied(_ranked("orms", manifest.language, evidence.lent)))
    migrations = _ranked("migrations", manifest.language, evidence.lent)
    validators = _ranked("validators", manifest.language, evidence.lent)
    databases = _databases(evidence)
    tester, declared = runner_of(evidence, framework)
    places = [evidence.lent(each) for each in (framework, *orms, *databases, *migrations)]
    return Stack(
        language=framework.about.language,
        framework=framework.key,
        orm=orms[0].key if orms else "",
        orms=tuple(each.key for each in orms),
        databases=tuple(each.key for each in databases),
        migrations=migrations[0].key if migrations else "",
        validators=tuple(each.key for each in validators),
        test_framework=tester,
        test_framework_declared=declared,
        package_manager=manifest.manager,
        modules=_modules(manifest),
        interop=_interop(evidence),
        versions=tuple((name, text) for name, text in manifest.dependencies.items() if text),
        dependencies=tuple(manifest.dependencies),
        formatter=_formatter(evidence),
        line_length=_line_length(evidence),
        evidence=tuple(place for place in places if place),
    )


TESTERS = {
    "python": ("pytest",),
    "javascript": ("vitest", "jest", "mocha", "ava", "tap"),
    "go": ("gotest",),
}
"""Test frameworks that a project may use, the one for a project without any first."""
FORMATTERS = {
    "python": ("black", "yapf", "autopep8", "ruff"),
    "javascript": ("prettier", "@biomejs/biome", "dprint", "standard"),
    "go": (),
}


def _modules(manifest: Manifest) -> str:
    """Whether a JavaScript package's files are ES modules, as its `type` says."""
    if manifest.language != "javascript":
        return ""
    return "esm" if manifest.tools.get("type") == "module" else "commonjs"


NATIVE = ("node16", "node18", "node20", "nodenext", "preserve")
"""Settings of TypeScript's `module` under which a package's default import is all of it, unasked."""


def _interop(evidence: Evidence) -> bool:
    """Whether TypeScript takes all of a CommonJS package for its default."""
    manifest = evidence.manifest
    if manifest.language != "javascript":
        return True
    said = Packages(evidence.tree)
    if join(manifest.root, "tsconfig.json") not in evidence.tree:
        return True
    asked = said.option(manifest.root, "esModuleInterop")
    if asked is not None:
        return bool(asked)
    if built_by_swc(evidence):
        return True
    return str(said.option(manifest.root, "module") or "").lower() in NATIVE


def built_by_swc(evidence: Evidence) -> bool:
    """Whether Nest's own command builds the app with SWC (https://docs.nestjs.com/recipes/swc)."""
    text = evidence.tree.string(join(evidence.manifest.root, "nest-cli.json"))
    try:
        said = json.loads(text).get("compilerOptions", {}).get("builder") if text else None
    except (ValueError, AttributeError):
        return False
    return (said.get("type") if isinstance(said, dict) else said) == "swc"


def tester_of(manifest: Manifest) -> tuple[str, bool]:
    """The project's test framework, and whether it says so itself."""
    known = TESTERS[manifest.language]
    for name in known:
        if normal(name) in manifest.places or name in manifest.tools:
            return name, True
    typed = manifest.tools.get(METADATA) and manifest.tools.get("type") != "module"
    return ("jest" if typed else known[0]), False  # Vitest's compiler writes down no types


CASE = re.compile(rb"^class \w+\([\w., ]*TestCase\b[^)]*\):", re.M)
"""A class of tests in unittest's manner; a package's own `APITestCase` and the like count too."""


def runner_of(evidence: Evidence, framework: Folder) -> tuple[str, bool]:
    """The same, where a framework has a runner of its own and the project's tests are written for that one."""
    found, declared = tester_of(evidence.manifest)
    own = str(framework.about.defaults.get("tester", ""))
    if not own or declared or any("pytest" in each for each in evidence.manifest.dependencies):
        return found, declared
    root, tree = evidence.manifest.root, evidence.tree
    files = [each for each in tree.under(root, ".py") if "test" in each]
    asked = [each for each in tree.under(root) if each.endswith(("conftest.py", "pytest.ini"))]
    written = any(CASE.search(data) and b"def test" in data for data in map(tree.text, files))
    return (own, True) if written and not asked else (found, declared)


def _ranked(
    kind: str, language: str, evidence: Callable[[Folder], Place | None]
) -> tuple[Folder, ...]:
    """Folders of that kind and language for which there is evidence, by rank."""
    found = [
        folder
        for folder in shelf.folders(kind)
        if folder.about.language in ("", language) and evidence(folder)
    ]
    return tuple(sorted(found, key=lambda each: (-each.about.rank, each.key)))


def _most_special(found: tuple[Folder, ...]) -> tuple[Folder, ...]:
    """Those first that no other one extends: SQLModel before the SQLAlchemy below it."""
    below = {parent.key for each in found for parent in shelf.lineage(each)[1:]}
    return tuple(sorted(found, key=lambda each: each.key in below))


def _accompanied(found: tuple[Folder, ...]) -> tuple[Folder, ...]:
    """Without those that only carry what another mapper says, where there is one."""
    others = tuple(each for each in found if not each.about.data.get("alone"))
    return others or found


def _databases(evidence: Evidence) -> tuple[Folder, ...]:
    """Databases by strength of evidence: an address before a driver before an image."""

    def strength(folder: Folder) -> int:
        betrays = folder.about.betrays
        if place := evidence._addressed(betrays.urls):
            return 0 if PurePosixPath(place.file).name.startswith(".env") else 1
        return 2 if evidence._declared(betrays.dependencies) else 3

    found = _ranked("databases", "", evidence.lent)
    return tuple(sorted(found, key=lambda each: (-each.about.rank, strength(each), each.key)))


def _line_length(evidence: Evidence) -> int:
    """What the formatter is told in pyproject.toml; 0 for its own default."""
    for name in ("ruff", "black"):
        said = (evidence.manifest.tools.get(name) or {}).get("line-length")
        if isinstance(said, int):
            return said
    return _prettier_width(evidence) if evidence.manifest.language == "javascript" else 0


def _prettier_width(evidence: Evidence) -> int:
    said: object = evidence.manifest.tools.get("prettier")
    for name in (".prettierrc", ".prettierrc.json", ".prettierrc.yaml", ".prettierrc.yml"):
        file = join(evidence.manifest.root, name)
        if file in evidence.tree.files:
            said = _plain_yaml(evidence.tree.text(file))
    width = said.get("printWidth") if isinstance(said, dict) else None
    return width if isinstance(width, int) else 0


def _plain_yaml(data: bytes) -> object:
    """A formatter's configuration as YAML, which JSON is too; None for what is neither."""
    try:
        found: object = yaml.safe_load(data)
    except yaml.YAMLError:
        return None
    return found


def _formatter(evidence: Evidence) -> str:
    tools, declared = evidence.manifest.tools, evidence.manifest.dependencies
    tree = evidence.tree
    hooks = b"".join(
        tree.text(join(folder, ".pre-commit-config.yaml"))
        for folder in above(evidence.manifest.root)
        if join(folder, ".pre-commit-config.yaml") in tree.files
    )
    if "format" in (tools.get("ruff") or {}) or b"ruff-format" in hooks:
        return "ruff"
    for name in FORMATTERS[evidence.manifest.language]:
        if name in tools or name in declared or name.encode() in hooks:
            return name
    return ""
