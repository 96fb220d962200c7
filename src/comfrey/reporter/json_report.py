"""The whole History as JSON: what every other format was made from."""

from __future__ import annotations

from typing import Any

import msgspec

from comfrey.model.history import History
from comfrey.model.noun import to_json
from comfrey.reporter.tally import summary


def json_report(history: History) -> str:
    """`{"schema": 1, "summary": …, "history": …}`, indented, ending in a newline."""
    numbers = summary(history)
    document: dict[str, Any] = {
        "schema": 1,
        "summary": {
            "total": numbers.total,
            "passed": numbers.passed,
            "failed": numbers.failed,
            "unresolved": numbers.unresolved,
        },
        "history": msgspec.Raw(to_json(history)),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
