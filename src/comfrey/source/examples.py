"""Files that stand in for ones that every user writes for himself: `config.ts.example` for `config.ts`."""

from __future__ import annotations

import re

EXAMPLE = re.compile(
    r"^(?P<name>.+\.(?:[cm]?[jt]s|py|go|rb|json|ya?ml|toml|ini|cfg))[.-](?:example|sample|dist|template)$",
    re.IGNORECASE,
)


def meant(name: str) -> str:
    """The file that an example stands in for; "" for what is no example."""
    found = EXAMPLE.match(name)
    return found["name"] if found else ""
