"""What a simple condition in front of a refusal is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from comfrey.model.origin import Filter, Origin, Refusal
from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.reader import whose
from comfrey.reader.failures import TOLD, failures
from comfrey.reader.following import joined
from comfrey.reader.following.condition import MIRROR, OPPOSITE, Literals, negate
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.store import finds_caller, from_token
from comfrey.reader.following.value import (
    All,
    Answer,
    AnyOf,
    Caught,
    Clause,
    Compare,
    Derived,
    Either,
    Failed,
    Given,
    Items,
    Mapping,
    Method,
    Not,
    Query,
    Row,
    RowField,
    Rows,
    Shaped,
    Truth,
    Verified,
)
from comfrey.reader.following.within import inside
from comfrey.reader.origins import INPUTS, SPELT, filters, origin
from comfrey.reader.purity import constant, first_input, pure
from comfrey.source.value import Const, Value

RANK = (
    "service",
    "signature",
    "credentials",
    "duplicate",
    "referenced",
    "missing",
    "owner",
    "inactive",
    "role",
    "state",
    "too_large",
    "media",
    "invalid",
    "unknown",
)
ACTIVE = ("active", "enabled", "disabled", "blocked", "banned", "verified", "confirmed", "suspended",
          "locked", "deactivated", "deleted")  # fmt: skip
ROLE = re.compile(r"role|admin|permission|level|rank|staff|scope", re.IGNORECASE)
"""Names of what a caller may be, where a token tells it."""
GOOD = ("active", "enabled", "verified", "confirmed")
"""Those of which a caller who is turned away for having it is not inactive, but further than is asked for."""


ROLES = re.compile(r"role|permission|group|privilege|scope|authorit|claim|right", re.I)
"""Relations of a caller whose rows say what they may do."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Where the conditions stand."""

    machine: Machine
    project: Project
    followed: Followed

    @property
    def logs_in(self) -> bool:
        """Whether this request hands out credentials, or checks a password."""
        kinds = {act.kind for act in self.followed.journal.acts}
        return "verify" in kinds or {"mint", "hash"} <= kinds


def said(condition: str, **more: Any) -> Refusal:
    """A refusal whose status is not looked at yet."""
    return Refusal(status=0, condition=condition, **more)


def reasons(
    scene: Scene, literals: Literals, around: tuple[Value, ...], act: Act | None
) -> list[Refusal]:
    """What simple conditions that hold together refuse: the most telling one, told by the others."""
    coded = _by_code(scene, literals, around, act)
    wanted = coded or literals
    before = {name for each in (act.assumptions if act else ()) for name in _denied(each.test)}
    told = _told_apart([(e, _one(scene, e, (*around, *literals), act)) for e in wanted], before)
    found = [refusal for _, several in told for refusal in several]
    if any(not several and _is_dark(each) for each, several in told):
        found = [each for each in found if each.condition not in ("duplicate", "referenced")]
    if not found:
        return []
    found.sort(key=lambda each: RANK.index(each.condition))
    first = found[0]
    best = [each for each in found if each.condition == first.condition]
    best = best if first.condition in ("service", "duplicate", "referenced") else best[:1]
    return [_spared(each, found, around) for each in best]


def _by_code(
    scene: Scene, literals: Literals, around: tuple[Value, ...], act: Act | None
) -> Literals:
    """Of a failure that is told apart by its code, the code says what failed, and nothing else does."""
    failed = tuple(each for each in literals if isinstance(each, Failed))
    rest = tuple(each for each in literals if not isinstance(each, Failed))
    if not failed or not rest:
        return ()
    found = [r for each in rest for r in _one(scene, each, (*around, *failed), act)]
    return rest if any(each.condition in CODED for each in found) else ()


CODED = ("duplicate", "referenced", "missing")


def _told_apart(
    told: list[tuple[Value, list[Refusal]]], before: set[str]
) -> list[tuple[Value, list[Refusal]]]:
    """Where an error's code says which failure it is, or is not, the catch around it says no more; `before`
    are the failures that were answered on the way."""
    named = any(
        each.condition == "service"
        for test, several in told
        for each in several
        if not isinstance(test, Failed)
    )
    denied = before | {name for test, _ in told for name in _denied(test)}
    return [
        (test, _left(several, named, denied) if isinstance(test, Failed) else several)
        for test, several in told
    ]


def _left(several: list[Refusal], named: bool, denied: set[str]) -> list[Refusal]:
    return [
        each
        for each in several
        if each.condition != "service" or not (named or each.failure in denied)
    ]


def _denied(test: Value) -> list[str]:
    """The failures that a caught error's code is not: `error.code !== "ETIMEDOUT"`."""
    match test:
        case All(of=parts) | AnyOf(of=parts):
            return [name for each in parts for name in _denied(each)]
        case Not(of=All(of=parts)):
            return [name for each in parts for name in _denied(negate(each))]
        case Not(of=Truth(of=Either(options=options))):
            return [name for _, each in options for name in _denied(Not(each))]
        case Compare(operator="ne", left=left, right=Const(value=str() as code)) if _caught(left):
            return [TOLD[code]] if code in TOLD else []
        case Not(of=Compare(operator="eq", left=left, right=right)):
            return _denied(Compare("ne", left, right))
        case _:
            return []


def _caught(value: Value) -> bool:
    """Whether a value is a member of a caught error, perhaps only of one of its kind."""
    match value:
        case Method(of=Caught()):
            return True
        case Either(options=options):
            return any(_caught(each) for _, each in options)
        case _:
            return False


def _spared(best: Refusal, found: list[Refusal], around: tuple[Value, ...]) -> Refusal:
    """An owner's check that some roles need not pass, a role's check on one's own row."""
    if best.condition == "owner":
        unless = tuple(
            _opposite(each)
            for each in found
            if each.condition in ("role", "inactive") and each.value is not None
        )
        return best.replace(unless=unless)
    if best.condition == "role":
        own = next((o for o in (_own_row(test) for test in around) if o is not None), None)
        if own is not None:
            spared = (_opposite(best),)
            return said("owner", record=own.record.name, field=_key(own.record), unless=spared)
    return best


def _is_dark(test: Value) -> bool:
    """Whether a condition hangs on something that could not be followed."""
    match test:
        case Not(of=of) | Truth(of=of):
            return _is_dark(of)
        case Compare(left=left, right=right):
            return _is_dark(left) or _is_dark(right)
        case Given() | Const() | Row() | RowField() | Shaped() | Verified() | Failed():
            return False
        case _:
            return not pure(test, rows=True)


def _opposite(refused: Refusal) -> tuple[str, str, Any]:
    """What a caller holds whom a role's check lets pass."""
    if isinstance(refused.value, bool) and refused.operator == "eq":
        return refused.field, "eq", not refused.value
    return refused.field, OPPOSITE.get(refused.operator, "eq"), refused.value


def _own_row(test: Value) -> Row | None:
    """The row in `row != caller`, which an earlier answer left over."""
    match test:
        case Compare(operator="ne", left=Row() as left, right=Row() as right):
            return left if right.caller else right if left.caller else None
        case _:
            return None


def _one(scene: Scene, test: Value, around: tuple[Value, ...], act: Act | None) -> list[Refusal]:
    match test:
        case Failed():
            return failures(scene.machine, scene.project, scene.followed, test, around)
        case Not(of=Truth(of=of)) | Not(of=of):
            return _falsy(scene, of)
        case Truth(of=of):
            return _truthy(scene, of)
        case Compare(operator=operator, left=left, right=right):
            return _compared(scene, operator, left, right, around)
        case _:
            return []


def _carried(signature: Value) -> Origin | None:
    """The header that carries a signature, when it is one."""
    headers = {
        each.name
        for each in inside(signature, (Given,))
        if isinstance(each, Given) and each.kind == "header" and each.name
    }
    return Origin(kind="header", name=headers.pop()) if len(headers) == 1 else None


# --- presence ------------------------------------------------------------------


def _falsy(scene: Scene, of: Value) -> list[Refusal]:
    match of:
        case Row() | Rows():
            return _missing(scene, of)
        case Shaped(of=inner):
            return _falsy(scene, inner)
        case Verified(kind="signature"):
            return [said("signature", origin=_carried(of))]
        case Verified():
            return [_wrong_password(scene, of)]
        case RowField(row=row, name=name):
            if (
                scene.logs_in
                and row.record is scene.machine.user_record()
                and _is_hash(scene, name)
            ):
                known = row.caller  # who is known already shows it once more
                condition = "invalid" if known else "credentials"
                return [said(condition, record=row.record.name)]
            return [_field(scene, row, name, "eq", False)]
        case Given(kind="credential" | "claim", name=name):
            return [_shown(scene, name, "eq", False)]
        case Given(name=name) if name and (source := origin(of)).kind in INPUTS:
            return [said("invalid", field=name, origin=source, operator="eq", value=False)]
        case Derived(name="count" | "aggregate", of=(Rows() as rows,)):
            return _missing(scene, rows)
        case Derived(name="isinstance" | "hasattr"):
            return []
        case Answer(service=service, part=part):
            return [said("service", service=service, failure=_shape_of(part))]
        case _:
            return _about(of, "eq", False)


def _truthy(scene: Scene, of: Value) -> list[Refusal]:
    match of:
        case Row(query=query) if query is not None:
            return _found(scene, query)
        case Rows(query=query):
            return _found(scene, query)
        case Shaped(of=inner):
            return _truthy(scene, inner)
        case RowField(row=row, name=name):
            return [_field(scene, row, name, "eq", True)]
        case Derived(name="count" | "aggregate", of=(Rows(query=query),)):
            return _found(scene, query)
        case Given(kind="credential" | "claim"):
            return []
        case Verified(kind="password"):
            return [said("invalid", origin=first_input(of))]
        case Answer(service=service, part=part):
            return [said("service", service=service, failure=_shape_of(part))]
        case _ if inside(of, (Verified,)) or _from_token(of):
            return []
        case _:
            return _about(of, "eq", True)


def _from_token(value: Value) -> bool:
    given = inside(value, (Given,))
    return any(isinstance(e, Given) and e.kind in ("claim", "credential") for e in given)


def _wrong_password(scene: Scene, of: Value) -> Refusal:
    """Who is known already and gives a wrong password has given a wrong input."""
    acts = scene.followed.journal.acts
    sent = first_input(of)
    own = any(isinstance(each, RowField) and each.row.caller for each in inside(of, (RowField,)))
    known = any(isinstance(a.subject, Query) and _of_caller(a.subject) for a in acts)
    if own or (sent is not None and known):
        return said("invalid", field=sent.name if sent else "", origin=sent)
    return said("credentials")


def _of_caller(query: Query) -> bool:
    return finds_caller(query)


def _is_hash(scene: Scene, name: str) -> bool:
    """Whether a field is what passwords are checked against."""
    checks = [act.subject for act in scene.followed.journal.acts if act.kind == "verify"]
    return any(
        isinstance(each, RowField) and each.name == name
        for check in checks
        for each in inside(check, (RowField,))
    )


def _missing(scene: Scene, of: Row | Rows) -> list[Refusal]:
    query = joined.narrowed(scene.machine, of.query) if of.query is not None else None
    record = query.record if query else of.record if isinstance(of, Row) else None
    if record is None:
        return []
    if isinstance(of, Row) and of.caller and of.record is record:
        return [said("missing", record=record.name, origin=Origin(kind="caller"))]
    where = filters(query.where, record) if query else ()
    if query is not None and query.verb == "update":
        state = _in_the_way(record, where)
        if state:
            return state
    key = asked(where)
    place = {"field": key.field if key else "", "origin": key.origin if key else None}
    login = scene.logs_in and record is scene.machine.user_record() and _typed(key)
    return [said("credentials" if login else "missing", record=record.name, **place)]


def _in_the_way(record: Record, where: tuple[Filter, ...]) -> list[Refusal]:
    """Why a change of a row that is there touched none: `{ id, stock: { gte: quantity } }`."""
    keys = {each.name for each in record.primary_key}
    held = [each for each in where if each.field not in keys and each.operator in OPPOSITE]
    if len(held) == len(where):
        return []
    return [
        said("state", record=record.name, field=each.field, operator=OPPOSITE[each.operator],
             value=each.origin.value, origin=each.origin if each.origin.kind != "constant" else None)
        for each in held
        if each.origin.kind != "caller"
    ]  # fmt: skip


def _typed(key: Filter | None) -> bool:
    return key is not None and key.origin.kind in ("body", "form")


def asked(where: tuple[Filter, ...]) -> Filter | None:
    """The filter that says which row is meant: by what was sent, the path first."""
    for kinds in (("path",), INPUTS, ("row", "caller")):
        found = next(
            (e for e in where if e.operator in ("eq", "in") and e.origin.kind in kinds), None
        )
        if found is not None:
            return found
    return where[0] if where else None


def _found(scene: Scene, query: Query) -> list[Refusal]:
    """A row that should not be there: the value is taken, or others depend on what goes."""
    query = joined.narrowed(scene.machine, query)
    record = query.record
    if record is None:
        return []
    where = [e for e in filters(query.where, record) if e.operator in ("eq", "icontains")]
    keys = {each.name for each in record.primary_key}
    if any(each.field in keys and each.origin.kind == "path" for each in where):
        return []
    if scene.logs_in and record is scene.machine.user_record() and not _creates(scene, record):
        return []
    if where and all(_is_shown(each.origin) for each in where):
        return [said("credentials")]
    gone = _removed(scene)
    for each in where:
        field = record.field(each.field)
        if field and field.references.partition(".")[0] in gone:
            return [said("referenced", record=record.name, field=each.field, origin=each.origin)]
    open_ = [each for each in where if each.origin.kind not in ("constant", "unknown")]
    several = [each for test in query.where for each in _either(record, test.test)]
    if several:
        return [
            said("duplicate", record=record.name, field=e.field, origin=e.origin) for e in several
        ]
    if not open_:
        return []
    together = _unique_together(record, [each.field for each in open_])
    first = asked(tuple(open_)) or open_[0]
    if together:
        return [said("duplicate", record=record.name, field=together, origin=first.origin)]
    return [said("duplicate", record=record.name, field=first.field, origin=first.origin)]


def _either(record: Record, test: Value) -> list[Filter]:
    """The filters of an OR: any one of the values may be taken."""
    if not isinstance(test, AnyOf):
        return []
    return [each for part in test.of for each in filters((Clause(part),), record)]


def _is_shown(source: Origin) -> bool:
    """Whether a value is what the caller showed: a revoked token is found by it."""
    return source.kind in ("cookie", "header") or (source.kind == "caller" and not source.name)


def _creates(scene: Scene, record: Record) -> bool:
    return any(
        act.kind == "add" and isinstance(act.subject, Row) and act.subject.record is record
        for act in scene.followed.journal.acts
    )


def _unique_together(record: Record, fields: list[str]) -> str:
    for group in record.unique:
        if len(group) > 1 and set(group) <= set(fields):
            return ",".join(group)
    return ""


def _removed(scene: Scene) -> set[str]:
    acts = scene.followed.journal.acts
    rows = [a.subject for a in acts if a.kind == "delete"]
    removed = {row.record.name for row in rows if isinstance(row, Row)}
    for act in acts:
        if isinstance(act.subject, Query) and act.subject.verb == "delete" and act.subject.record:
            removed.add(act.subject.record.name)
    return removed


# --- comparisons ---------------------------------------------------------------


def _compared(
    scene: Scene, operator: str, left: Value, right: Value, around: tuple[Value, ...]
) -> list[Refusal]:
    left, right = _bare(left), _bare(right)
    stored = isinstance(right, RowField) and isinstance(left, Derived | Given | Const)
    shown = whose.is_credential(right) and isinstance(left, Given) and not whose.is_credential(left)
    if stored or shown or (not _telling(left) and _telling(right)):
        left, right, operator = right, left, MIRROR.get(operator, operator)
    if operator == "not_in" and isinstance(right, Mapping) and right.keyed:
        return _outside(left, right.keyed[1])
    if operator == "not_in" and isinstance(right, Items) and isinstance(right.each, RowField):
        held = right.each
        if isinstance(left, Const) and joined.of_caller(held.row):
            return [_field(scene, held.row, held.name, "ne", left.value)]
        return _outside(left, right.each.row)
    match left:
        case Answer(service=service, part=part):
            return [
                said("service", service=service, failure=_status_failure(part, operator, right))
            ]
        case Row() if isinstance(right, Row):
            return _rows_compared(operator, left, right)
        case RowField(row=row, name=name):
            return _stored(scene, operator, row, name, right)
        case Derived(name="count", of=(Rows(query=query),)) if constant(right) in (0, 1):
            present = operator in ("gt", "ge", "ne" if constant(right) == 0 else "eq")
            return _found(scene, query) if present else _missing(scene, Rows(query))
        case Given(kind="claim" | "credential", name=name):
            own = whose.turned_away(scene.machine, name, operator, right)
            return [own or _shown(scene, name, operator, constant(right))]
    conflict = _constraint(scene, operator, left, right, around)
    return conflict or _about_compared(scene, operator, left, right)


def _bare(value: Value) -> Value:
    match value:
        case Shaped(of=of) | Derived(name="str", of=(of,)):
            return _bare(of)
        case Derived(name=name, of=(RowField() as of,)) if name in SPELT:
            return of
        case _:
            return value


def _telling(value: Value) -> bool:
    if isinstance(value, Derived):
        return bool(inside(value, (Row, RowField, Answer, Given)))
    return isinstance(value, Row | RowField | Answer | Given | Method)


def _outside(key: Value, row: Value) -> list[Refusal]:
    """`id not in rows`: there is no such row."""
    found = _bare(row)
    if isinstance(found, RowField):
        found = found.row
    if not isinstance(found, Row):
        return []
    name = _key(found.record)
    return [said("missing", record=found.record.name, field=name, origin=origin(key))]


def _rows_compared(operator: str, left: Row, right: Row) -> list[Refusal]:
    other = left if right.caller else right
    if not (left.caller or right.caller):
        return []
    key = _key(other.record)
    held = other.via
    if operator == "ne" and held is not None:
        source = Origin(kind="caller", name=key)
        return [said("owner", record=held.row.record.name, field=held.name, origin=source)]
    if operator == "ne":
        return [said("owner", record=other.record.name, field=key)]
    own = Origin(kind="caller", name=key)
    return [said("state", record=other.record.name, field=key, operator="eq", origin=own)]


def _stored(scene: Scene, operator: str, row: Row, name: str, right: Value) -> list[Refusal]:
    source = origin(right)
    if row.caller and isinstance(right, RowField) and not right.row.caller:
        return _stored(
            scene, MIRROR.get(operator, operator), right.row, right.name, RowField(row, name)
        )
    if row.via is not None and name == _key(row.record):
        held = row.via
        row, name = held.row, held.name
    if not row.caller and source.kind == "caller" and operator in ("ne", "not_in"):
        if row.query is not None and any(from_token(each.test) for each in row.query.where):
            return []  # the query found only rows of the caller
        return [said("owner", record=row.record.name, field=name, origin=source)]
    if row.caller and source.kind == "path" and operator == "ne":
        return [said("owner", record=row.record.name, field=name, origin=source)]
    if row.caller and source.kind == "row" and operator == "ne":
        return [said("owner", record=source.name.partition(".")[0], field=source.name.partition(".")[2],
                     origin=Origin(kind="caller", name=name))]  # fmt: skip
    if row.caller and source.kind in ("body", "form", "query", "path"):
        return [said("state", record=row.record.name, field=name, operator=operator, origin=source)]
    if "hash" in source.via:
        return [said("credentials", record=row.record.name)]
    known = constant(right)
    made = _field(scene, row, name, operator, known)
    return [made if source.kind in ("constant", "unknown") else made.replace(origin=source)]


def _field(scene: Scene, row: Row, name: str, operator: str, value: Any) -> Refusal:
    """A stored value that stands against it: of the caller, a role; of another row, its state."""
    path = joined.of_caller(row)
    if path and _is_role(path, operator, value):
        user = scene.machine.user_record()
        name, record = f"{path}.{name}", user.name if user else ""
        return said("role", record=record, field=name, operator=operator, value=value)
    active = any(each in name.lower() for each in ACTIVE)
    if active and _is_further(name.lower(), operator, value):
        return said("state", record=row.record.name, field=name, operator=operator, value=value)
    if not row.caller and not (scene.logs_in and row.record is scene.machine.user and active):
        return said("state", record=row.record.name, field=name, operator=operator, value=value)
    word = "inactive" if active else "role"
    return said(word, record=row.record.name, field=name, operator=operator, value=value)


def _shown(scene: Scene, name: str, operator: str, value: Any) -> Refusal:
    """What a caller shows and does not hold: nothing at all, or a role of theirs that the token tells."""
    user = scene.machine.user_record()
    if user is not None and ROLE.search(name) and user.field(name) is not None:
        return said("role", record=user.name, field=name, operator=operator, value=value)
    return said("credentials")


def _is_role(path: str, operator: str, value: Any) -> bool:
    """Whether what rows of the caller's must hold is what makes them of a kind: `user.roles` with the name `admin`."""
    known = value if isinstance(value, tuple) else (value,)
    told = operator in ("ne", "not_in") and all(isinstance(each, str) for each in known)
    return told and bool(ROLES.search(path))


def _is_further(name: str, operator: str, value: Any) -> bool:
    """`if user.is_verified: raise …`: who is verified already has nothing to verify."""
    held = (value is True and operator == "eq") or (value is False and operator == "ne")
    good = name.removeprefix("is_").startswith(GOOD) or name.endswith(GOOD)
    return held and good and not name.endswith(("inactive", "deactivated", "unverified"))


def _constraint(
    scene: Scene, operator: str, left: Value, right: Value, around: tuple[Value, ...]
) -> list[Refusal]:
    """`error.constraint_name == "fk_books_author_id"` inside an `except IntegrityError`."""
    codes = scene.machine.meaning.codes
    said_of = (constant(left), constant(right))
    known = [one for each in said_of for one in (each if isinstance(each, tuple) else (each,))]
    name = next((e for e in known if e in codes), None)
    name = name or next((each for each in known if isinstance(each, str)), None)
    failed = next((each for each in reversed(around) if isinstance(each, Failed)), None)
    if name is None or failed is None or operator not in ("eq", "in"):
        return []
    return failures(scene.machine, scene.project, scene.followed, failed, around, constraint=name)


def _about_compared(scene: Scene, operator: str, left: Value, right: Value) -> list[Refusal]:
    rows = inside(left, (RowField,)) or inside(right, (RowField,))
    given = first_input(left) or first_input(right)
    known = pure(left, rows=True) and pure(right, rows=True)
    if rows and isinstance(rows[0], RowField) and known:
        row = rows[0]
        made = _field(scene, row.row, row.name, operator, constant(right))
        return [made.replace(origin=given) if given else made]
    if inside(left, (Answer,)):
        answer = inside(left, (Answer,))[0]
        assert isinstance(answer, Answer)
        return [said("service", service=answer.service, failure="shape")]
    if given is None or not (pure(left) and pure(right)):
        return []
    value = constant(right)
    if _measures(left) and operator in ("gt", "ge") and given.kind in ("body", "file"):
        return [said("too_large", operator=operator, value=value, origin=given)]
    if _is_media(left, given):
        return [said("media", operator=operator, value=value, origin=given)]
    return [said("invalid", field=given.name, operator=operator, value=value, origin=given)]


def _measures(value: Value) -> bool:
    match value:
        case Derived(name="len", of=(inner,)):
            source = origin(inner)
            return source.name == "" or source.kind == "file" or not inside(inner, (RowField,))
        case Method(name="size"):
            return True
        case _:
            return False


def _is_media(value: Value, given: Origin) -> bool:
    spelt = value.name if isinstance(value, Method) else ""
    return given.name.lower() == "content-type" or spelt == "content_type"


def _about(of: Value, operator: str, value: Any) -> list[Refusal]:
    """A condition on something computed: an input rule, or a credential's."""
    if isinstance(of, Either):
        return []
    if inside(of, (Verified,)):
        return [said("credentials")]
    for each in inside(of, (Given,)):
        if isinstance(each, Given) and each.kind in ("claim", "credential"):
            return [said("credentials")]
    answers = inside(of, (Answer,))
    if answers and isinstance(answers[0], Answer):
        return [said("service", service=answers[0].service, failure=_shape_of(answers[0].part))]
    given = first_input(of) if pure(of) else None
    return [said("invalid", field=given.name, origin=given)] if given else []


def _key(record: Record) -> str:
    return next((each.name for each in record.primary_key), "id")


# --- answers of services -----------------------------------------------------------


def _shape_of(part: str) -> str:
    if part.endswith(("is_success", "ok", "is_error")):
        return "status500"
    return "shape"


def _status_failure(part: str, operator: str, right: Value) -> str:
    """Which failure a look at the answer's status tells."""
    value = constant(right)
    if not part.endswith(("status_code", "status", "code")):
        return "shape"
    if operator == "eq" and value == 429:
        return "rate_limit"
    if operator == "eq" and value in (402, 403, 422):
        return "declined"
    if operator == "eq" and isinstance(value, int) and value < 500:
        return "declined"
    return "status500"
