"""Reading answers and varying requests."""

from copy import deepcopy
from typing import Any

MISSING = object()


def altered(body: Any, path: str, value: Any) -> Any:
    """A copy of `body` with the member at `path` (`items.0.name`) set, or left out."""
    changed = deepcopy(body)
    *parents, last = (int(step) if step.isdigit() else step for step in path.split("."))
    target = changed
    for step in parents:
        target = target[step]
    if value is MISSING:
        del target[last]
    else:
        target[last] = value
    return changed
