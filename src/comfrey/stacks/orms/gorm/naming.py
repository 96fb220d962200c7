"""GORM's names: columns in snake case, tables in the plural."""

from __future__ import annotations

import re

INITIALISMS = [
    "API",
    "ASCII",
    "CPU",
    "CSS",
    "DNS",
    "EOF",
    "GUID",
    "HTML",
    "HTTP",
    "HTTPS",
    "ID",
    "IP",
    "JSON",
    "LHS",
    "QPS",
    "RAM",
    "RHS",
    "RPC",
    "SLA",
    "SMTP",
    "SSH",
    "TLS",
    "TTL",
    "UID",
    "UI",
    "UUID",
    "URI",
    "URL",
    "UTF8",
    "VM",
    "XML",
    "XSRF",
    "XSS",
]
SAME = frozenset(
    [
        "equipment",
        "information",
        "rice",
        "money",
        "species",
        "series",
        "fish",
        "sheep",
        "jeans",
        "police",
        "milk",
        "salt",
        "staff",
        "data",
    ]
)
IRREGULAR = {
    "person": "people",
    "man": "men",
    "child": "children",
    "sex": "sexes",
    "move": "moves",
    "mombie": "mombies",
    "cow": "cows",
    "ox": "oxen",
    "foot": "feet",
    "goose": "geese",
    "tooth": "teeth",
}
PLURALS = (
    (r"(quiz)$", r"\1zes"),
    (r"([ml])ouse$", r"\1ice"),
    (r"(matr|vert|ind)(?:ix|ex)$", r"\1ices"),
    (r"(x|ch|ss|sh)$", r"\1es"),
    (r"([^aeiouy]|qu)y$", r"\1ies"),
    (r"(hive)$", r"\1s"),
    (r"(?:([^f])fe|([lr])f)$", r"\1\2ves"),
    (r"sis$", "ses"),
    (r"([ti])um$", r"\1a"),
    (r"([ti])a$", r"\1a"),
    (r"(buffal|tomat|potat|her)o$", r"\1oes"),
    (r"(bu)s$", r"\1ses"),
    (r"(alias|status|virus|campus)$", r"\1es"),
    (r"(octop)us$", r"\1i"),
    (r"^(ax|test)is$", r"\1es"),
    (r"s$", "s"),
)


def column(name: str) -> str:
    """`AuthorID` → `author_id`, `ISBN` → `isbn`."""
    for each in INITIALISMS:
        name = name.replace(each, each.title())
    found = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", found).lower()


def table(name: str) -> str:
    """`OrderItem` → `order_items`."""
    whole = column(name)
    start, _, last = whole.rpartition("_")
    return f"{start}_{plural(last)}" if start else plural(last)


def plural(word: str) -> str:
    if word in SAME:
        return word
    if word in IRREGULAR:
        return IRREGULAR[word]
    for pattern, ending in PLURALS:
        found, count = re.subn(pattern, ending, word)
        if count:
            return found
    return word + "s"
