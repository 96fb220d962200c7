"""What the pages of an app say of its rules: the forms that are sent to one, the links that lead there."""

from __future__ import annotations

import re

from comfrey.source.codebase import Codebase
from comfrey.source.value import FunctionValue
from comfrey.stacks.frameworks.flask.routes import Route, view_class

PAGES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".txt")
FORM = re.compile(rb"<form\b[^>]*>", re.I)
POSTED = re.compile(rb"\bmethod\s*=\s*[\"']?post\b", re.I)
NAMED = re.compile(rb"\burl_for\(\s*[\"']([\w.]+)[\"']")
ASKS = re.compile(r"\brequest\.method\b|\.(?:validate_on_submit|is_submitted)\(")
"""How a view that shows a page tells a form from a look."""


class Buttons:
    """The names of rules that forms are posted to, and those that anything else leads to."""

    def __init__(self, codebase: Codebase) -> None:
        tree = codebase.tree
        self.posted: set[str] = set()
        self.linked: set[str] = set()
        for suffix in PAGES:
            for file in tree.containing((b"url_for",), suffix):
                text = tree.text(file)
                forms = [each for each in FORM.findall(text) if POSTED.search(each)]
                self.posted |= {name.decode() for form in forms for name in NAMED.findall(form)}
                self.linked |= {name.decode() for name in NAMED.findall(FORM.sub(b"", text))}
        for file in tree.containing((b"url_for",)):
            if not codebase.language.is_test(file):
                self.linked |= {name.decode() for name in NAMED.findall(tree.text(file))}

    def any_method(self, route: Route, function: FunctionValue, method: str) -> bool | None:
        """Whether a look carries out what the app's own pages ask for by forms alone; False where a look cannot, or
        the view tells them apart. None where nothing says how it is meant."""
        if view_class(route.target) is not None:
            return None
        told_apart = bool(ASKS.search(function.node.text))
        if method != "GET":
            return False if told_apart or "GET" not in route.methods else None
        asked = _is_among(route.endpoint, self.posted) and not _is_among(
            route.endpoint, self.linked
        )
        return True if asked and not told_apart else None


def _is_among(endpoint: str, names: set[str]) -> bool:
    """By its whole name, or by the last part, as its own blueprint calls it."""
    return endpoint in names or f".{endpoint.rpartition('.')[2]}" in names
