"""Finds what the project reads from its environment, and what each variable is for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from comfrey.languages import dotenv
from comfrey.model.project import DatabaseHook
from comfrey.model.service import Setting
from comfrey.reader import configured
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Call,
    ClassDef,
    Constant,
    FunctionDef,
    Name,
    Node,
    Statement,
    Subscript,
    walk,
)
from comfrey.source.scope import Scope
from comfrey.source.study import Study
from comfrey.source.value import (
    Choice,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    SettingValue,
    Value,
    plain,
    text_of,
)

CLASSES = (
    "pydantic_settings.BaseSettings",
    "pydantic_settings.main.BaseSettings",
    "pydantic.BaseSettings",
    "pydantic.env_settings.BaseSettings",
    "pydantic.v1.BaseSettings",
)
READS = (b"environ", b"getenv", b"decouple", b"starlette.config", b"environs", b"dynaconf")
DEMANDS = b"dotenv-safe"
READERS = ("decouple", "starlette", "environs", "environ")
SECRET = re.compile(
    r"SECRET|PASSWORD|PASSWD|PASSPHRASE|_PASS$|TOKEN$|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY"
    r"|AUTH_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|CREDENTIALS?$|_KEY$|DSN$|^KEY$"
)
OPEN = re.compile(
    r"EXPIRE|MINUTES|SECONDS|DAYS|HOURS|TTL|ALGORITHM|LENGTH|LIFETIME|PUBLIC|_ID$|PREFIX|HEADER"
    r"|_NAME$|_URLS?$|_FILE$|_PATH$|MIN_|MAX_|ENABLE|ROUNDS?$|_COST$"
)
TOKEN_SECRET = re.compile(
    r"(JWT|TOKEN|AUTH|ACCESS|REFRESH|SESSION|RESET|VERIFICATION)\w*(SECRET|_KEY)|^(APP_)?SECRET(_KEY)?$"
    r"|^SECRET_KEY_?\w*$|\w+_SECRET_KEY$"
)
FOREIGN_SECRET = re.compile(
    r"AWS|S3|MINIO|STRIPE|PAYPAL|TWILIO|GITHUB|GOOGLE|CLIENT|WEBHOOK|OAUTH|API"
)
KEY_FILE = re.compile(r"(PRIVATE|PUBLIC)_?(KEY|PEM)?(_?FILE)?_?(PATH|FILE|FILENAME|LOCATION)$")
"""A file that holds one of a pair of keys, by which tokens are signed and looked at."""
TURNS = {
    "int": "integer",
    "float": "number",
    "Decimal": "number",
    "json.loads": "object",
    "ast.literal_eval": "object",
    "strtobool": "boolean",
}
"""What a call makes of the text that the environment holds."""
UNSPOKEN = frozenset(["array", "object", "boolean", "integer", "number", "float"])
"""Types of which no value is a secret, whatever the setting is called."""
ENVIRONMENT = re.compile(r"(^|_)(ENV|ENVIRONMENT|STAGE|APP_MODE)$|^(FASTAPI|APP|PYTHON)_ENV$")
DATABASE_WORDS = r"(DB|DATABASE|POSTGRES(QL)?|PG|MYSQL|MARIADB|SQL|SQLALCHEMY|ASYNCPG)"
DATABASE = (
    (re.compile(rf"{DATABASE_WORDS}(_\w+)?_?(URL|URI|DSN|CONNECTION_STRING)$"), "database_url"),
    (re.compile(rf"{DATABASE_WORDS}_*(HOST|HOSTNAME|SERVER|ADDRESS)$"), "database_host"),
    (re.compile(rf"{DATABASE_WORDS}_*PORT$"), "database_port"),
    (re.compile(rf"{DATABASE_WORDS}_*(USER|USERNAME)$"), "database_user"),
    (re.compile(rf"{DATABASE_WORDS}_*(PASSWORD|PASS|PASSWD|PWD)$"), "database_password"),
    (re.compile(rf"({DATABASE_WORDS}_*(NAME|DB|DATABASE)|PGDATABASE)$"), "database_name"),
)
DATABASE_FILE = re.compile(
    r"(^|_)(DB|DATABASE|SQLITE|SQL)(_?(PATH|FILE|FILENAME|NAME|SOURCE|URL|DSN))?$"
)
ADDRESSED = re.compile(r"://|\bdbname=|@(?:tcp|unix)\(")
"""How a database's address looks, whoever's driver takes it."""
STORED_IN = re.compile(r"^[^:]*\.(db|sqlite3?)$")
SCHEMES = {
    "mongodb": ("mongodb",),
    "postgresql": ("postgres", "postgresql"),
    "mysql": ("mysql", "mariadb"),
}
DOCUMENTS = re.compile(r"(MONGO\w*|DATABASE|DB)_?(UR[IL]|CONNECTION(_STRING)?|CONN|DSN)$")
OTHER_STORES = re.compile(r"REDIS|MONGO|CACHE|ELASTIC|SEARCH|CELERY|BROKER|TEST_")
ADDRESS = re.compile(r"(URL|URI|ENDPOINT|BASE|HOST|DSN|SERVER|BROKER)$")
OWN_ADDRESS = re.compile(
    r"FRONTEND|BACKEND|SITE|CORS|ALLOWED|REDIRECT|APP_URL|SERVER_HOST|^HOST$|ROOT|WEB_"
)
CODED = ("hex", "base64")
"""Kinds of texts of which an empty one is none."""
TYPES = {
    "hex": "hex",
    "base64": "base64",
    "str": "string",
    "int": "integer",
    "float": "number",
    "decimal": "number",
    "bool": "boolean",
    "list": "array",
    "tuple": "array",
    "set": "array",
    "dict": "object",
    "json": "object",
    "url": "url",
    "CommaSeparatedStrings": "array",
    "Csv": "array",
    "URL": "url",
    "SecretStr": "string",
    "Secret": "string",
    "Path": "path",
}


@dataclass(frozen=True)
class Read:
    """One reading of a variable: the value, where it ends up, what it is converted to."""

    value: SettingValue
    attribute: str = ""
    type: str = "string"
    secret: bool = False
    choices: tuple[str, ...] = ()
    required: bool = False
    holder: str = ""


def read(codebase: Codebase, database: DatabaseHook | None = None) -> tuple[Setting, ...]:
    """Every variable of the environment that the app's code reads (tests left out), and every flag, by name. A variable that
    is read several times is told as its most telling reading: a settings class before `os.getenv`."""
    found: dict[str, Setting] = {}
    for each in (
        *_in_classes(codebase),
        *_in_code(codebase),
        *_in_objects(codebase),
        *_in_passing(codebase),
        *_demanded(codebase),
    ):
        name = each.value.name
        if name in found:
            found[name] = _both(found[name], each)
        elif re.fullmatch(r"-{0,2}[A-Za-z_][\w.-]*", name):
            found[name] = _setting(codebase, each, database)
    return tuple(found[name] for name in sorted(found))


def _both(known: Setting, again: Read) -> Setting:
    """A second reading tells what the first does not: the attribute, the type, what else may stand there."""
    firm = (
        "required" in again.value.cast.split()
    )  # whatever other code makes of it where it is not there
    return known.replace(
        attribute=known.attribute or again.attribute,
        type=again.type if known.type == "string" else known.type,
        choices=known.choices or again.choices,
        required=known.required or (again.required and (firm or known.default is None)),
    )


def _setting(codebase: Codebase, each: Read, database: DatabaseHook | None) -> Setting:
    name = each.value.name
    default = _default(each.value.default)
    secret = each.secret or is_secret(name)
    return Setting(
        name=name,
        required=each.required,
        default=default,
        type=each.type,
        attribute=each.attribute,
        secret=secret,
        purpose=_purpose(name, default, each.type, database, each.value.fallback or ""),
        choices=each.choices,
        example=each.value.fallback or "",
        holder=each.holder,
        place=each.value.place,
    )


def spoken(name: str) -> str:
    """A setting's name as a variable would have it: `-db-dsn` is DB_DSN."""
    flag = name.startswith("-")
    return name.lstrip("-").replace("-", "_").upper() if flag else name.upper()


def is_secret(name: str) -> bool:
    """Whether a variable of that name must never be printed."""
    upper = spoken(name)
    return bool(SECRET.search(upper)) and not OPEN.search(upper)


def _default(value: Value | None) -> str | None:
    """The default as it would be written in the environment; None where there is none or it is computed."""
    if isinstance(value, Instance) and value.args:
        value = value.args[0]
    found = plain(value) if value is not None else None
    if found is None and value is not None:
        text = text_of(value)
        return text if text and "{" not in text else None
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, list | dict):
        return json.dumps(found, default=str)
    return str(found) if isinstance(found, str | int | float) else None


def _purpose(
    name: str, default: str | None, kind: str, database: DatabaseHook | None, example: str = ""
) -> str:
    upper = spoken(name)
    if database is not None and (
        name == database.url_setting
        or (database.address and default == database.address)
        or _leads_to(database, default or example)
    ):
        return "database_url"
    for part, variable in database.url_parts if database is not None else ():
        if variable == name:
            return f"database_{part}"
    if DATABASE_FILE.search(upper) and STORED_IN.search(default or example):
        return "database_file"
    named = _database_purpose(upper, default, database)
    if named is not None:
        return named
    if ENVIRONMENT.search(upper):
        return "environment"
    if key := KEY_FILE.search(upper):
        return f"{key[1].lower()}_key_file"
    if is_secret(name) and kind not in UNSPOKEN:
        return _secret_purpose(upper)
    if kind not in ("string", "url") or OWN_ADDRESS.search(upper):
        return ""
    spelt = (default or "").startswith(("http://", "https://", "redis://"))
    return "service_url" if spelt or ADDRESS.search(upper) else ""


def _leads_to(database: DatabaseHook, value: str) -> bool:
    """Whether the value that is told for a setting is an address of the project's database."""
    scheme, found, _ = value.partition("://")
    return bool(found) and scheme.partition("+")[0] in SCHEMES.get(database.dialect, ())


def _database_purpose(upper: str, default: str | None, database: DatabaseHook | None) -> str | None:
    """By name, unless the code tells which variables the address is made of; None for what is no
    database's."""
    if database is not None and database.dialect == "mongodb" and not database.url_setting:
        return "database_url" if DOCUMENTS.search(upper) else None
    if OTHER_STORES.search(upper) or (database is not None and database.url_setting):
        return None
    known = (
        {f"database_{part}" for part, _ in database.url_parts} if database is not None else set()
    )
    for pattern, purpose in DATABASE:
        if pattern.search(upper):
            whole = purpose == "database_url"
            spelled = not default or ADDRESSED.search(default)
            return "" if whole and (known or not spelled) else purpose
    return None


def _secret_purpose(upper: str) -> str:
    if TOKEN_SECRET.search(upper) and not FOREIGN_SECRET.search(upper):
        return "token_secret"
    return ""


# --- settings classes --------------------------------------------------------


def _in_classes(codebase: Codebase) -> Iterator[Read]:
    """The fields of pydantic settings classes that no other one builds on."""
    kinds = [e for e in codebase.classes((b"Settings",)) if codebase.is_a(e, *CLASSES)]
    kinds = [e for e in kinds if not codebase.language.is_test(e.scope.file)]
    below = {id(base) for each in kinds for base in codebase.mro(each)[1:]}
    for kind in kinds:
        if id(kind) not in below:
            holder = _holder(codebase, kind)
            for each in _fields(codebase, kind, Instance(kind, symbolic=True)):
                yield replace(each, holder=holder)


def _holder(codebase: Codebase, kind: ClassValue) -> str:
    """`module:name` of the object of the class that its own module makes; "" unless there is just one."""
    module = codebase.parsed(kind.scope.module)
    made = [
        target.name
        for each in (module.body if module else ())
        if isinstance(each, Assign) and isinstance(each.value, Call)
        if each.value.function.text == kind.name
        for target in each.targets
        if isinstance(target, Name)
    ]
    return f"{kind.scope.module}:{made[0]}" if len(made) == 1 else ""


def _fields(codebase: Codebase, kind: ClassValue, instance: Instance) -> Iterator[Read]:
    for member in codebase.members(kind, inherited=True):
        if member.annotation is None or member.name.startswith("_"):
            continue
        with codebase.evaluator.quietly():
            value = codebase.evaluator.attribute(instance, member.name)
        if isinstance(value, Instance) and isinstance(inner := value.of, ClassValue):
            yield from _fields(codebase, inner, value)
        if not isinstance(value, SettingValue):
            continue
        annotation = codebase.type_of(member.annotation, codebase.body_of(member.owner))
        asked = _asked_for(value)
        yield Read(
            asked or value,
            value.attribute or f"{kind.qualified}.{member.name}",
            _type(codebase, annotation),
            _is_secret_type(annotation),
            _choices(codebase, annotation),
            asked is not None or (value.default is None and not _has_default(member.value)),
        )


def _asked_for(value: SettingValue) -> SettingValue | None:
    """The same variable, where the field's default is to ask for it by hand and there is no other:
    `POOL: int = config("POOL", cast=int)`."""
    inner = value.default
    if not isinstance(inner, SettingValue) or inner.name != value.name:
        return None
    return inner if inner.default is None else None


def _has_default(value: Value | None) -> bool:
    """Whether the member is given anything: pydantic's `...` and a `Field()` without a default are nothing."""
    if value is None or (isinstance(value, Const) and value.value is Ellipsis):
        return False
    if isinstance(value, Instance) and isinstance(value.of, External) and value.of.last == "Field":
        given = value.kwarg("default_factory") or value.argument(0, "default")
        return given is not None and not (isinstance(given, Const) and given.value is Ellipsis)
    return True


def _alternatives(kind: Value) -> tuple[Value, ...]:
    """The types inside unions and `Annotated`."""
    if isinstance(kind, Generic) and isinstance(kind.of, External):
        if kind.of.last == "Union":
            return tuple(part for each in kind.args for part in _alternatives(each))
        if kind.of.last == "Annotated" and kind.args:
            return _alternatives(kind.args[0])
    return (kind,)


def _type(codebase: Codebase, annotation: Value) -> str:
    for kind in _alternatives(annotation):
        outer = kind.of if isinstance(kind, Generic | Instance) else kind
        if isinstance(outer, External):
            if outer.last in TYPES:
                return TYPES[outer.last]
            if outer.last.endswith(("Dsn", "Url", "URL")):
                return "url"
        if isinstance(kind, ClassValue) and codebase.enumerated(kind) is None:
            return "object"
    return "string"


def _is_secret_type(annotation: Value) -> bool:
    kinds = (each.of if isinstance(each, Generic) else each for each in _alternatives(annotation))
    return any(isinstance(e, External) and e.last in ("SecretStr", "SecretBytes") for e in kinds)


def _choices(codebase: Codebase, annotation: Value) -> tuple[str, ...]:
    for kind in _alternatives(annotation):
        if (
            isinstance(kind, Generic)
            and isinstance(kind.of, External)
            and kind.of.last == "Literal"
        ):
            return tuple(str(plain(each)) for each in kind.args)
        members = codebase.enumerated(kind) if isinstance(kind, ClassValue) else None
        if members:
            values = (e.fields.get("value") for e in members if isinstance(e, Instance))
            return tuple(str(plain(each)) for each in values)
    return ()


# --- settings objects ---------------------------------------------------------


def _in_objects(codebase: Codebase) -> Iterator[Read]:
    """A setting without a default must be set where an example file sets it, or a schema asks for it."""
    for each in configured.kept(codebase):
        value = each.value
        cast, asked = _cast(value)
        kind = TYPES.get(cast, "string")
        needed = value.default is None and (value.fallback is not None or asked)
        yield Read(value, each.attribute, kind, choices=each.choices, required=needed)


def _cast(value: SettingValue) -> tuple[str, bool]:
    """What converts a value, and whether its declaration lets it not be left out: `required int`."""
    words = value.cast.split()
    return next((each for each in words if each != "required"), ""), "required" in words


# --- what evaluated code asks for ---------------------------------------------


def _in_passing(codebase: Codebase) -> Iterator[Read]:
    """Settings that the program reads where it begins. One without a default must be set where its
    declaration says so or an example file sets it."""
    for value in codebase.language.settings(codebase.evaluator):
        (cast, asked), bare = _cast(value), value.default is None
        needed = asked or (bare and (bool(value.fallback) or cast in CODED))
        yield Read(value, type=TYPES.get(cast, "string"), required=needed)


def _demanded(codebase: Codebase) -> Iterator[Read]:
    """`dotenv-safe` lets no app start without every variable of `.env.example`, read by code or not."""
    if not codebase.modules((DEMANDS,)):
        return
    root = "" if codebase.root in ("", ".") else codebase.root.rstrip("/") + "/"
    for name, value in dotenv.entries(codebase.tree.string(f"{root}.env.example")):
        yield Read(SettingValue(name, fallback=value), required=True)


# --- everywhere else ---------------------------------------------------------


def _in_code(codebase: Codebase) -> Iterator[Read]:
    """`os.environ["X"]`, `os.getenv("X")`, `config("X")`, `env.int("X")` in modules, classes and functions."""
    for module in codebase.modules(_needles(codebase)):
        file = codebase.graph.file(module) or ""
        parsed = codebase.parsed(module)
        if parsed is None or codebase.language.is_test(file):
            continue
        text = codebase.tree.text(file)
        if b"from alembic import context" in text or b"down_revision" in text:
            continue
        yield from _in_block(codebase, parsed.body.statements, codebase.scope(module), module)


def _needles(codebase: Codebase) -> tuple[bytes, ...]:
    """What a module must hold to be looked at: a reader's package, or the name of an object made of one."""
    made: set[bytes] = set()
    for module in codebase.modules(READS[2:]):
        for name, value in codebase.scope(module).names.items():
            if _name_of(value).partition(".")[0] in READERS:
                made |= {name.encode() + b"(", name.encode() + b"."}
    return (*READS, *sorted(made))


def _name_of(value: Value) -> str:
    of = value.of if isinstance(value, Instance) else None
    return of.name if isinstance(of, External) else ""


def _in_block(
    codebase: Codebase, statements: tuple[Statement, ...], scope: Scope, path: str
) -> Iterator[Read]:
    for statement in statements:
        target = _target(statement, path)
        turned = _turned(walk(statement))
        for node in walk(statement):
            if isinstance(node, FunctionDef):
                yield from _in_function(codebase, node, scope)
            elif isinstance(node, ClassDef):
                kind = scope.names.get(node.name)
                if isinstance(kind, ClassValue) and kind.node is node:
                    inner = codebase.body_of(kind)
                    yield from _in_block(codebase, node.body.statements, inner, kind.qualified)
            elif isinstance(node, Call | Subscript) and _may_read(node):
                yield from _reading(codebase.value(node, scope), node, target, turned)


def _in_function(codebase: Codebase, node: FunctionDef, scope: Scope) -> Iterator[Read]:
    if not any(word.decode() in node.text for word in READS[:2]) and "(" not in node.text:
        return
    owner = scope.owner
    member = codebase.own_member(owner, node.name) if owner is not None else None
    function = member.value if member is not None else scope.names.get(node.name)
    if not isinstance(function, FunctionValue) or function.node is not node:
        return
    reads = [
        e for s in node.body for e in walk(s) if isinstance(e, Call | Subscript) and _may_read(e)
    ]
    if not reads:
        return
    study = Study(codebase, function)
    turned = _turned(e for s in node.body for e in walk(s))
    for each in reads:
        yield from _reading(study.value(each), each, "", turned)


def _turned(nodes: Iterable[Node]) -> dict[int, str]:
    """What code makes of a value at once: `int(os.environ["PORT"])`."""
    return {
        id(node.positional[0]): TURNS[node.function.text]
        for node in nodes
        if isinstance(node, Call) and node.function.text in TURNS and len(node.arguments) == 1
        if node.positional
    }


def _may_read(node: Call | Subscript) -> bool:
    """A call or subscript whose first argument is a constant name."""
    first = node.index if isinstance(node, Subscript) else next(iter(node.positional), None)
    if not (isinstance(first, Constant) and isinstance(first.value, str)):
        return False
    return bool(re.fullmatch(r"[A-Za-z_][\w.-]*", first.value))


def _reading(
    value: Value, node: Call | Subscript, target: str, turned: dict[int, str]
) -> Iterator[Read]:
    if isinstance(value, Choice):
        for each in value.options:
            yield from _reading(each, node, target, turned)
    if not isinstance(value, SettingValue) or value.place is None or value.attribute:
        return
    if value.place.line != node.place.line or value.place.file != node.place.file:
        return
    soft = isinstance(node, Call) and node.function.text.endswith(("getenv", "environ.get"))
    kind = TYPES.get(value.cast, turned.get(id(node), "string"))
    yield Read(value, target, kind, value.cast == "Secret", (), value.default is None and not soft)


def _target(statement: Statement, path: str) -> str:
    """`module:NAME` of an assignment's target."""
    if isinstance(statement, Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, Name):
            name = target.name
            return f"{path}.{name}" if ":" in path else f"{path}:{name}"
    return ""
