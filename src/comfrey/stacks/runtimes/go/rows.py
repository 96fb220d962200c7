"""Where a Go project asks for rows and writes them, and what it does when that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.go import mending
from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef, If, Module, Statement
from comfrey.stacks.runtimes.go.replying import answers, handler_of

GORM, OLD_GORM = "gorm.io/gorm", "github.com/jinzhu/gorm"
POSTGRES = ("github.com/jackc/pgx/v5", "github.com/jackc/pgx/v4", "github.com/lib/pq")


class Test(NamedTuple):
    """A condition on `err`, the statements that it needs before it, and the packages that it names."""

    condition: str
    packages: tuple[str, ...]
    before: str = ""


class Asked(NamedTuple):
    """A place in a handler where an error of a row's is looked at."""

    function: FunctionDef
    check: If
    error: str
    record: str


def asked(
    project: Project, codebase: Codebase, endpoint: Endpoint | None, actions: tuple[str, ...]
) -> Iterator[Asked]:
    """The `if err != nil` behind each of an endpoint's effects, at the outermost function that answers."""
    handler = handler_of(codebase, endpoint)
    for effect in endpoint.effects if endpoint else ():
        if effect.action not in actions:
            continue
        places = [*effect.through, *([effect.place] if effect.place else [])]
        for function, place in _standing(codebase, handler, places):
            check = _check(function, place)
            if check is not None:
                yield Asked(function, check, mending.fails(check), effect.record)


def _standing(
    codebase: Codebase, handler: FunctionDef | None, places: list[Place]
) -> Iterator[tuple[FunctionDef, Place]]:
    for place in places:
        function = mending.function_at(codebase, place)
        if function is not None and (function is handler or answers(function)):
            yield function, place


def _check(function: FunctionDef, place: Place) -> If | None:
    """The `if err != nil` that holds the line, or follows it at once."""
    for block in mending.blocks(tuple(function.body)):
        for at, each in enumerate(block):
            if isinstance(each, If) and mending.fails(each) and _opens_on(each, place.line):
                return each
            behind = block[at + 1 : at + 2]
            if mending.covers(each, place.line) and not isinstance(each, If):
                return next((b for b in behind if isinstance(b, If) and mending.fails(b)), None)
    return None


def _opens_on(check: If, line: int) -> bool:
    """Whether a line belongs to what stands before the body of an `if`."""
    first = check.body[0].span.line if check.body else check.span.end_line
    return check.span.line <= line < max(first, check.span.line + 1)


def is_missing(codebase: Codebase, error: str) -> Test:
    """That a row was not found."""
    if _uses(codebase, OLD_GORM):
        return Test(f"gorm.IsRecordNotFoundError({error})", (OLD_GORM,))
    if _uses(codebase, GORM):
        return Test(f"errors.Is({error}, gorm.ErrRecordNotFound)", ("errors", GORM))
    if not _uses(codebase, "database/sql") and _uses(codebase, POSTGRES[0]):
        return Test(f"errors.Is({error}, pgx.ErrNoRows)", ("errors", POSTGRES[0]))
    return Test(f"errors.Is({error}, sql.ErrNoRows)", ("errors", "database/sql"))


def is_duplicate(codebase: Codebase, error: str) -> Test | None:
    """That a row is there already, as the project's driver says it."""
    if _mentions(codebase, rb"TranslateError:\s*true"):
        return Test(f"errors.Is({error}, gorm.ErrDuplicatedKey)", ("errors", GORM))
    for package in POSTGRES[:2]:
        if _uses(codebase, package) or _uses(codebase, "gorm.io/driver/postgres"):
            test = f'errors.As({error}, &refused) && refused.Code == "23505"'
            return Test(test, ("errors", f"{package}/pgconn"), "var refused *pgconn.PgError")
    if _uses(codebase, POSTGRES[2]):
        test = f'errors.As({error}, &refused) && refused.Code == "23505"'
        return Test(test, ("errors", POSTGRES[2]), "var refused *pq.Error")
    if _uses(codebase, "github.com/go-sql-driver/mysql") or _uses(codebase, "gorm.io/driver/mysql"):
        test = f"errors.As({error}, &refused) && refused.Number == 1062"
        package = "github.com/go-sql-driver/mysql"
        return Test(test, ("errors", package), "var refused *mysql.MySQLError")
    if _mentions(codebase, rb"sqlite"):
        return Test(f'strings.Contains({error}.Error(), "UNIQUE constraint failed")', ("strings",))
    return None


def _uses(codebase: Codebase, package: str) -> bool:
    return _mentions(codebase, rb'"' + re.escape(package.encode()) + rb'["/]')


def _mentions(codebase: Codebase, pattern: bytes) -> bool:
    return any(re.search(pattern, codebase.tree.text(each)) for each in codebase.modules())


def module_of(codebase: Codebase, statement: Statement) -> Module | None:
    """The file of a statement."""
    return mending.module_of(codebase, statement.span.source.path)


def is_told_apart(check: If, words: tuple[str, ...]) -> bool:
    """Whether an `if err != nil` already looks what the error is."""
    return any(word in check.text for word in words)
