"""The test database: migrated once, emptied after each test."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

reference_rows: dict[str, list[Any]] = {}


def migrate() -> None:
    """Bring the schema up to date with the project's migrations."""
    call_command("migrate", verbosity=0, interactive=False)


def tables() -> list[type[models.Model]]:
    """Every model with a table, those between two others included."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def clean() -> None:
    """Delete every row that a test may have left; foreign keys are checked when all are gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        for thing in ("FUNCTION IF EXISTS refuse() CASCADE", "SEQUENCE IF EXISTS refusals"):
            cursor.execute(f"DROP {thing}")
        for model in tables():
            rows = model._base_manager.all()
            rows = rows.exclude(pk__in=reference_rows.get(model._meta.db_table, ()))
            rows._raw_delete(connection.alias)


def remember_reference_rows() -> None:
    """Keep what the migrations themselves have put into the database."""
    for model in tables():
        reference_rows[model._meta.db_table] = list(
            model._base_manager.values_list("pk", flat=True)
        )


def spread_ids() -> None:
    """Let every table count from a different thousand, so that a swapped id shows."""
    with connection.cursor() as cursor:
        for number, model in enumerate(tables(), start=1):
            key = model._meta.pk
            if isinstance(key, models.AutoField):
                names = [f'"{model._meta.db_table}"', key.column, 1000 * number]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", names)


def snapshot(*kinds: type[models.Model], but: Sequence[Any] = ()) -> dict[str, list[Any]]:
    """All rows of the models as they stand; `but` leaves columns out."""
    spared = {(each.field.model, each.field.attname) for each in but}
    rows = {}
    for model in kinds:
        names = [field.attname for field in model._meta.concrete_fields]
        kept = [name for name in names if (model, name) not in spared]
        rows[model.__name__] = list(model._base_manager.order_by("pk").values_list(*kept))
    return rows


def refuse(model: type[models.Model], operation: str, nth: int = 1) -> None:
    """Let the database refuse the nth insert, update or delete, until the test ends."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for statement in REFUSAL.format(table=table, operation=operation, nth=nth).split("\n---\n"):
            cursor.execute(statement)


REFUSAL = """
CREATE SEQUENCE refusals
---
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('refusals') = {nth} THEN
        RAISE EXCEPTION 'refused by the test';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
---
CREATE TRIGGER refuse BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()
"""
