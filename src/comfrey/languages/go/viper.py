"""Settings by viper: variables of the environment, defaults, and what its file says."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from comfrey.languages.go.configured import told
from comfrey.languages.go.settings import CASTS, setting
from comfrey.source.evaluate import Evaluator
from comfrey.source.value import Const, Value, text_of

Args = tuple[Value, ...]
PACKAGE = "github.com/spf13/viper."
NEW = f"{PACKAGE}New"
NOTED = ("SetDefault", "BindEnv", "SetEnvPrefix", "SetConfigName", "SetConfigFile", "AutomaticEnv")
GET = re.compile(r"^Get(String|Int\w*|Bool|Duration|Float64|StringSlice|Uint\w*)?$")


def call(ev: Evaluator, name: str, args: Args) -> Value | None:
    """`viper.GetString("port")`; what is said beforehand is noted."""
    if name in NOTED:
        if not ev.quiet:
            _notes(ev).append((name, args))
        return Const(None)
    match = GET.match(name)
    key = text_of(args[0]) if args else None
    if match is None or key is None:
        return None
    return named(ev, key, CASTS.get(match[1] or "", ""))


def _from_file(ev: Evaluator, key: str) -> Const | None:
    """What the configuration file says of a key."""
    if ev not in _files:
        names = _names(ev)
        _files[ev] = told(ev.codebase, names) if names else {}
    found = _files[ev].get(key.lower())
    return Const(found) if found is not None else None


def _looks_around(ev: Evaluator) -> bool:
    """Whether variables count at all, of the environment or of a `.env` that stands for it, and not a file alone."""
    words = {word for word, _ in _notes(ev)}
    env = any(each.startswith(".env") for each in _names(ev))
    return env or bool(words & {"AutomaticEnv", "BindEnv"})


def _names(ev: Evaluator) -> tuple[str, ...]:
    """The names of the configuration files."""
    said = [args for word, args in _notes(ev) if word in ("SetConfigName", "SetConfigFile")]
    names = [(text_of(args[0]) or "").rpartition("/")[2] for args in said if args]
    return tuple(each for each in names if each)


_files: WeakKeyDictionary[Evaluator, dict[str, str]] = WeakKeyDictionary()


def named(ev: Evaluator, key: str, cast: str = "") -> Value:
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


_noted: WeakKeyDictionary[Evaluator, list[tuple[str, Args]]] = WeakKeyDictionary()


def _notes(ev: Evaluator) -> list[tuple[str, Args]]:
    return _noted.setdefault(ev, [])
