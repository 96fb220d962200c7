"""Understands SQLModel: a `Field(…)` is spelt as the SQLAlchemy column that SQLModel makes of it."""

from __future__ import annotations

from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
)

BASE = ("sqlmodel.SQLModel", "sqlmodel.main.SQLModel")
FIELD = "Field"
RELATION = "Relationship"
SAME = ("primary_key", "unique", "nullable", "index", "default_factory", "default")
"""Arguments of `Field` that go to the column under the same name."""


def is_record(codebase: Codebase, kind: ClassValue) -> bool:
    """A SQLModel class whose header says `table=True` (SQLModel reads it of each class by itself)."""
    if not codebase.is_a(kind, *BASE):
        return False
    own = next((each.value for each in kind.node.arguments if each.name == "table"), None)
    return own is not None and own.text == "True"


def table_name(codebase: Codebase, kind: ClassValue) -> str:
    """SQLModel names a table by its class in lower case."""
    return kind.name.lower()


def spelt(
    codebase: Codebase, member: Member, value: Value | None, annotation: Value | None
) -> tuple[Value | None, Value | None]:
    """The member as (SQLAlchemy construct, type)."""
    if annotation is None:
        annotation = _annotation(codebase, member)
    if annotation is None or _is_class_variable(annotation):
        return value, None
    field, annotation = _hidden(annotation, value)
    if _last(field) == RELATION and isinstance(field, Instance):
        return _relationship(field), annotation
    if _last(field) == FIELD and isinstance(field, Instance):
        return _column(field, annotation)
    if field is None:
        return Instance(External("sqlalchemy.Column"), kwargs=_nullable(annotation)), annotation
    given = (("default", field), *_nullable(annotation))
    return Instance(External("sqlalchemy.Column"), kwargs=given), annotation


def _annotation(codebase: Codebase, member: Member) -> Value | None:
    if member.annotation is None:
        return None
    return codebase.type_of(member.annotation, codebase.body_of(member.owner))


def _is_class_variable(annotation: Value) -> bool:
    of = annotation.of if isinstance(annotation, Generic) else annotation
    return isinstance(of, External) and of.last == "ClassVar"


def _hidden(annotation: Value, value: Value | None) -> tuple[Value | None, Value]:
    """A `Field(…)` inside `Annotated[X, Field(…)]`, where the member has none of its own."""
    if isinstance(annotation, Generic) and _last(annotation) == "Annotated" and annotation.args:
        inner, *extras = annotation.args
        found = next((each for each in extras if _last(each) == FIELD), None)
        if found is not None and value is None:
            return found, inner
        return value, inner
    return value, annotation


def _last(value: Value | None) -> str:
    of = value.of if isinstance(value, Instance | Generic) else None
    return of.last if isinstance(of, External) else ""


def _column(field: Instance, annotation: Value) -> tuple[Value, Value]:
    """`Field(max_length=80, unique=True)` as `Column(AutoString(80), unique=True)`."""
    written = field.kwarg("sa_column")
    if isinstance(written, Instance):
        return written, annotation
    args: list[Value] = []
    kind = field.kwarg("sa_type")
    if kind is not None:
        args.append(kind)
    elif (length := field.kwarg("max_length")) is not None and _holds_text(annotation):
        args.append(Instance(External("sqlmodel.AutoString"), (length,)))
    elif field.kwarg("max_digits") is not None:
        numbers = tuple(
            each for n in ("max_digits", "decimal_places") if (each := field.kwarg(n)) is not None
        )
        args.append(Instance(External("sqlalchemy.Numeric"), numbers))
    more = field.kwarg("sa_column_args")
    args += more.items if isinstance(more, ListValue) else []
    key = field.kwarg("foreign_key")
    if key is not None and isinstance(plain(key), str):
        rule = field.kwarg("ondelete")
        named = (("ondelete", rule),) if rule is not None else ()
        args.append(Instance(External("sqlalchemy.ForeignKey"), (key,), named, field.place))
    made = Instance(External("sqlalchemy.Column"), tuple(args), _keywords(field, annotation))
    return made, annotation


def _keywords(field: Instance, annotation: Value) -> tuple[tuple[str, Value], ...]:
    found = {name: value for name, value in field.kwargs if name in SAME}
    if field.args and "default" not in found:
        found["default"] = field.args[0]
    if isinstance(found.get("default"), Const) and plain(found["default"]) is None:
        del found["default"]
    extra = field.kwarg("sa_column_kwargs")
    for key, value in extra.items if isinstance(extra, DictValue) else ():
        if isinstance(name := plain(key), str):
            found[name] = value
    if isinstance(found.get("default"), Const) and plain(found["default"]) is Ellipsis:
        del found["default"]
    if "nullable" not in found and "primary_key" not in found:
        found |= dict(_nullable(annotation))
    return tuple(found.items())


def _nullable(annotation: Value) -> tuple[tuple[str, Value], ...]:
    """SQLModel lets a column be null exactly when its type allows None."""
    none = isinstance(annotation, Generic) and any(
        isinstance(each, Const) and each.value is None for each in annotation.args
    )
    return (("nullable", Const(none)),)


def _holds_text(annotation: Value) -> bool:
    kinds = annotation.args if isinstance(annotation, Generic) else (annotation,)
    names = {each.last for each in kinds if isinstance(each, External)}
    return bool(names & {"str", "EmailStr", "AnyUrl", "HttpUrl", "SecretStr"})


def _relationship(field: Instance) -> Value:
    """`Relationship(back_populates=…, link_model=…)` as `relationship(…)`."""
    written = field.kwarg("sa_relationship")
    if isinstance(written, Instance):
        return written
    found = {name: value for name, value in field.kwargs if name == "back_populates"}
    through = field.kwarg("link_model")
    if through is not None:
        found["secondary"] = through
    extra = field.kwarg("sa_relationship_kwargs")
    for key, value in extra.items if isinstance(extra, DictValue) else ():
        if isinstance(name := plain(key), str):
            found[name] = value
    if plain(field.kwarg("cascade_delete")) is True:
        found["cascade"] = Const("all, delete-orphan")
    return Instance(External("sqlalchemy.orm.relationship"), (), tuple(found.items()), field.place)
