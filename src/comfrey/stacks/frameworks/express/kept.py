"""What an app keeps for its handlers: `app.set("models", models)` and `app.locals.models`, asked for as `req.app`."""

from __future__ import annotations

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    DictValue,
    External,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks.admission.visits import Visitor

APP = "<app>"
KEPT, LOCALS = "<kept>", "locals"


def kept(app: Instance, codebase: Codebase) -> Instance:
    """The app as a request shows it: its settings under `KEPT`, its locals, as far as they are known."""
    ev = codebase.evaluator
    shared = ev.bound(app, LOCALS)
    settings, held = DictValue([], None, True), DictValue([], None, True)
    for event in ev.events:
        if event.name == "set" and event.receiver is app and len(event.args) == 2:
            settings.items.append((event.args[0], event.args[1]))
        elif event.name == "__setattr__" and event.receiver is shared:
            held.items.append((event.args[0], event.args[1]))
    return Instance(External(APP), fields={KEPT: settings, LOCALS: held})


def met(visitor: Visitor, called: Value, given: Arguments) -> Value | None:
    """`req.app.get("models")` while a function is tried out; None for other calls."""
    app = called.receiver if isinstance(called, BoundExternal) and called.name == "get" else None
    if not isinstance(app, Instance) or app.of != External(APP) or not given[0]:
        return None
    settings = app.fields[KEPT]
    return settings.get(text_of(given[0][0]) or "") if isinstance(settings, DictValue) else None
