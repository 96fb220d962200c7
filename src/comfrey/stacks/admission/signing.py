"""Routes on which passport signs callers in by a name and a password of the body.

Source: https://github.com/jaredhanson/passport-local/blob/master/lib/strategy.js
"""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.value import DictValue, Instance, Value, plain
from comfrey.stacks.admission.packaged import names_of, verifiers
from comfrey.stacks.admission.passage import CALLABLE

INCOMPLETE = 400
"""What the strategy answers where the name or the password is left out, whatever its own function says."""
ELSEWHERE = ("failureRedirect", "failWithError")
"""Options with which another place answers."""


def fields_of(made: Value, codebase: Codebase) -> tuple[str, ...]:
    """The members of the body that a `passport.authenticate(…)` reads; none where it reads no name and password."""
    named = names_of(made)
    known = (each.fields for each in verifiers(codebase) if each.name in named)
    return next((each for each in known if each), ())


def refusal_of(made: Value) -> int | None:
    """What passport itself answers to a body without these members; None where the code answers."""
    args = made.args[1:] if isinstance(made, Instance) else ()
    if any(isinstance(each, CALLABLE) for each in args):
        return None
    return None if any(_answers_elsewhere(each) for each in args) else INCOMPLETE


def _answers_elsewhere(options: Value) -> bool:
    return isinstance(options, DictValue) and any(map(plain, _said(options)))


def _said(options: DictValue) -> Iterator[Value]:
    found = (options.get(name) for name in ELSEWHERE)
    return (each for each in found if each is not None)
