"""The law of expectations: what an answer must be, and who says so (declared → catalog → convention → REST)."""

from __future__ import annotations

from typing import Any

from comfrey.model.endpoint import Endpoint, Guard
from comfrey.model.noun import Noun
from comfrey.model.origin import Refusal
from comfrey.model.place import Because
from comfrey.planner.world import World
from comfrey.stacks import shelf

FLAWED = (401, 403)


class Expected(Noun, frozen=True, kw_only=True):
    """The statuses that count as right, with the reason. Several only where several are equally declared."""

    codes: tuple[int, ...]
    because: Because


def success(endpoint: Endpoint) -> Expected:
    """The declared success status; beside it what is answered where the machine is short of what is measured."""
    because = Because(text=f"answers {endpoint.status}", place=endpoint.handler.place)
    unwell = () if endpoint.unwell_status is None else (endpoint.unwell_status,)
    return Expected(codes=(endpoint.status, *unwell), because=because)


def refused(refusal: Refusal, text: str = "") -> Expected:
    """An answer written for exactly this condition."""
    words = text or refusal.detail or f"answers {refusal.status}"
    return Expected(
        codes=(refusal.status,), because=Because(text=words, law="declared", place=refusal.place)
    )


def rest(text: str, *codes: int) -> Expected:
    """What HTTP and REST ask for where nothing stronger speaks."""
    return Expected(codes=codes, because=Because(text=text, law="rest"))


def invalid(world: World, endpoint: Endpoint | None = None) -> Expected:
    """The answer to input that does not fit its declaration, where the endpoint takes it."""
    own = endpoint.invalid_status if endpoint is not None else None
    told = _told_of_members(endpoint) if endpoint is not None and own is None else None
    if told is not None:
        return refused(told, f"invalid input is answered {told.status}")
    own = own if own is not None else world.project.validation_status
    if own is not None:
        return Expected(codes=(own,), because=Because(text=f"invalid input is answered {own}"))
    stated = convention(world, "invalid")
    if isinstance(stated, int):
        beside = _told_beside(world)
        codes = (stated,) if beside is None else tuple(sorted({stated, beside}))
        text = f"{world.project.stack.framework} answers invalid input with {stated}"
        if len(codes) > 1:
            text = f"{text}, the other routes with {beside}"
        return Expected(codes=codes, because=Because(text=text, law="convention"))
    return rest("invalid input is answered 400", 400, 422)


def _told_beside(world: World) -> int | None:
    """What the code of the other routes answers to wrong members of a body, where it is one and the same."""
    told = [each for e in world.project.endpoints if (each := _told_of_members(e)) is not None]
    statuses = {each.status for each in told}
    return statuses.pop() if len(told) > 1 and len(statuses) == 1 else None


NOT_LET_IN = (401, 403)
"""What says something of the caller, or of what they may: never how a body has to look."""


def _told_of_members(endpoint: Endpoint) -> Refusal | None:
    """What the code itself answers to members of the body that are wrong, where it is one and the same."""
    said = [
        each
        for each in of(endpoint, "invalid")
        if each.origin and each.origin.kind in ("body", "form") and each.status not in NOT_LET_IN
    ]
    return said[0] if len({each.status for each in said}) == 1 else None


def malformed(world: World, endpoint: Endpoint) -> Expected:
    """The answer to a key in the path that is not of its type: some routers find no route then."""
    if endpoint.malformed_status is not None:
        text = f"a malformed key is answered {endpoint.malformed_status}"
        because = Because(text=text, law="convention")
        return Expected(codes=(endpoint.malformed_status,), because=because)
    if any(each.lenient for each in endpoint.parameters if each.location == "path"):
        return rest("a key that is none finds nothing, or is refused", 400, 404, 422)
    stated = convention(world, "malformed_path")
    if isinstance(stated, int):
        text = f"{world.project.stack.framework} finds no route for such a path: {stated}"
        return Expected(codes=(stated,), because=Because(text=text, law="convention"))
    return invalid(world, endpoint)


def convention(world: World, name: str) -> Any:
    """The framework's documented default called `name`, or None."""
    found = shelf.folder("frameworks", world.project.stack.framework)
    return found.about.defaults.get(name) if found else None


def missing(endpoint: Endpoint, record: str, *, origin: str, name: str) -> Expected | None:
    """The answer when no row of `record` is there for the input `name` (`origin` is `path` or `body`)."""
    for each in endpoint.refusals:
        if each.condition != "missing" or (each.record and each.record != record):
            continue
        if each.origin is None or (
            each.origin.kind == origin and tail(each.origin.name) == tail(name)
        ):
            return refused(each, f"no such {record}: {each.detail or each.status}")
    for each in of(endpoint, "missing"):
        if each.record == record and each.origin is not None and each.origin.kind == "derived":
            return refused(each, f"no such {record}: {each.detail or each.status}")
    return None


def tail(name: str) -> str:
    """The last part of a dotted wire name without indexes."""
    return name.replace("[]", "").rpartition(".")[2]


def without_credentials(world: World, endpoint: Endpoint) -> Expected:
    """The answer to a caller who shows nothing."""
    guard = main_guard(endpoint)
    if guard is not None and guard.status is not None:
        because = Because(
            text=f"{guard.name or guard.scheme} answers {guard.status}", place=guard.place
        )
        return Expected(codes=(guard.status,), because=because)
    declared = sorted(
        {each.status for each in endpoint.refusals if each.condition == "credentials"}
    )
    stated = convention(world, "unauthenticated")
    codes = {*declared, *([stated] if isinstance(stated, int) else []), 401}
    if guard is None or guard.scheme != "oauth2":
        codes.add(403)
    return rest("a protected resource asks who is calling", *sorted(codes))


def bad_token(world: World, endpoint: Endpoint, flaw: str) -> Expected:
    """The answer to a credential that does not hold, for it has this flaw ("" where any will do)."""
    guard = main_guard(endpoint)
    stated = dict(guard.flaws).get(flaw) if guard is not None else None
    if guard is not None and stated is not None:
        because = Because(text=f"{guard.name or guard.scheme} answers {stated}", place=guard.place)
        return Expected(codes=(stated,), because=because)
    declared = [each for each in endpoint.refusals if each.condition == "credentials"]
    codes = sorted({each.status for each in declared})
    if len(codes) == 1:
        return refused(declared[0], "credentials that do not hold are turned away")
    return rest("credentials that do not hold are turned away", *(codes or FLAWED))


def stranger(world: World, endpoint: Endpoint) -> Expected:
    """The answer to a well-signed token of a user who is not there."""
    told = _lost_user(world, endpoint)
    if told is not None:
        return refused(told, "the token's user does not exist")
    return rest("the token's user does not exist", 401, 403, 404)


def asks_no_user(world: World, endpoint: Endpoint) -> bool:
    """Whether nothing on the way looks for the token's user: who is not there may be answered as anybody."""
    guards = [each for each in endpoint.guards if not each.optional]
    stateless = bool(guards) and all(each.stateless for each in guards)
    return stateless and _lost_user(world, endpoint) is None


def _lost_user(world: World, endpoint: Endpoint) -> Refusal | None:
    user = world.user.name if world.user else ""
    said = (e for e in endpoint.refusals if e.condition == "missing" and e.record == user)
    return next((each for each in said if _of_token(each)), None)


def _of_token(refusal: Refusal) -> bool:
    return refusal.origin is None or refusal.origin.kind in (
        "header",
        "cookie",
        "caller",
        "derived",
    )


def main_guard(endpoint: Endpoint) -> Guard | None:
    """The guard that turns strangers away: the first that is not optional."""
    return next((each for each in endpoint.guards if not each.optional), None)


def of(endpoint: Endpoint, condition: str, record: str = "") -> tuple[Refusal, ...]:
    """The endpoint's refusals for a condition, of a record when one is named."""
    return tuple(
        each
        for each in endpoint.refusals
        if each.condition == condition
        and (not record or each.record in ("", record))
        and not (condition == "state" and _is_no_state(each))
    )


def _is_no_state(refusal: Refusal) -> bool:
    """True for what is told as a state and is none: a password's check, a comparison with the caller."""
    return refusal.status == 401 or (refusal.origin is not None and refusal.origin.kind == "caller")


def earlier_owner(endpoint: Endpoint) -> tuple[int, ...]:
    """The statuses of owner checks that speak before the row's absence does."""
    conditions = [each.condition for each in endpoint.refusals]
    paths = [
        at
        for at, each in enumerate(endpoint.refusals)
        if each.condition == "missing" and each.origin and each.origin.kind == "path"
    ]
    last = max(paths, default=len(conditions))
    return tuple(
        each.status
        for each in endpoint.refusals[:last]
        if each.condition == "owner" and each.status
    )


def tells_of_forms(world: World) -> bool:
    """Whether the framework's test client knows which fields the form on a page complains of."""
    found = shelf.folder("frameworks", world.project.stack.framework)
    return bool(found and found.about.defaults.get("form_errors"))
