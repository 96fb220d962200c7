"""What was found, missed and made up, per kind of thing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

COLUMNS = ("endpoints R/P", "F1", "auth", "models", "fields", "services")


@dataclass
class Count:
    """`found` in both, `missed` only in the truth, `extra` only in the scan."""

    found: int = 0
    missed: int = 0
    extra: int = 0

    def __iadd__(self, other: Count) -> Count:
        self.found += other.found
        self.missed += other.missed
        self.extra += other.extra
        return self

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.extra) if self.found + self.extra else 1.0

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0

    def __str__(self) -> str:
        made_up = f" +{self.extra}" if self.extra else ""
        return f"{self.found}/{self.found + self.missed}{made_up}"


@dataclass
class Scores:
    """The counts of one tree, or of all."""

    endpoints: Count = field(default_factory=Count)
    auth: Count = field(default_factory=Count)
    models: Count = field(default_factory=Count)
    fields: Count = field(default_factory=Count)
    services: Count = field(default_factory=Count)

    def __iadd__(self, other: Scores) -> Scores:
        for name in vars(self):
            setattr(self, name, getattr(self, name).__iadd__(getattr(other, name)))
        return self

    def cells(self) -> tuple[str, ...]:
        """The row of the table, in the order of `COLUMNS`."""
        routes = self.endpoints
        return (
            f"{routes.recall:.3f}/{routes.precision:.3f}",
            f"{routes.f1:.3f}",
            *(str(each) for each in (self.auth, self.models, self.fields, self.services)),
        )


def score(truth: dict[str, Any], scan: dict[str, Any]) -> Scores:
    """The scan (`comfrey scan --json`) of a tree against its truth; several apps count as one."""
    apps = scan["apps"]
    endpoints = [each for app in apps for each in app["endpoints"]]
    records = {each["name"]: each for app in apps for each in app["records"]}
    services = [each for app in apps for each in app["services"]]
    scores = Scores()
    _score_endpoints(truth, endpoints, scores)
    _score_models(truth, records, scores)
    wanted = {(each["kind"], each["name"].lower()) for each in truth["services"]}
    found = {(each["kind"], each["name"].lower()) for each in services}
    scores.services = _compared(wanted, found)
    return scores


def _compared(wanted: set[Any], found: set[Any]) -> Count:
    return Count(len(wanted & found), len(wanted - found), len(found - wanted))


def path_of(path: str) -> str:
    """A path with its parameters reduced to `{}`; `/` for the empty one."""
    return re.sub(r"\{[^}]*\}", "{}", path) or "/"


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[1] == other[1] and (one[0] == other[0] or "ANY" in (one[0], other[0]))


def _key(endpoint: dict[str, Any]) -> tuple[str, str]:
    return endpoint["method"], path_of(endpoint["path"])


def _score_endpoints(truth: dict[str, Any], found: list[dict[str, Any]], scores: Scores) -> None:
    neutral = [_key(each) for each in truth.get("optional_endpoints", ())]
    wanted = truth["endpoints"]
    for each in wanted:
        match = next((e for e in found if _same(_key(e), _key(each))), None)
        scores.endpoints += Count(int(match is not None), int(match is None))
        if match is not None and each.get("auth") is not None:
            right = match["auth"] == each["auth"]
            scores.auth += Count(int(right), int(not right))
    known = [_key(each) for each in wanted] + neutral
    extra = {_key(e) for e in found if not any(_same(_key(e), each) for each in known)}
    scores.endpoints.extra += len(extra)


def _score_models(
    truth: dict[str, Any], records: dict[str, dict[str, Any]], scores: Scores
) -> None:
    wanted = {each["name"]: each for each in truth["models"]}
    scores.models = _compared(set(wanted), set(records))
    for name in sorted(set(wanted) & set(records)):
        ours = {each["name"] for each in records[name]["fields"]}
        scores.fields += _compared({each["name"] for each in wanted[name]["fields"]}, ours)
