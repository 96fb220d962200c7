"""Rules in code that no believable value falls to: what may be sent although nobody can tell what they refuse."""

from __future__ import annotations

from comfrey.model.schema import Check, Schema

HARMLESS = (
    "iso",
    "format",
    "printable",
    "nul",
    "strip",
    "blank",
    "empty",
    "space",
    "lower",
    "normal",
    "once",
    "unique",
    "password",
)


def is_easy(schema: Schema) -> bool:
    """True for an optional member worth sending: a scalar without a rule that we do not understand."""
    scalar = schema.type in ("string", "integer", "number", "boolean") or bool(schema.enum)
    return scalar and schema.format != "binary" and all(map(is_harmless, schema.checks))


def is_harmless(check: Check) -> bool:
    """True for a validator that no believable value would fall to, by its name or by trial."""
    return check.lenient or any(word in check.name.lower() for word in HARMLESS)
