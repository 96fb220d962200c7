"""The plural of English words, as Go's mappers form the names of tables (jinzhu/inflection)."""

from __future__ import annotations

import re

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


def plural(word: str) -> str:
    """`category` → `categories`."""
    if word in SAME:
        return word
    if word in IRREGULAR:
        return IRREGULAR[word]
    for pattern, ending in PLURALS:
        found, count = re.subn(pattern, ending, word)
        if count:
            return found
    return word + "s"
