"""GORM's names: columns in snake case, tables in the plural."""

from __future__ import annotations

import re

from comfrey.stacks.inflection import plural

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
