"""How Go programs read settings: os, viper, envconfig, env, koanf, godotenv."""

from __future__ import annotations

import re
from dataclasses import replace
from weakref import WeakKeyDictionary

from comfrey.languages.dotenv import fallback
from comfrey.languages.go.configured import told
from comfrey.languages.go.literals import tags
from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import comparable
from comfrey.source.node import Call, Constant
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    Generic,
    Instance,
    ListValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    text_of,
)

Args = tuple[Value, ...]
READERS = ("os.Getenv", "syscall.Getenv", "os.LookupEnv")
VIPER = "github.com/spf13/viper."
NOTED = ("SetDefault", "BindEnv", "SetEnvPrefix", "SetConfigName", "SetConfigFile", "AutomaticEnv")
VIPER_GET = re.compile(r"^Get(String|Int\w*|Bool|Duration|Float64|StringSlice|Uint\w*)?$")
FILLERS = {
    "github.com/kelseyhightower/envconfig.Process": 1,
    "github.com/kelseyhightower/envconfig.MustProcess": 1,
    "github.com/sethvargo/go-envconfig.Process": 1,
    "github.com/caarlos0/env.Parse": 0,
    "github.com/caarlos0/env.ParseWithOptions": 0,
    "github.com/ilyakaznacheev/cleanenv.ReadEnv": 0,
    "github.com/ilyakaznacheev/cleanenv.ReadConfig": 1,
    "github.com/joeshaw/envdecode.Decode": 0,
    "github.com/spf13/viper.Unmarshal": 0,
}
TYPED = (
    "github.com/caarlos0/env.ParseAs",
    "github.com/caarlos0/env.ParseAsWithOptions",
    "github.com/caarlos0/env.Must",
)
FLAGS = re.compile(r"^flag\.(String|Int|Bool|Duration|Float64)(Var)?$")
CASTS = {"int": "int", "bool": "bool", "float64": "float", "Int": "int", "Bool": "bool"}


def setting(ev: Evaluator, name: str, default: Value | None = None, cast: str = "") -> SettingValue:
    known = fallback(ev.codebase, name) if default is None else None
    return noted(ev, SettingValue(name, default, None, "", cast, known))


_read_settings: WeakKeyDictionary[Evaluator, dict[str, SettingValue]] = WeakKeyDictionary()


def noted(ev: Evaluator, found: SettingValue) -> SettingValue:
    """Remembers the setting for `read_settings`; one that tells its place or its default outweighs one that
    does not."""
    known = _read_settings.setdefault(ev, {})
    before = known.get(found.name)
    telling = (found.place is not None) + (found.default is not None) + (found.cast != "")
    if before is None or telling >= (
        (before.place is not None) + (before.default is not None) + (before.cast != "")
    ):
        known[found.name] = found
    return found


def read_settings(ev: Evaluator) -> tuple[SettingValue, ...]:
    """Every setting that evaluated code has read, by name; `cast` is `required` where its tag asks for it."""
    for event in ev.events:
        for value in (*event.args, *(each for _, each in event.kwargs)):
            _handed_on(ev, value)
    return tuple(value for _, value in sorted(_read_settings.get(ev, {}).items()))


def _handed_on(ev: Evaluator, value: Value, depth: int = 0) -> None:
    """Notes settings with the default that they got on the way (`if port == "" { port = "80" }`)."""
    match value:
        case SettingValue(default=default) if default is not None:
            noted(ev, value)
        case Text(parts=parts):
            for part in parts:
                if isinstance(part, SettingValue) and part.default is not None:
                    noted(ev, part)
        case Instance(kwargs=kwargs, fields=fields) if depth < 3:
            for each in (*(v for _, v in kwargs), *fields.values()):
                _handed_on(ev, each, depth + 1)


def call(ev: Evaluator, name: str, args: Args, at: Call | None) -> Value | None:
    """`os.Getenv("PORT")`, `viper.GetString("port")`, `envconfig.Process("", &cfg)`, `flag.String(…)`."""
    if name in READERS and args:
        return _read(ev, name, args[0], at)
    if name in FILLERS and len(args) > FILLERS[name] and not ev.quiet:
        prefix = text_of(args[0]) or "" if FILLERS[name] and "kelseyhightower" in name else ""
        filled(ev, args[FILLERS[name]], prefix)
        return None
    if name.startswith(VIPER):
        return _viper(ev, name.removeprefix(VIPER), args)
    if FLAGS.match(name):
        return _flag(name, args)
    return None


def typed(ev: Evaluator, name: str, kind: Value | None) -> Value | None:
    """`env.ParseAs[Config]()`: the struct that it makes, filled."""
    if name not in TYPED or not isinstance(kind, ClassValue):
        return None
    made = Instance(kind, (), (), kind.place)
    filled(ev, made)
    return ListValue([made, Const(None)], "tuple")


def _read(ev: Evaluator, name: str, key: Value, at: Call | None) -> Value:
    known = comparable(key)
    if known is None or not isinstance(known[0], str):
        return UnknownValue("a setting of a computed name", at.place if at else None)
    found = setting(ev, known[0])
    if name.endswith("LookupEnv"):
        given = UnknownValue("whether the variable is set", at.place if at else None)
        return ListValue([found, given], "tuple")
    return found


def _flag(name: str, args: Args) -> Value | None:
    """A flag is what it defaults to."""
    if name.endswith("Var"):
        return None
    return args[1] if len(args) > 1 else None


# --- viper ---------------------------------------------------------------------


def _viper(ev: Evaluator, name: str, args: Args) -> Value | None:
    if name in NOTED:
        if not ev.quiet:
            _notes(ev).append((name, args))
        return Const(None)
    match = VIPER_GET.match(name)
    key = text_of(args[0]) if args else None
    if match is None or key is None:
        return None
    return viper_setting(ev, key, CASTS.get(match[1] or "", ""))


def _from_file(ev: Evaluator, key: str) -> Const | None:
    """What the configuration file says of a key."""
    if ev not in _files:
        said = [args for word, args in _notes(ev) if word in ("SetConfigName", "SetConfigFile")]
        names = [(text_of(args[0]) or "").rpartition("/")[2] for args in said if args]
        _files[ev] = told(ev.codebase, tuple(each for each in names if each)) if names else {}
    found = _files[ev].get(key.lower())
    return Const(found) if found is not None else None


def _looks_around(ev: Evaluator) -> bool:
    """Whether variables of the environment count at all, and not the file alone."""
    return any(word in ("AutomaticEnv", "BindEnv") for word, _ in _notes(ev))


_files: WeakKeyDictionary[Evaluator, dict[str, str]] = WeakKeyDictionary()


def viper_setting(ev: Evaluator, key: str, cast: str = "") -> Value:
    """The variable that a key of viper stands for, with its default; what the file says where nothing else counts."""
    default: Value | None = _from_file(ev, key)
    if default is not None and not _looks_around(ev):
        return default
    variable = key.upper().replace(".", "_").replace("-", "_")
    prefix = ""
    for word, args in _notes(ev):
        if word == "SetEnvPrefix" and args:
            prefix = f"{text_of(args[0]) or ''}_".upper()
        elif args and (text_of(args[0]) or "").lower() == key.lower() and len(args) > 1:
            if word == "SetDefault":
                default = default or args[1]
            else:
                variable, prefix = text_of(args[1]) or variable, ""
    return setting(ev, prefix + variable, default, cast)


_viper_notes: WeakKeyDictionary[Evaluator, list[tuple[str, Args]]] = WeakKeyDictionary()


def _notes(ev: Evaluator) -> list[tuple[str, Args]]:
    return _viper_notes.setdefault(ev, [])


# --- structs that a package fills -----------------------------------------------


def filled(ev: Evaluator, value: Value, prefix: str = "") -> None:
    """Sets the fields of a struct to the variables that their tags name."""
    kind = ev.codebase.class_of(value)
    if kind is None or not isinstance(value, Instance):
        return
    for member in ev.codebase.members(kind):
        found = of_member(ev, kind, member.name, prefix)
        if found is not None:
            value.fields[member.name] = found


def of_member(
    ev: Evaluator, kind: ClassValue, name: str, prefix: str = "", depth: int = 0
) -> Value | None:
    """The setting that a field of a configuration struct is, by its tags; for a struct within it, its own."""
    member = ev.codebase.own_member(kind, name)
    if member is None or member.annotation is None or depth > 4:
        return None
    said: dict[str, str] = {}
    for mark in member.decorators:
        if isinstance(mark, Constant) and isinstance(mark.value, str):
            said |= tags(mark.value)
    inner = ev.codebase.type_of(member.annotation, ev.codebase.body_of(kind))
    if (
        isinstance(inner, Generic)
        and isinstance(inner.of, External)
        and inner.of.last == "Annotated"
    ):
        inner = inner.args[0]
    if isinstance(inner, ClassValue) and _has_fields(ev.codebase, inner):
        below = prefix + said.get("envPrefix", said.get("env-prefix", ""))
        if said.get("mapstructure"):
            below = f"{prefix}{said['mapstructure'].partition(',')[0]}."
        if "kelseyhightower" in " ".join(
            ev.language.packages(ev.codebase.tree.text(kind.scope.file))
        ):
            below = f"{prefix}_{name.upper()}" if prefix else name.upper()
        made = Instance(inner, (), (), member.place)
        for each in ev.codebase.members(inner):
            found = of_member(ev, inner, each.name, below, depth + 1)
            if found is not None:
                made.fields[each.name] = found
        return made
    cast = CASTS.get(getattr(inner, "name", ""), "")
    key = said.get("mapstructure", "").partition(",")[0]
    if key:
        known = viper_setting(ev, prefix + key, cast)
        return (
            noted(ev, replace(known, place=member.place))
            if isinstance(known, SettingValue)
            else known
        )
    variable = _variable(said, name, prefix)
    if not variable:
        return None
    default = next((said[k] for k in ("envDefault", "default", "env-default") if k in said), None)
    place = member.place
    found = setting(ev, variable, Const(default) if default is not None else None, cast)
    asked = "required" in ",".join(said.values()) or said.get("required") == "true"
    return noted(ev, replace(found, place=place, cast="required" if asked else cast))


def _variable(said: dict[str, str], name: str, prefix: str) -> str:
    for key in ("env", "envconfig"):
        if said.get(key, "").partition(",")[0]:
            text = said[key].partition(",")[0]
            joint = "_" if prefix and not prefix.endswith("_") and key == "envconfig" else ""
            return f"{prefix}{joint}{text}".upper() if key == "envconfig" else prefix + text
    if prefix and not said:
        return f"{prefix}_{name.upper()}"
    return ""


def _has_fields(codebase: Codebase, kind: ClassValue) -> bool:
    return any(member.annotation is not None for member in codebase.members(kind))
