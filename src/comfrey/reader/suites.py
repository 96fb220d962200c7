"""The project's own tests: where they are, how they run, which fixtures they offer."""

from __future__ import annotations

import configparser
import json
import posixpath
import re
import shlex
from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from comfrey.languages.javascript.packages import Packages
from comfrey.languages.open import language_of
from comfrey.model.project import TestSuite
from comfrey.reader import fixtures
from comfrey.reader.detect import Evidence, built_by_swc, runner_of, tester_of
from comfrey.reader.manifests import join
from comfrey.source.tree import Tree
from comfrey.stacks.shelf import Folder

TEST = re.compile(r"(?:test_[^/]*|[^/]*_test)\.py$")
DISCOVERED = re.compile(r"(?:^|/)test[^/]*\.py$")
"""What `manage.py test` takes for tests."""
NAMED = re.compile(r"[.-](?:test|spec|e2e-spec)\.\w+$|(?:^|/)__tests__/")
CONFIGURATION = re.compile(r"(?:vite|vitest|jest)\.config\.\w+$")
JEST = re.compile(r"jest\.config\.\w+$")
LOCK = "comfrey.lock"
"""Lies beside tests that were generated: these are not the project's own."""
TESTS = "tests"
KEPT = ("addopts", "testpaths", "asyncio_mode", "python_files", "markers", "env", "pythonpath")


def read_suite(tree: Tree, evidence: Evidence, framework: Folder) -> TestSuite:
    """The suite below the app's root; its folder is guessed as `tests` when there is none yet."""
    if evidence.manifest.language != "python":
        return _by_names(tree, evidence, framework)
    root = evidence.manifest.root
    ours = {file.rpartition("/")[0] for file in tree.under(root, LOCK) if file.endswith(f"/{LOCK}")}
    own = [file for file in tree.under(root, ".py") if file.rpartition("/")[0] not in ours]
    tester = runner_of(evidence, framework)[0]
    discovered = tester != "pytest"
    files = tuple(file for file in own if (DISCOVERED if discovered else TEST).search(file))
    conftests = [file for file in own if file.endswith("conftest.py")]
    options = _options(tree, evidence)
    folder = _home_of_cases(tree, root) if discovered else _folder(root, files, conftests, options)
    return TestSuite(
        framework=tester,
        folder=folder,
        files=tuple(_below(root, file) for file in files),
        fixtures=fixtures.offered(tree, conftests, own),
        conftest=_below(root, min(conftests, key=len)) if conftests else "",
        asynchronous=_asynchronous(tree, evidence, files, options),
        options=tuple(sorted(options.items())),
        automatic=fixtures.automatic(
            tree, [each for each in conftests if _above(root, each, folder)], own
        ),
        overriding=_overriding(tree, (*files, *conftests), framework),
    )


def _overriding(tree: Tree, files: tuple[str, ...], framework: Folder) -> bool:
    word = str(framework.about.data.get("overrides", "")).encode()
    return bool(word) and any(word in tree.text(file) for file in files)


def _by_names(tree: Tree, evidence: Evidence, framework: Folder) -> TestSuite:
    """A suite of which the files' names tell all that is known."""
    root, sources = evidence.manifest.root, evidence.sources
    language = language_of(evidence.manifest.language)
    ours = {file.rpartition("/")[0] for file in tree.under(root, LOCK) if file.endswith(f"/{LOCK}")}
    own = [f for f in sources if language.is_test(f) and f.rpartition("/")[0] not in ours]
    files = tuple(_below(root, each) for each in own if NAMED.search(each))
    told = _tells(tree, root, ours)
    compiler = _compiler(tree, evidence)
    emitted = _names_what_is_emitted(tree, evidence)
    return TestSuite(
        framework=tester_of(evidence.manifest)[0],
        folder=_home(files, _limited(tree, root)),
        files=files,
        aliases=() if told and not compiler else _aliases(tree, evidence),
        inlined=() if told else _inlined(evidence, framework),
        configured=not (compiler or emitted) and _is_configured(tree, evidence, files),
        compiler=compiler,
        emitted=emitted,
        imported=_is_told_no_globals(tree, evidence),
    )


def _is_told_no_globals(tree: Tree, evidence: Evidence) -> bool:
    """Whether the compiler of a suite for Jest takes in the types of other packages alone: `"types": ["node"]`."""
    manifest = evidence.manifest
    if tester_of(manifest)[0] != "jest" or "typescript" not in manifest.dependencies:
        return False
    types = Packages(tree).option(manifest.root, "types")
    return isinstance(types, list) and "jest" not in types


def _compiler(tree: Tree, evidence: Evidence) -> str:
    """`swc` where only SWC makes of the app's imports what they are meant to be, and Jest can be told to use it;
    `alone` where nothing is emitted as long as something is wrong, as tests outside of `rootDir` are."""
    root, known = evidence.manifest.root, evidence.manifest.dependencies
    if not _by_ts_jest(evidence):
        return ""
    if "ts-jest" not in known:
        return "alone"
    said = Packages(tree)
    tools = "@swc/jest" in known and join(root, ".swcrc") in tree
    if tools and not said.option(root, "esModuleInterop") and built_by_swc(evidence):
        return "swc"
    strict = said.option(root, "noEmitOnError") is True
    within = str(said.option(root, "rootDir") or "").strip("./")
    return "alone" if strict and within else ""


def _by_ts_jest(evidence: Evidence) -> bool:
    """Whether Jest compiles the suite by ts-jest: the project's, or one that comes with Jest itself."""
    found, declared = tester_of(evidence.manifest)
    return found == "jest" and (not declared or "ts-jest" in evidence.manifest.dependencies)


def _names_what_is_emitted(tree: Tree, evidence: Evidence) -> bool:
    """Whether a source in TypeScript is imported by the name of the file that the compiler makes of it, which Jest
    looks for in vain unless it is told."""
    root = evidence.manifest.root
    if not _by_ts_jest(evidence):
        return False
    configured = [
        e for e in tree.under(root) if JEST.match(_below(root, e)) or e.endswith(END_TO_END)
    ]
    said = json.dumps(evidence.manifest.tools.get("jest") or {})
    if any(ENDING in each for each in (said, *map(tree.string, configured))):
        return False
    return any(
        posixpath.normpath(posixpath.join(posixpath.dirname(file), name)) + ".ts" in tree
        for file in evidence.sources
        if file.endswith(".ts")
        for name in EMITTED.findall(tree.string(file))
    )


ENDING = r"\.js$"
"""How a configuration of Jest speaks of the ending that it is to leave out."""
EMITTED = re.compile(r"""(?:from|import|require)\s*\(?\s*["'](\.{1,2}/[^"']+)\.js["']""")


def _is_configured(tree: Tree, evidence: Evidence, files: tuple[str, ...]) -> bool:
    """Whether Jest, as the project configures it, compiles and finds tests in TypeScript outside of its source."""
    manifest, root = evidence.manifest, evidence.manifest.root
    if not _by_ts_jest(evidence):
        return True
    if any(JEST.match(_below(root, each)) for each in tree.under(root)):
        return True
    if any(".e2e-spec." in each for each in files) and join(root, END_TO_END) in tree:
        names = any(word in tree.string(join(root, END_TO_END)) for word in MAPPING)
        return names or not _aliases(tree, evidence)
    said = manifest.tools.get("jest")
    if not isinstance(said, dict) or said.get("rootDir", ".") not in (".", "./", "<rootDir>"):
        return False
    return "preset" in said or "transform" in said


END_TO_END = "test/jest-e2e.json"
MAPPING = ("moduleNameMapper", "modulePaths", "moduleDirectories", "preset")
"""By what a configuration of Jest tells it of names that only the compiler knows."""
USUAL = ("tests", "test", "__tests__")
LIMIT = re.compile(r"\b(?:testMatch|roots)\W+\[(.*?)\]", re.DOTALL)
WITHIN = re.compile(r"[\"'](?:<rootDir>/)?(\w+)[/\"']")


def _home(files: tuple[str, ...], limit: str) -> str:
    """The folder of tests: at the top, else where the project keeps its own, else where its tester looks."""
    tops = Counter(file.partition("/")[0] for file in files if "/" in file)
    usual = [each for each in USUAL if each in tops]
    if usual:
        return usual[0]
    inner = Counter(_top(file) for file in files if any(part in USUAL for part in file.split("/")))
    within = [each for each, _ in inner.most_common() if each.startswith(f"{limit}/")]
    return within[0] if within else f"{limit}/tests" if limit else "tests"


def _limited(tree: Tree, root: str) -> str:
    """The folder beyond which the project's Jest sees no tests (`testMatch`, `roots`); "" where it looks everywhere."""
    names = [each for each in tree.under(root) if JEST.match(_below(root, each))]
    limits = [each for name in names[:1] for each in LIMIT.findall(tree.string(name))]
    folders = {each for limit in limits for each in WITHIN.findall(limit)}
    return folders.pop() if len(folders) == 1 and not folders & {*USUAL} else ""


def _tells(tree: Tree, root: str, ours: set[str]) -> bool:
    """Whether the project configures its tester itself."""
    locks = "".join(tree.string(f"{folder}/{LOCK}") for folder in sorted(ours))
    for file in tree.under(root):
        name = _below(root, file)
        if CONFIGURATION.match(name) and f'"{name}"' not in locks:
            return True
    return False


def _inlined(evidence: Evidence, framework: Folder) -> tuple[str, ...]:
    """The packages among the dependencies that import the project's own files, which may be TypeScript."""
    loaders = framework.about.data.get("autoload", ())
    return tuple(each for each in loaders if each in evidence.manifest.dependencies)


def _aliases(tree: Tree, evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Names for folders that no configuration of the project's own tells the tester."""
    root = evidence.manifest.root
    found = language_of(evidence.manifest.language).aliases(tree, root)
    return tuple((name, _below(root, path)) for name, path in found)


def _above(root: str, conftest: str, folder: str) -> bool:
    """Whether pytest reads this conftest for every test below `folder`."""
    return PurePosixPath(folder, "x").is_relative_to(PurePosixPath(_below(root, conftest)).parent)


def _folder(
    root: str, files: tuple[str, ...], conftests: list[str], options: dict[str, str]
) -> str:
    declared = options.get("testpaths", "").split()
    tops = Counter(_top(_below(root, file)) for file in (*files, *conftests))
    tops.pop("", None)
    known = [each for each in declared if each.strip("/") in _parents(root, files)]
    if known:
        return known[0].strip("/")
    if not tops or TESTS in tops:
        return TESTS
    most, count = tops.most_common(1)[0]
    if 2 * count > tops.total() or len(tops) == 1:
        return most
    above = posixpath.commonpath([posixpath.dirname(each) for each in tops])
    return posixpath.join(above, TESTS)  # each package keeps its own: ours stands beside them


def _home_of_cases(tree: Tree, root: str) -> str:
    """`tests` where `manage.py` lies: from there the runner looks for packages."""
    found = [each for each in tree.under(root, "manage.py") if each.endswith("manage.py")]
    start = posixpath.dirname(_below(root, min(found, key=len))) if found else ""
    return posixpath.join(start, TESTS)


def _top(file: str) -> str:
    """The path down to the first folder that is called for tests, else the file's folder."""
    parts = PurePosixPath(file).parent.parts
    for index, part in enumerate(parts):
        if part in ("test", "tests", "testing"):
            return "/".join(parts[: index + 1])
    return "/".join(parts)


def _parents(root: str, files: tuple[str, ...]) -> set[str]:
    return {str(parent) for file in files for parent in PurePosixPath(_below(root, file)).parents}


def _below(root: str, file: str) -> str:
    return file if root == "." else file.removeprefix(root + "/")


def _options(tree: Tree, evidence: Evidence) -> dict[str, str]:
    """pytest's own options, from the file that pytest would take."""
    root = evidence.manifest.root
    for name, section in (
        ("pytest.ini", "pytest"),
        ("tox.ini", "pytest"),
        ("setup.cfg", "tool:pytest"),
    ):
        file = join(root, name)
        if file in tree and (found := _ini(tree.string(file), section)):
            return found
    tool = (evidence.manifest.tools.get("pytest") or {}).get("ini_options") or {}
    return {key: _flat(tool[key]) for key in KEPT if key in tool}


def _ini(text: str, section: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    if not parser.has_section(section):
        return {}
    return {key: value for key, value in parser[section].items() if key in KEPT}


def _flat(value: Any) -> str:
    return shlex.join(map(str, value)) if isinstance(value, list) else str(value)


def _asynchronous(
    tree: Tree, evidence: Evidence, files: tuple[str, ...], options: dict[str, str]
) -> str:
    declared = evidence.manifest.dependencies
    marked = any(b"mark.anyio" in tree.text(file) for file in files)
    if "pytest-asyncio" in declared and not marked:
        return f"pytest-asyncio:{options.get('asyncio_mode', 'strict')}"
    if marked:
        return "anyio"
    return ""
