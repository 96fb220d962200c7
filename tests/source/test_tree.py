"""Listing a tree: what is the project's own text."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from comfrey.model.problem import EXIT_NO_PROJECT, Problem
from comfrey.source.tree import MAX_BYTES, open_tree


def make(root: Path, *files: str) -> None:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x = 1\n")


def test_foreign_folders_and_generated_files_are_left_out(tmp_path: Path) -> None:
    make(
        tmp_path,
        *("app/main.py", "app/build/__init__.py", "app/build/steps.py", "build/lib/app.py"),
        *(
            "node_modules/x/index.py",
            ".venv/lib/a.py",
            "envs/prod/lib/b.py",
            "envs/prod/pyvenv.cfg",
        ),
        *("app/api_pb2.py", "static/app.min.js", "static/logo.png", "app/__pycache__/m.py"),
    )
    assert open_tree(tmp_path).files == (
        "app/build/__init__.py",
        "app/build/steps.py",
        "app/main.py",
    )


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ("*.log\ndata/\n", ("a.py", "sub/data.py", "sub/keep.log.py")),
        ("/a.py\n", ("data/x.py", "n.log", "sub/a.log", "sub/data.py", "sub/keep.log.py")),
        ("*.log\n!n.log\n", ("a.py", "data/x.py", "n.log", "sub/data.py", "sub/keep.log.py")),
        ("sub/*\n!sub/data.py\n# no\n", ("a.py", "data/x.py", "n.log", "sub/data.py")),
        ("**/keep.*\ndata\n", ("a.py", "n.log", "sub/a.log", "sub/data.py")),
    ],
)
def test_gitignore(tmp_path: Path, rules: str, kept: tuple[str, ...]) -> None:
    make(tmp_path, "a.py", "n.log", "data/x.py", "sub/a.log", "sub/data.py", "sub/keep.log.py")
    (tmp_path / ".gitignore").write_text(rules)
    assert tuple(f for f in open_tree(tmp_path).files if f != ".gitignore") == kept


def test_a_nested_gitignore_speaks_of_its_own_folder(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py", "b/x.py")
    (tmp_path / "a/.gitignore").write_text("/x.py\n")
    assert open_tree(tmp_path).under("", ".py") == ("b/x.py",)


def test_links_out_of_the_tree_and_loops(tmp_path: Path) -> None:
    make(tmp_path, "tree/a.py", "outside.py")
    (tmp_path / "tree/loop").symlink_to(tmp_path / "tree")
    (tmp_path / "tree/out.py").symlink_to(tmp_path / "outside.py")
    (tmp_path / "tree/in.py").symlink_to(tmp_path / "tree/a.py")
    tree = open_tree(tmp_path / "tree")
    assert tree.files == ("a.py", "in.py")
    assert tree.text("../outside.py") == b""


def test_what_cannot_be_read_is_told_not_raised(tmp_path: Path) -> None:
    make(tmp_path, "gone.py")
    (tmp_path / "big.py").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / "junk.py").write_bytes(b"\0\1\2")
    tree = open_tree(tmp_path)
    (tmp_path / "gone.py").unlink()
    assert tree.containing([b"x"]) == ()
    assert [(each.subject, each.reason) for each in tree.left_out] == [
        ("big.py", "larger than 2 MB (2,000,001 bytes)"),
        ("gone.py", "No such file or directory"),
        ("junk.py", "is binary"),
    ]


def test_what_powershell_wrote_is_text(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("Django==5.1\r\ncelery\r\n".encode("utf-16"))
    assert open_tree(tmp_path).text("requirements.txt") == b"Django==5.1\ncelery\n"


def test_what_is_no_folder_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    for path in (tmp_path / "a.py", tmp_path / "missing"):
        with pytest.raises(Problem) as caught:
            open_tree(path)
        assert caught.value.code == EXIT_NO_PROJECT


def test_places_and_the_prefilter(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one\ntwo = FastAPI()\nthree\n")
    (tmp_path / "b.py").write_text("nothing\n")
    tree = open_tree(tmp_path)
    assert tree.containing([b"FastAPI(", b"Flask("]) == ("a.py",)
    start = tree.text("a.py").index(b"two")
    assert str(tree.place("a.py", start)) == "a.py:2"
    assert tree.place("a.py", start, start + 15).end_line == 2


@pytest.mark.parametrize("version", ["2", "4"])
def test_what_git_tracks_is_not_ignored(tmp_path: Path, version: str) -> None:
    make(tmp_path, "app/__init__.py", "app/_cache.py", "app/core/x.py", "data/y.py")
    (tmp_path / ".gitignore").write_text("_*\ncore/\ndata/\n")
    for words in (["init", "-q"], ["add", "-f", "app/__init__.py", "app/core"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    words = ["git", "update-index", "--index-version", version]
    subprocess.run(words, cwd=tmp_path, check=True)
    assert open_tree(tmp_path).under("", ".py") == ("app/__init__.py", "app/core/x.py")


def test_a_bundle_is_left_out_whatever_its_name_is(tmp_path: Path) -> None:
    (tmp_path / "swagger-ui.js").write_text("!function(e,t){" + "var n=1;" * 2_000 + "}();\n")
    (tmp_path / "server.js").write_text("const app = require('express')();\n" * 400)
    tree = open_tree(tmp_path)
    assert tree.text("swagger-ui.js") == b""
    assert tree.text("server.js")
    assert [(each.subject, each.reason) for each in tree.left_out] == [
        ("swagger-ui.js", "is minified")
    ]


def test_the_first_file_that_a_glob_means(tmp_path: Path) -> None:
    for name in ("api/manage.py", "api/shop/settings/base.py", "web/next.config.mjs"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    tree = open_tree(tmp_path)
    assert tree.first("api/manage.py") == "api/manage.py"
    assert tree.first("api/*settings*") == "api/shop/settings/base.py"
    assert tree.first("*/next.config.*") == "web/next.config.mjs"
    assert tree.first("api/next.config.*") is None
    assert tree.first("manage.py") is None
