"""An id that is none (`CastError`), unhandled: it names no document, and is refused as a missing one is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, DictOf, Expression, Statement, walk
from comfrey.stacks.answering import functions_of, refusal

SYMPTOMS = (CRASHED,)
RANK = 15
REFUSED = re.compile(r"CastError|Cast to ObjectId failed|BSON(?:Type)?Error|24 (?:character )?hex")
STATUSES = (404, 400, 422)
BY_ID = re.compile(r"\.findById(?:And\w+)?$")
BY_WHERE = re.compile(r"\.(?:find|exists|update|delete|replace|count)\w*$")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if (!isValidObjectId(req.params.id)) { …404 }` in front of the statement that asks for it."""
    if not REFUSED.search(ailment.error):
        return None
    endpoint = project.endpoint(ailment.subject)
    record = next((each.record for each in endpoint.effects), "") if endpoint else ""
    for function, place in functions_of(ailment, project, codebase):
        module = mending.module_of(codebase, place.file)
        statement = mending.statement_at(function, place.line)
        asked = next(_asked(statement), None) if statement is not None else None
        if module is None or statement is None or asked is None:
            continue
        for status in (each for each in STATUSES if each in ailment.expected):
            told = refusal(codebase, project, function, status, record)
            if told is None:
                continue
            check = mending.block(module, f"if (!isValidObjectId({asked.text}))", told.text)
            imports = mending.importing(codebase, module, "mongoose", ["isValidObjectId"])
            return Cure(
                summary=f"an id that is none is answered {status}",
                edits=(mending.before(statement, check), *imports, *told.imports),
                place=statement.place,
            )
    return None


def _asked(statement: Statement) -> Iterator[Expression]:
    """The ids that a statement looks documents up by, as written."""
    for each in walk(statement):
        if not isinstance(each, Call) or not each.positional:
            continue
        first = each.positional[0]
        if BY_ID.search(each.function.text):
            yield first
        elif BY_WHERE.search(each.function.text) and isinstance(first, DictOf):
            yield from (v for k, v in first.items if isinstance(k, Constant) and k.value == "_id")
