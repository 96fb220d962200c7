"""Named operators, each of which breaks one promise of a Python backend in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from benchmarks.faults.edits import Edit, Source
from benchmarks.faults.reach import Defined, names, route

S = TypeVar("S", bound=ast.stmt)
Edits = tuple[Edit, ...]
Operator = Callable[[Source, Defined], Iterator[Edits]]

BOUNDS = ("min_length", "max_length", "ge", "gt", "le", "lt", "pattern", "regex", "multiple_of")
FLIPPED = {"Gt": (">", ">="), "GtE": (">=", ">"), "Lt": ("<", "<="), "LtE": ("<=", "<")}
GUARDING = re.compile(
    r"current|auth|user|verify|require|admin|token|guard|permission|api_key", re.I
)
OWNING = re.compile(r"owner|author_id|user_id|created_by|account_id", re.I)
ROLE = re.compile(r"superuser|is_admin|role|staff|scope|permission", re.I)
PASSWORD = re.compile(r"verif|check_password|authenticate|password", re.I)
STATUS = {
    200: "201",
    201: "200",
    204: "200",
    404: "400",
    409: "400",
    400: "409",
    403: "401",
    401: "403",
}
FILTERS = ("where", "filter", "filter_by")
OPERATORS: dict[str, Operator] = {}


def _operator(function: Operator) -> Operator:
    OPERATORS[function.__name__.replace("_", "-")] = function
    return function


@_operator
def guard_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """A route loses `dependencies=[…]`, or a parameter that only asks who is calling."""
    if not isinstance(defined.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    decorator = route(defined.node)
    if decorator is None:
        return
    for keyword in decorator.keywords:
        if keyword.arg == "dependencies" and GUARDING.search(source.said(keyword)):
            yield (source.without(decorator, keyword),)
    yield from _unused_guards(source, defined.node)


def _unused_guards(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Edits]:
    used = {name for statement in node.body for name in names(statement)}
    given = node.args
    plain = list(zip(reversed(given.args), [*reversed(given.defaults), *[None] * 99], strict=False))
    for parameter, default in [*plain, *zip(given.kwonlyargs, given.kw_defaults, strict=True)]:
        spelled = source.said(parameter) + (source.said(default) if default else "")  # type: ignore[arg-type]
        if parameter.arg in used or not GUARDING.search(spelled.split(":", 1)[-1]):
            continue
        if default is None and "Depends" not in spelled and "Current" not in spelled:
            continue
        end = source.end(default or parameter)
        tail = re.match(rb"\s*,\s*", source.raw[end:])
        yield (Edit(source.start(parameter), end + (tail.end() if tail else 0)),)


@_operator
def role_check_dropped(source: Source, defined: Defined) -> Iterator[Edits]:
    """`if not user.is_superuser: raise …` goes."""
    yield from _refusals(
        source, defined, lambda test: bool(ROLE.search(test)) and not OWNING.search(test)
    )


@_operator
def owner_check_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """`if row.owner_id != user.id: raise …` goes."""
    yield from _refusals(source, defined, lambda test: bool(OWNING.search(test)) and "!=" in test)


@_operator
def missing_row_unnoticed(source: Source, defined: Defined) -> Iterator[Edits]:
    """`if row is None: raise …` goes."""
    absent = re.compile(r"not [\w.]+|[\w.]+ is None")
    yield from _refusals(
        source, defined, lambda test: bool(absent.fullmatch(test)) and not ROLE.search(test)
    )


@_operator
def duplicate_check_dropped(source: Source, defined: Defined) -> Iterator[Edits]:
    """`if existing: raise …` goes."""
    present = re.compile(r"[\w]+|[\w.]+ is not None|\w+ and \w+\.id != [\w.]+")
    yield from _refusals(source, defined, lambda test: bool(present.fullmatch(test)))


@_operator
def password_check_dropped(source: Source, defined: Defined) -> Iterator[Edits]:
    """`if not verify_password(…): raise …` (or `return None`) goes."""
    for node in _statements(defined, ast.If):
        test = source.said(node.test)
        negative = test.startswith("not ") and bool(PASSWORD.search(test))
        if negative and not node.orelse and _leaves(node.body):
            yield from _dropped(source, node)


@_operator
def wrong_status(source: Source, defined: Defined) -> Iterator[Edits]:
    """Another success status, or another refusal."""
    for call in _calls(defined):
        for keyword in call.keywords:
            number = re.search(r"\b([2-5]\d\d)(?=_|\b)", source.said(keyword.value))
            if keyword.arg == "status_code" and number and int(number[1]) in STATUS:
                yield (source.replaced(keyword.value, STATUS[int(number[1])]),)


@_operator
def commit_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """`session.commit()` or `flush()` goes."""
    yield from _bare_calls(source, defined, ("commit", "flush"))


@_operator
def rollback_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """`session.rollback()` goes."""
    yield from _bare_calls(source, defined, ("rollback",))


@_operator
def delete_does_nothing(source: Source, defined: Defined) -> Iterator[Edits]:
    """`session.delete(row)` or `execute(delete(…))` goes."""
    if isinstance(defined.node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _bare_calls(source, defined, ("delete",))
        for node in _statements(defined, ast.Expr):
            if re.match(r"(await )?\w+\.(execute|exec)\(\s*delete\(", source.said(node)):
                yield from _dropped(source, node)


@_operator
def field_not_saved(source: Source, defined: Defined) -> Iterator[Edits]:
    """`Model(a=…, b=…)` loses one keyword."""
    for call in _constructions(defined):
        for keyword in call.keywords:
            yield (source.without(call, keyword),)


@_operator
def wrong_column_written(source: Source, defined: Defined) -> Iterator[Edits]:
    """Two keywords of `Model(…)` swap their values."""
    for call in _constructions(defined):
        for one, other in zip(call.keywords, call.keywords[1:], strict=False):
            texts = source.said(one.value), source.said(other.value)
            yield source.replaced(one.value, texts[1]), source.replaced(other.value, texts[0])


@_operator
def update_ignores_a_field(source: Source, defined: Defined) -> Iterator[Edits]:
    """`row.field = value` goes."""
    for node in _statements(defined, ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and source.said(target.value) != "self":
            yield from _dropped(source, node)


@_operator
def update_resets(source: Source, defined: Defined) -> Iterator[Edits]:
    """`exclude_unset=True` goes: what was not sent is written too."""
    for call in _calls(defined):
        for keyword in call.keywords:
            if keyword.arg == "exclude_unset":
                yield (source.without(call, keyword),)


@_operator
def filter_dropped(source: Source, defined: Defined) -> Iterator[Edits]:
    """`.where(…)` goes."""
    for call in _calls(defined, FILTERS):
        assert isinstance(call.func, ast.Attribute)
        yield (Edit(source.end(call.func.value), source.end(call)),)


@_operator
def comparison_shifted(source: Source, defined: Defined) -> Iterator[Edits]:
    """`>=` becomes `>`, `<` becomes `<=` and so on."""
    for node in _inside(defined):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            old, new = FLIPPED.get(type(node.ops[0]).__name__, ("", ""))
            begin, end = source.end(node.left), source.start(node.comparators[0])
            between = source.raw[begin:end].decode()
            if old:
                yield (Edit(begin, end, between.replace(old, new, 1)),)


@_operator
def order_inverted(source: Source, defined: Defined) -> Iterator[Edits]:
    """`.desc()` becomes `.asc()`, `desc(column)` plain `column`, and the other way round."""
    for call in _calls(defined, ("desc", "asc")):
        assert isinstance(call.func, ast.Attribute)
        new = "asc" if call.func.attr == "desc" else "desc"
        yield (source.replaced(call.func, f"{source.said(call.func.value)}.{new}"),)
    for call in _calls(defined):
        if isinstance(call.func, ast.Name) and call.func.id == "desc" and call.args:
            yield (source.replaced(call, source.said(call.args[0])),)


@_operator
def page_off_by_one(source: Source, defined: Defined) -> Iterator[Edits]:
    """`.offset(n)` becomes `.offset(n + 1)`, `.limit(n)` becomes `.limit(n - 1)`."""
    for call in _calls(defined, ("offset", "limit")):
        assert isinstance(call.func, ast.Attribute)
        step = "+ 1" if call.func.attr == "offset" else "- 1"
        if len(call.args) == 1:
            yield (source.replaced(call.args[0], f"({source.said(call.args[0])}) {step}"),)


@_operator
def failure_swallowed(source: Source, defined: Defined) -> Iterator[Edits]:
    """`except …: raise …` becomes `except …: pass`."""
    for node in _inside(defined):
        if isinstance(node, ast.ExceptHandler) and isinstance(node.body[-1], ast.Raise):
            yield (source.replaced(node.body[-1], "pass"),)


@_operator
def expiry_not_checked(source: Source, defined: Defined) -> Iterator[Edits]:
    """`jwt.decode` no longer looks at `exp`."""
    for call in _calls(defined, ("decode",)):
        if "jwt" not in source.said(call.func) or not call.args:
            continue
        options = [each.value for each in call.keywords if each.arg == "options"]
        if not options:
            inside: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
            end = max(source.end(each) for each in inside)
            yield (Edit(end, end, ', options={"verify_exp": False}'),)
        elif isinstance(options[0], ast.Dict):
            begin = source.start(options[0]) + 1
            yield (Edit(begin, begin, '"verify_exp": False, '),)


@_operator
def validation_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """A bound, a length or a pattern of what comes in is no longer asked for."""
    for call, keyword in _rules(source, defined):
        yield (source.without(call, keyword),)


@_operator
def bound_shifted(source: Source, defined: Defined) -> Iterator[Edits]:
    """A bound is off by one, to the generous side."""
    for _, keyword in _rules(source, defined):
        value = keyword.value
        if isinstance(value, ast.Constant) and isinstance(value.value, int):
            step = -1 if keyword.arg in ("min_length", "ge", "gt") else 1
            if value.value + step >= 0 or keyword.arg in ("ge", "gt"):
                yield (source.replaced(value, str(value.value + step)),)


@_operator
def required_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """A required field of a body becomes optional."""
    for field in _fields(defined):
        if defined.taken[0] and not defined.given[0] and field.value is None:
            kind = source.said(field.annotation)
            yield (
                Edit(source.start(field.annotation), source.end(field), f"{kind} | None = None"),
            )


@_operator
def format_lost(source: Source, defined: Defined) -> Iterator[Edits]:
    """`EmailStr` and the like become `str`; a `Literal` gets one more value."""
    for field in _fields(defined):
        if not defined.taken[0]:
            continue
        for node in ast.walk(field.annotation):
            if isinstance(node, ast.Name) and node.id in ("EmailStr", "HttpUrl", "AnyUrl"):
                yield (source.replaced(node, "str"),)
            if isinstance(node, ast.Subscript) and source.said(node.value) == "Literal":
                end = source.end(node.slice)
                yield (Edit(end, end, ', "other"'),)


@_operator
def response_loses_a_field(source: Source, defined: Defined) -> Iterator[Edits]:
    """A field goes from what is given back."""
    fields = list(_fields(defined))
    for field in fields:
        if defined.given[0] and not defined.taken[0] and len(fields) > 1:
            yield from _dropped(source, field)


@_operator
def response_leaks(source: Source, defined: Defined) -> Iterator[Edits]:
    """`response_model=Public` becomes `None`: all that the handler's own object holds is shown."""
    if isinstance(defined.node, ast.FunctionDef | ast.AsyncFunctionDef):
        decorator = route(defined.node)
        for keyword in decorator.keywords if decorator else ():
            model = source.said(keyword.value)
            same = defined.node.returns is not None and source.said(defined.node.returns) == model
            if keyword.arg == "response_model" and model[:1].isupper() and not same:
                yield (source.replaced(keyword.value, "None"),)


def _inside(defined: Defined) -> Iterator[ast.AST]:
    """Every node of a function and its decorators; methods of a class are defined by themselves."""
    if isinstance(defined.node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from ast.walk(defined.node)


def _calls(defined: Defined, attributes: tuple[str, ...] = ()) -> Iterator[ast.Call]:
    for node in _inside(defined):
        if isinstance(node, ast.Call) and (
            not attributes
            or (isinstance(node.func, ast.Attribute) and node.func.attr in attributes)
        ):
            yield node


def _statements(defined: Defined, kind: type[S]) -> Iterator[S]:
    yield from (node for node in _inside(defined) if isinstance(node, kind))


def _dropped(source: Source, node: ast.stmt) -> Iterator[Edits]:
    edit = source.dropped(node)
    if edit is not None:
        yield (edit,)


def _refusals(source: Source, defined: Defined, wanted: Callable[[str], bool]) -> Iterator[Edits]:
    for node in _statements(defined, ast.If):
        test = " ".join(source.said(node.test).split())
        raises = len(node.body) == 1 and isinstance(node.body[0], ast.Raise)
        if raises and not node.orelse and wanted(test) and not PASSWORD.search(test):
            yield from _dropped(source, node)


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise | ast.Return)


def _bare_calls(source: Source, defined: Defined, attributes: tuple[str, ...]) -> Iterator[Edits]:
    for node in _statements(defined, ast.Expr):
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr in attributes:
            yield from _dropped(source, node)


def _constructions(defined: Defined) -> Iterator[ast.Call]:
    """`Model(a=…, b=…)`, and what comes close: a capital name called with keywords alone."""
    for call in _calls(defined):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        plain = len(call.keywords) > 1 and not call.args and all(each.arg for each in call.keywords)
        if name[:1].isupper() and plain and not re.search("Exception|Error|Response", name):
            yield call


def _fields(defined: Defined) -> Iterator[ast.AnnAssign]:
    if not isinstance(defined.node, ast.ClassDef) or defined.node.keywords:
        return
    for node in defined.node.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        if not names(node.annotation) & {"ClassVar", "Mapped"}:
            yield node


def _rules(source: Source, defined: Defined) -> Iterator[tuple[ast.Call, ast.keyword]]:
    """Bounds in a body's fields, in an alias of a type, and in a handler's parameters."""
    node: list[ast.AST] = []
    if isinstance(defined.node, ast.FunctionDef | ast.AsyncFunctionDef):
        node = [defined.node.args] if route(defined.node) else []
    elif defined.taken[0]:
        node = [defined.node]
    for call in (each for one in node for each in ast.walk(one) if isinstance(each, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg in BOUNDS and "column" not in source.said(call.func):
                yield call, keyword
