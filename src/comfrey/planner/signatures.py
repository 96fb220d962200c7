"""Requests that must be signed: without the right signature they are refused, and nothing changes."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Refusal
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
    header = _header(endpoint, refusal)
    if refusal is None or not header:
        return []
    expected = law.refused(refusal, "requests are signed")
    headers = ((header, column("signature")),)
    play = scene(world, endpoint, signed=False).calling(headers=headers)
    return [
        draft(
            world,
            endpoint,
            f"refuses {_unsigned(world, endpoint)}",
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


def _unsigned(world: World, endpoint: Endpoint) -> str:
    """What arrives: `receives a payment event` → `an unsigned payment event`, `receives payments` → `unsigned payments`."""
    said = deed(world, endpoint).partition(" ")[2] or "a request"
    article, _, thing = said.partition(" ")
    if article in ("a", "an", "the"):
        return f"an unsigned {thing}"
    return f"unsigned {said}" if said.endswith("s") else f"an unsigned {said}"


def _header(endpoint: Endpoint, refusal: Refusal | None) -> str:
    """The header that carries the signature: the one that is checked, else by its name."""
    found = [each.name for each in parameters(endpoint, "header") if signs(each.name)]
    if not found and refusal and refusal.origin and refusal.origin.kind == "header":
        found = [refusal.origin.name]
    return found[0] if len(found) == 1 else ""


def _wrong() -> Value:
    return Literal(value=WRONG)


def _row(said: str, value: Value) -> Variation:
    return Variation(id=said, cells=(("signature", value),))
