"""Plurals as the inflection library makes them, which Sequelize uses too; snake case as `underscored` does."""

from __future__ import annotations

import re

from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import Arguments, Const, Value

PACKAGES = ("inflection", "pluralize", "inflected", "lodash", "change-case")

IRREGULAR = {"person": "people", "man": "men", "woman": "women", "child": "children", "ox": "oxen",
             "foot": "feet", "tooth": "teeth", "goose": "geese", "mouse": "mice"}  # fmt: skip
SAME = ("sheep", "fish", "series", "species", "money", "rice", "information", "equipment", "news",
        "data", "media", "metadata")  # fmt: skip
PLURALS = (
    (r"(quiz)$", r"\1zes"),
    (r"(matr)(?:ix|ex)$", r"\1ices"),
    (r"(vert|ind)(?:ix|ex)$", r"\1ices"),
    (r"(x|ch|ss|sh)$", r"\1es"),
    (r"([^aeiouy]|qu)y$", r"\1ies"),
    (r"(?:([^f])fe|([lr])f)$", r"\1\2ves"),
    (r"sis$", "ses"),
    (r"([ti])um$", r"\1a"),
    (r"(buffal|tomat|potat|her)o$", r"\1oes"),
    (r"(alias|status|bus)$", r"\1es"),
    (r"s$", "s"),
    (r"$", "s"),
)
SINGULARS = (
    (r"(quiz)zes$", r"\1"),
    (r"(matr)ices$", r"\1ix"),
    (r"(alias|status|bus)es$", r"\1"),
    (r"(x|ch|ss|sh)es$", r"\1"),
    (r"([^aeiouy]|qu)ies$", r"\1y"),
    (r"([lr])ves$", r"\1f"),
    (r"(buffal|tomat|potat|her)oes$", r"\1o"),
    (r"(ss|us|is)$", r"\1"),
    (r"s$", ""),
)


def plural(name: str) -> str:
    """`OrderItem` → `OrderItems`."""
    return _inflected(name, PLURALS, IRREGULAR)


def singular(name: str) -> str:
    """`Categories` → `Category`."""
    return _inflected(name, SINGULARS, {v: k for k, v in IRREGULAR.items()})


def _inflected(name: str, endings: tuple[tuple[str, str], ...], irregular: dict[str, str]) -> str:
    start, word = re.fullmatch(r"(.*?)([A-Z]?[a-z0-9]*)", name, re.S).groups()  # type: ignore[union-attr]
    low = word.lower()
    if low in SAME:
        return name
    if low in irregular:
        made = irregular[low]
        return start + (made.capitalize() if word[:1].isupper() else made)
    for pattern, replacement in endings:
        if re.search(pattern, word, re.I):
            return start + re.sub(pattern, replacement, word, count=1, flags=re.I)
    return name


def underscored(name: str) -> str:
    """`orderItemId` → `order_item_id`."""
    found = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", found).lower()


def dashed(name: str) -> str:
    """`orderItem` → `order-item`."""
    return underscored(name).replace("_", "-")


def camelized(name: str) -> str:
    """`order_item` → `orderItem`."""
    return re.sub(r"[_\- ]+(\w)", lambda found: found[1].upper(), name)


WORDS = {
    "pluralize": plural,
    "plural": plural,
    "singularize": singular,
    "singular": singular,
    "underscore": underscored,
    "snakeCase": underscored,
    "tableize": lambda name: plural(underscored(name)),
    "dasherize": dashed,
    "kebabCase": dashed,
    "camelCase": camelized,
}


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`inflection.pluralize("order_item")`, `pluralize("box")`, `_.snakeCase("orderItem")`."""
    package, _, word = name.partition(".")
    args = arguments[0]
    said = comparable(args[0]) if args else None
    if package not in PACKAGES or not said or not isinstance(said[0], str):
        return None
    made = WORDS.get(word or package)
    return Const(made(said[0])) if made is not None else None
