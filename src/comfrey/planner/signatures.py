"""Requests that must be signed: without the right signature they are refused, and nothing changes."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, Parameter
from comfrey.model.plan import Case, Variation
from comfrey.model.value import Literal, Value
from comfrey.planner import law
from comfrey.planner.deeds import deed
from comfrey.planner.drafts import column, draft, nothing_changes
from comfrey.planner.needs import scene
from comfrey.planner.owed import signs
from comfrey.planner.world import World, parameters

WRONG = "0123456789abcdef" * 4


def cases(world: World, endpoint: Endpoint) -> list[Case]:
    """An empty signature and a wrong one; the right one is the secret's holder's to make."""
    refusal = next(iter(law.of(endpoint, "signature")), None)
    header = _header(endpoint)
    if refusal is None or header is None:
        return []
    expected = law.refused(refusal, "requests are signed")
    headers = ((header.name, column("signature")),)
    play = scene(world, endpoint, signed=False).calling(headers=headers)
    return [
        draft(
            world,
            endpoint,
            f"refuses an unsigned {_what(world, endpoint)}",
            nothing_changes(world, play, expected),
            kind="auth",
            because=(expected.because,),
            variations=(
                _row("an empty signature", Literal(value="")),
                _row("a wrong signature", _wrong()),
            ),
            columns=("signature",),
        )
    ]


def _what(world: World, endpoint: Endpoint) -> str:
    """What arrives: `receives a payment event` → `payment event`."""
    said = deed(world, endpoint).partition(" ")[2]
    return said.removeprefix("a ").removeprefix("an ").removeprefix("the ") or "request"


def _header(endpoint: Endpoint) -> Parameter | None:
    """The header that carries the signature, by its name."""
    found = [each for each in parameters(endpoint, "header") if signs(each.name)]
    return found[0] if len(found) == 1 else None


def _wrong() -> Value:
    return Literal(value=WRONG)


def _row(said: str, value: Value) -> Variation:
    return Variation(id=said, cells=(("signature", value),))
