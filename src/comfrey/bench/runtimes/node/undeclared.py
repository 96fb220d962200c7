"""Packages that the project uses and that nobody declared: drivers which their users are to install themselves."""

from __future__ import annotations

import re

NAME = r"((?:@[\w.-]+/)?[\w.-]+)"
MISSING = (
    re.compile(rf"has not been found installed\. Try to install it: npm install {NAME}"),
    re.compile(rf"Please install {NAME} package manually"),
    re.compile(rf"Cannot find (?:module|package) ['\"]{NAME}['\"]"),
    re.compile(rf"Knex: run\s+\$ npm install {NAME}"),
)
"""TypeORM (https://github.com/typeorm/typeorm, MissingDriverError), Sequelize, Node itself, knex."""
INSTALLED = ("@prisma/client", ".prisma")
"""What another tool makes."""


def named_in(error: str) -> str:
    """The package that an error says is not installed; "" where it says nothing of the kind."""
    found = (pattern.search(error) for pattern in MISSING)
    name = next((each[1] for each in found if each), "")
    return "" if name.startswith((".", *INSTALLED)) or name.endswith((".js", ".ts")) else name
