"""Edits of Python source: imports where they belong, statements indented as their neighbours are."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.languages.open import open_codebase
from comfrey.languages.python import mending
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.edit import edited
from comfrey.source.node import Module
from comfrey.source.tree import open_tree


def _opened(folder: Path, text: str) -> tuple[Codebase, Module]:
    file = folder / "boats" / "main.py"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    codebase = open_codebase(open_tree(folder))
    module = mending.module_of(codebase, "boats/main.py")
    assert module is not None
    return codebase, module


IMPORTS = {
    "one more name, sorted": (
        "from fastapi import FastAPI, Query\n",
        ("fastapi", ["HTTPException"]),
        "from fastapi import FastAPI, HTTPException, Query\n",
    ),
    "a name that is there": (
        "from fastapi import HTTPException\n",
        ("fastapi", ["HTTPException"]),
        "from fastapi import HTTPException\n",
    ),
    "a name that is there by another way": (
        "from starlette.exceptions import HTTPException\n",
        ("fastapi", ["HTTPException"]),
        "from starlette.exceptions import HTTPException\n",
    ),
    "a new line among its kind": (
        "import os\n\nfrom fastapi import FastAPI\n\nfrom boats.models import Boat\n",
        ("sqlalchemy.exc", ["IntegrityError"]),
        "import os\n\nfrom fastapi import FastAPI\nfrom sqlalchemy.exc import IntegrityError\n"
        "\nfrom boats.models import Boat\n",
    ),
    "a new block after the library's": (
        "import os\n\nx = 1\n",
        ("fastapi", ["FastAPI"]),
        "import os\n\nfrom fastapi import FastAPI\n\nx = 1\n",
    ),
    "the project's own come last": (
        "from fastapi import FastAPI\n",
        ("boats.models", ["Boat"]),
        "from fastapi import FastAPI\n\nfrom boats.models import Boat\n",
    ),
    "several lines stay several": (
        "from fastapi import (\n    FastAPI,\n    Query,\n)\n",
        ("fastapi", ["Depends"]),
        "from fastapi import (\n    Depends,\n    FastAPI,\n    Query,\n)\n",
    ),
    "after the docstring": (
        '"""Boats."""\n\nx = 1\n',
        ("fastapi", ["FastAPI"]),
        '"""Boats."""\n\nfrom fastapi import FastAPI\n\nx = 1\n',
    ),
    "before the first line": (
        "x = 1\n",
        ("fastapi", ["FastAPI"]),
        "from fastapi import FastAPI\n\nx = 1\n",
    ),
}


@pytest.mark.parametrize("example", IMPORTS.values(), ids=IMPORTS.keys())
def test_an_import(example: tuple[str, tuple[str, list[str]], str], tmp_path: Path) -> None:
    text, (origin, names), expected = example
    _, module = _opened(tmp_path, text)
    edits = mending.importing(module, origin, names)
    assert edited(text.encode(), edits).decode() == expected


BODY = """\
class Fleet:
    def sink(self, name: str) -> None:
        boat = self.find(name)  # by name
        if boat:
            boat.sink()
"""


def test_lines_are_indented_as_their_neighbours(tmp_path: Path) -> None:
    codebase, _ = _opened(tmp_path, BODY)
    function = mending.function_at(codebase, Place(file="boats/main.py", line=5))
    assert function is not None
    statement = mending.statement_at(function, 5)
    first = mending.statement_at(function, 3)
    assert statement is not None
    assert first is not None
    edits = (
        mending.after(first, "if boat is None:\n    return"),
        mending.before(statement, "self.log(boat)"),
        mending.after(statement, "self.commit()"),
    )
    assert (
        edited(BODY.encode(), edits).decode()
        == """\
class Fleet:
    def sink(self, name: str) -> None:
        boat = self.find(name)  # by name
        if boat is None:
            return
        if boat:
            self.log(boat)
            boat.sink()
            self.commit()
"""
    )


def test_a_name_is_followed_to_what_it_stands_for(tmp_path: Path) -> None:
    (tmp_path / "boats").mkdir()
    (tmp_path / "boats" / "__init__.py").write_text("")
    (tmp_path / "boats" / "fields.py").write_text("Length = Metres = int\n")
    (tmp_path / "boats" / "main.py").write_text("from boats.fields import Length\n\nx: Length\n")
    codebase = open_codebase(open_tree(tmp_path))
    module = mending.module_of(codebase, "boats/main.py")
    assert module is not None
    annotation = next(each.annotation for each in module.body if hasattr(each, "annotation"))
    home, found = mending.spelled(codebase, module, annotation)
    assert (home.source.path, found.text) == ("boats/fields.py", "int")
