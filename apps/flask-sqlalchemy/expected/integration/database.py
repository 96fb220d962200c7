"""The test database: migrated once, emptied after each test."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from bookshop.models import db

from .environment import DATABASE_URL, ROOT

engine = create_engine(DATABASE_URL, isolation_level="READ COMMITTED")
sessions = sessionmaker(engine, expire_on_commit=False)


def migrate() -> None:
    """Bring the schema up to date with the project's migrations."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "bookshop:create_app()",
            "db",
            "upgrade",
            "--directory",
            "migrations",
        ],
        cwd=ROOT,
        check=True,
    )


def clean() -> None:
    """Delete every row that a test may have left, children first."""
    with engine.begin() as connection:
        for thing in ("TRIGGER IF EXISTS refuse", "TABLE IF EXISTS refusals"):
            connection.execute(text(f"DROP {thing}"))
        for table in reversed(db.Model.metadata.sorted_tables):
            connection.execute(table.delete())


def spread_ids() -> None:
    """Let every table count from a different thousand, so that a swapped id shows."""
    with engine.begin() as connection:
        for number, table in enumerate(db.Model.metadata.sorted_tables, start=1):
            key = table.autoincrement_column
            if key is not None:
                statement = f"ALTER TABLE {table.fullname} AUTO_INCREMENT = {1000 * number}"
                connection.execute(text(statement))


def count(session: Session, model: type, *conditions: Any) -> int:
    """How many rows of `model` meet the conditions."""
    query = select(func.count()).select_from(model).where(*conditions)
    return session.scalar(query) or 0


def snapshot(
    session: Session, *models: type, but: Sequence[InstrumentedAttribute[Any]] = ()
) -> dict[str, list[Any]]:
    """All rows of the models as they stand; `but` leaves columns out."""
    spared = {attribute.property.columns[0] for attribute in but}
    rows = {}
    for model in models:
        table = model.__table__
        columns = [column for column in table.columns if column not in spared]
        found = session.execute(select(*columns).order_by(*table.primary_key))
        rows[table.name] = [tuple(row) for row in found]
    return rows


def refuse(session: Session, model: type, operation: str, nth: int = 1) -> None:
    """Let the database refuse the nth insert, update or delete, until the test ends."""
    table = f"`{model.__table__.name}`"
    for statement in REFUSAL.format(table=table, operation=operation, nth=nth).split("\n---\n"):
        session.execute(text(statement))
    session.commit()


REFUSAL = """
CREATE TABLE refusals (n int) ENGINE=MyISAM
---
CREATE TRIGGER refuse BEFORE {operation} ON {table} FOR EACH ROW BEGIN
    INSERT INTO refusals VALUES (1);
    IF (SELECT count(*) FROM refusals) = {nth} THEN
        SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1030, MESSAGE_TEXT = 'refused by the test';
    END IF;
END
"""
