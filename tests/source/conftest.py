"""A small tree of Python files, and the routes that a framework would see in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comfrey.languages.open import open_codebase
from comfrey.source.codebase import Codebase
from comfrey.source.tree import open_tree
from comfrey.source.value import Choice, FunctionValue, Instance, Value, text_of

METHODS = ("get", "post", "put", "patch", "delete", "websocket")
NEEDLES = (b"FastAPI(", b"APIRouter")


@pytest.fixture
def code(tmp_path: Path) -> Iterator[Callable[..., Codebase]]:
    """Writes files (path → text) and opens them as one app; what the evaluator trips over fails the test."""
    opened: list[Codebase] = []

    def write(files: dict[str, str], root: str = ".") -> Codebase:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        opened.append(open_codebase(open_tree(tmp_path), root=root))
        return opened[-1]

    yield write
    assert not [fault for each in opened for fault in each.evaluator.faults]


@pytest.fixture
def routes(code: Callable[..., Codebase]) -> Callable[..., list[str]]:
    """The routes of all `FastAPI` objects, as `GET /path handler`, read from events alone."""

    def read(files: dict[str, str], root: str = ".") -> list[str]:
        codebase = code(files, root)
        codebase.run_all(NEEDLES)
        found: list[str] = []
        for event in codebase.evaluator.made("fastapi.FastAPI"):
            found += _routes(codebase, event.result, "")
        return found

    return read


def _routes(codebase: Codebase, of: Value | None, prefix: str) -> list[str]:
    if isinstance(of, Choice):
        of = of.options[0]
    found: list[str] = []
    for event in codebase.evaluator.on(of) if isinstance(of, Instance) else ():
        if event.name in METHODS:
            path = text_of(event.argument(0, "path"))
            found.append(f"{event.name.upper()} {prefix}{path} {_name(event.target)}")
        elif event.name == "add_api_route":
            path, handler = event.argument(0, "path"), event.argument(1, "endpoint")
            found.append(f"ADD {prefix}{text_of(path)} {_name(handler)}")
        elif event.name in ("include_router", "mount"):
            is_mount = event.name == "mount"
            inner = event.argument(1, "app") if is_mount else event.argument(0, "router")
            given = event.argument(0, "path") if is_mount else event.kwarg("prefix")
            outer = text_of(given) if given is not None else ""
            own = inner.kwarg("prefix") if isinstance(inner, Instance) else None
            whole = f"{prefix}{outer}{text_of(own) if own is not None else ''}"
            found += _routes(codebase, inner, whole)
    return found


def _name(handler: Value | None) -> str:
    inner = getattr(handler, "function", handler)
    return inner.name if isinstance(inner, FunctionValue) else "?"
