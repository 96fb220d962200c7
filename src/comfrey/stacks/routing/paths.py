"""Paths as routers spell them: parameters, wildcards, patterns."""

from __future__ import annotations

import posixpath
import re

COLON = re.compile(r":(\w+)(?:<[^>]*>)?(\?)?")
BRACES = re.compile(r"\{(\w+)(?:\.\.\.|:(?:[^{}]|\{[^{}]*\})*)?\}")
WILD = re.compile(r"[*+](\w*)")
METHOD = re.compile(r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)\s+(.*)$")


def spelled(path: str, syntax: str) -> tuple[str, ...]:
    """The paths that a pattern means, parameters as `{name}`."""
    if syntax == "braces":
        text = path.replace("{$}", "")
        text = BRACES.sub(lambda m: "{" + m[1] + "}", text)
        return (_wild(text),)
    optional = COLON.search(path)
    while optional is not None and not optional[2]:
        optional = COLON.search(path, optional.end())
    if optional is not None:
        shorter = path[: optional.start()].rstrip("/") + path[optional.end() :]
        longer = path[: optional.end() - 1] + path[optional.end() :]
        return (*spelled(longer, syntax), *spelled(shorter or "/", syntax))
    return (_wild(COLON.sub(lambda m: "{" + m[1] + "}", path)),)


def _wild(text: str) -> str:
    return WILD.sub(lambda m: "{" + (m[1] or "path") + "}", text)


def joined(prefix: str, path: str, slash: str) -> str:
    """A path below a prefix; "" where both are empty."""
    if not prefix and not path:
        return ""
    if slash == "joined":
        if not path:
            return prefix or "/"
        whole = posixpath.normpath(
            "/" + posixpath.join(prefix or "/", path.lstrip("/")).lstrip("/")
        )
        return whole + "/" if path.endswith("/") and whole != "/" else whole
    whole = re.sub(r"/{2,}", "/", prefix + path)
    if slash == "dropped":
        return whole.rstrip("/") or "/"
    return whole if whole.startswith("/") else "/" + whole


def parted(pattern: str) -> tuple[str, str]:
    """The method (or "") and the path of a pattern such as `GET example.com/books/{id}`."""
    match = METHOD.match(pattern.strip())
    method, rest = (match[1], match[2].strip()) if match else ("", pattern.strip())
    host = rest.partition("/")[0]
    return method, rest[len(host) :] or "/"
