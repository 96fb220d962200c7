"""Understands collections that Python reaches without a mapper."""

from __future__ import annotations

from types import ModuleType

from comfrey.languages.python.configuration import configuration
from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import SettingValue
from comfrey.stacks import clients, shelf
from comfrey.stacks.documents.gathered import gathered

EXTENSION = "MONGO_URI"
"""Where Flask-PyMongo looks for the address in the app's configuration."""


def records(
    codebase: Codebase, _needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """A record for each collection."""
    folder = shelf.folder("orms", "pymongo")
    return gathered(codebase, folder) if folder else ()


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """The client that the code makes, or the address in a Flask app's configuration. A suite looks at documents
    through a client of its own, which waits for nobody."""
    hook = clients.reached(codebase)
    address = configuration(codebase).get(EXTENSION)
    if hook is None and isinstance(address, SettingValue):
        hook = DatabaseHook(url_setting=address.name, driver="pymongo", dialect="mongodb")
    if hook is None and not found:
        return None
    hook = hook or DatabaseHook(dialect="mongodb", driver="pymongo")
    driver = "pymongo_async" if hook.asynchronous and hook.driver == "pymongo" else hook.driver
    return hook.replace(driver=driver, asynchronous=False)
