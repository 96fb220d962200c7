"""Express's paths: parameters, optional parts, wildcards, regular expressions."""

from __future__ import annotations

import re

from comfrey.languages.javascript.strings import pattern_of
from comfrey.source.value import Choice, ListValue, Value, text_of

NAMED = re.compile(r":(\w+)(?:\((?:[^()]|\([^()]*\))*\))?([?*+])?")
OPTIONAL = re.compile(r"\{([^{}]*)\}")
WILD = re.compile(r"\*\w*|\(\.\*\)")
CAPTURED = re.compile(r"\((?:\?:|\?<(\w+)>)?(?:[^()]|\([^()]*\))*\)[?*+]?")
EVERYTHING = ("", "/", "*", "/*", "(.*)", "/(.*)")


def texts(value: Value | None) -> tuple[str, ...] | None:
    """Paths as Express reads them; None when the value is no path. What is not known is `{unknown}`."""
    if isinstance(value, ListValue):
        found = [texts(each) for each in value.items]
        return None if None in found else tuple(t for each in found if each for t in each)
    if isinstance(value, Choice):
        return texts(value.options[0])
    rule = pattern_of(value)
    if rule is not None:
        return (_from_expression(rule[0]),)
    known = text_of(value)
    return (known,) if known is not None else None


def spelled(path: str) -> tuple[str, ...]:
    """The paths that a pattern means, parameters as `{name}`, without a trailing slash.

    Of two optional parameters in a row the first takes the only segment: paths that no request can tell apart
    count once, as the first of them."""
    kept: dict[str, str] = {}
    symbolic = re.sub(r"\{([A-Z][A-Z0-9_]*|unknown)\}", "\x01\\1\x02", path)
    for each in _variants(symbolic):
        each = NAMED.sub(lambda m: "\x01" + m[1] + "\x02", each)
        each = WILD.sub(
            lambda m: "\x01" + (m[0][1:] if m[0][1:].isidentifier() else "path") + "\x02", each
        )
        each = each.replace("\x01", "{").replace("\x02", "}").replace("\\", "")
        each = re.sub(r"/{2,}", "/", "/" + each)
        each = each.rstrip("/") or "/"
        kept.setdefault(re.sub(r"\{\w+\}", "{}", each), each)
    return tuple(kept.values())


def _variants(path: str) -> list[str]:
    """With and without each optional part: `{/:id}` of Express 5, `/:id?` of Express 4."""
    match = OPTIONAL.search(path)
    if match:
        start, end = path[: match.start()], path[match.end() :]
        return _variants(start + match[1] + end) + _variants(start + end)
    match = next((m for m in NAMED.finditer(path) if m[2] in ("?", "*")), None)
    if match:
        start, end = path[: match.start()], path[match.end() :]
        bare = match[0][:-1]
        return _variants(start + bare + end) + _variants(start.rstrip("/") + end)
    return [path]


def is_everything(path: str) -> bool:
    """Whether a pattern takes every path."""
    return path in EVERYTHING or re.fullmatch(r"/?\{?/?\*\w*\}?", path) is not None


def _from_expression(source: str) -> str:
    """A regular expression as a path: its groups are parameters."""
    text = source.removeprefix("^").removesuffix("$").replace("\\/", "/")
    if text.startswith(("(?!", "/(?!")):
        return "*"
    text = re.sub(r"/\?$|\(\?:/\|\$\)$", "", text)
    count = 0

    def name(match: re.Match[str]) -> str:
        nonlocal count
        if match[0].startswith("(?:"):
            return match[0]
        count += 1
        return f":{match[1] or f'group{count}'}"

    text = CAPTURED.sub(name, text)
    text = re.sub(r"\.\*", "*", text)
    return text.replace("\\", "") or "/"
