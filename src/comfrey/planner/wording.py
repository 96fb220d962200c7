"""Words for titles: nouns of the project's records, fields and roles, in plain English."""

from __future__ import annotations

import re
from functools import cache

IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women"}
UNCOUNTED = (
    "news",
    "series",
    "stock",
    "feedback",
    "information",
    "metadata",
    "media",
    "data",
    "content",
)
ACRONYMS = ("id", "url", "isbn", "sku", "api", "ip", "uuid")


@cache
def snake(name: str) -> str:
    """`OrderItem`, `orderItem`, `order-item` → `order_item`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", spaced)
    return re.sub(r"[^0-9A-Za-z]+", "_", spaced).strip("_").lower()


def words(name: str) -> str:
    """`OrderItem` → `order item`, `UserEntity` → `user`, `items.0.book_id` → `book id`, `is_active` → `active flag`."""
    last = [each for each in name.split(".") if not each.isdigit()] or [name]
    bare = KIND.sub("", last[-1])
    flag = re.fullmatch(r"is_(\w+)", snake(bare))
    return (f"{flag[1]}_flag" if flag else snake(bare)).replace("_", " ")


KIND = re.compile(r"(?<=[a-z0-9])(?:Entity|SchemaClass|Model|Orm|ORM|DB)$")
"""What some projects end the names of all their records in."""


def called(record: str) -> str:
    """What a row of a record is called in code: `UserModel` → `user`."""
    return snake(KIND.sub("", record))


def plural(noun: str) -> str:
    """The noun in plural, good enough for names of tables: `category` → `categories`."""
    head, _, last = noun.rpartition(" ")
    many = _plural_word(last)
    return f"{head} {many}" if head else many


def _plural_word(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in UNCOUNTED or word.endswith(("ss", "x", "ch", "sh")):
        return word if word in UNCOUNTED else f"{word}es"
    if word.endswith("s"):
        return word
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}s"


@cache
def singular(noun: str) -> str:
    """The noun in singular: `categories` → `category`, `addresses` → `address`."""
    for one, many in IRREGULAR.items():
        if noun.endswith(many):
            return noun.removesuffix(many) + one
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if noun.endswith(("sses", "xes", "ches", "shes")):
        return noun[:-2]
    if noun.rpartition(" ")[2] in UNCOUNTED:
        return noun
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and noun not in UNCOUNTED:
        return noun[:-1]
    return noun


def a(noun: str) -> str:
    """The noun with its article: `an order`, `a user`, `an isbn`; none before `credentials`."""
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "series", "news", "address")):
        return noun
    silent = ("user", "uni", "use", "eur", "one", "uuid", "url")
    vowel = noun[:1] in "aeio" or (noun[:1] == "u" and not noun.startswith(silent))
    return f"an {noun}" if vowel and not noun.startswith(silent) else f"a {noun}"


DOUBLED = (
    "cancel",
    "label",
    "model",
    "travel",
    "log",
    "ship",
    "put",
    "set",
    "ban",
    "pin",
    "submit",
)


def gerund(verb: str) -> str:
    """`pay` → `paying`, `create` → `creating`, `cancel` → `cancelling`."""
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1]}ing" if verb in DOUBLED else f"{verb}ing"


def another(noun: str) -> str:
    """`another order`."""
    return f"another {noun}"


def listed(nouns: list[str] | tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(nouns) < 2:
        return "".join(nouns)
    return f"{', '.join(nouns[:-1])} and {nouns[-1]}"


def slug(title: str) -> str:
    """A title as an identifier for ids: lower-case words joined by dashes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
