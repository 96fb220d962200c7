"""What a struct's own method refuses: `if len(r.Name) > 80 { p.add("name", "is too long") }`.

Each `if` of the method whose body reports something is read as what its field may not be; functions that are handed
a field are followed. A condition that is not understood says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from comfrey.languages.go.instances import underlying
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    Compare,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    If,
    Name,
    Return,
    Statement,
    TupleOf,
    Unary,
)
from comfrey.source.value import (
    ClassValue,
    Const,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.validators.go_playground.rules import LAYOUTS

METHOD = re.compile(r"^(?:is)?_?valid(?:ate\w*)?$|^check$|^ok$", re.IGNORECASE)
SIZES = ("len", "utf8.RuneCountInString", "utf8.RuneCount")
SAME = ("strings.TrimSpace", "string", "int", "int64", "float64", "[]rune", "[]byte")
PARSED = {
    "mail.ParseAddress": {"format": "email"},
    "uuid.Parse": {"format": "uuid"},
    "uuid.FromString": {"format": "uuid"},
    "url.ParseRequestURI": {"format": "uri"},
}
NAMED = {"time.DateOnly": "2006-01-02", "time.RFC3339": "2006-01-02T15:04:05Z07:00"}
VALUES = {"<": "minimum", "<=": "exclusive_minimum", ">": "maximum", ">=": "exclusive_maximum"}
LENGTHS = {"<": ("min_length", 0), "<=": ("min_length", 1), ">": ("max_length", 0), ">=": ("max_length", -1)}  # fmt: skip
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
DEPTH = 3

Rules = dict[str, dict[str, Any]]
"""What is refused of each field, as members of its schema; beside them `required`, and `bare` where a field that
was not sent is looked at all the same."""


@dataclass(frozen=True)
class Known:
    """What a name stands for: a field, its length, what came of parsing it."""

    field: str
    kind: str = "value"
    told: tuple[tuple[str, Any], ...] = ()


@dataclass
class _Reading:
    """One function that is read. `names` are what its names stand for, `receiver` is the struct's."""

    codebase: Codebase
    function: FunctionValue
    receiver: str
    names: dict[str, Known]
    found: Rules
    depth: int = 0
    guards: set[str] = field(default_factory=set)

    def read(self, body: tuple[Statement, ...]) -> None:
        for each in body:
            match each:
                case If():
                    self._if(each)
                case Assign(targets=(target,), value=value) if value is not None:
                    self._bind(target, value)
                case Evaluate(value=Call() as call) | Return(value=Call() as call):
                    self._follow(call)

    # --- statements -----------------------------------------------------------

    def _if(self, statement: If) -> None:
        if _reports(statement.body):
            for name, rule in self._refused(statement.test):
                bare = {} if name in self.guards else {"bare": True}
                self.found.setdefault(name, {}).update(bare | rule)
        guarded = {known.field for known in self._there(statement.test)} - self.guards
        self.guards |= guarded
        self.read(statement.body)
        self.guards -= guarded
        self.read(statement.otherwise)

    def _bind(self, target: Expression, value: Expression) -> None:
        inner = value
        if isinstance(value, Call) and value.function.text == "<several>":
            inner = value.positional[1]
        if isinstance(value, Call) and isinstance(value.function, Name):
            inner = value.positional[1] if value.function.name == "<several>" else value
        known = self._operand(inner)
        if isinstance(target, Name) and known is not None:
            self.names[target.name] = known
        elif isinstance(target, TupleOf) and isinstance(inner, Call):
            self._parsed(target, inner)
        elif isinstance(target, Name) and isinstance(inner, Call):
            self._follow(inner)

    def _parsed(self, target: TupleOf, call: Call) -> None:
        """`address, err := mail.ParseAddress(email)`."""
        last = target.items[-1]
        operands = [self._operand(each) for each in call.positional]
        of = next((e for e in operands if e is not None and e.kind == "value"), None)
        told = PARSED.get(call.function.text)
        if call.function.text == "time.Parse" and call.positional:
            given = call.positional[0]
            layout = NAMED.get(given.text) or text_of(self._value(given)) or ""
            told = {"format": LAYOUTS[layout]} if layout in LAYOUTS else None
        if of is not None and told and isinstance(last, Name):
            self.names[last.name] = Known(of.field, "error", tuple(told.items()))

    def _follow(self, call: Call) -> None:
        """A function of the tree that is handed a field, a method of the same struct by another name."""
        if self.depth >= DEPTH:
            return
        target = call.function
        if isinstance(target, Attribute) and self._is_receiver(target.of):
            other = self._method(target)
            if other is not None:
                read_method(self.codebase, other, self.found, self.depth + 1)
            return
        operands = [self._operand(each) for each in call.positional]
        if not any(operands):
            return
        value = self._value(target)
        if isinstance(value, FunctionValue) and isinstance(value.node, FunctionDef):
            names = self._handed(value.node, call, operands)
            inner = _Reading(self.codebase, value, "", names, self.found, self.depth + 1)
            inner.constants = self._constants(value.node, call)
            inner.guards = self.guards
            inner.read(tuple(value.node.body))

    constants: dict[str, Any] = field(default_factory=dict)

    def _handed(
        self, node: FunctionDef, call: Call, operands: list[Known | None]
    ) -> dict[str, Known]:
        pairs = zip(node.parameters, operands, strict=False)
        return {each.name: known for each, known in pairs if known is not None}

    def _constants(self, node: FunctionDef, call: Call) -> dict[str, Any]:
        pairs = zip(node.parameters, call.positional, strict=False)
        told = {each.name: self._constant(given) for each, given in pairs}
        return {name: value for name, value in told.items() if value is not None}

    def _is_receiver(self, node: Expression) -> bool:
        """`r`, `(*other)(r)`."""
        if isinstance(node, Call) and len(node.positional) == 1:
            node = node.positional[0]
        return isinstance(node, Name) and node.name == self.receiver

    def _method(self, target: Attribute) -> FunctionValue | None:
        if not METHOD.match(target.name) or not isinstance(target.of, Call):
            return None
        kind = self._value(target.of.function)
        member = self.codebase.member(kind, target.name) if isinstance(kind, ClassValue) else None
        found = member.value if member is not None else None
        return found if isinstance(found, FunctionValue) else None

    # --- conditions -----------------------------------------------------------

    def _refused(self, test: Expression) -> Iterator[tuple[str, dict[str, Any]]]:
        """(field, what its schema must say) of a condition under which something is reported."""
        match test:
            case BoolOp(operator="or", operands=operands):
                for each in operands:
                    yield from self._refused(each)
            case BoolOp(operator="and", operands=operands):
                there = {known.field for known in self._there(test)}
                rest = [each for each in operands if not list(self._there(each))]
                for name, rule in self._refused(rest[0]) if len(rest) == 1 else ():
                    yield name, rule | ({"bare": False} if name in there else {})
            case Unary(operator="not", operand=Call() as call):
                yield from self._denied(call)
            case Compare(first=first, rest=((operator, second),)):
                yield from self._compared(operator, first, second)

    def _there(self, test: Expression) -> Iterator[Known]:
        """The fields of which a condition says that they were sent: `r.Name != nil && …`."""
        match test:
            case BoolOp(operator="and", operands=operands):
                for each in operands:
                    yield from self._there(each)
            case Compare(first=first, rest=(("!=", Constant(value=None | "")),)):
                known = self._operand(first)
                if known is not None:
                    yield known

    def _compared(
        self, operator: str, first: Expression, second: Expression
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        known = self._operand(first)
        if known is None:
            known, operator = self._operand(second), TURNED.get(operator, operator)
            first, second = second, first
        if known is None:
            return
        limit = self._constant(second)
        is_nil = isinstance(second, Constant) and second.value is None
        match known.kind, operator:
            case "error", "!=" if is_nil:
                yield known.field, dict(known.told)
            case "value", "==" if is_nil or limit == "":
                yield known.field, {"required": True} | ({"min_length": 1} if limit == "" else {})
            case "value", word if word in VALUES and _is_number(limit):
                yield known.field, {VALUES[word]: limit}
            case "size", "==" if limit == 0:
                yield known.field, {"required": True, "min_length": 1}
            case "size", word if word in LENGTHS and _is_number(limit):
                name, more = LENGTHS[word]
                yield known.field, {name: int(limit) + more}

    def _denied(self, call: Call) -> Iterator[tuple[str, dict[str, Any]]]:
        """`!isbn.MatchString(r.ISBN)`, `!slices.Contains(kinds, r.Kind)`."""
        known = next((k for k in map(self._operand, call.positional) if k), None)
        if known is None or not isinstance(call.function, Attribute):
            return
        if call.function.name == "MatchString":
            made = self._value(call.function.of)
            first = made.args[0] if isinstance(made, Instance) and made.args else None
            pattern = text_of(first)
            if pattern:
                yield known.field, {"pattern": pattern}
        elif call.function.text == "slices.Contains":
            listed = self._value(call.positional[0])
            values = listed.items if isinstance(listed, ListValue) and not listed.open else []
            if values and all(isinstance(each, Const) for each in values):
                yield known.field, {"enum": tuple(getattr(each, "value", None) for each in values)}

    # --- expressions ------------------------------------------------------------

    def _operand(self, node: Expression) -> Known | None:
        match node:
            case Name(name=name):
                return self.names.get(name)
            case Attribute(of=Name(name=owner), name=name) if owner == self.receiver:
                return Known(name)
            case Call(function=function) if function.text in SIZES and node.positional:
                inner = self._operand(node.positional[0])
                return Known(inner.field, "size") if inner and inner.kind == "value" else None
            case Call(function=function) if function.text in SAME and node.positional:
                return self._operand(node.positional[0])
        return None

    def _constant(self, node: Expression) -> Any:
        if isinstance(node, Name) and node.name in self.constants:
            return self.constants[node.name]
        if isinstance(node, Constant):
            return node.value
        found = self._value(node)
        return found.value if isinstance(found, Const) else None

    def _value(self, node: Expression) -> Value:
        return self.codebase.value(node, self.function.scope)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _reports(body: tuple[Statement, ...]) -> bool:
    """Whether the body of an `if` says that something is wrong: it calls something, or ends with an error."""
    first = body[0] if body else None
    match first:
        case Evaluate(value=Call()):
            return True
        case Return(value=value):
            return value is not None and not (isinstance(value, Constant) and value.value is True)
        case Assign(targets=(Name(),), value=Call(function=Name(name="append"))):
            return True
    return False


def read_method(codebase: Codebase, method: FunctionValue, found: Rules, depth: int = 0) -> None:
    """Adds what one method refuses."""
    node = method.node
    if isinstance(node, FunctionDef) and node.parameters:
        receiver = node.parameters[0].name
        _Reading(codebase, method, receiver, {}, found, depth).read(tuple(node.body))


def refused(codebase: Codebase, of: ClassValue) -> Rules:
    """What the methods that check a struct refuse, by field."""
    found: Rules = {}
    if underlying(codebase.evaluator, of) is None:
        for member in codebase.members(of):
            if METHOD.match(member.name) and isinstance(member.value, FunctionValue):
                read_method(codebase, member.value, found)
    return found


def narrowed(schema: Schema, rule: dict[str, Any]) -> Schema:
    """A field's schema under what is refused of it."""
    kept = {name: value for name, value in rule.items() if name not in ("required", "bare")}
    if schema.type not in ("string", "array", "any"):
        kept = {name: value for name, value in kept.items() if "length" not in name}
    return schema.replace(**kept)
