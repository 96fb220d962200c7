"""How Go programs read settings: os, viper, envconfig, env, koanf, godotenv."""

from __future__ import annotations

from dataclasses import replace

from comfrey.languages.go import flags, koanf, structs, viper
from comfrey.languages.go.settings import noted, read_settings, setting
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    Instance,
    ListValue,
    SettingValue,
    UnknownValue,
    Value,
    text_of,
)

Args = tuple[Value, ...]
READERS = ("os.Getenv", "syscall.Getenv", "os.LookupEnv")
FILLERS = {
    "github.com/kelseyhightower/envconfig.Process": (1, structs.SPELLED),
    "github.com/kelseyhightower/envconfig.MustProcess": (1, structs.SPELLED),
    "github.com/sethvargo/go-envconfig.Process": (1, structs.TAGGED),
    "github.com/caarlos0/env.Parse": (0, structs.TAGGED),
    "github.com/caarlos0/env.ParseWithOptions": (0, structs.TAGGED),
    "github.com/ilyakaznacheev/cleanenv.ReadEnv": (0, structs.TAGGED),
    "github.com/ilyakaznacheev/cleanenv.ReadConfig": (1, structs.TAGGED),
    "github.com/joeshaw/envdecode.Decode": (0, structs.TAGGED),
    "github.com/spf13/viper.Unmarshal": (0, structs.Words("mapstructure", viper.named)),
}
"""Functions that fill a struct: which argument it is, and how its tags are read."""
MADE = {viper.NEW: viper.PACKAGE[:-1], koanf.NEW: koanf.PACKAGE[:-1]}
"""What is made to be asked as its package is."""
TYPED = (
    "github.com/caarlos0/env.ParseAs",
    "github.com/caarlos0/env.ParseAsWithOptions",
    "github.com/caarlos0/env.Must",
)
CODED = {
    "encoding/hex.DecodeString": "hex",
    "encoding/base64.StdEncoding.DecodeString": "base64",
    "encoding/base64.URLEncoding.DecodeString": "base64",
}
"""What only takes a text that is spelled so."""


def call(ev: Evaluator, name: str, args: Args, at: Call | None) -> Value | None:
    """`os.Getenv("PORT")`, `viper.GetString("port")`, `envconfig.Process("", &cfg)`, `flag.String(…)`."""
    if name in READERS and args:
        return _read(ev, name, args[0], at)
    if name in CODED and args and isinstance(args[0], SettingValue) and not ev.quiet:
        noted(ev, replace(args[0], cast=CODED[name]))
        return None
    if name in FILLERS and len(args) > FILLERS[name][0] and not ev.quiet:
        which, words = FILLERS[name]
        structs.fill(ev, args[which], words, _before(name, args))
        return None
    if name in MADE:
        return External(MADE[name])
    if name.startswith(koanf.FAMILY):
        return koanf.call(ev, name, args, at)
    if name.startswith(viper.PACKAGE):
        return viper.call(ev, name.removeprefix(viper.PACKAGE), args)
    return flags.named(ev, name, args)


def typed(ev: Evaluator, name: str, kind: Value | None, args: Args = ()) -> Value | None:
    """`env.ParseAs[Config]()`: the struct that it makes, filled."""
    if name not in TYPED or not isinstance(kind, ClassValue):
        return None
    before = _before(name, args)
    made = Instance(kind, (), (), kind.place)
    structs.fill(ev, made, structs.TAGGED, before)
    return ListValue([made, Const(None)], "tuple")


def _before(name: str, args: Args) -> str:
    """What stands before every name: envconfig's first argument, `Prefix` of the options of env."""
    if "kelseyhightower" in name:
        return text_of(args[0]) or ""
    options = next(
        (each for each in args if isinstance(each, Instance) and "Prefix" in dict(each.kwargs)),
        None,
    )
    return text_of(dict(options.kwargs)["Prefix"]) or "" if options is not None else ""


def _read(ev: Evaluator, name: str, key: Value, at: Call | None) -> Value:
    known = comparable(key)
    if known is None or not isinstance(known[0], str):
        return UnknownValue("a setting of a computed name", at.place if at else None)
    found = setting(ev, known[0])
    if name.endswith("LookupEnv"):
        given = UnknownValue("whether the variable is set", at.place if at else None)
        return ListValue([found, given], "tuple")
    return found


__all__ = ["call", "read_settings", "typed"]
