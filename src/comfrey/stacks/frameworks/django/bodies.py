"""What a view takes in and gives out: serializers, by the view's own word or by what its code does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from comfrey.model.endpoint import Body, Parameter, Response
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import LIBRARY
from comfrey.source.node import (
    Assign,
    Attribute,
    Binary,
    BoolOp,
    Call,
    Compare,
    Constant,
    DictOf,
    Expression,
    Name,
    Node,
    Return,
    Subscript,
)
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.django import pages
from comfrey.stacks.frameworks.django.access import Gate
from comfrey.stacks.frameworks.django.facts import items, last, setting, strings
from comfrey.stacks.frameworks.django.filters import paginator
from comfrey.stacks.frameworks.django.refused import invalid_status
from comfrey.stacks.frameworks.django.routes import Route
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.ways import ways

CREATED, GONE = 201, 204
MADE = {"create": CREATED, "post": CREATED, "destroy": GONE, "delete": GONE}
READERS = ("get", "pop")
MEDIA = re.compile(r"[a-z]+/[a-z0-9.+-]+")
BODIES = {
    "data": "body",
    "body": "body",
    "POST": "form",
    "query_params": "query",
    "GET": "query",
    "FILES": "file",
}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FILE = Schema(type="string", format="binary")
WRITING = ("POST", "PUT", "PATCH")


@dataclass
class Exchange:
    """The inputs and answers of one route."""

    parameters: list[Parameter] = field(default_factory=list)
    body: Body | None = None
    status: int = 200
    responses: tuple[Response, ...] = ()
    invalid_status: int | None = None
    pressed: tuple[str, ...] = ()


def exchange(route: Route, gate: Gate, shapes: Shapes, answers: Shapes) -> Exchange:
    """What the route's handler reads and what it answers."""
    found = Exchange()
    function = route.function
    if pages.is_page(route, gate):
        found.body = pages.form_body(route, gate, shapes)
        found.status, found.responses = pages.answers(route, gate)
        found.invalid_status = pages.SHOWN if found.body is not None else None
        return found
    if function is None:
        return found
    if function.scope.file.startswith(LIBRARY) and "request.data" not in function.node.text:
        _conventional(route, gate, shapes, answers, found)
        _by_action(route, gate, answers, found)
        return found
    receiver = gate.view(route, None) if route.view is not None else None
    study = Study(gate.codebase, function, receiver)
    _read(study, route, gate, shapes, found)
    found.pressed = _pressed(study, route, shapes)
    for schema, _ in pages.form_in(study, shapes) if route.method == "POST" else ():
        found.body = found.body or pages.body_of(schema)
        found.status, found.responses = _answered(study, route, gate, answers)
        found.invalid_status = invalid_status(study, _status) or pages.SHOWN
        found.responses = tuple(each.replace(media=pages.HTML) for each in found.responses)
        return found
    if found.body is None:
        _by_hand(study, route, found)
    elif route.method in WRITING:
        found.body = _with_files(study, found.body)
    if found.body is None and route.method in WRITING:
        found.body = _raw(study, route, gate)
    found.status, found.responses = _answered(study, route, gate, answers)
    found.invalid_status = invalid_status(study, _status)
    above = _handed_on(route, gate)
    if above is not None and found.body is None and "request.data" in above.node.text:
        found.body = exchange(replace(route, function=above), gate, shapes, answers).body
    if above is not None and not found.responses:
        plain_found = Exchange()
        _conventional(replace(route, function=above), gate, shapes, answers, plain_found)
        found.status, found.responses = plain_found.status, plain_found.responses
        found.body = found.body or plain_found.body
    return found


ACTIONS = {
    "GET": ("retrieve", "list"),
    "POST": ("create",),
    "PUT": ("update",),
    "PATCH": ("partial_update", "update"),
    "DELETE": ("destroy",),
}
"""What the methods of REST framework's generic views hand a request on to."""


def _by_action(route: Route, gate: Gate, answers: Shapes, found: Exchange) -> None:
    """What the project's own action answers, where a generic view's method leads to it."""
    view = route.view
    for name in ACTIONS.get(route.method, ()) if view is not None else ():
        member = gate.codebase.member(view, name) if view is not None else None
        own = member.value if member is not None else None
        if not isinstance(own, FunctionValue) or own.scope.file.startswith(LIBRARY):
            continue
        study = Study(gate.codebase, own, gate.view(route, None))
        status, responses = _answered(study, route, gate, answers)
        if responses:
            found.status, found.responses = status, responses
        return


def _pressed(study: Study, route: Route, shapes: Shapes) -> tuple[str, ...]:
    """The buttons that tell a view's forms apart; a field of one of its forms is no button."""
    if route.method != "POST":
        return ()
    fields = {each.name for schema, _ in pages.form_in(study, shapes) for each in schema.properties}
    return tuple(each for each in pages.buttons(study) if each not in fields)


def _handed_on(route: Route, gate: Gate) -> FunctionValue | None:
    """The framework's own method of the name, where the view's only adds to it: `return super().patch(…)`."""
    function = route.function
    if (
        function is None
        or route.view is None
        or f"super().{function.name}(" not in function.node.text
    ):
        return None
    for each in gate.codebase.mro(route.view):
        own = (
            gate.codebase.own_member(each, function.name) if isinstance(each, ClassValue) else None
        )
        value = own.value if own is not None else None
        if isinstance(value, FunctionValue) and value.scope.file.startswith(LIBRARY):
            return value
    return None


# --- views that the framework carries out ----------------------------------------


def serializer(route: Route, gate: Gate) -> Value | None:
    """The serializer class of a generic view, as `get_serializer_class` gives it."""
    if route.view is None:
        return None
    method = gate.codebase.method(gate.view(route, gate.admitted(route)), "get_serializer_class")
    found = gate.codebase.evaluator.call(method) if method is not None else None
    if isinstance(found, Choice):
        found = found.options[0]
    return found if isinstance(found, ClassValue | External) else None


def _conventional(
    route: Route, gate: Gate, shapes: Shapes, answers: Shapes, found: Exchange
) -> None:
    """The actions of DRF's mixins (https://www.django-rest-framework.org/api-guide/generic-views/)."""
    kind = serializer(route, gate)
    word = _deed(route)
    found.status = {"create": CREATED, "destroy": GONE}.get(word, 200)
    if kind is None:
        return
    if word in ("create", "update", "partial_update"):
        found.body = _body(shapes.of(Instance(kind)), gate, route, partial=word == "partial_update")
    shown = None if word in ("", "destroy") else answers.of(kind)
    if word == "list" and shown is not None:
        shown = Schema(type="array", items=shown)
        shown = _paged(route, gate, shown)
    found.responses = (Response(status=found.status, body=shown, place=route.place),)


def _deed(route: Route) -> str:
    """`create list retrieve update partial_update destroy`: what a generic view's method does."""
    if route.flavour == "viewset":
        return route.action
    text = route.function.node.text if route.function is not None else ""
    words = ("partial_update", "create", "list", "retrieve", "update", "destroy")
    return next((each for each in words if f"self.{each}(" in text), "")


def _paged(route: Route, gate: Gate, rows: Schema) -> Schema | None:
    """The rows in the envelope that the view's paginator puts around them; None for one that is not known."""
    kind = paginator(route, gate)
    if kind is None:
        return rows
    method = gate.codebase.method(kind, "get_paginated_response")
    marker = ListValue([])
    found = gate.codebase.evaluator.call(method, (marker,)) if method is not None else None
    data = found.args[0] if isinstance(found, Instance) and found.args else None
    if not isinstance(data, DictValue):
        return None
    members = [
        Property(name=name, attribute=name, schema=rows if value is marker else Schema())
        for key, value in data.items
        if (name := text_of(key)) is not None
    ]
    return Schema(type="object", properties=tuple(members))


def _body(schema: Schema, gate: Gate, route: Route, *, partial: bool = False) -> Body | None:
    if not schema.properties:
        return None
    if partial:
        eased = tuple(each.replace(required=False) for each in schema.properties)
        schema = schema.replace(properties=eased)
    media = MULTIPART if _holds_files(schema) else _media(gate, route)
    return Body(schema=schema, media=media, place=schema.place)


def _holds_files(schema: Schema) -> bool:
    """Whether a file must be sent: where it may be left out, the body is what others are."""
    return any(each.schema.format == "binary" and each.required for each in schema.properties)


def _media(gate: Gate, route: Route) -> str:
    framework = setting(gate.codebase, gate.settings, "REST_FRAMEWORK")
    get = getattr(framework, "get", None)
    parsers = strings(get("DEFAULT_PARSER_CLASSES")) if get is not None else ()
    listed = dict(route.fields).get("parser_classes")
    if listed is None and route.view is not None:
        member = gate.codebase.member(route.view, "parser_classes")
        listed = member.value if member is not None else None
    own = tuple(last(each) for each in items(listed))
    parsers = own if any(each.endswith("Parser") for each in own) else parsers
    if parsers and not any(each.endswith("JSONParser") for each in parsers):
        return MULTIPART if "MultiPart" in parsers[0] else FORM
    return "application/json"


# --- views in code -----------------------------------------------------------------


def _read(study: Study, route: Route, gate: Gate, shapes: Shapes, found: Exchange) -> None:
    """`BookSerializer(data=request.data)` and its like."""
    for call in study.calls():
        data = call.keyword("data")
        if data is None:
            continue
        kind = _made(study, call, route, gate)
        source = _source(data, study)
        if kind is None or source is None:
            continue
        where, path = source
        partial = call.keyword("partial")
        eased = partial is not None and plain(study.value(partial)) is True
        given = (("partial", Const(True)),) if eased else ()
        schema = shapes.of(Instance(kind, (), given))
        filled = _filled(data, study)
        sent = tuple(each for each in schema.properties if each.name not in filled)
        schema = schema.replace(properties=sent) if filled else schema
        if call.keyword("many") is not None and plain(study.value(call.keyword("many"))) is True:  # type: ignore[arg-type]
            schema = Schema(type="array", items=schema)
        if where == "query":
            found.parameters += [_parameter(each) for each in schema.properties]
        elif found.body is None and route.method in WRITING:
            for name in reversed(path):
                inner = Property(name=name, attribute=name, schema=schema, required=True)
                schema = Schema(type="object", properties=(inner,))
            media = FORM if where == "form" else _media(gate, route)
            media = MULTIPART if _holds_files(schema) else media
            found.body = Body(schema=schema, media=media, place=call.place)


def _filled(data: Expression, study: Study) -> frozenset[str]:
    """The members that the code adds to what was sent: `{**request.data, "owner": …}`, `dict(request.data, owner=…)`."""
    match data:
        case Name(name=name):
            bound = (_filled(e, study) for e in study.binding(name) if not isinstance(e, Name))
            return frozenset[str]().union(*bound)
        case Binary(left=left, right=right):
            return _filled(left, study) | _filled(right, study)
        case DictOf(items=members):
            named = (text_of(study.value(key)) for key, _ in members if key is not None)
            return frozenset(each for each in named if each)
        case Call(function=Name(name="dict"), arguments=arguments):
            return frozenset(each.name for each in arguments if each.name)
    return frozenset()


def _made(study: Study, call: Call, route: Route, gate: Gate) -> Value | None:
    """The serializer class that a call makes an object of."""
    callee = study.callee(call)
    if isinstance(callee, ClassValue):
        return callee
    name = callee.name if isinstance(callee, BoundExternal) else ""
    if isinstance(callee, BoundMethod):
        name = callee.function.name
    return serializer(route, gate) if name == "get_serializer" else None


def _source(
    node: Expression, study: Study, seen: tuple[str, ...] = ()
) -> tuple[str, tuple[str, ...]] | None:
    """Which part of the request an expression reads: (`body`, path inside)."""
    match node:
        case Attribute(name=name) if name in BODIES and "request" in node.of.text:
            return BODIES[name], ()
        case Call(function=Attribute(name=name, of=inner)) if name in READERS and node.positional:
            return _deeper(_source(inner, study, seen), node.positional[0], study)
        case Call(function=Attribute(name="loads")) if node.positional:
            return _source(node.positional[0], study, seen)
        case Call(function=Attribute(name="decode" | "copy" | "dict", of=inner)):
            return _source(inner, study, seen)
        case Call(function=Name(name="dict")) if node.positional:
            return _source(node.positional[0], study, seen)
        case DictOf(items=[(None, inner), *_]) | Binary(operator="|", left=inner):
            return _source(inner, study, seen)
        case Call(function=Name()) if (given := _given_back(node, study, seen)) is not None:
            return given
        case BoolOp(operands=[first, *_]):
            return _source(first, study, seen)
        case Subscript(of=inner, index=index):
            return _deeper(_source(inner, study, seen), index, study)
        case Name(name=name) if name not in seen:
            # A name may be made from itself: `text = text.split(",")[0]`.
            for each in study.binding(name):
                if (found := _source(each, study, (*seen, name))) is not None:
                    return found
    return None


def _given_back(
    call: Call, study: Study, seen: tuple[str, ...]
) -> tuple[str, tuple[str, ...]] | None:
    """What a function of the tree reads of the request that it is given."""
    callee = study.callee(call)
    if not isinstance(callee, FunctionValue) or "request" not in call.text or callee.name in seen:
        return None
    inside = Study(study.codebase, callee)
    seen = (*seen, callee.name)
    given = (each.value for each in inside.walk() if isinstance(each, Return) and each.value)
    return next((found for each in given if (found := _source(each, inside, seen))), None)


def _deeper(
    found: tuple[str, tuple[str, ...]] | None, key: Expression, study: Study
) -> tuple[str, tuple[str, ...]] | None:
    """One member further, by the name that a text says or a constant of the project's own."""
    named = isinstance(key, Attribute | Name) and key.text.rpartition(".")[2].isupper()
    name = text_of(study.value(key)) if named or isinstance(key, Constant) else None
    return (found[0], (*found[1], name)) if found is not None and name else None


def _parameter(member: Property) -> Parameter:
    # In a query an empty text that is not required counts as none (`rest_framework.fields.Field.get_value`).
    eased = member.schema if member.required else member.schema.replace(min_length=None, format="")
    return Parameter(
        name=member.name,
        location="query",
        schema=eased,
        required=member.required,
        attribute=member.attribute,
        place=member.place,
    )


def _by_hand(study: Study, route: Route, found: Exchange) -> None:
    """`request.data["user"]["email"]`: members that the code takes itself; those in brackets must be there."""
    members: dict[tuple[str, ...], bool] = {}
    where, place = "body", study.function.place
    given = {id(e) for each in study.walk() if isinstance(each, Assign) for e in each.targets}
    for node in study.walk():
        taken = _source(node, study) if isinstance(node, Call | Subscript) else None
        if taken is None or not taken[1] or id(node) in given:
            continue
        source, path = taken
        if source == "query":
            if len(path) == 1:
                _see_query(path[0], node, found)
            continue
        if source == "file":
            continue
        where = source
        members[path] = members.get(path, False) or isinstance(node, Subscript)
    files = _files(study)
    if (members or files) and route.method in WRITING:
        media = FORM if where == "form" else "application/json"
        body = Body(schema=_tree(members, (), place), media=media, place=place)
        found.body = _with_files(study, body)


def _with_files(study: Study, body: Body) -> Body:
    """The body with what the code takes out of `request.FILES`; a form in parts, where there is any."""
    known = {each.name for each in body.schema.properties}
    files = tuple(each for each in _files(study) if each.name not in known)
    if not files or body.schema.type in ("array", "string"):
        return body
    schema = body.schema.replace(type="object", properties=(*body.schema.properties, *files))
    return body.replace(schema=schema, media=MULTIPART)


def _files(study: Study) -> tuple[Property, ...]:
    """`request.FILES["photo"]`, each once; those in brackets must be there."""
    needed: dict[str, bool] = {}
    for node in study.walk():
        taken = _source(node, study) if isinstance(node, Call | Subscript) else None
        if taken is not None and taken[0] == "file" and len(taken[1]) == 1:
            name = taken[1][0]
            needed[name] = needed.get(name, False) or isinstance(node, Subscript)
    place = study.function.place
    return tuple(
        Property(name=name, attribute=name, schema=FILE, required=must, place=place)
        for name, must in needed.items()
    )


def _tree(members: dict[tuple[str, ...], bool], above: tuple[str, ...], place: Place) -> Schema:
    """The members below a path, as an object; what holds a member that must be there must be there itself."""
    depth = len(above)
    names = dict.fromkeys(p[depth] for p in members if len(p) > depth and p[:depth] == above)
    if not names:
        return Schema()
    properties = []
    for name in names:
        path = (*above, name)
        needed = any(needed and taken[: depth + 1] == path for taken, needed in members.items())
        inner = _tree(members, path, place)
        properties.append(
            Property(name=name, attribute=name, schema=inner, required=needed, place=place)
        )
    return Schema(type="object", properties=tuple(properties))


def _raw(study: Study, route: Route, gate: Gate) -> Body | None:
    """Bytes, where the project's own parser takes whatever comes; what the code lets in by their type."""
    listed = dict(route.fields).get("parser_classes")
    if listed is None and route.view is not None:
        member = gate.codebase.member(route.view, "parser_classes")
        listed = member.value if member is not None else None
    kinds = [each for each in items(listed) if isinstance(each, ClassValue)]
    if not kinds:
        return None
    accepted: list[str] = []
    for node in study.walk():
        if isinstance(node, Compare):
            for _, operand in node.rest:
                accepted += [
                    each for each in strings(study.value(operand)) if MEDIA.fullmatch(each)
                ]
    member = gate.codebase.member(kinds[0], "media_type")
    media = text_of(member.value) if member is not None else None
    accepted += [media] if media and "*" not in media else []
    return Body(
        schema=Schema(type="string", format="binary"),
        media=accepted[0] if accepted else "application/octet-stream",
        max_bytes=_limit(study),
        accepts=tuple(dict.fromkeys(accepted)),
        place=study.function.place,
    )


def _limit(study: Study) -> int | None:
    """`if len(content) > MAX_BYTES` as the number."""
    for node in study.walk():
        if isinstance(node, Compare) and node.first.text.startswith("len("):
            for sign, operand in node.rest:
                number = plain(study.value(operand))
                if sign == ">" and isinstance(number, int):
                    return number
    return None


def _see_query(name: str, node: Node, found: Exchange) -> None:
    if name not in {each.name for each in found.parameters}:
        required = isinstance(node, Subscript)
        found.parameters.append(
            Parameter(
                name=name,
                location="query",
                schema=Schema(type="string"),
                required=required,
                attribute=name,
                place=node.place,
            )
        )


# --- answers -------------------------------------------------------------------------


def _template(study: Study, call: Call) -> str:
    """What `render(request, "shelves/list.html")` renders, "" for every other answer."""
    said = call.positional[1] if len(call.positional) > 1 else call.keyword("template_name")
    renders = last(study.callee(call)) == "render" and said is not None
    return text_of(study.value(said)) or "" if renders and said is not None else ""


def _answered(
    study: Study, route: Route, gate: Gate, answers: Shapes
) -> tuple[int, tuple[Response, ...]]:
    """The statuses that the code writes, the first good one as what success is."""
    found: dict[int, Response] = {}
    leads: set[str] = set()
    rendered: set[str] = set()
    reached = {id(each.value) for each in ways(study, route.method)}
    for node in study.walk():
        if not isinstance(node, Return) or id(node.value) not in reached:
            continue
        answer = _made_answer(study, node)
        if answer is not None:
            status = _status(study, answer)
            if status in MOVED:
                said = next(iter(answer.positional), None)
                further = len(answer.arguments) > 1
                where = study.value(said) if said is not None and not further else None
                leads.add(pages.led(where, gate))
            if status == 200:
                rendered.add(_template(study, answer))
            if status is not None and status not in found:
                body = _shown(study, answer, route, gate, answers) if status < 400 else None
                found[status] = Response(status=status, body=body, place=node.place)
    if len(leads) == 1:
        leading = (each for each in found if each in MOVED)
        found |= {each: found[each].replace(location=next(iter(leads))) for each in [*leading]}
    if len(rendered) == 1 and gate.tells_templates:
        found[200] = found[200].replace(template=next(iter(rendered)))
    if 200 in found and _pages(study):
        found[200] = found[200].replace(body=_in_pages(found[200].body, route, gate))
    good = [each for each in found if each < 400]
    if not good:
        return 200, tuple(found.values())
    if route.method == "POST" and 201 in good:
        return 201, tuple(found.values())  # where nothing stands in its way a row is made
    shown = route.method == "GET" and route.flavour in ("function", "class") and 200 in good
    return 200 if shown else good[0], tuple(found.values())


def _made_answer(study: Study, node: Return) -> Call | None:
    """The call that makes what is returned, also where it gets a name first, to be given a cookie."""
    if isinstance(node.value, Name):
        bound = study.binding(node.value.name)
        return bound[0] if len(bound) == 1 and isinstance(bound[0], Call) else None
    return node.value if isinstance(node.value, Call) else None


MOVED = (301, 302)


def _pages(study: Study) -> bool:
    """Whether the code also answers `self.get_paginated_response(…)`."""
    return any(each.function.text == "self.get_paginated_response" for each in study.calls())


def _in_pages(rows: Schema | None, route: Route, gate: Gate) -> Schema | None:
    """The rows as the view's paginator shows them; None for a view that pages in a way of its own."""
    generic = route.view is not None and any(
        each.endswith("GenericAPIView") for each in gate.codebase.ancestry(route.view)
    )
    return _paged(route, gate, rows) if rows is not None and generic else None


def _status(study: Study, call: Call) -> int | None:
    """The status of an answer as written; None for what is no answer."""
    name = last(study.callee(call))
    if name in ("redirect", "HttpResponseRedirect"):
        return 302
    if name == "HttpResponsePermanentRedirect":
        return 301
    if name in FIXED:
        return FIXED[name]
    if not name.endswith("Response") and name != "render":
        return None
    said = call.keyword("status")
    if said is None and name == "Response" and len(call.positional) > 1:
        said = call.positional[1]
    if said is None:
        return 200
    value = study.value(said)
    number = plain(value)
    if isinstance(number, int):
        return number
    word = value.name.rpartition(".")[2] if isinstance(value, External) else said.text
    digits = "".join(each for each in word.partition("HTTP_")[2][:3] if each.isdigit())
    return int(digits) if len(digits) == 3 else None


FIXED = {
    "HttpResponseBadRequest": 400,
    "HttpResponseForbidden": 403,
    "HttpResponseNotFound": 404,
    "HttpResponseNotAllowed": 405,
    "HttpResponseGone": 410,
    "HttpResponseServerError": 500,
}


def _shown(study: Study, call: Call, route: Route, gate: Gate, answers: Shapes) -> Schema | None:
    """The shape of `XSerializer(…).data`, where that alone is the answer."""
    first = call.positional[0] if call.positional else call.keyword("data")
    if not isinstance(first, Attribute) or first.name != "data":
        return None
    made: Expression | None = first.of
    if not isinstance(made, Call):
        bound = study.binding(first.of.text)
        made = bound[-1] if bound else None
    if not isinstance(made, Call):
        return None
    kind = _made(study, made, route, gate)
    if kind is None:
        return None
    shape = answers.of(kind)
    many = made.keyword("many")
    return Schema(type="array", items=shape) if many is not None else shape
