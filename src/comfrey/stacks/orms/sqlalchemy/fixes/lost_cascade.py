"""A foreign key whose ON DELETE stands in the model and is missing in the migration."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import BROKEN, CRASHED, STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.record import Field, Record
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, Expression, ListOf, Module, walk

SYMPTOMS = (STORED, CRASHED, TOLD, BROKEN)
RANK = 12
WORDS = {"cascade": "CASCADE", "set_null": "SET NULL", "restrict": "RESTRICT"}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`ondelete=` on the constraint of the migration that makes the table."""
    for record in project.records:
        for field, action in _declared(record):
            for call in _constraints(codebase, project, record, field):
                edit = _with_action(call, WORDS[action])
                if edit is not None and _about(ailment, record, field):
                    summary = f"{record.name}.{field.name} is made with ON DELETE {WORDS[action]}"
                    return Cure(summary=summary, edits=(edit,), place=call.place)
    return None


def _about(ailment: Ailment, record: Record, field: Field) -> bool:
    parent = field.references.partition(".")[0]
    deletes = ailment.subject.startswith("DELETE ") or ailment.column == "delete"
    touched = bool({ailment.subject, ailment.record} & {record.name, parent})
    return (deletes and touched) or f"{record.table}_{field.name}" in ailment.error


def _declared(record: Record) -> Iterator[tuple[Field, str]]:
    """The foreign keys whose relation or column declares what a deletion does."""
    for relation in record.relations:
        field = record.field(relation.field) if relation.field else None
        if field is not None and field.references and relation.on_delete in WORDS:
            yield field, relation.on_delete


def _constraints(
    codebase: Codebase, project: Project, record: Record, field: Field
) -> Iterator[Call]:
    """The constraint in `create_table(…)` of a migration."""
    column = field.column or field.name
    folder = (
        project.migrations.rpartition("/")[0] if "." in project.migrations else project.migrations
    )
    for name in codebase.modules((b"create_table",)):
        module = codebase.parsed(name)
        inside = module is not None and module.source.path.startswith(folder)
        for table in _tables(module, record.table) if module and inside else ():
            for each in walk(table):
                if isinstance(each, Call) and _is_key(each, column):
                    yield each


def _tables(module: Module, table: str) -> Iterator[Call]:
    for function in mending.functions(module):
        for each in mending.inside(function):
            if isinstance(each, Call) and each.function.text.endswith("create_table"):
                first = next(iter(each.positional), None)
                if isinstance(first, Constant) and first.value == table:
                    yield each


def _is_key(call: Call, column: str) -> bool:
    """`ForeignKeyConstraint(["book_id"], …)` of one column."""
    first: Expression | None = next(iter(call.positional), None)
    named = call.function.text.endswith("ForeignKeyConstraint") and isinstance(first, ListOf)
    if not named or not isinstance(first, ListOf) or len(first.items) != 1:
        return False
    item = first.items[0]
    return isinstance(item, Constant) and item.value == column


def _with_action(call: Call, action: str) -> Edit | None:
    """The constraint with its action; over several lines where one would be too long."""
    if call.keyword("ondelete") is not None:
        return None
    texts = [mending.source(each) for each in call.arguments] + [f'ondelete="{action}"']
    flat = f"{call.function.text}({', '.join(texts)})"
    indent = mending.indentation(call)
    if len(indent) + len(flat) + 1 <= mending.LINE:
        return mending.replaced(call, flat)
    inner = f"\n{indent}    {', '.join(texts)}\n{indent}"
    return mending.replaced(call, f"{call.function.text}({inner})")
