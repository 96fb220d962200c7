"""What a module's text says that it gives away, and whether importing it starts a server."""

from __future__ import annotations

import re

REMARK = re.compile(r"^[^\S\n]*//[^\n]*$|/\*[\s\S]*?\*/", re.MULTILINE)
STATEMENT = re.compile(r"^(?=[\w(!;@])", re.MULTILINE)
"""Where a statement of a module's top begins, as code is laid out."""
DEFINES = re.compile(
    r"(?:export\s+(?:default\s+)?)?(?:async\s+)?(?:function|class|interface|type|enum)\b"
    r"|[^=(]*=\s*(?:async\s+)?(?:function\b|\([^()]*\)[^=(]*=>|\w+\s*=>|\{)"
    r"|export\s+default\s+(?:async\s+)?(?:\([^()]*\)[^=(]*=>|\w+\s*=>|\{)"
)
"""What only says what would be done."""
UNTESTED = re.compile(r"if\s*\(.*NODE_ENV\s*!==?\s*['\"]test")
CALLED = re.compile(r"^(?:void\s+|await\s+)?(\w+)\(", re.MULTILINE)
LISTENING = re.compile(r"\.listen\s*\(")
GUARDED = re.compile(r"require\.main\s*={2,3}\s*module|import\.meta\.main|process\.argv\[1\]")


def exported_name(text: str, name: str) -> str:
    """The name under which a module exports its variable `name`: itself, `default`, or "" when it does not."""
    whole = (
        rf"\bexport\s+default\s+(?:async\s+)?(?:function\s+|class\s+)?{name}\b|\bmodule\.exports\s*=\s*{name}\b"
        rf"|\bexport\s*=\s*{name}\b|\bmodule\.exports\s*=\s*(?:async\s+)?function\s+{name}\b"
    )
    if re.search(whole, text):
        return "default"
    named = (
        rf"\bexport\s+(?:declare\s+)?(?:const|let|var|class|(?:async\s+)?function\*?)\s+{name}\b"
        rf"|\bexport\s*\{{[^}}]*\b{name}\b(?!\s+as\b)|\bexports\.{name}\s*="
        rf"|\bmodule\.exports\s*=\s*\{{[^}}]*\b{name}\b"
    )
    return name if re.search(named, text) else _member_of_whole(text, name)


def _member_of_whole(text: str, name: str) -> str:
    """`db.connection = sequelize` on the object that the module gives away as a whole."""
    whole = re.search(r"\bmodule\.exports\s*=\s*(\w+)\s*;?\s*$", text, re.MULTILINE)
    if whole is None:
        return ""
    found = re.search(rf"\b{whole[1]}\.(\w+)\s*=\s*{name}\s*;?\s*$", text, re.MULTILINE)
    return found[1] if found else ""


def listens(text: str) -> bool:
    """Whether running the module in a test starts a server: only as the program's main module does not count."""
    starts = any(LISTENING.search(each) for each in _done(text)) or any(
        LISTENING.search(_body(text, match[1])) for match in CALLED.finditer(text)
    )
    return starts and GUARDED.search(text) is None


def _done(text: str) -> list[str]:
    """The statements of a module's top that do something as it is imported, while tests run."""
    found = STATEMENT.split(REMARK.sub("", text))
    return [each for each in found if not (DEFINES.match(each) or UNTESTED.match(each))]


def _body(text: str, name: str) -> str:
    """The text of a function that the module defines at its top."""
    made = re.search(rf"^(?:async\s+)?function\s+{name}\b|^const\s+{name}\s*=", text, re.MULTILINE)
    return text[made.start() : text.find("\n}", made.start())] if made else ""
