"""By what a suite talks to the project's database: a driver that the project itself requires."""

from __future__ import annotations

from comfrey.model.noun import Noun


class Driver(Noun, frozen=True, kw_only=True):
    """`module` must be required by the project; `name` is what it registers; `pragmas` go behind a file's
    name."""

    module: str
    package: str
    name: str
    pragmas: str = ""
    returning: bool = True
    """Whether what it brings of its database knows `INSERT … RETURNING`."""
    simple: str = ""
    """What lets it run several statements at once, as a further argument."""


DRIVERS = {
    "postgresql": (
        Driver(module="github.com/jackc/pgx/v5", package="github.com/jackc/pgx/v5/stdlib", name="pgx"),
        Driver(module="github.com/jackc/pgx/v4", package="github.com/jackc/pgx/v4/stdlib", name="pgx"),
        Driver(module="github.com/lib/pq", package="github.com/lib/pq", name="postgres"),
        Driver(
            module="github.com/uptrace/bun/driver/pgdriver",
            package="github.com/uptrace/bun/driver/pgdriver",
            name="pg",
        ),
        Driver(
            module="github.com/jinzhu/gorm",
            package="github.com/jinzhu/gorm/dialects/postgres",
            name="postgres",
        ),
    ),
    "mysql": (
        Driver(
            module="github.com/go-sql-driver/mysql",
            package="github.com/go-sql-driver/mysql",
            name="mysql",
        ),
    ),
    "sqlite": (
        Driver(
            module="github.com/uptrace/bun/driver/sqliteshim",
            package="github.com/uptrace/bun/driver/sqliteshim",
            name="sqliteshim",
            pragmas="?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)",
        ),
        Driver(
            module="modernc.org/sqlite",
            package="modernc.org/sqlite",
            name="sqlite",
            pragmas="?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)",
        ),
        Driver(
            module="github.com/glebarez/go-sqlite",
            package="github.com/glebarez/go-sqlite",
            name="sqlite",
            pragmas="?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)",
        ),
        Driver(
            module="github.com/mattn/go-sqlite3",
            package="github.com/mattn/go-sqlite3",
            name="sqlite3",
            pragmas="?_foreign_keys=1&_busy_timeout=5000",
        ),
        Driver(
            module="github.com/jinzhu/gorm",
            package="github.com/jinzhu/gorm/dialects/sqlite",
            name="sqlite3",
            pragmas="?_foreign_keys=1&_busy_timeout=5000",
            returning=False,
        ),
    ),
}  # fmt: skip


def driver(dialect: str, required: tuple[str, ...]) -> Driver | None:
    """The first driver of the dialect among the modules that the project requires, else None."""
    return next((each for each in DRIVERS.get(dialect, ()) if each.module in required), None)
