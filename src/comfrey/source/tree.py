"""The listing of a source tree: what is the project's own text, and what is left out."""

from __future__ import annotations

import codecs
import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase, translate
from pathlib import Path

from comfrey.model.place import Place, Unknown
from comfrey.model.problem import EXIT_NO_PROJECT, Problem
from comfrey.source.examples import meant
from comfrey.source.ignore import FILES, IgnoreFile, is_foreign
from comfrey.source.node import Module
from comfrey.source.tracked import Tracked

MAX_BYTES = 2_000_000
MAX_FILES = 200_000
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BINARY_PROBE = 8192
WILD = re.compile(r"[*?\[]")
PACKABLE = (".js", ".cjs", ".mjs")
PACKED_SIZE, PACKED_LINE = 5_000, 500
"""Bytes of the smallest script that may be a bundle, and how long its lines are on average."""


def as_utf8(data: bytes) -> bytes:
    """A text file's bytes without its mark; UTF-16, as PowerShell redirects output, in UTF-8."""
    if data.startswith(UTF16):
        return data.decode("utf-16", "replace").replace("\r\n", "\n").encode()
    return data.removeprefix(codecs.BOM_UTF8)


class Tree:
    """The files of a project after ignore rules. Texts are read once and kept."""

    def __init__(
        self,
        root: Path,
        files: tuple[str, ...],
        left_out: tuple[Unknown, ...] = (),
        examples: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root
        self.files = files
        """Sorted paths relative to `root`, with `/`. Ignored, vendored and generated files are not among them."""
        self.left_out = list(left_out)
        """Files that should have been read and could not be: too large, unreadable, binary."""
        self.examples = dict(examples or {})
        """Files that are not there, by the examples that stand in for them."""
        self._texts: dict[str, bytes] = {}
        self._holding: dict[tuple[bytes, tuple[str, ...]], frozenset[str]] = {}
        self._matching: dict[str, str | None] = {}
        self._known = frozenset(files)
        self.modules: dict[tuple[str, str], Module | None] = {}
        """What its files were parsed to, by language and path: the apps of one repository share packages."""

    def __contains__(self, file: str) -> bool:
        return file in self._known

    def text(self, file: str) -> bytes:
        """The file's bytes; b"" (and a line in `left_out`) when it cannot be read."""
        if file not in self._texts:
            try:
                self._texts[file] = self._read(file)
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                self._texts[file] = b""
                if file in self._known:
                    self.left_out.append(
                        Unknown(subject=file, reason=reason or "", place=Place(file=file))
                    )
        return self._texts[file]

    def overlaid(self, texts: Mapping[str, bytes]) -> Tree:
        """A twin that also knows these texts by their paths; they are not among its `files`."""
        twin = Tree(self.root, self.files, examples=self.examples)
        twin.left_out = self.left_out
        twin._texts = {**self._texts, **texts}
        twin._holding = self._holding
        twin._matching = self._matching
        twin.modules = self.modules
        return twin

    def _read(self, file: str) -> bytes:
        path = self.root / self.examples.get(file, file)
        if file not in self._known and not path.resolve().is_relative_to(self.root):
            raise ValueError("lies outside the tree")
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > MAX_BYTES:
                raise ValueError(f"larger than {MAX_BYTES // 1_000_000} MB ({size:,} bytes)")
            data = stream.read(MAX_BYTES + 1)
        data = as_utf8(data)
        if b"\0" in data[:BINARY_PROBE]:
            raise ValueError("is binary")
        if file.endswith(PACKABLE) and is_packed(data):
            raise ValueError("is minified")
        return data

    def string(self, file: str) -> str:
        """The file's text, decoded as UTF-8 with replacement."""
        return self.text(file).decode("utf-8", "replace")

    def exists(self, file: str) -> bool:
        """Whether the path exists at all, ignored or not (`.env`, a lock file)."""
        return (self.root / file).exists()

    def named(self, *names: str) -> tuple[str, ...]:
        """Files with one of these base names, as `pyproject.toml`; globs such as `*.prisma` are understood."""
        exact = {name for name in names if not any(c in name for c in "*?[")}
        globs = [name for name in names if name not in exact]
        return tuple(
            file
            for file in self.files
            if (base := file.rpartition("/")[2]) in exact
            or any(fnmatchcase(base, glob) for glob in globs)
        )

    def first(self, glob: str) -> str | None:
        """The first file whose whole path the glob matches; its `*` crosses folders."""
        if glob not in self._matching:
            self._matching[glob] = next(self._matches(glob), None)
        return self._matching[glob]

    def _matches(self, glob: str) -> Iterator[str]:
        """Only what begins as the glob does is compared: a repository asks some thousand of them."""
        plain = WILD.split(glob, maxsplit=1)[0]
        if plain == glob:
            yield from (glob,) if glob in self._known else ()
            return
        matches = re.compile(translate(glob)).match
        for at in range(bisect_left(self.files, plain), len(self.files)):
            if not self.files[at].startswith(plain):
                return
            if matches(self.files[at]):
                yield self.files[at]

    def under(self, folder: str, suffix: str = "") -> tuple[str, ...]:
        """Files inside `folder` ("" or "." for all) that end in `suffix`."""
        start = "" if folder in ("", ".") else folder.rstrip("/") + "/"
        return tuple(f for f in self.files if f.startswith(start) and f.endswith(suffix))

    def containing(self, needles: Iterable[bytes], suffix: str = ".py") -> tuple[str, ...]:
        """Files ending in `suffix` that contain at least one of the needles: the byte prefilter."""
        found = self.holding(needles, (suffix,))
        return tuple(file for file in self.files if file in found)

    def holding(self, needles: Iterable[bytes], suffixes: tuple[str, ...]) -> frozenset[str]:
        """The same, in no order; each needle is looked for once."""
        return frozenset().union(*(self._holders(each, suffixes) for each in needles))

    def _holders(self, needle: bytes, suffixes: tuple[str, ...]) -> frozenset[str]:
        key = (needle, suffixes)
        if key not in self._holding:
            files = (file for file in self.files if file.endswith(suffixes))
            self._holding[key] = frozenset(file for file in files if needle in self.text(file))
        return self._holding[key]

    def place(self, file: str, start: int, end: int | None = None, name: str = "") -> Place:
        """The place of bytes `start:end` of a file."""
        data = self.text(file)
        line = data.count(b"\n", 0, start) + 1
        end_line = line if end is None else line + data.count(b"\n", start, max(start, end - 1))
        return Place(file=file, line=line, end_line=end_line, name=name)


def is_packed(data: bytes) -> bool:
    """Whether a script's lines are longer than anybody writes them: a bundle, whatever its name is."""
    return len(data) > PACKED_SIZE and data.count(b"\n") * PACKED_LINE < len(data)


def open_tree(path: Path) -> Tree:
    """The tree at `path`. `Problem` (exit 3) when it is no readable folder."""
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "does not exist"
        raise Problem(
            f"{path} {what}", next_step="Name the root of a project.", code=EXIT_NO_PROJECT
        )
    root = path.resolve()
    left_out: list[Unknown] = []
    try:
        os.scandir(root).close()
    except OSError as error:
        raise Problem(f"{path} cannot be listed: {error.strerror}", code=EXIT_NO_PROJECT) from error
    files = sorted(_listing(root, "", (), Tracked(root), left_out))
    examples = dict(_examples(root, files))
    left_out += [
        Unknown(subject=file, reason=f"is not there: {example} stands in for it")
        for file, example in examples.items()
    ]
    return Tree(root, tuple(sorted([*files[:MAX_FILES], *examples])), tuple(left_out), examples)


def _examples(root: Path, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(file that is not there, its example)."""
    for each in files:
        folder, slash, name = each.rpartition("/")
        own = meant(name)
        if own and not (root / folder / own).exists():
            yield f"{folder}{slash}{own}", each


def _listing(
    root: Path,
    folder: str,
    ignores: tuple[tuple[str, IgnoreFile], ...],
    tracked: Tracked,
    left_out: list[Unknown],
) -> Iterator[str]:
    """Files below `folder`, which ends in `/` or is empty. Links to folders are not followed: no loops."""
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        left_out.append(Unknown(subject=folder, reason=error.strerror or "cannot be listed"))
        return
    own = next((entry for entry in entries if entry.name == ".gitignore"), None)
    if own is not None and own.is_file():
        text = Path(own.path).read_text("utf-8", "replace")
        ignores = (*ignores, (folder, IgnoreFile(text)))
    for entry in entries:
        path = folder + entry.name
        inside = entry.is_dir(follow_symlinks=False)
        ignored = any(i.matches(path[len(base) :], entry.name, inside) for base, i in ignores)
        if ignored and path not in tracked:
            continue
        if inside:
            if not is_foreign(Path(entry.path), entry.name):
                yield from _listing(root, path + "/", ignores, tracked, left_out)
        elif entry.is_file() and not FILES.match(entry.name) and _is_inside(root, entry):
            yield path


def _is_inside(root: Path, entry: os.DirEntry[str]) -> bool:
    """Whether a file that may be a link lies in the tree."""
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)
