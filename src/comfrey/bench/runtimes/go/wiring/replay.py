"""The statements of `main` that put the app together, as a test's own function can say them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from comfrey.bench.runtimes.go.wiring.listening import (
    Ground,
    Listening,
    Undecided,
    before,
    contains,
    is_quiet,
)
from comfrey.bench.runtimes.go.wiring.packages import Function, statements, text, walk

REGISTERS = re.compile(
    r"GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Any|Handle(?:Func)?|Group|Route|Use|Mount|Static\w*|Match|NoRoute|Pre"
    r"|Get|Post|Put|Patch|Delete|Head|Options|All|Method\w*|With|PathPrefix|Subrouter|NewRoute|Add"
)
"""Methods of routers by which they learn a route, a group or what stands before them."""
PURE = re.compile(
    r"(?:os\.(?:Getenv|LookupEnv|Args)|fmt\.(?:S?[Pp]rint\w*)|strings\.\w+|strconv\.\w+|context\.\w+|signal\.\w+"
    r"|time\.\w+|net\.JoinHostPort|log\.\w+|slog\.\w+|errors\.\w+|filepath\.\w+|path\.\w+|http\.New\w+"
    r"|make|len|string|append|cap|int|new)"
    r"|[\w.]+\.(?:Print\w*|Info\w*|Debug\w*|Warn\w*|Trace\w*)(?:\(.*\)\.\w+)*",
    re.DOTALL,
)
"""Calls that change nothing: what they give is wanted, or they are not."""
ENDS = re.compile(
    r"\b(?:log\.(?:Fatal|Panic)\w*|os\.Exit|panic)\(|\breturn\b|\.(?:Fatal|Panic)\w*\("
)
ENDING = re.compile(r"panic|os\.Exit|[\w.]+\.(?:Fatal|Panic|Error)\w*(?:\(.*\)\.\w+)*", re.DOTALL)
PARSERS = re.compile(r"\b(?:pflag|cobra|kingpin|cli|kong)\.|\.Execute\(|\bos\.Args\b")
LITERALS = ("interpreted_string_literal", "raw_string_literal", "int_literal", "float_literal")
GAVE_UP = 'return 1, errors.New("the app gave up while it started")'
MARKED = "⟦{}⟧"
"""How the name of an imported package stands in what is told: a suite may have to call it otherwise."""


@dataclass(frozen=True)
class Replay:
    """`body` is Go with packages marked; `imports` are (name, alias or "", path)."""

    body: str
    handler: str
    imports: tuple[tuple[str, str, str], ...]


@dataclass
class _Telling:
    """The statements to be told, and what is known of their names."""

    ground: Ground
    kept: list[Node] = field(default_factory=list)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    """What package main calls a literal."""

    def literal(self, name: str) -> str:
        """The literal that package main gives the name, else ""."""
        for _, spec in self.ground.package.values:
            names = [text(each) for each in spec.children_by_field_name("name")]
            said = spec.child_by_field_name("value")
            given = list(said.named_children) if said is not None else []
            if name in names and len(given) == len(names):
                found = given[names.index(name)]
                return text(found) if found.type in LITERALS else ""
        return ""


def replayed(ground: Ground, body: list[Node]) -> Replay:
    """What of the body leads to its listening; `Undecided` where a test cannot say it."""
    found = list(ground.listening())
    at, listening = _place(ground, body, found)
    prelude = body[:at]
    _put_together_elsewhere(ground, prelude, listening)
    if listening.literal is not None:
        prelude = [each for each in prelude if not contains(each, listening.literal)]
    telling = _Telling(ground, _live(prelude, names_in(listening.served)))
    if any(PARSERS.search(text(each)) for each in telling.kept):
        raise Undecided("main reads a command line of its own")
    said = _text(telling, listening)
    handler = _marked(telling, listening.served) + listening.tail
    said = (
        "".join(f"\tconst {name} = {value}\n" for name, value in telling.constants.items()) + said
    )
    named = tuple(
        (name, alias, path)
        for name, (alias, path) in telling.imports.items()
        if MARKED.format(name) in said + handler
    )
    return Replay(said, handler, named)


def _place(ground: Ground, body: list[Node], found: list[Listening]) -> tuple[int, Listening]:
    """(position of the statement that listens, the listening)."""
    if not found:
        raise Undecided("main does not listen by itself")
    if len({each.handler for each in found}) > 1:
        raise Undecided("it listens for more than one handler")
    listening = found[0]
    at = next((i for i, each in enumerate(body) if contains(each, listening.call)), -1)
    if at < 0:
        raise Undecided("main does not listen by itself")
    if not all(map(is_quiet, before(body[at], listening.call))):
        raise Undecided("main puts the app together and listens in one and the same block")
    return at, listening


def _put_together_elsewhere(ground: Ground, prelude: list[Node], listening: Listening) -> None:
    """That a package which a test can import knows the routes."""
    own = False
    for node in (part for each in prelude for part in walk(each)):
        if node.type != "call_expression":
            continue
        called = node.child_by_field_name("function")
        if called is None or called.type != "selector_expression":
            continue
        on, name = called.child_by_field_name("operand"), text(called.child_by_field_name("field"))
        path = ground.path(on) if on is not None else ""
        kind = ground.type(on) if not path else None
        ours = ground.program.imported(path or (kind[0] if kind else "")) is not None
        own = own or ours
        if not ours and REGISTERS.fullmatch(name) and path in ("", "net/http"):
            raise Undecided("the router is built in main")
    if not own and ground.program.module.path not in _paths(ground, listening):
        raise Undecided("the router is built in main")


def _paths(ground: Ground, listening: Listening) -> str:
    """The import paths that the handler's own expression names."""
    words = re.findall(r"\b(\w+)\.", listening.handler)
    found = [ground.program.path_of(each, ground.source) for each in words]
    return " ".join(path for each in found if each for path in each[1:])


def names_in(node: Node | None) -> set[str]:
    """The names that an expression or statement uses, without those of fields and packages' members."""
    return {text(each) for each in _used(node)} if node is not None else set()


def _used(node: Node) -> Iterator[Node]:
    for each in walk(node):
        if (each.type in ("identifier", "package_identifier") and not _is_key(each)) or (
            each.type == "type_identifier"
            and (each.parent is None or each.parent.type != "qualified_type")
        ):
            yield each


def _is_key(node: Node) -> bool:
    """Whether an identifier is the field's name in a literal."""
    parent = node.parent
    pair = parent.parent if parent is not None else None
    if parent is None or pair is None or parent.type != "literal_element" or pair.type != "keyed_element":  # fmt: skip
        return False
    return pair.named_children[0].start_byte == parent.start_byte


def assigned(node: Node, *, declared: bool = False) -> list[str]:
    """The names that a statement gives values to; only those that it declares, if so asked."""
    found: list[str] = []
    for each in walk(node, closures=False):
        if each.type in ("short_var_declaration", "range_clause") or (each.type == "assignment_statement" and not declared):  # fmt: skip
            left = each.child_by_field_name("left")
            for part in left.named_children if left is not None else ():
                base = part
                while base.type in ("selector_expression", "index_expression"):
                    base = base.child_by_field_name("operand") or base.named_children[0]
                found.append(text(base))
        elif each.type == "var_spec":
            found += [text(name) for name in each.children_by_field_name("name")]
    return [each for each in found if each != "_"]


def _live(prelude: list[Node], wanted: set[str]) -> list[Node]:
    """The statements that have an effect, or give the handler or such a statement a name."""
    kept: list[Node] = []
    for node in reversed(prelude):
        if node.type == "defer_statement" or _is_guard(node) or not _matters(node, wanted):
            continue
        kept.append(node)
        if node.type in ("short_var_declaration", "var_declaration"):
            wanted -= set(assigned(node))
        wanted |= names_in(node)
    kept.reverse()
    chosen: list[Node] = []
    for at, node in enumerate(prelude):
        if node in kept or _follows(node, prelude[:at], chosen):
            chosen.append(node)
    return chosen


def _is_guard(node: Node) -> bool:
    """Whether an `if` does nothing but look at what was found, and end the program."""
    return node.type == "if_statement" and not _effects(node) and bool(ENDS.search(text(node)))


def _follows(node: Node, earlier: list[Node], chosen: list[Node]) -> bool:
    """Whether a `defer` or a guard belongs to statements that are told."""
    if node.type == "defer_statement":
        given = {name for each in earlier for name in assigned(each)}
        there = {name for each in chosen for name in assigned(each)}
        return (names_in(node) & given) <= there and not re.search(r"\bsignal\.", text(node))
    if not _is_guard(node):
        return False
    condition = node.child_by_field_name("condition")
    looked = names_in(condition) if condition is not None else set()
    last = next((each for each in reversed(earlier) if looked & set(assigned(each))), None)
    return last is not None and last in chosen


def _matters(node: Node, wanted: set[str]) -> bool:
    said = text(node)
    if node.type == "go_statement" and re.search(r"\.Shutdown\(|signal\.", said):
        return False
    return bool(wanted & set(assigned(node))) or _effects(node) or _sets_a_package(node)


def _effects(node: Node) -> bool:
    """Whether a call in the statement may change something."""
    calls = [each for each in walk(node) if each.type == "call_expression"]
    said = [text(each.child_by_field_name("function")) for each in calls]
    return not all(PURE.fullmatch(each) or ENDING.fullmatch(each) for each in said)


def _sets_a_package(node: Node) -> bool:
    """`gin.DefaultWriter = …`: a variable of another package."""
    return node.type == "assignment_statement" and bool(re.match(r"[a-z]\w*\.[A-Z]\w* = ", text(node)))  # fmt: skip


# --- as text -----------------------------------------------------------------


def _text(telling: _Telling, listening: Listening) -> str:
    lines: list[str] = []
    last: Node | None = None
    spoken = names_in(listening.served)
    for node in telling.kept:
        spoken |= names_in(node) - (
            set(assigned(node, declared=True)) if _is_plain(node) else set()
        )
    for node in telling.kept:
        if last is not None and node.start_point.row - last.end_point.row > 1:
            lines.append("")
        lines.append(f"\t{_marked(telling, node, spoken)}")
        last = node
    return "\n".join(lines)


def _is_plain(node: Node) -> bool:
    return node.type == "short_var_declaration"


def _marked(telling: _Telling, node: Node | None, spoken: set[str] | None = None) -> str:
    """The node's text: packages marked, what ends the program turned into what gives an error back, names that
    nobody says any more left out."""
    if node is None:
        return ""
    changes: list[tuple[int, int, str]] = []
    ground = telling.ground
    for each in _used(node):
        name = text(each)
        if ground.value(name, each)[0] is not None:
            continue
        found = ground.program.path_of(name, ground.source)
        if found is not None and _qualifies(each):
            telling.imports[name] = found
            changes.append((each.start_byte, each.end_byte, MARKED.format(name)))
        elif telling.literal(name):
            telling.constants[name] = telling.literal(name)
        elif name in ground.package.names:
            raise Undecided(f"{name} stands in package main, which nobody can import")
    for each in walk(node, closures=False):
        said = _ending(each)
        if said:
            changes = [one for one in changes if not (each.start_byte <= one[0] < each.end_byte)]
            changes.append((each.start_byte, each.end_byte, said))
    if spoken is not None and _is_plain(node):
        changes += _unsaid(node, spoken)
    return _changed(node, changes)


def _qualifies(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "qualified_type":
        return True
    operand = parent.child_by_field_name("operand")
    return parent.type == "selector_expression" and operand is not None and operand.start_byte == node.start_byte  # fmt: skip


def _unsaid(node: Node, spoken: set[str]) -> Iterator[tuple[int, int, str]]:
    left = node.child_by_field_name("left")
    names = left.named_children if left is not None else []
    lost = [each for each in names if text(each) not in spoken and text(each) != "_"]
    yield from ((each.start_byte, each.end_byte, "_") for each in lost)
    if len(lost) == len([each for each in names if text(each) != "_"]):
        for each in node.children:
            if each.type == ":=":
                yield each.start_byte, each.end_byte, "="


def _changed(node: Node, changes: list[tuple[int, int, str]]) -> str:
    data = node.text or b""
    for start, end, said in sorted(changes, reverse=True):
        data = data[: start - node.start_byte] + said.encode() + data[end - node.start_byte :]
    return data.decode("utf-8", "replace")


def _ending(node: Node) -> str:
    """What gives an error back where the program would end; "" for any other node."""
    if node.type == "return_statement":
        given = [each for part in node.named_children for each in part.named_children]
        if not node.named_children:
            return GAVE_UP
        return f"return 1, {text(given[0])}" if len(given) == 1 and text(given[0]) != "nil" else ""
    if node.type != "expression_statement":
        return ""
    call = node.named_children[0]
    called = text(call.child_by_field_name("function"))
    listed = call.child_by_field_name("arguments")
    given = list(listed.named_children) if listed is not None else []
    words = [text(each) for each in given]
    if called == "os.Exit":
        return GAVE_UP
    if called == "panic" and re.fullmatch(r"\w*[eE]rr", words[0]):
        return f"return 1, {words[0]}"
    if re.fullmatch(r"log\.(?:Fatal|Panic)f", called) and words:
        return f"return 1, fmt.Errorf({', '.join([_wrapping(words[0], words[-1]), *words[1:]])})"
    if re.fullmatch(r"log\.(?:Fatal|Panic)(?:ln)?", called) and words:
        if len(words) == 1 and re.fullmatch(r"\w*[eE]rr", words[0]):
            return f"return 1, {words[0]}"
        if len(words) == 1:
            return f"return 1, errors.New({words[0]})" if words[0].startswith('"') else ""
        if len(words) == 2 and words[0].startswith('"') and "%" not in words[0]:
            space = " " if called.endswith("ln") else ""
            return f'return 1, fmt.Errorf({words[0][:-1]}{space}%w", {words[1]})'
    return ""


def _wrapping(layout: str, last: str) -> str:
    """The layout that wraps the error which it ends with."""
    if re.fullmatch(r"\w*[eE]rr", last) and re.search(r'%[vs](?:\\n)?"$', layout):
        return re.sub(r'%[vs](?:\\n)?"$', '%w"', layout)
    return re.sub(r'\\n"$', '"', layout)


def opened(function: Function) -> list[Node]:
    """The statements of an `init` that can stand before those of `main`."""
    body = statements(function.node)
    if any(assigned(each, declared=True) for each in body):
        raise Undecided("package main has an init with names of its own")
    return body
