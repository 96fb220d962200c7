"""Understands Django's models: fields made by `models.CharField(…)`, relations, the inner `Meta`."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.model.project import DatabaseHook
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.model.schema import Schema
from comfrey.source.classes import Member
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    SettingValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf
from comfrey.stacks.orms.django.constraints import checks, groups, last, meta
from comfrey.stacks.orms.django.saving import filled_on_save
from comfrey.stacks.orms.django.shape import as_form, shaped
from comfrey.stacks.orms.django.signals import companions, hearers
from comfrey.stacks.shapes import Shapes

MODEL = "django.db.models.Model"
TIMES = ("auto_now", "auto_now_add")
ON_DELETE = {
    "CASCADE": "cascade",
    "PROTECT": "restrict",
    "RESTRICT": "restrict",
    "SET_NULL": "set_null",
    "SET_DEFAULT": "set_default",
    "SET": "set_default",
    "DO_NOTHING": "no_action",
}
FILES = ("FileField", "ImageField")
NUMBERS = ("integer", "bigint", "smallint", "decimal", "float")
USER = "django.contrib.auth.models:User"
SPEAKING_OF_USERS = (
    b"AUTH_USER_MODEL",
    b"get_user_model",
    b"auth.models",
    b"request.user",
    b"auth.User",
    b"auth.decorators",
    b"auth.mixins",
    b"auth.views",
    b"IsAuthenticated",
    b"IsAdminUser",
    b"DjangoModelPermissions",
)


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every model outside of tests and migrations that has a table, in file order; Django's own user when
    the project has none and something refers to it."""
    kinds = [kind for kind in _kinds(codebase, needles) if not _is_tableless(codebase, kind)]
    models = Models(codebase, kinds)
    along, told = companions(codebase), hearers(codebase)
    found = [
        _along(models.record(kind), along.get(kind.qualified, "")).replace(
            hearers=told.get(kind.qualified, ())
        )
        for kind in kinds
    ]
    found += [each for kind in kinds for each in models.joined(kind)]
    user = codebase.resolve("django.contrib.auth", "found")
    if isinstance(user, ClassValue) and user.qualified == USER and _is_asked(codebase):
        made = Models(codebase, [*kinds, user]).record(user)
        found.append(made.replace(hearers=told.get(user.qualified, ())))
    return tuple(found)


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """What people send for a model; None for other types."""
    form = isinstance(type, Instance) and last(type) == "as_form"
    if isinstance(type, Instance) and form and type.args:
        type = type.args[0]  # noqa: A001
    if not isinstance(type, ClassValue) or not is_model(shapes.codebase, type):
        return None
    models = Models(shapes.codebase, [type])
    made = {e.name: e.value for e in models.members(type) if isinstance(e.value, Instance)}
    return (
        as_form(shaped(models.record(type), made), made)
        if form
        else shaped(models.record(type), made)
    )


def _is_asked(codebase: Codebase) -> bool:
    """Whether anything of the project speaks of Django's own user, or asks who is calling."""
    return any(
        not codebase.language.is_test(f) for f in codebase.tree.containing(SPEAKING_OF_USERS)
    )


def _kinds(codebase: Codebase, needles: tuple[bytes, ...]) -> list[ClassValue]:
    return [
        kind
        for kind in codebase.classes(needles)
        if not codebase.language.is_test(kind.scope.file)
        and "/migrations/" not in f"/{kind.scope.file}"
        and is_model(codebase, kind)
    ]


def is_model(codebase: Codebase, kind: ClassValue) -> bool:
    """Whether a class is a model: by its ancestors, or because one of a package and model fields say so."""
    ancestry = codebase.ancestry(kind)
    if MODEL in ancestry or any(each in _data()["abstract"] for each in ancestry):
        return True
    if not codebase.external_ancestors(kind) or any("Field" in each for each in ancestry):
        return False
    return any(
        isinstance(each.value, Instance) and _dotted(each.value).startswith("django.db.models.")
        and last(each.value).endswith(("Field", "ForeignKey"))
        for each in codebase.members(kind)
    )  # fmt: skip


def _is_tableless(codebase: Codebase, kind: ClassValue) -> bool:
    """Abstract models and proxies. A model whose `Meta` derives from that of an abstract one is not abstract itself
    (https://docs.djangoproject.com/en/stable/topics/db/models/#meta-inheritance)."""
    if plain(meta(codebase, kind, "proxy", own=True)) is True:
        return True
    inner = codebase.own_member(kind, "Meta")
    said = inner.value if inner is not None and isinstance(inner.value, ClassValue) else None
    stated = codebase.own_member(said, "abstract") if said is not None else None
    return stated is not None and plain(stated.value) is True


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "django")
    return folder.about.data if folder else {}


def _dotted(made: Instance) -> str:
    return made.of.name if isinstance(made.of, External) else ""


def _truth(made: Instance, name: str) -> bool:
    return plain(made.kwarg(name)) is True


def _text(made: Instance, name: str) -> str:
    return text_of(made.kwarg(name)) or ""


def _number(made: Instance, name: str) -> int | None:
    found = plain(made.kwarg(name))
    return found if isinstance(found, int) else None


class Models:
    """The models of one app, which refer to each other by name."""

    def __init__(self, codebase: Codebase, kinds: list[ClassValue]) -> None:
        self.codebase = codebase
        self.kinds = kinds
        self.settings = codebase.resolve("django.conf", "settings")

    def record(self, kind: ClassValue) -> Record:
        """What a model class declares."""
        members = self.members(kind)
        fields = [*self._packaged(kind), *(f for m in members if (f := self.field(m, kind)))]
        fields = list({each.name: each for each in fields}.values())
        if not any(each.primary_key for each in fields):
            fields.insert(0, self._key(kind))
        filled = filled_on_save(self.codebase, kind)
        fields = [_filled(each, filled.get(each.name)) for each in fields]
        columns = {each.name: each.column or each.name for each in fields}
        unique = tuple(_attnames(group, fields) for group in groups(self.codebase, kind))
        told = (*_positive(members, columns), *checks(self.codebase, kind, columns))
        return Record(
            name=kind.name,
            table=self.table(kind),
            place=self._place(kind),
            module=kind.scope.module,
            orm="django",
            fields=tuple(fields),
            unique=tuple(group for group in dict.fromkeys(unique) if len(group) > 1),
            checks=told,
            relations=tuple(r for member in members if (r := self.relation(member, kind))),
        )

    def joined(self, kind: ClassValue) -> Iterator[Record]:
        """The tables that Django keeps between a model and those of its many-to-many fields."""
        for member in self.members(kind):
            made, relation = member.value, self.relation(member, kind)
            if (
                relation is None
                or relation.kind != "many_to_many"
                or not isinstance(made, Instance)
            ):
                continue
            target = self.target(made, kind)
            if made.kwarg("through") is not None or target is None:
                continue
            own, other = kind.name.lower(), target.name.lower()
            own, other = (f"from_{own}", f"to_{own}") if own == other else (own, other)
            ends = ((own, kind), (other, target))
            keys = tuple(f"{name}_id" for name, _ in ends)
            yield Record(
                name=f"{kind.name}_{member.name}",
                table=relation.through,
                place=relation.place or kind.place,
                module=kind.scope.module,
                symbol=f"{kind.name}.{member.name}.through",
                orm="django",
                joins=True,
                fields=(self._automatic(kind), *(self._end(*each) for each in ends)),
                unique=(keys,),
                relations=tuple(
                    Relation(
                        name=name,
                        to=end.name,
                        kind="many_to_one",
                        on_delete="cascade",
                        field=f"{name}_id",
                    )
                    for name, end in ends
                ),
            )

    def _end(self, name: str, kind: ClassValue) -> Field:
        """The key of one of two rows that belong together."""
        return Field(
            name=f"{name}_id",
            type="reference",
            required=True,
            references=f"{kind.name}.{self.key_of(kind)}",
        )

    def _place(self, kind: ClassValue) -> Any:
        """Django's own user stands where the settings do."""
        if kind.scope.file.startswith(LIBRARY):
            settings = getattr(self.settings, "name", "")
            file = self.codebase.graph.file(settings) or ""
            return kind.place.replace(file=file, line=1, end_line=1)
        return kind.place

    def members(self, kind: ClassValue) -> list[Member]:
        """The members of the class and of its abstract ancestors; those of a parent with a table stay there."""
        found: dict[str, Member] = {}
        parents = [each for each in self.codebase.mro(kind)[1:] if each in self.kinds]
        kept = {id(above) for each in parents for above in self.codebase.mro(each)}
        for each in reversed(self.codebase.mro(kind)):
            if isinstance(each, ClassValue) and id(each) not in kept:
                found.update({member.name: member for member in self.codebase.members(each)})
        return list(found.values())

    def _packaged(self, kind: ClassValue) -> Iterator[Field]:
        """Fields that abstract models of packages bring."""
        for name in self.codebase.ancestry(kind):
            for field, how in _data()["abstract"].get(name, {}).items():
                if how == "uuid":
                    yield Field(name=field, type="uuid", primary_key=True, default_from="code")
                else:
                    changes = how == "changed"
                    yield Field(name=field, type="datetime", default_from="code", on_update=changes)

    def _key(self, kind: ClassValue) -> Field:
        """The primary key of a model that declares none: its parent's, or an automatic one."""
        parent = next((e for e in self.codebase.mro(kind)[1:] if e in self.kinds), None)
        if isinstance(parent, ClassValue):
            return Field(
                name=f"{parent.name.lower()}_ptr_id",
                type="reference",
                primary_key=True,
                required=True,
                references=f"{parent.name}.{self.key_of(parent)}",
                place=kind.place,
            )
        return self._automatic(kind)

    def _automatic(self, kind: ClassValue) -> Field:
        """The key that Django gives to rows by itself."""
        said = text_of(self.codebase.evaluator.attribute(self.settings, "DEFAULT_AUTO_FIELD"))
        made = (said or "BigAutoField").rpartition(".")[2]
        kind_of = _data()["types"].get(made, "bigint")
        return Field(
            name="id", type=kind_of, primary_key=True, default_from="auto", place=self._place(kind)
        )

    def key_of(self, kind: ClassValue) -> str:
        """The name of a model's primary key."""
        for member in self.members(kind):
            if isinstance(member.value, Instance) and _truth(member.value, "primary_key"):
                relation = last(member.value) in _data()["relations"]
                return f"{member.name}_id" if relation else member.name
        return "id"

    def table(self, kind: ClassValue) -> str:
        """`Meta.db_table`, else the app's label and the class's name."""
        said = text_of(meta(self.codebase, kind, "db_table", own=True))
        return said or f"{self.label(kind)}_{kind.name.lower()}"

    def label(self, kind: ClassValue) -> str:
        """`Meta.app_label`, else what the app around the class is called: by its `AppConfig`, or its last name."""
        said = text_of(meta(self.codebase, kind, "app_label"))
        if said:
            return said
        parts = kind.scope.module.split(".")
        if "models" in parts[1:]:
            parts = parts[: len(parts) - parts[::-1].index("models") - 1]
        elif len(parts) > 1:
            parts = parts[:-1]
        labels = dict(self._labels())
        for length in range(len(parts), 0, -1):  # the innermost app that holds the module
            package = ".".join(parts[:length])
            if package in labels:
                return labels[package] or parts[length - 1]
        return parts[-1]

    def _labels(self) -> Iterator[tuple[str, str]]:
        """Each app that has an `AppConfig`, with the label that this gives it ("" for none)."""
        for config in self.codebase.classes((b"AppConfig",)):
            name = self.codebase.own_member(config, "name")
            label = self.codebase.own_member(config, "label")
            if name is not None and (package := text_of(name.value)):
                yield package, (text_of(label.value) or "" if label is not None else "")

    # --- fields ----------------------------------------------------------------

    def field(self, member: Member, kind: ClassValue) -> Field | None:
        """The column that a member of the class stands for, if it does."""
        made, name = member.value, last(member.value)
        if not isinstance(made, Instance):
            return None
        if name in _data()["relations"]:
            many = name.endswith("ManyToManyField")
            return None if many else self._reference(member, made, name, kind)
        type_name = self._type(made, name)
        if type_name is None:
            return None
        primary, nullable = _truth(made, "primary_key"), _truth(made, "null")
        default, source = _default(made, name, primary)
        # Django itself stores no file as an empty path, and asks for one in forms alone.
        blank = _truth(made, "blank") or (name in FILES and not nullable)
        enum, names, enum_class = _choices(self.codebase, made)
        length = plain(made.argument(1, "max_length")) if made.kwarg("max_length") else None
        length = length or _data()["lengths"].get(name)
        return Field(
            name=member.name,
            column=_text(made, "db_column"),
            type=type_name,
            required=not (nullable or source or blank or primary),
            nullable=nullable,
            unique=_truth(made, "unique"),
            primary_key=primary,
            default=""
            if blank and not source and not nullable and _is_text(type_name)
            else default,
            default_from="code" if blank and not nullable and _is_text(type_name) else source,
            on_update=_truth(made, "auto_now"),
            timezone=type_name == "datetime",
            length=length if isinstance(length, int) else None,
            precision=_number(made, "max_digits"),
            scale=_number(made, "decimal_places"),
            enum=enum,
            enum_names=names,
            enum_class=enum_class,
            items=self._items(made) if type_name == "array" else "",
            computed=name in FILES,  # what stands there is a file, not a text
            rules=tuple(_rules(made, length, enum)),
            pattern=_pattern(made),
            place=member.place if not member.place.file.startswith(LIBRARY) else None,
        )

    def _type(self, made: Instance, name: str) -> str | None:
        types = _data()["types"]
        if name in _data()["virtual"]:
            return None
        if name in types:
            return str(types[name])
        for each in self.codebase.ancestry(made.of):
            short = each.rpartition(".")[2].rpartition(":")[2]
            if short in types and "Field" in short and not each.startswith("rest_framework"):
                return str(types[short])
        from_library = _dotted(made)
        if name.endswith("Field") and not from_library.startswith(
            ("rest_framework", "django.forms")
        ):
            return "string" if from_library else None
        return None

    def _items(self, made: Instance) -> str:
        inner = made.argument(0, "base_field")
        return str(_data()["types"].get(last(inner), "string"))

    def _reference(self, member: Member, made: Instance, name: str, kind: ClassValue) -> Field:
        """The column that a foreign key stands for: `author` is stored as `author_id`."""
        target = self.target(made, kind)
        nullable = _truth(made, "null")
        primary = _truth(made, "primary_key") or _truth(made, "parent_link")
        default, source = _default(made, name, primary)
        to = _text(made, "to_field") or (self.key_of(target) if target is not None else "id")
        return Field(
            name=f"{member.name}_id",
            column=_text(made, "db_column"),
            type=self._key_type(target, to) if target is not None else "reference",
            required=not (nullable or source),
            nullable=nullable,
            unique=name == "OneToOneField" or _truth(made, "unique"),
            primary_key=primary,
            default=default,
            default_from=source,
            references=f"{target.name}.{to}" if target is not None else "",
            place=member.place if not member.place.file.startswith(LIBRARY) else None,
        )

    def _key_type(self, target: ClassValue, name: str) -> str:
        """The type of the column that a foreign key points to."""
        member = self.codebase.member(target, name)
        if member is not None and isinstance(member.value, Instance):
            word = last(member.value)
            found = None if word in _data()["relations"] else self._type(member.value, word)
            return found or "reference"
        kept = self._key(target)
        return "bigint" if kept.type == "reference" else kept.type

    def target(self, made: Instance, kind: ClassValue) -> ClassValue | None:
        """`"shop.Author"`, `"self"`, the class itself, or the user model."""
        first = made.argument(0, "to")
        if isinstance(first, ClassValue):
            return first
        text = text_of(first) or ""
        if text == "self":
            return kind
        if _names_user(made) or text == "auth.User":
            found = self.codebase.resolve("django.contrib.auth", "found")
            return found if isinstance(found, ClassValue) else None
        label, _, name = text.rpartition(".")
        named = [each for each in self.kinds if each.name.lower() == name.lower()]
        same = [each for each in named if label and self.label(each) == label]
        near = [each for each in named if each.scope.module == kind.scope.module]
        return next(iter(same or near or named), None)

    # --- relations -----------------------------------------------------------

    def relation(self, member: Member, kind: ClassValue) -> Relation | None:
        """What a foreign key or many-to-many field says."""
        made, name = member.value, last(member.value)
        if not isinstance(made, Instance) or name not in _data()["relations"]:
            return None
        target = self.target(made, kind)
        if target is None or (target.scope.file.startswith(LIBRARY) and target.qualified != USER):
            return None
        many = name.endswith("ManyToManyField")
        shape = (
            "many_to_many" if many else "one_to_one" if name == "OneToOneField" else "many_to_one"
        )
        through = made.kwarg("through")
        return Relation(
            name=member.name,
            to=target.name,
            kind=shape,
            on_delete="" if many else _on_delete(made),
            field="" if many else f"{member.name}_id",
            back=_text(made, "related_name") or _back(kind.name.lower(), shape),
            through=_through(through, f"{self.table(kind)}_{member.name}") if many else "",
            place=member.place if not member.place.file.startswith(LIBRARY) else None,
        )


def _pattern(made: Instance) -> str:
    """The regular expression of a model field's `RegexValidator`."""
    validators = made.kwarg("validators")
    for each in validators.items if isinstance(validators, ListValue) else ():
        if isinstance(each, Instance) and last(each) == "RegexValidator":
            inverse = each.argument(3, "inverse_match")
            return "" if inverse is not None else text_of(each.argument(0, "regex")) or ""
    return ""


def _along(record: Record, relation: str) -> Record:
    """The record, if its rows come along with others, hanging on them by that relation: once for each, or once
    for each with the rows that it must be unique with."""
    key = record.field(f"{relation}_id") if relation else None
    if key is None:
        return record
    keys = {each.name for each in record.fields if each.references}
    groups = (each for each in record.unique if key.name in each and keys.issuperset(each))
    names = (key.name,) if key.unique else next(groups, (key.name,))
    return record.replace(along=",".join(names))


def _filled(field: Field, always: bool | None) -> Field:
    """The field, if the model's own `save` fills it in (`always`: whatever it was given)."""
    if always is None or field.primary_key or field.references:
        return field
    source = field.default_from or "code"
    return field.replace(required=False, default_from=source, on_update=always or field.on_update)


def _names_user(made: Instance) -> bool:
    """`ForeignKey(settings.AUTH_USER_MODEL)`, also where the settings leave it at its default."""
    first = made.argument(0, "to")
    if isinstance(first, External) and first.last == "AUTH_USER_MODEL":
        return True
    node = made.call.keyword("to") if made.call is not None else None
    if node is None and made.call is not None and made.call.positional:
        node = made.call.positional[0]
    return node is not None and node.text.endswith("AUTH_USER_MODEL")


def _back(name: str, kind: str) -> str:
    """How the other side calls the relation where nobody says so."""
    return name if kind == "one_to_one" else f"{name}_set"


def _through(value: Value | None, table: str) -> str:
    if isinstance(value, ClassValue):
        return value.name
    return (text_of(value) or table).rpartition(".")[2]


def _on_delete(made: Instance) -> str:
    value = made.argument(1, "on_delete")
    name = last(value) or (value.name if isinstance(value, BoundExternal) else "")
    return ON_DELETE.get(name, "")


def _is_text(kind: str) -> bool:
    return kind in ("string", "text")


def _attnames(group: tuple[str, ...], fields: list[Field]) -> tuple[str, ...]:
    names = {each.name for each in fields}
    return tuple(each if each in names else f"{each}_id" for each in group)


def _positive(members: list[Member], columns: dict[str, str]) -> Iterator[CheckConstraint]:
    """Django gives every `PositiveIntegerField` a CHECK of its own."""
    for member in members:
        if last(member.value).startswith("Positive") and member.name in columns:
            sql = f"{columns[member.name]} >= 0"
            yield CheckConstraint(sql=sql, fields=(member.name,), place=member.place)


def _default(made: Instance, name: str, primary: bool) -> tuple[Any, str]:
    value = made.kwarg("default")
    if value is not None and not (isinstance(value, Const) and value.value is None):
        found = plain(value)
        return (found if isinstance(found, str | int | float | bool) else None), "code"
    if made.kwarg("db_default") is not None:
        found = plain(made.kwarg("db_default"))
        return (found if isinstance(found, str | int | float | bool) else None), "database"
    if any(_truth(made, each) for each in TIMES) or name in ("AutoCreatedField", "AutoSlugField"):
        return None, "code"
    if name.endswith("AutoField"):
        return None, "auto"
    return None, ""


def _choices(codebase: Codebase, made: Instance) -> tuple[tuple[Any, ...], tuple[str, ...], str]:
    """The allowed values, the members' names and the class, of `choices=Status.choices` or a list of pairs."""
    value = made.kwarg("choices")
    kind = value.receiver if isinstance(value, BoundExternal) and value.name == "choices" else value
    if isinstance(kind, ClassValue):
        members = [e for e in codebase.enumerated(kind) or [] if isinstance(e, Instance)]
        values = tuple(plain(each.fields.get("value")) for each in members)
        names = tuple(str(plain(each.fields.get("name"))) for each in members)
        return values, names, kind.qualified
    pairs = plain(value) if isinstance(value, ListValue) else None
    if isinstance(value, ListValue) and value.items and pairs:
        firsts = [e.items[0] for e in value.items if isinstance(e, ListValue) and e.items]
        return tuple(each for each in map(plain, firsts) if each is not None), (), ""
    if isinstance(value, DictValue):
        return tuple(plain(key) for key, _ in value.items), (), ""
    return (), (), ""


def _rules(made: Instance, length: Any, enum: tuple[Any, ...]) -> Iterator[str]:
    if isinstance(length, int):
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)
    validators = made.kwarg("validators")
    for each in validators.items if isinstance(validators, ListValue) else ():
        yield _validator(each)
    if "Email" in last(made):
        yield "an e-mail address"


def _validator(value: Value) -> str:
    name = last(value) or (value.name if isinstance(value, FunctionValue) else "")
    limit = plain(value.argument(0, "limit_value")) if isinstance(value, Instance) else None
    words = {"MinValueValidator": "at least", "MaxValueValidator": "at most"}
    if name in words and limit is not None:
        return f"{words[name]} {limit}"
    return f"validated by {name or 'code'}"


# --- the way to the database -------------------------------------------------

ENGINES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "sqlite": "sqlite",
    "postgresql_psycopg2": "postgresql",
    "postgis": "postgresql",
    "mysql": "mysql",
    "sqlite3": "sqlite",
    "spatialite": "sqlite",
}


DRIVERS = {
    "postgresql": (b"psycopg",),
    "mysql": (b"mysqlclient", b"PyMySQL", b"pymysql", b"mysql-connector"),
}
LISTS = (".txt", ".toml", "Pipfile", ".cfg", ".lock", ".in", "setup.py", ".yml", ".yaml")


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`DATABASES["default"]` of the settings module."""
    settings = codebase.resolve("django.conf", "settings")
    listed = codebase.evaluator.attribute(settings, "DATABASES")
    if isinstance(listed, Choice):
        listed = _chosen(codebase, listed)
    default = listed.get("default") if isinstance(listed, DictValue) else None
    engine = default.get("ENGINE") if isinstance(default, DictValue) else None
    last_word = (text_of(engine) or "").rpartition(".")[2]
    place = getattr(default, "place", None)
    if not found:
        return None
    address = _address(default)
    scheme = (text_of(address) or "").partition("://")[0].partition("+")[0]
    return DatabaseHook(
        dialect=ENGINES.get(last_word, "") or ENGINES.get(scheme, ""),
        url_setting=address.name if isinstance(address, SettingValue) else "",
        place=place,
    )


def _chosen(codebase: Codebase, among: Choice) -> Value:
    """Of databases that the environment chooses from one whose driver is among the dependencies, PostgreSQL before
    others, else the one that stands where nothing is set."""
    for each in sorted(among.options, key=lambda each: _dialect(each) != "postgresql"):
        words = DRIVERS.get(_dialect(each), ())
        if codebase.tree.holding(words, LISTS):
            return each
    return among.options[-1]


def _dialect(listed: Value) -> str:
    default = listed.get("default") if isinstance(listed, DictValue) else None
    engine = default.get("ENGINE") if isinstance(default, DictValue) else None
    return ENGINES.get((text_of(engine) or "").rpartition(".")[2], "")


def _address(made: Value | None) -> Value | None:
    """The address that `dj_database_url.parse(…)` and its like take apart."""
    if not isinstance(made, Instance):
        return None
    word = last(made) or (made.of.name if isinstance(made.of, BoundExternal) else "")
    if word == "config":
        named = text_of(made.kwarg("env")) or "DATABASE_URL"
        return SettingValue(named, made.kwarg("default"), made.place)
    if word in ("db", "db_url"):
        named = text_of(made.argument(0, "var")) or "DATABASE_URL"
        return SettingValue(named, made.kwarg("default"), made.place)
    return made.args[0] if word == "parse" and made.args else None
