"""Go's functions over text whose results can be known: fmt, strings, strconv, path."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import iterate, join
from comfrey.source.value import (
    Choice,
    Const,
    Instance,
    ListValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    text_of,
)

Args = tuple[Value, ...]
VERB = re.compile(r"%(?:%|[-+# 0]*(?:\d+|\*)?(?:\.\d+)?(?:\[\d+\])?[a-zA-Z])")
PURE: dict[str, Callable[..., object]] = {
    "strings.ToLower": str.lower,
    "strings.ToUpper": str.upper,
    "strings.TrimSpace": str.strip,
    "strings.Title": str.title,
    "strings.TrimPrefix": str.removeprefix,
    "strings.TrimSuffix": str.removesuffix,
    "strings.TrimRight": str.rstrip,
    "strings.TrimLeft": str.lstrip,
    "strings.Trim": str.strip,
    "strings.HasPrefix": str.startswith,
    "strings.HasSuffix": str.endswith,
    "strings.Contains": lambda text, part: part in text,
    "strings.EqualFold": lambda text, other: text.lower() == other.lower(),
    "strings.ReplaceAll": str.replace,
    "strings.Index": str.find,
    "strings.IndexByte": str.find,
    "strings.LastIndex": str.rfind,
    "strings.Count": str.count,
    "strings.Repeat": lambda text, count: text * min(count, 100),
    "path.Join": lambda *parts: posixpath.normpath(posixpath.join(*_joinable(parts))),
    "path/filepath.Join": lambda *parts: posixpath.normpath(posixpath.join(*_joinable(parts))),
    "path.Base": posixpath.basename,
    "path.Dir": posixpath.dirname,
}
BY_CHARACTER: dict[str, Callable[[str], object]] = {
    "strings.TrimFunc": str.strip,
    "strings.TrimLeftFunc": str.lstrip,
    "strings.TrimRightFunc": str.rstrip,
    "strings.IndexFunc": lambda text: -1,
}
"""Functions that ask another one of every character, as far as an empty text tells."""
PARTING = ("strings.Cut", "strings.CutPrefix", "strings.CutSuffix")
SHOWN = ("strconv.Itoa", "strconv.FormatInt", "strconv.Quote", "fmt.Sprint", "fmt.Sprintln")
CASTS = {
    "strconv.Atoi": "int",
    "strconv.ParseInt": "int",
    "strconv.ParseUint": "int",
    "strconv.ParseBool": "bool",
    "strconv.ParseFloat": "float",
    "time.ParseDuration": "duration",
}


def _joinable(parts: tuple[str, ...]) -> list[str]:
    """The parts of a path, of which only the first may begin with a slash."""
    real = [each for each in parts if each]
    return [each.lstrip("/") if index else each for index, each in enumerate(real)] or [""]


def call(ev: Evaluator, name: str, args: Args) -> Value | None:
    """What one of these functions comes to; None for any other."""
    if name == "fmt.Sprintf" and args:
        return formatted(args)
    if name in SHOWN and args:
        return join(list(args[:1])) if len(args) == 1 or name != "fmt.Sprint" else join(list(args))
    if name == "strings.Join" and len(args) == 2:
        return _joined(ev, args)
    if name in ("strings.Split", "strings.SplitN", "strings.Fields"):
        return _split(name, args)
    if name in PARTING and len(args) == 2:
        return _parted(name, args)
    if name in BY_CHARACTER and args and text_of(args[0]) == "":
        return Const(BY_CHARACTER[name](""))
    if name.endswith("slices.Contains") and len(args) == 2:
        return _among(ev, args)
    if name in CASTS and args:
        return _cast(name, args[0])
    if name in ("net/url.JoinPath", "path.Join", "path/filepath.Join") and args:
        return _path(args)
    pure = PURE.get(name)
    if pure is None:
        return None
    if args and isinstance(args[0], SettingValue) and name.startswith("strings.T"):
        return args[0]
    known = [comparable(each) for each in args]
    if not known or any(each is None for each in known):
        return None
    try:
        return Const(pure(*(each[0] for each in known if each)))
    except (TypeError, ValueError, AttributeError):
        return None


def formatted(args: Args) -> Value:
    """`fmt.Sprintf("%s/%d", a, b)`."""
    pattern = text_of(args[0])
    if pattern is None:
        return UnknownValue("formatted by what is not known")
    parts: list[str | Value] = []
    rest = list(args[1:])
    start = 0
    for match in VERB.finditer(pattern):
        parts.append(pattern[start : match.start()])
        start = match.end()
        if match[0] == "%%":
            parts.append("%")
        else:
            parts.append(_spelled(rest.pop(0)) if rest else match[0])
    return join([*parts, pattern[start:]])


def _spelled(value: Value) -> Value:
    return (
        value
        if isinstance(value, Const | Text | SettingValue | Choice | UnknownValue | Instance)
        else UnknownValue("a value")
    )


def _among(ev: Evaluator, args: Args) -> Value | None:
    """`slices.Contains(roles, role)`."""
    items, wanted = iterate(ev, args[0]), comparable(args[1])
    if items is None or wanted is None:
        return None
    known = [comparable(each) for each in items]
    if wanted in known:
        return Const(True)
    return None if None in known else Const(False)


def _joined(ev: Evaluator, args: Args) -> Value | None:
    items, sign = iterate(ev, args[0]), text_of(args[1])
    if items is None or sign is None or (isinstance(args[0], ListValue) and args[0].open):
        return None
    parts: list[str | Value] = []
    for index, each in enumerate(items):
        parts += [sign, each] if index else [each]
    return join(parts)


def _split(name: str, args: Args) -> Value | None:
    known = [comparable(each) for each in args[:2]]
    if not known or any(each is None or not isinstance(each[0], str) for each in known):
        return None
    texts = [str(each[0]) for each in known if each]
    count = comparable(args[2]) if name == "strings.SplitN" and len(args) > 2 else (-1,)
    if count is None or not isinstance(count[0], int):
        return None
    most = count[0] - 1 if count[0] > 0 else -1
    parts = texts[0].split(texts[1], most) if len(texts) > 1 and texts[1] else texts[0].split()
    return ListValue([Const(each) for each in parts])


def _parted(name: str, args: Args) -> Value | None:
    """`before, after, found := strings.Cut(header, " ")`."""
    text, sign = text_of(args[0]), text_of(args[1])
    if text is None or sign is None:
        return None
    if name == "strings.Cut":
        before, _, after = text.partition(sign)
        return ListValue([Const(before), Const(after), Const(sign in text)], "tuple")
    kept = text.removeprefix(sign) if name == "strings.CutPrefix" else text.removesuffix(sign)
    there = text.startswith(sign) if name == "strings.CutPrefix" else text.endswith(sign)
    return ListValue([Const(kept), Const(there)], "tuple")


def _cast(name: str, value: Value) -> Value | None:
    """A number out of a text: a setting stays one."""
    if isinstance(value, SettingValue):
        kept = value.default
        return SettingValue(
            value.name, kept, value.place, value.attribute, CASTS[name], value.fallback
        )
    known = comparable(value)
    if known is not None and isinstance(known[0], str):
        text = known[0]
        if CASTS[name] == "int" and re.fullmatch(r"-?\d+", text):
            return Const(int(text))
        if CASTS[name] == "bool" and text.lower() in ("true", "false", "1", "0", "t", "f"):
            return Const(text.lower() in ("true", "1", "t"))
    return None


def _path(args: Args) -> Value | None:
    parts: list[str | Value] = []
    for each in args:
        text = text_of(each)
        if text is None:
            return None
        parts.append(text)
    texts = [str(each) for each in parts]
    return Const(posixpath.normpath(posixpath.join(*_joinable(tuple(texts)))))
