"""The shelf's templates, loaded once per suite."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from comfrey.stacks import shelf


class Templates:
    """Templates by their path on the shelf; every one sees `wait`, `coroutine`, `asynchronous` and `legacy`
    (the ORM is older than its present style), `tables` (what code calls those that no class stands for), and for JavaScript `typed(text)`, which is the text in
    TypeScript only, and `native` for ES modules."""

    def __init__(
        self,
        *,
        asynchronous: bool,
        typed: bool = False,
        native: bool = True,
        legacy: bool = False,
        tables: Collection[str] = (),
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(shelf.HERE),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        self._environment.globals.update(
            asynchronous=asynchronous,
            legacy=legacy,
            tables=tables,
            wait="await " if asynchronous else "",
            coroutine="async " if asynchronous else "",
            typed=lambda text: text if typed else "",
            native=native,
        )

    def render(self, path: str, **context: Any) -> str:
        """The template at `path` with `context`."""
        return self._environment.get_template(path).render(**context)

    def module(self, path: str) -> Any:
        """The macros of the template at `path`."""
        return self._environment.get_template(path).module

    def module_with(self, path: str, **context: Any) -> Any:
        """The macros of the template at `path`, all of which see `context`."""
        return self._environment.get_template(path).make_module(context)


def slot(kind: str, key: str, name: str) -> str:
    """The path of the template `name` in the folder or the nearest that it extends; "" for none."""
    if (shelf.HERE / kind / key / name).is_file():
        return f"{kind}/{key}/{name}"
    found = shelf.folder(kind, key)
    for each in shelf.lineage(found) if found else ():
        if each.has(name):
            return f"{kind}/{each.key}/{name}"
    return ""


def is_legacy(orm: str, versions: Mapping[str, str]) -> bool:
    """Whether the version of the ORM in force is older than the style that its templates are written in."""
    found = shelf.folder("orms", orm)
    for each in shelf.lineage(found) if found else ():
        since = each.about.data.get("since", {})
        for package, major in since.items():
            return int(versions.get(package, str(major)).partition(".")[0] or 0) < int(major)
    return False
