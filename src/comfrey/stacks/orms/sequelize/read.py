"""Understands Sequelize models: `sequelize.define(…)`, `Model.init(…)`, decorated classes, and their joins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeGuard

from comfrey.languages.javascript.exports import exported_name
from comfrey.languages.javascript.inflection import plural, singular, underscored
from comfrey.languages.javascript.options import (
    constant,
    flag,
    items,
    last,
    option,
    said,
    text,
    values,
    words,
)
from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    SettingValue,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.addresses import is_written
from comfrey.stacks.orms.sequelize.decorated import decorated

KINDS = {
    "belongsTo": "many_to_one",
    "hasMany": "one_to_many",
    "hasOne": "one_to_one",
    "belongsToMany": "many_to_many",
}
STRING = 255
NUMBERS = ("integer", "smallint", "bigint", "float", "decimal")


@dataclass(eq=False)
class Model:
    """One model as the code makes it; `value` is what stands for it."""

    name: str
    module: str
    place: Place
    attributes: DictValue
    options: Value | None
    value: Value | None
    joins: list[tuple[str, Model, Value | None, Place]] = field(default_factory=list)
    family: list[Model] = field(default_factory=list)

    @property
    def snake(self) -> bool:
        return flag(self.options, "underscored")

    @property
    def table(self) -> str:
        named = option(self.options, "tableName")
        known = constant(named) or text(named, "tableName")
        if isinstance(known, str) and known:
            return known
        if flag(self.options, "freezeTableName"):
            return self.name
        made = plural(self.name)
        return underscored(made) if self.snake else made

    def column(self, name: str) -> str:
        return underscored(name) if self.snake and underscored(name) != name else ""


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every model outside of tests, in file order."""
    found = list(_models(codebase, needles))
    for each in found:
        each.family = found
    _join(codebase, found)
    made = [_record(each) for each in found]
    known = {each.name for each in made}
    return _one_of_each((*made, *(each for each in decorated(codebase) if each.name not in known)))


def _one_of_each(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Records by what one row is: a model that is called as its table, `users`, holds Users."""
    taken = {each.name for each in records}
    names = {each: _one(each) for each in sorted(taken) if each[:1].islower()}
    names = {old: new for old, new in names.items() if new not in taken}
    return tuple(_renamed(each, names) for each in records)


def _one(name: str) -> str:
    """`user_roles` → `UserRole`."""
    *head, last = name.split("_")
    return "".join(each[:1].upper() + each[1:] for each in (*head, singular(last)))


def _renamed(record: Record, names: dict[str, str]) -> Record:
    return record.replace(
        name=names.get(record.name, record.name),
        symbol=record.symbol or (record.name if record.name in names else ""),
        fields=tuple(_referring(each, names) for each in record.fields),
        relations=tuple(each.replace(to=names.get(each.to, each.to)) for each in record.relations),
    )


def _referring(field: Field, names: dict[str, str]) -> Field:
    record, dot, key = field.references.partition(".")
    return field.replace(references=f"{names[record]}{dot}{key}") if record in names else field


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "sequelize")
    return folder.about.data if folder else {}


# --- finding models ----------------------------------------------------------


def _models(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[Model]:
    calls = list(_calls(codebase, needles))
    defaults = _defaults(codebase)
    seen: set[str] = set()
    for module, args, receiver, result, place in calls:
        model = _model(module, args, receiver, result, place)
        if model is not None and model.name not in seen:
            seen.add(model.name)
            model.options = _merged(defaults, model.options)
            yield model


def _calls(
    codebase: Codebase, needles: tuple[bytes, ...]
) -> Iterator[tuple[str, tuple[Value, ...], Value, Value | None, Place]]:
    """Calls of `define` and `init`, at the top level and inside the functions that make models."""
    modules = [
        module
        for module in codebase.modules(needles)
        if not codebase.language.is_test(codebase.graph.file(module) or "")
    ]
    for module in modules:
        codebase.scope(module)
    files = {codebase.graph.file(each) or "": each for each in modules}
    for event in list(codebase.evaluator.events):
        if event.name in ("define", "init") and event.place.file in files:
            yield files[event.place.file], event.args, event.receiver, event.result, event.place
    for module in modules:
        for function in _functions(codebase, module):
            study = Study(codebase, function)
            for call in study.calls():
                value = study.value(call) if isinstance(call, Call) else None
                of = value.of if isinstance(value, Instance) else None
                made = isinstance(of, BoundExternal) and of.name in ("define", "init")
                if made and isinstance(value, Instance) and isinstance(of, BoundExternal):
                    yield module, value.args, of.receiver, value, call.place


def _functions(codebase: Codebase, module: str) -> Iterator[FunctionValue]:
    """The module's functions, and the one that it exports as a whole."""
    scope = codebase.scope(module)
    held = [*scope.names.values(), option(scope.names.get("module"), "exports")]
    exported = scope.names.get("<exports>")
    held += list(items(exported))
    seen: set[int] = set()
    for each in held:
        if isinstance(each, FunctionValue) and each.scope is scope and id(each.node) not in seen:
            seen.add(id(each.node))
            yield each


def _model(
    module: str, args: tuple[Value, ...], receiver: Value, result: Value | None, place: Place
) -> Model | None:
    first = args[0] if args else None
    name = constant(first)
    if isinstance(name, str) and len(args) > 1 and isinstance(args[1], DictValue):
        options = args[2] if len(args) > 2 else None
        return Model(name, module, place.replace(name=name), args[1], options, result)
    if isinstance(first, DictValue) and len(args) > 1 and isinstance(receiver, ClassValue):
        named = text(args[1], "modelName") or receiver.name
        spot = receiver.place.replace(name=named)
        return Model(named, receiver.scope.module, spot, first, args[1], receiver)
    return None


def _defaults(codebase: Codebase) -> Value | None:
    """`new Sequelize(…, { define: { underscored: true } })`: what holds for every model."""
    for event in codebase.evaluator.events:
        if _is_engine(event.result):
            for each in event.result.args:
                if option(each, "define") is not None:
                    return option(each, "define")
    return None


def _merged(defaults: Value | None, own: Value | None) -> Value | None:
    if not isinstance(defaults, DictValue):
        return own
    return DictValue([*defaults.items, *(own.items if isinstance(own, DictValue) else [])])


# --- associations ------------------------------------------------------------


def _join(codebase: Codebase, models: list[Model]) -> None:
    """`Book.belongsTo(Author, { foreignKey, as, onDelete })`, wherever it is written."""
    seen: set[tuple[str, int, str]] = set()
    for kind, receiver, args, place in _associations(codebase):
        owner, other = _known(models, receiver), _known(models, args[0] if args else None)
        key = (place.file, place.line, kind)
        if owner is None or other is None or key in seen:
            continue
        seen.add(key)
        owner.joins.append((kind, other, args[1] if len(args) > 1 else None, place))


def _associations(codebase: Codebase) -> Iterator[tuple[str, Value, tuple[Value, ...], Place]]:
    joins = _data()["joins"]
    for event in list(codebase.evaluator.events):
        if event.name in joins:
            yield event.name, event.receiver, event.args, event.place
    for module in codebase.modules(tuple(each.encode() for each in joins)):
        for function in (*_functions(codebase, module), *_associates(codebase, module)):
            study = Study(codebase, function)
            for call in study.calls():
                value = study.value(call) if isinstance(call, Call) else None
                of = value.of if isinstance(value, Instance) else None
                if (
                    isinstance(value, Instance)
                    and isinstance(of, BoundExternal)
                    and of.name in joins
                ):
                    yield of.name, of.receiver, value.args, call.place


def _associates(codebase: Codebase, module: str) -> Iterator[FunctionValue]:
    """`static associate(models)` of a class."""
    for value in list(codebase.scope(module).names.values()):
        if isinstance(value, ClassValue) and value.scope.module == module:
            for member in codebase.members(value):
                if isinstance(member.value, FunctionValue) and member.name == "associate":
                    yield member.value


def _known(models: list[Model], value: Value | None) -> Model | None:
    """The model that a value stands for: itself, or `models.Author` by its name."""
    if value is None:
        return None
    for each in models:
        if each.value is value or _same(each.value, value):
            return each
    name = value.name if isinstance(value, ClassValue | BoundExternal) else ""
    if isinstance(value, External):
        name = value.last
    name = name or str(getattr(value, "spelling", "")).rpartition(".")[2]
    return next((each for each in models if name and each.name == name), None)


def _same(first: Value | None, second: Value) -> bool:
    """Whether two objects were made at the same place."""
    if not (isinstance(first, Instance) and isinstance(second, Instance)):
        return False
    return first.place is not None and first.place == second.place


# --- records -----------------------------------------------------------------


def _record(model: Model) -> Record:
    fields = {each.name: each for each in _fields(model)}
    for key in _keys(model):
        known = fields.get(key.name)
        fields[key.name] = known.replace(references=key.references) if known else key
    made = tuple(fields.values())
    unique = [tuple(each) for each in _unique(model)]
    return Record(
        name=model.name,
        table=model.table,
        place=model.place,
        module=model.module,
        orm="sequelize",
        schema=text(model.options, "schema"),
        fields=tuple(e.replace(unique=e.unique or (e.name,) in unique) for e in made),
        unique=tuple(each for each in unique if len(each) > 1),
        checks=tuple(c for key, v in _members(model.attributes) for c in _checks(key, v)),
        relations=tuple(_relations(model)),
        soft_delete=_stamp(model, "deletedAt") if flag(model.options, "paranoid") else "",
    )


def _fields(model: Model) -> Iterator[Field]:
    own = list(_members(model.attributes))
    if not any(flag(value, "primaryKey") for _, value in own):
        yield Field(name="id", type="integer", primary_key=True, default_from="auto")
    for name, value in own:
        made = _field(model, name, value)
        if made is not None:
            yield made
    if said(model.options, "timestamps") is not False:
        names = ["createdAt", "updatedAt"] + ["deletedAt"] * flag(model.options, "paranoid")
        for each in names:
            stamp = _stamp(model, each)
            if stamp and stamp not in {name for name, _ in own}:
                yield Field(
                    name=stamp,
                    column=model.column(stamp),
                    type="datetime",
                    nullable=each == "deletedAt",
                    default_from="" if each == "deletedAt" else "code",
                    on_update=each == "updatedAt",
                    rules=("immutable",) if each == "createdAt" else (),
                    timezone=True,
                )


def _stamp(model: Model, name: str) -> str:
    """The name of a timestamp; "" where it is switched off."""
    found = said(model.options, name)
    return "" if found is False else found if isinstance(found, str) else name


def _members(attributes: Value | None) -> Iterator[tuple[str, Value]]:
    for key, value in attributes.items if isinstance(attributes, DictValue) else ():
        if isinstance(key, Const):
            yield str(key.value), value


def _field(model: Model, name: str, value: Value) -> Field | None:
    options = value if isinstance(value, DictValue) else None
    kind = option(options, "type") if options is not None else value
    word, args = _typed(kind)
    neutral = _data()["types"].get(word, "any")
    if not neutral:
        return None
    primary = flag(options, "primaryKey")
    nullable = said(options, "allowNull") is not False and not primary
    default, source = _default(options, primary, neutral)
    enum = _enum(args, options) if neutral == "enum" else ()
    length = _length(word, args)
    inner = _typed(args[0])[0] if neutral == "array" and args else ""
    return Field(
        name=name,
        column=text(options, "field") or model.column(name),
        type=neutral,
        items=_data()["types"].get(inner, "any") if neutral == "array" else "",
        required=not (nullable or source),
        nullable=nullable,
        unique=option(options, "unique") is not None and said(options, "unique") is not False
        and not isinstance(said(options, "unique"), str),
        primary_key=primary,
        default=default,
        default_from=source,
        timezone=word == "DATE",
        length=length,
        precision=_part(args, 0) if neutral == "decimal" else None,
        scale=_part(args, 1) if neutral == "decimal" else None,
        enum=enum,
        references=_references(model, options),
        rules=tuple(_rules(length, enum, option(options, "validate"))),
        place=getattr(value, "place", None) or model.place,
    )  # fmt: skip


def _typed(kind: Value | None) -> tuple[str, tuple[Value, ...]]:
    """(name, arguments) of `DataTypes.STRING(80)`, `DataTypes.INTEGER.UNSIGNED`."""
    known = _data()["types"]
    match kind:
        case Instance(of=External(name=name), args=args) if name.rpartition(".")[2] in known:
            return name.rpartition(".")[2], args
        case Instance(of=BoundExternal(name=name), args=args) if name in known:
            return name, args
        case Instance(of=of):
            return _typed(of) if isinstance(of, Value) else ("", ())
        case External(name=name):
            return next((part for part in reversed(name.split(".")) if part in known), ""), ()
        case BoundExternal(name=name, receiver=receiver):
            return (name, ()) if name in known else _typed(receiver)
        case Const(value=str() as word):
            bare = re.match(r"[A-Za-z]+", word)
            return (bare[0].upper() if bare else ""), ()
        case _:
            return str(getattr(kind, "spelling", "")).rpartition(".")[2], ()


def _enum(args: tuple[Value, ...], options: Value | None) -> tuple[Any, ...]:
    if len(args) == 1 and isinstance(args[0], ListValue | DictValue):
        return values(args[0])
    found = tuple(constant(each) for each in args)
    return tuple(e for e in found if e is not None) or values(option(options, "values"))


def _length(word: str, args: tuple[Value, ...]) -> int | None:
    if word not in ("STRING", "CHAR"):
        return None
    return _part(args, 0) or STRING


def _part(args: tuple[Value, ...], position: int) -> int | None:
    found = constant(args[position]) if position < len(args) else None
    return found if isinstance(found, int) else None


def _default(options: Value | None, primary: bool, kind: str) -> tuple[Any, str]:
    if flag(options, "autoIncrement") or flag(options, "autoIncrementIdentity"):
        return None, "auto"
    found = option(options, "defaultValue")
    if found is None:
        return None, ""
    return constant(found), "code"


def _references(model: Model, options: Value | None) -> str:
    """`references: { model: "users", key: "id" }`: the model by its table, its name or itself."""
    found = option(options, "references")
    named = option(found, "model")
    if named is None:
        return ""
    table = constant(named) or text(named, "tableName")
    other = next((e for e in model.family if table in (e.table, e.name)), None)
    other = other or _known(model.family, named)
    return f"{other.name}.{text(found, 'key') or 'id'}" if other is not None else ""


def _rules(length: int | None, enum: tuple[Any, ...], validate: Value | None) -> Iterator[str]:
    if length is not None:
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)
    for key, value in validate.items if isinstance(validate, DictValue) else ():
        name = key.value if isinstance(key, Const) else ""
        inner = option(value, "args") or value
        known = values(inner) or ((constant(inner),) if constant(inner) is not None else ())
        shown = " ".join(str(each) for each in known if each is not True)
        yield f"{name} {shown}".strip()


def _checks(name: str, value: Value) -> Iterator[CheckConstraint]:
    """What the model's own validators refuse of a number, said as a CHECK would."""
    validate = option(value, "validate")
    if _data()["types"].get(_typed(option(value, "type"))[0]) not in NUMBERS:
        return
    for word, sign in (("min", ">="), ("max", "<=")):
        found = option(validate, word)
        inner = option(found, "args") or found
        known = constant(inner)
        if known is None and items(inner):
            known = constant(items(inner)[0])
        if isinstance(known, int | float):
            yield CheckConstraint(sql=f"{name} {sign} {known}", name=word, fields=(name,))


def _unique(model: Model) -> Iterator[tuple[str, ...]]:
    for each in items(option(model.options, "indexes")):
        if flag(each, "unique"):
            columns = {e.column: e.name for e in _fields(model) if e.column}
            yield tuple(columns.get(name, name) for name in words(option(each, "fields")))
    groups: dict[str, list[str]] = {}
    for name, value in _members(model.attributes):
        group = said(value, "unique")
        if isinstance(group, str):
            groups.setdefault(group, []).append(name)
    yield from (tuple(each) for each in groups.values())


# --- keys and relations ------------------------------------------------------


def _foreign(kind: str, owner: Model, other: Model, options: Value | None) -> str:
    """The name of the key that an association stands on."""
    found = option(options, "foreignKey")
    name = constant(found) or text(found, "name") or text(found, "fieldName")
    if isinstance(name, str) and name:
        return name
    parent = other if kind == "belongsTo" else owner
    alias = text(options, "as") if kind == "belongsTo" else ""
    start = alias or singular(parent.name)
    start = start[:1].lower() + start[1:]
    return f"{start}Id"


def _keys(model: Model) -> Iterator[Field]:
    """The keys that associations add to this model."""
    for kind, other, options, place in model.joins:
        if kind == "belongsTo":
            name = _foreign(kind, model, other, options)
            required = said(option(options, "foreignKey"), "allowNull") is False
            yield Field(
                name=name,
                column=model.column(name),
                type=_primary(other).type,
                required=required,
                nullable=not required,
                references=f"{other.name}.{_primary(other).name}",
                place=place,
            )


def _primary(model: Model) -> Field:
    return next(
        (each for each in _fields(model) if each.primary_key), Field(name="id", type="integer")
    )


def _relations(model: Model) -> Iterator[Relation]:
    for kind, other, options, place in model.joins:
        through = option(options, "through")
        name = text(options, "as") or _alias(kind, other)
        yield Relation(
            name=name,
            to=other.name,
            kind=KINDS[kind],
            on_delete=_on_delete(kind, model, other, options),
            field=_foreign(kind, model, other, options) if kind == "belongsTo" else "",
            through=str(constant(through) or getattr(through, "name", "") or "") if through else "",
            place=place,
        )


def _alias(kind: str, other: Model) -> str:
    return plural(other.name) if kind in ("hasMany", "belongsToMany") else singular(other.name)


def _on_delete(kind: str, model: Model, other: Model, options: Value | None) -> str:
    """What is said on either side; else Sequelize's own: SET NULL where the key may be empty, NO ACTION
    where it may not."""
    if kind == "belongsToMany":
        return ""
    said_here = text(options, "onDelete")
    owner = model if kind == "belongsTo" else other
    back = model if kind != "belongsTo" else other
    for each, target, given, _ in owner.joins if kind != "belongsTo" else other.joins:
        if target is (back if kind != "belongsTo" else model) and not said_here:
            said_here = text(given, "onDelete") if each in KINDS else ""
    if said_here:
        return said_here.lower().replace(" ", "_")
    name = _foreign(kind, model, other, options)
    key = next((each for each in _fields(owner) if each.name == name), None)
    required = said(option(options, "foreignKey"), "allowNull") is False
    return "no_action" if required or (key is not None and not key.nullable) else "set_null"


# --- the way to the database -------------------------------------------------

ENGINES = ("Sequelize", "sequelize")
"""What makes an engine, by how the package was imported: `require("sequelize")` is the class itself."""
DIALECTS = {"postgres": "postgresql", "mariadb": "mysql", "mssql": "sqlserver"}


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`new Sequelize(url, { dialect })`, or name, user and password apart."""
    for module in codebase.modules((b"new Sequelize", b"Sequelize(")):
        codebase.scope(module)
    for event in codebase.evaluator.events:
        made = event.result
        if not _is_engine(made):
            continue
        options = next((each for each in made.args if isinstance(each, DictValue)), None)
        word = text(options, "dialect")
        first = made.args[0] if made.args else None
        whole = first if len(made.args) < 3 else None
        return DatabaseHook(
            engine=_held(codebase, made),
            url_setting=whole.name if isinstance(whole, SettingValue) else "",
            url_parts=tuple(_parts(made, options)) if whole is None or whole is options else (),
            dialect=DIALECTS.get(word, word),
            configured=any(map(is_written, _names(made, options))),
            asynchronous=True,
            create_all=any(each.name == "sync" for each in codebase.evaluator.events),
            place=made.place,
        )
    return DatabaseHook(asynchronous=True) if found else None


def _is_engine(value: Value | None) -> TypeGuard[Instance]:
    return isinstance(value, Instance) and last(value) in ENGINES


def _names(made: Instance, options: Value | None) -> tuple[Value | None, ...]:
    """What may say which database it is: a URL or a name, apart or among the options, or SQLite's file."""
    among = tuple(option(options, each) for each in ("database", "storage"))
    return (*made.args[:1], *among)


def _parts(made: Instance, options: Value | None) -> Iterator[tuple[str, str]]:
    for part, each in zip(("name", "user", "password"), made.args, strict=False):
        if isinstance(each, SettingValue):
            yield part, each.name
    names = {"host": "host", "port": "port", "database": "name", "username": "user",
             "password": "password"}  # fmt: skip
    for name, part in names.items():
        value = option(options, name)
        if isinstance(value, SettingValue):
            yield part, value.name


def _held(codebase: Codebase, made: Instance) -> str:
    """What a module gives an object away as, `module:name`: where it is made before those that import it; "" where
    none does."""
    home = made.place.file if made.place else ""
    modules = sorted(codebase.modules((b"equelize",)), key=lambda each: each != home)
    for module in modules:
        names = codebase.scope(module).names
        if _is_whole(names, made):
            return f"{module}:default"
        for name, value in list(names.items()):
            said = codebase.tree.string(codebase.graph.file(module) or module)
            if value is made and (known := exported_name(said, name)):
                return f"{module}:{known}"
    return ""


def _is_whole(names: dict[str, Value], made: Instance) -> bool:
    """Whether a module gives nothing away but the object, under no name: `module.exports = new Sequelize(…)`."""
    module, exports = names.get("module"), names.get("<exports>")
    whole = module.get("exports") if isinstance(module, DictValue) else None
    default = exports.get("default") if isinstance(exports, DictValue) else None
    return whole is made or default is made
