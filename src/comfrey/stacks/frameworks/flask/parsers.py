"""Request parsers of Flask-RESTful and Flask-RESTX: the arguments that they were told of.

A parser is made for a module, for a class (in its `__init__`) or by the view itself. Where no location is said,
it looks into the values of the request and its JSON
(https://flask-restful.readthedocs.io/en/latest/reqparse.html#argument-locations).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from comfrey.model.endpoint import Parameter
from comfrey.model.place import Place
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Expression
from comfrey.source.study import Study
from comfrey.source.value import External, FunctionValue, Instance, ListValue, Value, plain

CASTS = {"int": "integer", "float": "number", "bool": "boolean", "str": "string"}
LOCATIONS = {
    "json": "body",
    "args": "query",
    "headers": "header",
    "form": "form",
    "files": "file",
    "cookies": "cookie",
}
BODILESS = ("get", "head")
MAKES = ("string", "boolean")
"""What `type=str` and `type=bool` make of anything but null."""


def parsed(parser: Expression, study: Study, codebase: Codebase) -> Iterator[Parameter]:
    """The arguments that a parser, as a view names it, was told of."""
    value = study.value(parser)
    if not isinstance(value, Instance):
        return
    usual = "query" if study.function.name in BODILESS else "body"
    if not isinstance(parser, Attribute):
        for event in codebase.evaluator.on(value):
            if event.name == "add_argument":
                yield from _argument(event.argument, event.kwarg, event.place, usual)
    for told in _tellers(parser, study, codebase):
        for call in told.calls():
            if _tells(call, parser):
                yield from _written(call, told, usual)


def _tellers(parser: Expression, study: Study, codebase: Codebase) -> Iterator[Study]:
    """The functions in which a parser is told: the view, and for a member of the object its `__init__`."""
    yield study
    owner = study.function.owner
    if isinstance(parser, Attribute) and parser.of.text == "self" and owner is not None:
        made = codebase.member(owner, "__init__")
        if made is not None and isinstance(made.value, FunctionValue):
            yield Study(codebase, made.value)


def _tells(call: Call, parser: Expression) -> bool:
    function = call.function
    named = isinstance(function, Attribute) and function.name == "add_argument"
    return named and isinstance(function, Attribute) and function.of.text == parser.text


def _written(call: Call, study: Study, usual: str) -> Iterator[Parameter]:
    def keyword(name: str) -> Value | None:
        node = call.keyword(name)
        return study.value(node) if node is not None else None

    def argument(position: int, name: str) -> Value | None:
        given = call.positional
        return study.value(given[position]) if position < len(given) else keyword(name)

    yield from _argument(argument, keyword, call.place, usual)


def _argument(
    argument: Callable[[int, str], Value | None],
    keyword: Callable[[str], Value | None],
    place: Place | None,
    usual: str,
) -> Iterator[Parameter]:
    name = plain(argument(0, "name"))
    if not isinstance(name, str):
        return
    yield Parameter(
        name=name,
        location=LOCATIONS.get(str(plain(keyword("location"))), usual),
        schema=_schema(keyword("type"), keyword("choices"), keyword("nullable")),
        required=plain(keyword("required")) is True,
        attribute=name,
        place=place,
    )


def _schema(kind: Value | None, choices: Value | None, nullable: Value | None) -> Schema:
    """What an argument lets in: null too, unless that is said or there are choices."""
    name = kind.name if isinstance(kind, External) else "str"
    cast = CASTS.get(name, "string" if kind is None else "any")
    among = tuple(plain(each) for each in choices.items) if isinstance(choices, ListValue) else ()
    return Schema(
        type=cast,
        nullable=plain(nullable) is not False and not among,
        enum=among,
        converts=cast in MAKES,
    )
