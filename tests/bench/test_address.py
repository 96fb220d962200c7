from __future__ import annotations

import pytest

from comfrey.bench.address import Address, require_choosable, spelled
from comfrey.model.problem import EXIT_REFUSED, Problem
from comfrey.model.project import DatabaseHook, Project, Stack


@pytest.mark.parametrize(
    ("said", "dialect", "port"),
    [
        ("host=db.shop user=ann password='a b' dbname=lamps port=5433 sslmode=disable", "postgresql", 5433),
        ("postgres://ann:a%20b@db.shop:5433/lamps?sslmode=disable", "postgresql", 5433),
        ("ann:a b@tcp(db.shop)/lamps?parseTime=True", "mysql", 3306),
    ],
)  # fmt: skip
def test_an_address_in_the_code_is_read_as_its_driver_reads_it(
    said: str, dialect: str, port: int
) -> None:
    wanted = Address(dialect, host="db.shop", port=port, user="ann", password="a b", name="lamps")
    assert spelled(said, dialect) == wanted


def test_a_word_is_no_address() -> None:
    assert spelled("lamps", "postgresql") is None


@pytest.mark.parametrize(
    ("orm", "driver", "refused"),
    [
        ("prisma", "pg", True),
        ("node_sql", "better-sqlite3", True),
        ("drizzle", "postgres", True),
        ("drizzle", "pg", False),
        ("knex", "mysql2", False),
        ("mongodb", "mongodb+srv", True),
        ("mongoose", "mongoose", False),
        ("sequelize", "sqlite3", False),
    ],
)
def test_a_database_that_the_code_names_is_laid_over_or_refused(
    orm: str, driver: str, refused: bool
) -> None:
    project = Project(
        root=".",
        name="lamps",
        stack=Stack(language="javascript", framework="express", orm=orm),
        database=DatabaseHook(configured=True, driver=driver),
    )
    if not refused:
        require_choosable(project)
        return
    with pytest.raises(Problem, match="The code itself names the database") as caught:
        require_choosable(project)
    assert caught.value.code == EXIT_REFUSED
