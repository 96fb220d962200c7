"""One column: `Column(…)`, `mapped_column(…)` and `Mapped[…]` as a field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from comfrey.model.place import Place
from comfrey.model.record import CheckConstraint, Field
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.orms.sqlalchemy.types import (
    UNKNOWN,
    Type,
    annotated,
    data,
    is_made_by,
    last_of,
    mapped_by,
    name_of,
    optional,
    python_type,
    sql_type,
)

ON_DELETE = {
    "CASCADE": "cascade",
    "RESTRICT": "restrict",
    "SET NULL": "set_null",
    "SET DEFAULT": "set_default",
    "NO ACTION": "no_action",
}
SERVER = ("server_default", "FetchedValue")
NOT_TYPES = ("ForeignKey", "Computed", "Identity", "Sequence", "CheckConstraint", "FetchedValue")


@dataclass(frozen=True)
class Key:
    """A foreign key before records are linked. `target` is `table.column`, or the column's own value."""

    columns: tuple[str, ...]
    target: tuple[str | Value, ...]
    on_delete: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Column:
    """A field, with what only the whole mapping can settle."""

    field: Field
    key: Key | None = None
    checks: tuple[CheckConstraint, ...] = ()
    values: tuple[Value, ...] = ()
    """The objects that stand for this column in the source."""
    unique_index: bool = False


@dataclass(frozen=True)
class Spelling:
    """How a column is written: its Python type, if any, and the calls that describe it, last one strongest."""

    name: str
    place: Place
    kind: Value | None = None
    nullable: bool | None = None
    """What the annotation says; None where there is none."""
    calls: tuple[Instance, ...] = ()
    annotation_map: Value | None = None


def spelling(
    name: str, place: Place, kind: Value | None, value: Value | None, annotation_map: Value | None
) -> Spelling:
    """The spelling of a member whose `Mapped[…]` (or plain) type is `kind`."""
    calls = (value,) if isinstance(value, Instance) else ()
    if kind is None:
        return Spelling(name, place, None, None, calls)
    outer, extras = annotated(kind)
    inner, nullable = optional(outer)
    base, more = annotated(inner)
    hidden = tuple(each for each in (*extras, *more) if is_made_by(each, *data()["columns"]))
    written = tuple(each for each in (kind, inner) if mapped_by(annotation_map, each))
    return Spelling(
        name,
        place,
        written[0] if written else base,
        nullable or optional(base)[1],
        tuple(each for each in (*hidden, *calls) if isinstance(each, Instance)),
        annotation_map,
    )


def column(codebase: Codebase, spelt: Spelling) -> Column:
    """The column that a spelling describes."""
    given = _Given(spelt.calls)
    kind = _type(codebase, spelt, given)
    primary = given.truth("primary_key") is True
    key = given.key(spelt.name)
    default, source = _default(given, kind, primary, key)
    nullable = given.truth("nullable")
    if nullable is None:
        nullable = spelt.nullable if spelt.nullable is not None else spelt.kind is None
    nullable = nullable and not primary
    computed = given.positional("Computed") is not None
    name = given.name() or spelt.name
    field = Field(
        name=spelt.name,
        column=name if name != spelt.name else "",
        type=kind.type or UNKNOWN,
        required=not (nullable or source or computed),
        nullable=nullable,
        unique=given.truth("unique") is True,
        primary_key=primary,
        default=default,
        default_from=source or ("database" if computed else ""),
        on_update=bool(given.value("onupdate") or given.value("server_onupdate")),
        timezone=kind.timezone,
        enum=kind.enum,
        enum_class=kind.enum_class,
        length=kind.length,
        precision=kind.precision,
        scale=kind.scale,
        items=kind.items,
        computed=computed,
        rules=_rules(kind),
        place=spelt.place,
    )
    return Column(field, key, given.checks(spelt.place), spelt.calls)


def _type(codebase: Codebase, spelt: Spelling, given: _Given) -> Type:
    written = sql_type(codebase, given.type())
    if written.type:
        if written.type == "enum" and not written.enum:
            return replace(python_type(codebase, spelt.kind), type="enum")
        if written.type == "array" and not written.items:
            return replace(written, items=python_type(codebase, spelt.kind).items)
        return written
    if spelt.kind is None:
        return Type()
    custom = mapped_by(spelt.annotation_map, spelt.kind)
    if custom is not None:
        found = sql_type(codebase, custom)
        if found.type == "enum" and not found.enum:
            return replace(python_type(codebase, spelt.kind), type="enum")
        return found
    return python_type(codebase, spelt.kind)


class _Given:
    """The arguments of a column's calls, the last one strongest."""

    def __init__(self, calls: tuple[Instance, ...]) -> None:
        self.calls = calls

    def value(self, name: str) -> Value | None:
        found = [each.kwarg(name) for each in self.calls]
        return next((each for each in reversed(found) if each is not None), None)

    def truth(self, name: str) -> bool | None:
        found = plain(self.value(name))
        return found if isinstance(found, bool) else None

    def _args(self) -> list[Value]:
        return [arg for each in reversed(self.calls) for arg in each.args]

    def positional(self, *names: str) -> Instance | None:
        found = (each for each in self._args() if is_made_by(each, *names))
        return next((each for each in found if isinstance(each, Instance)), None)

    def name(self) -> str:
        written = (each.args[0] for each in self.calls if each.args)
        found = plain(self.value("name")) or next((plain(e) for e in written), None)
        return found if isinstance(found, str) else ""

    def type(self) -> Value | None:
        named = self.value("type_")
        if named is not None:
            return named
        rest = (each for each in self._args() if not isinstance(each, Const))
        return next((each for each in rest if last_of(each) not in NOT_TYPES), None)

    def key(self, name: str) -> Key | None:
        found = self.positional("ForeignKey")
        if found is None or not found.args:
            return None
        target = text_of(found.args[0])
        return Key(
            (name,),
            (target if isinstance(found.args[0], Const) and target else found.args[0],),
            on_delete(found.kwarg("ondelete")),
            found.place,
        )

    def checks(self, place: Place) -> tuple[CheckConstraint, ...]:
        found = self.positional("CheckConstraint")
        return (check(found, place),) if found is not None else ()


def on_delete(value: Value | None) -> str:
    """`ondelete="CASCADE"` in the model's words."""
    found = plain(value)
    return ON_DELETE.get(found.upper(), "") if isinstance(found, str) else ""


def check(made: Instance, place: Place) -> CheckConstraint:
    """`CheckConstraint("stock >= 0", name="…")`; an expression in Python stays as written."""
    first = made.argument(0, "sqltext")
    if is_made_by(first, "text") and isinstance(first, Instance) and first.args:
        first = first.args[0]
    written = made.call.positional[0].text if made.call and made.call.positional else ""
    sql = text_of(first) if isinstance(first, Const) else None
    name = text_of(made.kwarg("name")) or ""
    return CheckConstraint(sql=sql or written, name=name, place=made.place or place)


def _default(given: _Given, kind: Type, primary: bool, key: Key | None) -> tuple[Any, str]:
    """The constant default (or None) and who fills it in."""
    for name in ("insert_default", "default", "default_factory"):
        value = given.value(name)
        if value is not None and not (isinstance(value, Const) and value.value is None):
            return (None if name == "default_factory" else constant(value)), "code"
    server = given.value("server_default")
    if server is not None and not (isinstance(server, Const) and server.value is None):
        return _server_constant(server, kind), "database"
    if given.positional("Identity", "Sequence") is not None:
        return None, "auto"
    whole = kind.type in ("integer", "bigint", "smallint")
    if primary and whole and key is None and given.truth("autoincrement") is not False:
        return None, "auto"
    return None, ""


def constant(value: Value) -> Any:
    """A default as JSON, None when it is computed."""
    if isinstance(value, FunctionValue | ClassValue | External | BoundExternal):
        return None
    found = plain(value)
    simple = isinstance(found, str | int | float | bool | list | dict)
    return found if simple else None


def _server_constant(value: Value, kind: Type) -> Any:
    if name_of(value).endswith((".true", ".false")):
        return name_of(value).endswith(".true")
    if is_made_by(value, "text") and isinstance(value, Instance) and value.args:
        value = value.args[0]
    text = constant(value)
    if not isinstance(text, str):
        return text
    quoted = text.startswith("'") and "'" in text[1:]
    return _converted(text[1:].partition("'")[0] if quoted else text, kind, quoted)


def _converted(text: str, kind: Type, quoted: bool) -> Any:
    """A server default's text by the column's type; None for an expression such as `now()`."""
    if kind.type == "boolean":
        return {"true": True, "false": False, "1": True, "0": False, "t": True, "f": False}.get(
            text.lower()
        )
    if kind.type in ("integer", "bigint", "smallint"):
        return int(text) if text.lstrip("-").isdigit() else None
    if kind.type in ("string", "text", "enum"):
        return text if quoted or "(" not in text else None
    return None


def _rules(kind: Type) -> tuple[str, ...]:
    rules = []
    if kind.length is not None:
        rules.append(f"max length {kind.length}")
    if kind.precision is not None:
        places = f", {kind.scale} places" if kind.scale is not None else ""
        rules.append(f"{kind.precision} digits{places}")
    if kind.enum:
        rules.append("one of " + ", ".join(str(each) for each in kind.enum))
    return tuple(rules)
