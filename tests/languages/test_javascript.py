"""JavaScript and TypeScript through the evaluator: what crosses files, and what the lowering makes of each form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comfrey.languages.javascript.packages import read_json
from comfrey.languages.javascript.parse import parse
from comfrey.languages.open import open_codebase
from comfrey.source import node as n
from comfrey.source.codebase import Codebase
from comfrey.source.tree import open_tree
from comfrey.source.value import Value, plain, text_of


@pytest.fixture
def code(tmp_path: Path) -> Callable[..., Codebase]:
    """Writes files (path → text) and opens them as one app."""

    def write(files: dict[str, str]) -> Codebase:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return open_codebase(open_tree(tmp_path), "javascript")

    return write


def given(codebase: Codebase, file: str, name: str) -> Value:
    codebase.evaluator.run(file)
    found = codebase.resolve(file, name)
    assert not codebase.evaluator.faults
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("const x = `a${1 + 1}b`", "a2b"),
        ("const { a: { b: x = 3 } } = { a: {} }", 3),
        ("const [, x] = ['a', 'b']", "b"),
        ("const x = [] ? 'there' : 'nothing'", "there"),
        ("const x = !{} || 'an object is there'", "an object is there"),
        ("let x = 1; if (x) { const x = 2; x.toString() }", 1),
        (
            "function y(a) { let b = a; if (a) { const b = 5; b.toString() } return b }\nconst x = y(3)",
            3,
        ),
        ("const { a, ...rest } = { a: 1, b: 2 }; const x = rest", {"b": 2}),
        (
            "enum Role { Admin = 'admin', User = 'user' }\nconst x = Object.values(Role)",
            ["admin", "user"],
        ),
        ("const f = ({ a, b = 2 }) => a + b; const x = f({ a: 1 })", 3),
        ("class A { n = 1; get m() { return this.n + 1 } }\nconst x = new A().m", 2),
        (
            "class A { constructor(private n: number) {} two = () => this.n * 2 }\nconst x = new A(4).two()",
            8,
        ),
        ("const x = ['a', 'b'].map((each, i) => each + i).join('-')", "a0-b1"),
        ("const o = { a() { return this.b }, b: 5 }; const x = o.a()", 5),
        ("const x = Object.entries({ a: 1 }).map(([k, v]) => `${k}=${v}`)", ["a=1"]),
        ("const x = '/users/:id'.replace(/:(\\w+)/g, '{$1}')", "/users/{id}"),
        ("let x = 0; for (let i = 0; i < 3; i++) { x += i }", 3),
        ("const a = {}; const x = a?.b?.c ?? 'none'", "none"),
        ("function x1() { return y } const y = 2; const x = x1()", 2),
        ("const m = new Map([['a', 1]]); const x = m.get('a')", 1),
        ("const x = (1, 2) as number", 2),
    ],
)
def test_a_value(code: Callable[..., Codebase], text: str, value: Any) -> None:
    assert plain(given(code({"a.ts": text}), "a.ts", "x")) == value


@pytest.mark.parametrize(
    ("files", "value"),
    [
        ({"a.js": "const x = require('./b').y", "b.js": "exports.y = 1"}, 1),
        ({"a.js": "const { y: x } = require('./b')", "b.js": "const z = 2; module.exports = { y: z }"}, 2),
        ({"a.ts": "import x from './b'", "b.ts": "const y = 3; export default y"}, 3),
        ({"a.ts": "import { y as x } from './b.js'", "b.ts": "const z = 4; export { z as y }"}, 4),
        ({"a.ts": "import { x } from './b'", "b/index.ts": "export * from './c'", "b/c.ts": "export const x = 5"}, 5),
        ({"a.ts": "import * as b from './b'; const x = b.y", "b.ts": "export const y = 6"}, 6),
        ({"a.ts": "import { default as x } from './b'", "b.ts": "export { y as default } from './c'", "c.ts": "export const y = 7"}, 7),
        ({"a.ts": "import x from './b'", "b.js": "module.exports = 8"}, 8),
        ({"a.ts": "import { x } from '@app/b'", "tsconfig.json": '{ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["src/*"] } } } // c', "src/b.ts": "export const x = 9"}, 9),
        ({"a.ts": "import { x } from 'src/b'", "tsconfig.json": '{"compilerOptions": {"baseUrl": "."}}', "src/b.ts": "export const x = 10"}, 10),
        ({"a.ts": "import { x } from '@shop/db'", "packages/db/package.json": '{"name": "@shop/db", "main": "dist/index.js"}', "packages/db/src/index.ts": "export const x = 11"}, 11),
        ({"a.js": "const { y } = require('./c.json'); const x = y", "c.json": '{"y": 12}'}, 12),
        ({"a.ts": "import { x } from '#b'", "package.json": '{"imports": {"#*": "./src/*.ts"}}', "src/b.ts": "export const x = 13"}, 13),
        ({"a.js": "import { x } from '#lib/b'", "package.json": '{"imports": {"#lib/*": ["./lib/*", "./lib/*.mjs"]}}', "lib/b.mjs": "export const x = 14"}, 14),
        ({"a.js": "function made(y = next()) { return y }\nfunction next() { return 15 }\nconst x = made()"}, 15),
    ],
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)  # fmt: skip
def test_a_value_of_another_module(
    code: Callable[..., Codebase], files: dict[str, str], value: int
) -> None:
    main = next(iter(files))
    assert plain(given(code(files), main, "x")) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("const x = process.env.PREFIX || '/api'", "/api"),
        ("const { PREFIX: x = '/v1' } = process.env", "/v1"),
        ("const x = `${process.env.PREFIX}/users`", "{PREFIX}/users"),
        ("const x = Number(process.env.PORT ?? 3000)", "3000"),
        (
            "import { z } from 'zod'; const env = z.object({ P: z.string().default('/z') }).parse(process.env);"
            " const x = env.P",
            "/z",
        ),
        (
            "const Joi = require('joi'); const { value } = Joi.object().keys({ P: Joi.string().default('/j') })"
            ".unknown().validate(process.env); const x = value.P",
            "/j",
        ),
    ],
)
def test_a_setting(code: Callable[..., Codebase], text: str, shown: str) -> None:
    assert text_of(given(code({"a.ts": text}), "a.ts", "x")) == shown


def test_a_folder_that_is_listed(code: Callable[..., Codebase]) -> None:
    codebase = code(
        {
            "routes/index.js": "const fs = require('fs'); const path = require('path'); const x = [];\n"
            "fs.readdirSync(__dirname).filter((f) => f !== 'index.js').forEach((f) => {\n"
            "  x.push(require(path.join(__dirname, f)).y) })",
            "routes/a.js": "exports.y = 1",
            "routes/b.js": "exports.y = 2",
        }
    )
    assert plain(given(codebase, "routes/index.js", "x")) == [1, 2]


def test_comments_and_addresses_in_configuration() -> None:
    assert read_json('{"a": "http://x", /* b */ "c": [1,],} // d') == {"a": "http://x", "c": [1]}


def test_decorators_stay_on_fields_and_parameters() -> None:
    text = "class A { @Column({ a: 1 }) name?: string; constructor(@Inject('B') b: B) {} }"
    [made] = parse(n.SourceFile("a.ts", text.encode())).body.statements
    assert isinstance(made, n.ClassDef)
    field, constructor = made.body.statements
    assert isinstance(field, n.Assign) and [d.text for d in field.decorators] == [
        "Column({ a: 1 })"
    ]
    assert isinstance(constructor, n.FunctionDef) and constructor.name == "__init__"
    assert [d.text for d in constructor.parameters[1].decorators] == ["Inject('B')"]


def test_reads_on_after_a_syntax_error() -> None:
    module = parse(n.SourceFile("a.ts", b"const = ;\nexport const b = 1"))
    assert [each.line for each in module.errors] == [1]
    assert any(isinstance(each, n.Assign) for each in module.body)
