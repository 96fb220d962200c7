"""The questions of a suite to the database, in its own words."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.model.step import Ask


@dataclass(frozen=True)
class Sql:
    """Statements for one project; `dialect` is `postgresql`, `mysql` or `sqlite`."""

    project: Project
    dialect: str

    def select(
        self, record: Record | None, step: Ask, where: list[tuple[str, str]]
    ) -> tuple[str, list[str]]:
        """The statement of an `Ask` and its arguments, as Go expressions."""
        table = record.table if record else step.record
        prefix = f"{self.name(table)}." if step.join else ""
        other = self.joined(record, step.join)
        wanted = f"{self.name(other.table)}.*" if other else self._wanted(record, step, prefix)
        statement = f"SELECT {wanted} FROM {self.name(table)}"
        statement += self._join(record, step)
        arguments: list[str] = []
        conditions = []
        for column, said in where:
            if said == "nil":
                conditions.append(f"{prefix}{self.name(column)} IS NULL")
            else:
                arguments.append(said)
                conditions.append(f"{prefix}{self.name(column)} = {self._mark(len(arguments))}")
        if conditions:
            statement += " WHERE " + " AND ".join(conditions)
        if step.order:
            ordered = (
                f"{prefix}{self.name(_column(record, each))}{' DESC' if down else ''}"
                for each, down in step.order
            )
            statement += " ORDER BY " + ", ".join(ordered)
        return statement + self._slice(step), arguments

    def name(self, name: str) -> str:
        """An identifier, quoted only where it must be."""
        if name.isidentifier() and name.islower() and name not in RESERVED:
            return name
        quote = "`" if self.dialect == "mysql" else '"'
        return f"{quote}{name}{quote}"

    def _wanted(self, record: Record | None, step: Ask, prefix: str) -> str:
        if step.form == "count":
            return "COUNT(*)"
        if step.form.startswith("sum:"):
            return f"SUM({prefix}{self.name(_column(record, step.form[4:]))})"
        return f"{prefix}*"

    def joined(self, record: Record | None, name: str) -> Record | None:
        """The record that the relation of that name leads to."""
        relations = record.relations if record else ()
        relation = next((each for each in relations if each.name == name), None)
        return self.project.record(relation.to) if relation else None

    def _join(self, record: Record | None, step: Ask) -> str:
        relations = record.relations if record else ()
        relation = next((each for each in relations if each.name == step.join), None)
        other = self.joined(record, step.join)
        if record is None or relation is None or other is None:
            return ""
        field = record.field(relation.field)
        key = (field.references.rpartition(".")[2] if field else "") or "id"
        left = f"{self.name(record.table)}.{self.name(_column(record, relation.field))}"
        right = f"{self.name(other.table)}.{self.name(_column(other, key))}"
        return f" JOIN {self.name(other.table)} ON {right} = {left}"

    def _slice(self, step: Ask) -> str:
        said = f" LIMIT {step.limit}" if step.limit is not None else ""
        if step.offset is None:
            return said
        endless = {"mysql": " LIMIT 18446744073709551615", "sqlite": " LIMIT -1"}
        return (said or endless.get(self.dialect, "")) + f" OFFSET {step.offset}"

    def _mark(self, number: int) -> str:
        return f"${number}" if self.dialect == "postgresql" else "?"


RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "for",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "initially",
        "intersect",
        "into",
        "leading",
        "limit",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "session_user",
        "some",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "when",
        "where",
        "window",
        "with",
        "key",
        "keys",
        "index",
        "condition",
        "rank",
        "system",
        "groups",
        "function",
        "read",
        "range",
        "rows",
        "row",
    ]
)


def _column(record: Record | None, name: str) -> str:
    field = record.field(name) if record else None
    return (field.column if field else "") or name
