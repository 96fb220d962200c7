"""Functions that Sequelize calls before a row is stored."""

from __future__ import annotations

from comfrey.languages.javascript.options import option
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import Const, DictValue, FunctionValue, Instance, Value

SAVING = ("beforeCreate", "beforeSave", "beforeValidate", "beforeUpdate")


def saving(codebase: Codebase, record: Record) -> tuple[FunctionValue, ...]:
    """`hooks: { beforeCreate: (user) => { … } }` and `User.beforeCreate((user) => { … })`: the row is the
    first argument."""
    found: list[Value] = []
    for event in codebase.evaluator.events:
        made = event.result
        spot = (event.place.file, event.place.line)
        if spot == (record.place.file, record.place.line) and isinstance(made, Instance):
            for each in event.args:
                hooks = option(each, "hooks")
                found += _in(hooks) if isinstance(hooks, DictValue) else []
        of = event.receiver if event.name in SAVING else None
        at = of.place if isinstance(of, Instance) else None
        if at is not None and (at.file, at.line) == (record.place.file, record.place.line):
            found += event.args
    return tuple(each for each in found if isinstance(each, FunctionValue))


def _in(hooks: DictValue) -> list[Value]:
    return [v for k, v in hooks.items if isinstance(k, Const) and k.value in SAVING]
