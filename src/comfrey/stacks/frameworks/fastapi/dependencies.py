"""What a function asks for: its inputs and its dependencies, as FastAPI resolves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, FunctionDef, Parameter, walk
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundMethod,
    Choice,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    Partial,
    UnknownValue,
    Value,
)
from comfrey.stacks.frameworks.fastapi.facts import (
    data,
    evaluated,
    is_ours,
    last,
    strings,
    unwrapped,
)

MARKERS = ("Query", "Path", "Header", "Cookie", "Body", "Form", "File")
DEPENDS = ("Depends", "Security")
MAX_DEPTH = 12


@dataclass(frozen=True)
class Ask:
    """One input that a function names: where it is read from and by what rules."""

    name: str
    type: Value | None
    marker: Instance | None = None
    metadata: tuple[Value, ...] = ()
    default: Value | None = None
    place: Place | None = None

    @property
    def word(self) -> str:
        """`Query`, `Header`, …; "" when the declaration leaves it to the framework."""
        return last(self.marker.of) if self.marker else ""


@dataclass(frozen=True)
class Dependency:
    """A callable that runs before the handler, with everything that it asks for in turn.

    `callee` is what is called: a FunctionValue or BoundMethod of the tree, an Instance of a
    package's class (a security scheme), an External, or UnknownValue.
    """

    callee: Value
    name: str = ""
    scopes: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    below: tuple[Dependency, ...] = ()
    receiver: Value | None = None
    place: Place | None = None
    spelling: str = ""
    init: bool = False
    """True for a class with a constructor of its own."""

    @property
    def function(self) -> FunctionValue | None:
        match self.callee:
            case FunctionValue():
                return self.callee
            case BoundMethod(function=function):
                return function
        return None

    def walk(self) -> Iterator[Dependency]:
        """Everything that runs, in order: what it depends on first."""
        for each in self.below:
            yield from each.walk()
        yield self


def depend(
    callee: Value,
    codebase: Codebase,
    *,
    name: str = "",
    scopes: tuple[str, ...] = (),
    spelling: str = "",
    depth: int = 0,
) -> Dependency:
    """What calling `callee` as a dependency asks for."""
    made = Dependency(callee=callee, name=name, scopes=scopes, spelling=spelling)
    if depth > MAX_DEPTH:
        return made
    match callee:
        case FunctionValue():
            return _function(made, callee, None, codebase, depth)
        case BoundMethod(receiver=receiver, function=function):
            return _function(made, function, receiver, codebase, depth)
        case Partial(function=function, kwargs=kwargs):
            inner = depend(function, codebase, name=name, scopes=scopes, depth=depth + 1)
            given = {key for key, _ in kwargs}
            asks = tuple(each for each in inner.asks if each.name not in given)
            below = tuple(each for each in inner.below if each.name not in given)
            return _with(inner, asks, below)
        case ClassValue():
            return _class(made, callee, codebase, depth)
        case Generic(of=ClassValue() as of):
            return depend(of, codebase, name=name, scopes=scopes, depth=depth)
        case Instance(of=ClassValue() | Generic()):
            return _instance(made, callee, codebase, depth)
    return made


def _with(made: Dependency, asks: tuple[Ask, ...], below: tuple[Dependency, ...]) -> Dependency:
    return Dependency(
        callee=made.callee,
        name=made.name,
        scopes=made.scopes,
        asks=asks,
        below=below,
        receiver=made.receiver,
        place=made.place,
        spelling=made.spelling,
    )


def _function(
    made: Dependency,
    function: FunctionValue,
    receiver: Value | None,
    codebase: Codebase,
    depth: int,
) -> Dependency:
    passed_on = _passed_on(function, codebase)
    if passed_on is not None:
        return depend(passed_on, codebase, name=made.name, scopes=made.scopes, depth=depth + 1)
    asks: list[Ask] = []
    below: list[Dependency] = []
    if function.owner is not None and receiver is None and _takes_self(function):
        inner = _class(made, function.owner, codebase, depth + 1, attributes=True)
        asks += inner.asks
        below += inner.below
    for parameter in _parameters(function):
        _ask(parameter, function, codebase, depth, asks, below)
    return Dependency(
        callee=made.callee,
        name=made.name,
        scopes=made.scopes,
        asks=tuple(asks),
        below=tuple(below),
        receiver=receiver,
        place=function.place,
        spelling=made.spelling or function.name,
    )


def _passed_on(function: FunctionValue, codebase: Codebase) -> Value | None:
    """What a wrapper without a signature of its own hands everything to: `cls(*args, **kwargs)`."""
    node = function.node
    if not node.parameters or any(each.kind not in ("*", "**") for each in node.parameters):
        return None
    if not isinstance(node, FunctionDef):
        return None
    for statement in node.body:
        for call in walk(statement):
            if isinstance(call, Call) and any(each.spread == "**" for each in call.arguments):
                target = codebase.value(call.function, function.scope)
                if isinstance(target, ClassValue | FunctionValue | BoundMethod):
                    return target
    return None


def _takes_self(function: FunctionValue) -> bool:
    first = next(iter(function.node.parameters), None)
    return first is not None and first.name == "self"


def _parameters(function: FunctionValue) -> tuple[Parameter, ...]:
    """The parameters that the framework fills."""
    given = function.node.parameters
    if given and given[0].name in ("self", "cls"):
        given = given[1:]
    return tuple(each for each in given if each.kind not in ("*", "**"))


def _ask(
    parameter: Parameter,
    function: FunctionValue,
    codebase: Codebase,
    depth: int,
    asks: list[Ask],
    below: list[Dependency],
) -> None:
    scope = function.scope
    type_ = evaluated(parameter.annotation, scope, codebase)
    default = _default(parameter, scope, codebase)
    place = Place(
        file=function.place.file, line=parameter.place.line, end_line=parameter.place.end_line
    )
    _sort(parameter.name, type_, default, place, codebase, depth, asks, below)


def _default(parameter: Parameter, scope: Scope, codebase: Codebase) -> Value | None:
    """The default; a plain string is itself and no annotation. Where a setting chooses, the first choice counts."""
    if isinstance(parameter.default, Constant):
        return Const(parameter.default.value)
    found = evaluated(parameter.default, scope, codebase)
    if isinstance(found, Choice):
        return next((e for e in found.options if is_ours(e, *DEPENDS, *MARKERS)), found)
    return found


def _sort(
    name: str,
    type_: Value | None,
    default: Value | None,
    place: Place,
    codebase: Codebase,
    depth: int,
    asks: list[Ask],
    below: list[Dependency],
) -> None:
    """A named value is a dependency, something the framework gives, or an input."""
    inner, metadata = unwrapped(_bare(type_)) if type_ is not None else (None, ())
    depends = next((each for each in (default, *metadata) if is_ours(each, *DEPENDS)), None)
    if isinstance(depends, Instance):
        callee = depends.argument(0, "dependency")
        if callee is None or (isinstance(callee, Const) and callee.value is None):
            callee = inner if inner is not None else UnknownValue("no dependency named", place)
        scopes = strings(depends.argument(1, "scopes")) if last(depends.of) == "Security" else ()
        found = depend(
            callee,
            codebase,
            name=name,
            scopes=scopes,
            spelling=_spelling(depends, callee),
            depth=depth + 1,
        )
        below.append(found)
    elif not _is_given(inner, codebase):
        marker = next((each for each in (default, *metadata) if is_ours(each, *MARKERS)), None)
        marker = marker if isinstance(marker, Instance) else None
        rest = tuple(each for each in metadata if each is not marker)
        if marker is not None and marker is default:
            inner, rest = _undressed(inner), ()
        asks.append(Ask(name, inner, marker, rest, default, place))


def _undressed(type_: Value | None) -> Value | None:
    """What FastAPI leaves of an annotation beside a default like `Query(None)`: rules that stand in
    the annotation's own `Annotated` (or `constr(...)`) are not looked at."""
    if isinstance(type_, Instance) and last(type_.of) in ("constr", "conint", "confloat"):
        return External({"constr": "str", "conint": "int", "confloat": "float"}[last(type_.of)])
    return type_


def _bare(type_: Value) -> Value:
    """`Optional[Annotated[X, …]]` keeps what stands inside."""
    if isinstance(type_, Generic) and last(type_.of) == "Union" and len(type_.args) == 2:
        first, none = type_.args
        if not isinstance(none, Const) or not isinstance(first, Generic):
            return type_
        if last(first.of) == "Annotated":
            inner = Generic(type_.of, (first.args[0], none))
            return Generic(first.of, (inner, *first.args[1:]))
    return type_


def _spelling(depends: Instance, callee: Value) -> str:
    if depends.call is not None and depends.call.arguments:
        return depends.call.arguments[0].value.text
    return callee.name if isinstance(callee, FunctionValue | ClassValue | External) else ""


def _is_given(type_: Value | None, codebase: Codebase) -> bool:
    """Whether the framework fills it without reading an input (`request: Request`)."""
    if type_ is None:
        return False
    words = data()["given"]
    if isinstance(type_, External):
        return type_.last in words and type_.name.partition(".")[0] in ("fastapi", "starlette")
    if isinstance(type_, ClassValue):
        return any(
            name.rpartition(".")[2] in words and name.startswith(("fastapi.", "starlette."))
            for name in codebase.ancestry(type_)
        )
    if isinstance(type_, Generic):
        return any(_is_given(each, codebase) for each in type_.args) and last(type_.of) == "Union"
    return False


def _class(
    made: Dependency,
    of: ClassValue,
    codebase: Codebase,
    depth: int,
    *,
    attributes: bool = False,
) -> Dependency:
    """A class as a dependency: its constructor's parameters, else its fields.

    With `attributes` it is a class-based view, whose class attributes may be dependencies too.
    """
    constructor = codebase.member(of, "__init__")
    asks: list[Ask] = []
    below: list[Dependency] = []
    for member in codebase.members(of, inherited=True) if attributes or not constructor else ():
        is_field = member.annotation is not None and not member.name.startswith("_")
        if not is_field or isinstance(member.value, FunctionValue | ClassValue):
            continue
        scope = codebase.body_of(member.owner)
        type_ = evaluated(member.annotation, scope, codebase)
        before = len(asks)
        _sort(member.name, type_, member.value, of.place, codebase, depth, asks, below)
        if attributes:
            del asks[before:]
    if constructor is not None and isinstance(constructor.value, FunctionValue):
        for parameter in _parameters(constructor.value):
            _ask(parameter, constructor.value, codebase, depth, asks, below)
    return Dependency(
        callee=of,
        name=made.name,
        scopes=made.scopes,
        asks=tuple(asks),
        below=tuple(below),
        place=of.place,
        spelling=made.spelling or of.name,
        init=constructor is not None,
    )


def _instance(made: Dependency, of: Instance, codebase: Codebase, depth: int) -> Dependency:
    """An object that is called: `RoleChecker(["admin"])`, a security class of the project's own."""
    kind = of.of.of if isinstance(of.of, Generic) else of.of
    if not isinstance(kind, ClassValue):
        return made
    member = codebase.member(kind, "__call__")
    if member is None or not isinstance(member.value, FunctionValue):
        return Dependency(of, made.name, made.scopes, place=of.place, spelling=made.spelling)
    inner = _function(made, member.value, of, codebase, depth)
    return Dependency(
        callee=BoundMethod(of, member.value),
        name=made.name,
        scopes=made.scopes,
        asks=inner.asks,
        below=inner.below,
        receiver=of,
        place=inner.place,
        spelling=made.spelling or kind.name,
    )


def from_marker(marker: Value, codebase: Codebase) -> Dependency | None:
    """The dependency of a `Depends(...)` in a list of dependencies."""
    if not isinstance(marker, Instance) or not is_ours(marker, *DEPENDS):
        return None
    callee = marker.argument(0, "dependency")
    if callee is None:
        return None
    scopes = strings(marker.argument(1, "scopes")) if last(marker.of) == "Security" else ()
    return depend(callee, codebase, scopes=scopes, spelling=_spelling(marker, callee))
