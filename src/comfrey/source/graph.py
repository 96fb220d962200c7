"""The module graph: dotted names, files, imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname
from types import MappingProxyType

from comfrey.source.language import Language
from comfrey.source.node import Import
from comfrey.source.tree import Tree

ASIDE = re.compile(r"(?:^|/)(?:docs?|docs_src|examples?|samples?|scripts?|bench(?:mark)?(?:e?s)?)/")
"""Folders whose files use an app and are no part of it."""
ON_PATH = re.compile(rb"""sys\.path\.(?:insert|append)\([^\n]*["']([\w/]+)["']""")
MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py")
RUN = "manage.py"
REQUIRING = re.compile(
    r"(?:^|/)(?:requirements?[^/]*\.(?:txt|in)|pyproject\.toml|Pipfile|setup\.(?:py|cfg))$"
)


class Graph:
    """Modules of one app. `roots` are the folders that imports start from, relative to the tree."""

    library: Mapping[str, str] = MappingProxyType({})
    """Modules of packages outside the tree whose documented behaviour the shelf spells out."""

    def __init__(
        self, tree: Tree, language: Language, root: str = ".", roots: tuple[str, ...] = ()
    ) -> None:
        self.tree = tree
        self.language = language
        self.root = root.strip("/") or "."
        self.roots = roots or self._guessed_roots()
        self.modules: dict[str, str] = {}
        """Dotted name → file, for every module under the roots (packages by their `__init__`)."""
        self._names: dict[str, str] = {}
        for each in self.roots:
            for name, file in language.modules(tree.under(each), each).items():
                self.modules.setdefault(name, file)
                self._names.setdefault(file, name)
        self._packages = {part for name in self.modules for part in _parents(name)}
        self._anywhere = language.modules(tree.files, ".")
        self._words = {part for name in self._anywhere for part in name.split(".")}
        self._canonical: dict[tuple[str, str], str | None] = {}
        self._required: set[bytes] | None = None
        self._sources: tuple[tuple[str, bytes], ...] | None = None
        self._named: dict[str, tuple[str, ...]] = {}
        self._imports: dict[str, tuple[str, ...]] = {}

    def _guessed_roots(self) -> tuple[str, ...]:
        """The app's folder, and below it what has a manifest or is called `src` — deepest first, so that
        a file gets the shortest name by which it can be imported. A folder by whose name others import
        (`from src.auth import …`) is a package, not a root, unless the program is run from there."""
        inside = self.tree.under(self.root)
        manifests = (f for f in inside if f.rpartition("/")[2] in MANIFESTS)
        found = {dirname(f) or "." for f in manifests if not self.language.is_test(f)}
        found.add(self.root)
        sources = {_join(each, name) for each in found for name in ("src", "lib", "python")}
        folders = {dirname(file) for file in inside if file.endswith(self.language.suffixes)}
        starts = tuple(folder + "/" for folder in folders)
        found |= {each for each in sources if any(s.startswith(each + "/") for s in starts)}
        run = {dirname(f) for f in inside if f.rpartition("/")[2] == RUN} | {self.root}
        kept = [each for each in found if each in run or not self._is_package(each, inside)]
        kept += [each for each in self._put_on_path(inside) if each not in kept]
        return tuple(sorted(kept, key=lambda each: (-len(each.split("/")), each == ".", each)))

    def _put_on_path(self, inside: tuple[str, ...]) -> set[str]:
        """Folders that code itself makes a start of imports: `sys.path.insert(0, str(BASE / "apps"))`."""
        words = {
            match.decode()
            for file in inside
            if file.endswith(self.language.suffixes) and not self.language.is_test(file)
            for match in ON_PATH.findall(self.tree.text(file))
        }
        folders = {_join(self.root, word) for word in words}
        return {each for each in folders if any(f.startswith(each + "/") for f in inside)}

    def _is_package(self, folder: str, inside: tuple[str, ...]) -> bool:
        if f"{folder}/__init__.py" in self.tree:
            return True
        twin = f"{folder}/{folder.rpartition('/')[2]}"
        if any(file.startswith((f"{twin}/", f"{twin}.")) for file in inside):
            return False  # `app/app/settings.py`: who imports `app` means the inner one
        name = folder.rpartition("/")[2].encode()
        needles = (b"from " + name + b".", b"import " + name + b".", b"from " + name + b" import")
        return any(
            needle in data
            for file in inside
            if file.endswith(self.language.suffixes) and name in (data := self.tree.text(file))
            for needle in needles
        )

    def lay(self, library: dict[str, str]) -> None:
        """Makes modules of the library (dotted name → file of the overlaid tree) known where the tree has
        none of that name."""
        fresh = {name: file for name, file in library.items() if name not in self.modules}
        self.library = fresh
        self.modules.update(fresh)
        self._names.update({file: name for name, file in fresh.items()})
        self._packages |= {part for name in fresh for part in _parents(name)}

    def is_library(self, module: str) -> bool:
        """Whether the module, or the package that it names, is outside the tree and only spelled out."""
        if not self.library:
            return False
        start = module + "."
        known = module in self.library or any(name.startswith(start) for name in self.library)
        return known and not any(
            name == module or name.startswith(start)
            for name in self.modules
            if name not in self.library
        )

    def file(self, module: str, importing: str = "") -> str | None:
        """The module's file, or None when it is outside the tree (or a folder without `__init__`).

        A name that no root has is tried from the folders above the importing file, as if the program had
        been started there."""
        found = self.modules.get(module)
        if found is not None or not importing or module.partition(".")[0] not in self._words:
            return found
        folder = dirname(importing).replace("/", ".")
        while folder:
            found = self._anywhere.get(f"{folder}.{module}")
            if found not in (None, importing) and not self._shadows(folder, module, importing):
                return found
            folder = folder.rpartition(".")[0]
        return self._anywhere.get(module)

    def _shadows(self, folder: str, module: str, importing: str) -> bool:
        """Whether a package only happens to hold the name of a library: `core/celery.py` beside
        `from celery import Celery`, or `core/fastapi/` whose own files import `fastapi`."""
        base = folder.replace(".", "/")
        first = f"{base}/{module.partition('.')[0]}"
        if f"{base}/__init__.py" not in self.tree:
            return False
        if f"{first}.py" in self.tree:
            return True
        return importing.startswith(first + "/") and self._is_required(module.partition(".")[0])

    def _is_required(self, package: str) -> bool:
        """Whether a manifest names the package among what the project needs."""
        if self._required is None:
            texts = (self.tree.text(f) for f in self.tree.files if REQUIRING.search(f))
            self._required = {
                word for text in texts for word in re.findall(rb"[A-Za-z][\w-]*", text)
            }
        return package.encode() in self._required

    def module(self, file: str) -> str:
        """The dotted name by which code of the app imports the file."""
        name = self._names.get(file)
        if name is None:
            stem = file.rpartition(".")[0].removesuffix("/__init__")
            name = self._names[file] = stem.replace("/", ".")
            self.modules.setdefault(name, file)
            self._packages |= set(_parents(name))
        return name

    def canonical(self, module: str, importing: str = "") -> str | None:
        """The one name of a module that may be imported by several; None when it is not in the tree."""
        key = (module, importing)
        if key not in self._canonical:
            file = self.file(module, importing)
            outside = module if module in self._packages else None
            self._canonical[key] = self.module(file) if file is not None else outside
        return self._canonical[key]

    def is_package(self, module: str) -> bool:
        """Whether the module is a folder of modules (with or without `__init__`)."""
        return module in self._packages or self.modules.get(module, "").endswith("/__init__.py")

    def target(self, importing: str, statement: Import) -> str:
        """The absolute dotted module that an import statement in module `importing` names."""
        name = "." * statement.level + statement.module
        return self.language.absolute(name, importing, self._is_init(importing))

    def _is_init(self, module: str) -> bool:
        return self.modules.get(module, "").rpartition("/")[2] == "__init__.py"

    def submodules(self, package: str) -> tuple[str, ...]:
        """The modules directly inside a package, sorted."""
        start = package + "."
        return tuple(
            sorted(m for m in self.modules if m.startswith(start) and "." not in m[len(start) :])
        )

    def imports(self, module: str) -> tuple[str, ...]:
        """In-tree modules that the module imports anywhere in its text (a cheap byte scan), sorted;
        packages on the way included."""
        if module not in self._imports:
            names = self._names_in(module)
            names |= {part for name in names for part in _parents(name)}
            self._imports[module] = self._in_tree(names, module)
        return self._imports[module]

    def named(self, module: str) -> tuple[str, ...]:
        """In-tree modules that the module's imports name themselves, sorted; packages that are merely on
        the way left out."""
        if module not in self._named:
            self._named[module] = self._in_tree(self._names_in(module), module)
        return self._named[module]

    def _names_in(self, module: str) -> set[str]:
        file = self.modules.get(module)
        if file is None:
            return set()
        data = self.tree.text(file)
        names = self.language.imports(data, module, self._is_init(module))
        known = {name for name in names if name.partition(".")[0] in self._words}
        below = tuple(name for name in known if name.endswith("."))
        if below:
            known |= {each for each in self.modules if each.startswith(below)}
        return {name.rstrip(".") for name in known} - {"", module}

    def _in_tree(self, names: set[str], module: str) -> tuple[str, ...]:
        importing = self.modules.get(module, "")
        found = (self.canonical(name, importing) for name in names)
        return tuple(sorted({each for each in found if each in self.modules}))

    def importers(self, modules: Iterable[str], removes: int = 2) -> frozenset[str]:
        """The modules and what imports them by name, directly or through others; tests and examples are
        left out. Only texts in which a module's last name stands are scanned."""
        seen = frozenset(modules)
        fresh = seen
        for _ in range(removes):
            found = {
                name
                for module in sorted(fresh)
                for name in self._mentioning(module)
                if name not in seen and module in self.named(name)
            }
            fresh = frozenset(found)
            seen |= fresh
        return seen

    def _mentioning(self, module: str) -> Iterable[str]:
        """Modules that may import this one: they have its last name, or stand in it (`from . import x`)."""
        word = module.rpartition(".")[2].encode()
        inside = module + "."
        for name, data in self._texts():
            if word in data or name.startswith(inside):
                yield name

    def _texts(self) -> tuple[tuple[str, bytes], ...]:
        if self._sources is None:
            self._sources = tuple(
                (name, self.tree.text(file))
                for file, name in sorted(self._names.items())
                if not self.language.is_test(file) and not ASIDE.search(file)
            )
        return self._sources

    def reachable(self, modules: Iterable[str]) -> frozenset[str]:
        """The modules and all that they import, directly or not, packages' `__init__` included."""
        waiting = [part for m in modules for part in (*_parents(m), m) if part in self.modules]
        seen = set(waiting)
        while waiting:
            fresh = set(self.imports(waiting.pop())) - seen
            seen |= fresh
            waiting += sorted(fresh)
        return frozenset(seen)


def _parents(name: str) -> tuple[str, ...]:
    """`a.b` of `a.b.c`, and `a`: outermost first."""
    parts = name.split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts)))


def _join(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"
