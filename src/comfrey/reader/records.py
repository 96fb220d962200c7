"""Finds the project's data models and its way to the database, by what the shelf's ORMs understand."""

from __future__ import annotations

from types import ModuleType

from comfrey.model.place import Unknown
from comfrey.model.project import DatabaseHook, Stack
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.stacks import shelf
from comfrey.stacks.shelf import Folder

UNREAD = {
    "peewee": "Peewee",
    "pony": "Pony",
    "@mikro-orm/core": "MikroORM",
    "objection": "Objection",
}
"""ORMs by their package of which no folder of the shelf knows the models."""
NO_ROWS = "its models are not read: no test lays a row for it, or looks at one"


def unread(stack: Stack) -> tuple[Unknown, ...]:
    """The ORMs that the project asks for and that nobody here understands."""
    named = dict.fromkeys(UNREAD[each] for each in stack.dependencies if each in UNREAD)
    return tuple(Unknown(subject=f"models of {each}", reason=NO_ROWS) for each in named)


def read(codebase: Codebase, stack: Stack) -> tuple[Record, ...]:
    """Every record of the app, in file order. `orm` is the folder of the nearest ORM that knows it."""
    found: list[Record] = []
    for root in _roots(stack):
        if found and root.about.data.get("lone"):
            continue
        known = {(each.module, each.name) for each in found}
        records: tuple[Record, ...] = root.module().records(codebase, _needles(root), _kin(root))
        found += [each for each in records if (each.module, each.name) not in known]
    return tuple(sorted(found, key=lambda each: (each.place.file, each.place.line)))


def read_database(
    codebase: Codebase, stack: Stack, records: tuple[Record, ...]
) -> DatabaseHook | None:
    """How the app reaches its database: of several ways the first whose address is known. Where the address
    does not say, dialect and driver are those that the stack gives evidence of."""
    modules = [(root.module(), _kin(root)) for root in _roots(stack)]
    asked = [e.database(codebase, records, kin) for e, kin in modules if hasattr(e, "database")]
    hooks: list[DatabaseHook] = [each for each in asked if each is not None]
    best = next((each for each in hooks if is_addressed(each)), next(iter(hooks), None))
    return _completed(best, stack) if best is not None else None


def is_addressed(hook: DatabaseHook) -> bool:
    """Whether the code tells where the database is."""
    return bool(hook.url_setting or hook.url_parts or hook.url or hook.configured)


def stored(records: tuple[Record, ...], hook: DatabaseHook | None) -> tuple[Record, ...]:
    """The records that the app keeps where it is known to: an app that can run on either of two kinds of
    stores runs on one of them at a time."""
    kinds = {each.store for each in records}
    if hook is None or not is_addressed(hook) or not {"table", "document"} <= kinds:
        return records
    kind = "document" if hook.dialect in ("mongodb", "firestore") else "table"
    return tuple(each for each in records if each.store == kind)


def read_migrations(codebase: Codebase, stack: Stack) -> str:
    """The migration tool's configuration file (else its folder) relative to the app's root; "" without one,
    and where it has no revision yet (each developer makes their own, or the models build the schema).

    The nearest to the root wins; a folder counts when it holds an `env.py` (Alembic without an ini file)."""
    folder = shelf.folder("migrations", stack.migrations)
    if folder is None or not _is_of(folder, stack) or not _has_revisions(codebase, folder):
        return ""
    if "suffix" in folder.about.defaults:
        return _scripts(codebase, folder)
    start = "" if codebase.root == "." else f"{codebase.root}/"
    inside = [each.removeprefix(start) for each in codebase.tree.under(codebase.root)]
    wanted = str(folder.about.defaults.get("configuration", ""))
    named = [each for each in inside if wanted and _is_called(each.rpartition("/")[2], wanted)]
    scripts = [
        each.rpartition("/")[0]
        for each in inside
        if each.endswith("/env.py")
        and b"alembic import context" in codebase.tree.text(f"{start}{each}")
    ]
    location = str(folder.about.defaults.get("location", "")) if not wanted else ""
    found = named or scripts or [location]
    return min(found, key=lambda each: (each.count("/"), each), default="")


def _is_called(name: str, wanted: str) -> bool:
    """Whether a file has that name, with any ending where none is named."""
    return name == wanted or ("." not in wanted and name.partition(".")[0] == wanted)


def _is_of(tool: Folder, stack: Stack) -> bool:
    """Whether the tool is what the project's mapper leaves migrations to."""
    only = tool.about.defaults.get("orms", ())
    return not only or stack.orm in only


def _has_revisions(codebase: Codebase, tool: Folder) -> bool:
    """Whether a revision stands in the tree: the tool's journal of them, or the word that each of them holds."""
    journal = str(tool.about.defaults.get("journal", ""))
    if journal:
        return any(each.endswith(f"/{journal}") for each in codebase.tree.under(codebase.root))
    word = str(tool.about.defaults.get("revision", "")).encode()
    inside = str(tool.about.defaults.get("revisions_in", ""))
    if inside:
        every = codebase.tree.under(codebase.root)
        return any(f"/{inside}/" in f"/{e}" and word in codebase.tree.text(e) for e in every)
    files = codebase.tree.under(codebase.root, str(tool.about.defaults.get("suffix", ".py")))
    return any(_holds(codebase.tree.text(each), word) for each in files)


def _holds(data: bytes, word: bytes) -> bool:
    """Whether a script holds a word, however it is spelled."""
    return word in data or word.lower() in data.lower()


def _scripts(codebase: Codebase, tool: Folder) -> str:
    """The folder of a tool's SQL files, relative to the app's root."""
    start = "" if codebase.root == "." else f"{codebase.root}/"
    word = str(tool.about.defaults.get("revision", "")).encode()
    files = codebase.tree.under(codebase.root, str(tool.about.defaults["suffix"]))
    found = {f.rpartition("/")[0] for f in files if _holds(codebase.tree.text(f), word)}
    return (
        min((e.removeprefix(start) for e in found), key=lambda e: (e.count("/"), e), default="")
        or "."
    )


def _roots(stack: Stack) -> tuple[Folder, ...]:
    """The ORMs in evidence that can be read, each by the root of its lineage, in the stack's order."""
    found: dict[str, Folder] = {}
    for key in stack.orms or ((stack.orm,) if stack.orm else ()):
        folder = shelf.folder("orms", key)
        root = shelf.lineage(folder)[-1] if folder else None
        if root is not None and root.has("read.py"):
            found.setdefault(root.key, root)
    return tuple(found.values())


def _family(root: Folder) -> tuple[Folder, ...]:
    every = shelf.folders("orms")
    return tuple(each for each in every if root in shelf.lineage(each))


def _needles(root: Folder) -> tuple[bytes, ...]:
    words = (word for each in _family(root) for word in each.about.data.get("needles", ()))
    return tuple(word.encode() for word in words)


def _kin(root: Folder) -> tuple[ModuleType, ...]:
    """The `read.py`s of the ORMs that build on this one."""
    return tuple(e.module() for e in _family(root) if e.key != root.key and e.has("read.py"))


PLACEHOLDERS = ("dialect", "driver", "scheme", "engine", "db", "database", "rdbms")
"""What stands for a dialect in an example that nobody filled in: `dialect+driver://username:password@host`."""


def _completed(hook: DatabaseHook, stack: Stack) -> DatabaseHook:
    if hook.dialect in PLACEHOLDERS:
        hook = hook.replace(dialect="", driver="")
    dialect = hook.dialect or next(iter(stack.databases), "") or _brought_along(hook, stack)
    driver = hook.driver or _driver(dialect, stack, hook.asynchronous)
    return hook.replace(dialect=dialect, driver=driver)


def _brought_along(hook: DatabaseHook, stack: Stack) -> str:
    """Python brings SQLite along: what a project without any other driver can run on."""
    alone = stack.language == "python" and bool(stack.dependencies) and not hook.asynchronous
    return "sqlite" if alone else ""


def _driver(dialect: str, stack: Stack, asynchronous: bool) -> str:
    """The database driver among the project's dependencies that fits; the database's default otherwise."""
    folder = shelf.folder("databases", dialect)
    if folder is None:
        return ""
    known: dict[str, list[str]] = folder.about.data.get("drivers", {})
    way = "asynchronous" if asynchronous else "synchronous"
    names = known.get(stack.language if stack.language != "python" else way, [])
    declared = {each.partition("[")[0].replace("-binary", "") for each in stack.dependencies}
    return next((name for name in names if name in declared), names[0] if names else "")
