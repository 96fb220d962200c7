"""Runs in the project's own interpreter: every database that the app names on its MongoDB server is the bench's."""

# mypy: ignore-errors

import importlib

KINDS = (
    ("pymongo.database", "Database"),
    ("pymongo.synchronous.database", "Database"),
    ("pymongo.asynchronous.database", "AsyncDatabase"),
)
SYSTEM = ("admin", "config", "local")


def keep_in(name):
    """From here on a database of any name but the server's own is called `name`; nothing where the driver is not
    installed."""
    done = set()
    for module, attribute in KINDS:
        try:
            kind = getattr(importlib.import_module(module), attribute)
        except ImportError:
            continue
        if kind not in done:
            done.add(kind)
            kind.__init__ = renamed(kind.__init__, name)


def renamed(original, name):
    def made(self, client, called, *rest, **words):
        original(self, client, called if called in SYSTEM else name, *rest, **words)

    return made
