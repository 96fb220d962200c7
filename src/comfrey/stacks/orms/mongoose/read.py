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
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    Choice,
    ClassValue,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.orms.mongoose import nest
from comfrey.stacks.orms.mongoose.connecting import CONNECTING, HOOK, connected
from comfrey.stacks.orms.mongoose.embedded import (
    MADE,
    has_identity,
    inside,
    is_nested,
    spelt,
    written,
)

HIDDEN = "hidden"
"""The rule of a field that queries leave out unless they ask for it."""
STAMPS = ("createdAt", "updatedAt")
MAKERS = ("model",)
NUMBERS = ("float", "integer", "bigint", "decimal")
"""What `min` and `max` mean something to."""
KEY = "_id"
KIND = "__t"
"""What tells models of one collection apart, unless a schema names it."""
DEEPEST = 3
"""Documents in documents in documents: schemas may hold themselves."""
FEATURES = ("forFeature", "forFeatureAsync")


@dataclass(frozen=True)
class Model:
    name: str
    module: str
    place: Place
    schema: Instance
    collection: str = ""
    base: Model | None = None
    """The model whose collection a discriminator shares."""


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
    known: dict[str, Model] = {}
    for model in (*_registered(codebase, files), *_defined(codebase, files)):
        known.setdefault(model.name, model)
    for model in _discriminated(codebase, files, known):
        known.setdefault(model.name, model)
    yield from known.values()


def _defined(codebase: Codebase, files: dict[str | None, str]) -> Iterator[Model]:
    """`mongoose.model("User", schema, "people")`."""
    for event in codebase.evaluator.events:
        made = event.result
        if not isinstance(made, Instance) or last(made) not in MAKERS or len(made.args) < 2:
            continue
        name, schema = constant(made.args[0]), _schema(made.args[1])
        if isinstance(name, str) and schema is not None:
            place = event.place.replace(name=name)
            collection = constant(made.args[2]) if len(made.args) > 2 else ""
            yield Model(name, files.get(place.file, ""), place, schema, str(collection or ""))


def _discriminated(
    codebase: Codebase, files: dict[str | None, str], known: dict[str, Model]
) -> Iterator[Model]:
    """`Event.discriminator("Click", schema)`: documents of the same collection that hold more."""
    for event in codebase.evaluator.events:
        of = event.receiver
        if event.name != "discriminator" or not isinstance(of, Instance) or len(event.args) < 2:
            continue
        name, schema = constant(event.args[0]), _schema(event.args[1])
        base = known.get(str(constant(of.args[0]))) if last(of) in MAKERS and of.args else None
        if isinstance(name, str) and schema is not None and base is not None:
            place = event.place.replace(name=name)
            yield Model(name, files.get(place.file, ""), place, schema, base=base)


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
    said = (*written(args[0] if args else None), *_added(codebase, model.schema))
    options = args[1] if len(args) > 1 else None
    fields = [
        _identity(model.place),
        *(_field(codebase, key, value) for key, value in said),
        *_stamps(options),
        *_version(options),
    ]
    if model.base is not None:
        return _sharing(_record(codebase, model.base), model, fields, said)
    unique = list(_indexes(codebase, model.schema))
    made = _once(fields)
    return Record(
        name=model.name,
        table=model.collection or text(options, "collection") or plural(model.name),
        place=model.place,
        module=model.module,
        orm="mongoose",
        store="document",
        fields=tuple(each.replace(unique=each.unique or (each.name,) in unique) for each in made),
        unique=tuple(each for each in unique if len(each) > 1),
        checks=tuple(c for key, v in said for c in _checks(key, v)),
        relations=tuple(r for key, v in said if (r := _relation(key, v))),
        bare=_is_bare(codebase, model.name, model.place),
    )


DRESSING = (
    b"toJSON",
    b"toObject",
    b".plugin(",
    b"select:",
    b"get:",
    b"alias:",
    b"virtuals",
    b"_doc",
)
"""What changes how a document is spelled as JSON (https://mongoosejs.com/docs/api/document.html#Document.prototype.toJSON())."""
EVERYWHERE = (
    b"mongoose.plugin(",
    b"set('toJSON",
    b'set("toJSON',
    b"set('toObject",
    b'set("toObject',
)


def _is_bare(codebase: Codebase, name: str, place: Place | None) -> bool:
    """Whether nothing beside the schema, nothing for all schemas and no query dresses what documents show."""
    text = codebase.tree.text(place.file) if place is not None else b""
    if not text or any(word in text for word in DRESSING) or codebase.modules(EVERYWHERE):
        return False
    picked = re.compile(
        rb"\b" + re.escape(name.encode()) + rb"\s*\.\s*find\w*\([^;]{0,400}?\.select\("
    )
    asking = (codebase.graph.file(each) for each in codebase.modules((b".select(",)))
    return not any(picked.search(codebase.tree.text(file)) for file in asking if file)


def _once(fields: list[Field]) -> tuple[Field, ...]:
    """The last word on each field; a schema that writes its `_id` out has still that for a key."""
    found = {each.name: each for each in fields}
    key = found[KEY]
    found[KEY] = key.replace(primary_key=True, nullable=False, default_from="code")
    return tuple(found.values())


def _added(codebase: Codebase, schema: Instance) -> Iterator[tuple[str, Value]]:
    """`schema.add({ … })`."""
    for event in codebase.evaluator.events:
        if event.name == "add" and event.receiver is schema and event.args:
            yield from written(event.args[0])


def _sharing(
    base: Record, model: Model, own: list[Field], said: tuple[tuple[str, Value], ...]
) -> Record:
    """A record of its base's collection, told apart by the key that holds the model's name."""
    options = model.base.schema.args[1:2] if model.base else ()
    key = text(options[0] if options else None, "discriminatorKey") or KIND
    kind = Field(name=key, type="string", nullable=True, default_from="code", computed=True)
    fields = {each.name: each for each in (*base.fields, kind, *own)}
    return base.replace(
        name=model.name,
        place=model.place,
        module=model.module,
        fields=tuple(fields.values()),
        checks=(*base.checks, *(c for name, v in said for c in _checks(name, v))),
        relations=(*base.relations, *(r for name, v in said if (r := _relation(name, v)))),
    )


def _identity(place: Place | None) -> Field:
    return Field(name=KEY, type="reference", primary_key=True, default_from="code", place=place)


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


def _field(codebase: Codebase, name: str, value: Value, deep: int = 0) -> Field:
    kind, options = spelt(value)
    neutral, inner = _type(kind)
    if neutral == "float" and _is_whole(options):
        neutral = "integer"
    default = option(options, "default")
    if isinstance(default, Const) and default.value is None:
        default = None
    members = _embedded(codebase, kind, deep) if deep < DEEPEST else ()
    nested = is_nested(kind) and any(map(_is_needed, members))
    required = flag(options, "required") or nested
    enum = values(_enum(options))
    length = _length(options, "max")
    listed = neutral == "array"
    return Field(
        name=name,
        type=neutral,
        items=inner,
        members=members,
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


def _embedded(codebase: Codebase, kind: Value, deep: int) -> tuple[Field, ...]:
    """The fields of the documents that stand in this one."""
    found = inside(kind)
    options = found.args[1] if isinstance(found, Instance) and len(found.args) > 1 else None
    if isinstance(found, Instance):
        found = found.args[0] if found.args else None
    if isinstance(found, ClassValue):
        options = nest.options(codebase, found)
        members = [(name, value) for name, value, _ in nest.members(codebase, found)]
    else:
        members = list(written(found))
    known = tuple(_field(codebase, name, value, deep + 1) for name, value in members)
    return (_identity(None), *known) if known and has_identity(kind, options) else known


def _is_needed(field: Field) -> bool:
    return field.required and not field.default_from


def _type(kind: Value) -> tuple[str, str]:
    """(neutral type, type of an array's items)."""
    if isinstance(kind, ListValue):
        inner = _type(spelt(kind.items[0])[0])[0] if kind.items else "any"
        return "array", inner
    if isinstance(kind, DictValue) or inside(kind) is not None:
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
        return _referred(*spelt(kind.items[0]))
    found = option(options, "ref")
    name = constant(found)
    if isinstance(name, str):
        return name
    if isinstance(found, Instance) and last(found) in MAKERS:
        return str(constant(found.args[0]) or "")
    return found.name if isinstance(found, ClassValue) else ""


def _relation(name: str, value: Value) -> Relation | None:
    kind, options = spelt(value)
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
    kind, options = spelt(value)
    found = inside(kind)
    held = found.args[0] if isinstance(found, Instance) and found.args else found
    if isinstance(held, DictValue) and name.count(".") < DEEPEST:
        for key, each in written(held):
            yield from _checks(f"{name}.{key}", each)
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
    """Classes that become models: those that a module registers, where any does; others only stand in documents."""
    kinds = [
        each
        for each in codebase.classes((b"@Schema",))
        if not codebase.language.is_test(each.scope.file) and nest.schema_mark(codebase, each)
    ]
    called = _called(codebase)
    embedded = {each for kind in kinds for each in nest.embedded(codebase, kind)}
    for kind in kinds:
        at = (kind.place.file, kind.place.line)
        if at in called or (not called and at not in embedded):
            yield _of_kind(codebase, kind, called.get(at, kind.name))


def _called(codebase: Codebase) -> dict[tuple[str, int], str]:
    """By the place of a class, the name of the model that it is registered as."""
    found = {}
    for each in _features(codebase):
        made, name = _made(codebase, each), text(each, "name")
        kind = made.args[0] if isinstance(made, Instance) and made.args else None
        if isinstance(kind, ClassValue) and last(made) == MADE and name:
            found[(kind.place.file, kind.place.line)] = name
    return found


def _of_kind(codebase: Codebase, kind: ClassValue, name: str) -> Record:
    options = nest.options(codebase, kind)
    known = nest.members(codebase, kind)
    fields = [
        _identity(kind.place),
        *(_field(codebase, each, value).replace(place=place) for each, value, place in known),
        *_stamps(options),
        *_version(options),
    ]
    return Record(
        name=name,
        table=text(options, "collection") or plural(name),
        place=kind.place,
        module=kind.scope.module,
        orm="mongoose",
        store="document",
        fields=_once(fields),
        checks=tuple(c for each, value, _ in known for c in _checks(each, value)),
        relations=tuple(r for each, value, _ in known if (r := _relation(each, value))),
    )


# --- the way to the database -------------------------------------------------


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`mongoose.connect(config.mongoose.url)`: the setting of its address, or that the code names the database."""
    for module in _modules(codebase, CONNECTING):
        codebase.scope(module)
    return connected(codebase) or (HOOK if found else None)
