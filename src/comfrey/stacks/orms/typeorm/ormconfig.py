"""What TypeORM before 0.3 is told outside of the code: `ormconfig.json`, or the variables that win over it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook
from comfrey.model.service import Setting
from comfrey.source.codebase import Codebase
from comfrey.source.value import BoundExternal, Event, External

FILES = ("ormconfig.json", "ormconfig.example.json", "ormconfig.sample.json")
UNARGUED = re.compile(
    r"(TypeOrmModule\.forRoot|typeorm\.(createConnections?|getConnectionOptions))$"
)
BRACES = re.compile(r"^(.*?)\{([^{}]*)\}(.*)$")
BUILT = re.compile(r"^(\./)?(dist|build|lib|out)/")


def configured(codebase: Codebase) -> DatabaseHook | None:
    """Where the code asks for a connection without a word, the file beside it says which. The variables that
    TypeORM reads before the file point the app at the bench, and a suite at a test's database."""
    if not any(_is_unargued(event) for event in codebase.evaluator.events):
        return None
    from comfrey.stacks.orms.typeorm.read import DIALECTS

    for file, said in _files(codebase):
        kind = str(said.get("type", ""))
        if kind not in DIALECTS:
            continue
        told = {
            "TYPEORM_CONNECTION": kind,
            "TYPEORM_ENTITIES": _globs(said.get("entities")),
            "TYPEORM_SUBSCRIBERS": _globs(said.get("subscribers")),
            "TYPEORM_MIGRATIONS": _globs(said.get("migrations")),
            "TYPEORM_MIGRATIONS_RUN": _flag(said.get("migrationsRun")),
            "TYPEORM_SYNCHRONIZE": _flag(said.get("synchronize")),
            "TYPEORM_ENTITY_PREFIX": str(said.get("entityPrefix") or ""),
        }
        place = Place(file=file, line=1)
        return DatabaseHook(
            url_setting="TYPEORM_URL",
            dialect=DIALECTS[kind],
            asynchronous=True,
            create_all=said.get("synchronize") is True,
            settings=tuple(
                Setting(name=name, required=True, example=value, place=place)
                for name, value in told.items()
                if value
            ),
            place=place,
        )
    return None


def _is_unargued(event: Event) -> bool:
    receiver = event.receiver
    name = receiver.name if isinstance(receiver, External | BoundExternal) else ""
    return not event.args and bool(UNARGUED.search(name) or UNARGUED.search(f"{name}.{event.name}"))


def _files(codebase: Codebase) -> Iterator[tuple[str, dict[str, Any]]]:
    root = "" if codebase.root in ("", ".") else f"{codebase.root.rstrip('/')}/"
    for name in FILES:
        try:
            found = json.loads(codebase.tree.string(root + name) or "null")
        except ValueError:
            continue
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict) and each.get("name", "default") == "default":
                yield root + name, each


def _globs(said: object) -> str:
    """Patterns as TypeORM splits them at commas: none with braces, all of the source."""
    several = said if isinstance(said, list) else [said] if said else []
    known = [_sourced(each) for one in several for each in _unbraced(str(one))]
    return ",".join(dict.fromkeys(known))


def _unbraced(pattern: str) -> Iterator[str]:
    found = BRACES.match(pattern)
    if found is None:
        yield pattern
        return
    for each in found[2].split(","):
        yield from _unbraced(f"{found[1]}{each}{found[3]}")


def _sourced(pattern: str) -> str:
    if not BUILT.match(pattern):
        return pattern
    return re.sub(r"\.js$", ".ts", BUILT.sub("src/", pattern))


def _flag(said: object) -> str:
    return "" if said is None else str(bool(said)).lower()
