"""Statements of which some stay when another one fails: those of one function in one transaction."""

from __future__ import annotations

import re
from collections import Counter

from comfrey.languages.go import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef
from comfrey.stacks.answering import functions_of

SYMPTOMS = (CHANGED, STORED)
RANK = 30
WRITES = ("create", "update", "delete")
ASKED = re.compile(
    r"(?P<db>\b(?:\w+\.)*\w+)\.(?:Named)?(?:Exec|QueryRow|Query|Get|Select)x?(?:Context)?\("
)
"""A statement, from the database that it is sent to."""
BEGUN = re.compile(r"\.Begin\w*\(|\.BeginFunc\(|Tx\(")
CONTEXT = re.compile(r"\b(\w+)\s+context\.Context")
AGAIN = re.compile(r"^(_, )?err := ", re.M)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`tx, err := db.BeginTx(ctx, nil)` before what the function does, and `tx.Commit()` behind it."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or "nothing behind" not in ailment.title:
        return None
    places = [
        place
        for each in endpoint.effects
        if each.action in WRITES
        for place in (each.place, *each.through)
        if place is not None
    ]
    for function, _ in functions_of(ailment, project, codebase):
        edits = _wrapped(function, places, codebase.tree.string(function.span.source.path))
        if edits:
            summary = f"{endpoint.key} does all of its writes or none"
            return Cure(summary=summary, edits=edits, place=function.place)
    return None


def _wrapped(function: FunctionDef, places: list[Place], text: str) -> tuple[Edit, ...]:
    """The body of a function that writes more than once and whose last result is an error."""
    file = function.span.source.path
    held = {p.line for p in places if p.file == file and mending.covers(function, p.line)}
    statements = tuple(function.body)
    gives = function.returns.text if function.returns is not None else ""
    if not statements or not gives.rstrip(")").endswith("error") or BEGUN.search(function.text):
        return ()
    first, last = statements[0], statements[-1]
    body = mending.lines_of(first, last)
    asked = Counter(each["db"] for each in ASKED.finditer(body))
    lead = _lead(gives, body)
    if len(held - {function.place.line if function.place else 0}) < 2 or not asked or lead is None:
        return ()
    base = asked.most_common(1)[0][0]
    ended = _ended(body, lead, _given(function, text, "Commit"))
    if base == "tx" or ended is None:
        return ()
    inner = AGAIN.sub(lambda m: f"{m[1] or ''}err = ", ended)
    inner = re.sub(rf"\b{re.escape(base)}\.(?=(?:Named)?(?:Exec|Query|Get|Select))", "tx.", inner)
    begin = _begin(function, text, base)
    back = f"defer tx.{_given(function, text, 'Rollback')}"
    block = f"{begin}\nif err != nil {{\n\treturn {lead}err\n}}\n{back}\n\n{inner}"
    return (mending.rewritten(first, last, block),)


def _lead(gives: str, body: str) -> str | None:
    """What the function gives back beside an error: as it does elsewhere; None where it never does."""
    if "," not in gives:
        return ""
    found = re.search(r"\breturn ([^\n]+, )(?:err\b|fmt\.Errorf\(|errors\.)", body)
    return found[1] if found else None


def _ended(body: str, lead: str, commit: str) -> str | None:
    """The body with the commit where it ends well; None where it ends in any other way."""
    head, _, end = body.rstrip().rpartition("\n")
    if end == "return nil":
        return f"{head}\nreturn tx.{commit}"
    if end == "return err":
        return f"{head}\nif err != nil {{\n\treturn err\n}}\nreturn tx.{commit}"
    if end.startswith("return ") and end.endswith(", nil"):
        return f"{head}\nif err := tx.{commit}; err != nil {{\n\treturn {lead}err\n}}\n{end}"
    return None


def _context(function: FunctionDef) -> str:
    found = CONTEXT.search(function.text.partition("{")[0])
    return found[1] if found else ""


def _is_pgx(text: str) -> bool:
    return "jackc/pgx" in text and "database/sql" not in text


def _given(function: FunctionDef, text: str, name: str) -> str:
    """`Commit()`, as pgx has it `Commit(ctx)`."""
    return f"{name}({_context(function) if _is_pgx(text) else ''})"


def _begin(function: FunctionDef, text: str, base: str) -> str:
    context = _context(function)
    if _is_pgx(text):
        return f"tx, err := {base}.Begin({context})"
    own = "x" if "jmoiron/sqlx" in text else ""
    return (
        f"tx, err := {base}.BeginTx{own}({context}, nil)"
        if context
        else f"tx, err := {base}.Begin{own}()"
    )
