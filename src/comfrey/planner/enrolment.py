"""What a caller holds through rows of others: the roles of a user, the permissions of a role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comfrey.model.plan import Persona
from comfrey.model.record import Field, Record, Relation
from comfrey.model.value import Literal, Ref, Sequence, Value
from comfrey.planner.builders import link_of, passage_of
from comfrey.planner.wording import called, snake
from comfrey.planner.world import World, reference_of

Pairs = tuple[tuple[str, Value], ...]
Seeding = Callable[[Record, str, Pairs], str]
"""Seeds a row under a name and gives the name that it got."""


@dataclass(frozen=True)
class Between:
    """A row that ties one that is still to come, by its key `near`, to another; `far` is what else it holds."""

    record: Record
    near: Field
    far: Pairs

    def seeded(self, seed: Seeding, row: str) -> None:
        """Seeds it, now that `row` is there."""
        seed(self.record, called(self.record.name), (_key(self.near, row), *self.far))


@dataclass(frozen=True)
class Held:
    """What a row holds: `values` of its own, and what ties it to others once it is there."""

    values: Pairs = ()
    between: tuple[Between, ...] = ()


def enrolled(world: World, who: Persona, seed: Seeding) -> Held | None:
    """How the caller's row comes to hold all that the persona does, rows of others seeded; None where no way
    to it is known."""
    whole = Held()
    for path, value in who.values:
        found = _held(world, seed, world.user, path.split("."), value) if world.user else None
        if found is None:
            return None
        whole = Held((*whole.values, *found.values), (*whole.between, *found.between))
    return whole


def _held(world: World, seed: Seeding, of: Record, path: list[str], value: Value) -> Held | None:
    name, *rest = path
    if not rest:
        return Held(((name, value),))
    if link_of(world, of, ".".join(path)) is not None and isinstance(value, Literal):
        return Held(((name, Literal(value=[value.value])),))
    relation = next((each for each in of.relations if each.name == name), None)
    target = world.project.record(relation.to) if relation is not None else None
    if relation is None or target is None or not _is_open(world, of, relation, path):
        return None
    inner = _held(world, seed, target, rest, value)
    if inner is None:
        return None
    if (back := _back(of, relation, target)) is not None and not inner.between:
        return Held(between=(Between(target, back, inner.values),))
    row = seed(target, snake(target.name), inner.values)
    for each in inner.between:
        each.seeded(seed, row)
    return _tied(world, of, relation, row, path)


def _is_open(world: World, of: Record, relation: Relation, path: list[str]) -> bool:
    """Whether a way along the relation is known at all."""
    target = world.project.record(relation.to)
    return (
        of.field(relation.field) is not None
        or _ends(world, relation) is not None
        or passage_of(world, of, ".".join(path)) is not None
        or (target is not None and _back(of, relation, target) is not None)
    )


def _back(of: Record, relation: Relation, target: Record) -> Field | None:
    """The key of the rows at the other end that says which of these they belong to: `user.grants` of `grant.user_id`."""
    if relation.kind != "one_to_many":
        return None
    keys = [each for each in target.fields if each.references and reference_of(each)[0] == of.name]
    return keys[0] if len(keys) == 1 else None


def _tied(world: World, of: Record, relation: Relation, row: str, path: list[str]) -> Held | None:
    own, ends = of.field(relation.field), _ends(world, relation)
    if own is not None:
        return Held((_key(own, row),))
    if ends is not None:
        record, near, far = ends
        return Held(between=(Between(record, near, (_key(far, row),)),))
    link = passage_of(world, of, ".".join(path))
    if link is None:
        return None
    return Held(((relation.name, Sequence(items=(Ref(name=row, path=(link[2],)),))),))


def _ends(world: World, relation: Relation) -> tuple[Record, Field, Field] | None:
    """The rows between two records, with their keys to this one and the other."""
    through = relation.through
    record = next(
        (e for e in world.project.records if through and through in (e.name, e.table)), None
    )
    keys = [each for name in relation.ends if record and (each := record.field(name))]
    return (record, keys[0], keys[1]) if record is not None and len(keys) == 2 else None


def _key(field: Field, row: str) -> tuple[str, Value]:
    return field.name, Ref(name=row, path=(reference_of(field)[1],))
