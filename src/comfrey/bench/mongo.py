"""A MongoDB database on the bench."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import bson
import pymongo
import pymongo.database
from pymongo.errors import DuplicateKeyError, PyMongoError, WriteError

from comfrey.bench.collection import catalog
from comfrey.bench.database import Refused, Row
from comfrey.model.facts import CatalogTable

SYSTEM = ("admin", "config", "local")
NOTHING_FITS = {"_id": {"$exists": False}}
"""A validator that no document meets: every insert and update is refused."""
INVALID = 121
Documents = dict[bytes, bytes]
"""Documents of a collection by their id, both as BSON."""


@dataclass
class Mongo:
    """One database. What was written is found by comparing documents with those seen last."""

    title: str
    name: str
    host: str
    port: int
    client: pymongo.MongoClient[dict[str, Any]]
    dialect: str = "mongodb"
    _made: set[str] = field(default_factory=set)
    _kept: dict[str, Documents] = field(default_factory=dict)
    _seen: dict[str, Documents] = field(default_factory=dict)
    _failing: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The validators that collections had before they were told to refuse everything."""

    def url(self, scheme: str = "", name: str = "") -> str:
        return f"mongodb://{self.host}:{self.port}/{name or self.name}"

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        raise LookupError("a document database answers no SQL")

    def script(self, text: str) -> None:
        raise LookupError("a document database runs no SQL")

    def documents(self, collection: str, where: Row) -> list[Row]:
        return list(self._home[collection].find(where).sort("_id"))

    def keep(self, collection: str, document: Row) -> Row:
        try:
            made = self._home[collection].insert_one(document)
        except DuplicateKeyError as error:
            raise Refused("unique", str(error)) from error
        except WriteError as error:
            raise Refused("check" if error.code == INVALID else "other", str(error)) from error
        except PyMongoError as error:
            raise Refused("other", str(error)) from error
        return {**document, "_id": made.inserted_id}

    def watch(self) -> None:
        self._kept = self._seen = self._now()

    def writes(self) -> tuple[tuple[str, str], ...]:
        before, self._seen = self._seen, self._now()
        found = []
        for name in sorted({*before, *self._seen}):
            old, new = before.get(name, {}), self._seen.get(name, {})
            found += [("insert", name)] * len(new.keys() - old.keys())
            found += [("update", name) for key in new.keys() & old.keys() if new[key] != old[key]]
            found += [("delete", name)] * len(old.keys() - new.keys())
        return tuple(found)

    def reset(self, tables: Sequence[str] | None = None) -> None:
        for name, validator in self._failing.items():
            self._home.command("collMod", name, validator=validator)
        self._failing.clear()
        for name, documents in self._now().items():
            kept = self._kept.get(name, {})
            if documents != kept:
                self._home[name].delete_many({})
                if kept:
                    self._home[name].insert_many(map(bson.decode, kept.values()))
        self._seen = self._now()

    def fail_next(self, table: str, operation: str, nth: int) -> None:
        if operation == "delete" or nth != 1:
            raise LookupError("a document database can only be told to refuse what is stored next")
        if table not in self._names():
            self._home.create_collection(table)
        options = self._home[table].options()
        self._failing.setdefault(table, dict(options.get("validator") or {}))
        self._home.command("collMod", table, validator=NOTHING_FITS, validationLevel="strict")

    def tables(self) -> tuple[CatalogTable, ...]:
        return tuple(catalog(self._home[name]) for name in self._names())

    def fresh(self, name: str, *, migrated: bool = False) -> str:
        full = f"{self.name}_{name}"
        self.client.drop_database(full)
        self._made.add(full)
        return full

    def keep_pristine(self) -> None:
        """Nothing: a document database has no schema that a migration would make."""

    def close(self) -> None:
        self.client.drop_database(self.name)
        self.client.close()

    @property
    def _home(self) -> pymongo.database.Database[dict[str, Any]]:
        """The database that the app really uses: some add a word to the name in the address."""
        names = sorted(set(self.client.list_database_names()) - {*SYSTEM, *self._made})
        own = self.name in names or not names
        return self.client[self.name if own else names[0]]

    def _names(self) -> list[str]:
        return sorted(
            name for name in self._home.list_collection_names() if not name.startswith("system.")
        )

    def _now(self) -> dict[str, Documents]:
        return {
            name: {
                bson.encode({"_id": each["_id"]}): bson.encode(each)
                for each in self._home[name].find()
            }
            for name in self._names()
        }
