"""What the worker behind the fence says to the caller: frames over a pipe."""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import traceback
from collections.abc import Callable
from typing import Any

from comfrey.model.problem import Problem

Tell = Callable[[str], None]


def send(writer: int, kind: str, content: Any) -> None:
    """`kind` is `tell`, `result`, `problem` or `error`."""
    data = pickle.dumps((kind, content))
    view = memoryview(struct.pack(">Q", len(data)) + data)
    while view:
        view = view[os.write(writer, view) :]


def send_failure(writer: int, error: BaseException) -> None:
    """Says what went wrong, if anyone still listens."""
    with contextlib.suppress(OSError):
        if isinstance(error, Problem):
            send(writer, "problem", vars(error))
        else:
            send(writer, "error", "".join(traceback.format_exception(error)))


def listen(reader: int, tell: Tell) -> Any:
    """Passes progress on until the result comes; raises the Problem that comes instead."""
    while True:
        header = _read(reader, 8)
        if len(header) < 8:
            raise Problem("The bench ended without a word: it was killed from outside")
        kind, content = pickle.loads(_read(reader, struct.unpack(">Q", header)[0]))
        if kind == "tell":
            tell(content)
        elif kind == "result":
            return content
        elif kind == "problem":
            what = content.pop("what")
            raise Problem(what, **content)
        else:
            raise Problem(f"The bench broke: {content.strip().splitlines()[-1]}\n{content}")


def _read(reader: int, size: int) -> bytes:
    parts = []
    while size and (part := os.read(reader, min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
