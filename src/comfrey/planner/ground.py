"""Sets a project's records on the ground of the real catalog, where the bench has read it."""

from __future__ import annotations

from comfrey.model.facts import CatalogColumn, CatalogTable, Facts
from comfrey.model.project import Project
from comfrey.model.record import CheckConstraint, Field, Record, Relation


def grounded(project: Project, facts: Facts | None) -> Project:
    """The project with nullability, uniqueness, checks and ON DELETE as the database has them."""
    if facts is None or not facts.tables:
        return project
    tables = {each.name: each for each in facts.tables}
    records = tuple(_record(each, tables) for each in project.records)
    return project.replace(records=records)


def _record(record: Record, tables: dict[str, CatalogTable]) -> Record:
    table = tables.get(record.table)
    if table is None:
        return record
    if record.store == "document":
        return _document(record, table)
    names = {each.column or each.name: each.name for each in record.fields}
    uniques = [tuple(names.get(each, each) for each in columns) for _, columns in table.unique]
    fields = tuple(_field(each, table, uniques) for each in record.fields)
    if record.joins:  # its key is what code makes of the rows it joins, and no index of its own
        uniques.append(tuple(each.name for each in record.primary_key))
    return record.replace(
        fields=fields,
        unique=tuple(sorted({each for each in uniques if len(each) > 1})),
        checks=_checks(record, table, names),
        relations=tuple(_relation(each, record, table) for each in record.relations),
    )


def _document(record: Record, table: CatalogTable) -> Record:
    """A model's own rules hold whatever the collection asks: its indexes and validator come on top."""
    names = {each.column or each.name: each.name for each in record.fields}
    uniques = {tuple(names.get(each, each) for each in columns) for _, columns in table.unique}
    columns = {names.get(each.name, each.name): each for each in table.columns}
    together = {each for each in uniques if len(each) > 1}
    return record.replace(
        fields=tuple(
            _kept(each, columns.get(each.name), (each.name,) in uniques) for each in record.fields
        ),
        unique=tuple(sorted({*record.unique, *together})),
        checks=(*record.checks, *_checks(record, table, names)),
    )


def _kept(field: Field, column: CatalogColumn | None, unique: bool) -> Field:
    field = field.replace(unique=field.unique or unique)
    if column is None:
        return field
    return field.replace(
        nullable=field.nullable and column.nullable,
        length=field.length if field.length is not None else column.length,
        enum=field.enum or column.enum,
    )


def _field(field: Field, table: CatalogTable, uniques: list[tuple[str, ...]]) -> Field:
    column = next(
        (each for each in table.columns if each.name == (field.column or field.name)), None
    )
    if column is None:
        return field
    day = field.type == "datetime" and column.type == "date"
    return field.replace(
        type="date" if day else field.type,
        nullable=column.nullable,
        unique=(field.name,) in uniques or field.primary_key,
        length=column.length if column.length is not None else field.length,
        enum=field.enum or column.enum,
        computed=field.computed or column.generated,
        required=_is_required(field, column),
    )


def _is_required(field: Field, column: CatalogColumn) -> bool:
    filled = field.default_from or field.default is not None or column.default or column.identity
    return not column.nullable and not filled


def _checks(
    record: Record, table: CatalogTable, names: dict[str, str]
) -> tuple[CheckConstraint, ...]:
    declared = {each.name: each for each in record.checks if each.name}
    found = []
    for name, sql in table.checks:
        known = next((each for key, each in declared.items() if name.endswith(key)), None)
        mentioned = tuple(field for column, field in names.items() if column in sql)
        found.append(
            CheckConstraint(
                sql=sql,
                name=name,
                fields=known.fields if known and known.fields else mentioned,
                place=known.place if known else record.place,
            )
        )
    return tuple(found)


def _relation(relation: Relation, record: Record, table: CatalogTable) -> Relation:
    field = record.field(relation.field) if relation.field else None
    column = (field.column or field.name) if field else ""
    key = next((each for each in table.foreign_keys if each.columns == (column,)), None)
    return relation.replace(on_delete=key.on_delete) if key and not relation.on_delete else relation
