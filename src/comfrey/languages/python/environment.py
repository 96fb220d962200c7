"""How Python programs read settings: `os.environ`, settings classes, and the well-known readers."""

from __future__ import annotations

import re

from comfrey.languages.dotenv import fallback
from comfrey.languages.python import configuration
from comfrey.languages.python.fields import unwrapped
from comfrey.model.place import Place
from comfrey.source.classes import Member
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call, Constant, Expression
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    ModuleValue,
    SettingValue,
    UnknownValue,
    Value,
)

OWN = re.compile(rb"^\s*(?:from|import)\b[^\n]*\benviron\b|^environ\s*=|^\s+environ,", re.M)
"""Where a module gets a name `environ` by itself."""
ENVIRON = ("os.environ", "os.environb")
GETTERS = ("os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop")
DEBUGGING = ("flask.helpers.get_debug_flag", "flask.get_debug_flag")
"""Whether the app is being worked on: not where it is tested, or served."""
READERS = {
    "decouple.config": "",
    "decouple.Config": "",
    "decouple.AutoConfig": "",
    "starlette.config.Config": "",
    "environs.Env": "",
    "environs.env": "",
    "environ.Env": "",
    "environ.FileAwareEnv": "",
}
"""Callables (or what they make) that read a variable by its name: `config("X", cast=int, default=1)`."""
CASTS = frozenset(
    [
        "str",
        "int",
        "float",
        "bool",
        "list",
        "dict",
        "json",
        "url",
        "path",
        "decimal",
        "date",
        "datetime",
        "timedelta",
        "uuid",
        "tuple",
        "log_level",
        "dj_db_url",
        "db",
        "db_url",
        "cache",
        "email_url",
        "bytes",
        "get_value",
        "enum",
    ]
)
SETTINGS = (
    "pydantic_settings.BaseSettings",
    "pydantic.BaseSettings",
    "pydantic_settings.main.BaseSettings",
    "pydantic.env_settings.BaseSettings",
    "pydantic.v1.BaseSettings",
)
DYNACONF = ("dynaconf.Dynaconf", "dynaconf.LazySettings")


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`os.getenv("X", d)`, `config("X", default=d)`."""
    if name in GETTERS or name in READERS:
        if name.endswith(("Config", "Env", "AutoConfig")):
            return None
        return _read(ev, arguments, at, "")
    if name.startswith(("environs.env.", "decouple.config.")):
        last = name.rpartition(".")[2]
        return _read(ev, arguments, at, last) if last in CASTS else None
    if name in DEBUGGING:
        return Const(False)
    if name == "dotenv.dotenv_values":
        return DictValue([], at.place if at else None, True)
    return None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """The same on an object: `env.int("X")`, `settings.get("x")`."""
    if isinstance(receiver, External) and receiver.name in ENVIRON and name == "get":
        return _read(ev, arguments, at, "")
    if not isinstance(receiver, Instance) or not isinstance(receiver.of, External):
        return None
    if receiver.of.name in READERS:
        if name == "__call__":
            return _read(ev, arguments, at, "")
        if name in ("get",) or name in CASTS:
            return _read(ev, arguments, at, "" if name == "get" else name)
    if receiver.of.name in DYNACONF and name == "get" and arguments[0]:
        key = comparable(arguments[0][0])
        return _dynaconf(ev, receiver, str(key[0])) if key else None
    return None


def subscript(ev: Evaluator, of: Value, index: Value, at: Expression) -> Value | None:
    """`os.environ["X"]`, `sys.modules["app.users"]`."""
    if isinstance(of, External) and of.name in ENVIRON:
        key = comparable(index)
        if key is not None and isinstance(key[0], str):
            return _setting(ev, key[0], None, at.place)
    if configuration.is_config(of) and (key := comparable(index)) is not None:
        return configuration.configuration(ev.codebase).get(str(key[0]))
    if isinstance(of, External) and of.name == "sys.modules":
        key = comparable(index)
        found = ev.graph.canonical(key[0]) if key and isinstance(key[0], str) else None
        return ModuleValue(found) if found else None
    return None


def attribute(ev: Evaluator, of: Value, name: str) -> Value | None:
    """Attributes of settings objects that no class declares."""
    if isinstance(of, Instance) and isinstance(of.of, External) and of.of.name in DYNACONF:
        return _dynaconf(ev, of, name) if name.isupper() else None
    if isinstance(of, SettingValue) and name == "value":
        return of
    return None


def _dynaconf(ev: Evaluator, of: Instance, name: str) -> Value:
    prefix = comparable(of.kwarg("envvar_prefix") or Const("DYNACONF"))
    start = f"{prefix[0]}_" if prefix and prefix[0] else ""
    return _setting(ev, f"{start}{name}".upper(), None, of.place)


def _read(ev: Evaluator, arguments: Arguments, at: Call | None, cast: str) -> Value | None:
    """A reader called with a variable's name and perhaps a default and a cast."""
    args, kwargs = arguments
    name = comparable(args[0]) if args else None
    place = at.place if at else None
    if name is None or not isinstance(name[0], str):
        return UnknownValue("a setting of a computed name", place, "setting")
    named = dict(kwargs)
    default = named.get("default", args[1] if len(args) > 1 and "cast" not in named else None)
    if len(args) > 2 and "default" not in named:
        default = args[2]
    converter = named.get("cast")
    if isinstance(converter, External):
        cast = converter.last
    return _setting(ev, name[0], default, place, cast)


def _setting(
    ev: Evaluator,
    name: str,
    default: Value | None,
    place: Place | None,
    cast: str = "",
    attribute: str = "",
) -> SettingValue:
    known = fallback(ev.codebase, name) if default is None else None
    return SettingValue(name, default, place, attribute, cast, known)


# --- settings classes --------------------------------------------------------


def field(ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
    """A field of a pydantic settings class, by the rules of pydantic-settings: an alias, else prefix + name."""
    if name.startswith("_") or not ev.codebase.is_a(of, *SETTINGS):
        return None
    member = ev.codebase.member(of, name)
    if member is None or member.annotation is None or isinstance(member.value, FunctionValue):
        return None
    given = instance.kwarg(name)
    if given is not None:
        return given
    kind = ev.codebase.type_of(member.annotation, ev.codebase.body_of(member.owner))
    if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.last == "ClassVar":
        return None
    default = unwrapped(ev, member.value) if member.value is not None else None
    nested = _nested(ev, of, kind, member, default)
    if nested is not None:
        return nested
    variable = variable_of(ev, of, member)
    where = f"{member.owner.qualified}.{name}"
    return _setting(ev, variable, default, member.place, member.annotation.text, where)


def _nested(
    ev: Evaluator, of: ClassValue, kind: Value, member: Member, default: Value | None
) -> Value | None:
    """A group of settings: another settings class, or a model read through a delimiter."""
    inner = ev.codebase.class_of(kind)
    if inner is None or not ev.codebase.is_a(inner, *SETTINGS, "pydantic.BaseModel"):
        return None
    delimiter = comparable(_config(ev, of, "env_nested_delimiter") or Const(""))
    if not delimiter or not delimiter[0] or ev.codebase.is_a(inner, *SETTINGS):
        return default if isinstance(default, Instance) else Instance(inner, (), (), member.place)
    start = f"{prefix_of(ev, of)}{member.name}{delimiter[0]}"
    return Instance(inner, (), (), member.place, _group(ev, inner, start, default))


def _group(ev: Evaluator, inner: ClassValue, start: str, default: Value | None) -> dict[str, Value]:
    """The fields of a model inside a settings class, each by its own variable (`DATABASE__HOST`)."""
    found: dict[str, Value] = {}
    for each in ev.codebase.members(inner, inherited=True):
        if each.annotation is None or each.name.startswith(("_", "model_config")):
            continue
        given = default.kwarg(each.name) if isinstance(default, Instance) else None
        value = given or (unwrapped(ev, each.value) if each.value is not None else None)
        variable, kind = f"{start}{each.name}".upper(), each.annotation.text
        where = f"{inner.qualified}.{each.name}"
        found[each.name] = _setting(ev, variable, value, each.place, kind, where)
    return found


def variable_of(ev: Evaluator, of: ClassValue, member: Member) -> str:
    """The environment variable of a settings class's field."""
    value = member.value
    if isinstance(value, Instance) and isinstance(value.of, External) and value.of.last == "Field":
        for key in ("validation_alias", "alias", "env"):
            alias = _alias(value.kwarg(key))
            if alias:
                return alias.upper()
    listed = _config(ev, of, "fields")
    entry = listed.get(member.name) if isinstance(listed, DictValue) else None
    named = _alias(entry.get("env")) if isinstance(entry, DictValue) else ""
    return (named or prefix_of(ev, of) + member.name).upper()


def _alias(value: Value | None) -> str:
    """A name given as text, the first of several, or inside `AliasChoices`."""
    if isinstance(value, ListValue) and value.items:
        return _alias(value.items[0])
    if isinstance(value, Instance) and value.args:
        return _alias(value.args[0])
    known = comparable(value) if value is not None else None
    return known[0] if known is not None and isinstance(known[0], str) else ""


def prefix_of(ev: Evaluator, of: ClassValue) -> str:
    """The prefix of a settings class's variables."""
    found = comparable(_config(ev, of, "env_prefix") or Const(""))
    return str(found[0]) if found else ""


def _config(ev: Evaluator, of: ClassValue, key: str) -> Value | None:
    """A configuration key of a settings class: `model_config` (a dict or a call) or an inner `Config`."""
    config = ev.codebase.member(of, "model_config")
    value = config.value if config is not None else None
    if isinstance(value, Instance):
        found = value.kwarg(key)
        if found is not None:
            return found
    if isinstance(value, DictValue):
        found = value.get(key)
        if found is not None:
            return found
    inner = ev.codebase.member(of, "Config")
    if inner is not None and isinstance(inner.value, ClassValue):
        member = ev.codebase.member(inner.value, key)
        return member.value if member is not None else None
    return None


__all__ = ["BoundExternal", "Constant", "attribute", "call", "field", "method", "subscript"]


def lent(text: bytes) -> dict[str, Value]:
    """The name that a module uses and gets from whoever runs its text (`include("components/email.py")`): there it is
    the process's environment."""
    used = b"environ[" in text or b"environ.get(" in text
    return {"environ": External("os.environ")} if used and not OWN.search(text) else {}
