"""Records: the project's data models as its ORM declares them."""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.place import Place


class Field(Noun, frozen=True, kw_only=True):
    """One stored field.

    `type` is a neutral name: `string text integer bigint smallint float decimal boolean date
    datetime time interval uuid json bytes enum array object reference`. `default_from` is ""
    (none), `code` (the ORM fills it), `database` (a server default) or `auto` (identity, sequence).
    `default` is the value when it is a constant. `references` is `Record.field` of a foreign key.
    """

    name: str
    type: str
    column: str = ""
    required: bool = False
    nullable: bool = False
    zeroed: bool = False
    """Whether code reads a null as its type's zero (a field of a Go struct that is no pointer)."""
    held: bool = False
    """Whether code reads the column into a variable that holds no null: the app has no rows without a value."""
    sparse: bool = False
    """Whether answers leave the member out where it is empty (`json:"note,omitempty"`)."""
    unique: bool = False
    primary_key: bool = False
    default: Any = None
    default_from: str = ""
    on_update: bool = False
    timezone: bool = False
    textual: bool = False
    """True where code holds a day or a moment as text (`2026-01-31`)."""
    enum: tuple[Any, ...] = ()
    enum_names: tuple[str, ...] = ()
    """The members' names in code, in the order of `enum` (`PAID` for `"paid"`)."""
    enum_class: str = ""
    """The importable class (`app.models.order:OrderStatus`)."""
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    items: str = ""
    members: tuple[Field, ...] = ()
    """What an embedded document holds, or each of an array of them."""
    references: str = ""
    crossed: bool = False
    """Whether code goes on through the row that it refers to and never asks whether there is one, though a column
    may lack it: the app has no rows without."""
    through: str = ""
    """The relation by which code reaches the column, where its class has no attribute of its own for it."""
    computed: bool = False
    """True when the database or the class computes it: never written."""
    rewritten: bool = False
    """True when the model's own code sets it before a row is stored: a hash of what was given, a slug."""
    version: bool = False
    """True for an optimistic-lock counter."""
    rules: tuple[str, ...] = ()
    """Rules in words: `max length 80`, `1..5`, a CHECK's SQL, a validator's name."""
    pattern: str = ""
    """What the model's own validator asks of a text, which the database does not."""
    place: Place | None = None


class CheckConstraint(Noun, frozen=True, kw_only=True):
    """A CHECK as SQL text, and the fields that it names."""

    sql: str
    name: str = ""
    fields: tuple[str, ...] = ()
    place: Place | None = None


class Relation(Noun, frozen=True, kw_only=True):
    """`kind`: `many_to_one one_to_many one_to_one many_to_many`.

    `on_delete`: `cascade restrict set_null set_default no_action` or "" when not said.
    `field` is the local key's field, `through` the join table or record, `ends` that one's two keys: to this record
    and to the other. `orm_cascade` are the ORM's words on what
    becomes of the other side; `write-only` where it is never loaded, so that the ORM removes no row with this relation.
    """

    name: str
    to: str
    kind: str
    on_delete: str = ""
    field: str = ""
    back: str = ""
    through: str = ""
    ends: tuple[str, ...] = ()
    orm_cascade: tuple[str, ...] = ()
    declared: bool = True
    """False when only a foreign key says so: the class has no attribute of this name."""
    place: Place | None = None


class Record(Noun, frozen=True, kw_only=True):
    """A data model: an SQL table or a document collection (`store` is `table` or `document`)."""

    name: str
    table: str
    place: Place
    module: str = ""
    """The importable module that defines it (`app.models.book`)."""
    symbol: str = ""
    """What code calls it, where that is a name for many: the variable `users` of the record User."""
    orm: str = ""
    store: str = "table"
    schema: str = ""
    fields: tuple[Field, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    relations: tuple[Relation, ...] = ()
    soft_delete: str = ""
    """The field that marks a row as deleted, when the project does not remove rows."""
    along: str = ""
    """The foreign key to the row along with which code makes one of these by itself: a profile with each user.
    Joined by a comma with others where there is one for each of their pairs: a member for a club and its founder."""

    joins: bool = False
    """Whether it is no model of the project, but what the ORM keeps of a relation between two: `symbol` is how
    code reaches it (`Club.members.through`)."""
    hearers: tuple[str, ...] = ()
    """Functions (`module:name`) that are told of each of its rows as it is stored."""
    stores: bool = False
    """Whether an object of it stores rows as it is made, through the app's own session."""

    bare: bool = False
    """Whether its documents go out as they are stored: nothing of the project's hides a member or renames it."""

    leads: bool = False
    """Whether what the project does as a row is stored asks for the rows that it refers to, and not for their keys."""

    def field(self, name: str) -> Field | None:
        """The field called `name`, or None."""
        return next((each for each in self.fields if each.name == name), None)

    def linked(self, name: str) -> Relation | None:
        """The relation called `name`, whatever its capitals, whose two ends may have many rows; or None."""
        many = (each for each in self.relations if each.kind == "many_to_many")
        return next((each for each in many if each.name.lower() == name.lower()), None)

    def within(self, path: str) -> Field | None:
        """The field at a dotted path into embedded documents (`address.city`), or None."""
        among, found = self.fields, None
        for name in path.split("."):
            found = next((each for each in among if each.name == name), None)
            among = found.members if found is not None else ()
        return found

    @property
    def code(self) -> str:
        """The name by which its module exports it."""
        return self.symbol or self.name

    @property
    def primary_key(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.primary_key)
