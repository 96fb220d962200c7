"""A field that the body declares and the record has, but that nobody stores."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Argument, Attribute, Call, Constant, FunctionDef, Name, Subscript
from comfrey.stacks.orms.sqlalchemy.sessions import calls, functions_of

SYMPTOMS = (STORED, TOLD)
RANK = 16


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Author(name=author.name)` → `Author(name=author.name, bio=author.bio)`."""
    endpoint = project.endpoint(ailment.subject)
    body = endpoint.body.schema if endpoint and endpoint.body else None
    for field in ailment.fields:
        member = body.property(field) if body else None
        for function in functions_of(ailment, project, codebase) if member else ():
            found = _constructor(function, project, field)
            source = _source(found) if found else ""
            if found and member and source:
                name = member.attribute or member.name
                text = source.format(name=name) if member.required else _lenient(source, name)
                edit = mending.appended(found.arguments[-1].value, f", {field}={text}")
                summary = f"{field} is stored as it was sent"
                return Cure(summary=summary, edits=(edit,), place=found.place)
    return None


def _constructor(function: FunctionDef, project: Project, field: str) -> Call | None:
    """The call that makes the row, when it names its fields and this one is not among them."""
    names = {each.name for each in project.records if each.field(field)}
    for call in calls(function):
        is_record = isinstance(call.function, Name) and call.function.name in names
        named = {each.name for each in call.arguments}
        if is_record and call.arguments and "" not in named and field not in named:
            return call
    return None


def _source(call: Call) -> str:
    """How the other fields are read from what was sent, when it is the same for most: `author.{name}`."""
    owners = [_owner(each) for each in call.arguments]
    known = [each for each in owners if each]
    return max(sorted(set(known)), key=known.count) if known else ""


def _owner(argument: Argument) -> str:
    """`name=author.name`, `name=args["name"]`, `name=args.get("name")`."""
    match argument.value:
        case Attribute(of=Name(name=owner), name=name) if name == argument.name:
            return f"{owner}.{{name}}"
        case Subscript(of=Name(name=owner), index=Constant(value=name)) if name == argument.name:
            return f'{owner}["{{name}}"]'
        case Call(
            function=Attribute(of=Name(name=owner), name="get"),
            positional=(Constant(value=name), *_),
        ) if name == argument.name:
            return f'{owner}["{{name}}"]'
    return ""


def _lenient(source: str, name: str) -> str:
    """A member that may have been left out."""
    owner = source.partition("[")[0]
    return f'{owner}.get("{name}")' if "[" in source else source.format(name=name)
