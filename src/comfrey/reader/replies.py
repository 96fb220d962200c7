"""Every answer that the source gives on purpose, and the condition that it is given for."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.origin import Refusal
from comfrey.model.project import Project
from comfrey.reader.effects import Draft
from comfrey.reader.following.alternatives import alternatives
from comfrey.reader.following.answers import Reply, reply, response
from comfrey.reader.following.exchange import REPLY, code_before
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import REFUSED, Act, Assumption
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import All, Caught, Either, Failed
from comfrey.reader.following.within import inside
from comfrey.reader.origins import INPUTS
from comfrey.reader.reasons import Scene, reasons
from comfrey.reader.uncaught import uncaught
from comfrey.source.value import Value
from comfrey.stacks.requests import Rescue

ABSENT = (401, 403, 404, 410)
"""Statuses that nobody gives for a taken value: the condition was read wrongly."""
BROKEN = 500
"""Says that something went wrong, which is no answer to a condition: what the code meant is looked for."""
OF_ROWS = ("duplicate", "missing", "referenced", "state")
"""What only a look at stored rows tells."""
TOO_MANY = 429
"""How often is too often hangs on what was asked before, which no condition here can tell."""


def refusals(
    machine: Machine,
    project: Project,
    followed: Followed,
    drafts: list[Draft],
    rescues: tuple[Rescue, ...],
) -> tuple[Refusal, ...]:
    """All refusals of one endpoint in the order of the code, each condition once."""
    scene = Scene(machine, project, followed)
    found: list[Refusal] = []
    for act in followed.journal.acts:
        if act.kind != "raise" or act.caught:
            continue
        answer = reply(machine, act, rescues, code_before(followed.calls.get(REPLY), act))
        if answer.status in (None, BROKEN) and isinstance(act.subject, Caught):
            found += _passed_on(scene, act.subject, drafts, rescues)
        if answer.status is not None and answer.status >= 400:
            at = act.cause if act.cause >= 0 else act.number
            before = sum(1 for each in drafts if each.act.number < at)
            said = _said(scene, act, answer, before)
            if answer.status == BROKEN and isinstance(act.subject, Caught):
                said = [each for each in said if each.condition != "service"]
            found += _meant(scene, act, said, rescues) if answer.status == BROKEN else said
    found += [each for each in _by_hand(scene, drafts) if not _is_masked(each)]
    told = {_topic(each) for each in found}
    further = uncaught(machine, project, followed, drafts, rescues)
    found += [each for each in further if _topic(each) not in told]
    return tuple(dict.fromkeys(_sure(found)))


def _passed_on(
    scene: Scene, caught: Caught, drafts: list[Draft], rescues: tuple[Rescue, ...]
) -> list[Refusal]:
    """What a `catch (error) { next(error) }` hands to the app's handler is answered as if nobody had caught it."""
    found: list[Refusal] = []
    for each in scene.followed.journal.acts[caught.start : caught.end]:
        if each.kind != "raise" or isinstance(each.subject, Caught):
            continue
        code = code_before(scene.followed.calls.get(REPLY), each)
        answer = reply(scene.machine, each, rescues, code)
        if answer.status is not None and 400 <= answer.status < BROKEN:
            before = sum(1 for draft in drafts if draft.act.number < each.number)
            found += _said(scene, each, answer, before)
    return found


def _sure(found: list[Refusal]) -> list[Refusal]:
    """Without the answers to an odd shape where two are told: the code tells them apart, we cannot."""
    odd = {
        service: {
            each.status for each in found if each.failure == "shape" and each.service == service
        }
        for service in {each.service for each in found if each.failure == "shape"}
    }
    return [each for each in found if each.failure != "shape" or len(odd.get(each.service, ())) < 2]


def _is_masked(refusal: Refusal) -> bool:
    """Whether a condition that has an answer of its own is answered as if something had gone wrong."""
    return refusal.status == BROKEN and refusal.condition not in ("service", "unknown")


def _meant(
    scene: Scene, act: Act, said: list[Refusal], rescues: tuple[Rescue, ...]
) -> list[Refusal]:
    """What an `except` around everything made a 500 of: the answers that stand inside of its `try`."""
    inside = [
        e for e in scene.followed.journal.acts[: act.number] if e.kind == "raise" and e.caught
    ]
    meant: dict[tuple[str, str, str], Refusal] = {}
    for each in inside:
        code = code_before(scene.followed.calls.get(REPLY), each)
        answer = reply(scene.machine, each, rescues, code)
        if answer.status is not None and 400 <= answer.status < BROKEN:
            meant |= {_topic(one): one for one in _said(scene, each, answer, 0)}
    plain = [each for each in said if not _is_masked(each)]
    masked = [each for each in said if _is_masked(each) and _topic(each) in meant]
    return plain + [
        meant[_topic(each)].replace(effects_before=each.effects_before) for each in masked
    ]


def _topic(refusal: Refusal) -> tuple[str, str, str]:
    return refusal.condition, refusal.record, refusal.field


def _said(scene: Scene, act: Act, answer: Reply, before: int) -> list[Refusal]:
    assert answer.status is not None
    made = []
    for each in _why(scene, act) if answer.status != TOO_MANY else [Refusal(status=0)]:
        if each.condition in ("duplicate", "referenced") and _is_doubtful(answer.status, act):
            each = Refusal(status=0)
        refusal = each.replace(
            status=answer.status,
            detail=answer.detail,
            effects_before=before,
            late=act.number >= scene.followed.starts,
            place=act.place,
        )
        if refusal not in made:
            made.append(refusal)
    return made


def _is_doubtful(status: int, act: Act) -> bool:
    """Whether a status speaks against a duplicate, which nothing but a row that was found tells."""
    failed = any(inside(each.test, (Failed, Caught)) for each in act.assumptions)
    return status >= BROKEN or (status in ABSENT and not failed)


def _why(scene: Scene, act: Act) -> list[Refusal]:
    """The conditions that lead to an act, the innermost one first asked."""
    holding = [each for each in act.assumptions if each.how != REFUSED]
    unknown = [Refusal(status=0)]
    for position in range(len(holding) - 1, -1, -1):
        around = tuple(each.test for each in holding[:position])
        found = _understood(scene, holding[position], around, act)
        if found:
            return found
        failed = isinstance(holding[position].test, Failed)
        if failed or position < len(holding) - 2:  # what else holds is not why something failed
            break
    return unknown


def _understood(
    scene: Scene, assumption: Assumption, around: tuple[Value, ...], act: Act
) -> list[Refusal]:
    found = []
    for literals in alternatives(assumption.test):
        found += reasons(scene, literals, around, act)
    return [each for each in found if each.condition != "unknown"]


def _ways(answer: Value | None, held: tuple[Value, ...] = ()) -> Iterator[tuple[Value, Value]]:
    """(condition, answer) of each way in which a handler ends, those of a view that a decorator calls by themselves."""
    for test, value in answer.options if isinstance(answer, Either) else ():
        under = (*held, *(test.of if isinstance(test, All) else (test,)))
        if isinstance(value, Either):
            yield from _ways(value, under)
        else:
            yield All(under), value


def _by_hand(scene: Scene, drafts: list[Draft]) -> list[Refusal]:
    """`return JSONResponse(status_code=404)` refuses as well; so does what stands before the handler, of which
    guards and validators tell the rest."""
    early = _sent_under(scene, scene.followed.early)
    found = [e for e in early if e.condition in OF_ROWS and e.origin and e.origin.kind in INPUTS]
    late = _sent_under(scene, scene.followed.answer)
    return [*found, *(each.replace(late=True) for each in late)]


def _sent_under(scene: Scene, answer: Value | None) -> list[Refusal]:
    """The refusals among the ways in which functions answer."""
    found: list[Refusal] = []
    for test, value in _ways(answer):
        made = response(value)
        if made.status is None or made.status < 400 or not isinstance(value, Value):
            continue
        place = getattr(value, "place", None) or scene.followed.request.handler.place
        holding = test.of if isinstance(test, All) else (test,)
        last = holding[-1:] if holding else ()
        for inner in last:
            for literals in alternatives(inner):
                for each in reasons(scene, literals, tuple(holding[:-1]), None):
                    given = each.replace(status=made.status, detail=made.detail, place=place)
                    found.append(given)
    return found
