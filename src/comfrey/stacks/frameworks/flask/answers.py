"""Declared answers: the success status and its shape, by decorators or by what the code returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from comfrey.model.endpoint import Response
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    Constant,
    DictOf,
    Expression,
    Name,
    Return,
    Subscript,
    TupleOf,
)
from comfrey.source.study import Study
from comfrey.source.value import Const, DictValue, FunctionValue, Instance, Value, plain
from comfrey.stacks.frameworks.flask.facts import data, known
from comfrey.stacks.frameworks.flask.pages import is_rendered, shows_again
from comfrey.stacks.frameworks.flask.refusing import told_status
from comfrey.stacks.frameworks.flask.views import Mark, View
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.statuses import number
from comfrey.stacks.ways import ways

NOT_BODIES = (204, 205, 304)
HTML = "text/html"
PAGES = ("render_template", "render_template_string", "send_file", "send_from_directory")


def read_answers(view: View, method: str, shapes: Shapes) -> tuple[Response, ...]:
    """The success answer first, then every other declared one by status."""
    told = list(_declared(view, shapes))
    good = [each for each in told if each.status < 400]
    returned = _returned(view, method, shapes)
    first = good[0] if good else returned
    if good and returned.status != 200 and good[0].place is not None and len(good) == 1:
        first = good[0] if _explicit(view) else good[0].replace(status=returned.status)
    others = {each.status: each for each in told if each.status != first.status}
    return (first, *(others[status] for status in sorted(others)))


def _explicit(view: View) -> bool:
    """Whether a decorator itself names the status."""
    return any(
        _status_of(mark, entry) is not None
        for mark in view.marks
        if (entry := known(data()["outputs"], mark.name)) is not None
    )


def _status_of(mark: Mark, entry: dict[str, object]) -> int | None:
    if "keyword" in entry:
        return number(mark.argument(99, str(entry["keyword"])))
    position = entry["status"]
    assert isinstance(position, int)
    return number(mark.argument(position, "status_code"))


def _declared(view: View, shapes: Shapes) -> Iterator[Response]:
    for mark in view.marks:
        entry = known(data()["outputs"], mark.name)
        if entry is not None:
            value = mark.argument(int(entry["schema"]), "schema")
            status = _status_of(mark, entry) or 200
            made = _answer(status, value, mark.place, shapes)
            many = entry.get("list") or plain(mark.argument(99, "as_list")) is True
            yield made.replace(body=_enveloped(made.body, bool(many), mark))
        elif mark.name.endswith(".other_responses"):
            yield from _others(mark)


def _enveloped(body: Schema | None, many: bool, mark: Mark) -> Schema | None:
    """`marshal_list_with(model, envelope="data")`."""
    if body is not None and many:
        body = Schema(type="array", items=body)
    name = plain(mark.argument(99, "envelope"))
    if body is None or not isinstance(name, str):
        return body
    return Schema(type="object", properties=(Property(name=name, schema=body, required=True),))


def _answer(status: int, value: Value | None, place: Place | None, shapes: Shapes) -> Response:
    body: Schema | None = None
    if value is not None and not isinstance(value, Const) and status not in NOT_BODIES:
        shape = shapes.of(value)
        body = shape if shape.type != "any" and (shape.properties or shape.items) else None
    return Response(status=status, body=body, place=place)


def _others(mark: Mark) -> Iterator[Response]:
    """`@other_responses({404: "User not found"})`."""
    table = mark.argument(0, "responses")
    for key, value in table.items if isinstance(table, DictValue) else ():
        status, said = number(key), plain(value)
        if status is not None:
            text = said if isinstance(said, str) else ""
            yield Response(status=status, description=text, place=mark.place)


# --- by the code -------------------------------------------------------------------


def _returned(view: View, method: str, shapes: Shapes) -> Response:
    """What most of the good `return`s that the method can reach answer; the last one's shape."""
    study = Study(shapes.codebase, view.function)
    found = [(told_status(way.value, study) or 200, way) for way in ways(study, method)]
    good = [(status, way) for status, way in found if status < 400]
    good = [each for each in good if each[1].taken] or good
    if not good:
        return Response(status=200, place=view.function.place)
    shown = [status for status, way in good if is_rendered(way.value)]
    most = shown[-1] if shown else Counter(status for status, _ in good).most_common(1)[0][0]
    value = next(way.value for status, way in reversed(good) if status == most)
    body = _shape(value, study, shapes) if most not in NOT_BODIES else None
    media = _media(value, study) or (HTML if shows_again(study) else "")
    return Response(status=most, body=body, media=media, place=view.function.place)


def _media(value: Expression, study: Study) -> str:
    first = value.items[0] if isinstance(value, TupleOf) and value.items else value
    if isinstance(first, Call):
        word = first.function.text.rpartition(".")[2]
        if word in PAGES or word.startswith("render"):
            return "text/html"
        if word == "redirect":
            return ""
    return "text/html" if isinstance(study.value(first), Const) else "application/json"


def _shape(value: Expression, study: Study, shapes: Shapes) -> Schema | None:
    """The shape of `schema.dump(x)`, `jsonify(...)`, a literal dict; None where it cannot be told."""
    if isinstance(value, TupleOf) and value.items:
        return _shape(value.items[0], study, shapes)
    if isinstance(value, Name):
        made = _assigned(value.name, study)
        return _shape(made, study, shapes) if made is not None else None
    if isinstance(value, Call):
        return _called(value, study, shapes)
    if isinstance(value, DictOf):
        members = [
            (key.value, item)
            for key, item in value.items
            if isinstance(key, Constant) and isinstance(key.value, str)
        ]
        return None if len(members) < len(value.items) else _object(members, study, shapes)
    return None


def _assigned(name: str, study: Study) -> Expression | None:
    """What a local name was last given; None for a parameter, or where it is changed in place."""
    found: Expression | None = None
    for node in study.walk():
        if isinstance(node, Assign) and node.value is not None:
            for target in node.targets:
                if isinstance(target, Name) and target.name == name:
                    found = node.value
                elif isinstance(target, Subscript) and target.of.text == name:
                    return None
    return found if not isinstance(found, Name) else None


def _of_helper(call: Call, function: FunctionValue, study: Study, shapes: Shapes) -> Schema | None:
    """The shape of what a function of the tree gives back, when it is one literal dict."""
    args = tuple(study.value(each.value) for each in call.arguments if not each.name)
    kwargs = tuple((each.name, study.value(each.value)) for each in call.arguments if each.name)
    inner = Study.of_call(study.codebase, function, None, (args, kwargs))
    found = [node.value for node in inner.walk() if isinstance(node, Return) and node.value]
    return (
        _shape(found[0], inner, shapes)
        if len(found) == 1 and isinstance(found[0], DictOf)
        else None
    )


def _called(value: Call, study: Study, shapes: Shapes) -> Schema | None:
    match value.function:
        case Attribute(of=of, name="dump" | "jsonify" | "dumps"):
            schema = study.value(of)
            if isinstance(schema, Instance):
                found = shapes.of(schema)
                many = value.keyword("many")
                if many is not None and plain(study.value(many)) is True and found.type == "object":
                    found = Schema(type="array", items=found)
                return found if found.properties or found.items else None
    callee = study.callee(value)
    if isinstance(callee, FunctionValue) and callee is not study.function:
        return _of_helper(value, callee, study, shapes)
    if value.function.text.rpartition(".")[2] not in ("jsonify", "make_response"):
        return None
    if len(value.positional) == 1 and len(value.arguments) == 1:
        return _shape(value.positional[0], study, shapes)
    if value.arguments and all(each.name for each in value.arguments):
        return _object([(each.name, each.value) for each in value.arguments], study, shapes)
    return None


def _object(members: list[tuple[str, Expression]], study: Study, shapes: Shapes) -> Schema | None:
    found = tuple(
        Property(
            name=name,
            attribute=name,
            required=True,
            schema=_shape(value, study, shapes) or Schema(),
            place=value.place,
        )
        for name, value in members
    )
    return Schema(type="object", properties=found) if found else None
