"""The language-neutral tree that every language is lowered to. Nodes are compared by identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from comfrey.model.place import Place


class SourceFile(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A file's bytes (UTF-8), `path` relative to the tree."""

    path: str
    data: bytes


class Span(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Bytes `start:end` of a file; `line` and `end_line` count from 1."""

    source: SourceFile
    start: int
    end: int
    line: int
    end_line: int

    @property
    def text(self) -> str:
        """The source text, as written."""
        return self.source.data[self.start : self.end].decode("utf-8", "replace")

    @property
    def place(self) -> Place:
        return Place(file=self.source.path, line=self.line, end_line=self.end_line)


class Node(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Anything written in a source file."""

    span: Span

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.span.place

    @property
    def text(self) -> str:
        """How it is written."""
        return self.span.text


class Block:
    """Statements that are lowered when they are first asked for."""

    __slots__ = ("_every", "_lower", "_statements")

    def __init__(self, lower: Callable[[], tuple[Statement, ...]]) -> None:
        self._lower: Callable[[], tuple[Statement, ...]] | None = lower
        self._statements: tuple[Statement, ...] = ()
        self._every: tuple[Node, ...] | None = None

    @property
    def every(self) -> tuple[Node, ...]:
        """Every node inside in source order, laid out once; lazy bodies are not entered."""
        if self._every is None:
            self._every = tuple(node for each in self.statements for node in walk(each))
        return self._every

    @property
    def statements(self) -> tuple[Statement, ...]:
        if self._lower is not None:
            self._statements, self._lower = self._lower(), None
        return self._statements

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.statements)

    def __bool__(self) -> bool:
        return bool(self.statements)


# --- expressions -------------------------------------------------------------


class Expression(Node, frozen=True, eq=False):
    """Something with a value."""


class Name(Expression, frozen=True, eq=False):
    """A bare identifier."""

    name: str


class Attribute(Expression, frozen=True, eq=False):
    """`of.name`."""

    of: Expression
    name: str


class Constant(Expression, frozen=True, eq=False):
    """A literal: str, bytes, int, float, complex, bool, None or `...` (Ellipsis)."""

    value: Any


class Format(Expression, frozen=True, eq=False):
    """A template: literal text and expressions in order (f-string, JS template literal)."""

    parts: tuple[str | Expression, ...]


class Argument(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One argument of a call. `name` for keywords; `spread` is "" , "*" or "**"."""

    value: Expression
    name: str = ""
    spread: str = ""


class Call(Expression, frozen=True, eq=False):
    """`function(arguments)`."""

    function: Expression
    arguments: tuple[Argument, ...]

    @property
    def positional(self) -> tuple[Expression, ...]:
        """The plain positional arguments, without `*spread`."""
        return tuple(a.value for a in self.arguments if not a.name and not a.spread)

    def keyword(self, name: str) -> Expression | None:
        """The argument passed by that name, or None."""
        return next((a.value for a in self.arguments if a.name == name), None)


class ListOf(Expression, frozen=True, eq=False):
    """`[a, b]`; members may be `Starred`."""

    items: tuple[Expression, ...]


class TupleOf(Expression, frozen=True, eq=False):
    """`(a, b)` or a bare `a, b`."""

    items: tuple[Expression, ...]


class SetOf(Expression, frozen=True, eq=False):
    """`{a, b}`."""

    items: tuple[Expression, ...]


class DictOf(Expression, frozen=True, eq=False):
    """`{k: v, **m}`; a spread member has the key None. As a target: what is taken apart by member names,
    where a rest has the key None."""

    items: tuple[tuple[Expression | None, Expression], ...]


class Binary(Expression, frozen=True, eq=False):
    """`left operator right`, for `+ - * / // % ** @ | & ^ << >>`."""

    operator: str
    left: Expression
    right: Expression


class Unary(Expression, frozen=True, eq=False):
    """`not x`, `-x`, `+x`, `~x`."""

    operator: str
    operand: Expression


class Compare(Expression, frozen=True, eq=False):
    """`first (operator operand)+`; operators `== != < <= > >= in`, `not in`, `is`, `is not`."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


class BoolOp(Expression, frozen=True, eq=False):
    """`a and b and c`; `operator` is `and` or `or`."""

    operator: str
    operands: tuple[Expression, ...]


class Conditional(Expression, frozen=True, eq=False):
    """`then if test else otherwise`."""

    test: Expression
    then: Expression
    otherwise: Expression


class Slice(Expression, frozen=True, eq=False):
    """`a:b:c` inside a subscript."""

    parts: tuple[Expression, ...]


class Subscript(Expression, frozen=True, eq=False):
    """`of[index]`; several indexes are one `TupleOf`."""

    of: Expression
    index: Expression


class Parameter(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One parameter. `kind`: `positional` (only), `plain`, `keyword` (only), `*` or `**`."""

    name: str
    kind: str
    annotation: Expression | None
    default: Expression | None
    span: Span
    decorators: tuple[Expression, ...] = ()

    @property
    def place(self) -> Place:
        return self.span.place


class Lambda(Expression, frozen=True, eq=False):
    """An anonymous function of one expression."""

    parameters: tuple[Parameter, ...]
    body: Expression


class Await(Expression, frozen=True, eq=False):
    """`await value`."""

    value: Expression


class Yield(Expression, frozen=True, eq=False):
    """`yield value` or, with `delegate`, `yield from value`."""

    value: Expression | None
    delegate: bool = False


class Starred(Expression, frozen=True, eq=False):
    """`*value` in a sequence, a call's target list or an assignment."""

    value: Expression


class Clause(msgspec.Struct, frozen=True, eq=False, gc=False):
    """`for target in source if conditions…` of a comprehension."""

    target: Expression
    source: Expression
    conditions: tuple[Expression, ...]


class Comprehension(Expression, frozen=True, eq=False):
    """`kind`: `list set dict generator`; `key` only for dicts."""

    kind: str
    element: Expression
    key: Expression | None
    clauses: tuple[Clause, ...]


class Walrus(Expression, frozen=True, eq=False):
    """`(name := value)`."""

    name: str
    value: Expression


class Fallback(Expression, frozen=True, eq=False):
    """`target = default` inside a pattern: the default counts where nothing is there to bind."""

    target: Expression
    default: Expression


class Definition(Expression, frozen=True, eq=False):
    """A function or class that stands where a value does: `async (req, res) => { … }`, `class extends B { … }`."""

    statement: FunctionDef | ClassDef


class Opaque(Expression, frozen=True, eq=False):
    """What was not understood (a syntax error, a construct without meaning here)."""

    kind: str


# --- statements --------------------------------------------------------------


class Statement(Node, frozen=True, eq=False):
    """Something that is carried out."""


class Assign(Statement, frozen=True, eq=False):
    """`targets[0] = targets[1] = value`.

    `annotation` for `x: T = value`; `value` is None for a bare `x: T`; `operator` is `+` for `x += value`.
    """

    targets: tuple[Expression, ...]
    value: Expression | None
    annotation: Expression | None = None
    operator: str = ""
    decorators: tuple[Expression, ...] = ()
    """Of a field of a class, outermost first."""
    declares: bool = True
    """False where names must have been declared before, here or around: `db = connect()` in Go or JavaScript."""


class Late(Statement, frozen=True, eq=False):
    """`targets = value`, worked out when one of the names is first asked for: what stands at the top of a package
    may be used before its line. Several targets take one value apart."""

    targets: tuple[Expression, ...]
    value: Expression


class Evaluate(Statement, frozen=True, eq=False):
    """An expression on a line of its own."""

    value: Expression


class FunctionDef(Statement, frozen=True, eq=False):
    """A function or method; its `body` is lowered on demand."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Expression | None
    decorators: tuple[Expression, ...]
    body: Block
    asynchronous: bool = False

    @property
    def docstring(self) -> str:
        return docstring(self.body)


class Method(Statement, frozen=True, eq=False):
    """A method that stands outside of its class `of`: its receiver is the function's first parameter."""

    of: Expression
    function: FunctionDef


class ClassDef(Statement, frozen=True, eq=False):
    """A class; `arguments` are its bases and keywords. Its `body` is lowered on demand."""

    name: str
    arguments: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    body: Block
    type_parameters: tuple[str, ...] = ()
    """The names of `class Page[T]`."""

    @property
    def docstring(self) -> str:
        return docstring(self.body)


class Import(Statement, frozen=True, eq=False):
    """`import a.b as c`: module "a.b", names (); `from .a import b as c, *`: module "a", level 1.

    `names` are (name, local name) pairs; a star import is `("*", "*")`. `alias` is the local name of a
    whole module ("" for a plain `import a.b`, which binds `a`). `import a, b as c` has no module and the
    names (("a", "a"), ("b", "c")). The name "" among `names` is what the module exports as a whole
    (`const c = require("./a")`).
    """

    module: str
    names: tuple[tuple[str, str], ...] = ()
    alias: str = ""
    level: int = 0
    whole: bool = False
    """True for `import x`, False for `from x import y`."""


class If(Statement, frozen=True, eq=False):
    """`elif` is an `If` alone in `otherwise`."""

    test: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]


class For(Statement, frozen=True, eq=False):
    """A loop over `source`."""

    target: Expression
    source: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()
    asynchronous: bool = False


class While(Statement, frozen=True, eq=False):
    """A loop on a condition."""

    test: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


class WithItem(msgspec.Struct, frozen=True, eq=False, gc=False):
    """`value as target`."""

    value: Expression
    target: Expression | None


class With(Statement, frozen=True, eq=False):
    """`with items: body`."""

    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]
    asynchronous: bool = False


class Catch(Node, frozen=True, eq=False):
    """`except kinds as name: body`; no kinds for a bare `except`."""

    kinds: tuple[Expression, ...]
    name: str
    body: tuple[Statement, ...]


class Try(Statement, frozen=True, eq=False):
    """`try … except … else … finally`."""

    body: tuple[Statement, ...]
    catches: tuple[Catch, ...]
    otherwise: tuple[Statement, ...] = ()
    final: tuple[Statement, ...] = ()


class Return(Statement, frozen=True, eq=False):
    """`return value`."""

    value: Expression | None


class Raise(Statement, frozen=True, eq=False):
    """`raise value from cause`; a bare re-raise has no value."""

    value: Expression | None
    cause: Expression | None = None


class Assert(Statement, frozen=True, eq=False):
    """`assert test, message`."""

    test: Expression
    message: Expression | None = None


class Case(Node, frozen=True, eq=False):
    """One arm of a `Match`. `pattern` is an expression where it can be read as one (literals, dotted names,
    sequences, alternatives as `Binary |`), `Name("_")` for the wildcard, else `Opaque`."""

    pattern: Expression
    guard: Expression | None
    body: tuple[Statement, ...]


class Match(Statement, frozen=True, eq=False):
    """`match subject: case …`, also a `switch`."""

    subject: Expression
    cases: tuple[Case, ...]


class Delete(Statement, frozen=True, eq=False):
    """`del targets`."""

    targets: tuple[Expression, ...]


class Pass(Statement, frozen=True, eq=False):
    """Nothing: `pass`, `break`, `continue`, `global x` (`kind` says which)."""

    kind: str = "pass"


class Mystery(Statement, frozen=True, eq=False):
    """A statement that was not understood."""

    kind: str


class Module(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A parsed file. `errors` are the places that the parser could not read; the rest was still read."""

    source: SourceFile
    body: Block
    errors: tuple[Place, ...] = ()

    @property
    def docstring(self) -> str:
        return docstring(self.body)


def docstring(body: Block) -> str:
    """The string that a body opens with, or ""."""
    first = next(iter(body), None)
    match first:
        case Evaluate(value=Constant(value=str() as text)):
            return text
    return ""


def children(node: Node) -> list[Node]:
    """The nodes directly inside, in the order of their fields; lazy bodies are not entered."""
    found: list[Node] = []
    for field in _inner_fields(type(node)):
        _gather(getattr(node, field), found)
    return found


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside, depth first in source order; lazy bodies are not entered."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += reversed(children(each))


@cache
def _inner_fields(kind: type) -> tuple[str, ...]:
    """The fields of a node class that can hold nodes, by their annotations."""
    notes = {k: v for base in reversed(kind.__mro__) for k, v in vars(base).get(NOTES, {}).items()}
    return tuple(name for name, note in notes.items() if note not in LEAVES)


NOTES = "__annotations__"
LEAVES = (
    "str",
    "bool",
    "int",
    "Any",
    "Span",
    "Block",
    "tuple[str, ...]",
    "tuple[tuple[str, str], ...]",
)


def _gather(value: Any, found: list[Node]) -> None:
    if isinstance(value, Node):
        found.append(value)
    elif isinstance(value, tuple):
        for each in value:
            _gather(each, found)
    elif isinstance(value, PARTS):
        for field in _inner_fields(type(value)):
            _gather(getattr(value, field), found)


PARTS = (Argument, Clause, WithItem, Parameter)
"""What holds nodes without being one."""
