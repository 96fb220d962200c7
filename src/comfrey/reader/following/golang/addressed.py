"""What handlers cut out of the request's address themselves, where the router knows no parameters."""

from __future__ import annotations

from comfrey.reader.following.value import Given, Items
from comfrey.source.comparing import comparable
from comfrey.source.value import Const, Value
from comfrey.stacks.admission.cutting import PARAMETER, cut

PARTS = "parts"
"""The kind of a list that holds the parts of an address."""


def cut_out(name: str, args: tuple[Value, ...]) -> Value | None:
    """What is left of the address: `strings.TrimPrefix(r.URL.Path, "/books/")`; None for anything else."""
    text = args[0].value if args and isinstance(args[0], Const) else None
    if not isinstance(text, str) or not PARAMETER.search(text):
        return None
    more = [comparable(each) for each in args[1:]]
    found = None if None in more else cut(name, text, tuple(each[0] for each in more if each))
    if found is None:
        return None
    if name == "strings.CutPrefix":
        return Items([_part(str(found)), Const(found != text)], kind="tuple")
    return _part(found) if isinstance(found, str) else Items([_part(e) for e in found], kind=PARTS)


def _part(text: str) -> Value:
    named = PARAMETER.fullmatch(text)
    return Given("path", named[1]) if named else Const(text)
