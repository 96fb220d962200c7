"""What becomes of a request that carries no credentials: a small reading of guards' code.

A function is followed with every header, cookie and session empty. Tests on what is empty are decided,
all others go both ways; so a function that cannot end but by raising turns the request away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from comfrey.model.endpoint import Guard
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Await,
    BoolOp,
    Call,
    Catch,
    Compare,
    Conditional,
    Constant,
    Evaluate,
    Expression,
    For,
    FunctionDef,
    If,
    Match,
    Name,
    Node,
    Raise,
    Return,
    Statement,
    Subscript,
    Try,
    TupleOf,
    Unary,
    Walrus,
    While,
    With,
    Yield,
    walk,
)
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    UnknownValue,
    Value,
    plain,
)
from comfrey.stacks.admission.nobody import (
    NONE,
    UNKNOWN,
    Address,
    Anonymous,
    Empty,
    Request,
    SignedIn,
    compared,
    is_none,
    of_request,
    set_later,
    text_method,
    truth,
)

MAX_DEPTH = 5
MAX_STEPS = 3000
MAX_ITEMS = 12
NOBODY = {"is_anonymous": Const(True)}
SIGNED_IN = {"is_authenticated": Const(True), "is_anonymous": Const(False)}
BASES = {"KeyError": ("LookupError",)}
"""What an error of Python's own is as well."""
TELLING = ("raise ", "abort(", "request.", "session[", "session.get")
"""Words of a function that may tell nobody from somebody without being given anything."""
AWAY = (302, 303, 307)
"""A redirect, where the framework says that it leads away from what was asked for."""


@dataclass(frozen=True)
class Ending:
    """How a function may end: with a value, or by an error of that status (None: an error unknown)."""

    raises: bool
    value: Value | None = None
    status: int | None = None
    place: Place | None = None
    name: str = ""


class Raised(Exception):
    """The code raises here for certain."""

    def __init__(
        self, status: int | None, place: Place | None, known: bool = False, name: str = ""
    ) -> None:
        super().__init__()
        self.status = status
        self.place = place
        self.known = known
        self.name = name


@dataclass
class Reading:
    """What one reading needs to know, and how far it has gone."""

    codebase: Codebase
    scheme: Callable[[Value | None], Value]
    """What calling a security scheme comes to; `Raised` when it turns the request away itself."""
    status: Callable[[Value], int | None]
    """The status that a raised value, or a status by name, is answered with."""
    outside: Callable[[Value], Value] = field(default=lambda value: value)
    """What a name from outside the tree stands for while the request is anonymous."""
    answer: Callable[[Value], int | None] = field(default=lambda value: None)
    """The status of a returned value in a form that only the framework knows."""
    raises: Callable[[Instance], int | None] = field(default=lambda call: None)
    """The status with which a call of something outside the tree ends the request."""
    guarded: Callable[[FunctionValue], Guard | None] = field(default=lambda function: None)
    """The guard that decorators put before a function of the tree."""
    steps: int = 0


def endings(
    reading: Reading,
    function: FunctionValue,
    bound: dict[str, Value],
    receiver: Value | None = None,
    depth: int = 0,
) -> tuple[Ending, ...]:
    """Every way in which the function may end when its parameters are as bound; others are unknown."""
    if not isinstance(function.node, FunctionDef) or depth > MAX_DEPTH:
        return (Ending(raises=False, value=UNKNOWN),)
    frame = _Frame(reading, function, dict(bound), receiver, depth)
    frame.run(function.node)
    return tuple(frame.endings)


def merged(found: Iterable[Ending]) -> Value:
    """The value of a call that may end so; `Raised` when it cannot but raise."""
    found = tuple(found)
    values = [each.value or NONE for each in found if not each.raises]
    if not values and found:
        first = found[0]
        raise Raised(first.status, first.place, first.status is not None, first.name)
    if values and all(is_none(each) for each in values):
        return NONE
    return values[0] if len(values) == 1 else UNKNOWN


def _again(ending: Ending) -> Raised:
    return Raised(ending.status, ending.place, ending.status is not None, ending.name)


def _ended(raised: Raised) -> Ending:
    return Ending(raises=True, status=raised.status, place=raised.place, name=raised.name)


def _kind(value: Value | None) -> str:
    """The name of a raised error's class."""
    made = value.of if isinstance(value, Instance) else value
    return str(getattr(made, "name", "")).rpartition(".")[2]


class _Frame:
    """One call of a function."""

    def __init__(
        self,
        reading: Reading,
        function: FunctionValue,
        names: dict[str, Value],
        receiver: Value | None,
        depth: int,
    ) -> None:
        self.reading = reading
        self.function = function
        self.names = names
        self.receiver = receiver
        self.depth = depth
        self.endings: list[Ending] = []
        self.locals = _assigned(function.node)

    def run(self, node: FunctionDef) -> None:
        for parameter in node.parameters:
            if parameter.name in ("self", "cls") and self.receiver is not None:
                self.names.setdefault(parameter.name, self.receiver)
            self.names.setdefault(parameter.name, UNKNOWN)
        try:
            if self.block(node.body):
                self._end(Ending(raises=False, value=NONE))
        except Raised as raised:
            self._end(_ended(raised))

    def _end(self, ending: Ending) -> None:
        self.endings.append(ending)

    def block(self, statements: Iterable[Statement]) -> bool:
        """Carries out statements; False when none of the ways through reaches the end."""
        for statement in statements:
            self.reading.steps += 1
            if self.reading.steps > MAX_STEPS:
                self._end(Ending(raises=False, value=UNKNOWN))
                return False
            if not self._statement(statement):
                return False
        return True

    def _statement(self, statement: Statement) -> bool:
        match statement:
            case Return(value=value):
                result = self.value(value) if value is not None else NONE
                if isinstance(result, UnknownValue) and isinstance(value, Call):
                    result = self._spoken(value)
                self._end(self._returned(result, statement.place))
                return False
            case Raise():
                self._raise(statement)
            case Assign(targets=targets, value=value) if value is not None:
                self._assign(targets, self.value(value))
            case Evaluate(value=Yield(value=value)):
                self._end(Ending(raises=False, value=self.value(value) if value else NONE))
                return False
            case Evaluate(value=value):
                self.value(value)
            case If(test=test, body=body, otherwise=otherwise):
                return self._branch(self.judge(test), body, otherwise)
            case With(items=items, body=body):
                for item in items:
                    self.value(item.value)
                return self.block(body)
            case Try():
                return self._try(statement)
            case For(target=target, source=source, body=body):
                return self._loop(target, self.value(source), body)
            case While(body=body):
                self._branch(None, body, ())
            case Match(cases=cases):
                return self._cases([case.body for case in cases])
        return True

    def _spoken(self, node: Call) -> Value:
        """What a function of the tree makes of constants: `return error("no key", 401)`."""
        callee = self._callee(node)
        args = tuple(self.value(each.value) for each in node.arguments if not each.name)
        kwargs = tuple((e.name, self.value(e.value)) for e in node.arguments if e.name)
        given = (*args, *(value for _, value in kwargs))
        told = all(isinstance(e, Const | ClassValue) or plain(e) is not None for e in given)
        if not isinstance(callee, FunctionValue) or not told:
            return UNKNOWN
        return self.reading.codebase.evaluator.call(callee, args, kwargs)

    def _returned(self, value: Value, place: Place) -> Ending:
        """A response object with an error's status is as good as an error."""
        own = self.reading.answer(value)
        if own is not None and (own >= 400 or own in AWAY):
            return Ending(raises=True, status=own, place=place)
        if isinstance(value, Instance) and isinstance(value.of, External | ClassValue):
            status = plain(value.kwarg("status_code"))
            if status is None and "Response" in getattr(value.of, "name", ""):
                status = plain(value.argument(1, "status_code"))
            if status is None and (named := value.kwarg("status_code")) is not None:
                status = self.reading.status(named)
            if isinstance(status, int) and status >= 400:
                return Ending(raises=True, status=status, place=place)
        return Ending(raises=False, value=value)

    def _raise(self, statement: Raise) -> None:
        value = self.value(statement.value) if statement.value is not None else None
        status = self.reading.status(value) if value else None
        raise Raised(status, statement.place, known=True, name=_kind(value))

    def _assign(self, targets: tuple[Expression, ...], value: Value) -> None:
        for target in targets:
            if isinstance(target, Name):
                self.names[target.name] = value
            elif isinstance(target, TupleOf):
                known = value.items if isinstance(value, ListValue) else ()
                for index, each in enumerate(target.items):
                    inner = known[index] if index < len(known) else UNKNOWN
                    self._assign((each,), inner)

    def _branch(
        self,
        decided: bool | None,
        body: tuple[Statement, ...],
        otherwise: tuple[Statement, ...],
    ) -> bool:
        if decided is not None:
            return self.block(body if decided else otherwise)
        return self._cases([body, otherwise])

    def _cases(self, bodies: list[tuple[Statement, ...]]) -> bool:
        """All bodies from the same start; names that differ afterwards are unknown."""
        before = dict(self.names)
        after: list[dict[str, Value]] = []
        for body in bodies:
            self.names = dict(before)
            try:
                if self.block(body):
                    after.append(self.names)
            except Raised as raised:
                self._end(_ended(raised))
        self.names = _joined(after) if after else before
        return bool(after)

    def _loop(self, target: Expression, source: Value, body: tuple[Statement, ...]) -> bool:
        """Over what is known item by item, else once or not at all."""
        if not isinstance(source, ListValue) or source.open or len(source.items) > MAX_ITEMS:
            self._assign((target,), UNKNOWN)
            self._branch(None, body, ())
            return True
        for item in source.items:
            self._assign((target,), item)
            if not self.block(body):
                return False
        return True

    def _try(self, statement: Try) -> bool:
        before = dict(self.names)
        inner = len(self.endings)
        try:
            through = self.block(statement.body)
        except Raised as raised:
            self.names = before
            caught = _catching(statement.catches, raised)
            if caught is None:
                raise
            return self.block(caught.body)
        if through and statement.otherwise:
            through = self.block(statement.otherwise)
        self.endings[inner:] = [
            each
            for each in self.endings[inner:]
            if not each.raises or _catching(statement.catches, _again(each)) is None
        ]
        after = dict(self.names)
        reached = self._cases([each.body for each in statement.catches])
        if through:
            self.names = _joined([after, self.names]) if reached else after
        return through or reached

    # --- expressions ---------------------------------------------------------

    def value(self, node: Expression) -> Value:
        match node:
            case Constant(value=value):
                return Const(value)
            case Await(value=value):
                return self.value(value)
            case Name(name=name):
                return self._name(node, name)
            case Attribute():
                return self._attribute(node)
            case Subscript(of=of):
                if isinstance(base := self.value(of), Empty) or is_none(base):
                    kind = "TypeError" if is_none(base) else "KeyError"
                    raise Raised(None, node.place, name=kind)
                return UNKNOWN
            case Call():
                return self._call(node)
            case Walrus(name=name, value=value):
                self.names[name] = found = self.value(value)
                return found
            case Conditional(test=test, then=then, otherwise=otherwise):
                return self._conditional(test, then, otherwise)
            case BoolOp():
                return self._either(node)
            case Compare() | Unary(operator="not"):
                known = self.judge(node)
                return UNKNOWN if known is None else Const(known)
            case TupleOf(items=items):
                return ListValue([self.value(each) for each in items], "tuple")
        return self._constant(node)

    def _name(self, node: Expression, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        if name in self.locals:
            return UNKNOWN
        return self.reading.outside(set_later(self._constant(node)))

    def _constant(self, node: Expression) -> Value:
        """An expression over globals; unknown as soon as it names anything local."""
        if any(isinstance(each, Name) and each.name in self.names for each in walk(node)):
            return UNKNOWN
        return self.reading.codebase.value(node, self._scope)

    @property
    def _scope(self) -> Scope:
        return self.function.scope

    def _attribute(self, node: Attribute) -> Value:
        base = self.value(node.of)
        if isinstance(base, Request):
            return of_request(base, node.name)
        if isinstance(base, Anonymous):
            return NOBODY.get(node.name) or Const(False) if node.name[:3] == "is_" else NONE
        if isinstance(base, SignedIn):
            return SIGNED_IN.get(node.name) or base.fields.get(node.name, UNKNOWN)
        if isinstance(base, Address):
            return Const(base.path) if node.name == "path" and base.path else UNKNOWN
        if is_none(base):
            raise Raised(None, node.place, name="AttributeError")
        if isinstance(base, UnknownValue | Empty):
            return UNKNOWN
        found = self.reading.codebase.evaluator.attribute(base, node.name)
        return self.reading.outside(set_later(found))

    def _conditional(self, test: Expression, then: Expression, otherwise: Expression) -> Value:
        decided = self.judge(test)
        if decided is not None:
            return self.value(then if decided else otherwise)
        first, second = self.value(then), self.value(otherwise)
        return NONE if is_none(first) and is_none(second) else UNKNOWN

    def _either(self, node: BoolOp) -> Value:
        last: Value = UNKNOWN
        for operand in node.operands:
            last = self.value(operand)
            known = truth(last)
            if known is None:
                return UNKNOWN
            if known == (node.operator == "or"):
                return last
        return last

    def judge(self, node: Expression) -> bool | None:
        """Whether a test holds; None when that depends on what is not known."""
        match node:
            case Unary(operator="not", operand=operand):
                known = self.judge(operand)
                return None if known is None else not known
            case BoolOp(operator=operator, operands=operands):
                return self._all(operands, operator)
            case Compare(first=first, rest=((operator, right),)):
                return compared(self.value(first), operator, self.value(right))
        return truth(self.value(node))

    def _all(self, operands: tuple[Expression, ...], operator: str) -> bool | None:
        """In order, as far as they are looked at; after an unknown one nothing is certain to be."""
        decisive = operator == "or"
        unknown = False
        for operand in operands:
            try:
                known = self.judge(operand)
            except Raised:
                if not unknown:
                    raise
                known = None
            if known is decisive:
                return decisive
            unknown = unknown or known is None
        return None if unknown else not decisive

    # --- calls ---------------------------------------------------------------

    def _call(self, node: Call) -> Value:
        args = [self.value(each.value) for each in node.arguments if not each.name]
        kwargs = {each.name: self.value(each.value) for each in node.arguments if each.name}
        match node.function:
            case Attribute(of=Call(function=Name(name="super")), name="__call__"):
                return self.reading.scheme(self.receiver)
        if isinstance(node.function, Attribute):
            base = self.value(node.function.of)
            known = self._method(base, node.function.name, args, node)
            if known is not None:
                return known
        if isinstance(node.function, Name) and node.function.name == "getattr" and len(args) > 1:
            return self._getattr(args)
        return self._reached(self._callee(node), args, kwargs, node)

    def _method(self, base: Value, name: str, args: list[Value], node: Call) -> Value | None:
        if isinstance(base, Empty):
            return (args[1] if len(args) > 1 else NONE) if name in ("get", "pop") else UNKNOWN
        if is_none(base):
            raise Raised(None, node.place, name="AttributeError")
        if isinstance(base, Const) and isinstance(base.value, str):
            return text_method(base.value, name, args)
        return None

    def _getattr(self, args: list[Value]) -> Value:
        return args[2] if len(args) > 2 and isinstance(args[0], UnknownValue) else UNKNOWN

    def _callee(self, node: Call) -> Value:
        function = node.function
        if isinstance(function, Name):
            return self._name(function, function.name)
        if isinstance(function, Attribute):
            if isinstance(function.of, Name) and function.of.name in self.names:
                base = self.names[function.of.name]
                if isinstance(base, UnknownValue | Request):
                    return UNKNOWN
                return self.reading.codebase.evaluator.attribute(base, function.name)
            return self._attribute(function)
        return UNKNOWN

    def _reached(
        self, callee: Value, args: list[Value], kwargs: dict[str, Value], node: Call
    ) -> Value:
        receiver: Value | None = None
        if isinstance(callee, BoundMethod):
            receiver, callee = callee.receiver, callee.function
        if isinstance(callee, FunctionValue) and isinstance(callee.node, FunctionDef):
            bound = _bound(callee, receiver, args, kwargs)
            if callee.decorators and (guard := self.reading.guarded(callee)) is not None:
                raise Raised(guard.status, guard.place, known=True, name=guard.name)
            if not _matters((*args, *kwargs.values()), callee):
                return UNKNOWN
            return merged(endings(self.reading, callee, bound, receiver, self.depth + 1))
        if isinstance(callee, BoundExternal):
            return self.reading.scheme(Instance(callee, tuple(args), tuple(kwargs.items())))
        if isinstance(callee, External) and callee.name in ("len", "builtins.len"):
            return _length(args)
        if isinstance(callee, External | ClassValue):
            if _decodes(callee) and any(is_none(each) for each in args):
                raise Raised(None, node.place)
            made = Instance(callee, tuple(args), tuple(kwargs.items()), node.place)
            status = self.reading.raises(made)
            if status is not None:
                raise Raised(status, node.place, known=True, name="HTTPException")
            return self.reading.outside(made)
        return UNKNOWN


def _length(args: list[Value]) -> Value:
    known = plain(args[0]) if args else None
    return Const(len(known)) if isinstance(known, str | list | dict) else UNKNOWN


def _matters(values: tuple[Value, ...], callee: FunctionValue) -> bool:
    """Whether a call can tell anything: something empty goes in, it looks at the request itself, or an error may
    come out."""
    told = any(is_none(each) or isinstance(each, Request | Empty | Anonymous) for each in values)
    return told or any(word in callee.node.text for word in TELLING)


def _bound(
    function: FunctionValue, receiver: Value | None, args: list[Value], kwargs: dict[str, Value]
) -> dict[str, Value]:
    names = [each.name for each in function.node.parameters if each.kind not in ("*", "**")]
    if receiver is not None and names and names[0] in ("self", "cls"):
        names = names[1:]
    bound = dict(zip(names, args, strict=False)) | {
        name: value for name, value in kwargs.items() if name in names
    }
    for parameter in function.node.parameters:
        if parameter.name not in bound and isinstance(parameter.default, Constant):
            bound[parameter.name] = Const(parameter.default.value)
    return bound


def _decodes(callee: Value) -> bool:
    word = getattr(callee, "name", "").rpartition(".")[2]
    return word in ("decode", "get_unverified_header", "verify_id_token", "verify_token")


def _catching(catches: tuple[Catch, ...], raised: Raised) -> Catch | None:
    """The clause that takes an error: one that names its kind; where none does, any for one of no known status."""
    named = [(catch, _kinds(catch)) for catch in catches]
    for catch, names in named:
        if raised.name and names & {raised.name, *BASES.get(raised.name, ())}:
            return catch
    for catch, names in named:
        if not raised.known or not names or names & {"HTTPException", "Exception", "BaseException"}:
            return catch
    return None


def _kinds(catch: Catch) -> set[str]:
    """The last names of the classes that a clause takes."""
    found: set[str] = set()
    for kind in catch.kinds:
        inner = kind.items if isinstance(kind, TupleOf) else (kind,)
        found |= {each.text.rpartition(".")[2] for each in inner}
    return found


def _joined(states: list[dict[str, Value]]) -> dict[str, Value]:
    first, *rest = states
    result = dict(first)
    for other in rest:
        for name in {*result, *other}:
            left, right = result.get(name), other.get(name)
            if left is right or (is_none(left) and is_none(right)):
                continue
            result[name] = UNKNOWN
    return result


def _assigned(node: Node) -> frozenset[str]:
    """Names that a function sets anywhere."""
    if not isinstance(node, FunctionDef):
        return frozenset()
    found: set[str] = set()
    for statement in node.body:
        for each in walk(statement):
            if isinstance(each, Assign):
                found |= {target.name for target in each.targets if isinstance(target, Name)}
    return frozenset(found)
