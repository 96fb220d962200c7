"""What a collection's documents hold: the keys of dictionaries that are stored, the fields of models that are dumped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from comfrey.model.place import Place
from comfrey.model.record import Field
from comfrey.source.classes import Member, class_like
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    Clause,
    Comprehension,
    Constant,
    DictOf,
    Expression,
    Name,
)
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.documents.collections import functions

DUMPS = ("items", "dict", "model_dump", "jsonable_encoder", "asdict", "copy", "deepcopy")
NOW = ("now", "utcnow", "today")
HASHING = ("hash", "hashpw", "generate_password_hash", "get_password_hash", "encrypt")
CASTS = {
    "int": "integer",
    "len": "integer",
    "float": "float",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
    "parseInt": "integer",
    "parseFloat": "float",
    "Number": "float",
    "Boolean": "boolean",
}
"""Functions that convert, by what they give (Python's and JavaScript's)."""
KEY = "_id"
OWN_KEY = re.compile(
    r"""(\[["']_id["']\]|\._id|\.inserted_?[iI]d|\.get\(["']_id["']\))$|^(?:new )?ObjectId\("""
)
"""An expression for the key of a document, as it is."""
SET = "$set"
DEEPEST = 3


class Stored:
    """Works out what an argument of a collection's method holds."""

    def __init__(self, codebase: Codebase, types: dict[str, str]) -> None:
        self.codebase = codebase
        self.types = types

    def document(self, study: Study, node: Expression | None, deep: int = 0) -> dict[str, Field]:
        """The fields of a document that is stored as a whole."""
        match node:
            case None:
                return {}
            case DictOf(items=items):
                return self._written(study, items, deep)
            case BoolOp(operator="and", operands=(*_, last)):
                inner = self.document(study, last, deep + 1)
                return {name: loosely(each) for name, each in inner.items()}
            case Comprehension(kind="dict", clauses=(Clause(source=source), *_)):
                return self.document(study, source, deep + 1)
            case Call(function=Attribute(of=of, name=name)) if name in DUMPS:
                return self.document(study, of, deep + 1)
            case Call(function=Name(name=name), positional=(first, *_)) if name in (*DUMPS, "dict"):
                return self.document(study, first, deep + 1)
            case Call(function=Name(name="dict")) as call:
                pairs = ((each.name, each.value) for each in call.arguments if each.name)
                return {name: self._field(study, name, each) for name, each in pairs}
            case Name(name=name):
                known = self._held(study, name, deep)
                known = known or self._of_value(study.value(node), node.place)
                return known or self._passed(study, name, deep)
        return self._of_value(study.value(node), node.place)

    def changes(self, study: Study, node: Expression | None) -> dict[str, Field]:
        """The fields that an update sets."""
        for key, value in node.items if isinstance(node, DictOf) else ():
            if key is not None and text_of(study.value(key)) == SET:
                return self.document(study, value)
        return {}

    def _written(
        self, study: Study, items: tuple[tuple[Expression | None, Expression], ...], deep: int
    ) -> dict[str, Field]:
        found: dict[str, Field] = {}
        for key, value in items:
            if key is None:
                found |= self.document(study, value, deep + 1) if deep < DEEPEST else {}
            elif (name := text_of(study.value(key))) and "{" not in name:
                found[name] = self._field(study, name, value)
        return found

    def _held(self, study: Study, name: str, deep: int) -> dict[str, Field]:
        """What a local name was given, and the keys that are set on it later."""
        found: dict[str, Field] = {}
        if deep >= DEEPEST:
            return found
        for target, value in assigned(study):
            if isinstance(target, Name) and target.name == name:
                found |= self.document(study, value, deep + 1)
            elif (key := _key_of(study, target, name)) and key != KEY:
                found[key] = self._field(study, key, value)
        for call in study.calls():
            if call.function.text == f"{name}.update" and call.positional:
                found |= self.document(study, call.positional[0], deep + 1)
        return found

    def _passed(self, study: Study, name: str, deep: int) -> dict[str, Field]:
        """What callers in the same tree pass for a parameter."""
        names = [each.name for each in study.function.node.parameters]
        if name not in names or deep >= DEEPEST:
            return {}
        for caller, call in callers(self.codebase, study.function):
            passed = call.keyword(name)
            at = names.index(name) - int(names[0] in ("self", "cls"))
            if passed is None and 0 <= at < len(call.positional):
                passed = call.positional[at]
            found = self.document(caller, passed, deep + 1) if passed is not None else {}
            if found:
                return found
        return {}

    # --- by values -----------------------------------------------------------------

    def _of_value(self, value: Value | None, place: Place) -> dict[str, Field]:
        match value:
            case DictValue(items=items):
                told = {text_of(key) or "": each for key, each in items}
                return {
                    name: Field(name=name, type=self.type_of(each), required=True, place=place)
                    for name, each in told.items()
                    if name and "{" not in name
                }
            case Instance():
                return self._of_kind(value)
        return {}

    def _of_kind(self, value: Value | None) -> dict[str, Field]:
        """The fields of a pydantic model, by what their annotations say."""
        kind = self.codebase.class_of(value) if value is not None else None
        if kind is None:
            return {}
        members = (m for m in self.codebase.members(kind, inherited=True) if m.annotation)
        made = [f for m in members if not m.name.startswith("_") and (f := self._declared(m))]
        return {each.name: each for each in made}

    def _declared(self, member: Member) -> Field | None:
        assert member.annotation is not None
        kind = self.codebase.type_of(member.annotation, self.codebase.body_of(member.owner))
        inner, nullable = _bare(kind)
        if isinstance(member.value, FunctionValue) or inner is None or _is_class_variable(kind):
            return None
        default, given = _default(member.value)
        enum = self._enum(inner)
        return Field(
            name=_alias(member) or member.name,
            type="string" if enum else self.neutral(inner),
            required=not given and not nullable,
            nullable=nullable,
            default=default,
            default_from="code" if given and default is not None else "",
            enum=enum,
            place=member.place,
        )

    def _enum(self, kind: Value) -> tuple[Any, ...]:
        if isinstance(kind, Generic) and _last(kind) == "Literal":
            return tuple(plain(each) for each in kind.args)
        members = self.codebase.enumerated(kind) if isinstance(kind, ClassValue) else None
        made = (each for each in members or () if isinstance(each, Instance))
        return tuple(plain(each.fields.get("value")) for each in made)

    def neutral(self, kind: Value) -> str:
        """The neutral type of an annotation."""
        if isinstance(kind, Generic):
            return self.neutral(kind.of)
        if isinstance(kind, ClassValue):
            names = (self.types.get(each, "") for each in self.codebase.ancestry(kind))
            return next((each for each in names if each), "object")
        if isinstance(kind, External):
            return self.types.get(kind.name) or self.types.get(f"pydantic.{kind.last}", "string")
        return "string"

    def _field(self, study: Study, name: str, node: Expression) -> Field:
        return Field(
            name=name,
            type=self._type(study, node),
            required=True,
            place=node.place,
        )

    def _type(self, study: Study, node: Expression) -> str:
        """By the code that makes a value; what comes from a request without being converted is a text."""
        if OWN_KEY.search(node.text):
            return "reference"
        if isinstance(node, DictOf) and any(_is_operator(key) for key, _ in node.items):
            return "string"
        if isinstance(node, Call):
            word = node.function.text.rpartition(".")[2]
            if word in NOW:
                return "datetime"
            if word in HASHING:
                return "string"
            if word in CASTS:
                return CASTS[word]
        return self.type_of(study.value(node))

    def type_of(self, value: Value | None) -> str:
        """The neutral type of what is known of a value."""
        match value:
            case Const(value=bool()):
                return "boolean"
            case Const(value=int()):
                return "integer"
            case Const(value=float()):
                return "float"
            case ListValue():
                return "array"
            case DictValue():
                return "object"
            case Instance(of=External() as of):
                return self.types.get(of.name, "datetime" if of.last in NOW else "string")
            case Instance(of=BoundExternal(name=name)) if name in NOW:
                return "datetime"
        return "string"


def loosely(field: Field) -> Field:
    """The field where a document need not hold it."""
    return field.replace(required=False, nullable=True, default_from="", default=None)


def assigned(study: Study) -> Iterator[tuple[Expression, Expression]]:
    """(target, value) of every assignment of a function to one target."""
    for node in study.walk():
        if isinstance(node, Assign) and node.value is not None and len(node.targets) == 1:
            yield node.targets[0], node.value


def callers(codebase: Codebase, function: FunctionValue) -> Iterator[tuple[Study, Call]]:
    """The calls of a function of the tree, each in the function that makes it."""
    needle = (f"{function.name}(".encode(),)
    for each in functions(codebase, needle):
        study = Study(codebase, each)
        for call in study.calls():
            if call.function.text.rpartition(".")[2] == function.name:
                yield study, call


def _is_operator(key: Expression | None) -> bool:
    """Whether a dictionary says how a field is compared (`{"$regex": …}`) and not what it holds."""
    return isinstance(key, Constant) and str(key.value).startswith("$")


def _key_of(study: Study, target: Expression, name: str) -> str:
    """The key that `name["key"] = …` sets."""
    of, index = getattr(target, "of", None), getattr(target, "index", None)
    if not isinstance(of, Name) or of.name != name or index is None:
        return ""
    return text_of(study.value(index)) or ""


def _bare(kind: Value) -> tuple[Value | None, bool]:
    """A type without its wrappers, and whether it may be None."""
    nullable = False
    while isinstance(kind, Generic) and _last(kind) in ("Annotated", "Union", "Optional"):
        rest = [each for each in kind.args if not (isinstance(each, Const) and each.value is None)]
        nullable = nullable or _last(kind) == "Optional" or len(rest) < len(kind.args)
        if not rest:
            return None, nullable
        kind = rest[0]
    return kind, nullable


def _last(value: Value) -> str:
    like = class_like(value)
    return like.last if isinstance(like, External) else ""


def _is_class_variable(kind: Value) -> bool:
    return isinstance(kind, Generic) and _last(kind) == "ClassVar"


def _default(value: Value | None) -> tuple[Any, bool]:
    """(constant, whether there is a default)."""
    if value is None:
        return None, False
    if isinstance(value, Instance) and _last(value) == "Field":
        inner = value.argument(0, "default")
        if value.kwarg("default_factory") is not None:
            return None, True
        if inner is None or (isinstance(inner, Const) and inner.value is Ellipsis):
            return None, False
        return _default(inner)
    found = plain(value)
    return (found if isinstance(found, str | int | float | bool) else None), True


def _alias(member: Member) -> str:
    """The name under which a field is dumped; `_id` is the key's own."""
    made = member.value if isinstance(member.value, Instance) else None
    return text_of(made.kwarg("alias")) or "" if made is not None else ""
