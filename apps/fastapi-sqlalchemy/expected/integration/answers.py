"""Reading answers and varying requests."""

from copy import deepcopy
from typing import Any

from httpx import Response

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


def refused_fields(response: Response) -> set[str]:
    """The fields that a validation error names: dotted paths, and their last parts."""
    errors = response.json()["detail"]
    paths = [[str(step) for step in error["loc"]] for error in errors]
    return {path[-1] for path in paths} | {".".join(path[1:]) for path in paths}
