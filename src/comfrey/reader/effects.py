"""What a handler does to records: the journal's acts as `Effect`s."""

from __future__ import annotations

from dataclasses import dataclass, field

from comfrey.model.origin import Assignment, Effect, Filter, Origin
from comfrey.model.place import Place
from comfrey.model.record import Record
from comfrey.reader.following.alternatives import alternatives
from comfrey.reader.following.condition import same
from comfrey.reader.following.containers import mentions
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import RETURNED, UNDER, Act
from comfrey.reader.following.store import finds_caller, point_back
from comfrey.reader.following.value import (
    Answer,
    Compare,
    Derived,
    Dump,
    Given,
    Items,
    Mapping,
    Not,
    Query,
    Row,
    RowField,
    Rows,
    Truth,
)
from comfrey.reader.following.within import inside
from comfrey.reader.origins import assignments, filters, origin, spread
from comfrey.source.value import Const, Value


@dataclass(slots=True, eq=False)
class Draft:
    """An effect in the making. `act` is where it happens first."""

    effect: Effect
    act: Act
    last: int
    row: Row | None = None
    written: dict[str, Value] = field(default_factory=dict)
    source: list[Value] = field(default_factory=list)


def effects(followed: Followed) -> tuple[Effect, ...]:
    """Every effect in order; looking up the caller is not one."""
    return tuple(each.effect for each in drafts(followed))


def drafts(followed: Followed) -> list[Draft]:
    """The effects with the acts that they come from."""
    found: list[Draft] = []
    for act in followed.journal.acts:
        for made in _drafted(act, found):
            found.append(made)
    _finish(found)
    _group(found, followed)
    demanded = _demanded(followed)
    for order, each in enumerate(found):
        when = told_conditions(each.act) if each.effect.conditional else ()
        must = each.act.kind == "execute" and each.act.number in demanded
        each.effect = each.effect.replace(order=order, when=when, demanded=must)
    return found


def _demanded(followed: Followed) -> frozenset[int]:
    """The statements whose missing row raises what no code catches."""
    return frozenset(
        act.value.act
        for act in followed.journal.acts
        if act.kind == "raise" and not act.caught and isinstance(act.value, Rows)
    )


def _drafted(act: Act, found: list[Draft]) -> list[Draft]:
    match act.kind, act.subject:
        case "execute", Query() as query:
            return _queried(act, query)
        case "add", Row() as row:
            return _created(act, row)
        case "delete", Row() as row:
            return _one(act, row, "delete")
        case "set", Row() as row:
            return _changed(act, row, found)
        case _:
            return []


def _queried(act: Act, query: Query) -> list[Draft]:
    if query.record is None or (query.verb == "select" and finds_caller(query)):
        return []
    action = query.verb
    many = act.mode != "one"
    if action == "select":
        action = "list" if many else "read"
        if query.computes:
            action, many = ("count" if query.counts else "read"), True
        elif query.locks:
            action = "lock"
    elif action == "insert":
        action = "create"
    values = _bulk(query) if query.verb in ("update", "insert") else ()
    where = filters(query.where, query.record)
    partial = query.verb == "update" and _leaves_out(query.values)
    effect = Effect(
        action=action,
        record=query.record.name,
        where=where,
        values=values,
        partial=partial,
        many=many and not (partial and _names_one(query.record, where)),
        conditional=is_conditional(act),
        through=_through(act),
        place=act.place,
    )
    return [Draft(effect, act, act.number)]


def _leaves_out(values: Value | None) -> bool:
    """Whether a statement writes what a body holds, where that was sent."""
    if not isinstance(values, Mapping):
        return False
    sent = [each.of if isinstance(each, Dump) else each for each in values.spreads]
    for each in values.entries.values():
        sent += inside(each, (Given,))
    return any(isinstance(each, Given) and each.kind == "body" for each in sent)


def _names_one(record: Record, where: tuple[Filter, ...]) -> bool:
    keys = [each.name for each in record.primary_key]
    return len(keys) == 1 and any(e.field == keys[0] and e.operator == "eq" for e in where)


def _through(act: Act) -> tuple[Place, ...]:
    return tuple(each.function.place for each in act.calls)


def _bulk(query: Query) -> tuple[Assignment, ...]:
    assert query.record is not None
    data = query.values
    if isinstance(data, Mapping):
        return assignments(query.record, {str(k): v for k, v in data.entries.items()}, data)
    return assignments(query.record, {}, data)


def is_conditional(act: Act) -> bool:
    """Whether the act happens only sometimes."""
    return any(
        each.how in (UNDER, RETURNED) and not _is_of_cache(each.test) for each in act.assumptions
    )


def _is_of_cache(test: Value) -> bool:
    """Whether a condition only asks if a cache knows the answer already: an empty one does not."""
    return any(isinstance(each, Answer) and each.cached for each in inside(test, (Answer,)))


def told_conditions(act: Act) -> tuple[Filter, ...]:
    """What the act waits for, as stored fields against constants; () when any of it is something else."""
    found: list[Filter] = []
    for each in act.assumptions:
        if each.how in (UNDER, RETURNED):
            ways = alternatives(each.test)
            told = [_told(literal) for literal in ways[0]] if len(ways) == 1 else [None]
            if None in told:
                return ()
            found += [one for one in told if one is not None]
    return tuple(dict.fromkeys(found))


def _told(literal: Value) -> Filter | None:
    match literal:
        case Compare(operator=operator, left=RowField() as left, right=right):
            constant = origin(right)
            if constant.kind != "constant" or left.row.caller:
                return None
            field = f"{left.row.record.name}.{left.name}"
            return Filter(field=field, operator=operator, origin=constant)
        case Truth(of=RowField() as left) | Not(of=Truth(of=RowField() as left)):
            value = Origin(kind="constant", value=isinstance(literal, Truth))
            name = f"{left.row.record.name}.{left.name}"
            return None if left.row.caller else Filter(field=name, origin=value)
    return None


def _created(act: Act, row: Row) -> list[Draft]:
    made = [_create(act, row, act.mode == "many" or act.loops > 0)]
    for name, value in row.fields.items():
        if row.record.field(name) is None and isinstance(value, Items):
            children = [*value.items, *((value.each,) if value.each else ())]
            for child in children:
                if isinstance(child, Row) and child.created and not child.saved:
                    child.saved = True
                    point_back(child, row)
                    made.append(_create(act, child, value.each is not None))
    return made


def _create(act: Act, row: Row, many: bool) -> Draft:
    effect = Effect(
        action="create",
        record=row.record.name,
        values=assignments(row.record, row.fields, row.source),
        many=many,
        conditional=is_conditional(act),
        through=_through(act),
        place=act.place,
    )
    return Draft(effect, act, act.number, row)


def _one(act: Act, row: Row, action: str) -> list[Draft]:
    effect = Effect(
        action=action,
        record=row.record.name,
        where=_where(row),
        many=row.each,
        conditional=is_conditional(act),
        through=_through(act),
        place=act.place,
    )
    return [Draft(effect, act, act.number, row)]


def _where(row: Row) -> tuple[Filter, ...]:
    if row.caller:
        key = next((each.name for each in row.record.primary_key), "id")
        return (Filter(field=key, origin=Origin(kind="caller", name=key)),)
    if row.query is None:
        return ()
    return filters(row.query.where, row.record)


def _changed(act: Act, row: Row, found: list[Draft]) -> list[Draft]:
    known = next((e for e in found if e.row is row and e.effect.action == "update"), None)
    made: list[Draft] = []
    if known is None:
        made = _one(act, row, "update")
        known = made[0]
    assert act.value is not None
    if act.field == "*":
        known.source.append(act.value)
    elif not made and _by_itself(act, row, given=_is_given(act, row, known)):
        if not _is_given(act, row, known):
            known.written[act.field] = Derived("own")
        return made
    else:
        known.written[act.field] = act.value
    known.last = act.number
    if _partial(act):
        known.effect = known.effect.replace(partial=True, conditional=_else_conditional(act))
    return made


def _by_itself(act: Act, row: Row, *, given: bool) -> bool:
    """Whether the row's own state decides that a column is set: `if not self.slug`, `if self.stock == 0`. An early
    end (`if self.slug: return`) decides only about a column that was `given` already: else it turns requests away."""
    decides = (UNDER, RETURNED) if given else (UNDER,)
    asked = (
        isinstance(part, RowField) and part.row is row
        for each in act.assumptions
        if each.how in decides
        for part in inside(each.test, (RowField,))
    )
    return any(asked) and not _partial(act)


def _is_given(act: Act, row: Row, known: Draft) -> bool:
    """Whether the column has been written already, from what was sent."""
    sent = (act.field in spread(row.record, each) for each in known.source)
    return act.field in known.written or any(sent)


def _asked_for(literal: Value) -> Given | None:
    """The input that a condition asks to be there: `if body.name`, `if "name" in sent`."""
    match literal:
        case Truth(of=Given() as given):
            return given
        case Compare(operator="in", left=Const(value=str() as name), right=right):
            of = right.of if isinstance(right, Dump) else right
            if not isinstance(of, Given):
                return None
            known = of.schema.properties if of.schema is not None else ()
            wire = next((each.name for each in known if each.attribute == name), name)
            return Given(of.kind, f"{of.name}.{wire}".lstrip("."))
    return None


def _partial(act: Act) -> bool:
    """Whether the column is written only if its value was sent."""
    if isinstance(act.value, Dump) and act.value.sent_only:
        return True
    return any(
        (sent := _asked_for(literal)) is not None and _uses(act.value, sent)
        for each in act.assumptions
        if each.how == UNDER
        for literals in alternatives(each.test)
        for literal in literals
    )


def _uses(value: Value | None, given: Given) -> bool:
    if isinstance(value, Given):
        return same(value) == same(given)
    inner = getattr(value, "of", ())
    several = inner if isinstance(inner, tuple) else (inner,)
    return any(_uses(each, given) for each in several if isinstance(each, Value))


def _else_conditional(act: Act) -> bool:
    """Whether it hangs on more than the input having been sent."""
    others = [e for e in act.assumptions if e.how in (UNDER, RETURNED) and not mentions(e.test)]
    return bool(others)


def _finish(found: list[Draft]) -> None:
    for each in found:
        if each.effect.action == "update" and each.row is not None:
            values = _written(each.row.record, each)
            each.effect = each.effect.replace(values=values)


def _written(record: Record, draft: Draft) -> tuple[Assignment, ...]:
    merged = Mapping()
    for each in draft.source:
        if isinstance(each, Mapping):
            merged.entries.update(each.entries)
            merged.spreads.extend(each.spreads)
        elif isinstance(each, Dump | Given):
            merged.spreads.append(each)
    return assignments(record, draft.written, merged)


def _group(found: list[Draft], followed: Followed) -> None:
    """Writes up to the same commit share a transaction."""
    commits = [act.number for act in followed.journal.acts if act.kind == "commit"]
    groups: dict[int, list[Draft]] = {}
    for each in found:
        if each.effect.action in ("create", "update", "delete", "lock"):
            ends = [number for number in commits if number > each.last]
            groups.setdefault(ends[0] if ends else -1, []).append(each)
    number = 0
    for key in sorted(groups, key=lambda each: (each < 0, each)):
        writes = [each for each in groups[key] if each.effect.action != "lock"]
        if len(writes) < 2 and not (len(writes) == 1 and len(groups[key]) > 1):
            continue
        number += 1
        for each in groups[key]:
            each.effect = each.effect.replace(atomic=number)
