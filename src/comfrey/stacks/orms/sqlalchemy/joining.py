"""Drafts that know each other become records: keys find their targets, relations their kind."""

from __future__ import annotations

import re

from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.source.value import BoundExternal, ClassValue, Value
from comfrey.stacks.orms.sqlalchemy.columns import Column, Key
from comfrey.stacks.orms.sqlalchemy.mapping import Draft
from comfrey.stacks.orms.sqlalchemy.relations import Tie

SOFT_DELETE = ("deleted_at", "is_deleted", "deleted", "deleted_on", "removed_at")


def records(drafts: list[Draft], orm: str) -> tuple[Record, ...]:
    """The finished records, in the order of the drafts."""
    joined = [_Joined(draft, drafts) for draft in drafts]
    found = [each.record(orm) for each in joined]
    return tuple(_with_backrefs(record, drafts) for record in found)


class _Joined:
    def __init__(self, draft: Draft, drafts: list[Draft]) -> None:
        self.draft = draft
        self.drafts = drafts
        self.keys = [*(each.key for each in draft.columns if each.key), *draft.keys]

    def record(self, orm: str) -> Record:
        draft = self.draft
        fields = tuple(_distinct([self._field(each) for each in draft.columns]))
        checks = [*(c for each in draft.columns for c in each.checks), *draft.checks]
        relations = self._relations()
        return Record(
            name=draft.name,
            table=draft.table,
            place=draft.place,
            module=draft.module,
            symbol=draft.symbol,
            joins=bool(draft.symbol),
            orm=orm,
            schema=draft.schema,
            fields=tuple(_ruled(each, checks) for each in fields),
            unique=tuple(dict.fromkeys(each for each in self._unique(fields) if len(each) > 1)),
            checks=tuple(_named(each, fields) for each in checks),
            relations=tuple(relations),
            soft_delete=next((each.name for each in fields if each.name in SOFT_DELETE), ""),
        )

    def _unique(self, fields: tuple[Field, ...]) -> list[tuple[str, ...]]:
        """What no two rows share; of a table of no class also its key, which code makes of the rows it joins."""
        key = tuple(each.name for each in fields if each.primary_key)
        return [*self.draft.unique, *((key,) if self.draft.symbol else ())]

    def _field(self, column: Column) -> Field:
        field, draft = column.field, self.draft
        alone = (field.name,) in draft.unique
        key = next((each for each in self.keys if field.name in each.columns), None)
        primary = field.primary_key or field.name in draft.primary
        return field.replace(
            type=self._type(field, key),
            unique=field.unique or alone,
            primary_key=primary,
            nullable=field.nullable and not primary,
            references=self._reference(key, field.name) if key else "",
            version=field.name == draft.version,
            required=field.required and field.name != draft.version,
        )

    def _type(self, field: Field, key: Key | None) -> str:
        """A key without a type has that of what it points at."""
        target = self._target(key.target[key.columns.index(field.name)]) if key else None
        if field.type != "unknown" or target is None:
            return field.type
        columns = (each.field for each in target[0].columns if each.field.name == target[1])
        return next((each.type for each in columns), field.type)

    def _reference(self, key: Key, name: str) -> str:
        index = key.columns.index(name)
        found = self._target(key.target[index]) if index < len(key.target) else None
        return f"{found[0].name}.{found[1]}" if found else ""

    def _target(self, target: str | Value) -> tuple[Draft, str] | None:
        """The draft and field that a foreign key points at."""
        if isinstance(target, str):
            table, _, name = target.rpartition(".")
            bare = table.rpartition(".")[2]
            for draft in self.drafts:
                if draft.table == bare or (
                    draft.schema and f"{draft.schema}.{draft.table}" == table
                ):
                    return draft, _field_of(draft, name)
            return None
        if isinstance(target, BoundExternal) and isinstance(target.receiver, ClassValue):
            owner = next((d for d in self.drafts if d.kind is target.receiver), None)
            return (owner, target.name) if owner else None
        for draft in self.drafts:
            for column in draft.columns:
                if any(each is target for each in column.values):
                    return draft, column.field.name
        return None

    # --- relations -----------------------------------------------------------

    def _relations(self) -> list[Relation]:
        found = [each for each in map(self._relation, self.draft.ties) if each is not None]
        said = {each.field for each in found if each.field}
        for key in self.keys:
            target = self._target(key.target[0]) if key.target else None
            if target is None or key.columns[0] in said:
                continue
            name = key.columns[0].removesuffix("_id").removesuffix("Id")
            if any(each.name == name for each in found):
                name = key.columns[0]
            found.append(self._undeclared(name, target[0], key))
        return found

    def _undeclared(self, name: str, target: Draft, key: Key) -> Relation:
        return Relation(
            name=name,
            to=target.name,
            kind="many_to_one",
            on_delete=key.on_delete,
            field=key.columns[0],
            declared=False,
            place=key.place,
        )

    def _relation(self, tie: Tie) -> Relation | None:
        target = self._draft_of(tie.target)
        if target is None:
            return None
        key = self._key_to(target, tie) if not tie.through and tie.many is not True else None
        kind = self._kind(tie, target, key)
        far = None if key or tie.through else _Joined(target, self.drafts).key_back(self.draft)
        rule = key.on_delete if key else far.on_delete if far else ""
        return Relation(
            name=tie.name,
            to=target.name,
            kind=kind,
            on_delete=rule,
            field=key.columns[0] if key else "",
            back=tie.back or tie.backref,
            through=self.through(tie.through),
            ends=self.ends(tie),
            orm_cascade=tie.cascade,
            place=tie.place,
        )

    def _kind(self, tie: Tie, target: Draft, key: Key | None) -> str:
        if tie.through:
            return "many_to_many"
        if key is not None:
            column = next(c for c in self.draft.columns if c.field.name == key.columns[0])
            alone = column.field.unique or (key.columns[0],) in self.draft.unique
            return "one_to_one" if alone and _is_single_back(target, tie) else "many_to_one"
        return "one_to_one" if tie.many is False else "one_to_many"

    def _draft_of(self, target: str | ClassValue) -> Draft | None:
        if isinstance(target, ClassValue):
            return next((each for each in self.drafts if each.kind is target), None)
        return next((each for each in self.drafts if each.name == target), None)

    def through(self, name: str) -> str:
        named = (each.name for each in self.drafts if name and name in (each.table, each.name))
        return next(named, name)

    def ends(self, tie: Tie) -> tuple[str, ...]:
        """The two keys of the table between; of rows of one table those are its own that the relation says so of."""
        target, name = self._draft_of(tie.target), self.through(tie.through)
        between = next((each for each in self.drafts if name and each.name == name), None)
        if between is None or target is None:
            return ()
        joined = _Joined(between, self.drafts)
        own, others = joined.keys_to(self.draft), joined.keys_to(target)
        if target is self.draft:
            own = [each for each in own if re.search(rf"\b{each}\b", tie.own)]
            others = [each for each in others if each not in own]
        return (own[0], others[0]) if len(own) == len(others) == 1 else ()

    def keys_to(self, owner: Draft) -> list[str]:
        """The columns of this draft that point at `owner`."""
        found = ((k, self._target(k.target[0])) for k in self.keys if len(k.columns) == 1)
        return [k.columns[0] for k, target in found if target and target[0] is owner]

    def _key_to(self, target: Draft, tie: Tie) -> Key | None:
        """The own key that a relation to `target` goes by."""
        keys = [k for k in self.keys if (t := self._target(k.target[0])) and t[0] is target]
        if tie.local:
            names = {self._local(each) for each in tie.local}
            return next((each for each in keys if each.columns[0] in names), None)
        close = [each for each in keys if each.columns[0].startswith(tie.name)]
        return next(iter(close or keys), None)

    def _local(self, value: str | Value) -> str:
        if isinstance(value, str):
            return value
        found = (c.field.name for c in self.draft.columns if any(v is value for v in c.values))
        return next(found, "")

    def key_back(self, owner: Draft) -> Key | None:
        """The key of this draft that points at `owner`."""
        found = (k for k in self.keys if (t := self._target(k.target[0])) and t[0] is owner)
        return next(found, None)


def _is_single_back(target: Draft, tie: Tie) -> bool:
    """Whether the other side says that it holds one, not many."""
    back = next((each for each in target.ties if each.name == (tie.back or tie.backref)), None)
    return back is None or back.many is not True


def _field_of(draft: Draft, column: str) -> str:
    for each in draft.columns:
        if column in (each.field.column, each.field.name):
            return each.field.name
    return column


def _distinct(fields: list[Field]) -> list[Field]:
    """One field per name, the last written one."""
    return list({each.name: each for each in fields}.values())


def _named(check: CheckConstraint, fields: tuple[Field, ...]) -> CheckConstraint:
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'", "", check.sql)))
    names = tuple(each.name for each in fields if words & {each.name, each.column or each.name})
    return check.replace(fields=names)


def _ruled(field: Field, checks: list[CheckConstraint]) -> Field:
    """The field with the CHECKs that name it among its rules."""
    named = [each.sql for each in checks if _named(each, (field,)).fields]
    return field.replace(rules=(*field.rules, *named)) if named else field


def _with_backrefs(record: Record, drafts: list[Draft]) -> Record:
    """The record with relations that only `backref=` on the other side declares."""
    names = {each.name for each in record.relations}
    more = [
        Relation(
            name=tie.backref,
            to=draft.name,
            kind="many_to_many" if tie.through else "many_to_one" if tie.many else "one_to_many",
            back=tie.name,
            through=_Joined(draft, drafts).through(tie.through),
            ends=_Joined(draft, drafts).ends(tie)[::-1],
            place=tie.place,
        )
        for draft in drafts
        for tie in draft.ties
        if tie.backref and tie.backref not in names and _aims_at(tie, record)
    ]
    return record.replace(relations=(*record.relations, *more)) if more else record


def _aims_at(tie: Tie, record: Record) -> bool:
    name = tie.target.name if isinstance(tie.target, ClassValue) else tie.target
    return name == record.name
