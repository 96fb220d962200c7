"""A document database on the bench: what was written is seen, and taken back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo.errors import WriteError

from comfrey.bench import mongod, process
from comfrey.bench.database import Refused
from comfrey.bench.mongo import Mongo
from comfrey.bench.options import user_cache


@pytest.fixture(scope="module")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    scratch = tmp_path_factory.mktemp("mongo")
    chosen = mongod.choose(user_cache(), lambda line: None)
    running = mongod.start(chosen, scratch, scratch / "log")
    client = mongod.open_client("127.0.0.1", running.port)
    yield Mongo(chosen.title, "comfrey_test", "127.0.0.1", running.port, client)
    client.close()
    running.stop()


def test_what_was_written_is_seen_and_taken_back(mongo: Mongo) -> None:
    books = mongo.client["comfrey_test"]["books"]
    books.insert_one({"_id": 1, "title": "kept"})
    books.create_index("title", unique=True)
    mongo.watch()

    books.insert_one({"_id": 2, "title": "new"})
    books.update_one({"_id": 1}, {"$set": {"title": "changed"}})

    assert mongo.writes() == (("insert", "books"), ("update", "books"))
    assert mongo.writes() == ()
    mongo.reset()
    assert list(books.find()) == [{"_id": 1, "title": "kept"}]
    (table,) = mongo.tables()
    assert (table.name, table.rows) == ("books", 1)
    assert [columns for _, columns in table.unique] == [("title",)]


def test_an_app_that_adds_a_word_to_the_name_is_followed(mongo: Mongo) -> None:
    mongo.client.drop_database("comfrey_test")
    mongo.fresh("suite")
    mongo.client["comfrey_test_suite"]["books"].insert_one({"title": "the suite's"})
    mongo.watch()
    mongo.client["comfrey_test-test"]["users"].insert_one({"name": "Maya"})

    assert mongo.writes() == (("insert", "users"),)
    mongo.reset()
    assert mongo.client["comfrey_test-test"]["users"].count_documents({}) == 0
    assert mongo.client["comfrey_test_suite"]["books"].count_documents({}) == 1


def test_it_speaks_no_sql(mongo: Mongo) -> None:
    with pytest.raises(LookupError, match="no SQL"):
        mongo.sql("SELECT 1")


def test_a_server_of_the_machine_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "mongod"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho db version v7.0.14\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))

    chosen = mongod.choose(tmp_path, lambda line: None)

    assert (chosen.title, chosen.stands_in, chosen.home) == ("MongoDB 7.0.14", False, tmp_path)


def test_a_collection_told_to_fail_refuses_what_is_stored_until_the_reset(mongo: Mongo) -> None:
    for name in ("comfrey_test", "comfrey_test-test"):
        mongo.client.drop_database(name)
    books = mongo.client["comfrey_test"]["books"]
    books.insert_one({"_id": 1, "stock": 3})
    mongo.watch()

    mongo.fail_next("books", "update", 1)
    with pytest.raises(WriteError):
        books.update_one({"_id": 1}, {"$set": {"stock": 2}})
    with pytest.raises(Refused) as refused:
        mongo.keep("books", {"_id": 2})
    mongo.reset()

    assert refused.value.kind == "check"
    assert mongo.keep("books", {"_id": 2}) == {"_id": 2}
    assert [each["_id"] for each in mongo.documents("books", {"stock": 3})] == [1]
    with pytest.raises(LookupError):
        mongo.fail_next("books", "delete", 1)


def test_a_validator_is_read_back_as_columns_and_checks(mongo: Mongo) -> None:
    rules = {
        "bsonType": "object",
        "required": ["title"],
        "properties": {
            "title": {"bsonType": "string", "maxLength": 80},
            "stock": {"bsonType": ["int", "null"], "minimum": 0},
        },
    }
    made = mongo.client["comfrey_test"].create_collection(
        "magazines", validator={"$jsonSchema": rules}
    )
    made.create_index("title", unique=True)
    made.create_index("isbn", unique=True, partialFilterExpression={"isbn": {"$exists": True}})

    table = next(each for each in mongo.tables() if each.name == "magazines")

    title, stock = table.columns
    assert (title.name, title.nullable, title.length) == ("title", False, 80)
    assert (stock.type, stock.nullable) == ("int", True)
    assert [sql for _, sql in table.checks] == ["stock >= 0"]
    assert [columns for _, columns in table.unique] == [("title",)]


def test_the_stand_in_is_called_as_mongod_is_called(tmp_path: Path) -> None:
    chosen = mongod.choose(user_cache(), lambda line: None)
    if not chosen.stands_in:
        pytest.skip("a real mongod needs no shim")
    shim = mongod.memory_server(chosen, tmp_path)["MONGOMS_SYSTEM_BINARY"]
    port = process.free_port()
    words = ["--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(tmp_path)]
    with subprocess.Popen([shim, *words], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        with mongod.open_client("127.0.0.1", port) as client:
            assert client.admin.command("ping")["ok"] == 1
        server.terminate()

    assert "waiting for connections" in said
    refused = subprocess.run(
        [shim, "--replSet", "rs0"], capture_output=True, text=True, check=False
    )
    assert (refused.returncode, "no replica sets" in refused.stderr) == (1, True)
