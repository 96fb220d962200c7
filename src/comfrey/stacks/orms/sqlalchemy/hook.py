"""How the app reaches its database: engine, sessions, metadata, and the address that it is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Expression, Name, Return, Yield
from comfrey.source.study import Study
from comfrey.source.value import (
    Choice,
    ClassValue,
    External,
    FunctionValue,
    Instance,
    ModuleValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    text_of,
)
from comfrey.stacks.orms.sqlalchemy.mapping import Mapping
from comfrey.stacks.orms.sqlalchemy.types import data, is_made_by, last_of, name_of

CREATES = re.compile(rb"^[^#\n]*\bcreate_all\b|^[^#\n]*\bcreate_db_and_tables\b", re.M)
YIELD = re.compile(rb"\byield\b")
SESSION = re.compile(rb"session", re.IGNORECASE)
ADDRESS = re.compile(
    r"^(?P<scheme>[a-z0-9+]*)://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?"
    r"(?P<host>[^:/@]*)(?::(?P<port>[^/]*))?/(?P<name>[^?]*)"
)
PARTS = {
    "host": "host",
    "port": "port",
    "username": "user",
    "user": "user",
    "password": "password",
    "path": "name",
    "database": "name",
}
DRIVERS = {"postgresql": "psycopg2", "mysql": "mysqldb", "sqlite": "pysqlite"}
"""What SQLAlchemy takes where the address names no driver."""


def database(
    codebase: Codebase, records: tuple[Record, ...], mapping: Mapping
) -> DatabaseHook | None:
    """The hook of the app's own engine; the one that the session factory is bound to where there are several."""
    tables = data()
    modules = _modules(codebase, tables["engines"] + tables["factories"])
    engines = list(_objects(codebase, modules, tables["engines"]))
    base, metadata = _base(codebase, records, mapping)
    if not engines and not base:
        return None
    factories = list(_objects(codebase, modules, tables["factories"]))
    engine, made = _chosen(engines, factories)
    factory = _factory(factories, made)
    hook = DatabaseHook(
        engine=engine,
        session_factory=factory,
        session_dependency=_dependency(codebase),
        metadata=metadata,
        base=base,
        asynchronous=last_of(made) in tables["asynchronous_engines"],
        create_all=_creates(codebase),
        place=made.place if made else None,
    )
    if made is not None:
        return _addressed(codebase, hook, made)
    configured = (getattr(kin, "address", None) for kin in mapping.kin)
    values = (address(codebase) for address in configured if address is not None)
    value = next((each for each in values if each is not None), None)
    return _configured(hook, value) if value is not None else hook


def _configured(hook: DatabaseHook, value: Value) -> DatabaseHook:
    """The hook with what the app's configuration tells."""
    found = _at(hook, value)
    told = bool(found.url_setting or found.url_parts or found.settings)
    return found.replace(configured=bool(found.dialect) and not told)


def _modules(codebase: Codebase, words: list[str]) -> list[str]:
    needles = tuple(each.encode() + b"(" for each in words)
    return [
        module
        for module in codebase.modules(needles)
        if not codebase.language.is_test(file := codebase.graph.file(module) or "")
        and b"from alembic import context" not in codebase.tree.text(file)
    ]


def _objects(
    codebase: Codebase, modules: list[str], names: list[str]
) -> Iterator[tuple[str, Instance]]:
    """(importable expression, object) for everything made by one of `names`: module variables, attributes
    of objects in them, and what functions give back."""
    for module in modules:
        scope = codebase.scope(module)
        for name, value in list(scope.names.items()):
            yield from _inside(codebase, f"{module}:{name}", value, names)
        for name, value in list(scope.names.items()):
            if isinstance(value, FunctionValue) and value.scope is scope:
                made = _returned(codebase, value, names)
                if made is not None:
                    yield f"{module}:{name}()", made
    yield from _in_classes(codebase, modules, names)


def _inside(
    codebase: Codebase, path: str, value: Value, names: list[str]
) -> Iterator[tuple[str, Instance]]:
    if isinstance(value, Choice):
        value = next((each for each in value.options if is_made_by(each, *names)), value)
    if is_made_by(value, *names) and isinstance(value, Instance):
        yield path, value
    elif isinstance(value, Instance) and codebase.class_of(value) is not None:
        for attribute, inner in value.fields.items():
            if is_made_by(inner, *names) and isinstance(inner, Instance):
                yield f"{path}.{attribute}", inner


def _returned(codebase: Codebase, function: FunctionValue, names: list[str]) -> Instance | None:
    """What a function without required parameters makes and gives back."""
    if any(each.default is None for each in function.node.parameters):
        return None
    if not _mentions(function, names):
        return None
    study = Study(codebase, function)
    for node in study.walk():
        if isinstance(node, Return) and node.value is not None:
            value = study.value(node.value)
            if is_made_by(value, *names) and isinstance(value, Instance):
                return value
    return None


def _mentions(function: FunctionValue, names: list[str]) -> bool:
    """Whether one of the names is written in the function: nothing else needs to be worked out."""
    return any(name in function.node.text for name in names)


def _in_classes(
    codebase: Codebase, modules: list[str], names: list[str]
) -> Iterator[tuple[str, Instance]]:
    """Engines made in methods, where no object of the class is known: without an importable expression."""
    for module in modules:
        for value in list(codebase.scope(module).names.values()):
            if not isinstance(value, ClassValue) or value.scope.module != module:
                continue
            for member in codebase.members(value):
                if isinstance(member.value, FunctionValue) and _mentions(member.value, names):
                    study = Study(codebase, member.value)
                    for call in study.calls():
                        made = study.value(call)
                        if is_made_by(made, *names) and isinstance(made, Instance):
                            yield "", made


def _chosen(
    engines: list[tuple[str, Instance]], factories: list[tuple[str, Instance]]
) -> tuple[str, Instance | None]:
    for path, engine in engines:
        for _, factory in factories:
            if any(each is engine for each in (*factory.args, *(v for _, v in factory.kwargs))):
                return path, engine
    return engines[0] if engines else ("", None)


def _factory(factories: list[tuple[str, Instance]], engine: Instance | None) -> str:
    bound = (
        path
        for path, each in factories
        if engine is not None
        and any(value is engine for value in (*each.args, *(v for _, v in each.kwargs)))
    )
    return next(bound, factories[0][0] if factories else "")


# --- metadata ----------------------------------------------------------------


def _base(codebase: Codebase, records: tuple[Record, ...], mapping: Mapping) -> tuple[str, str]:
    """The declarative base of most records, and its metadata, as importable expressions."""
    found: Counter[str] = Counter()
    for record in records:
        kind = codebase.resolve(record.module, record.name)
        if isinstance(kind, ClassValue):
            found[_root(codebase, kind)] += 1
    ranked = sorted(((-count, name) for name, count in found.items() if name))
    if not ranked:
        return "", ""
    base = ranked[0][1]
    return base, f"{base}.metadata"


def _root(codebase: Codebase, kind: ClassValue) -> str:
    """The class below which mapping starts: in-tree, or the object that a call made, or the library's own."""
    order = codebase.mro(kind)
    outside = next((e for e in order if isinstance(e, External) and _is_root(e.name)), None)
    if outside is None:
        return ""
    if outside.last in ("SQLModel",):
        return _derived(codebase, kind, outside) or "sqlmodel:SQLModel"
    if outside.last in ("DeclarativeBase", "DeclarativeBaseNoMeta"):
        return _derived(codebase, kind, outside)
    return _made(codebase, kind, outside)


def _is_root(name: str) -> bool:
    return name.rpartition(".")[2] in {*data()["bases"], "SQLModel"}


def _derived(codebase: Codebase, kind: ClassValue, outside: External) -> str:
    """The in-tree class that stands right on the library's base. A SQLModel with no table and fields of its own
    shares the library's metadata."""
    for each in codebase.mro(kind):
        if not isinstance(each, ClassValue):
            continue
        direct = (last_of(base) == outside.last for base in codebase.bases(each))
        if any(direct):
            own = outside.last != "SQLModel" or codebase.own_member(each, "metadata")
            return each.qualified if own else ""
    return ""


def _made(codebase: Codebase, kind: ClassValue, outside: External) -> str:
    """The variable that holds `declarative_base()`, or Flask-SQLAlchemy's `db.Model`."""
    for each in codebase.mro(kind):
        for index, base in enumerate(codebase.bases(each) if isinstance(each, ClassValue) else ()):
            if name_of(base) == outside.name and isinstance(each, ClassValue):
                written = [a.value for a in each.node.arguments if not a.name][index]
                return f"{each.scope.module}:{_defined(codebase, each, base) or written.text}"
    return ""


def _defined(codebase: Codebase, kind: ClassValue, base: Value) -> str:
    scope = codebase.scope(kind.scope.module)
    names = (name for name, value in scope.names.items() if value is base)
    return next(names, "")


# --- the address -------------------------------------------------------------


def _addressed(codebase: Codebase, hook: DatabaseHook, made: Instance) -> DatabaseHook:
    made = _innermost(made)
    return _at(hook, made.argument(0, "url")).replace(url=_expression(codebase, made))


def _innermost(made: Instance) -> Instance:
    """The engine that holds the address: `AsyncEngine(create_engine(url))` is one laid around another."""
    inner = made.argument(0, "sync_engine")
    engines = data()["engines"]
    return inner if isinstance(inner, Instance) and is_made_by(inner, *engines) else made


def _at(hook: DatabaseHook, value: Value | None) -> DatabaseHook:
    """The hook with what the address tells."""
    value = _unwrapped(value)
    scheme, parts, setting = _read_address(value)
    dialect, _, driver = scheme.partition("+")
    dialect = dialect if dialect != setting else ""
    dialect = {"postgres": "postgresql"}.get(dialect, dialect)
    return hook.replace(
        url_setting=setting,
        url_parts=parts,
        dialect=dialect,
        driver=driver or ("" if hook.asynchronous else DRIVERS.get(dialect, "")),
    )


def _unwrapped(value: Value | None) -> Value | None:
    """The address inside `make_url(…)`, `str(…)` and the like."""
    while isinstance(value, Instance) and last_of(value) in (
        "str",
        "make_url",
        "URL",
        "DatabaseURL",
    ):
        if not value.args:
            return value
        value = value.args[0]
    if isinstance(value, Choice):
        settings = (each for each in value.options if isinstance(each, SettingValue))
        return next(settings, value.options[0])
    return value


def _read_address(value: Value | None) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """(scheme, parts from settings, the one setting that holds it all)."""
    match value:
        case SettingValue(name=name):
            text = text_of(value) or ""
            return text.partition("://")[0] if "://" in text else "", (), name
        case Instance():
            return _built(value)
        case Text(parts=parts):
            return _joined(parts)
    text = text_of(value) or ""
    return text.partition("://")[0] if "://" in text else "", (), ""


def _built(made: Instance) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """`URL.create(drivername=…, host=settings.HOST)`, `PostgresDsn.build(scheme=…, …)`."""
    scheme = text_of(made.argument(0, "drivername")) or text_of(made.kwarg("scheme")) or ""
    parts = [
        (PARTS[name], setting)
        for name, value in made.kwargs
        if name in PARTS and (setting := _setting(value))
    ]
    return scheme, tuple(parts), ""


def _joined(parts: tuple[str | Value, ...]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """An address put together from text and settings; a setting whose default is itself put together is
    taken apart too."""
    parts = tuple(_flat(parts))
    settings = [_setting(each) for each in parts if not isinstance(each, str)]
    marks = iter(range(len(settings)))
    text = "".join(e if isinstance(e, str) else f"\x00{next(marks)}\x00" for e in parts)
    if len(settings) == 1 and text.endswith("\x000\x00"):
        return text.partition("://")[0] if "://" in text else "", (), settings[0]
    found = ADDRESS.match(re.sub(r"^\x00\d+\x00", "scheme", text))
    if found is None:
        return "", (), ""
    named = [
        (part, settings[int(mark[1:-1])])
        for part, mark in found.groupdict(default="").items()
        if re.fullmatch(r"\x00\d+\x00", mark)
    ]
    first = parts[0]
    scheme = text_of(first if isinstance(first, Value) else None) or found["scheme"]
    return scheme.partition("://")[0], tuple((p, s) for p, s in named if s), ""


def _flat(parts: tuple[str | Value, ...]) -> Iterator[str | Value]:
    for each in parts:
        if isinstance(each, SettingValue) and isinstance(each.default, Text):
            yield from _flat(each.default.parts)
        elif isinstance(each, SettingValue) and (text_of(each) or "").endswith("://"):
            yield text_of(each) or ""
        else:
            yield each


def _setting(value: Value | None) -> str:
    match value:
        case SettingValue(name=name):
            return name
        case Text(parts=parts):
            return next(
                (n for each in parts if not isinstance(each, str) and (n := _setting(each))), ""
            )
        case Instance(args=args) if args and last_of(value) in (
            "str",
            "int",
            "quote_plus",
            "quote",
        ):
            return _setting(args[0])
        case Choice(options=options):
            return next((name for each in options if (name := _setting(each))), "")
        case Instance(of=of):
            receiver = getattr(of, "receiver", None)
            return _setting(receiver) if isinstance(receiver, Value) else ""
    return ""


def _expression(codebase: Codebase, made: Instance) -> str:
    """The address's own expression, as `module:settings.database_url`, "" when it is no dotted name."""
    call = made.call
    written = call.positional[0] if call and call.positional else call and call.keyword("url")
    if written is None or call is None:
        return ""
    if isinstance(written, Call) and len(written.positional) == 1:
        written = written.positional[0]
    text = _dotted(written)
    module = codebase.graph.module(call.place.file)
    first = text.partition(".")[0]
    known = first and not isinstance(codebase.resolve(module, first), UnknownValue | ModuleValue)
    return f"{module}:{text}" if known else ""


def _dotted(node: Expression) -> str:
    match node:
        case Name(name=name):
            return name
        case Attribute(of=of, name=name):
            start = _dotted(of)
            return f"{start}.{name}" if start else ""
    return ""


# --- sessions ----------------------------------------------------------------


def _dependency(codebase: Codebase) -> str:
    """The generator that hands a session to handlers: the most used one in `Depends(…)`."""
    found: list[tuple[int, str]] = []
    for function in _generators(codebase):
        if _yields_session(Study(codebase, function)):
            uses = _uses(codebase, function.name)
            found.append((-uses, function.qualified))
    return min(found)[1] if found else ""


def _generators(codebase: Codebase) -> Iterator[FunctionValue]:
    """Functions outside of tests that yield and speak of a session, of modules that do both."""
    for module in codebase.modules((b"yield",)):
        file = codebase.graph.file(module) or ""
        if codebase.language.is_test(file) or not SESSION.search(codebase.tree.text(file)):
            continue
        scope = codebase.scope(module)
        for value in list(scope.names.values()):
            if isinstance(value, FunctionValue) and value.scope is scope:
                text = value.node.text.encode()
                if YIELD.search(text) and SESSION.search(text):
                    yield value


def _yields_session(study: Study) -> bool:
    for node in study.walk():
        if isinstance(node, Yield) and node.value is not None:
            value = study.value(node.value)
            options = value.options if isinstance(value, Choice) else (value,)
            if any(_is_session(each) for each in options):
                return True
    return False


def _is_session(value: Value) -> bool:
    name = name_of(value) if isinstance(value, Instance) else ""
    last = name.rpartition(".")[2]
    return last in data()["sessions"] or any(part in name for part in data()["factories"])


def _uses(codebase: Codebase, name: str) -> int:
    needle = f"Depends({name}".encode()
    return sum(
        codebase.tree.text(file).count(needle) for file in codebase.tree.under(codebase.root, ".py")
    )


def _creates(codebase: Codebase) -> bool:
    """Whether code outside of tests and migrations builds the schema itself."""
    return any(
        CREATES.search(codebase.tree.text(file))
        for module in codebase.modules((b"create_all",))
        if not codebase.language.is_test(file := codebase.graph.file(module) or "")
        and b"from alembic" not in codebase.tree.text(file)
    )
