"""Understands Mongoose models: `mongoose.model("User", new Schema({ … }))`, and Nest's `@Schema` classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from comfrey.languages.javascript.options import (
    constant,
    flag,
    items,
    last,
    marks,
    number,
    option,
    text,
    values,
)
from comfrey.languages.javascript.strings import pattern_of
from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Name, Subscript
from comfrey.source.value import (
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
)
from comfrey.stacks import shelf

HIDDEN = "hidden"
"""The rule of a field that queries leave out unless they ask for it."""
STAMPS = ("createdAt", "updatedAt")
MAKERS = ("model",)
NUMBERS = ("float", "integer", "bigint", "decimal")
"""What `min` and `max` mean something to."""
FEATURES = ("forFeature", "forFeatureAsync")


@dataclass(frozen=True)
class Model:
    name: str
    module: str
    place: Place
    schema: Instance
    collection: str = ""


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every model outside of tests, in file order."""
    models = list(_models(codebase, needles))
    plain = [_record(codebase, each) for each in models]
    known = {each.name for each in plain}
    return (*plain, *(each for each in _decorated(codebase) if each.name not in known))


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "mongoose")
    return folder.about.data if folder else {}


def _modules(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[str]:
    for module in codebase.modules(needles):
        if not codebase.language.is_test(codebase.graph.file(module) or ""):
            yield module


def _models(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[Model]:
    """By the calls that made them, wherever the result goes."""
    modules = list(_modules(codebase, needles))
    for module in modules:
        codebase.scope(module)
    _plug(codebase)
    files = {codebase.graph.file(module): module for module in modules}
    seen: set[str] = set()
    for model in _registered(codebase, files):
        if model.name not in seen:
            seen.add(model.name)
            yield model
    for event in codebase.evaluator.events:
        made = event.result
        if not isinstance(made, Instance) or last(made) not in MAKERS or len(made.args) < 2:
            continue
        name, schema = constant(made.args[0]), _schema(made.args[1])
        if not isinstance(name, str) or schema is None or name in seen:
            continue
        seen.add(name)
        place = event.place.replace(name=name)
        collection = constant(made.args[2]) if len(made.args) > 2 else ""
        yield Model(name, files.get(place.file, ""), place, schema, str(collection or ""))


def _registered(codebase: Codebase, files: dict[str | None, str]) -> Iterator[Model]:
    """`MongooseModule.forFeature([{ name: "User", schema: UserSchema }])`, with a schema that no class makes."""
    for each in _features(codebase):
        schema, name = _schema(_made(codebase, each)), text(each, "name")
        if schema is not None and name and schema.place is not None:
            place = schema.place.replace(name=name)
            yield Model(name, files.get(place.file, ""), place, schema, text(each, "collection"))


def _features(codebase: Codebase) -> Iterator[Value]:
    """What the modules of a Nest app import of their models."""
    for kind in codebase.classes(tuple(each.encode() for each in FEATURES)):
        for mark in marks(codebase, kind):
            said = mark.args[0] if isinstance(mark, Instance) and mark.args else None
            for each in items(option(said, "imports")):
                if isinstance(each, Instance) and last(each) in FEATURES and each.args:
                    yield from items(each.args[0])


def _made(codebase: Codebase, feature: Value) -> Value | None:
    """The schema itself, or what the function gives that makes it."""
    factory = option(feature, "useFactory")
    if isinstance(factory, FunctionValue):
        return codebase.evaluator.call(factory, ())
    return option(feature, "schema")


def _plug(codebase: Codebase) -> None:
    """`schema.plugin(function, options)`: the project's own plugins do to the schema what they do."""
    evaluator = codebase.evaluator
    plugged = [
        each for each in evaluator.events if each.name == "plugin" and _schema(each.receiver)
    ]
    for event in plugged:
        if event.args and isinstance(event.args[0], FunctionValue) and event.receiver is not None:
            with evaluator.outside():
                evaluator.call(event.args[0], (event.receiver, *event.args[1:]))


def _schema(value: Value | None) -> Instance | None:
    """The schema itself, whatever a plugin or a choice was put around it."""
    if isinstance(value, Choice):
        return next((s for each in value.options if (s := _schema(each))), None)
    return value if isinstance(value, Instance) and last(value) == "Schema" else None


def _record(codebase: Codebase, model: Model) -> Record:
    args = model.schema.args
    written = args[0] if args else None
    options = args[1] if len(args) > 1 else None
    fields = [
        _identity(model.place),
        *(_field(codebase, key, value) for key, value in _members(written)),
        *_stamps(options),
        *_version(options),
    ]
    unique = list(_indexes(codebase, model.schema))
    made = tuple({each.name: each for each in fields}.values())
    return Record(
        name=model.name,
        table=model.collection or text(options, "collection") or plural(model.name),
        place=model.place,
        module=model.module,
        orm="mongoose",
        store="document",
        fields=tuple(each.replace(unique=each.unique or (each.name,) in unique) for each in made),
        unique=tuple(each for each in unique if len(each) > 1),
        checks=tuple(c for key, v in _members(written) for c in _checks(key, v)),
        relations=tuple(r for key, v in _members(written) if (r := _relation(key, v))),
    )


def _identity(place: Place) -> Field:
    return Field(name="_id", type="reference", primary_key=True, default_from="code", place=place)


def _version(options: Value | None) -> Iterator[Field]:
    if constant(option(options, "versionKey")) is not False:
        yield Field(name="__v", type="integer", nullable=True, default_from="code", computed=True)


def _stamps(options: Value | None) -> Iterator[Field]:
    wanted = option(options, "timestamps")
    if wanted is None or constant(wanted) is False:
        return
    for name in STAMPS:
        known = constant(option(wanted, name))
        if known is not False:
            yield Field(
                name=known if isinstance(known, str) else name,
                type="datetime",
                default_from="code",
                on_update=name == "updatedAt",
                timezone=True,
            )


def _members(written: Value | None) -> Iterator[tuple[str, Value]]:
    for key, value in written.items if isinstance(written, DictValue) else ():
        if isinstance(key, Const) and not isinstance(value, FunctionValue):
            yield str(key.value), value


def _spelt(value: Value) -> tuple[Value, Value | None]:
    """(type, options): `{ type: String, … }` or the type alone. A nested object is its own type."""
    kind = option(value, "type")
    if kind is None or (isinstance(kind, DictValue) and option(kind, "type") is not None):
        return value, None
    return kind, value


def _field(codebase: Codebase, name: str, value: Value) -> Field:
    kind, options = _spelt(value)
    neutral, inner = _type(kind)
    if neutral == "float" and _is_whole(options):
        neutral = "integer"
    default = option(options, "default")
    if isinstance(default, Const) and default.value is None:
        default = None
    required = flag(options, "required")
    enum = values(_enum(options))
    length = _length(options, "max")
    listed = neutral == "array"
    return Field(
        name=name,
        type=neutral,
        items=inner,
        required=required and default is None,
        nullable=not required,
        unique=flag(options, "unique"),
        default=constant(default),
        default_from="code" if default is not None or listed else "",
        timezone=neutral == "datetime",
        length=length,
        enum=() if listed else enum,
        references=f"{_referred(kind, options)}._id" if _referred(kind, options) else "",
        rules=tuple(_rules(options, enum)),
        place=getattr(value, "place", None),
    )


def _type(kind: Value) -> tuple[str, str]:
    """(neutral type, type of an array's items)."""
    if isinstance(kind, ListValue):
        inner = _type(_spelt(kind.items[0])[0])[0] if kind.items else "any"
        return "array", inner
    if isinstance(kind, DictValue) or last(kind) == "Schema":
        return "object", ""
    word = constant(kind)
    name = word if isinstance(word, str) else last(kind)
    return _data()["types"].get(name[:1].upper() + name[1:], "any"), ""


def _is_whole(options: Value | None) -> bool:
    """`validate: Number.isInteger`, also with a message."""
    found = option(options, "validate")
    if isinstance(found, ListValue) and found.items:
        found = found.items[0]
    inner = option(found, "validator")
    return last(inner if inner is not None else found) in ("isInteger", "isSafeInteger")


def _enum(options: Value | None) -> Value | None:
    found = option(options, "enum")
    inner = option(found, "values")
    return inner if inner is not None else found


def _referred(kind: Value, options: Value | None) -> str:
    """The model that an id, or each id of an array, stands for."""
    if isinstance(kind, ListValue) and kind.items:
        return _referred(*_spelt(kind.items[0]))
    found = option(options, "ref")
    name = constant(found)
    if isinstance(name, str):
        return name
    if isinstance(found, Instance) and last(found) in MAKERS:
        return str(constant(found.args[0]) or "")
    return found.name if isinstance(found, ClassValue) else ""


def _relation(name: str, value: Value) -> Relation | None:
    kind, options = _spelt(value)
    target = _referred(kind, options)
    if not target:
        return None
    many = isinstance(kind, ListValue)
    return Relation(
        name=name,
        to=target,
        kind="many_to_many" if many else "many_to_one",
        field="" if many else name,
        place=getattr(value, "place", None),
    )


def _rules(options: Value | None, enum: tuple[Any, ...]) -> Iterator[str]:
    words = {"minlength": "min length", "minLength": "min length", "maxlength": "max length",
             "maxLength": "max length", "min": "≥", "max": "≤"}  # fmt: skip
    for name, word in words.items():
        found = number(options, name)
        if found is not None:
            yield f"{word} {found}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)
    for name in ("lowercase", "uppercase", "trim", "immutable"):
        if flag(options, name):
            yield name
    if constant(option(options, "select")) is False:
        yield HIDDEN
    if option(options, "match") is not None:
        yield "pattern"
    if option(options, "validate") is not None:
        yield "validated"


def _checks(name: str, value: Value) -> Iterator[CheckConstraint]:
    """What the model itself refuses, said as a CHECK would."""
    kind, options = _spelt(value)
    if isinstance(kind, ListValue):
        return
    column = f'"{name}"'
    counted = _type(kind)[0] in NUMBERS
    said = [
        (f"{column} >=", number(options, "min") if counted else None),
        (f"{column} <=", number(options, "max") if counted else None),
        (f"length({column}) >=", _length(options, "min")),
        (f"length({column}) <=", _length(options, "max")),
        (f"{column} ~", _quoted(_pattern(options))),
        (f"{column} IN", _quoted(values(_enum(options)))),
    ]
    for start, bound in said:
        if bound is not None:
            yield CheckConstraint(sql=f"{start} {bound}", name=name, fields=(name,))


def _length(options: Value | None, word: str) -> int | None:
    """`minlength` and `minLength` are the same."""
    found = number(options, f"{word}length")
    return found if found is not None else number(options, f"{word}Length")


def _pattern(options: Value | None) -> str | None:
    """The regular expression of `match: /…/`, also with a message; None with flags that change its meaning."""
    found = option(options, "match")
    if isinstance(found, ListValue) and found.items:
        found = found.items[0]
    known = pattern_of(found) if found is not None else None
    return known[0] if known is not None and not known[1] else None


def _quoted(value: Any) -> str | None:
    """A text, or texts in brackets, as SQL writes them; None for nothing."""
    if isinstance(value, tuple):
        texts = [_quoted(each) for each in value if isinstance(each, str)]
        return f"({', '.join(each for each in texts if each)})" if texts else None
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else None


def _indexes(codebase: Codebase, schema: Instance) -> Iterator[tuple[str, ...]]:
    """`schema.index({ a: 1, b: 1 }, { unique: true })`."""
    for event in codebase.evaluator.events:
        own = event.receiver is schema and event.name == "index" and len(event.args) > 1
        if own and flag(event.args[1], "unique") and isinstance(event.args[0], DictValue):
            yield tuple(str(k.value) for k, _ in event.args[0].items if isinstance(k, Const))


IRREGULAR = {"person": "people", "man": "men", "child": "children", "ox": "oxen", "foot": "feet"}
SAME = ("sheep", "fish", "series", "species", "money", "rice", "information", "equipment", "media")
ENDINGS = (
    (r"(quiz)$", r"\1zes"),
    (r"([m|l])ouse$", r"\1ice"),
    (r"(matr|vert|ind)(?:ix|ex)$", r"\1ices"),
    (r"(x|ch|ss|sh)$", r"\1es"),
    (r"([^aeiouy]|qu)y$", r"\1ies"),
    (r"(?:([^f])fe|([lr])f)$", r"\1\2ves"),
    (r"sis$", "ses"),
    (r"([ti])um$", r"\1a"),
    (r"(buffal|tomat)o$", r"\1oes"),
    (r"(bu)s$", r"\1ses"),
    (r"(alias|status)$", r"\1es"),
    (r"s$", "s"),
    (r"$", "s"),
)


def plural(name: str) -> str:
    """The collection of a model (https://github.com/mongoosejs/mongoose/blob/master/lib/helpers/pluralize.js)."""
    word = name.lower()
    if word in SAME or word in IRREGULAR:
        return IRREGULAR.get(word, word)
    for pattern, made in ENDINGS:
        if re.search(pattern, word):
            return re.sub(pattern, made, word, count=1)
    return word


# --- Nest's decorated classes ------------------------------------------------


def _decorated(codebase: Codebase) -> Iterator[Record]:
    for kind in codebase.classes((b"@Schema",)):
        found = [each for each in marks(codebase, kind) if last(each) == "Schema"]
        if not found or codebase.language.is_test(kind.scope.file):
            continue
        mark = found[0]
        options = mark.args[0] if isinstance(mark, Instance) and mark.args else None
        members = [each for each in codebase.members(kind, inherited=True) if each.decorators]
        told = [(each, _prop(codebase, each)) for each in members]
        known = [(each, value) for each, value in told if value is not None]
        fields = [
            _identity(kind.place),
            *(
                _field(codebase, each.name, value).replace(place=each.place)
                for each, value in known
            ),
            *_stamps(options),
            *_version(options),
        ]
        yield Record(
            name=kind.name,
            table=text(options, "collection") or plural(kind.name),
            place=kind.place,
            module=kind.scope.module,
            orm="mongoose",
            store="document",
            fields=tuple({each.name: each for each in fields}.values()),
            checks=tuple(c for each, value in known for c in _checks(each.name, value)),
            relations=tuple(r for each, v in known if (r := _relation(each.name, v))),
        )


def _prop(codebase: Codebase, member: Member) -> Value | None:
    """What `@Prop(…)` says, with the type of the field where it says none."""
    for each in member.decorators:
        made = codebase.value(each, codebase.body_of(member.owner))
        if last(made) != "Prop":
            continue
        given = made.args[0] if isinstance(made, Instance) and made.args else DictValue([])
        if isinstance(given, DictValue) and option(given, "type") is None:
            kind = External(_annotated(member))
            return DictValue([*given.items, (Const("type"), kind)])
        if isinstance(given, DictValue):
            return given
        return DictValue([(Const("type"), given)])
    return None


TYPES = {"string": "String", "number": "Number", "boolean": "Boolean"}


def _annotated(member: Member) -> str:
    note = member.annotation
    if isinstance(note, Name):
        return TYPES.get(note.name, note.name)
    if isinstance(note, Subscript):
        return "Array"
    return "Mixed"


# --- the way to the database -------------------------------------------------


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`mongoose.connect(config.mongoose.url)`: the setting of its address."""
    for module in _modules(codebase, (b".connect(", b"forRoot", b"createConnection")):
        codebase.scope(module)
    for event in codebase.evaluator.events:
        if event.name in ("connect", "createConnection", "forRoot") and event.args:
            receiver = event.receiver
            name = receiver.name if isinstance(receiver, External) else last(receiver)
            if "ongoose" in name and isinstance(event.args[0], SettingValue):
                return DatabaseHook(
                    url_setting=event.args[0].name,
                    dialect="mongodb",
                    asynchronous=True,
                    place=event.place,
                )
    return DatabaseHook(dialect="mongodb", asynchronous=True) if found else None
