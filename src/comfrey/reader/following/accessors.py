"""Which record the objects stand for through which code reaches its table: delegates, models, repositories, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.model.record import Record
from comfrey.reader.following.gathered import collection
from comfrey.reader.following.value import Given, Method, Row
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    External,
    Generic,
    Instance,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine


def stands_for(machine: Machine, of: Value) -> Record | None:
    """The record that a delegate, model, repository or collection stands for."""
    if machine.meaning.collections:
        name = collection(of)
        return next((e for e in machine.records.values() if e.table == name), None)
    match of:
        case Method(name=name) if not isinstance(of.of, Row | Given):
            return _by_accessor(machine, name) if machine.meaning.clients else None
        case ClassValue():
            return machine.record_of(of)
        case Instance(of=Generic(args=(ClassValue() as kind, *_))):
            return machine.record_of(kind)
        case (
            Instance(of=External(name=made), args=(ClassValue() as kind, *_))
            | Instance(of=BoundExternal(name=made), args=(ClassValue() as kind, *_))
        ) if made.rpartition(".")[2] in machine.meaning.makers:
            return machine.record_of(kind)
        case Instance(of=ClassValue() as kind):
            return _of_repository(machine, kind)
        case Instance():
            return machine.record_of(of)
    return None


def _of_repository(machine: Machine, kind: ClassValue) -> Record | None:
    """`class UserRepository extends Repository<User>`."""
    for each in machine.codebase.bases(kind):
        if isinstance(each, Generic) and each.args and isinstance(each.args[0], ClassValue):
            return machine.record_of(each.args[0])
    return None


def _by_accessor(machine: Machine, name: str) -> Record | None:
    """`prisma.orderItem` stands for OrderItem."""
    wanted = name[:1].upper() + name[1:]
    records = machine.records.values()
    return next((e for e in records if name in (e.name, e.symbol) or e.name == wanted), None)
