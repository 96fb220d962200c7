"""Records through the project's own models: stored, read, changed, deleted, and what the database refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comfrey.model.place import Because
from comfrey.model.plan import Case, Variation
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.model.step import (
    Ask,
    Change,
    Expect,
    Refused,
    Remember,
    Remove,
    Row,
    Save,
    Seed,
    Step,
    Unchanged,
)
from comfrey.model.value import Column, Computed, Literal, Mapping, Ref, Repeated, Sequence, Value
from comfrey.planner import cast
from comfrey.planner.absence import absent_key
from comfrey.planner.acceptance import surely_refuses
from comfrey.planner.builders import builder, password_field, stored_value
from comfrey.planner.checks import bounds, column_schema, is_loose
from comfrey.planner.conflicts import unique_sets
from comfrey.planner.flaws import beyond, plain_value
from comfrey.planner.outcomes import typed
from comfrey.planner.removal import BY_ORM, children
from comfrey.planner.stand_ins import is_asked_for
from comfrey.planner.wording import a, called, listed, plural, snake, words
from comfrey.planner.world import World, reference_of

Pairs = tuple[tuple[str, Value], ...]
GROUP = "records"
FIXED = "immutable"
"""The rule of a field that keeps the value with which its document was made."""
COUNTED = ("integer", "bigint")
CHANGEABLE = (
    "string",
    "text",
    "integer",
    "bigint",
    "smallint",
    "boolean",
    "date",
    "datetime",
    "enum",
)


def cases(world: World) -> list[Case]:
    """Every record that can be built, in the project's order."""
    found: list[Case] = []
    for record in world.project.models:
        if len(record.primary_key) == 1 and _is_buildable(world, record) and not is_loose(record):
            found += _Desk(world, record).cases()
    return found


def _follows(field: Field) -> bool:
    """True for a field that the database or the ORM sets anew when others change."""
    generated = field.computed and field.default_from == "database"
    return bool(field.on_update or field.version or generated)


def _is_buildable(world: World, record: Record) -> bool:
    made = builder(world, record)
    return made is not None and all(
        _parent(world, each) for each in record.fields if each.references
    )


def _parent(world: World, field: Field) -> bool:
    target = world.target(field)
    return field.nullable or (target is not None and builder(world, target) is not None)


class _Desk:
    """One record and the cases about it."""

    def __init__(self, world: World, record: Record) -> None:
        self.world = world
        self.record = record
        self.noun = words(record.name)
        self.name = called(record.name)
        self.key = record.primary_key[0]
        self.where: Pairs = ((self.key.name, Ref(name=self.name, path=(self.key.name,))),)

    @property
    def is_document(self) -> bool:
        return self.record.store == "document"

    @property
    def counted(self) -> tuple[str, ...]:
        """The types of numbers that are counted exactly; a document database knows but one."""
        return (*COUNTED, "float") if self.is_document else COUNTED

    def cases(self) -> list[Case]:
        found: Iterable[Case | None] = (
            None if self.record.along else self.created(),
            self.read(),
            self.updated(),
            self.updated_together(),
            self.deleted(),
            *self.with_children(),
            *self.duplicates(),
            *self.orphans(),
            self.without(),
            self.unchecked(),
            self.stale(),
            self.joined(),
            self.summed(),
            self.sliced(),
        )
        return [each for each in found if each is not None and not self._makes(each)]

    def _makes(self, case: Case) -> bool:
        """Whether the case makes an object whose very making stores rows, behind the session's back."""
        steps = (each.step if isinstance(each, Refused) else each for each in case.steps)
        made = (self.world.project.record(e.record) for e in steps if isinstance(e, Save))
        return any(each is not None and each.stores for each in made)

    def draft(self, title: str, column: str, steps: Iterable[Step], text: str, **more: Any) -> Case:
        because = Because(text=text, law=more.pop("law", "declared"), place=self.record.place)
        return Case(
            id="",
            title=title,
            kind="record",
            column=column,
            subject=self.record.name,
            record=self.record.name,
            group=f"{self.name}_records",
            steps=tuple(steps),
            because=(because,),
            **more,
        )

    # --- values -----------------------------------------------------------------

    def seed(self, name: str = "", values: Pairs = ()) -> Seed:
        return Seed(record=self.record.name, name=name or self.name, values=values)

    def full(self, parents: bool = True) -> tuple[tuple[Seed, ...], Pairs]:
        """Seeds of the parents, and exactly the required values of one row."""
        made = builder(self.world, self.record)
        if made is None:
            return (), ()
        seeds: list[Seed] = []
        pairs: list[tuple[str, Value]] = []
        for name, to in made.parents:
            field = self.record.field(name)
            key = reference_of(field)[1] if field else "id"
            seed = _role(name, to)
            seeds.append(Seed(record=to, name=seed))
            pairs.append((name, Ref(name=seed, path=(key,))))
        for field in self.record.fields:
            if field.name in dict(made.defaults) or field.name in dict(made.sequences):
                pairs.append((field.name, self.value(field, 1)))
        if made.password:
            hashed = Computed(operation="hash", of=(Literal(value=self.world.password),))
            pairs.append((made.password, hashed))
        return tuple(seeds), tuple(pairs)

    def value(self, field: Field, nth: int) -> Value:
        return typed(field, stored_value(self.world, self.record, field, nth))

    def changeable(self) -> list[tuple[Field, Value]]:
        """Fields that a plain new value can go into, each with one unlike what is stored."""
        found: list[tuple[Field, Value]] = []
        for field in sorted(self.record.fields, key=_telling):
            fixed = field.primary_key or field.references or field.computed or field.version
            fixed = fixed or field.rewritten or field.name == self.record.soft_delete
            secret = field.name == password_field(self.world, self.record)
            kinds = (*CHANGEABLE, "float") if self.is_document else CHANGEABLE
            if fixed or secret or field.on_update or field.type not in kinds:
                continue
            if FIXED in field.rules:
                continue
            if field.default_from in ("database", "auto") and field.default is None:
                continue
            try:
                value = self.value(field, 1)
            except cast.NoValue:
                continue
            if isinstance(value, Literal) and value.value != field.default:
                found.append((field, value))
        return found

    # --- create and read ----------------------------------------------------------

    def created(self) -> Case:
        """With only what is required: stored as given, the rest by default."""
        seeds, pairs = self.full()
        given = {name for name, _ in pairs}
        own = {each.name for each in self.record.fields if each.rewritten}
        defaults = [
            (each.name, Literal(value=each.default))
            for each in self.record.fields
            if each.name not in (given | own) and isinstance(each.default, (str, int, float, bool))
        ]
        optional = [
            each
            for each in self.record.fields
            if each.name not in (given | own)
            and each.nullable
            and not each.computed
            and not each.default_from
            and each.default is None
        ]
        steps: list[Step] = [*seeds, Save(record=self.record.name, name=self.name, values=pairs)]
        steps.append(Ask(record=self.record.name, name="found", where=self.where, form="one"))
        for name, value in (*pairs, *defaults):
            if isinstance(value, Computed) or name in own:
                continue
            steps.append(Expect(name="found", path=(name,), value=value))
        steps += [Expect(name="found", path=(each.name,), match="null") for each in optional[:3]]
        title = f"stores {a(self.noun)} with what is required"
        if defaults:
            title += f" and fills in {listed([words(name) for name, _ in defaults])}"
        return self.draft(title, "create", steps, "required fields and defaults as declared")

    def read(self) -> Case | None:
        """By key and by each unique field, the right row among two."""
        made = builder(self.world, self.record)
        given = {name for name, _ in (*made.defaults, *made.sequences)} if made else set()
        unique = [
            each
            for each in self.record.fields
            if each.unique and not each.primary_key and (not each.nullable or each.name in given)
        ]
        names = [self.key.name, *(each.name for each in unique if not each.references)]
        steps: list[Step] = [self.seed(), self.seed(f"other_{self.name}")]
        for at, name in enumerate(names):
            bound = "found" if at == 0 else f"found_by_{name}"
            where = ((name, Ref(name=self.name, path=(name,))),)
            steps.append(Ask(record=self.record.name, name=bound, where=where, form="one"))
            key = (self.key.name,)
            steps.append(Expect(name=bound, path=key, value=Ref(name=self.name, path=key)))
        by = listed([words(each) for each in names])
        return self.draft(f"finds {a(self.noun)} by {by}", "read", steps, "keys as declared")

    # --- update -------------------------------------------------------------------

    def updated(self) -> Case | None:
        """One field at a time, and nothing else changes in any row."""
        fields = self.changeable()
        if not fields:
            return None
        field, value = fields[0]
        return self._changed(
            f"changes only the {words(field.name)} of {a(self.noun)}", [(field, value)]
        )

    def updated_together(self) -> Case | None:
        fields = [
            each
            for each in self.changeable()
            if each[0].default is None and not self._loses_its_zone(each[0])
        ]
        if len(fields) < 2:
            return None
        names = listed([words(field.name) for field, _ in fields[:4]])
        return self._changed(f"changes the {names} of {a(self.noun)} together", fields[:4])

    def _loses_its_zone(self, field: Field) -> bool:
        """SQLite keeps a moment without its offset: what comes back is another value."""
        return field.type == "datetime" and field.timezone and not self.world.strict_database

    def _changed(self, title: str, fields: list[tuple[Field, Value]]) -> Case:
        pairs = tuple((field.name, value) for field, value in fields)
        touched = [field.name for field, _ in fields]
        follows = (each for each in self.record.fields if _follows(each))
        touched += [each.name for each in follows]
        steps: tuple[Step, ...] = (
            self.seed(),
            self.seed(f"other_{self.name}"),
            Remember(name="before", records=(self.record.name,)),
            Change(name=self.name, record=self.record.name, values=pairs),
            Row(record=self.record.name, where=self.where, values=pairs),
            Unchanged(name="before", but=tuple((self.record.name, name) for name in touched)),
        )
        if self._is_kept_by_others():
            steps = tuple(e for e in steps if not isinstance(e, Remember | Unchanged))
        return self.draft(title, "update", steps, "the other fields keep what they hold")

    def _is_kept_by_others(self) -> bool:
        """Whether the table has columns that the source does not tell of and no row goes without: a package keeps
        them, in other rows as well (a tree's)."""
        tables = self.world.facts.tables if self.world.facts else ()
        table = next((each for each in tables if each.name == self.record.table), None)
        told = {each.column or each.name for each in self.record.fields}
        columns = table.columns if table is not None else ()
        return any(is_asked_for(each) and each.name not in told for each in columns)

    def stale(self) -> Case | None:
        """An optimistic lock notices that a row has changed meanwhile."""
        version = next((each for each in self.record.fields if each.version), None)
        fields = self.changeable()
        if version is None or not fields:
            return None
        field, value = fields[0]
        steps = (
            self.seed(),
            Change(name=self.name, record=self.record.name, values=((field.name, value),)),
            Ask(record=self.record.name, name="found", where=self.where, form="one"),
            Expect(
                name="found", path=(version.name,), match="type", value=Literal(value="integer")
            ),
        )
        return self.draft(
            f"counts the versions of {a(self.noun)}", "transaction", steps, "a version as declared"
        )

    # --- delete -------------------------------------------------------------------

    def deleted(self) -> Case | None:
        if any("write-only" in each.orm_cascade for each in self.record.relations):
            return None
        other = f"other_{self.name}"
        other_key: Pairs = ((self.key.name, Ref(name=other, path=(self.key.name,))),)
        steps = (
            self.seed(),
            self.seed(other),
            Remove(name=self.name, record=self.record.name),
            Row(record=self.record.name, where=self.where, absent=True),
            Row(record=self.record.name, where=other_key),
        )
        return self.draft(
            f"removes {a(self.noun)} and no other", "delete", steps, "one row is removed"
        )

    def with_children(self) -> list[Case]:
        """What becomes of the rows that point here, by ON DELETE."""
        found = []
        for child, field, on_delete in children(self.world, self.record):
            if builder(self.world, child) is None or len(child.primary_key) != 1:
                continue
            case = self._child_case(child, field, on_delete)
            if case:
                found.append(case)
        return found

    def _child_case(self, child: Record, field: Field, on_delete: str) -> Case | None:
        name = called(child.name)
        back: Pairs = ((field.name, Ref(name=self.name, path=(self.key.name,))),)
        others = self._other_ends(child, field) if on_delete == BY_ORM else ()
        ends = tuple((each.name, ref) for each, ref, _ in others)
        parents = tuple(seed for _, _, seed in others)
        seeds = (
            self.seed(),
            *parents,
            Seed(record=child.name, name=name, values=(*back, *ends)),
        )
        key = child.primary_key[0].name
        where = ((key, Ref(name=name, path=(key,))),)
        remove = Remove(name=self.name, record=self.record.name)
        what, other = self.noun, words(child.name)
        text = f"{child.name}.{field.name} on delete {on_delete.replace('_', ' ')}"
        if not self.world.strict_database or self._orm_steps_in(child):
            return None
        if on_delete in ("cascade", BY_ORM):
            steps: tuple[Step, ...] = (
                *seeds,
                remove,
                Row(record=child.name, where=where, absent=True),
            )
            title = f"removes {a(other)} with its {what}"
        elif on_delete == "set_null" and field.nullable:
            gone = Row(record=child.name, where=where, matches=((field.name, "null", Literal()),))
            steps, title = (*seeds, remove, gone), f"leaves {a(other)} without its {what}"
        elif on_delete in ("restrict", "no_action"):
            steps = (*seeds, Refused(step=remove, kind="foreign_key"))
            title = f"keeps {a(what)} that {a(other)} points to"
        else:
            return None
        case = self.draft(title, "delete", steps, text)
        because = tuple(each.replace(place=field.place or child.place) for each in case.because)
        return case.replace(subject=child.name, because=because)

    def _other_ends(self, child: Record, field: Field) -> list[tuple[Field, Ref, Seed]]:
        """What a row between two records may leave empty: the ORM finds it by the row at its other end alone."""
        found = []
        for each in child.fields:
            to, key = reference_of(each) if each.references else ("", "")
            if each is field or not each.nullable or to in ("", self.record.name, child.name):
                continue
            seed = Seed(record=to, name=called(to))
            found.append((each, Ref(name=seed.name, path=(key,)), seed))
        return found

    def _orm_steps_in(self, child: Record) -> bool:
        """True when a relation here lets the ORM itself change the children before the database can."""
        return any(
            each.to == child.name and each.kind != "many_to_one" for each in self.record.relations
        )

    # --- constraints ----------------------------------------------------------------

    def duplicates(self) -> list[Case]:
        found = []
        for names in unique_sets(self.record):
            fields = [self.record.field(name) for name in names]
            if any(
                field is None or field.nullable or field.computed or field.on_update
                for field in fields
            ):
                continue
            pairs = [(name, value) for name, value in self._spare() if name not in names]
            same = tuple((name, Ref(name=self.name, path=(name,))) for name in names)
            save = Save(record=self.record.name, name="second", values=(*pairs, *same))
            needed = {value.name for _, value in pairs if isinstance(value, Ref)}
            parents = tuple(each for each in self._parents() if each.name in needed)
            steps: tuple[Step, ...] = (*parents, self.seed(), Refused(step=save, kind="unique"))
            said = listed([words(name.removesuffix("_id")) for name in names])
            title = f"refuses two {plural(self.noun)} with the same {said}"
            found.append(self.draft(title, "constraint", steps, f"unique {', '.join(names)}"))
        return found

    def _parents(self) -> tuple[Seed, ...]:
        return self.full()[0]

    def _spare(self) -> Pairs:
        return self.full()[1]

    def orphans(self) -> list[Case]:
        if not self.world.strict_database:
            return []
        found = []
        for field in self.record.fields:
            target = self.world.target(field) if field.references else None
            missing = absent_key(field) if target else None
            if target is None or missing is None or field.primary_key:
                continue
            seeds, pairs = self.full()
            others = tuple(pair for pair in pairs if pair[0] != field.name)
            needed = {value.name for _, value in others if isinstance(value, Ref)}
            save = Save(
                record=self.record.name, name="orphan", values=(*others, (field.name, missing))
            )
            kept = tuple(each for each in seeds if each.name in needed)
            steps: tuple[Step, ...] = (*kept, Refused(step=save, kind="foreign_key"))
            title = f"refuses {a(self.noun)} of {a(words(field.name.removesuffix('_id')))} that is not there"
            found.append(
                self.draft(title, "constraint", steps, f"{field.name} → {field.references}")
            )
        return found

    def without(self) -> Case | None:
        """Each required field set to null, one row of the table each."""
        seeds, pairs = self.full()
        required = {
            each.name
            for each in self.record.fields
            if not each.nullable and not each.primary_key and not each.default_from
        }
        free = {name: value for name, value in pairs if name in required and _is_constant(value)}
        if not free:
            return None
        save = self._tabled("incomplete", pairs, free)
        rows = [_but(free, name, Literal(), f"no {words(name)}") for name in free]
        return self.draft(
            f"refuses {a(self.noun)} without a required field",
            "constraint",
            (*seeds, Refused(step=save, kind="not_null")),
            "required as declared" if self.is_document else "NOT NULL as declared",
            variations=tuple(rows),
            columns=tuple(free),
        )

    def unchecked(self) -> Case | None:
        """A value just outside each CHECK."""
        seeds, pairs = self.full()
        checked = bounds(self.record)
        wrong = [
            (field.name, said, value)
            for name, _ in pairs
            if name in checked and (field := self.record.field(name))
            for said, value in _outside(self.record, field, checked[name])
        ]
        if not wrong:
            return None
        names = {name for name, _, _ in wrong}
        free = {name: value for name, value in pairs if name in names}
        save = self._tabled("wrong", pairs, free)
        rows = [_but(free, name, value, said) for name, said, value in wrong]
        return self.draft(
            f"refuses {a(self.noun)} outside its {'rules' if self.is_document else 'checks'}",
            "constraint",
            (*seeds, Refused(step=save, kind="check")),
            "the model's rules" if self.is_document else "CHECK as declared",
            variations=tuple(rows),
            columns=tuple(free),
        )

    def _tabled(self, name: str, pairs: Pairs, free: dict[str, Value]) -> Save:
        """A row whose `free` fields stand in the table, the others as they are."""
        values = tuple((key, Column(name=key) if key in free else value) for key, value in pairs)
        return Save(record=self.record.name, name=name, values=values)

    # --- queries ------------------------------------------------------------------

    def joined(self) -> Case | None:
        """A row's relation leads to its own parent, not another's."""
        for relation in self.record.relations:
            field = self.record.field(relation.field) if relation.field else None
            target = self.world.project.record(relation.to)
            if (
                relation.kind != "many_to_one"
                or not relation.declared
                or field is None
                or target is None
                or field.nullable
            ):
                continue
            if len(target.primary_key) != 1 or target.name == self.record.name:
                continue
            key = target.primary_key[0].name
            parent = snake(relation.name)
            seeds = (
                Seed(record=target.name, name=f"other_{parent}"),
                Seed(record=target.name, name=parent),
                self.seed(values=((field.name, Ref(name=parent, path=(key,))),)),
            )
            ask = Ask(
                record=self.record.name,
                name="found",
                where=self.where,
                form="one",
                join=relation.name,
            )
            same = Ref(name=parent, path=(key,))
            steps = (*seeds, ask, Expect(name="found", path=(relation.name, key), value=same))
            return self.draft(
                f"leads from {a(self.noun)} to its {words(relation.name)}",
                "read",
                steps,
                f"the relation {relation.name} as declared",
            )
        return None

    def summed(self) -> Case | None:
        """Counts and sums over only the rows that match."""
        parent = next(
            (each for each in self.record.fields if each.references and not each.nullable), None
        )
        number = next(
            (f for f, _ in self.changeable() if f.type in self.counted and f.default is None),
            None,
        )
        target = self.world.target(parent) if parent else None
        together = parent is not None and any(parent.name in names for names in self.record.unique)
        if parent is None or number is None or target is None or parent.unique:
            return None
        first, second = self.value(number, 0), self.value(number, 1)
        if not isinstance(first, Literal) or not isinstance(second, Literal) or first == second:
            return None
        key = reference_of(parent)[1]
        role = _role(parent.name, target.name)
        back: Pairs = ((parent.name, Ref(name=role, path=(key,))),)
        seeds = (
            Seed(record=target.name, name=role),
            self.seed(f"first_{self.name}", (*back, (number.name, first))),
            self.seed(f"second_{self.name}", (*back, (number.name, second))),
            self.seed(f"other_{self.name}", ((number.name, first),)),
        )
        if together and self._is_alone(parent):
            return None
        total = Literal(value=first.value + second.value)
        steps: tuple[Step, ...] = (
            *seeds,
            Ask(record=self.record.name, name="count", where=back, form="count"),
            Ask(record=self.record.name, name="total", where=back, form=f"sum:{number.name}"),
            Expect(name="count", value=Literal(value=2)),
            Expect(name="total", value=total),
        )
        return self.draft(
            f"counts and sums only the {plural(self.noun)} of one {words(role)}",
            "read",
            steps,
            "aggregates over a foreign key",
        )

    def _is_alone(self, parent: Field) -> bool:
        """True when the parent is unique with something that two built rows would share."""
        for names in self.record.unique:
            others = [self.record.field(name) for name in names if name != parent.name]
            if parent.name in names and not any(each and each.references for each in others):
                return True
        return False

    def sliced(self) -> Case | None:
        """The second page of an order, by offset and limit."""
        field = next(
            (f for f, _ in self.changeable() if f.type in self.counted and f.default is None),
            None,
        )
        if field is None:
            return None
        values = [self.value(field, nth) for nth in range(3)]
        numbers = [each.value for each in values if isinstance(each, Literal)]
        if len({*numbers}) != 3 or any(each.rows for each in self._reference_tables()):
            return None
        names = (f"first_{self.name}", f"second_{self.name}", f"third_{self.name}")
        seeds = tuple(
            self.seed(name, ((field.name, value),))
            for name, value in zip(names, values, strict=True)
        )
        ask = Ask(
            record=self.record.name, name="found", order=((field.name, False),), offset=1, limit=1
        )
        middle = Sequence(items=(Literal(value=sorted(numbers)[1]),))
        steps: tuple[Step, ...] = (
            *seeds,
            ask,
            Expect(name="found", match="ids", key=field.name, value=middle),
        )
        return self.draft(
            f"slices {plural(self.noun)} in the order of {words(field.name)}",
            "read",
            steps,
            "order, offset and limit",
        )

    def _reference_tables(self) -> list[Any]:
        tables = self.world.facts.tables if self.world.facts else ()
        return [each for each in tables if each.name == self.record.table]


def _telling(field: Field) -> tuple[bool, bool]:
    """Free texts and numbers first: unique fields and flags say less about a change."""
    return field.unique, field.type in ("boolean", "enum", "datetime")


def _is_constant(value: Value) -> bool:
    return isinstance(value, Literal | Mapping | Sequence)


def _but(free: dict[str, Value], name: str, value: Value, said: str) -> Variation:
    cells = tuple((key, value if key == name else given) for key, given in free.items())
    return Variation(id=said, cells=cells)


def _role(field: str, record: str) -> str:
    stem = snake(field).removesuffix("_id")
    return stem if stem and stem != snake(field) else called(record)


def _outside(record: Record, field: Field, rules: dict[str, Any]) -> list[tuple[str, Value]]:
    """Values that the column's type takes and its CHECK does not."""
    kind = column_schema(record, field)
    if field.type == "enum":
        return []
    checked = Schema(
        type=kind.type, **{k: v for k, v in rules.items() if k in Schema.__struct_fields__}
    )
    noun = words(field.name)
    found = []
    candidates = list(beyond(noun, checked))
    if checked.enum:
        candidates.append((f"an unknown {noun}", Literal(value="sideways"), "enum"))
    for said, value, rule in candidates:
        measured = record.store == "document" or _is_short(plain_value(value), field)
        fits = not isinstance(value, Mapping | Repeated) and measured
        if rule != "multiple" and fits and surely_refuses(checked, plain_value(value)):
            found.append((said, value))
    return found


def _is_short(value: Any, field: Field) -> bool:
    return not isinstance(value, str) or field.length is None or len(value) <= field.length
