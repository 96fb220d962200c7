"""The same promises, kept by every database of the bench."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from comfrey.bench import catalog, mariadb, postgresql
from comfrey.bench.database import Database, Refused, require_test_name
from comfrey.bench.mysql import Mysql
from comfrey.bench.options import user_cache
from comfrey.bench.postgres import Postgres
from comfrey.bench.sqlite import Sqlite
from comfrey.model.problem import EXIT_REFUSED, Problem

TABLES = {
    "postgresql": (
        "CREATE TABLE roles (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE users (id serial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE,"
        " role_id integer REFERENCES roles (id) ON DELETE RESTRICT, age integer CHECK (age > 0),"
        " tag text GENERATED ALWAYS AS (upper(email)) STORED)",
        "CREATE TABLE posts (id serial PRIMARY KEY,"
        " user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE)",
        "INSERT INTO roles (name) VALUES ('customer'), ('admin')",
    ),
    "mysql": (
        "CREATE TABLE roles (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(40) UNIQUE)",
        "CREATE TABLE users (id integer AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL UNIQUE,"
        " role_id integer, age integer CHECK (age > 0),"
        " tag varchar(80) GENERATED ALWAYS AS (upper(email)) STORED,"
        " FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE RESTRICT)",
        "CREATE TABLE posts (id integer AUTO_INCREMENT PRIMARY KEY, user_id integer NOT NULL,"
        " FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
        "INSERT INTO roles (name) VALUES ('customer'), ('admin')",
    ),
    "sqlite": (
        "CREATE TABLE roles (id integer PRIMARY KEY AUTOINCREMENT, name text UNIQUE)",
        "CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, email varchar(80) NOT NULL UNIQUE,"
        " role_id integer REFERENCES roles (id) ON DELETE RESTRICT, age integer CHECK (age > 0),"
        " tag text GENERATED ALWAYS AS (upper(email)) STORED)",
        "CREATE TABLE posts (id integer PRIMARY KEY AUTOINCREMENT,"
        " user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE)",
        "INSERT INTO roles (name) VALUES ('customer'), ('admin')",
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Running]:
    scratch = tmp_path_factory.mktemp("postgresql")
    binaries = postgresql.choose()
    data = postgresql.initialise(binaries, user_cache())
    running = postgresql.start(binaries, postgresql.copy_data(data, scratch), scratch / "log")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def mysql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mariadb.Running]:
    if not mariadb.available() and not os.environ.get("COMFREY_REQUIRE_ALL"):
        pytest.skip("no MariaDB or MySQL on this machine")
    scratch = tmp_path_factory.mktemp("mysql")
    binaries = mariadb.choose()
    data = mariadb.initialise(binaries, user_cache())
    running = mariadb.start(binaries, mariadb.copy_data(data, scratch), scratch / "log")
    yield running
    running.stop()


@pytest.fixture(params=["postgresql", "mysql", "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made: Database
    if request.param == "sqlite":
        made = Sqlite.make(tmp_path, "shop_test")
    elif request.param == "mysql":
        maria = request.getfixturevalue("mysql_server")
        made = Mysql(
            title="MariaDB",
            name="shop_test",
            host="127.0.0.1",
            port=maria.port,
            user=mariadb.USER,
            password=mariadb.USER,
            connect=maria.connect,
        )
        made.make()
    else:
        running = request.getfixturevalue("server")
        made = Postgres(
            title="PostgreSQL",
            name="shop_test",
            host="127.0.0.1",
            port=running.port,
            user=postgresql.USER,
            password="",
            connect=lambda name: running.connect(name or "postgres"),
        )
        made.make()
    for statement in TABLES[request.param]:
        made.sql(statement)
    made.keep_pristine()
    made.watch()
    yield made
    made.close()


def add_user(database: Database, email: str = "ann@example.com") -> int:
    database.sql("INSERT INTO users (email, role_id, age) VALUES (%s, 1, 30)", [email])
    return int(database.sql("SELECT id FROM users WHERE email = %s", [email])[0]["id"])


def count(database: Database, table: str) -> int:
    return int(database.sql(f"SELECT count(*) AS n FROM {table}")[0]["n"])


def test_writes_are_told_in_order_and_once(database: Database) -> None:
    user = add_user(database)
    database.sql("INSERT INTO posts (user_id) VALUES (%s)", [user])
    database.sql("UPDATE users SET age = 31")

    assert database.writes() == (("insert", "users"), ("insert", "posts"), ("update", "users"))
    assert database.writes() == ()


def test_a_cascade_is_a_write_too(database: Database) -> None:
    user = add_user(database)
    database.sql("INSERT INTO posts (user_id) VALUES (%s)", [user])
    database.writes()

    database.sql("DELETE FROM users WHERE id = %s", [user])

    assert sorted(database.writes()) == [("delete", "posts"), ("delete", "users")]


def test_reset_brings_reference_rows_and_ids_back(database: Database) -> None:
    first = add_user(database)
    roles = database.sql("SELECT * FROM roles ORDER BY id")
    database.sql("UPDATE roles SET name = 'guest' WHERE id = 1")
    database.sql("DELETE FROM roles WHERE id = 2")
    database.sql("INSERT INTO roles (name) VALUES ('owner')")

    database.reset()

    assert count(database, "users") == 0
    assert database.sql("SELECT * FROM roles ORDER BY id") == roles
    assert add_user(database) == first
    assert database.writes() == (("insert", "users"),)


def test_ids_of_different_tables_are_far_apart(database: Database) -> None:
    user = add_user(database)
    database.sql("INSERT INTO posts (user_id) VALUES (%s)", [user])
    post = int(database.sql("SELECT id FROM posts")[0]["id"])

    assert abs(user - post) > 500


def test_the_nth_write_is_refused_until_reset(database: Database) -> None:
    database.fail_next("users", "insert", 2)
    add_user(database, "first@example.com")

    with pytest.raises(Refused, match="could not write to users"):
        add_user(database, "second@example.com")
    database.reset()

    add_user(database, "first@example.com")
    add_user(database, "second@example.com")
    assert count(database, "users") == 2


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO users (email) VALUES ('ann@example.com')", "unique"),
        ("INSERT INTO users (email) VALUES (NULL)", "not_null"),
        ("INSERT INTO users (email, age) VALUES ('bo@example.com', 0)", "check"),
        ("INSERT INTO posts (user_id) VALUES (77)", "foreign_key"),
        ("SELECT nonsense", "other"),
    ],
)
def test_refusals_say_of_what_kind_they_are(database: Database, statement: str, kind: str) -> None:
    add_user(database)

    with pytest.raises(Refused) as caught:
        database.sql(statement)

    assert caught.value.kind == kind


def test_the_catalog_is_read_back(database: Database) -> None:
    tables = {table.name: table for table in database.tables()}

    assert sorted(tables) == ["posts", "roles", "users"]
    users = {column.name: column for column in tables["users"].columns}
    assert (users["email"].nullable, users["email"].length) == (False, 80)
    assert users["age"].nullable
    assert users["tag"].generated
    assert users["id"].identity
    assert tables["users"].primary_key == ("id",)
    assert [columns for _, columns in tables["users"].unique] == [("email",)]
    assert "age > 0" in tables["users"].checks[0][1].replace("(", "").replace(")", "")
    key = tables["posts"].foreign_keys[0]
    assert (key.columns, key.table, key.on_delete) == (("user_id",), "users", "cascade")
    assert tables["roles"].rows == 2


def test_a_fresh_database_is_empty_or_migrated(database: Database) -> None:
    for migrated in (False, True, False):
        name = database.fresh("suite", migrated=migrated)
        assert name.startswith("shop_test")
    add_user(database)
    assert count(database, "users") == 1


def test_an_open_transaction_does_not_block_a_reset(server: postgresql.Running) -> None:
    made = Postgres(
        "PostgreSQL", "open_test", "127.0.0.1", server.port, postgresql.USER, "",
        lambda name: server.connect(name or "postgres"),
    )  # fmt: skip
    made.make()
    for statement in TABLES["postgresql"]:
        made.sql(statement)
    made.watch()
    add_user(made)
    with server.connect("open_test") as app:
        app.autocommit = False
        app.cursor().execute("UPDATE users SET age = 99")

        made.reset()

        assert count(made, "users") == 0
    made.close()


@pytest.mark.parametrize("name", ["shop_test", "test", "test-shop", "shop.testing", "ci_shop"])
def test_names_that_say_test_are_let_in(name: str) -> None:
    require_test_name(f"postgresql://u:p@db.internal:5432/{name}?sslmode=require")


@pytest.mark.parametrize("name", ["shop", "production", "latest", "contest", "attestation", ""])
def test_other_names_are_refused_before_connecting(name: str) -> None:
    with pytest.raises(Problem, match="not called a test database") as caught:
        require_test_name(f"postgresql://u:secret@db.internal:5432/{name}")

    assert caught.value.code == EXIT_REFUSED
    assert "secret" not in str(caught.value)


def test_a_type_whose_name_is_in_quotes_keeps_its_case() -> None:
    rows = {
        "tables": [{"table": "users"}],
        "columns": [
            {
                "table": "users",
                "column": "role",
                "type": kind,
                "nullable": True,
                "default": None,
                "generated": False,
            }
            for kind in ('"Role"', "VARCHAR(9)")
        ],
    }

    def ask(query: str, _: object) -> list[dict[str, object]]:
        blocks = catalog.statements("postgresql")
        name = next((name for name, text in blocks.items() if text == query), "")
        return rows.get(name, []) if name else [{"n": 0}]

    (table,) = catalog.read("postgresql", ask)

    assert [column.type for column in table.columns] == ['"Role"', "varchar(9)"]


def test_what_stands_in_for_missing_extensions_lies_where_the_server_is_sent() -> None:
    assert {"pgcrypto", "uuid-ossp"} <= {*postgresql.substitutes()}
