"""samber/do: an injector holds functions by the type that they give, or by a name, and calls each when it is asked for
(https://do.samber.dev/docs/service-invocation/service-invocation)."""

from __future__ import annotations

from comfrey.languages.go.container import first, keys, result
from comfrey.source.evaluate import Evaluator
from comfrey.source.value import Instance, UnknownValue, Value, text_of

PACKAGES = ("github.com/samber/do.", "github.com/samber/do/v2.")
PROVIDERS = ("Provide", "ProvideTransient", "Override")
NAMED = ("ProvideNamed", "ProvideNamedTransient", "OverrideNamed")
VALUES = ("ProvideValue", "OverrideValue")
NAMED_VALUES = ("ProvideNamedValue", "OverrideNamedValue")
INVOKED = ("Invoke", "MustInvoke")
INVOKED_BY_NAME = ("InvokeNamed", "MustInvokeNamed")
MAKER, MADE = "<provider {}>", "<provided {}>"


def call(ev: Evaluator, name: str, args: tuple[Value, ...], kind: Value | None) -> Value | None:
    """A call of the package's own functions; None for others, and where nothing was provided. `kind` is the type
    that a generic function is called with."""
    package = next((each for each in PACKAGES if name.startswith(each)), None)
    if package is None or not args or not isinstance(args[0], Instance):
        return None
    word, box = name.removeprefix(package), args[0]
    if word in (*PROVIDERS, *NAMED, *VALUES, *NAMED_VALUES):
        _provide(ev, word, args, kind)
        return None
    if word in (*INVOKED, *INVOKED_BY_NAME):
        key = text_of(args[1]) if word in INVOKED_BY_NAME and len(args) > 1 else _key(kind)
        found = _invoke(ev, box, key or "")
        return found if found is None or not word.startswith("Must") else first(found)
    return None


def _provide(ev: Evaluator, word: str, args: tuple[Value, ...], kind: Value | None) -> None:
    box, given = args[0], args[-1]
    assert isinstance(box, Instance)
    if word in (*NAMED, *NAMED_VALUES):
        key = text_of(args[1])
    elif word in VALUES:
        key = _key(kind) or _key(given.of if isinstance(given, Instance) else None)
    else:
        key = _key(kind) or _key(result(ev, given))
    if key:
        slot = MADE if word in (*VALUES, *NAMED_VALUES) else MAKER
        box.fields[slot.format(key)] = given


def _invoke(ev: Evaluator, box: Instance, key: str) -> Value | None:
    """What is held under a key, made at the first asking."""
    made, maker = MADE.format(key), MAKER.format(key)
    if made not in box.fields and maker in box.fields:
        box.fields[made] = UnknownValue("asks for itself")
        box.fields[made] = ev.call(box.fields[maker], (box,))
    return box.fields.get(made)


def _key(kind: Value | None) -> str:
    return next(keys(kind), "")
