"""Passport: what a strategy's own function hands over is the caller (`done(null, user)`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.reader.following import promises
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Derived, Either, Given, Row, either
from comfrey.source import node as n
from comfrey.source.value import Const, Instance, ListValue, Value, plain
from comfrey.stacks.admission.packaged import is_passport
from comfrey.stacks.requests import Strategy

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

DONE = "<done>"
NONE = Const(None)


def is_strategy(value: Instance) -> bool:
    """Whether it is `passport.authenticate(…)`, which is to be called with request, reply and next."""
    return is_passport(value)


def enter(machine: Machine, of: Instance, passed: Passed, at: n.Expression | None) -> Value:
    """`passport.authenticate(name, options, callback)(request, reply, next)`: the callback is given the
    caller; without one the caller is put on the request."""
    request = passed.at(0, "req")
    callback = next((e for e in of.args[1:] if isinstance(e, promises.CALLABLE)), None)
    user = somebody(_caller(machine, of, request))
    if callback is not None:
        return machine.call(callback, (NONE, user, NONE))
    if isinstance(user, Row):
        user.certain = True
    if isinstance(request, Instance):
        request.fields["user"] = user
    return NONE


def _caller(machine: Machine, of: Instance, request: Value | None) -> Value:
    """Who the strategies say is calling; the token's claims where none of them can be followed."""
    for name in _names(of):
        strategy = machine.strategies.get(name)
        if strategy is not None:
            return _verified(machine, strategy, request)
    return Given("claim")


def _names(of: Instance) -> list[str]:
    first = of.args[0] if of.args else None
    listed = first.items if isinstance(first, ListValue) else [first]
    return [str(plain(each)) for each in listed if each is not None]


def _verified(machine: Machine, strategy: Strategy, request: Value | None) -> Value:
    """What the strategy's function makes of what it is shown."""
    done = promises.listener(DONE)
    shown = _shown(strategy)
    asked = (request or NONE,) if strategy.asks else ()
    found = machine.call(strategy.verify, (*asked, *shown, done))
    user = promises.told(done, position=1)
    if user is None:
        return found if isinstance(found, Row | Either | Given) else Given("claim")
    return user


def _shown(strategy: Strategy) -> tuple[Value, ...]:
    if strategy.fields:
        return tuple(Given("body", each) for each in strategy.fields)
    if strategy.tokens:
        return (Given("claim"),)
    return tuple(Derived("handed") for _ in range(3))


def somebody(user: Value) -> Value:
    """Who was handed over, without the ways that hand over nobody."""
    options = user.options if isinstance(user, Either) else ()
    kept = tuple((t, e) for t, e in options if not (isinstance(e, Const) and not e.value))
    return either(kept) if kept else user
