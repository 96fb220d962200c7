"""Bugs as SARIF 2.1.0, for code-scanning views."""

from __future__ import annotations

from typing import Any

import msgspec

from comfrey import __version__
from comfrey.model.history import History
from comfrey.model.place import Place
from comfrey.model.remedy import Verdict
from comfrey.reporter.tally import app_repairs, open_bugs

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(history: History) -> str:
    """One run with a result per bug; fixed ones carry level `note`."""
    results = [_result(verdict, "error") for verdict in open_bugs(history)]
    results += [_result(repair.verdict, "note") for repair in app_repairs(history)]
    driver = {"name": "comfrey", "version": __version__, "rules": [{"id": "app-bug"}]}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _result(verdict: Verdict, level: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": "app-bug",
        "level": level,
        "message": {"text": verdict.sentence},
    }
    if verdict.place:
        result["locations"] = [_location(verdict.place)]
    return result


def _location(place: Place) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": place.file},
            "region": {"startLine": max(place.line, 1)},
        }
    }
