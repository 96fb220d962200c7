"""The cast: believable values by field name that satisfy every declared rule, the same on every run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from rstr import Rstr

from comfrey.model.schema import Schema
from comfrey.planner.acceptance import accepts, fits_pattern
from comfrey.planner.wording import snake

PASSWORD, WRONG = "Violet-Harbour-42", "Wrong-Harbour-17"
"""What every user of the suite logs in with, and what none does, where no rule speaks against it."""
IMAGES = {
    "image/png": "89504e470d0a1a0a",
    "image/jpeg": "ffd8ffe0",
    "image/gif": "47494638396101000100800000000000ffffff2c00000000010001000002024401003b",
}
"""How a file of each kind begins; the last one is whole, of a single pixel, for those who look inside."""
MORE = range(2, 6)
"""Numbers behind the words of the cast, once all of them are taken."""
DATED = {
    "date": ("date", "birthday", "birthdate", "dob", "deadline"),
    "date-time": ("at", "datetime", "timestamp"),
}
"""The last word of a text's name that says which form its value has, where no schema says so."""
MISSING_NUMBER = 999_999
MISSING_OBJECT = "0123456789abcdef01234404"
MISSING_MAIL = "nobody@example.com"
MISSING_UUID = "00000000-0000-4000-8000-000000000404"

Entry = dict[str, list[Any]]
COUNTRY_CODE = 2
"""As long is the name of a country that is its code (ISO 3166)."""


class NoValue(Exception):
    """No value could be found that satisfies the rules; the text says which."""


def pick(name: str, *schemas: Schema, nth: int = 0, record: str = "") -> Any:
    """The `nth` value (a JSON scalar) for a field called `name` that all `schemas` accept.

    Never a declared default, never zero or the empty string. `NoValue` when there is none; where
    the rules leave fewer values than asked for (a boolean, a short enum) they come round again.
    """
    made = (each for schema in schemas for each in _candidates(name, schema, record))
    fitting = (each for each in made if _fits(each, schemas))
    found = list(islice(_distinct(fitting), nth + 1))
    if not found:
        found = [each for each in _defaults(schemas) if _fits(each, schemas, fresh=False)]
    if not found:
        raise NoValue(f"no value for {name} satisfies its rules")
    return found[nth % len(found)]


def password(schemas: Sequence[Schema], usual: str = PASSWORD) -> str:
    """A password that all of the schemas take: the usual one, else the first of the cast's (the last, for one that
    is wrong); the usual one as well where there is none."""
    known = words_for("words", "password")
    ordered = known if usual == PASSWORD else [*reversed(known)]
    fitting = (each for each in (usual, *ordered) if all(accepts(one, each) for one in schemas))
    return next(fitting, usual)


def words_for(kind: str, name: str, record: str = "") -> list[Any]:
    """The values of the best entry of `cast.toml` under `kind` (`words numbers dates`)."""
    parts = snake(name).split("_")
    owner = snake(record).split("_")[-1]
    tails = ["_".join(parts[at:]) for at in range(len(parts))]
    for tail in [*tails, *reversed(parts)]:
        for strict in (True, False):
            for entry in _entries()[kind]:
                fits = owner in entry["records"] if strict else not entry.get("records")
                if (not strict or entry.get("records")) and fits and tail in entry["names"]:
                    return entry["values"]
    return next(entry["values"] for entry in _entries()[kind] if not entry["names"])


@cache
def _entries() -> dict[str, list[Entry]]:
    table: dict[str, list[Entry]] = tomllib.loads(
        (Path(__file__).parent / "cast.toml").read_text(encoding="utf-8")
    )
    for entries in table.values():
        for entry in entries:
            entry.setdefault("records", [])
    return table


def _fits(value: Any, schemas: tuple[Schema, ...], fresh: bool = True) -> bool:
    if fresh and any(each.has_default and each.default == value for each in schemas):
        return False
    if fresh and not isinstance(value, bool) and value in (0, ""):
        return False
    return all(accepts(each, value) for each in schemas)


def _defaults(schemas: tuple[Schema, ...]) -> Iterator[Any]:
    for schema in schemas:
        if schema.has_default and schema.default is not None:
            yield schema.default
        yield from schema.enum
    yield 0


def _distinct(values: Iterator[Any]) -> Iterator[Any]:
    seen: list[Any] = []
    for value in values:
        if value not in seen:
            seen.append(value)
            yield value


def _candidates(name: str, schema: Schema, record: str) -> Iterator[Any]:
    if schema.any_of:
        for each in schema.any_of:
            if each.type != "null":
                yield from _candidates(name, each, record)
    elif schema.enum:
        yield from schema.enum
    elif schema.type == "boolean":
        yield from (True, False)
    elif schema.type in ("integer", "number"):
        yield from _numbers(name, schema, record)
    elif schema.type == "string":
        yield from _texts(name, schema, record)


def _numbers(name: str, schema: Schema, record: str) -> Iterator[Any]:
    whole = schema.type == "integer"
    for number in words_for("numbers", name, record):
        yield int(number) if whole else _fraction(number, schema)
    low = schema.minimum if schema.minimum is not None else schema.exclusive_minimum
    high = schema.maximum if schema.maximum is not None else schema.exclusive_maximum
    step = schema.multiple_of or (1 if whole else 0.5)
    start = low if low is not None else (high - 12 * step if high is not None else step)
    start = start - start % step if schema.multiple_of else start
    for count in range(1, 40):
        yield start + count * step
    yield start


def _fraction(number: float, schema: Schema) -> Any:
    if schema.format != "decimal" and number > 100:
        number = number / 100
    if schema.format == "decimal":
        return f"{number / 100:.2f}" if number > 100 else f"{number:.2f}"
    return float(number)


def _texts(name: str, schema: Schema, record: str) -> Iterator[Any]:
    form = schema.format
    if form in ("date", "date-time", "time", "duration", "uuid", "objectid", "decimal"):
        yield from _formatted(name, form, record)
        return
    if form == "email":
        yield from _mail_addresses(name)
        return
    if form == "uri":
        yield from words_for("words", "url")
        return
    if form == "password" or "password" in snake(name).split("_"):
        yield from words_for("words", "password")
    last = snake(name).rpartition("_")[2]
    for form, names in DATED.items() if not schema.pattern else ():
        if last in names:
            yield from _formatted(name, form, record)
    short = last == "country" and schema.max_length == COUNTRY_CODE
    words = words_for("words", "country_code" if short else name, record)
    yield from words
    if schema.pattern:
        yield from _from_pattern(schema)
    yield from (_stretched(each, schema) for each in [*words, *words_for("words", "")])
    for number in MORE:
        yield from (f"{each}{'' if each.isalnum() else ' '}{number}" for each in words)


def _mail_addresses(name: str) -> Iterator[str]:
    known = words_for("words", "email" if "mail" not in snake(name) else name)
    yield from known
    yield from words_for("words", "email")
    for number in MORE:
        yield from (each.replace("@", f"{number}@", 1) for each in known)


def _formatted(name: str, form: str, record: str) -> Iterator[str]:
    dates = words_for("dates", name, record)
    match form:
        case "date":
            yield from dates
        case "date-time":
            yield from (f"{each}T09:30:00Z" for each in dates)
        case "time":
            yield from (f"{hour:02d}:30:00" for hour in range(9, 17))
        case "duration":
            yield from (f"PT{minutes}M" for minutes in range(15, 120, 15))
        case "uuid":
            yield from (f"6f1c2d3e-4b5a-4c6d-8e7f-{9 + at:012d}" for at in range(40))
        case "objectid":
            yield from (f"65f1c2d3e4b5a6c7d8e9f{9 + at:03x}" for at in range(40))
        case "decimal":
            yield from (f"{each / 100:.2f}" for each in words_for("numbers", name, record))


def _from_pattern(schema: Schema) -> Iterator[str]:
    """Texts that match the pattern, made by rstr from fixed seeds and checked by the regular expression."""
    pattern = schema.pattern.replace("\\Z", "$").replace("\\A", "^")
    for seed in range(40):
        try:
            text = Rstr(Random(seed)).xeger(pattern)
        except (re.error, ValueError, KeyError, IndexError):
            return
        text = text[: schema.max_length] if schema.max_length is not None else text
        if text.isprintable() and fits_pattern(schema.pattern, text):
            yield text


def _stretched(text: str, schema: Schema) -> str:
    """The text cut or repeated into the declared length."""
    if schema.max_length is not None and len(text) > schema.max_length:
        return text[: schema.max_length].strip(" -.") or text[: schema.max_length]
    while schema.min_length is not None and len(text) < schema.min_length:
        text = f"{text} {text}"[: max(schema.min_length, len(text) + 1)]
    return text
