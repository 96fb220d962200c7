"""`assert` statements as the methods of a test case that say the same."""

from __future__ import annotations

import ast

COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "assertEqual",
    ast.NotEq: "assertNotEqual",
    ast.In: "assertIn",
    ast.NotIn: "assertNotIn",
    ast.Lt: "assertLess",
    ast.LtE: "assertLessEqual",
    ast.Gt: "assertGreater",
    ast.GtE: "assertGreaterEqual",
    ast.Is: "assertIs",
    ast.IsNot: "assertIsNot",
}
NOTHING = {"assertIs": "assertIsNone", "assertIsNot": "assertIsNotNone"}


def as_methods(text: str) -> str:
    """A test's statements, each `assert` among them as a call: `self.assertEqual(response.status_code, 200)`."""
    found = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Assert)]
    lines = text.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    data = text.encode()
    for each in sorted(found, key=lambda node: -node.lineno):
        assert each.end_lineno is not None and each.end_col_offset is not None
        start = starts[each.lineno - 1] + each.col_offset
        end = starts[each.end_lineno - 1] + each.end_col_offset
        data = data[:start] + _method(each, text).encode() + data[end:]
    return data.decode()


def _method(node: ast.Assert, text: str) -> str:
    name, arguments = _said(node.test)
    said = [_source(each, text) for each in (*arguments, *([node.msg] if node.msg else []))]
    return f"self.{name}({', '.join(said)})"


def _said(test: ast.expr) -> tuple[str, list[ast.expr]]:
    """The method, and its arguments as they stand in the condition."""
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            name = COMPARED[type(operator)]
            if isinstance(right, ast.Constant) and right.value is None and name in NOTHING:
                return NOTHING[name], [left]
            if isinstance(right, ast.Call) and _source_name(right.func) == "approx":
                return "assertAlmostEqual", [left, *right.args]
            return name, [left, right]
        case ast.Call(func=ast.Name(id="isinstance"), args=arguments):
            return "assertIsInstance", arguments
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return "assertFalse", [inner]
        case _:
            return "assertTrue", [test]


def _source_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ""


def _source(node: ast.expr, text: str) -> str:
    """The text of an expression; a generator that stood alone in a call's brackets keeps its own."""
    return ast.get_source_segment(text, node) or ast.unparse(node)
