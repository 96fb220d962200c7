"""The tables that a written suite empties: those that are there, children first."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.record import Record


def standing(project: Project, facts: Facts) -> list[Record]:
    """The records that are kept as rows or documents, without those whose table the migrated database lacks."""
    known = {each.name for each in facts.tables}
    return [
        each
        for each in project.records
        if each.table and (not known or each.store != "table" or each.table in known)
    ]


def lacking(project: Project, facts: Facts) -> list[str]:
    """The tables of records that the migrated database lacks, sorted."""
    made = {each.table for each in standing(project, facts)}
    return sorted({e.table for e in project.records if e.table and e.store == "table"} - made)


def children_first(records: Iterable[Record]) -> list[Record]:
    """The records so that what refers stands before what it refers to; a cycle is cut anywhere."""
    waiting = {each.name: each for each in sorted(records, key=lambda each: each.table)}
    result: list[Record] = []
    while waiting:
        referred = {
            field.references.partition(".")[0]
            for each in waiting.values()
            for field in each.fields
            if field.references and field.references.partition(".")[0] != each.name
        }
        free = [each for name, each in waiting.items() if name not in referred]
        for each in free or list(waiting.values())[:1]:
            result.append(waiting.pop(each.name))
    return result
