"""Objects of Go: struct literals, fields and their zero values, embedded types, interfaces with one implementation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from comfrey.languages.go.graph import PackageGraph
from comfrey.languages.go.lower import EMBEDDED, INTERFACE
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Constant
from comfrey.source.value import (
    Arguments,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)

BASIC: dict[str, Const] = {
    "string": Const(""),
    "bool": Const(False),
    **dict.fromkeys(
        [
            "int",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "byte",
            "rune",
            "uintptr",
        ],
        Const(0),
    ),
    **dict.fromkeys(("float32", "float64"), Const(0.0)),
}
STRUCT = re.compile(rb"^type\s+(\w+)\s+struct\s*\{(.*?)^\}", re.MULTILINE | re.DOTALL)
EMBEDS = re.compile(rb"^\s+\*?(\w+)[ \t]*$", re.MULTILINE)
METHOD = re.compile(
    rb"^func\s*\(\s*(?:\w+\s+)?\*?\s*(\w+)(?:\[[^\]]*\])?\s*\)\s*(\w+)\s*[\[(]", re.M
)
DOUBLE = re.compile(
    r"(?:^|/)(?:mocks?|fakes?|stubs?|testutils?|testing)/|mock|fake|stub", re.IGNORECASE
)
_methods: WeakKeyDictionary[Codebase, dict[tuple[str, str], set[str]]] = WeakKeyDictionary()


def construct(ev: Evaluator, of: ClassValue, arguments: Arguments) -> Value | None:
    """A literal or conversion of a named type that is no struct; None for structs."""
    base = underlying(ev, of)
    if base is None:
        return None
    args = arguments[0]
    match base:
        case Generic(of=External(name="list")):
            if len(args) == 1 and isinstance(args[0], ListValue):
                return args[0]
            return ListValue([_unkeyed(each) for each in args], "list", of.place, named=of)
        case Generic(of=External(name="dict")):
            if len(args) == 1 and isinstance(args[0], DictValue):
                return args[0]
            pairs = [(each.items[0], each.items[1]) for each in args if isinstance(each, ListValue)]
            return DictValue(list(pairs), of.place, named=of)
    return args[0] if args else BASIC.get(getattr(base, "name", ""), Const(None))


def _unkeyed(value: Value) -> Value:
    return value.items[1] if isinstance(value, ListValue) and value.kind == "keyed" else value


def underlying(ev: Evaluator, of: ClassValue) -> Value | None:
    """The basic, slice, map or function type that a named type is made from; None for structs and interfaces."""
    if is_interface(of) or of.node.text.lstrip().startswith("struct"):
        return None
    bases = ev.codebase.bases(of)
    if len(bases) != 1 or re.search(r"\bstruct\s*\{", of.node.text.partition("\n")[0]):
        return None
    first = bases[0]
    if isinstance(first, ClassValue):
        return underlying(ev, first)
    if (
        isinstance(first, Generic)
        and isinstance(first.of, External)
        and first.of.name in ("list", "dict")
    ):
        return first
    if isinstance(first, External) and "." not in first.name and first.name not in ("typing",):
        return first
    return None


def is_interface(of: ClassValue) -> bool:
    """Whether a class is an interface."""
    marks = of.node.decorators
    return bool(marks) and isinstance(marks[0], Constant) and marks[0].value == INTERFACE


@dataclass(frozen=True, slots=True, eq=False)
class Nil(Const):
    """A pointer to nothing yet, and the type that it points to."""

    kind: Value | None = None


def zero(ev: Evaluator, kind: Value) -> Value:
    """What a variable of that type holds to begin with."""
    match kind:
        case External(name=name) if name in BASIC:
            return BASIC[name]
        case External(name=name) if "." in name:
            return ev.call(kind) if not ev.quiet else Instance(kind, symbolic=True)
        case Generic(of=External(name="list")):
            return ListValue([], spreads=[Instance(kind, symbolic=True)])
        case Generic(of=External(name="dict")):
            return DictValue([])
        case Generic(of=External(name="typing.Annotated"), args=(inner, *_)):
            return Nil(None, None, inner)
        case ClassValue() if is_interface(kind):
            return Const(None)
        case ClassValue() | Generic(of=ClassValue()):
            return ev.call(kind)
    return Const(None)


def handed_out(args: Iterable[Value]) -> None:
    """Notes that code outside the tree was given these: it may have filled what they point to."""
    for each in args:
        if isinstance(each, Instance) and isinstance(each.of, ClassValue | Generic):
            each.symbolic = True
        elif isinstance(each, ListValue) and each.kind == "list" and not each.items:
            each.open = True


def method_of(ev: Evaluator, of: ListValue | DictValue, name: str) -> BoundMethod | None:
    """A method of the named type that a slice or map goes by."""
    if not isinstance(of.named, ClassValue):
        return None
    found = ev.codebase.member(of.named, name)
    if found is None or not isinstance(found.value, FunctionValue):
        return None
    return BoundMethod(of, found.value)


def member_of(of: DictValue, name: str) -> Value:
    """A member of something that is tried out with, however its name is spelled."""
    wanted = name.replace("_", "").lower()
    for key, value in of.items:
        if isinstance(key, Const) and str(key.value).replace("_", "").lower() == wanted:
            return value
    return UnknownValue("a member that is not known", None, name)


def embedded(member: Member) -> bool:
    """Whether a field is an embedded type."""
    return any(isinstance(e, Constant) and e.value == EMBEDDED for e in member.decorators)


def field(ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
    """A field of a struct: what its literal says, else its zero value; for interfaces the one implementation's."""
    given = instance.kwarg(name)
    if given is not None:
        return given
    if is_interface(of):
        return _implemented(ev, instance, of, name)
    own = ev.codebase.own_member(of, name)
    if own is not None and own.annotation is not None and own.value is None:
        return _own(ev, instance, of, own)
    if own is None:
        return _promoted(ev, instance, of, name)
    return None


def _own(ev: Evaluator, instance: Instance, of: ClassValue, member: Member) -> Value | None:
    if instance.args and not instance.symbolic:
        names = [m.name for m in ev.codebase.members(of) if m.annotation is not None]
        index = names.index(member.name) if member.name in names else len(names)
        if index < len(instance.args):
            return instance.args[index]
    if instance.symbolic or member.annotation is None:
        return None
    kind = ev.codebase.type_of(member.annotation, ev.codebase.body_of(of))
    if embedded(member) or not isinstance(kind, Generic | External) or _is_struct(kind):
        made = ev.codebase.some_of(kind)
        instance.fields[member.name] = made
        return made
    if (
        isinstance(kind, Generic)
        and isinstance(kind.of, External)
        and kind.of.name == "typing.Annotated"
    ):
        return None
    made = zero(ev, kind)
    if isinstance(made, ListValue | DictValue):
        instance.fields[member.name] = made
    return made


def _is_struct(kind: Value) -> bool:
    return isinstance(kind, External) and "." in kind.name


def _promoted(ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
    """What an embedded value brings, where one was given."""
    for member in ev.codebase.members(of):
        if not embedded(member):
            continue
        held = instance.fields.get(member.name) or instance.kwarg(member.name)
        if held is None or isinstance(held, Const | UnknownValue):
            continue
        if isinstance(held, Instance) and ev.codebase.class_of(held) is None:
            inner = _pointing(of, ev, member)
            if inner is not None and name[:1].isupper():
                return ev.attribute(held, name)
            continue
        found = ev.attribute(held, name)
        if not isinstance(found, UnknownValue):
            return found
    return None


def _pointing(of: ClassValue, ev: Evaluator, member: Member) -> Value | None:
    if member.annotation is None:
        return None
    return ev.codebase.type_of(member.annotation, ev.codebase.body_of(of))


def _implemented(ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
    """A method of the only type of the tree that has all the methods of an interface."""
    found = implementation(ev, of)
    if found is None:
        return None
    made = Instance(found, symbolic=True, place=instance.place)
    method = ev.codebase.member(found, name)
    if method is not None and isinstance(method.value, FunctionValue):
        return BoundMethod(made, method.value)
    return None


def implementation(ev: Evaluator, of: ClassValue) -> ClassValue | None:
    """The only type of the tree that implements an interface, doubles for tests left out."""
    wanted = {
        m.name
        for m in ev.codebase.members(of, inherited=True)
        if isinstance(m.value, FunctionValue)
    }
    if not wanted:
        return None
    known = _all_methods(ev.codebase)
    found = [key for key, names in known.items() if wanted <= names]
    real = [key for key in found if not DOUBLE.search(key[0]) and not DOUBLE.search(key[1])]
    if len(real) > 1:
        near = [key for key in real if key[0] == _package(ev, of)]
        real = near if len(near) == 1 else real
    if len(real) != 1:
        return None
    value = ev.member(real[0][0], real[0][1])
    return value if isinstance(value, ClassValue) else None


def _package(ev: Evaluator, of: ClassValue) -> str:
    graph = ev.graph
    return graph.package_of(of.scope.file) if isinstance(graph, PackageGraph) else ""


def _all_methods(codebase: Codebase) -> dict[tuple[str, str], set[str]]:
    """(package, type) → names of its methods, for all that is built in the tree; with those of what it embeds."""
    if codebase not in _methods:
        found: dict[tuple[str, str], set[str]] = {}
        held: dict[tuple[str, str], list[tuple[str, str]]] = {}
        graph = codebase.graph
        packages = graph.packages if isinstance(graph, PackageGraph) else {}
        for package in packages:
            for file in graph.package(package) if isinstance(graph, PackageGraph) else ():
                for match in METHOD.finditer(codebase.tree.text(file)):
                    key = (package, match[1].decode())
                    found.setdefault(key, set()).add(match[2].decode())
                for struct in STRUCT.finditer(codebase.tree.text(file)):
                    inner = [e.decode() for e in EMBEDS.findall(struct[2])]
                    held[package, struct[1].decode()] = [(package, each) for each in inner]
        for key in held:
            own = found.get(key, set()).union(*(found.get(each, ()) for each in held[key]))
            if own:
                found[key] = own
        _methods[codebase] = found
    return _methods[codebase]
