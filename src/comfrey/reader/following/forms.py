"""Forms that take by themselves what was sent: `form = BookForm()`, then `form.title.data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Dump, Given
from comfrey.source import node as n
from comfrey.source.value import ClassValue, Const, External, Instance, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

SENDING = ("POST", "PUT", "PATCH", "DELETE")
FIELD = External("<field of a form>")


def is_form(machine: Machine, kind: Value) -> bool:
    """Whether objects of a class are such forms."""
    forms = machine.dialect.forms
    return bool(forms) and isinstance(kind, ClassValue) and machine.codebase.is_a(kind, *forms)


def bind(machine: Machine, made: Instance, passed: Passed) -> None:
    """The form's object holds each field (`form.title.data`), and the whole (`form.data`)."""
    if machine.shapes is None or not is_form(machine, made.of):
        return
    schema = machine.shapes.of(made.of)
    given = passed.at(0, "formdata")
    kind = given.kind if isinstance(given, Given) else "form"
    for each in schema.properties:
        sent = Given(kind, each.name, each.schema)
        made.fields[each.attribute] = Instance(
            FIELD, fields={"data": sent, "name": Const(each.name)}
        )
    made.fields["data"] = Dump(Given(kind, "", schema))


def call(
    machine: Machine, of: Instance, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """What a form does by itself: what fits is taken to be sent by the methods that send."""
    if not is_form(machine, of.of):
        return None
    match name:
        case "validate_on_submit" | "is_submitted":
            return Const(machine.method in SENDING)
        case "validate":
            return Const(True)
        case "populate_obj" if passed.args and at is not None:
            for each in [*of.fields]:
                if (field := _sent(of, each)) is not None:
                    machine.set(passed.args[0], each, field, at)
            return Const(None)
    return None


def _sent(form: Instance, name: str) -> Value | None:
    field = form.fields[name]
    return field.fields.get("data") if isinstance(field, Instance) and field.of is FIELD else None
