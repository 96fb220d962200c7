"""How a handler uses external services: what it sends, what it tries again, what is settled before."""

from __future__ import annotations

from comfrey.model.endpoint import ServiceUse
from comfrey.model.origin import Assignment
from comfrey.reader.answers import answer
from comfrey.reader.following.alternatives import alternatives
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import RETURNED, UNDER, Act, Assumption
from comfrey.reader.following.mails import MAIL
from comfrey.reader.following.messages import CONTENT, KEY, MESSAGE
from comfrey.reader.following.value import Answer, Compare, Given, Items, Mapping
from comfrey.reader.following.within import inside
from comfrey.reader.origins import origin
from comfrey.source.value import ClassValue, Const, DictValue, Instance, Value, text_of
from comfrey.stacks.shapes import Shapes

WRITES = ("add", "set", "delete")
ADDRESSEES = ("to", "recipients", "to_addrs", "recipient", "to_email")
ENCODINGS = {"json": "json", "data": "form"}
TOLD = {429: "rate_limit"}
INPUTS = ("body", "form", "query")
PLAIN = ("body", "form", "path", "query", "caller", "row", "constant")


def uses(followed: Followed, shapes: Shapes) -> tuple[ServiceUse, ...]:
    """The calls to services that a request reaches."""
    acts = followed.journal.acts
    commits = [act.number for act in acts if act.kind == "commit"]
    written = max((act.number for act in acts if act.kind in WRITES), default=-1)
    found = []
    for act in acts:
        if act.kind != "service" or act.field == "status" or not isinstance(act.subject, Answer):
            continue
        encoding, sends = _sent(act)
        one = ServiceUse(
            service=act.subject.service,
            call=act.subject.call,
            guarded=bool(act.tries),
            conditional=any(_chooses(each) for each in act.assumptions),
            settled=written >= 0 and any(written < each < act.number for each in commits),
            retried=_retried(act, acts),
            sends=sends,
            encoding=encoding,
            key=_key(act),
            answer=answer(followed.journal, act, shapes),
            place=act.place,
        )
        found.append(one)
    return tuple(dict.fromkeys(found))


def _chooses(assumed: Assumption) -> bool:
    """Whether something is done only where an input is one certain value: `if status == "delivered"`."""
    return assumed.how == UNDER and any(
        isinstance(each.left, Given) and each.left.kind in INPUTS and isinstance(each.right, Const)
        for each in inside(assumed.test, (Compare,))
        if isinstance(each, Compare) and each.operator == "eq"
    )


def _sent(act: Act) -> tuple[str, tuple[Assignment, ...]]:
    """The members of the body whose source is known, when the body is a mapping that is written out."""
    given = act.value.entries if isinstance(act.value, Mapping) else {}
    mail = given.get(MAIL)
    if isinstance(mail, Mapping):
        return "", (*_addressed(mail.entries), *_titled(mail.entries))
    if isinstance(given.get(MESSAGE), Mapping):
        return "json", _known(_message(act).get(CONTENT))
    for name, encoding in ENCODINGS.items():
        if name in given:
            return encoding, _known(given[name])
    return "", _addressed(given)


def _known(body: Value | None) -> tuple[Assignment, ...]:
    """The members of a body that are plain values."""
    members = _members(body, "") if body is not None else []
    return tuple(each for each in members if _is_plain(each))


def _message(act: Act) -> dict[str, Value]:
    """The key and the content of a message that is published here; nothing of other calls."""
    message = act.value.entries.get(MESSAGE) if isinstance(act.value, Mapping) else None
    return message.entries if isinstance(message, Mapping) else {}


def _key(act: Act) -> str:
    """What a message is published under, where it is always the same."""
    return text_of(_message(act).get(KEY)) or ""


def _addressed(given: dict[str, Value]) -> tuple[Assignment, ...]:
    """Whom a mail is sent to, when the call names a single address."""
    for name in ADDRESSEES:
        to = given.get(name)
        to = to.items[0] if isinstance(to, Items) and len(to.items) == 1 else to
        said = Assignment(field="to", origin=origin(to)) if to is not None else None
        if said is not None and _is_plain(said):
            return (said,)
    return ()


def _titled(mail: dict[str, Value]) -> tuple[Assignment, ...]:
    """The subject of a mail, where it is a plain text or value."""
    said = Assignment(field="subject", origin=origin(mail.get("subject")))
    return (said,) if _is_plain(said) else ()


def _members(value: Value, head: str) -> list[Assignment]:
    pairs: list[tuple[str, Value]] = []
    if isinstance(value, Mapping):
        pairs = [(str(key), each) for key, each in value.entries.items()]
    elif isinstance(value, DictValue):
        pairs = [(name, each) for key, each in value.items if (name := text_of(key))]
    found: list[Assignment] = []
    for name, each in pairs:
        if isinstance(each, Mapping | DictValue):
            found += _members(each, f"{head}{name}.")
        else:
            found.append(Assignment(field=f"{head}{name}", origin=origin(each)))
    return found


def _is_plain(sent: Assignment) -> bool:
    known = sent.origin.kind in PLAIN and not sent.origin.via
    return known and (sent.origin.kind != "constant" or sent.origin.value is not None)


def _retried(act: Act, acts: list[Act]) -> tuple[str, ...]:
    """The failures that are only given up on once the loop around the call has ended, or that are told by
    the very error that its end is: then the loop was meant to go round."""
    found = []
    for later in acts[act.number + 1 :]:
        if (
            later.kind != "raise"
            or not 0 <= later.loops < act.loops
            or len(later.calls) < len(act.calls)
        ):
            continue
        found += _asked(later, act, RETURNED)
        early = [e for e in acts[act.number + 1 : later.number] if _gives_up(e, later, act)]
        found += [failure for each in early for failure in _asked(each, act, UNDER)]
    return tuple(dict.fromkeys(each for each in found if each))


def _asked(raised: Act, act: Act, how: str) -> list[str]:
    """The failures of the call `act` that conditions before an error ask for."""
    tests = [each.test for each in raised.assumptions if each.how == how]
    return [_told(literal, act) for test in tests for way in alternatives(test) for literal in way]


def _gives_up(early: Act, end: Act, act: Act) -> bool:
    """Whether an error inside the loop is the one that comes after it."""
    inside = early.kind == "raise" and early.loops >= act.loops
    return inside and len(early.calls) == len(end.calls) and _kind(early) == _kind(end) != ""


def _kind(raised: Act) -> str:
    """The class of an error, of the tree or not."""
    subject = raised.subject.of if isinstance(raised.subject, Instance) else raised.subject
    return subject.qualified if isinstance(subject, ClassValue) else ""


def _told(literal: Value, act: Act) -> str:
    match literal:
        case Compare(operator="eq", left=Answer(part=part, act=number), right=Const(value=status)):
            if number == act.number and part in ("status_code", "status"):
                return TOLD.get(status, "")
    return ""
