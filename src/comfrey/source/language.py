"""What `source` asks of a language; `languages/` answers."""

from __future__ import annotations

from typing import Protocol

from comfrey.source.node import Module, SourceFile


class Language(Protocol):
    """The facts of one language."""

    @property
    def name(self) -> str: ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its source files, `.py`."""
        ...

    def parse(self, source: SourceFile) -> Module:
        """The file lowered to nodes; never raises, what cannot be read is in `errors`."""
        ...

    def modules(self, files: tuple[str, ...], root: str) -> dict[str, str]:
        """Dotted module name → file for the files under `root`."""
        ...

    def imports(self, data: bytes, module: str, package: bool) -> tuple[str, ...]:
        """Absolute dotted names that a text may import, by a cheap scan (`from a import b` gives a and a.b)."""
        ...
