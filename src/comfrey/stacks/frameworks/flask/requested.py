"""What a view takes from the request by itself: `request.get_json()`, `request.args`, `form.validate()`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.model.endpoint import Body, Parameter
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Await,
    BoolOp,
    Call,
    Compare,
    Conditional,
    Constant,
    Expression,
    For,
    If,
    Name,
    Node,
    Return,
    Subscript,
    Try,
    TupleOf,
    Unary,
    Walrus,
    walk,
)
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.flask.bounced import bounced_status, bounds
from comfrey.stacks.frameworks.flask.facts import data, is_external
from comfrey.stacks.frameworks.flask.pages import shows_again
from comfrey.stacks.frameworks.flask.parsers import CASTS, parsed
from comfrey.stacks.frameworks.flask.refusing import refused_status
from comfrey.stacks.frameworks.flask.views import View
from comfrey.stacks.shapes import Shapes

BAGS = {
    "args": "query",
    "form": "form",
    "files": "file",
    "headers": "header",
    "cookies": "cookie",
    "values": "query",
    "json": "body",
}
LOADS = ("load", "validate", "loads", "model_validate", "parse_obj", "from_dict", "deserialize")
INVALID = re.compile(r"ValidationError$|ValueError$|BadRequest$|^Exception$")
DEPTH = 4
"""Calls that a part of the request is followed through: view, service, validation."""
SHOWN = 200
"""A form that does not fit is shown again, with what is wrong with it."""
TEXTS = ("query", "header", "cookie", "form")
"""What arrives as text, whatever it stands for."""
PROTOCOL = ("authorization", "content-type", "accept", "user-agent", "x-forwarded-for", "host")


@dataclass
class Taken:
    """What was found; `status` is the refusal that the code itself gives to what does not fit."""

    parameters: list[Parameter] = field(default_factory=list)
    body: Body | None = None
    status: int | None = None
    bounced: int | None = None
    """The redirect by which the code sends a visitor back to a form that was not filled in well."""
    schema: Value | None = None
    """The schema class or object that the body is loaded with."""


@dataclass
class _Members:
    """Members of one bag in the order of the code."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    lenient: set[str] = field(default_factory=set)
    """Members that are cast by `get(…, type=int)`: what cannot be cast is left out."""
    required: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    bounds: dict[str, dict[str, int]] = field(default_factory=dict)
    """What the code itself asks of a member's length."""

    def see(self, name: str, schema: Schema, place: Place, *, required: bool = False) -> None:
        before = self.schemas.get(name)
        if before is None or (before.type == "any" and schema.type != "any"):
            self.schemas[name] = schema
        self.places.setdefault(name, place)
        if required:
            self.required.add(name)

    def properties(self) -> tuple[Property, ...]:
        return tuple(
            Property(
                name=name,
                attribute=name,
                schema=schema.replace(**self.bounds.get(name, {})),
                required=name in self.required,
                place=self.places[name],
            )
            for name, schema in self.schemas.items()
        )


def taken(view: View, shapes: Shapes) -> Taken:
    """Everything that the view, the wrappers around it and the functions that they call take."""
    reading = _Reading(shapes)
    for function in (*view.wrappers, view.function):
        reading.function(function, None, 0)
    return reading.told()


class _Reading:
    """One view; `bags` are what it was seen to take from each place."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.codebase: Codebase = shapes.codebase
        self.bags: dict[str, _Members] = {}
        self.whole: Schema | None = None
        self.loaded: Value | None = None
        self.media = ""
        self.raw = False
        self.place: Place | None = None
        self.status: int | None = None
        self.bounced: int | None = None
        self.seen: set[int] = set()
        self._gives: dict[int, str] = {}

    def gives(self, callee: Value) -> str:
        """The part of the request that a function of the tree hands out, the body before any other; "" for none."""
        inner = callee.function if isinstance(callee, BoundMethod) else callee
        if not isinstance(inner, FunctionValue) or "request" not in inner.node.text:
            return ""
        key = id(inner.node)
        if key not in self._gives:
            self._gives[key] = ""
            local = _Local(self, Study(self.codebase, inner), {})
            found = list(local.given_back())
            self._gives[key] = "body" if "body" in found else (found or [""])[0]
        return self._gives[key]

    def function(self, function: FunctionValue, names: dict[str, str] | None, depth: int) -> None:
        """Reads one function; `names` are parameters that hold a bag."""
        if id(function.node) in self.seen or depth > DEPTH:
            return
        self.seen.add(id(function.node))
        study = Study(self.codebase, function)
        local = _Local(self, study, dict(names or {}))
        local.run()
        for call in study.calls():
            callee = study.callee(call)
            inner = callee.function if isinstance(callee, BoundMethod) else callee
            if not isinstance(inner, FunctionValue):
                continue
            held = local.held(call, inner, bound=isinstance(callee, BoundMethod))
            asks = inner.owner is None and b"request" in inner.node.text.encode()[:20000]
            if held or asks:
                self.function(inner, held, depth + 1)

    def bag(self, location: str) -> _Members:
        return self.bags.setdefault(location, _Members())

    def told(self) -> Taken:
        found = Taken(status=self.status, bounced=self.bounced, schema=self.loaded)
        for location in ("query", "header", "cookie"):
            for each in self.bags.get(location, _Members()).properties():
                if location == "header" and each.name.lower() in PROTOCOL:
                    continue
                found.parameters.append(
                    Parameter(
                        name=each.name,
                        location=location,
                        schema=each.schema,
                        required=each.required,
                        attribute=each.name,
                        lenient=each.name in self.bags[location].lenient,
                        place=each.place,
                    )
                )
        found.body = self._body()
        return found

    def _body(self) -> Body | None:
        form, files = self.bags.get("form"), self.bags.get("file")
        if self.whole is not None or "body" in self.bags:
            form = form if form is not None and form.schemas else None
        if form is not None or files is not None:
            members = (*(form.properties() if form else ()), *(files.properties() if files else ()))
            media = "multipart/form-data" if files else "application/x-www-form-urlencoded"
            return self._object(members, media)
        if self.whole is not None:
            required = any(each.required for each in self.whole.properties)
            return Body(schema=self.whole, media=self.media, required=required, place=self.place)
        if "body" in self.bags:
            return self._object(self.bags["body"].properties(), "application/json")
        if self.raw:
            schema = Schema(type="string", format="binary")
            return Body(schema=schema, media="application/octet-stream", place=self.place)
        return None

    def _object(self, members: tuple[Property, ...], media: str) -> Body:
        schema = Schema(type="object", properties=members) if members else Schema()
        required = any(each.required for each in members)
        return Body(schema=schema, media=media, required=required, place=self.place)


class _Local:
    """One function: which of its names hold which bag, and which hold one member of a bag."""

    def __init__(self, reading: _Reading, study: Study, names: dict[str, str]) -> None:
        self.reading = reading
        self.study = study
        self.names = names
        self.members: dict[str, tuple[str, str]] = {}
        self.calls: dict[int, str] = {}
        self.given: set[int] = set()
        """What the code puts into a bag itself (`data["owner"] = …`): nobody needs to send it."""
        self.asked: set[int] = set()
        """The readings (`data["x"]`) that stand where a condition has made sure of the member."""

    def run(self) -> None:
        for node in self.study.walk():
            self._assigned(node)
        for node in self.study.walk():
            self._made_sure(node)
        for node in self.study.walk():
            self._used(node)
            self._checked(node)
            if isinstance(node, Try):
                self._caught(node)

    def given_back(self) -> Iterator[str]:
        """The parts of the request that the function returns."""
        for node in self.study.walk():
            self._assigned(node)
        for node in self.study.walk():
            if (
                isinstance(node, Return)
                and node.value is not None
                and (bag := self.bag(node.value))
            ):
                yield bag

    def held(self, call: Call, function: FunctionValue, *, bound: bool) -> dict[str, str]:
        """Parameters of a called function that are given a bag; the first of a `bound` method is its object."""
        found: dict[str, str] = {}
        names = [each.name for each in function.node.parameters[int(bound) :]]
        for position, argument in enumerate(call.arguments):
            bag = self.bag(argument.value)
            if bag and not argument.spread:
                name = argument.name or (names[position] if position < len(names) else "")
                found[name] = bag
        return found

    # --- which bag ---------------------------------------------------------------

    def bag(self, node: Expression) -> str:
        """The place that an expression holds as a whole, "" for none."""
        match node:
            case Name(name=name):
                return self.names.get(name, "")
            case Await(value=value):
                return self.bag(value)
            case BoolOp(operands=(first, *_)):
                return self.bag(first)
            case Attribute(of=of, name=name) if name in BAGS and self._is_request(of):
                return BAGS[name]
            case Call(function=Attribute(of=of, name="get_json" | "get_data" as name)):
                if self._is_request(of):
                    return "body" if name == "get_json" else "raw"
            case Call(function=Attribute(of=of, name="to_dict")):
                return self.bag(of)
            case Call(function=Attribute(name="loads" | "load"), positional=(first, *_)):
                if self.bag(first) == "raw":
                    return "body"
            case Call(function=Name(name="dict"), positional=(first, *_)):
                return self.bag(first)
        if isinstance(node, Attribute) and node.name == "data" and self._is_request(node.of):
            return "raw"
        if isinstance(node, Call) and id(node) not in self.calls:
            self.calls[id(node)] = self.reading.gives(self.study.callee(node))
        return self.calls.get(id(node), "")

    def _is_request(self, node: Expression) -> bool:
        if not node.text.endswith("request"):
            return False
        if isinstance(node, Name) and any(
            each.name == node.name for each in self.study.function.node.parameters
        ):
            return True
        return is_external(self.study.value(node), "flask.request", "flask.globals.request")

    def _key(self, node: Expression) -> str:
        """The name that a text says, or a constant of the project's own (`data[fields.NAME]`); "" for any other."""
        if isinstance(node, Attribute | Name) and node.text.rpartition(".")[2].isupper():
            return text_of(self.study.value(node)) or ""
        return node.value if isinstance(node, Constant) and isinstance(node.value, str) else ""

    def member(self, node: Expression) -> tuple[str, str] | None:
        """(bag, name) of `data["x"]`, `data.get("x")`, or of a name that holds one."""
        match node:
            case Name(name=name):
                return self.members.get(name)
            case Subscript(of=of, index=key) if (bag := self.bag(of)) and (name := self._key(key)):
                return bag, name
            case Call(function=Attribute(of=of, name="get" | "getlist" | "pop")) if (
                node.positional and (bag := self.bag(of))
            ):
                if name := self._key(node.positional[0]):
                    return bag, name
            case Call(function=Attribute(of=of, name="strip" | "lower" | "upper")):
                return self.member(of)
            case BoolOp(operands=(first, *_)):
                return self.member(first)
        return None

    def _assigned(self, node: Node) -> None:
        if isinstance(node, Assign) and not node.operator:
            self.given |= {id(each) for each in node.targets if isinstance(each, Subscript)}
        match node:
            case Assign(targets=(Name(name=name),), value=value) if value is not None:
                self._named(name, value)
            case Assign(targets=(TupleOf(items=names),), value=TupleOf(items=values)):
                for target, each in zip(names, values, strict=False):
                    self._named(target.text, each)
            case Walrus(name=name, value=value):
                self._named(name, value)

    def _named(self, name: str, value: Expression) -> None:
        if bag := self.bag(value):
            self.names.setdefault(name, bag)
        elif (member := self.member(value)) is not None:
            self.members.setdefault(name, member)

    # --- what is used ------------------------------------------------------------

    def _used(self, node: Node) -> None:
        match node:
            case Subscript() if id(node) in self.given:
                pass
            case Subscript(of=of, index=key) if (bag := self.bag(of)) and (name := self._key(key)):
                required = id(node) not in self.asked
                self._see(bag, name, _guess(name), node.place, required=required)
            case Call(function=Attribute(of=of, name=word)) if word in (
                "get",
                "getlist",
                "pop",
            ) and (bag := self.bag(of)):
                self._got(node, bag, word)
            case Call():
                self._loaded(node)
                self._validated(node)
            case Compare(first=key, rest=((_, right),)) if (bag := self.bag(right)) and (
                name := self._key(key)
            ):
                self._see(bag, name, _guess(name), node.place)
        if isinstance(node, Expression) and self.bag(node):
            self.reading.place = self.reading.place or node.place
            if self.bag(node) in ("body", "form", "file"):
                self.reading.bag(self.bag(node))
            elif self.bag(node) == "raw":
                self.reading.raw = True

    def _see(
        self, bag: str, name: str, schema: Schema, place: Place, *, required: bool = False
    ) -> None:
        if bag == "file":
            schema = Schema(type="string", format="binary")
        if bag in TEXTS and schema.type == "any" and not schema.any_of:
            schema = schema.replace(type="string")
        if bag in ("body", "form", "file", "query", "header", "cookie"):
            self.reading.bag(bag).see(name, schema, place, required=required)

    def _got(self, node: Call, bag: str, word: str) -> None:
        name = self._key(node.positional[0]) if node.positional else ""
        if not name:
            return
        schema = _guess(name)
        cast = node.keyword("type")
        if cast is not None and cast.text in CASTS:
            schema = Schema(type=CASTS[cast.text])
            self.reading.bag(bag).lenient.add(name)
        default = node.keyword("default")
        if default is None and len(node.positional) > 1:
            default = node.positional[1]
        known = plain(self.study.value(default)) if default is not None else None
        if known is not None:
            schema = schema.replace(has_default=True, default=known)
            if schema.type == "any" and bag == "body":
                schema = schema.replace(type=_type_of(known), unchecked=True)
        if bag in TEXTS and schema.type == "any":
            schema = schema.replace(type="string")
        if word == "getlist":
            schema = Schema(type="array", items=schema)
        self._see(bag, name, schema, node.place)

    def _loaded(self, node: Call) -> None:
        """`schema.load(request.get_json())`, `Model(**request.json)`, `Model.model_validate(data)`."""
        held = [self.bag(each.value) for each in node.arguments]
        bag = next((each for each in held if each in ("body", "form", "query", "raw")), "")
        if not bag:
            return
        schema = self._schema_of(node)
        if schema is None:
            return
        shape = self.reading.shapes.of(schema)
        if shape.type == "any":
            return
        shape = self._under(shape, node)
        if bag == "query":
            for each in shape.properties:
                self._see("query", each.name, each.schema, node.place, required=each.required)
            return
        self.reading.loaded = schema
        self.reading.whole = shape
        self.reading.place = node.place
        self.reading.media = (
            "application/x-www-form-urlencoded" if bag == "form" else "application/json"
        )

    def _under(self, shape: Schema, node: Call) -> Schema:
        """What the call itself changes: `load(data, partial=True, many=True)`."""
        partial = node.keyword("partial")
        said = plain(self.study.value(partial)) if partial is not None else None
        spared = set(said) if isinstance(said, list) else set()
        if said is True or spared:
            members = tuple(
                each.replace(required=False) if said is True or each.name in spared else each
                for each in shape.properties
            )
            shape = shape.replace(properties=members)
        many = node.keyword("many")
        if many is not None and plain(self.study.value(many)) is True and shape.type == "object":
            shape = Schema(type="array", items=shape)
        return shape

    def _schema_of(self, node: Call) -> Value | None:
        match node.function:
            case Attribute(of=of, name=name) if name in LOADS:
                value = self.study.value(of)
                return value if isinstance(value, Instance | ClassValue) else None
        value = self.study.value(node.function)
        spread = any(each.spread == "**" for each in node.arguments)
        return value if isinstance(value, ClassValue) and spread else None

    def _validated(self, node: Call) -> None:
        """A form of WTForms, or a parser that was told its arguments."""
        match node.function:
            case Attribute(of=of, name="validate_on_submit" | "validate"):
                value = self.study.value(of)
                if isinstance(value, Instance) and self._is_a(value, "forms"):
                    shape = self.reading.shapes.of(value.of)
                    for each in shape.properties:
                        bag = "file" if each.schema.format == "binary" else "form"
                        self._see(bag, each.name, each.schema, node.place, required=each.required)
                    if shape.properties and shows_again(self.study):
                        self.reading.status = self.reading.status or SHOWN
            case Attribute(of=of, name="parse_args"):
                for argument in parsed(of, self.study, self.reading.codebase):
                    self._parsed(argument)

    def _is_a(self, value: Instance, table: str) -> bool:
        return self.reading.codebase.is_a(value, *data()[table])

    def _parsed(self, told: Parameter) -> None:
        place = told.place or Place(file="")
        self._see(told.location, told.name, told.schema, place, required=told.required)
        if told.location == "body":
            self.reading.status = self.reading.status or 400

    def _caught(self, node: Try) -> None:
        """`except ValidationError: return …, 400` around a load."""
        inner = [each for part in node.body for each in walk(part)]
        if not any(isinstance(each, Call) and _loads(each) for each in inner):
            return
        for catch in node.catches:
            if any(INVALID.search(kind.text) for kind in catch.kinds):
                status = refused_status(catch.body, self.study)
                self.reading.status = self.reading.status or status

    # --- what is asked for first -------------------------------------------------

    def _made_sure(self, node: Node) -> None:
        """`if "x" in data: row.x = data["x"]`: the member may be left out."""
        match node:
            case If(test=test, body=body):
                self._sure(test, body)
            case Conditional(test=test, then=then):
                self._sure(test, (then,))
            case BoolOp(operator="and", operands=(first, *others)):
                self._sure(first, tuple(others))

    def _sure(self, test: Expression, inside: tuple[Node, ...]) -> None:
        present = set(self._present(test))
        for node in (each for part in inside for each in walk(part) if present):
            if isinstance(node, Subscript) and self.member(node) in present:
                self.asked.add(id(node))

    def _present(self, test: Expression) -> Iterator[tuple[str, str]]:
        """The members that are there where the test is true."""
        match test:
            case BoolOp(operator="and", operands=operands):
                for each in operands:
                    yield from self._present(each)
            case Compare(first=key, rest=(("in", right),)) if (bag := self.bag(right)) and (
                name := self._key(key)
            ):
                yield bag, name
            case Compare(first=first, rest=(("is not" | "!=", Constant(value=None | "")),)) if (
                member := self.member(first)
            ):
                yield member
            case _ if not isinstance(test, Subscript) and (member := self.member(test)):
                yield member

    # --- what is refused ---------------------------------------------------------

    def _checked(self, node: Node) -> None:
        """A member whose lack is refused is required; the refusal's status is the answer to bad input."""
        if isinstance(node, For):
            self._looped(node)
        if not isinstance(node, If):
            return
        self._bounced(node)
        lacking = list(self._lacking(node.test))
        status = refused_status(node.body, self.study) if lacking else None
        if status not in (400, 422):
            return
        for bag, name in lacking:
            if bag in ("body", "form", "file", "query", "header", "cookie"):
                self._see(bag, name, _guess(name), node.place, required=True)
                if bag in ("body", "form", "file"):
                    self.reading.status = self.reading.status or status

    def _bounced(self, node: If) -> None:
        """`if not title or len(title) > 60: flash(…); return redirect(…)`: what the form asks of its fields."""
        status = bounced_status(node.body, self.study)
        for name, changes in bounds(node.test, self.member) if status else ():
            if name in self.reading.bag("form").schemas:
                self.reading.bag("form").bounds.setdefault(name, {}).update(changes)
                self.reading.bounced = status

    def _lacking(self, test: Expression) -> Iterator[tuple[str, str]]:
        """The members whose absence makes the test true."""
        match test:
            case BoolOp(operator="or", operands=operands):
                for each in operands:
                    yield from self._lacking(each)
            case Unary(operator="not", operand=operand):
                if (member := self.member(operand)) is not None:
                    yield member
                elif isinstance(operand, BoolOp) and operand.operator == "and":
                    for each in operand.operands:
                        if (member := self.member(each)) is not None:
                            yield member
                elif isinstance(operand, Call) and operand.function.text == "all":
                    yield from self._every(operand)
            case Compare(first=first, rest=((operator, right),)):
                none = isinstance(right, Constant) and right.value in (None, "")
                if operator in ("is", "==") and none and (member := self.member(first)) is not None:
                    yield member
                elif (
                    operator == "not in" and (bag := self.bag(right)) and (key := self._key(first))
                ):
                    yield bag, key

    def _every(self, call: Call) -> Iterator[tuple[str, str]]:
        """`all(key in data for key in ("a", "b"))`."""
        for node in walk(call):
            match node:
                case Compare(rest=(("in", right),)) if bag := self.bag(right):
                    for clause in walk(call):
                        source = getattr(clause, "source", None)
                        if isinstance(source, Expression):
                            for name in _words(self.study.value(source)):
                                yield bag, name

    def _looped(self, node: For) -> None:
        """`for key in ("a", "b"): if key not in data: abort(400)`."""
        words = _words(self.study.value(node.source))
        if not words:
            return
        for inner in node.body:
            if not isinstance(inner, If):
                continue
            status = refused_status(inner.body, self.study)
            if status not in (400, 422):
                continue
            for each in walk(inner.test):
                match each:
                    case Compare(first=Name(), rest=(("not in", right),)) if bag := self.bag(right):
                        for name in words:
                            self._see(bag, name, _guess(name), inner.place, required=True)
                        self.reading.status = self.reading.status or status


def _loads(call: Call) -> bool:
    name = call.function.text.rpartition(".")[2]
    return name in LOADS or name[:1].isupper()


def _words(value: Value) -> tuple[str, ...]:
    if not isinstance(value, ListValue):
        return ()
    return tuple(each for each in map(plain, value.items) if isinstance(each, str))


def _guess(name: str) -> Schema:
    """Nothing is declared about the member but its name."""
    if name == "email":
        return Schema(type="string", format="email", unchecked=True)
    return Schema()


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "any")
