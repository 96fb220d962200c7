"""The words of the project's ORM, as its folder's `store.jinja` spells them for JavaScript."""

from __future__ import annotations

from typing import Any

from comfrey.model.project import Project
from comfrey.model.record import Record
from comfrey.stacks import shelf
from comfrey.stacks.templates import Templates, slot
from comfrey.stacks.testers import names

NOTHING = "{}"
HIDDEN = "hidden"
"""The rule of a field that queries leave out."""


def class_name(name: str) -> str:
    """What a suite calls the model that is registered as `users`: its rows go by that name already."""
    return name[:1].upper() + name[1:]


class Store:
    """Expressions on the project's models, all without `await`. `Ask`'s order is by field name."""

    def __init__(self, project: Project, templates: Templates) -> None:
        self.path = _path(project)
        versions = dict(project.stack.versions)
        self._said: Any = templates.module_with(self.path, versions=versions) if self.path else None
        self._hidden: dict[str, tuple[str, ...]] = {}
        """By model, the fields that queries leave out."""

    @property
    def known(self) -> bool:
        """Whether the shelf has words for the project's ORM."""
        return self._said is not None

    def model(self, record: Record | None, name: str) -> tuple[str, tuple[str, ...]]:
        """The model as an expression, and the imports that it needs."""
        said = self._said
        name = record.code if record is not None else name
        name = class_name(name) if said.registered else name
        shown = str(said.model(name, names.camel(name))).strip()
        hidden = [each.name for each in record.fields if HIDDEN in each.rules] if record else []
        self._hidden[shown] = tuple(hidden)
        needs = [f"database:{each}" for each in said.uses]
        needs += [f"database:{name}"] if said.registered else []
        if said.by_class and record is not None:
            module, _, exported = record.module.partition(":")
            needs.append(f"project:{module}:{exported or name}:{name}")
        return shown, tuple(needs)

    def create(self, model: str, values: str) -> str:
        return self._tell("create", model, values)

    def linked(self, rows: str, keys: tuple[str, ...]) -> str:
        """What a new row's relation takes for the list `rows`, "" where a row is linked once it is there."""
        return self._tell("linked", rows, keys) if hasattr(self._said, "linked") else ""

    def tied(self, name: str, relation: str, rows: str) -> str:
        """The row `name` linked to the list `rows`."""
        return self._tell("tied", name, relation, rows)

    def change(self, model: str, name: str, keys: str, values: str) -> str:
        return self._tell("change", model, name, keys, values)

    def remove(self, model: str, name: str, keys: str) -> str:
        return self._tell("remove", model, name, keys)

    def first(self, model: str, where: str) -> str:
        return self._unveiled(model, self._tell("first", model, _given(where)))

    def one(self, model: str, where: str) -> str:
        return self._unveiled(model, self._tell("one", model, _given(where)))

    def count(self, model: str, where: str) -> str:
        return self._tell("count", model, _given(where))

    def ask(
        self,
        model: str,
        where: str,
        form: str,
        order: tuple[tuple[str, bool], ...],
        offset: int | None,
        limit: int | None,
        join: str,
    ) -> str:
        """`one`, `all`, `count` or `sum:FIELD` of the rows that `where` says."""
        given = _given(where)
        if form == "count":
            return self._tell("count", model, given)
        if form.startswith("sum:"):
            return self._tell("sum", model, form[4:], given)
        if form == "one" and not join:
            return self.one(model, given)
        said = self._tell("list", model, given, order, offset, limit, join, form == "one")
        return self._unveiled(model, said)

    def refusal(self, kind: str, name: str) -> str:
        """What the rejection must look like: an expectation behind `.rejects`."""
        return self._tell("refusal", kind, name)

    def _unveiled(self, model: str, query: str) -> str:
        hidden = self._hidden.get(model, ())
        return self._tell("unveiled", query, hidden) if hidden else query

    def _tell(self, macro: str, *arguments: Any) -> str:
        return str(getattr(self._said, macro)(*arguments)).strip()


def _path(project: Project) -> str:
    """The template of the words; "" where the shelf has none for the mapper, or none for its driver."""
    mapper = shelf.folder("orms", project.stack.orm)
    drivers = mapper.about.data.get("spoken_by") if mapper is not None else None
    driver = project.database.driver if project.database else ""
    if drivers is not None and driver not in drivers:
        return ""
    return slot("orms", project.stack.orm, "store.jinja")


def _given(where: str) -> str:
    return "" if where == NOTHING else where
