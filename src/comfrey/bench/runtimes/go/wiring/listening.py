"""Where a program listens, and with which handler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from comfrey.bench.runtimes.go.wiring.packages import (
    Function,
    Package,
    Program,
    Source,
    Type,
    inside,
    statements,
    text,
    walk,
)
from comfrey.languages.go.packages import unversioned

GIN, ECHO, FIBER, HTTP, HTTPROUTER = (
    "github.com/gin-gonic/gin",
    "github.com/labstack/echo",
    "github.com/gofiber/fiber",
    "net/http",
    "github.com/julienschmidt/httprouter",
)
MADE: dict[Type, Type] = {
    (GIN, "New"): (GIN, "Engine"),
    (GIN, "Default"): (GIN, "Engine"),
    (ECHO, "New"): (ECHO, "Echo"),
    (FIBER, "New"): (FIBER, "App"),
    (HTTP, "NewServeMux"): (HTTP, "ServeMux"),
    ("github.com/go-chi/chi", "NewRouter"): ("github.com/go-chi/chi", "Mux"),
    ("github.com/gorilla/mux", "NewRouter"): ("github.com/gorilla/mux", "Router"),
    (HTTPROUTER, "New"): (HTTPROUTER, "Router"),
}
"""What the functions of routers give back."""
LISTENS: dict[Type, str] = {
    (GIN, "Engine"): r"Run\w*",
    (ECHO, "Echo"): r"Start\w*",
    (FIBER, "App"): r"Listen\w*",
    (HTTP, "Server"): r"(?:ListenAnd)?Serve(?:TLS)?",
}
"""Their methods that listen."""
NAMED = re.compile(r"Run|Start|Serve|Listen|run|start|serve|listen")
"""How methods begin that may listen."""
SERVES = {"ListenAndServe": 1, "ListenAndServeTLS": 3, "Serve": 1, "ServeTLS": 1}
"""Functions of net/http that listen, and which argument is the handler."""
QUIET = re.compile(
    r"(?:log|slog|fmt|os|time|signal|strings|strconv|errors|context|net|filepath|path)\.\w+"
    r"|[\w.]+\.(?:Print\w*|Trace\w*|Info\w*|Debug\w*|Warn\w*|Error\w*|Fatal\w*|Panic\w*|Str|Msgf?|Sync|Err|Wait|Done|Add|Is|As|Shutdown|Close)(?:\(.*\)\.\w+)*"
    r"|close|make|len|string|panic|append|recover",
    re.DOTALL,
)
"""Calls that say something or wait, and put nothing together."""


class Undecided(Exception):
    """Why the app cannot be put together elsewhere than in its own program."""


@dataclass(frozen=True)
class Listening:
    """A call that listens. It serves `served` and what `tail` says of that, in the words of the function that it
    stands in; `literal` is the `http.Server` which holds that."""

    call: Node
    served: Node | None
    tail: str = ""
    literal: Node | None = None

    @property
    def handler(self) -> str:
        return text(self.served) + self.tail


@dataclass(frozen=True)
class Ground:
    """A function's body, in which names are looked up."""

    program: Program
    function: Function
    trail: tuple[str, ...] = ()
    """The functions on the way here."""

    @cached_property
    def declared(self) -> dict[str, list[tuple[int, Node, int]]]:
        """Local name → (where it is declared, with what, which of its values) in order."""
        found: dict[str, list[tuple[int, Node, int]]] = {}
        for node in walk(self.function.node):
            if node.type in ("short_var_declaration", "var_spec"):
                left, given = _names(node), _given(node)
                for at, name in enumerate(left):
                    said = (given[0], at) if len(given) == 1 < len(left) else (node, 0)
                    said = (given[at], 0) if len(given) == len(left) else said
                    found.setdefault(name, []).append((node.end_byte, *said))
        return found

    @property
    def source(self) -> Source:
        return self.function.source

    @property
    def package(self) -> Package:
        return self.function.package

    def listening(self) -> Iterator[Listening]:
        """Every call of the body that listens."""
        for node in walk(self.function.node):
            if node.type == "call_expression":
                found = self._listening(node)
                if found is not None:
                    yield found

    def _listening(self, call: Node) -> Listening | None:
        called = call.child_by_field_name("function")
        if called is None or called.type != "selector_expression":
            return None
        on, name = called.child_by_field_name("operand"), text(called.child_by_field_name("field"))
        if on is not None and self.path(on) == HTTP:
            at = SERVES.get(name)
            given = _arguments(call)
            if at is None or at >= len(given):
                return None
            if text(given[at]) == "nil":
                return Listening(call, None, "http.DefaultServeMux")
            return Listening(call, given[at])
        if on is None or not NAMED.match(name):
            return None
        kind = self.type(on)
        if kind is None:
            return None
        if re.fullmatch(LISTENS.get(kind, "(?!)"), name):
            return self._of_server(call, on) if kind == (HTTP, "Server") else Listening(call, on)
        return self._through(call, on, kind, name)

    def _through(self, call: Node, on: Node, kind: Type, name: str) -> Listening | None:
        """A method of the project's own that listens with what its receiver holds."""
        owner = self.program.imported(kind[0])
        method = owner.methods.get((kind[1], name)) if owner is not None else None
        said = f"{kind[0]}.{kind[1]}.{name}"
        if method is None or said in self.trail:
            return None
        below = Ground(self.program, method, (*self.trail, said))
        found = list(below.listening())
        if not found:
            return None
        receiver = _named(method)
        held = found[0].handler
        fields = re.fullmatch(rf"{re.escape(receiver)}((?:\.[A-Z]\w*)*)", held)
        if not receiver or fields is None or len({each.handler for each in found}) > 1:
            raise Undecided(f"{kind[1]}.{name} listens with a router that it keeps to itself")
        below.only_listens(found)
        return Listening(call, on, fields[1])

    def only_listens(self, found: list[Listening]) -> None:
        """That what stands before the listening in the body puts nothing together; else `Undecided`."""
        for each in statements(self.function.node):
            if any(contains(each, one.call) for one in found):
                return
            if not is_quiet(each):
                name = text(self.function.node.child_by_field_name("name"))
                raise Undecided(f"{name} goes on putting the app together before it listens")

    def _of_server(self, call: Node, server: Node) -> Listening:
        """An `http.Server` that listens: its handler is what its literal says, else its field."""
        literal = server if server.type != "identifier" else self.value(text(server), server)[0]
        for each in walk(literal, closures=False) if literal is not None else ():
            if each.type == "keyed_element" and len(each.named_children) == 2:
                key, value = each.named_children
                if text(key) == "Handler":
                    return Listening(call, value, literal=literal)
        return Listening(call, server, ".Handler")

    def path(self, node: Node) -> str:
        """The import path behind an identifier that names a package, else ""."""
        if node.type != "identifier" or self.value(text(node), node)[0] is not None:
            return ""
        found = self.program.path_of(text(node), self.source)
        return found[1] if found else ""

    def value(self, name: str, where: Node | None = None) -> tuple[Node | None, int]:
        """What a local name was last declared with before a node, and which of its values it is."""
        known = [
            each
            for each in self.declared.get(name, ())
            if where is None or each[0] <= where.start_byte
        ]
        return known[-1][1:] if known else (None, 0)

    def type(self, node: Node | None, at: int = 0) -> Type | None:
        """The type of an expression, as far as declarations tell."""
        if node is None:
            return None
        if node.type in ("parenthesized_expression", "unary_expression"):
            return self.type(node.named_children[-1], at)
        if node.type == "composite_literal":
            return self._written(node.child_by_field_name("type"))
        if node.type == "var_spec":
            return self._written(node.child_by_field_name("type"))
        if node.type == "identifier":
            return self._of_name(node)
        if node.type == "call_expression":
            return self._of_call(node, at)
        if node.type == "selector_expression":
            return self._of_field(node)
        return None

    def _of_name(self, node: Node) -> Type | None:
        name = text(node)
        given, at = self.value(name, node)
        if given is not None:
            return self.type(given, at)
        receiver = self.function.node.child_by_field_name("receiver")
        for each in walk(receiver) if receiver is not None else ():
            if each.type == "parameter_declaration" and text(each.child_by_field_name("name")) == name:  # fmt: skip
                return self._written(each.child_by_field_name("type"))
        kinds = dict(self.function.parameters)
        return self._written(kinds[name]) if name in kinds else None

    def _of_call(self, node: Node, at: int) -> Type | None:
        called = node.child_by_field_name("function")
        function: Function | None = None
        if called is not None and called.type == "identifier":
            function = self.package.functions.get(text(called))
        elif called is not None and called.type == "selector_expression":
            on, name = called.child_by_field_name("operand"), text(called.child_by_field_name("field"))  # fmt: skip
            path = self.path(on) if on is not None else ""
            if path:
                known = MADE.get((unversioned(path), name))
                own = self.program.imported(path)
                if known is not None or own is None:
                    return known
                function = own.functions.get(name)
            else:
                kind = self.type(on)
                owner = self.program.imported(kind[0]) if kind else None
                function = owner.methods.get((kind[1], name)) if owner and kind else None
        if function is None or at >= len(function.results):
            return None
        return self.program.type_of(function.results[at], function.source, function.package)

    def _of_field(self, node: Node) -> Type | None:
        kind = self.type(node.child_by_field_name("operand"))
        owner = self.program.imported(kind[0]) if kind else None
        found = owner.member(kind[1], text(node.child_by_field_name("field"))) if owner and kind else None  # fmt: skip
        return self.program.type_of(found[0], found[1], owner) if found and owner else None

    def _written(self, node: Node | None) -> Type | None:
        return self.program.type_of(node, self.source, self.package)


def is_quiet(node: Node) -> bool:
    """Whether nothing in the statement puts the app together."""
    calls = [each for each in walk(node) if each.type == "call_expression"]
    said = [text(each.child_by_field_name("function")) for each in calls]
    return all(QUIET.fullmatch(each) or each.startswith("func") for each in said)


def contains(node: Node, part: Node) -> bool:
    """Whether the part stands in the node."""
    return node.start_byte <= part.start_byte and part.end_byte <= node.end_byte


def before(statement: Node, call: Node) -> list[Node]:
    """The statements that stand before the call in blocks within the statement."""
    found = []
    for block in walk(statement):
        if block.type == "block" and contains(block, call):
            found += [each for each in inside(block) if each.end_byte <= call.start_byte]
    return found


def _names(node: Node) -> list[str]:
    if node.type == "var_spec":
        return [text(each) for each in node.children_by_field_name("name")]
    left = node.child_by_field_name("left")
    return [text(each) for each in left.named_children] if left is not None else []


def _given(node: Node) -> list[Node]:
    said = node.child_by_field_name("right") or node.child_by_field_name("value")
    return list(said.named_children) if said is not None else []


def _arguments(call: Node) -> list[Node]:
    said = call.child_by_field_name("arguments")
    return list(said.named_children) if said is not None else []


def _named(method: Function) -> str:
    receiver = method.node.child_by_field_name("receiver")
    names = [text(each) for each in walk(receiver) if each.type == "identifier"] if receiver else []
    return names[0] if names else ""
