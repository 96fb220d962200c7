"""Settings by koanf: variables of the environment over a file over a map of defaults."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from comfrey.languages.go import structs
from comfrey.languages.go.configured import told
from comfrey.languages.go.settings import CASTS, setting
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import Const, DictValue, Instance, Value, text_of

Args = tuple[Value, ...]
FAMILY = "github.com/knadh/koanf"
PACKAGE = f"{FAMILY}."
NEW = f"{PACKAGE}New"
GET = re.compile(r"^(?:Must)?(String|Int\w*|Bool|Duration|Float64|Strings|Bytes|Get)$")
UNMARSHAL = ("Unmarshal", "UnmarshalWithConf")


def call(ev: Evaluator, name: str, args: Args, at: Call | None) -> Value | None:
    """`k.String("http.port")`, `k.Unmarshal("", &cfg)`; what is loaded beforehand is noted."""
    if not name.startswith(PACKAGE):
        if name.endswith(("Provider", "ProviderWithValue")) and not ev.quiet:
            _notes(ev)[name.removeprefix(f"{FAMILY}/providers/").partition(".")[0]] = (args, at)
        return None
    word = name.removeprefix(PACKAGE)
    if word in UNMARSHAL and len(args) > 1 and not ev.quiet:
        path = text_of(args[0])
        structs.fill(ev, args[1], WORDS, f"{path}." if path else "")
        return None
    read = GET.match(word)
    key = text_of(args[0]) if args else None
    return named(ev, key, CASTS.get(read[1], "")) if read and key is not None else None


def named(ev: Evaluator, key: str, cast: str = "") -> Value:
    """The variable that a key stands for, with its default; what the file or the map says where the environment
    is not asked."""
    default = _from_file(ev, key) or _from_map(ev, key)
    if "env" not in _notes(ev):
        return default or Const(None)
    args, at = _notes(ev)["env"]
    joint = "__" if at is not None and '"__"' in at.text else "_"
    variable = key.upper().replace(".", joint)
    return setting(ev, _prefix(args) + variable, default, cast)


def _prefix(args: Args) -> str:
    """What every variable begins with: the first argument, or the `Prefix` of the options."""
    for each in args:
        if isinstance(each, Instance):
            return text_of(dict(each.kwargs).get("Prefix", Const(""))) or ""
    return text_of(args[0]) or "" if args and (text_of(args[0]) or "") not in (".", "_") else ""


def _from_map(ev: Evaluator, key: str) -> Value | None:
    args, _ = _notes(ev).get("confmap", ((), None))
    given = args[0] if args else None
    items = given.items if isinstance(given, DictValue) else []
    return next((value for name, value in items if text_of(name) == key), None)


def _from_file(ev: Evaluator, key: str) -> Value | None:
    args, _ = _notes(ev).get("file", ((), None))
    name = (text_of(args[0]) or "").rpartition("/")[2] if args else ""
    found = told(ev.codebase, (name,)).get(key.lower()) if name else None
    return Const(found) if found is not None else None


WORDS = structs.Words("koanf", named)
_loaded: WeakKeyDictionary[Evaluator, dict[str, tuple[Args, Call | None]]] = WeakKeyDictionary()


def _notes(ev: Evaluator) -> dict[str, tuple[Args, Call | None]]:
    return _loaded.setdefault(ev, {})
