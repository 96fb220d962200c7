"""The test database: migrated once, emptied after each test."""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import InstrumentedAttribute

from app.models.base import Base

from .environment import DATABASE_URL, ROOT

engine = create_async_engine(DATABASE_URL)
sessions = async_sessionmaker(engine, expire_on_commit=False)


def migrate() -> None:
    """Bring the schema up to date with the project's migrations."""
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "heads"], cwd=ROOT, check=True)


async def clean() -> None:
    """Delete every row that a test may have left, children first."""
    async with engine.begin() as connection:
        await connection.execute(text("DROP SEQUENCE IF EXISTS refusals"))
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())


async def spread_ids() -> None:
    """Let every table count from a different thousand, so that a swapped id shows."""
    async with engine.begin() as connection:
        for number, table in enumerate(Base.metadata.sorted_tables, start=1):
            key = table.autoincrement_column
            if key is not None:
                sequence = func.pg_get_serial_sequence(table.fullname, key.name)
                await connection.execute(select(func.setval(sequence, 1000 * number)))


async def count(session: AsyncSession, model: type, *conditions: Any) -> int:
    """How many rows of `model` meet the conditions."""
    query = select(func.count()).select_from(model).where(*conditions)
    return await session.scalar(query) or 0


async def snapshot(
    session: AsyncSession, *models: type, but: Sequence[InstrumentedAttribute[Any]] = ()
) -> dict[str, list[Any]]:
    """All rows of the models as they stand; `but` leaves columns out."""
    spared = {attribute.property.columns[0] for attribute in but}
    rows = {}
    for model in models:
        table = model.__table__
        columns = [column for column in table.columns if column not in spared]
        found = await session.execute(select(*columns).order_by(*table.primary_key))
        rows[table.name] = [tuple(row) for row in found]
    return rows


async def refuse(session: AsyncSession, model: type, operation: str, nth: int = 1) -> None:
    """Let the database refuse the nth insert, update or delete, until the test ends."""
    table = '"' + model.__table__.fullname.replace(".", '"."') + '"'
    for statement in REFUSAL.format(table=table, operation=operation, nth=nth).split("\n---\n"):
        await session.execute(text(statement))
    await session.commit()


async def forget_refusals() -> None:
    """Drop what `refuse` has made, unless another session holds its table."""
    with suppress(DBAPIError):
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            await connection.execute(text("DROP FUNCTION IF EXISTS refuse() CASCADE"))


REFUSAL = """
CREATE SEQUENCE refusals
---
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('refusals') IS NOT NULL AND TG_RELID = '{table}'::regclass THEN
        IF TG_OP = upper('{operation}') AND nextval('refusals') = {nth} THEN
            RAISE EXCEPTION 'refused by the test';
        END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
---
CREATE OR REPLACE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse()
"""
