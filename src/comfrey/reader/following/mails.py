"""A mail on its way: whom it is for and what is its subject, by the places of a call's arguments."""

from __future__ import annotations

from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Mapping, Method
from comfrey.source.value import External, Instance, Value
from comfrey.stacks.services import products

MAIL = "mail"
"""The one member of what is noted as sent, where a mail is."""
ADDRESSEES = ("recipient_list", "to")


def of(function: Value, passed: Passed) -> Mapping | None:
    """`send_mail("Hello", text, sender, [reader.email])`, or a message that was made so and is sent now:
    its `to` and `subject`; None where the shelf does not know the places."""
    made = function.of if isinstance(function, Method) else None
    if isinstance(made, Instance) and isinstance(made.of, External):
        given = _placed(made.of.last, made.args, dict(made.kwargs)) | made.fields
    elif isinstance(function, External):
        given = _placed(function.last, passed.args, dict(passed.kwargs))
    else:
        return None
    to = next((given[each] for each in ADDRESSEES if each in given), None)
    told = {"to": to, "subject": given.get("subject")}
    entries = {name: value for name, value in told.items() if value is not None}
    return Mapping(entries={MAIL: Mapping(entries=entries)}) if entries else None


def _placed(name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> dict[str, Value]:
    """The arguments by name; nothing where the shelf does not know the function."""
    known = next((each.parameters[name] for each in products() if name in each.parameters), None)
    return dict(zip(known, args, strict=False)) | kwargs if known else {}
