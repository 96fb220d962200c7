"""Flags that are bound to a variable: until the command line says otherwise, it has the default."""

from __future__ import annotations

import re

from tree_sitter import Node as Raw

from comfrey.languages.go.expressions import ExpressionLowering
from comfrey.source.node import Assign

BOUND = re.compile(r"p?flag\.(?:String|Int|Int64|Uint|Uint64|Bool|Duration|Float64)Var(P?)")
"""`flag.StringVar(&v, name, default, usage)`; one of pflag with a P has a letter before the default."""


def assigned(lowering: ExpressionLowering, raw: Raw) -> Assign | None:
    """`flag.StringVar(&cfg.dsn, "dsn", os.Getenv("DSN"), "")` as `cfg.dsn = os.Getenv("DSN")`; None for any other call."""
    if raw.type != "call_expression":
        return None
    found = BOUND.fullmatch(lowering.raw_text(raw.child_by_field_name("function")))
    given = lowering.inside(raw.child_by_field_name("arguments"))
    at = 3 if found and found[1] else 2
    if found is None or len(given) <= at or given[0].type != "unary_expression":
        return None
    target = lowering.field(given[0], "operand")
    return Assign(lowering.span(raw), (target,), lowering.expression(given[at]), declares=False)
