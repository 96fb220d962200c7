"""What a handler cuts out of the address itself, where the router knows no parameters: `/books/` and all below it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

PARAMETER = re.compile(r"\{(\w+)\}")
"""A part of the address that is a parameter's, and nothing else."""
CUTTING: dict[str, Callable[..., Any]] = {
    "strings.TrimPrefix": str.removeprefix,
    "strings.TrimSuffix": str.removesuffix,
    "strings.Trim": str.strip,
    "strings.TrimLeft": str.lstrip,
    "strings.TrimRight": str.rstrip,
    "strings.Split": str.split,
    "strings.SplitN": lambda text, sign, count: text.split(sign, count - 1 if count > 0 else -1),
    "strings.CutPrefix": str.removeprefix,
    "path.Base": posixpath.basename,
    "path/filepath.Base": posixpath.basename,
    "<slice>": lambda text, low=None, high=None: text[low:high],
}


def cut(name: str, text: str, more: tuple[object, ...]) -> str | list[str] | None:
    """What one of these functions leaves of an address; None for any other, and where it cannot be told."""
    function = CUTTING.get(name)
    if function is None:
        return None
    try:
        found = function(text, *more)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, str | list) else None
