"""The Plan: cases with their reasons, and the cast of values that they share."""

from __future__ import annotations

from comfrey.model.noun import Noun
from comfrey.model.place import Because, Unknown
from comfrey.model.step import Step
from comfrey.model.value import Value


class Variation(Noun, frozen=True, kw_only=True):
    """One row of a case's table: an `id` for people, a cell per column, and its own reasons."""

    id: str
    cells: tuple[tuple[str, Value], ...]
    because: tuple[Because, ...] = ()
    subject: str = ""
    """The endpoint, record or service of this row, where it differs from the case's (the access table)."""


class Case(Noun, frozen=True, kw_only=True):
    """One promise and how to see that it is kept.

    `id` is stable over runs (`orders/refuses-a-second-payment`). `title` is a sentence about behaviour.
    `kind` names the planner: `happy validation auth lifecycle listing record transaction service posture`;
    `column` the report's: `happy validation auth edge | create read update delete constraint
    transaction | success timeout error rate_limit`. `subject` is an endpoint key, a record's or a
    service's name. `group` is the file it is written into. With `variations` it is a table: one test per row,
    cells stand where a `Column` is.
    """

    id: str
    title: str
    kind: str
    column: str
    subject: str
    group: str
    steps: tuple[Step, ...]
    because: tuple[Because, ...] = ()
    variations: tuple[Variation, ...] = ()
    columns: tuple[str, ...] = ()
    record: str = ""
    witnessed: bool = True
    """False for a posture that nothing declares: disagreement is a question, not a bug."""


class Builder(Noun, frozen=True, kw_only=True):
    """How the suite makes a valid row of `record`: a default per required field.

    A value may be a `Ref` to a parent: `parents` maps a foreign-key field to the record whose row is built first
    when the case gives none. `unique` fields take the next of `sequences` (never twice in a test)."""

    record: str
    defaults: tuple[tuple[str, Value], ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    sequences: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    password: str = ""
    """The field that holds a hash; the builder hashes the cast's password with the project's function."""
    links: tuple[tuple[str, str, str], ...] = ()
    """(relation, record at its other end, the field by which its rows are told apart): the rows that a case names
    are made where they are not there."""
    instead: str = ""
    """The foreign keys (joined by a comma) whose row has brought one along by itself, which the builder's row stands
    in for."""


class Persona(Noun, frozen=True, kw_only=True):
    """A kind of caller: the field values that make a user row one (`admin`: role = "admin")."""

    name: str
    values: tuple[tuple[str, Value], ...] = ()


class Plan(Noun, frozen=True, kw_only=True):
    """Every case for one app, sorted by group, then as they should be read."""

    root: str
    cases: tuple[Case, ...] = ()
    builders: tuple[Builder, ...] = ()
    personas: tuple[Persona, ...] = ()
    questions: tuple[Unknown, ...] = ()
    departures: tuple[Unknown, ...] = ()
    skipped: tuple[Unknown, ...] = ()
    """Promises that no case could be made for, each with its reason."""
