"""Lowering Python: every construct once, by the text that it was made from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfrey.languages.python.modules import absolute, imports, modules
from comfrey.languages.python.parse import parse
from comfrey.source import node as n


def lowered(text: str) -> tuple[n.Statement, ...]:
    return parse(n.SourceFile("m.py", text.encode())).body.statements


def shown(value: Any) -> Any:
    """A node as nested tuples of class name and fields, places left out."""
    if isinstance(value, n.Name):
        return value.name
    if isinstance(value, n.Constant):
        return (value.value,)
    if isinstance(value, n.Block):
        return [shown(each) for each in value]
    if hasattr(value, "__struct_fields__"):
        fields = [f for f in value.__struct_fields__ if f != "span"]
        return {type(value).__name__: {f: shown(getattr(value, f)) for f in fields}}
    return [shown(each) for each in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize(
    "text",
    [
        "a.b[1, 2:3](c, *d, e=f, **g)",
        "[x for x in y if z if w for k in l]",
        "{k: v for k, v in m.items()}",
        "(a async for a in b)",
        "lambda a, *b, c=1, **d: a or b and not c",
        "a if b else -c ** 2",
        "a < b <= c not in d is not e",
        "{**a, 'b': [1, *c], 'd': {1, 2}}",
        "(x := await f())",
        "print(f'{a!r:>{w}} {{b}} {c.d}')",
        "yield from a",
    ],
)
def test_every_expression_is_understood(text: str) -> None:
    statement = lowered(text)[0]
    every = list(n.walk(statement))
    assert not [each for each in every if isinstance(each, n.Opaque | n.Mystery)]
    assert all(text.encode()[e.span.start : e.span.end].decode() == e.text for e in every)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a' \"b\"", "ab"),
        (r"'\x41\n' r'\d'", "A\n\\d"),
        ("b'x'", b"x"),
        ("'''a\nb'''", "a\nb"),
        ("0x1F", 31),
        ("1_000.5e1", 10005.0),
        ("...", ...),
        ("None", None),
    ],
)
def test_literals(text: str, expected: object) -> None:
    statement = lowered(text)[0]
    assert isinstance(statement, n.Evaluate)
    assert isinstance(statement.value, n.Constant)
    assert statement.value.value == expected


@given(st.text(max_size=40))
def test_any_string_is_read_as_python_reads_it(value: str) -> None:
    text = value.encode("utf-8", "replace").decode()
    assert shown(lowered(f"x = {text!r}")[0])["Assign"]["value"] == (text,)


def test_format_strings_keep_text_and_expressions_apart() -> None:
    statement = lowered("f'/{a}/{{x}}\\t' rf'\\d{b.c}'")[0]
    assert shown(statement)["Evaluate"]["value"]["Format"]["parts"] == [
        "/",
        "a",
        "/{x}\t",
        "\\d",
        {"Attribute": {"of": "b", "name": "c"}},
    ]


def test_functions_classes_and_decorators() -> None:
    text = """@route("/x")
async def f(a, /, b: int = 1, *args, c, d=2, **kw) -> "X":
    "doc"
@final
class A[T: int](B, metaclass=M):
    x: int = 1
    def m(self): ...
"""
    function, kind = lowered(text)
    assert isinstance(function, n.FunctionDef)
    assert isinstance(kind, n.ClassDef)
    assert [(p.name, p.kind) for p in function.parameters] == [
        ("a", "positional"),
        ("b", "plain"),
        ("args", "*"),
        ("c", "keyword"),
        ("d", "keyword"),
        ("kw", "**"),
    ]
    assert (function.asynchronous, function.docstring, str(function.place)) == (
        True,
        "doc",
        "m.py:2",
    )
    assert [each.text for each in function.decorators] == ['route("/x")']
    assert (kind.name, kind.type_parameters) == ("A", ("T",))
    assert [(a.name, shown(a.value)) for a in kind.arguments] == [("", "B"), ("metaclass", "M")]
    assert [type(each).__name__ for each in kind.body] == ["Assign", "FunctionDef"]


def test_control_flow() -> None:
    text = """
if a: pass
elif b: x = y = 1
else: x += 1
for i, *j in k: break
else: pass
while True: continue
async with a as b, c(): pass
try: raise E from e
except (A, B) as error: return
except: ...
finally: del a, b
match m:
    case 1 | 2 if g: pass
    case _: pass
assert a, b
"""
    names = [type(each).__name__ for each in lowered(text)]
    assert names == ["If", "For", "While", "With", "Try", "Match", "Assert"]
    caught = lowered(text)[4]
    assert isinstance(caught, n.Try)
    assert [([k.text for k in c.kinds], c.name) for c in caught.catches] == [
        (["A", "B"], "error"),
        ([], ""),
    ]
    assert [type(each).__name__ for each in caught.final] == ["Delete"]


def test_annotations_are_ordinary_expressions() -> None:
    statement = lowered("x: dict[str, list[int] | None]")[0]
    assert shown(statement)["Assign"]["annotation"] == {
        "Subscript": {
            "of": "dict",
            "index": {
                "TupleOf": {
                    "items": [
                        "str",
                        {
                            "Binary": {
                                "operator": "|",
                                "left": {"Subscript": {"of": "list", "index": "int"}},
                                "right": (None,),
                            }
                        },
                    ]
                }
            },
        }
    }


@given(st.text(alphabet="def cl():=[]{}'\"\n \t,.@*if0#\\", max_size=60))
def test_no_text_breaks_the_lowering(text: str) -> None:
    for statement in lowered(text):
        list(n.walk(statement))


def test_imports_are_scanned_without_parsing() -> None:
    text = b"""import a, b.c as d
from .x import (y,  # why (not)
    z)
from ..w import *
    from app.api import v1 as one
"from not import this"
"""
    assert imports(text, "app.api.users", package=False) == (
        *("a", "app.api", "app.api.v1", "app.api.x", "app.api.x.y", "app.api.x.z"),
        *("app.w", "b.c"),
    )


def test_names_of_modules() -> None:
    files = ("src/app/__init__.py", "src/app/a.py", "src/app/no-module.py", "setup.py")
    assert modules(files, "src") == {"app": "src/app/__init__.py", "app.a": "src/app/a.py"}
    assert absolute("..core", "app.api.users", package=False) == "app.core"
    assert absolute(".core", "app.api", package=True) == "app.api.core"
    assert absolute("core", "app.api", package=True) == "core"
