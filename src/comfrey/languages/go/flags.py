"""Flags of the command line: settings like any other, by the name with its dashes (`-dsn`)."""

from __future__ import annotations

import re

from tree_sitter import Node as Raw

from comfrey.languages.go.expressions import ExpressionLowering
from comfrey.languages.go.settings import setting
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Assign
from comfrey.source.value import Const, Value, text_of

WORD = "<flag>"
GIVEN = re.compile(
    r"^(?:flag|github\.com/spf13/pflag)\.(String|Int|Int64|Uint|Bool|Duration|Float64)(P?)$"
)

BOUND = re.compile(r"p?flag\.(?:String|Int|Int64|Uint|Uint64|Bool|Duration|Float64)Var(P?)")
"""`flag.StringVar(&v, name, default, usage)`; one of pflag with a P has a letter before the default."""


def assigned(lowering: ExpressionLowering, raw: Raw) -> Assign | None:
    """`flag.StringVar(&cfg.dsn, "dsn", "shop.db", "")` as `cfg.dsn` set to what the flag says; None for any other
    call."""
    if raw.type != "call_expression":
        return None
    found = BOUND.fullmatch(lowering.raw_text(raw.child_by_field_name("function")))
    given = lowering.inside(raw.child_by_field_name("arguments"))
    at = 3 if found and found[1] else 2
    if found is None or len(given) <= at or given[0].type != "unary_expression":
        return None
    target = lowering.field(given[0], "operand")
    name = lowering.expression(given[1])
    flag = lowering.special(lowering.span(raw), WORD, name, lowering.expression(given[at]))
    return Assign(lowering.span(raw), (target,), flag, declares=False)


def named(ev: Evaluator, name: str, args: tuple[Value, ...]) -> Value | None:
    """What `flag.String(name, default, usage)` gives: the setting that the flag is; the default where that can be told
    in another way already, or is no text and no number."""
    match = GIVEN.match(name)
    at = 2 if match and match[2] else 1
    if match is None or len(args) <= at:
        return None
    return told(ev, args[0], args[at], "--" if "pflag" in name else "-")


def told(ev: Evaluator, name: Value, default: Value, dashes: str = "-") -> Value:
    """The setting that a flag is."""
    said = default.value if isinstance(default, Const) else None
    plain = isinstance(said, str | int) and not isinstance(said, bool)
    known = text_of(name)
    cast = "int" if isinstance(said, int) else ""
    return setting(ev, f"{dashes}{known}", default, cast) if plain and known else default
