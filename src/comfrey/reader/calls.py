"""Every call in a module that leaves the tree, with what stands around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Definition,
    Expression,
    For,
    FunctionDef,
    If,
    Match,
    Name,
    Node,
    Statement,
    Try,
    While,
    With,
    children,
    walk,
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
    UnknownValue,
    Value,
    plain,
)

Valuer = Callable[[Expression], Value]
"""What evaluates an expression where it stands."""
MAX_DEPTH = 3
PASSING = ("run_in_threadpool", "to_thread", "run_sync", "partial", "run_in_executor", "submit")
PASSING_TASKS = ("add_task", "Thread", "create_task")


@dataclass(frozen=True)
class Around:
    """What stands around a statement: exceptions that are handled, tries, a time limit."""

    handled: tuple[str, ...] = ()
    retries: int | None = None
    timeout: bool | None = None


@dataclass(frozen=True)
class Site:
    """One call. `name` is the dotted name of what is called, by where it is imported from, through clients
    (`httpx.AsyncClient.post`); `root` the client's construction, `makers` the calls between."""

    name: str
    written: str
    file: str
    line: int
    module: str
    function: str = ""
    owner: str = ""
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    root: Instance | None = None
    makers: tuple[Instance, ...] = ()
    handled: tuple[str, ...] = ()
    retries: int | None = None
    timeout: bool | None = None

    def argument(self, position: int, name: str) -> Value | None:
        """The argument by keyword, else by position, or None."""
        found = next((v for k, v in self.kwargs if k == name), None)
        if found is not None or position >= len(self.args):
            return found
        return self.args[position]


def sites(codebase: Codebase, module: str) -> Iterator[Site]:
    """The calls of a module: at its top level, in its functions and methods, nested ones included. Where a
    function only passes an argument on, it is looked at through the calls of it in the module."""
    parsed = codebase.parsed(module)
    if parsed is None:
        return
    scope = codebase.scope(module)
    top = _Body(codebase, module)
    for statement in parsed.body.statements:
        yield from top.statement(statement, Around(), lambda node: codebase.value(node, scope))
    for function in _functions(codebase, module):
        yield from _in_function(codebase, module, Study(codebase, function))


def _functions(codebase: Codebase, module: str) -> Iterator[FunctionValue]:
    for value in list(codebase.scope(module).names.values()):
        if isinstance(value, FunctionValue) and value.scope.module == module:
            yield value
        elif isinstance(value, ClassValue) and value.scope.module == module:
            for member in codebase.members(value):
                if isinstance(member.value, FunctionValue) and member.value.owner is value:
                    yield member.value


def _in_function(codebase: Codebase, module: str, study: Study, depth: int = 0) -> Iterator[Site]:
    owner = study.function.owner.name if study.function.owner else ""
    retries = _decorated(study.function)
    body = _Body(codebase, module, study.function.qualified, owner, study, depth)
    for statement in study.statements:
        yield from body.statement(statement, Around(retries=retries), study.value)


def _decorated(function: FunctionValue) -> int | None:
    """`@retry(stop=stop_after_attempt(3))` of tenacity, `@backoff.on_exception(…, max_tries=3)`."""
    for each in function.decorators:
        made = each if isinstance(each, Instance) else None
        if made is None:
            continue
        stop = made.kwarg("stop") or made.kwarg("max_tries") or made.kwarg("tries")
        if isinstance(stop, Instance) and stop.args:
            stop = stop.args[0]
        found = plain(stop)
        if isinstance(found, int) and not isinstance(found, bool):
            return found
    return None


class _Body:
    """Walks the statements of one body and gives the calls that leave the tree."""

    def __init__(
        self,
        codebase: Codebase,
        module: str,
        function: str = "",
        owner: str = "",
        study: Study | None = None,
        depth: int = 0,
    ) -> None:
        self.codebase = codebase
        self.module = module
        self.function = function
        self.owner = owner
        self.study = study
        self.depth = depth
        """How many calls were gone through on the way here; functions inside a body stand as deep as it."""

    def statement(self, node: Statement, around: Around, value: Valuer) -> Iterator[Site]:
        match node:
            case FunctionDef():
                yield from self._nested(node)
            case ClassDef():
                return
            case Try(body=body, catches=catches, otherwise=otherwise, final=final):
                names = tuple(_named(k) for each in catches for k in each.kinds)
                names = names or (("Exception",) if catches else ())
                inside = replace(around, handled=(*names, *around.handled))
                yield from self._block(body, inside, value)
                handlers = [s for each in catches for s in each.body]
                yield from self._block((*handlers, *otherwise, *final), around, value)
            case For(source=source, body=body, otherwise=otherwise):
                yield from self._expression(source, around, value)
                yield from self._block(body, _looped(around, source, value), value)
                yield from self._block(otherwise, around, value)
            case (
                While(test=test, body=body, otherwise=otherwise)
                | If(test=test, body=body, otherwise=otherwise)
            ):
                yield from self._expression(test, around, value)
                yield from self._block((*body, *otherwise), around, value)
            case With(items=items, body=body):
                limited = any(_limits(each.value) for each in items)
                for each in items:
                    yield from self._expression(each.value, around, value)
                inside = replace(around, timeout=True) if limited else around
                yield from self._block(body, inside, value)
            case Match(subject=subject, cases=cases):
                yield from self._expression(subject, around, value)
                yield from self._block(tuple(s for c in cases for s in c.body), around, value)
            case _:
                yield from self._set(node, around, value)
                for child in children(node):
                    yield from self._expression(child, around, value)

    def _block(self, block: tuple[Statement, ...], around: Around, value: Valuer) -> Iterator[Site]:
        for each in block:
            yield from self.statement(each, around, value)

    def _nested(self, node: FunctionDef) -> Iterator[Site]:
        if self.study is None:
            return
        scope = self.study.scope
        name = scope.child_name(node.name)
        function = FunctionValue(node.name, node, scope, None, (), name)
        yield from self._inside(function)

    def _inside(self, function: FunctionValue) -> Iterator[Site]:
        study = Study(self.codebase, function)
        yield from _in_function(self.codebase, self.module, study, self.depth)

    def _inline(self, node: Definition, value: Valuer) -> Iterator[Site]:
        """A function that stands where a value does: a handler, a callback."""
        found = value(node)
        if isinstance(found, FunctionValue):
            yield from self._inside(found)

    def _set(self, node: Statement, around: Around, value: Valuer) -> Iterator[Site]:
        """`stripe.api_key = settings.key` counts as a use of the library with that argument."""
        if not isinstance(node, Assign) or node.value is None:
            return
        for target in node.targets:
            if isinstance(target, Attribute):
                found = value(target)
                if isinstance(found, External):
                    made = ((target.name, value(node.value)),)
                    yield self._site(found, target, (), made, around, set_only=True)

    def _expression(self, node: Node, around: Around, value: Valuer) -> Iterator[Site]:
        if isinstance(node, Definition):
            yield from self._inline(node, value)
            return
        if isinstance(node, Call) and _rescues(node):
            around = replace(around, handled=("Exception", *around.handled))
        for child in children(node):
            yield from self._expression(child, around, value)
        if not isinstance(node, Call):
            return
        callee = _one(value(node.function))
        if isinstance(callee, External | BoundExternal):
            args = tuple(value(each) for each in node.positional)
            named = ((each.name, each.value) for each in node.arguments if each.name)
            kwargs = tuple((name, value(each)) for name, each in named) or members(args)
            yield from self._passed(node, args, kwargs, around, value)
            yield self._site(callee, node, args, kwargs, around)
        elif self.study is not None and _passes_on(callee):
            yield from self._through(node, around)

    def _passed(
        self,
        node: Call,
        args: tuple[Value, ...],
        kwargs: tuple[tuple[str, Value], ...],
        around: Around,
        value: Valuer,
    ) -> Iterator[Site]:
        """`run_in_threadpool(client.put, …)`: the function that is passed is called with the rest."""
        last = node.function.text.rpartition(".")[2]
        if last not in (*PASSING, *PASSING_TASKS):
            return
        for index, each in enumerate(node.positional):
            found = _one(args[index])
            if isinstance(found, External | BoundExternal) and isinstance(each, Attribute):
                rest = args[index + 1 :]
                yield self._site(found, node, rest, kwargs, around, written=each.text)
                return

    def _through(self, node: Call, around: Around) -> Iterator[Site]:
        """Calls inside a function of the same class or module, seen with this call's arguments."""
        if self.study is None or self.depth >= MAX_DEPTH:
            return
        inner = self.study.enter(node)
        if inner is None or inner.function.scope.module != self.module:
            return
        for site in _in_function(self.codebase, self.module, inner, self.depth + 1):
            yield replace(
                site,
                handled=(*site.handled, *around.handled),
                retries=site.retries if site.retries is not None else around.retries,
            )

    def _site(
        self,
        callee: External | BoundExternal,
        node: Expression,
        args: tuple[Value, ...],
        kwargs: tuple[tuple[str, Value], ...],
        around: Around,
        written: str = "",
        set_only: bool = False,
    ) -> Site:
        root, makers = _roots(callee)
        text = written or (node.function.text if isinstance(node, Call) else node.text)
        return Site(
            name=_dotted(callee),
            written="" if set_only else _short(text),
            file=node.place.file,
            line=node.place.line,
            module=_last(self.module),
            function=self.function,
            owner=self.owner,
            args=args,
            kwargs=kwargs,
            root=root,
            makers=makers,
            handled=tuple(dict.fromkeys(around.handled)),
            retries=around.retries,
            timeout=around.timeout,
        )


def members(args: tuple[Value, ...]) -> tuple[tuple[str, Value], ...]:
    """The members of the objects among a call's arguments: how libraries of JavaScript take options."""
    return tuple(
        (str(key.value), each)
        for arg in args
        if isinstance(arg, DictValue)
        for key, each in arg.items
        if isinstance(key, Const)
    )


def named(made: Instance) -> tuple[tuple[str, Value], ...]:
    """The named arguments of a construction, in whichever way they were given."""
    return made.kwargs or members(made.args)


def _last(module: str) -> str:
    """The module's own name; of one that goes by its file the file's."""
    if "/" in module or module.endswith((".js", ".ts")):
        return module.rpartition("/")[2].partition(".")[0]
    return module.rpartition(".")[2]


def _passes_on(callee: Value) -> bool:
    """Whether a function gives one of its parameters as it is to a method: `self._http.post(path)`."""
    function = callee.function if isinstance(callee, BoundMethod) else callee
    if not isinstance(function, FunctionValue) or not isinstance(function.node, FunctionDef):
        return False
    names = {each.name for each in function.node.parameters} - {"self", "cls"}
    return any(
        isinstance(node, Call)
        and isinstance(node.function, Attribute)
        and any(isinstance(e, Name) and e.name in names for e in node.positional[:2])
        for statement in function.node.body
        for node in walk(statement)
    )


def _one(value: Value) -> Value:
    """Of several, one that leaves the tree."""
    if isinstance(value, Choice):
        outside = (e for e in value.options if isinstance(e, External | BoundExternal))
        real = (e for e in value.options if not isinstance(e, Const | UnknownValue))
        return next(outside, next(real, value.options[0]))
    return value


def _dotted(callee: External | BoundExternal) -> str:
    found = class_like(callee)
    return found.name if isinstance(found, External) else callee.name


def _roots(callee: Value) -> tuple[Instance | None, tuple[Instance, ...]]:
    """The construction that a chain of attributes and calls begins with, and the calls between."""
    makers: list[Instance] = []
    value = callee
    while isinstance(value, BoundExternal | Instance):
        if isinstance(value, BoundExternal):
            value = _one(value.receiver)
            continue
        makers.append(value)
        value = value.of
    return (makers[-1], tuple(makers[:-1])) if makers else (None, ())


def _short(text: str) -> str:
    """A call as written, on one line, without the arguments of calls inside it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else f"{flat[:38]}…{flat[-38:]}"


def _named(kind: Expression) -> str:
    return kind.text.strip("()")


def _looped(around: Around, source: Expression, value: Valuer) -> Around:
    """A loop over `range(n)` tries n times."""
    function = source.function if isinstance(source, Call) else None
    ranges = isinstance(function, Name) and function.name == "range"
    if isinstance(source, Call) and ranges and source.positional:
        count = plain(value(source.positional[-1]))
        if isinstance(count, int) and 1 < count <= 10:
            return replace(around, retries=count)
    return around


def _rescues(node: Call) -> bool:
    """`request.catch(handle)`: what goes wrong in the request is taken care of."""
    return isinstance(node.function, Attribute) and node.function.name == "catch"


def _limits(node: Expression) -> bool:
    if not isinstance(node, Call):
        return False
    return node.function.text.rpartition(".")[2] in (
        "timeout",
        "timeout_at",
        "fail_after",
        "move_on_after",
    )
