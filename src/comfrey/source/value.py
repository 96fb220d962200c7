"""What an expression comes to: the values and events of the abstract evaluator.

Values stand for objects of the running program. Those that a program changes in place (lists, dicts,
instances) are changed in place here too while modules run; everything is compared by identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from comfrey.model.place import Place
from comfrey.source.node import Call, ClassDef, Expression, FunctionDef, Lambda

if TYPE_CHECKING:
    from comfrey.source.scope import Scope


class Value:
    """Something known, or known to be unknown, about an expression."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Const(Value):
    """A str, bytes, int, float, bool, None or Ellipsis. `setting` is where it came from, when it is the
    default of a setting."""

    value: Any
    setting: SettingValue | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Undefined(Const):
    """What certainly was never set, in a language that tells this from null."""

    value: None = None


@dataclass(frozen=True, slots=True, eq=False)
class Text(Value):
    """A string of which some parts are settings or unknown; `str()` gives `{API_PREFIX}/users`, `text_of`
    the same with the settings' defaults filled in."""

    parts: tuple[str | Value, ...]

    def __str__(self) -> str:
        return "".join(p if isinstance(p, str) else "{" + spell(p) + "}" for p in self.parts)


@dataclass(slots=True, eq=False)
class ListValue(Value):
    """`kind`: `list tuple set`. `open` when there may be more items than are known."""

    items: list[Value]
    kind: str = "list"
    place: Place | None = None
    open: bool = False
    spreads: list[Value] = field(default_factory=list)
    """What was added as a whole without its items being known (`urlpatterns += router.urls`)."""
    named: Value | None = None
    """The type of the tree that it goes by, where lists may have one and methods with it."""


@dataclass(slots=True, eq=False)
class DictValue(Value):
    """Pairs in order. `open` when there may be more."""

    items: list[tuple[Value, Value]]
    place: Place | None = None
    open: bool = False
    named: Value | None = None
    """As a list's."""
    spreads: tuple[Value, ...] = ()
    """What an open one has taken its further pairs from: `{**known, …}`."""

    def get(self, key: Any) -> Value | None:
        """The value under the constant `key` (or the enumeration's member of that value), the last
        written one, or None."""
        found = [v for k, v in self.items if _key(k) is not None and _key(k) == (key,)]
        return found[-1] if found else None


def _key(value: Value) -> tuple[Any] | None:
    match value:
        case Const(value=inner):
            return (inner,)
        case Instance(fields={"value": Const(value=inner)}):
            return (inner,)
    return None


@dataclass(slots=True, eq=False)
class FunctionValue(Value):
    """A function of the tree. `owner` is the class whose body holds it, `scope` where its free names live.

    `decorators` are the values of its decorators, outermost first."""

    name: str
    node: FunctionDef | Lambda
    scope: Scope
    owner: ClassValue | None = None
    decorators: tuple[Value, ...] = ()
    qualified: str = ""
    """`module:Class.method`, also for nested functions (`module:outer.inner`)."""
    fields: dict[str, Value] = field(default_factory=dict)
    """Attributes set on the function itself."""

    @property
    def place(self) -> Place:
        found = self.node.place
        return Place(file=found.file, line=found.line, end_line=found.end_line, name=self.name)

    @property
    def asynchronous(self) -> bool:
        return isinstance(self.node, FunctionDef) and self.node.asynchronous


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod(Value):
    """`receiver.function` (receiver an Instance, or a ClassValue for class methods)."""

    receiver: Value
    function: FunctionValue


@dataclass(frozen=True, slots=True, eq=False)
class BoundExternal(Value):
    """A method that the tree does not define, on a known receiver: `router.get`, `session.execute`."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Partial(Value):
    """`functools.partial(function, *args, **kwargs)`."""

    function: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]


@dataclass(slots=True, eq=False)
class ClassValue(Value):
    """A class of the tree. Ask `codebase` for its bases, MRO, members and annotations."""

    name: str
    node: ClassDef
    scope: Scope
    qualified: str = ""
    """`module:Outer.Name`."""

    @property
    def place(self) -> Place:
        found = self.node.place
        return Place(file=found.file, line=found.line, end_line=found.end_line, name=self.name)


@dataclass(frozen=True, slots=True, eq=False)
class ModuleValue(Value):
    """A module of the tree, by dotted name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class External(Value):
    """Anything from outside the tree, by the dotted name of where it is imported from: `fastapi.APIRouter`.

    Builtins have no dot (`str`). Names are as the source imports them: `fastapi.routing.APIRouter` stays so."""

    name: str

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, eq=False)
class Generic(Value):
    """A class (or External) with type arguments: `list[User]`, `Page[BookOut]`, `Annotated[X, Depends(f)]`,
    `CRUDBase[User, UserCreate]`. `X | Y` and `Optional` are `typing.Union`, with `None` as Const(None);
    `typing.List` and its like are the builtins `list dict set frozenset tuple type`."""

    of: Value
    args: tuple[Value, ...]
    place: Place | None = None


@dataclass(slots=True, eq=False)
class Instance(Value):
    """An object made by calling `of` with these arguments at `place`.

    `of` is a ClassValue, External or Generic; or, for the result of a method that the tree does not define,
    the BoundExternal that was called (`session.execute(…)`).

    One construction in the program is one Instance: the same factory called twice gives two.
    `fields` are the attributes set on it so far. `symbolic` marks "some instance of this type" (from an
    annotation or a return type), for which no construction was seen.
    """

    of: Value
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    place: Place | None = None
    fields: dict[str, Value] = field(default_factory=dict)
    symbolic: bool = False
    call: Call | None = None

    def kwarg(self, name: str) -> Value | None:
        """The keyword argument of that name, or None."""
        return next((v for k, v in self.kwargs if k == name), None)

    def argument(self, position: int, name: str) -> Value | None:
        """The argument by keyword, else by position, or None."""
        found = self.kwarg(name)
        return found if found is not None or position >= len(self.args) else self.args[position]


@dataclass(frozen=True, slots=True, eq=False)
class Super(Value):
    """`super()` inside a method of `owner`."""

    receiver: Value
    owner: ClassValue


@dataclass(frozen=True, slots=True, eq=False)
class SettingValue(Value):
    """A setting of the environment: variable `name`, with the source's default (None: required).

    `fallback` is the value that `.env.example` and its like give, a last resort. `attribute` is
    `module:Class.field` for settings classes, `cast` what converts it (`int`)."""

    name: str
    default: Value | None = None
    place: Place | None = None
    attribute: str = ""
    cast: str = ""
    fallback: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Value):
    """One of several (at least two, made by `choice`), depending on `condition` or on what cannot be known.
    The likelier comes first."""

    options: tuple[Value, ...]
    condition: str = ""


def choice(options: Iterable[Value], condition: str = "") -> Value:
    """One of the options: flat, each once, at most `MAX_OPTIONS`; a lone one is itself."""
    flat: dict[int, Value] = {}
    for each in options:
        for one in each.options if isinstance(each, Choice) else (each,):
            flat.setdefault(id(one), one)
    if not flat:
        return UnknownValue("none of several")
    found = tuple(flat.values())[:MAX_OPTIONS]
    return found[0] if len(found) == 1 else Choice(found, condition)


MAX_OPTIONS = 12


@dataclass(frozen=True, slots=True, eq=False)
class UnknownValue(Value):
    """Not known, and why. `spelling` is the expression as written, for symbolic strings."""

    reason: str
    place: Place | None = None
    spelling: str = ""


Arguments: TypeAlias = "tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A test under which something happens. `holds` is the side taken: False for an `else`.

    `decided` is what the defaults of the settings make of the whole condition (None: not known)."""

    text: str
    holds: bool
    place: Place | None = None
    decided: bool | None = None
    test: Expression | None = None

    def otherwise(self) -> Condition:
        """The other side."""
        decided = None if self.decided is None else not self.decided
        return replace(self, holds=not self.holds, decided=decided)


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A call on something that the tree does not define, as the program would do it, in order.

    `receiver` is the Instance (also of in-tree subclasses of external classes), External module or class;
    `name` the method called ("" when the receiver itself is called). A decoration `@router.get("/x")`
    is ONE event with `name="get"`, the decorator's arguments, and `target` the function or class
    decorated; a bare `@app.get` likewise without arguments. Calls of External names and of classes are
    events with `name="__init__"`, `receiver` what was called and `result` the new Instance (also
    `create_engine(url)`: whether an external name is a class cannot be seen). `item` assignments are `__setitem__`, attribute
    assignments on instances of external classes `__setattr__` (args: Const(name), value).
    """

    receiver: Value
    name: str
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    place: Place
    result: Value | None = None
    target: Value | None = None
    conditions: tuple[Condition, ...] = ()
    chain: tuple[Place, ...] = ()
    """The calls that led here, outermost first (a registration inside `register(app)`)."""
    call: Call | None = None
    open: bool = False
    """True when the arguments hold a spread that could not be resolved."""

    def kwarg(self, name: str) -> Value | None:
        """The keyword argument of that name, or None."""
        return next((v for k, v in self.kwargs if k == name), None)

    def argument(self, position: int, name: str) -> Value | None:
        """The argument by keyword, else by position, or None."""
        found = self.kwarg(name)
        return found if found is not None or position >= len(self.args) else self.args[position]


def spell(value: Value) -> str:
    """A short name for a value inside a symbolic string: `API_PREFIX` for an unknown setting."""
    match value:
        case SettingValue(name=name):
            return name
        case UnknownValue(spelling=spelling):
            return spelling.rpartition(".")[2] or "unknown"
        case Const(value=inner):
            return str(inner)
        case Choice(options=options):
            return "|".join(spell(each) for each in options)
        case _:
            return "unknown"


def text_of(value: Value | None) -> str | None:
    """The value as a string: a constant's, a setting's default (or fallback), a symbolic text; None if neither.

    This is how a path prefix is read: `str` and `int` constants, `SettingValue` by default else `{NAME}`,
    `Text` with its unknown parts in braces, `UnknownValue` as `{spelling}`."""
    match value:
        case Const(value=str() as text):
            return text
        case Const(value=bool() | None):
            return None
        case Const(value=int() | float() as number):
            return str(number)
        case SettingValue(default=default, fallback=fallback, name=name):
            known = text_of(default) if default is not None else fallback
            return known if known is not None else "{" + name + "}"
        case Text(parts=parts):
            return "".join(p if isinstance(p, str) else _spelt(p) for p in parts)
        case Instance(fields={"value": inner}):
            return text_of(inner)
        case Choice(options=options):
            return text_of(options[0])
        case UnknownValue(spelling=spelling) if spelling:
            return "{" + spell(value) + "}"
        case _:
            return None


def _spelt(value: Value) -> str:
    known = text_of(value)
    return known if known is not None else "{" + spell(value) + "}"


def plain(value: Value | None) -> Any:
    """The value as a plain Python object (settings by their default), or None where it is not constant all through."""
    match value:
        case Const(value=inner):
            return inner
        case SettingValue(default=default):
            return plain(default)
        case ListValue(items=items, open=False):
            return [plain(each) for each in items]
        case DictValue(items=items, open=False):
            return {plain(key): plain(each) for key, each in items}
        case Instance(fields={"value": inner}):
            return plain(inner)
        case _:
            return None
