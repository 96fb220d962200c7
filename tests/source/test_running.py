"""In which order the modules of a program run, and what the apps of one repository share."""

from __future__ import annotations

from pathlib import Path

from comfrey.languages.open import open_codebase
from comfrey.source.tree import open_tree

CIRCLE = {
    "http.js": "exports.fresh = () => require('express').Router();\n",
    "controller.js": "require('./container');\nrequire('./http');\n",
    "one.js": "require('./controller');\n",
    "two.js": "require('./one');\n",
    "three.js": "require('./two');\n",
    "gates.js": "require('./three');\n",
    "routes.js": "require('./gates');\n",
    "container.js": "require('./http');\nrequire('./routes');\n",
    "server.js": "require('./http');\nrequire('./container');\n",
}
"""`gates` comes back to itself by way of `routes`, which is too far from `http` to be run for its sake."""


def written(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_program_begins_with_what_nobody_imports(tmp_path: Path) -> None:
    written(tmp_path, CIRCLE)
    codebase = open_codebase(open_tree(tmp_path), "javascript")
    order = codebase.run_all((b"express",))
    assert "routes.js" not in order
    assert order[0] == "server.js"


def test_a_shared_file_is_parsed_once(tmp_path: Path) -> None:
    written(tmp_path, {"shared.py": "x = 1\n", "one/app.py": "", "two/app.py": ""})
    tree = open_tree(tmp_path)
    one, two = (open_codebase(tree, root=each) for each in ("one", "two"))
    file = one.graph.module("shared.py"), two.graph.module("shared.py")
    assert one.parsed(file[0]) is not None
    assert one.parsed(file[0]) is two.parsed(file[1])
