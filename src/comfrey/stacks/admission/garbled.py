"""What an app answers to a body that is no JSON at all: its parser's error, as the app's own functions make of it."""

from __future__ import annotations

from comfrey.source.value import Const, External, Instance, UnknownValue, Value
from comfrey.stacks.admission.passage import answered
from comfrey.stacks.admission.visits import Answer, Stage

USUAL = 400
"""What the parsers of Express, Fastify and NestJS give their error to be answered with."""


def garbled(stage: Stage, **more: Value) -> int:
    """The status that the app's functions for errors answer with, where it blames the caller; else the parser's.

    `more` are members of the error that only one parser's has."""
    unknown = UnknownValue("depends on the body")
    told: dict[str, Value] = {
        "status": Const(USUAL),
        "statusCode": Const(USUAL),
        "message": unknown,
    }
    error = Instance(External("SyntaxError"), fields={**told, **more})
    try:
        status = answered(stage, Answer("error", error=error)).status
    except Exception:  # noqa: BLE001 - what cannot be tried out is left to the parser
        return USUAL
    return status if status is not None and 400 <= status < 500 else USUAL
