"""Host names behind the fence: outside names that lead to the loopback."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from comfrey.bench.fence import NAMESPACE, fence_kind

HOSTS = Path("/etc/hosts")
MARK = "127.0.0.1 localhost\n::1 localhost\n"


def can_redirect() -> bool:
    """Whether `redirect` works: we stand behind the namespace fence, with a hosts file of our own."""
    try:
        return fence_kind() == NAMESPACE and HOSTS.read_text().startswith(MARK)
    except OSError:
        return False


def redirect(names: Iterable[str], address: str = "127.0.0.1") -> None:
    """From now on the names lead to `address`. Only behind the namespace fence."""
    lines = "".join(f"{address} {name}\n" for name in sorted(set(names)))
    with HOSTS.open("a") as file:
        file.write(lines)
